// SPDX-License-Identifier: MIT
// A USB host without sense: requests of any kind, size and order, transfers broken off, bus resets, pauses, power cuts and
// failing flash. Whatever comes of it, only a valid image is ever started, flash outside the slot is never touched (the
// bench's own rule), and the next session with a host in its right mind succeeds.
#include <string.h>

#include "bench_assert.h"
#include "bench_board.h"
#include "bench_usb.h"
#include "images.h"
#include "seed.h"

#define ROUNDS 60u

static image images[4];

static bool slot_holds_one_of_the_images(void)
{
    for (size_t i = 0; i < 4; i++) {
        if (memcmp(board_flash(HF_APP_ADDRESS), images[i].bytes, images[i].size) == 0) {
            return true;
        }
    }
    return false;
}

static void power_on(void)
{
    board_power_on_into_update_mode();
    usb_plug();
}

static void check_state(void)
{
    if (board.state != BOARD_RUNNING) {
        board.fault = (flash_fault){0};
        if (!slot_holds_one_of_the_images()) {
            fail_msg("something else than an image was started");
        }
        board_power_on();
        assert_int_equal(board.state, BOARD_STARTED);
        power_on();
    }
}

static void some_command(uint32_t *random)
{
    static const uint8_t codes[] = {0x00, 0x21, 0x21, 0x21, 0x41, 0x41, 0x92, 0x55};
    static const uint32_t addresses[] = {HF_APP_ADDRESS, HF_APP_ADDRESS,  HF_APP_ADDRESS + 2048, HF_BOOT_ADDRESS,
                                         0x08020000,     HF_APP_ADDRESS + HF_APP_SIZE - 4, 0x20000000, HF_APP_ADDRESS + 1};
    uint32_t pick = seed_next(random), address = addresses[pick >> 8 & 7];
    uint8_t bytes[8] = {codes[pick & 7]};
    memcpy(bytes + 1, &address, 4);
    (void)dfu_download(0, bytes, pick >> 28 == 0 ? (uint16_t)(pick >> 12 & 7) : pick >> 29 == 1 ? 1 : 5);
}

static void some_request(uint32_t *random)
{
    static uint8_t data[4096];
    uint32_t pick = seed_next(random);
    uint8_t type = pick >> 30 == 0 ? (uint8_t)(pick >> 16) : pick >> 29 & 1 ? 0xA1 : 0x21;
    if ((type & 0x7F) == 0) {
        return; // SET_ADDRESS and SET_CONFIGURATION belong to the cable
    }
    (void)usb_control(type, pick & 7, pick >> 8 & 3, 0, data, (uint16_t)(seed_next(random) % sizeof data), NULL);
}

static void some_block(uint32_t *random)
{
    static uint8_t block[HF_DFU_TRANSFER_SIZE];
    const image *from = &images[seed_next(random) % 4];
    uint32_t pick = seed_next(random), size = from->size < sizeof block ? from->size : sizeof block;
    memcpy(block, from->bytes, size);
    block[(pick >> 8) % size] ^= pick >> 29 == 0 ? 1 : 0;
    (void)dfu_download((uint16_t)(pick >> 30 == 0 ? pick >> 20 : 2), block, (uint16_t)(pick & 1 ? size : pick % size));
}

static void poll_some(uint32_t *random)
{
    dfu_status status;
    for (unsigned i = seed_next(random) % 4; i > 0; i--) {
        if (dfu_get_status(&status) == USB_DONE) {
            board_run(status.poll_ms);
        }
    }
}

static void break_flash(uint32_t *random)
{
    uint32_t pick = seed_next(random);
    board.fault = (flash_fault){1 + pick % 4, pick / 16 % 40, 1 + pick / 64 % 2, HF_E_OPERR};
}

static void act(uint32_t *random)
{
    uint32_t pick = seed_next(random);
    usb_cut_after(pick >> 29 == 0 ? pick >> 16 & 31 : USB_ALL);
    switch (pick % 16) {
    case 0:
    case 1:
    case 2: some_command(random); break;
    case 3:
    case 4: some_block(random); break;
    case 5:
    case 6:
    case 7: poll_some(random); break;
    case 8: some_request(random); break;
    case 9: (void)dfu_request(HF_DFU_ABORT, 0, NULL, 0, NULL); break;
    case 10: (void)dfu_request(HF_DFU_CLRSTATUS, 0, NULL, 0, NULL); break;
    case 11: (void)dfu_download(2, NULL, 0); break;
    case 12: break_flash(random); break;
    case 13: board_run(pick >> 12 & 0xFFF); break;
    case 14: pick >> 30 == 0 ? board_run(31000) : usb_bus_reset(); break;
    default: pick >> 30 == 0 ? power_on() : usb_plug(); break;
    }
    usb_cut_after(USB_ALL);
    check_state();
}

static bool update_in_right_mind(const image *it)
{
    usb_plug();
    return dfu_update(it->bytes, it->size).state == HF_DFU_IDLE && dfu_leave() == USB_DONE;
}

static void a_senseless_host(void **state)
{
    (void)state;
    uint32_t random = seed_begin();
    for (unsigned round = 0; round < ROUNDS; round++) {
        board_new();
        board.led_blinks_on = true;
        power_on();
        for (unsigned i = seed_next(&random) % 60; i > 0; i--) {
            act(&random);
        }
        board_run(10000); // what is under way ends
        board.fault = (flash_fault){0};
        check_state();
        if (!update_in_right_mind(&images[seed_next(&random) % 4])) {
            fail_msg("round %u: the board does not recover", round);
        }
        board_run(100);
        assert_int_equal(board.state, BOARD_RESET);
        check_state();
    }
}

static int make_images(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 4; i++) {
        images[i] = image_make(160 + 192 * i, i + 1);
    }
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_senseless_host)};
    return cmocka_run_group_tests(tests, make_images, leave_clean);
}
