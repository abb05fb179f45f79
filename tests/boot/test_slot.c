// SPDX-License-Identifier: MIT
// The slot's borders: whatever address and size a link asks for, nothing outside reaches the flash.
// The bench board watches every operation.
#include <stdlib.h>
#include <string.h>

#include "bench_assert.h"
#include "bench_board.h"
#include "seed.h"

static hf_err (*slot_write)(uint32_t address, const uint8_t *data, uint32_t size);
static hf_err (*slot_erase)(void);
static hf_err (*slot_erase_sector)(uint32_t address);
static bool (*slot_holds)(uint32_t address, uint32_t size);
static hf_err (*slot_read)(uint32_t address, void *to, uint32_t size);
static hf_err (*slot_crc32)(uint32_t address, uint32_t size, uint32_t *crc);

static const uint8_t zeros[HF_APP_SIZE]; // programming zeros succeeds on any content

static bool inside(uint32_t address, uint32_t size)
{
    uint64_t end = (uint64_t)address + size;
    return address >= HF_APP_ADDRESS && end <= (uint64_t)HF_APP_ADDRESS + HF_APP_SIZE;
}

// Near a border of something, now and then anywhere.
static uint32_t some_address(uint32_t *random)
{
    static const uint32_t borders[] = {
        0,
        0x08000000,
        HF_APP_ADDRESS,
        HF_APP_ADDRESS + 0x10000,
        HF_APP_ADDRESS + HF_APP_SIZE,
        0x08100000,
        0xFFFFFFFF,
        0x1FFFC000,
        0x40023C00,
    };
    uint32_t pick = seed_next(random);
    if (pick % 8 == 0) {
        return seed_next(random);
    }
    uint32_t near =
        borders[pick % (sizeof borders / sizeof borders[0])] + seed_next(random) % 65 - 32;
    return pick % 3 == 0 ? near : near & ~3u;
}

static uint32_t some_size(uint32_t *random)
{
    uint32_t pick = seed_next(random);
    switch (pick % 8) {
    case 0: return seed_next(random);
    case 1: return 0u - seed_next(random) % 64;
    case 2: return HF_APP_SIZE - 32 + seed_next(random) % 65;
    case 3:
        return 0u - HF_APP_ADDRESS + seed_next(random) % 65 -
               32; // wraps around to the slot's start
    default: return pick % 3 == 0 ? seed_next(random) % 300 : seed_next(random) % 75 * 4;
    }
}

static void try_write(uint32_t address, uint32_t size)
{
    uint32_t programs = board.programs;
    bool good =
        inside(address, size) && address % HF_PROGRAM_BYTES == 0 && size % HF_PROGRAM_BYTES == 0;
    hf_err err = slot_write(address, zeros, size);
    if (err != (good ? HF_OK : HF_E_ADDRESS)) {
        fail_msg("write of %u bytes at 0x%08X: %d", size, address, (int)err);
    }
    assert_int_equal(board.programs, good ? programs + 1 : programs);
    assert_int_equal(slot_holds(address, size), inside(address, size));
    board_check();
}

static void random_writes(void **state)
{
    (void)state;
    uint32_t random = seed_begin();
    for (unsigned i = 0; i < 300000; i++) {
        uint32_t address = some_address(&random);
        try_write(address, some_size(&random));
    }
}

static void writes_at_the_borders(void **state)
{
    (void)state;
    const uint32_t end = HF_APP_ADDRESS + HF_APP_SIZE;
    const uint32_t addresses[] = {
        0, HF_APP_ADDRESS - 4, HF_APP_ADDRESS, HF_APP_ADDRESS + 4, end - 4, end, end + 4, ~3u};
    const uint32_t sizes[] = {
        0, 1, 2, 3, 4, 8, HF_APP_SIZE - 4, HF_APP_SIZE, HF_APP_SIZE + 4, 0x80000000, ~3u, ~0u};
    for (size_t a = 0; a < sizeof addresses / sizeof addresses[0]; a++) {
        for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
            try_write(addresses[a], sizes[s]);
        }
    }
}

static void random_reads_stay_inside(void **state)
{
    (void)state;
    static uint8_t content[HF_APP_SIZE];
    uint32_t random = seed_begin();
    for (unsigned i = 0; i < 100000; i++) {
        uint32_t address = some_address(&random), size = some_size(&random), crc, reads = board.reads;
        bool good = inside(address, size) && (address | size) % 4 == 0;
        assert_int_equal(slot_read(address, content, size), good ? HF_OK : HF_E_ADDRESS);
        assert_int_equal(board.reads, good ? reads + 1 : reads);
        if (!good) {
            assert_int_equal(slot_crc32(address, size, &crc), HF_E_ADDRESS);
        }
        board_check();
    }
    uint32_t crc;
    assert_int_equal(slot_crc32(HF_APP_ADDRESS, 8, &crc), HF_OK);
    assert_int_equal(crc, 0x2144DF1Cu); // zlib's crc32 of eight bytes 0xFF
}

static void random_sector_erases(void **state)
{
    (void)state;
    uint32_t random = seed_begin();
    for (unsigned i = 0; i < 2000; i++) {
        uint32_t address = some_address(&random);
        uint32_t erases = board.erases;
        hf_err err = slot_erase_sector(address);
        assert_int_equal(err, inside(address, 1) ? HF_OK : HF_E_ADDRESS);
        assert_int_equal(board.erases, inside(address, 1) ? erases + 1 : erases);
        board_check();
    }
}

static void the_whole_slot_is_erased_first_sector_first(void **state)
{
    (void)state;
    memset(board.flash, 0, sizeof board.flash);
    assert_int_equal(slot_erase(), HF_OK);
    board_check();
    assert_int_equal(board.erased[0], HF_APP_ADDRESS);
    for (uint32_t i = 0; i < HF_FLASH_SIZE; i += 4) {
        assert_int_equal(board.flash[i], inside(HF_FLASH_BASE + i, 1) ? 0xFF : 0);
    }
}

static int load(void **state)
{
    (void)state;
    board_new();
    *(void **)&slot_write = board_function("hf_slot_write");
    *(void **)&slot_erase = board_function("hf_slot_erase");
    *(void **)&slot_erase_sector = board_function("hf_slot_erase_sector");
    *(void **)&slot_holds = board_function("hf_slot_holds");
    *(void **)&slot_read = board_function("hf_slot_read");
    *(void **)&slot_crc32 = board_function("hf_slot_crc32");
    return 0;
}

static int leave_clean(void **state)
{
    (void)state;
    board_new();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(random_writes, load),
        cmocka_unit_test_setup(writes_at_the_borders, load),
        cmocka_unit_test_setup(random_reads_stay_inside, load),
        cmocka_unit_test_setup(random_sector_erases, load),
        cmocka_unit_test_setup(the_whole_slot_is_erased_first_sector_first, load),
    };
    return cmocka_run_group_tests(tests, NULL, leave_clean);
}
