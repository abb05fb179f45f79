// SPDX-License-Identifier: MIT
// Flash interface of the F40x: locks, every error condition, timing, stalls, write protection. RM0090 Rev 21, 3.5 to 3.9;
// times of DS8626, table 40, at 2.7 V and more.
#include "rig.h"

enum { ACR = RIG_FLASH, KEYR = RIG_FLASH + 4, OPTKEYR = RIG_FLASH + 8, SR = RIG_FLASH + 0x0C, CR = RIG_FLASH + 0x10 };
enum { OPTCR = RIG_FLASH + 0x14 };
enum { PG = 1, SER = 2, MER = 4, SNB = 3, PSIZE = 8, X8 = 0, X16 = 1 << PSIZE, X32 = 2 << PSIZE, STRT = 1 << 16 };
enum { EOPIE = 1 << 24, ERRIE = 1 << 25 };
enum { EOP = 1, OPERR = 2, WRPERR = 1 << 4, PGAERR = 1 << 5, PGPERR = 1 << 6, PGSERR = 1 << 7, BSY = 1 << 16 };
enum { PLACE = 0x08060000, SECTOR = 7, IRQ = 4, OPTSTRT = 2 };
#define LOCK 0x80000000u
#define DELIVERED 0x0FFFAAEDu

static rig *unlocked(void)
{
    rig *r = rig_new();
    rig_write(r, KEYR, 0x45670123);
    rig_write(r, KEYR, 0xCDEF89AB);
    rig_expect(r, CR, 0);
    return r;
}

static void starts_as_the_manual_says(void **state)
{
    (void)state;
    rig *r = rig_new();
    rig_expect(r, ACR, 0);
    rig_expect(r, SR, 0);
    rig_expect(r, CR, LOCK);
    rig_expect(r, OPTCR, DELIVERED);
    rig_end(r);
}

static void a_locked_controller_keeps_its_settings(void **state)
{
    (void)state;
    rig *r = rig_new();
    rig_write(r, CR, PG | X32);
    rig_expect(r, CR, LOCK);
    rig_write(r, OPTCR, 0);
    rig_expect(r, OPTCR, DELIVERED);
    rig_end(r);
}

static void a_wrong_key_jams_the_lock_until_a_reset(void **state)
{
    (void)state;
    rig *r = rig_new();
    rig_write(r, KEYR, 0x12345678);
    assert_true(rig_faults(r) > 0);
    rig_write(r, KEYR, 0x45670123);
    rig_write(r, KEYR, 0xCDEF89AB);
    rig_expect(r, CR, LOCK);
    (void)rig_faults(r);
    (void)rig_said(r, VB_REPORT_FAULT);
    vb_power_off(r->board, true);
    rig_power_on(r);
    rig_write(r, KEYR, 0x45670123);
    rig_write(r, KEYR, 0xCDEF89AB);
    rig_expect(r, CR, 0);
    rig_end(r);
}

// The guest runs from RAM and sees the controller busy; reading flash makes it wait.
static void a_word_takes_its_time_and_stalls_the_core(void **state)
{
    (void)state;
    rig *r = unlocked();
    rig_write(r, CR, PG | X32);
    vb_time start = vb_now(r->board);
    rig_write(r, PLACE, 0x12345678);
    rig_expect(r, SR, BSY);
    rig_expect(r, PLACE + 64, 0xFFFFFFFF);
    assert_in_range(vb_now(r->board) - start, 16 * VB_US, 60 * VB_US);
    rig_expect(r, SR, 0);
    rig_expect(r, PLACE, 0x12345678); // and no EOP: only with its interrupt enabled (3.9.4)
    rig_end(r);
}

// Code the core has not come to before is stopped at busy flash as well: nothing of its loads was known when it began.
static void code_that_runs_for_the_first_time_is_stalled_too(void **state)
{
    (void)state;
    rig *r = unlocked();
    rig_write(r, CR, PG | X16);
    rig_read(r, SR); // a load of a word, so that below only the load itself is new
    rig_ask_part(r, PLACE, 2, 0x1234);
    rig_run_to_flash_operation(r);
    rig_settle(r);
    vb_time began = vb_now(r->board);
    assert_int_equal(rig_read_part(r, PLACE, 2), 0x1234); // not what was there before
    assert_true(vb_now(r->board) - began >= 5 * VB_US);
    rig_end(r);
}

static void each_width_programs(void **state)
{
    (void)state;
    rig *r = unlocked();
    rig_write(r, CR, PG | X8);
    rig_write_part(r, PLACE + 1, 1, 0xA5);
    rig_await(r, SR, BSY, 0, VB_US, VB_MS);
    rig_write(r, CR, PG | X16);
    rig_write_part(r, PLACE + 2, 2, 0x1234);
    rig_await(r, SR, BSY, 0, VB_US, VB_MS);
    rig_expect(r, SR, 0);
    rig_expect(r, PLACE, 0x1234A5FF);
    rig_end(r);
}

static void a_store_of_another_width_is_a_parallelism_error(void **state)
{
    (void)state;
    rig *r = unlocked();
    rig_write(r, CR, PG | X32);
    rig_write_part(r, PLACE, 1, 0);
    rig_expect(r, SR, PGPERR);
    rig_write_part(r, PLACE + 2, 2, 0);
    rig_expect(r, SR, PGPERR);
    rig_write(r, SR, PGPERR); // cleared by writing 1
    rig_expect(r, SR, 0);
    rig_expect(r, PLACE, 0xFFFFFFFF);
    rig_end(r);
}

static void a_store_without_pg_is_a_sequence_error(void **state)
{
    (void)state;
    rig *r = unlocked();
    rig_write(r, CR, X32);
    rig_write(r, PLACE, 0);
    rig_expect(r, SR, PGSERR);
    rig_expect(r, PLACE, 0xFFFFFFFF);
    rig_end(r);
}

static void bits_only_fall_and_a_second_program_is_reported(void **state)
{
    (void)state;
    rig *r = unlocked();
    rig_write(r, CR, PG | X32);
    rig_write(r, PLACE, 0x0F0F0F0F);
    rig_write(r, PLACE, 0xFF00FF00);
    rig_expect(r, PLACE, 0x0F000F00);
    assert_int_equal(rig_said(r, VB_REPORT_MISUSE), 1);
    rig_end(r);
}

static vb_time erase(rig *r, uint32_t psize, unsigned sector)
{
    rig_write(r, CR, SER | psize | sector << SNB);
    vb_time start = vb_now(r->board);
    rig_write(r, CR, SER | psize | sector << SNB | STRT);
    rig_await(r, SR, BSY, 0, VB_MS, 10 * VB_S);
    return vb_now(r->board) - start;
}

static void erase_times_follow_sector_and_parallelism(void **state)
{
    (void)state;
    static const struct {
        uint32_t psize;
        unsigned sector, ms;
    } cases[] = {{X32, 1, 250}, {X16, 1, 300}, {X8, 1, 400}, {X32, 4, 550}, {X16, 4, 700}, {X8, 4, 1200},
                 {X32, 7, 1000}, {X16, 7, 1300}, {X8, 7, 2000}};
    rig *r = unlocked();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_in_range(erase(r, cases[i].psize, cases[i].sector), cases[i].ms * VB_MS, (cases[i].ms + 3) * VB_MS);
    }
    rig_end(r);
}

static void an_erase_takes_its_sector_and_no_other(void **state)
{
    (void)state;
    rig *r = unlocked();
    const uint32_t zero = 0;
    static const uint32_t places[] = {PLACE - 4, PLACE, PLACE + 0x1FFFC, PLACE + 0x20000};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(vb_write(r->board, places[i], &zero, sizeof(zero)), VB_OK);
    }
    (void)erase(r, X32, SECTOR);
    rig_expect(r, places[0], 0);
    rig_expect(r, places[1], 0xFFFFFFFF);
    rig_expect(r, places[2], 0xFFFFFFFF);
    rig_expect(r, places[3], 0);
    rig_end(r);
}

static void protect(rig *r, unsigned sector)
{
    rig_write(r, OPTKEYR, 0x08192A3B);
    rig_write(r, OPTKEYR, 0x4C5D6E7F);
    uint32_t options = (DELIVERED & ~1u) & ~(1u << (16 + sector));
    rig_write(r, OPTCR, options);
    rig_write(r, OPTCR, options | OPTSTRT);
    rig_await(r, SR, BSY, 0, VB_MS, 2 * VB_S);
    rig_expect(r, OPTCR, options);
}

static void a_protected_sector_is_neither_programmed_nor_erased(void **state)
{
    (void)state;
    rig *r = unlocked();
    protect(r, SECTOR);
    rig_write(r, CR, PG | X32);
    rig_write(r, PLACE, 0);
    rig_expect(r, SR, WRPERR);
    rig_write(r, SR, WRPERR);
    rig_expect(r, PLACE, 0xFFFFFFFF);
    rig_write(r, PLACE - 4, 0x11223344); // the sector beside it is free
    rig_expect(r, PLACE - 4, 0x11223344);
    assert_true(erase(r, X32, SECTOR) < 100 * VB_MS);
    rig_expect(r, SR, WRPERR);
    rig_end(r);
}

static void interrupts_tell_of_end_and_error_when_asked(void **state)
{
    (void)state;
    rig *r = unlocked();
    rig_write(r, CR, PG | X32 | EOPIE);
    rig_write(r, PLACE, 1);
    rig_await(r, SR, BSY, 0, VB_US, VB_MS);
    rig_expect(r, SR, EOP);
    assert_true(rig_irq_pending(r, IRQ));
    rig_write(r, SR, EOP);
    rig_write(r, CR, X32 | ERRIE);
    rig_write(r, PLACE + 4, 1);
    rig_expect(r, SR, PGSERR | OPERR); // OPERR only with ERRIE (3.9.4)
    rig_end(r);
}

static void locking_takes_a_new_pair_of_keys(void **state)
{
    (void)state;
    rig *r = unlocked();
    rig_write(r, CR, LOCK);
    rig_write(r, CR, PG);
    rig_expect(r, CR, LOCK);
    rig_write(r, KEYR, 0x45670123);
    rig_write(r, KEYR, 0xCDEF89AB);
    rig_expect(r, CR, 0);
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(starts_as_the_manual_says),
        rig_test(a_locked_controller_keeps_its_settings),
        rig_test(a_wrong_key_jams_the_lock_until_a_reset),
        rig_test(a_word_takes_its_time_and_stalls_the_core),
        rig_test(code_that_runs_for_the_first_time_is_stalled_too),
        rig_test(each_width_programs),
        rig_test(a_store_of_another_width_is_a_parallelism_error),
        rig_test(a_store_without_pg_is_a_sequence_error),
        rig_test(bits_only_fall_and_a_second_program_is_reported),
        rig_test(erase_times_follow_sector_and_parallelism),
        rig_test(an_erase_takes_its_sector_and_no_other),
        rig_test(a_protected_sector_is_neither_programmed_nor_erased),
        rig_test(interrupts_tell_of_end_and_error_when_asked),
        rig_test(locking_takes_a_new_pair_of_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
