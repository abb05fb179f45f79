// SPDX-License-Identifier: MIT
// The machine as the bootloader's files see it when an application runs them: the bootloader's flash driver, and nothing of
// clocks and peripherals, which are the application's. What is not here is never called by the files an application gets.
//
// On chips with one bank the core stands while flash is busy: for a word some microseconds, for the erase of a large
// sector up to seconds. Interrupts wait that long, and none of them may use the flash controller itself.
#include "port.h"

#include "drivers.h"
#include "holdfast.h"
#include "machine.h"

static hf_err erase(uint32_t address)
{
    bool cache = hf_app_cache_off();
    hf_err err = flash_erase(address);
    hf_app_cache_restore(cache);
    return err;
}

static hf_err program(uint32_t address, const uint8_t *data, uint32_t size)
{
    bool cache = hf_app_cache_off();
    hf_err err = flash_program(address, data, size);
    hf_app_cache_restore(cache);
    return err;
}

static hf_err read_words(uint32_t address, void *to, uint32_t size)
{
    uint32_t *word = to;
    flash_guard();
    for (uint32_t i = 0; i < size; i += 4) {
        *word++ = *(const volatile uint32_t *)(address + i);
    }
    return flash_unguard();
}

static void leave_clocks_alone(void)
{
}

static void leave_cache_alone(bool on)
{
    (void)on;
}

const struct hf_port hf_port = {
    .flash = {erase, program, flash_sector_end, flash_erase_ms, read_words, hf_app_crc32, leave_cache_alone},
    .system = {.feed_watchdog = hf_app_feed_watchdog, .begin_work = leave_clocks_alone},
};
