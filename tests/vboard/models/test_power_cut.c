// SPDX-License-Identifier: MIT
// Cuts of the supply by the number of a flash operation: before, inside and after it, torn content by seed, and copies.
#include <stdlib.h>
#include <unistd.h>

#include "rig.h"

enum { KEYR = RIG_FLASH + 4, OPTKEYR = RIG_FLASH + 8, SR = RIG_FLASH + 0x0C, CR = RIG_FLASH + 0x10, OPTCR = RIG_FLASH + 0x14 };
enum { PG = 1, SER = 2, SNB = 3, X32 = 2 << 8, STRT = 1 << 16, OPTSTRT = 2 };
enum { PLACE = 0x08060000, SECTOR = 7, SECTOR_SIZE = 0x20000 };
enum { EVERY_BIT = 0x0FFFAAEC };

static void unlock(rig *r)
{
    rig_write(r, KEYR, 0x45670123);
    rig_write(r, KEYR, 0xCDEF89AB);
}

// A store that starts an operation; the guest's answer may never come, because the supply is gone.
static void start(rig *r, uint32_t address, uint32_t value)
{
    rig_ask(r, address, value);
    rig_run_to_cut(r, 5 * VB_S);
}

static uint32_t content(rig *r, uint32_t address)
{
    uint32_t word = 0;
    assert_int_equal(vb_read(r->board, address, &word, sizeof(word)), VB_OK);
    return word;
}

static uint32_t program_cut(uint64_t seed, uint32_t done, uint32_t value)
{
    rig *r = rig_new();
    vb_set_seed(r->board, seed);
    unlock(r);
    rig_write(r, CR, PG | X32);
    assert_int_equal(vb_cut_at_operation(r->board, 1, done), VB_OK);
    start(r, PLACE, value);
    assert_int_equal(vb_cuts(r->board), 1);
    assert_int_equal(vb_flash_operations(r->board), 1);
    uint32_t left = content(r, PLACE);
    rig_power_on(r);
    rig_expect(r, PLACE, left); // the same after power-on, and the controller is as after any reset
    rig_expect(r, SR, 0);
    rig_expect(r, CR, 1u << 31);
    rig_end(r);
    return left;
}

static void before_leaves_the_old_content(void **state)
{
    (void)state;
    assert_int_equal(program_cut(1, VB_CUT_BEFORE, 0), UINT32_MAX);
}

static void after_leaves_the_new_content(void **state)
{
    (void)state;
    assert_int_equal(program_cut(1, VB_CUT_AFTER, 0x12345678), 0x12345678);
}

static void inside_leaves_something_between(void **state)
{
    (void)state;
    unsigned bits = 0;
    for (uint64_t seed = 0; seed < 8; seed++) {
        uint32_t left = program_cut(seed, VB_CUT_INSIDE, 0x0000FFFF);
        assert_int_equal(left & 0xFFFF, 0xFFFF); // no bit falls that was not to
        assert_int_equal(program_cut(seed, VB_CUT_INSIDE, 0x0000FFFF), left);
        bits += (unsigned)__builtin_popcount(left >> 16);
    }
    assert_in_range(bits, 32, 96); // of 128: about half of them
    assert_int_not_equal(program_cut(1, VB_CUT_INSIDE, 0), program_cut(2, VB_CUT_INSIDE, 0));
    assert_true(__builtin_popcount(program_cut(1, 990000, 0)) < __builtin_popcount(program_cut(1, 10000, 0)));
}

static unsigned zero_bytes(rig *r, unsigned *erased)
{
    static uint8_t bytes[SECTOR_SIZE];
    unsigned zeros = 0;
    *erased = 0;
    assert_int_equal(vb_read(r->board, PLACE, bytes, sizeof(bytes)), VB_OK);
    for (unsigned i = 0; i < sizeof(bytes); i++) {
        zeros += bytes[i] == 0;
        *erased += bytes[i] == 0xFF;
    }
    return zeros;
}

static void an_erase_is_cut(void **state)
{
    (void)state;
    static const struct {
        uint32_t done;
        unsigned zeros_min, zeros_max, erased_min, erased_max;
    } cases[] = {
        {VB_CUT_BEFORE, SECTOR_SIZE, SECTOR_SIZE, 0, 0},
        {VB_CUT_INSIDE, SECTOR_SIZE / 2, SECTOR_SIZE, 0, 1},
        {750000, 0, SECTOR_SIZE / 64, 0, SECTOR_SIZE / 64},
        {VB_CUT_AFTER, 0, 0, SECTOR_SIZE, SECTOR_SIZE},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        static const uint8_t old[SECTOR_SIZE]; // all 0
        unsigned erased;
        rig *r = rig_new();
        assert_int_equal(vb_write(r->board, PLACE, old, sizeof(old)), VB_OK);
        unlock(r);
        assert_int_equal(vb_cut_at_operation(r->board, 1, cases[i].done), VB_OK);
        start(r, CR, SER | X32 | SECTOR << SNB | STRT);
        assert_int_equal(vb_cuts(r->board), 1);
        assert_in_range(zero_bytes(r, &erased), cases[i].zeros_min, cases[i].zeros_max);
        assert_in_range(erased, cases[i].erased_min, cases[i].erased_max);
        rig_end(r);
    }
}

static void option_bytes_are_cut(void **state)
{
    (void)state;
    static const struct {
        uint32_t done, options;
    } cases[] = {{VB_CUT_BEFORE, EVERY_BIT}, {VB_CUT_INSIDE, 0x0FFFFFEC}, {VB_CUT_AFTER, EVERY_BIT & ~(1u << 20)}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        rig *r = rig_new();
        rig_write(r, OPTKEYR, 0x08192A3B);
        rig_write(r, OPTKEYR, 0x4C5D6E7F);
        rig_write(r, OPTCR, EVERY_BIT & ~(1u << 20));
        assert_int_equal(vb_cut_at_operation(r->board, 1, cases[i].done), VB_OK);
        start(r, OPTCR, (EVERY_BIT & ~(1u << 20)) | OPTSTRT);
        assert_int_equal(vb_cuts(r->board), 1);
        rig_power_on(r);
        rig_expect(r, OPTCR, cases[i].options | 1u);
        rig_end(r);
    }
}

static void operations_are_counted(void *context, const vb_flash_operation *operation)
{
    *(vb_flash_operation *)context = *operation;
}

static void only_what_begins_counts(void **state)
{
    (void)state;
    rig *r = rig_new();
    vb_flash_operation last = {0};
    vb_on_flash_operation(r->board, operations_are_counted, &last);
    rig_write(r, PLACE, 0); // locked
    unlock(r);
    rig_write(r, PLACE, 0); // no PG
    assert_int_equal(vb_flash_operations(r->board), 0);
    rig_write(r, CR, PG | X32);
    rig_write(r, PLACE + 8, 5);
    rig_await(r, SR, 1u << 16, 0, VB_US, VB_MS);
    assert_int_equal(vb_flash_operations(r->board), 1);
    assert_int_equal(last.number, 1);
    assert_int_equal(last.kind, VB_FLASH_PROGRAM);
    assert_int_equal(last.address, PLACE + 8);
    assert_int_equal(last.size, 4);
    assert_int_equal(last.end - last.start, 16 * VB_US);
    assert_int_equal(vb_cut_at_operation(r->board, 1, VB_CUT_INSIDE), VB_E_ADDRESS);
    rig_write(r, CR, SER | X32 | SECTOR << SNB | STRT);
    rig_await(r, SR, 1u << 16, 0, VB_MS, 2 * VB_S);
    assert_int_equal(last.kind, VB_FLASH_ERASE);
    assert_int_equal(last.address, PLACE);
    assert_int_equal(last.size, SECTOR_SIZE);
    assert_int_equal(vb_cuts(r->board), 0);
    rig_end(r);
}

// The plan waits for the third operation while a reset and a power cycle come in between.
static void a_plan_outlives_resets(void **state)
{
    (void)state;
    rig *r = rig_new();
    assert_int_equal(vb_cut_at_operation(r->board, 3, VB_CUT_AFTER), VB_OK);
    for (unsigned i = 0; i < 3; i++) {
        unlock(r);
        rig_write(r, CR, PG | X32);
        start(r, PLACE + 4 * i, i);
        if (vb_cuts(r->board) == 0) {
            vb_power_off(r->board, true);
        }
        assert_int_equal(vb_cuts(r->board), i == 2);
        rig_power_on(r);
        rig_expect(r, PLACE + 4 * i, i);
    }
    rig_end(r);
}

static void a_moment_can_be_chosen(void **state)
{
    (void)state;
    rig *r = rig_new();
    vb_time when = vb_now(r->board) + 12345678901;
    vb_cut_at(r->board, when);
    assert_int_equal(vb_run(r->board, when + VB_S), VB_STOP_CUT);
    assert_in_range(vb_now(r->board), when, when + VB_US);
    vb_cut_at(r->board, when + VB_S);
    vb_cut_never(r->board);
    assert_int_equal(vb_run(r->board, when + 2 * VB_S), VB_STOP_TIME);
    rig_end(r);
}

// In the copy: tears the operation under way.
static int tears(void *context)
{
    rig *r = context;
    return vb_cut_at_operation(r->board, 1, VB_CUT_INSIDE) == VB_OK &&
           vb_run(r->board, vb_now(r->board) + VB_S) == VB_STOP_CUT && content(r, PLACE) != UINT32_MAX &&
           content(r, PLACE) != 0 ? 42 : 1;
}

static void a_story_has_many_endings(void **state)
{
    (void)state;
    rig *r = rig_new();
    unlock(r);
    rig_write(r, CR, PG | X32);
    rig_ask(r, PLACE, 0);
    rig_run_to_flash_operation(r);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(vb_try(tears, r), 42);
    }
    assert_int_equal(vb_cuts(r->board), 0);
    rig_settle(r);
    rig_expect(r, PLACE, 0);
    rig_end(r);
}

static void a_state_is_copied(void **state)
{
    (void)state;
    rig *from = rig_new(), *to = rig_new();
    vb_power_off(to->board, true);
    rig_write(from, OPTKEYR, 0x08192A3B);
    rig_write(from, OPTKEYR, 0x4C5D6E7F);
    rig_write(from, OPTCR, EVERY_BIT & ~(1u << 20));
    rig_write(from, OPTCR, (EVERY_BIT & ~(1u << 20)) | OPTSTRT);
    rig_await(from, SR, 1u << 16, 0, VB_MS, VB_S);
    uint32_t word = 0xC0FFEE;
    assert_int_equal(vb_write(from->board, PLACE, &word, sizeof(word)), VB_OK);
    rig_backup_access(from);
    rig_write(from, RIG_RTC + 0x50, 0xCAFE);
    vb_power_off(from->board, true);
    assert_int_equal(vb_state_copy(to->board, from->board), VB_OK);
    rig_power_on(to);
    rig_backup_access(to);
    rig_expect(to, PLACE, word);
    rig_expect(to, OPTCR, (EVERY_BIT & ~(1u << 20)) | 1u);
    rig_expect(to, RIG_RTC + 0x50, 0xCAFE);
    rig_end(from);
    rig_end(to);
}

// The last section, which holds the sum, with nothing in it: not read behind the file's end (the sanitizer watches).
static void a_state_without_its_sum_is_refused(void **state)
{
    (void)state;
    rig *r = rig_new();
    char path[] = "/tmp/vboard-state-XXXXXX";
    uint8_t file[8 + HF_NAME_MAX + 4] = "HFVBOARDend";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, file, sizeof file), sizeof file);
    close(fd);
    assert_int_not_equal(vb_state_load(r->board, path), VB_OK);
    unlink(path);
    rig_end(r);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        rig_test(before_leaves_the_old_content), rig_test(after_leaves_the_new_content),
        rig_test(inside_leaves_something_between), rig_test(an_erase_is_cut), rig_test(option_bytes_are_cut),
        rig_test(only_what_begins_counts), rig_test(a_plan_outlives_resets), rig_test(a_moment_can_be_chosen),
        rig_test(a_story_has_many_endings), rig_test(a_state_is_copied),
        rig_test(a_state_without_its_sum_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
