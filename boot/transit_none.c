// SPDX-License-Identifier: MIT
// Images travel in the clear: flash holds what was sent.
#include "transit.h"

#include "port.h"

bool hf_transit_shows(void)
{
    return true;
}

void hf_transit_erased(uint32_t from, uint32_t end)
{
    (void)from;
    (void)end;
}

hf_err hf_transit_write(uint32_t place, const uint8_t *data, uint32_t size)
{
    return hf_port.flash.program(place, data, size);
}

hf_err hf_transit_crc32(uint32_t place, uint32_t size, uint32_t *crc)
{
    return hf_port.flash.crc32(place, size, crc);
}
