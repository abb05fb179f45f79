// SPDX-License-Identifier: MIT
// What is kept is in the chip's own flash, and from HF_EXTERNAL_BASE on in the external one.
#include "board.h"
#include "drivers.h"

#define CHUNK 256u

static bool is_external(uint32_t address)
{
    return address >= HF_EXTERNAL_BASE;
}

hf_err store_erase(uint32_t address)
{
    return is_external(address) ? nor_erase(address) : flash_erase(address);
}

hf_err store_program(uint32_t address, const uint8_t *data, uint32_t size)
{
    return is_external(address) ? nor_program(address, data, size) : flash_program(address, data, size);
}

uint32_t store_sector_end(uint32_t address)
{
    return is_external(address) ? nor_sector_end(address) : flash_sector_end(address);
}

uint32_t store_erase_ms(uint32_t address)
{
    return is_external(address) ? nor_erase_ms(address) : flash_erase_ms(address);
}

hf_err store_read(uint32_t address, void *to, uint32_t size)
{
    return is_external(address) ? nor_read(address, to, size) : flash_read(address, to, size);
}

hf_err store_crc32(uint32_t address, uint32_t size, uint32_t *crc)
{
    uint32_t chunk[CHUNK / 4];
    if (!is_external(address)) {
        return flash_crc32(address, size, crc);
    }
    hf_err err = HF_OK;
    crc32_begin();
    for (uint32_t at = 0; at < size && err == HF_OK; at += CHUNK) {
        uint32_t part = size - at < CHUNK ? size - at : CHUNK;
        watchdog_feed();
        err = nor_read(address + at, chunk, part);
        crc32_add(chunk, part / 4);
    }
    *crc = crc32_end();
    return err;
}

void store_close(void)
{
    nor_close();
}
