// SPDX-License-Identifier: MIT
// Copying flash to flash. Always erased first: cells that a cut has left may read blank and not be.
#include "board.h"
#include "buffer.h"
#include "port.h"
#include "steps.h"

#define CHUNK 256u

static bool is_blank(const uint32_t *words)
{
    for (uint32_t i = 0; i < CHUNK / 4; i++) {
        if (words[i] != 0xFFFFFFFFu) {
            return false;
        }
    }
    return true;
}

static hf_err erase(uint32_t at, uint32_t end)
{
    hf_err err = HF_OK;
    while (err == HF_OK && at < end) {
        hf_port.system.feed_watchdog();
        err = hf_port.flash.erase(at);
        at = hf_port.flash.sector_end(at);
    }
    return err;
}

hf_err hf_copy(uint32_t to, uint32_t from, uint32_t size)
{
    static uint32_t chunk[CHUNK / 4] HF_BUFFER;
    hf_err err = erase(to, to + size);
    for (uint32_t i = 0; i < size && err == HF_OK; i += CHUNK) {
        hf_port.system.feed_watchdog();
        err = hf_port.flash.read(from + i, chunk, CHUNK);
        if (err == HF_OK && !is_blank(chunk)) {
            err = hf_port.flash.program(to + i, (const uint8_t *)chunk, CHUNK);
        }
    }
    return err;
}
