// SPDX-License-Identifier: MIT
// Staging an update while the application runs: the bootloader's own slot (boot/slot.c) and way in (boot/receive.c), so that
// bounds, order of erasing and what counts as an image are the same whoever sends.
#include "board.h"
#include "holdfast.h"
#include "install.h"
#include "port.h"
#include "slot.h"

#define CHUNK 256u // sectors are multiples of it, and it of every program unit

static uint8_t chunk[CHUNK] __attribute__((aligned(8)));
static uint32_t next;    // offset of the byte that is awaited
static uint32_t written; // offset up to which all is in flash; the rest is in the chunk
static uint32_t erased;  // address up to which the slot is
static bool begun;

hf_err hf_stage_begin(void)
{
    if (hf_app_on_trial()) {
        return HF_E_UNCONFIRMED;
    }
    next = written = 0;
    erased = HF_APP_ADDRESS;
    hf_err err = hf_install_receiving();
    begun = err == HF_OK;
    return err;
}

static hf_err erase_up_to(uint32_t end)
{
    hf_err err = HF_OK;
    while (err == HF_OK && erased < end) {
        err = hf_slot_erase_sector(erased);
        erased = hf_slot_sector_end(erased);
    }
    return err;
}

// Whole program units.
static hf_err write_up_to(uint32_t end)
{
    if (written == end) {
        return HF_OK;
    }
    hf_err err = erase_up_to(HF_APP_ADDRESS + end);
    hf_port.system.feed_watchdog();
    err = err == HF_OK ? hf_slot_write(HF_APP_ADDRESS + written, chunk + written % CHUNK, end - written) : err;
    written = end;
    return err;
}

static hf_err take(uint8_t byte)
{
    chunk[next++ % CHUNK] = byte;
    return next % CHUNK == 0 ? write_up_to(next) : HF_OK;
}

hf_err hf_stage_write(uint32_t offset, const void *data, uint32_t size)
{
    const uint8_t *byte = data;
    if (!begun || offset != next) {
        return HF_E_SEQUENCE;
    }
    if (size > HF_APP_SIZE - next) {
        return HF_E_ADDRESS;
    }
    hf_err err = HF_OK;
    while (size-- > 0 && err == HF_OK) {
        err = take(*byte++);
    }
    begun = err == HF_OK; // what stands in flash after an error nobody knows: from the start
    return err;
}

hf_err hf_stage_crc32(uint32_t *crc)
{
    if (!begun || next == 0 || next % 4 != 0 || next % HF_PROGRAM_BYTES != 0) {
        return HF_E_SEQUENCE;
    }
    hf_err err = write_up_to(next);
    begun = err == HF_OK;
    return err == HF_OK ? hf_slot_crc32(HF_APP_ADDRESS, next, crc) : err;
}

hf_err hf_stage_finish(void)
{
    if (!begun || next == 0) {
        return HF_E_SEQUENCE;
    }
    begun = false;
    hf_err err = HF_OK;
    while (next % HF_PROGRAM_BYTES != 0 && err == HF_OK) {
        err = take(0xFF);
    }
    err = err == HF_OK ? write_up_to(next) : err;
    return err == HF_OK ? hf_install_request() : err;
}
