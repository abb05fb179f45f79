// SPDX-License-Identifier: MIT
// What the flash array holds after an operation that was cut short, or that ran at too low a
// supply. The manual only says that contents are not guaranteed (RM0090 Rev 21, 3.6.1); this is one
// such content, chosen by the board's seed, the place and the operation's number: the same cut of the
// same operation leaves the same, whatever the moment.
#include <string.h>

#include "flash_f4.h"

enum { SURE = 256 }; // probabilities are out of this

// A well-mixed number that depends on the seed, the operation and the place.
static uint64_t chance(const vb_device *device, uint64_t place)
{
    uint64_t number = vb_flash_operations(device->board);
    uint64_t x = vb_seed(device->board) + 0x9E3779B97F4A7C15u * (place + 1) + (number << 32);
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

// A byte in which each bit is set with this probability.
static uint8_t dice(const vb_device *device, uint32_t place, unsigned probability)
{
    uint64_t random = chance(device, place);
    uint8_t bits = 0;
    for (unsigned bit = 0; bit < 8; bit++) {
        bits |= (uint8_t)(((random >> (8 * bit) & 0xFF) < probability) << bit);
    }
    return bits;
}

// How far the job has got, out of SURE.
static unsigned progress(const vb_device *device)
{
    const flash *state = device->state;
    uint64_t total = state->until - state->started, done = vb_since(device, state->started);
    return total == 0 || done >= total ? SURE : (unsigned)(done * SURE / total);
}

// Bits that were to become 0 have become so the more surely the later the cut.
static void tear_program(vb_device *device, unsigned done)
{
    const flash *state = device->state;
    uint8_t *unit = vb_flash_array(device->board) + state->address;
    for (uint32_t i = 0; i < state->size; i++) {
        uint8_t wanted = (uint8_t)(state->data >> (8 * i));
        unit[i] &= wanted | (uint8_t)~dice(device, state->address + i, done);
    }
}

// An erase first programs every cell to 0, then drives all of them to 1: a cut in the first half
// leaves fewer ones, one in the second half a mixture.
static void tear_erase(vb_device *device, unsigned done)
{
    const flash *state = device->state;
    uint8_t *bytes = vb_flash_array(device->board) + state->address;
    bool rising = done >= SURE / 2;
    unsigned probability = rising ? (done - SURE / 2) * 2 : SURE - done * 2;
    for (uint32_t i = 0; i < state->size; i++) {
        uint8_t bits = dice(device, state->address + i, probability);
        bytes[i] = rising ? bits : bytes[i] & bits;
    }
}

static void changed(vb_device *device)
{
    const flash *state = device->state;
    vb_flash_changed(device->board,
                     vb_description(device->board)->chip.flash.address + state->address,
                     state->size);
}

void flash_tear(vb_device *device)
{
    const flash *state = device->state;
    if (state->job == FLASH_PROGRAM) {
        tear_program(device, progress(device));
    } else {
        tear_erase(device, progress(device));
    }
    changed(device);
}

void flash_weaken(vb_device *device)
{
    const flash *state = device->state;
    uint8_t *bytes = vb_flash_array(device->board) + state->address;
    for (uint32_t i = 0; i < state->size; i++) {
        uint8_t failed = dice(device, state->address + i, SURE / 32);
        bytes[i] = state->job == FLASH_PROGRAM ? bytes[i] | failed : bytes[i] & (uint8_t)~failed;
    }
}
