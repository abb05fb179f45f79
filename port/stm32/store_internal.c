// SPDX-License-Identifier: MIT
// Everything that is kept is kept in the chip's own flash.
#include "drivers.h"

hf_err store_erase(uint32_t address)
{
    return flash_erase(address);
}

hf_err store_program(uint32_t address, const uint8_t *data, uint32_t size)
{
    return flash_program(address, data, size);
}

uint32_t store_sector_end(uint32_t address)
{
    return flash_sector_end(address);
}

uint32_t store_erase_ms(uint32_t address)
{
    return flash_erase_ms(address);
}

hf_err store_read(uint32_t address, void *to, uint32_t size)
{
    return flash_read(address, to, size);
}

hf_err store_crc32(uint32_t address, uint32_t size, uint32_t *crc)
{
    return flash_crc32(address, size, crc);
}

void store_close(void)
{
}
