// SPDX-License-Identifier: MIT
// A host without sense: commands, pieces of frames, noise, pauses, power cuts and failing flash in
// random order. Whatever comes of it, only a valid image is ever started, and the next session with
// a host in its right mind succeeds.
#include <string.h>
#include <zlib.h>

#include "bench_assert.h"
#include "classic_host.h"
#include "hf_mailbox.h"
#include "images.h"
#include "seed.h"

#define ROUNDS 600u

static image images[4];

static const image *some_image(uint32_t *random)
{
    return &images[seed_next(random) % 4];
}

// Judged here by other means than the core's.
static bool slot_holds_one_of_the_images(void)
{
    for (size_t i = 0; i < 4; i++) {
        if (memcmp(board_flash(HF_APP_ADDRESS), images[i].bytes, images[i].size) == 0) {
            return true;
        }
    }
    return false;
}

static void check_state(void)
{
    bool left = board.state == BOARD_RESET || board.state == BOARD_STARTED;
    if (left && !slot_holds_one_of_the_images()) {
        fail_msg("something else than an image was started");
    }
    if (left) {
        board.fault = (flash_fault){0};
        board_power_on();
        assert_int_equal(board.state, BOARD_STARTED);
        board_power_on_into_update_mode();
    }
}

static void send_frame_or_piece(uint32_t *random)
{
    uint8_t wire[WIRE_BYTES];
    const image *from = some_image(random);
    uint32_t pick = seed_next(random);
    host_frame(wire, from->bytes, from->size, pick % host_frames(from->size));
    wire[1 + (pick >> 8) % FRAME_BYTES] ^= pick >> 28 == 0 ? 1 : 0;
    line_send(wire, pick >> 30 == 0 ? (pick >> 16) % sizeof wire : sizeof wire);
}

static void send_noise(uint32_t *random)
{
    uint8_t noise[300];
    uint32_t pick = seed_next(random);
    size_t size = pick >> 31 == 0 ? 1 + pick % 4 : pick % sizeof noise;
    for (size_t i = 0; i < size; i++) {
        noise[i] = (uint8_t)seed_next(random);
    }
    line_send(noise, size);
}

static void send_command(uint32_t *random)
{
    static const uint8_t commands[] = {SYNC, ERASE, DATA, VERIFY, BOOT};
    line_send(&commands[seed_next(random) % sizeof commands], 1);
}

static void send_verify(uint32_t *random)
{
    const image *of = some_image(random);
    (void)host_verify(host_padded_crc(of->bytes, of->size));
}

static void break_flash(uint32_t *random)
{
    uint32_t pick = seed_next(random);
    board.fault = (flash_fault){1 + pick % 4, pick / 16 % 4, 1 + pick / 64 % 2, HF_E_OPERR};
}

static void act(uint32_t *random)
{
    uint32_t pick = seed_next(random);
    switch (pick % 16) {
    case 0:
    case 1:
    case 2: send_command(random); break;
    case 3:
    case 4:
    case 5:
    case 6: send_frame_or_piece(random); break;
    case 7: send_noise(random); break;
    case 8: send_verify(random); break;
    case 9: break_flash(random); break;
    case 10:
        (void)host_update(some_image(random)->bytes, some_image(random)->size);
        break; // mixed up, mostly
    case 11: board_run(31000); break;
    case 12: board_power_on_into_update_mode(); break;
    default: board_run(pick >> 8 & 0xFFF); break;
    }
    check_state();
}

static void a_senseless_host(void **state)
{
    (void)state;
    uint32_t random = seed_begin();
    for (unsigned round = 0; round < ROUNDS; round++) {
        board_new();
        board_power_on_into_update_mode();
        for (unsigned i = seed_next(&random) % 40; i > 0; i--) {
            act(&random);
        }
        board_run(25000); // what is still on the wire arrives, erases among it: its answers are not the next session's
        board.fault = (flash_fault){0};
        check_state();
        const image *last = some_image(&random);
        if (!host_update(last->bytes, last->size) || !host_finds(last->bytes, last->size)) {
            fail_msg("round %u: the board does not recover", round);
        }
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
