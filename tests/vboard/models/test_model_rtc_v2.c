// SPDX-License-Identifier: MIT
// RTC: backup registers and what they survive, write protection, initialisation, a calendar that keeps time.
#include "rig.h"

enum {
    TR = RIG_RTC, DR = RIG_RTC + 0x04, CR = RIG_RTC + 0x08, ISR = RIG_RTC + 0x0C, PRER = RIG_RTC + 0x10,
    WPR = RIG_RTC + 0x24, SSR = RIG_RTC + 0x28, BKP0R = RIG_RTC + 0x50
};
enum { BDCR = RIG_RCC + 0x70, CSR = RIG_RCC + 0x74, BDRST = 1u << 16, RTCEN = 1u << 15, RTCSEL_LSI = 2u << 8 };
enum { RSF = 1u << 5, INITF = 1u << 6, INIT = 1u << 7, INITS = 1u << 4 };

static void backup_registers_need_dbp(void **state)
{
    (void)state;
    rig *r = rig_new();
    for (unsigned i = 0; i < 20; i++) {
        rig_write(r, BKP0R + 4 * i, 0xDEADBEEF);
        rig_expect(r, BKP0R + 4 * i, 0);
    }
    rig_backup_access(r);
    for (unsigned i = 0; i < 20; i++) {
        rig_write(r, BKP0R + 4 * i, 0xDEADBEEF + i);
    }
    for (unsigned i = 0; i < 20; i++) {
        rig_expect(r, BKP0R + 4 * i, 0xDEADBEEF + i);
    }
    rig_end(r);
}

static void backup_registers_survive_resets_and_power_with_vbat(void **state)
{
    (void)state;
    rig *r = rig_new();
    rig_backup_access(r);
    rig_write(r, BKP0R, 0xDEADBEEF);
    vb_reset_pin(r->board);
    rig_settle(r);
    rig_expect(r, BKP0R, 0xDEADBEEF);
    rig_write(r, 0xE000ED0C, 0x05FA0004); // AIRCR.SYSRESETREQ; the guest comes back and finds the work done
    rig_settle(r);
    rig_expect(r, BKP0R, 0xDEADBEEF);
    vb_power_off(r->board, true);
    rig_power_on(r);
    rig_expect(r, BKP0R, 0xDEADBEEF);
    vb_power_off(r->board, false);
    rig_power_on(r);
    rig_expect(r, BKP0R, 0);
    rig_end(r);
}

static void bdrst_clears_them(void **state)
{
    (void)state;
    rig *r = rig_new();
    rig_backup_access(r);
    rig_write(r, BKP0R + 4 * 19, 0x12345678);
    rig_write(r, BDCR, BDRST);
    rig_expect(r, BKP0R + 4 * 19, 0);
    rig_write(r, BDCR, 0);
    rig_write(r, BKP0R, 1);
    rig_expect(r, BKP0R, 1);
    rig_end(r);
}

static rig *with_lsi(void)
{
    rig *r = rig_new();
    rig_backup_access(r);
    rig_set(r, CSR, 1);
    rig_await(r, CSR, 2, 2, 5 * VB_US, VB_MS);
    rig_set(r, BDCR, RTCSEL_LSI | RTCEN);
    return r;
}

static void unlock(rig *r)
{
    rig_write(r, WPR, 0xCA);
    rig_write(r, WPR, 0x53);
}

static void start_calendar(rig *r, uint32_t time, uint32_t date)
{
    unlock(r);
    rig_write(r, ISR, 0xFFFFFFFF);
    rig_await(r, ISR, INITF, INITF, 10 * VB_US, VB_MS);
    rig_write(r, PRER, 249);               // LSI 32 kHz / 128 / 250
    rig_write(r, PRER, 127u << 16 | 249);
    rig_write(r, TR, time);
    rig_write(r, DR, date);
    rig_write(r, ISR, ~(uint32_t)INIT);
    rig_write(r, WPR, 0xFF);
}

static void reset_values(void **state)
{
    (void)state;
    rig *r = rig_new();
    rig_expect(r, TR, 0);
    rig_expect(r, DR, 0x2101);
    rig_expect(r, CR, 0);
    rig_expect(r, PRER, 0x007F00FF);
    assert_int_equal(rig_read(r, ISR) & ~(uint32_t)RSF, 7);
    rig_end(r);
}

static void the_calendar_is_write_protected(void **state)
{
    (void)state;
    rig *r = with_lsi();
    rig_write(r, ISR, 0xFFFFFFFF);
    rig_pass(r, VB_MS);
    assert_int_equal(rig_read(r, ISR) & (INIT | INITF), 0);
    rig_write(r, WPR, 0xCA);
    rig_write(r, WPR, 0x54); // wrong
    rig_write(r, CR, 1u << 5);
    rig_expect(r, CR, 0);
    unlock(r);
    rig_write(r, CR, 1u << 5);
    rig_expect(r, CR, 1u << 5);
    rig_write(r, TR, 0x010101); // not in initialisation mode
    rig_expect(r, TR, 0);
    rig_end(r);
}

static void counts_seconds_from_lsi(void **state)
{
    (void)state;
    rig *r = with_lsi();
    start_calendar(r, 0x235958, 0x240228 | 3u << 13); // Wednesday 28 February 2024, a leap year
    rig_await(r, ISR, RSF, RSF, 10 * VB_US, VB_MS);
    assert_int_equal(rig_read(r, ISR) & INITS, INITS);
    rig_expect(r, TR, 0x235958);
    rig_expect(r, DR, 0x240228 | 3u << 13);
    rig_pass(r, 3 * VB_S);
    rig_expect(r, TR, 0x000001);
    rig_expect(r, DR, 0x240229 | 4u << 13);
    rig_end(r);
}

static void subseconds_count_down(void **state)
{
    (void)state;
    rig *r = with_lsi();
    start_calendar(r, 0x120000, 0x240101 | 1u << 13);
    rig_pass(r, VB_S / 2);
    uint32_t half = rig_read(r, SSR);
    assert_in_range(half, 122, 126);
    rig_pass(r, VB_S);
    rig_expect(r, SSR, half); // SSR holds everything still
    rig_expect(r, TR, 0x120000);
    rig_expect(r, DR, 0x240101 | 1u << 13); // until DR is read
    rig_expect(r, TR, 0x120001);
    rig_end(r);
}

static void stands_without_a_clock_and_goes_on_through_a_reset(void **state)
{
    (void)state;
    rig *r = with_lsi();
    start_calendar(r, 0x080000, 0x250630 | 1u << 13);
    rig_pass(r, 2 * VB_S + VB_MS);
    vb_reset_pin(r->board); // takes LSI away: the calendar stands
    rig_settle(r);
    rig_pass(r, 5 * VB_S);
    rig_expect(r, TR, 0x080002);
    rig_read(r, DR);
    rig_set(r, CSR, 1);
    rig_pass(r, 3 * VB_S + VB_MS);
    rig_expect(r, TR, 0x080005);
    rig_end(r);
}

static void without_rtcclk_init_never_comes(void **state)
{
    (void)state;
    rig *r = rig_new();
    rig_backup_access(r);
    unlock(r);
    rig_write(r, ISR, 0xFFFFFFFF);
    rig_pass(r, 10 * VB_MS);
    assert_int_equal(rig_read(r, ISR) & INITF, 0);
    rig_end(r);
}

static void twelve_hours(void **state)
{
    (void)state;
    rig *r = with_lsi();
    unlock(r);
    rig_write(r, CR, 1u << 6);
    start_calendar(r, 0x115959, 0x240101 | 1u << 13); // 11:59:59 AM
    rig_pass(r, VB_S + VB_MS);
    rig_expect(r, TR, 0x120000 | 1u << 22);
    rig_end(r);
}

static void alarms_are_reported(void **state)
{
    (void)state;
    rig *r = with_lsi();
    unlock(r);
    rig_write(r, CR, 1u << 8);
    assert_int_equal(rig_said(r, VB_REPORT_UNMODELLED), 1);
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(backup_registers_need_dbp),
        rig_test(backup_registers_survive_resets_and_power_with_vbat),
        rig_test(bdrst_clears_them),
        rig_test(reset_values),
        rig_test(the_calendar_is_write_protected),
        rig_test(counts_seconds_from_lsi),
        rig_test(subseconds_count_down),
        rig_test(stands_without_a_clock_and_goes_on_through_a_reset),
        rig_test(without_rtcclk_init_never_comes),
        rig_test(twelve_hours),
        rig_test(alarms_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
