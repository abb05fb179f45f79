// SPDX-License-Identifier: MIT
// IWDG: time until it bites, reload, key protection, update flags, start by option byte.
#include "rig.h"

enum { KR = RIG_IWDG, PR = RIG_IWDG + 4, RLR = RIG_IWDG + 8, SR = RIG_IWDG + 12 };
enum { KEY_START = 0xCCCC, KEY_RELOAD = 0xAAAA, KEY_ACCESS = 0x5555 };
enum { CSR = RIG_RCC + 0x74, IWDGRSTF = 1u << 29, SFTRSTF = 1u << 28, PINRSTF = 1u << 26, RMVF = 1u << 24 };
enum { OPTKEYR = RIG_FLASH + 8, FLASH_SR = RIG_FLASH + 0x0C, OPTCR = RIG_FLASH + 0x14, WDG_SW = 1u << 5 };
#define LSI_PERIOD (VB_S / 32000)

// Time until the guest starts again.
static vb_time bite(rig *r, vb_time limit)
{
    vb_time start = vb_now(r->board);
    unsigned before = rig_starts(r);
    while (rig_starts(r) == before) {
        rig_pass(r, 20 * VB_US);
        if (vb_now(r->board) - start > limit) {
            return 0;
        }
    }
    return vb_now(r->board) - start;
}

// The guest needs some 150 us to start.
#define START_UP (200 * VB_US)

static void assert_near(vb_time found, vb_time wanted, vb_time off)
{
    if (found + off < wanted || found > wanted + off) {
        fail_msg("%llu us instead of %llu us", (unsigned long long)(found / VB_US), (unsigned long long)(wanted / VB_US));
    }
}

static void starts_as_the_manual_says(void **state)
{
    (void)state;
    rig *r = rig_new();
    rig_expect(r, KR, 0);
    rig_expect(r, PR, 0);
    rig_expect(r, RLR, 0xFFF);
    rig_expect(r, SR, 0);
    assert_int_equal(bite(r, VB_S), 0);
    rig_end(r);
}

// 4096 steps of 4 periods.
static void bites_after_512_ms_by_default(void **state)
{
    (void)state;
    rig *r = rig_new();
    rig_write(r, CSR, RMVF);
    rig_write(r, KR, KEY_START);
    assert_near(bite(r, VB_S), 4096 * 4 * LSI_PERIOD, START_UP);
    rig_settle(r);
    assert_int_equal(rig_read(r, CSR) & 0xFE000000, IWDGRSTF | PINRSTF);
    assert_int_equal(bite(r, VB_S), 0); // a reset stops it
    rig_end(r);
}

static void set_up(rig *r, uint32_t prescaler, uint32_t reload)
{
    rig_write(r, KR, KEY_START);
    rig_write(r, KR, KEY_ACCESS);
    rig_write(r, PR, prescaler);
    rig_write(r, RLR, reload);
    rig_await(r, SR, 3, 0, 10 * VB_US, VB_MS);
    rig_write(r, KR, KEY_RELOAD);
}

static void prescaler_and_reload_set_the_time(void **state)
{
    (void)state;
    static const struct {
        uint32_t prescaler, reload, divider;
    } cases[] = {{0, 99, 4}, {1, 99, 8}, {2, 99, 16}, {3, 49, 32}, {4, 49, 64}, {5, 9, 128}, {6, 9, 256}, {7, 9, 256}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        rig *r = rig_new();
        set_up(r, cases[i].prescaler, cases[i].reload);
        rig_expect(r, PR, cases[i].prescaler);
        rig_expect(r, RLR, cases[i].reload);
        rig_write(r, KR, KEY_RELOAD);
        vb_time wanted = (cases[i].reload + 1) * cases[i].divider * LSI_PERIOD;
        assert_near(bite(r, VB_S), wanted, START_UP);
        rig_end(r);
    }
}

static void a_reload_in_time_keeps_it_quiet(void **state)
{
    (void)state;
    rig *r = rig_new();
    set_up(r, 0, 799); // 100 ms
    for (int i = 0; i < 20; i++) {
        rig_pass(r, 80 * VB_MS);
        rig_write(r, KR, KEY_RELOAD);
    }
    assert_int_equal(rig_starts(r), 1);
    assert_near(bite(r, VB_S), 100 * VB_MS, 200 * VB_US);
    rig_end(r);
}

static void registers_are_locked_without_the_key(void **state)
{
    (void)state;
    rig *r = rig_new();
    rig_write(r, KR, KEY_START);
    rig_write(r, PR, 3);
    rig_expect(r, SR, 0);
    rig_write(r, KR, KEY_ACCESS);
    rig_write(r, KR, KEY_RELOAD); // any other key locks again
    rig_write(r, RLR, 5);
    rig_expect(r, SR, 0);
    rig_expect(r, PR, 0);
    rig_expect(r, RLR, 0xFFF);
    rig_end(r);
}

static void a_new_value_takes_up_to_five_lsi_periods(void **state)
{
    (void)state;
    rig *r = rig_new();
    rig_write(r, KR, KEY_START);
    rig_write(r, KR, KEY_ACCESS);
    rig_write(r, PR, 4);
    rig_expect(r, SR, 1);
    rig_write(r, PR, 5); // too early: lost
    assert_int_equal(rig_said(r, VB_REPORT_MISUSE), 1);
    rig_write(r, RLR, 0x123);
    rig_expect(r, SR, 3);
    vb_time took = rig_await(r, SR, 3, 0, 5 * VB_US, VB_MS);
    assert_in_range(took, 4 * LSI_PERIOD - 20 * VB_US, 5 * LSI_PERIOD + 10 * VB_US);
    rig_expect(r, PR, 4);
    rig_expect(r, RLR, 0x123);
    rig_end(r);
}

// Without LSI nothing crosses into its domain; the watchdog switches LSI on by itself.
static void updates_wait_for_lsi(void **state)
{
    (void)state;
    rig *r = rig_new();
    rig_write(r, KR, KEY_ACCESS);
    rig_write(r, PR, 4);
    rig_pass(r, 5 * VB_MS);
    rig_expect(r, SR, 1);
    rig_write(r, KR, KEY_START);
    rig_await(r, SR, 3, 0, 10 * VB_US, VB_MS);
    rig_expect(r, PR, 4);
    rig_end(r);
}

static void the_option_byte_starts_it_at_reset(void **state)
{
    (void)state;
    rig *r = rig_new();
    rig_write(r, OPTKEYR, 0x08192A3B);
    rig_write(r, OPTKEYR, 0x4C5D6E7F);
    uint32_t options = rig_read(r, OPTCR) & ~(uint32_t)WDG_SW;
    rig_write(r, OPTCR, options);
    rig_write(r, OPTCR, options | 2);
    rig_await(r, FLASH_SR, 1u << 16, 0, VB_MS, VB_S);
    assert_int_equal(bite(r, VB_S), 0); // from the next reset on
    vb_reset_pin(r->board);
    rig_settle(r);
    assert_near(bite(r, VB_S), 4096 * 4 * LSI_PERIOD, VB_MS);
    assert_near(bite(r, VB_S), 4096 * 4 * LSI_PERIOD, VB_MS); // and again and again
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(starts_as_the_manual_says),
        rig_test(bites_after_512_ms_by_default),
        rig_test(prescaler_and_reload_set_the_time),
        rig_test(a_reload_in_time_keeps_it_quiet),
        rig_test(registers_are_locked_without_the_key),
        rig_test(a_new_value_takes_up_to_five_lsi_periods),
        rig_test(updates_wait_for_lsi),
        rig_test(the_option_byte_starts_it_at_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
