// SPDX-License-Identifier: MIT
// See device.h. Compiled once for each device, under names of its own.
#include <string.h>

#include "board.h"
#include "chacha20.h"
#include "device.h"
#include "port.h"
#include "transit.h"

static uint8_t flash[DEVICE_SIZE];

static hf_err program(uint32_t address, const uint8_t *data, uint32_t size)
{
    uint8_t *at = flash + (address - HF_RECEIVE_ADDRESS);
    for (uint32_t i = 0; i < size; i += HF_PROGRAM_BYTES) {
        for (uint32_t k = i; k < i + HF_PROGRAM_BYTES; k++) {
            at[k] &= data[k];
        }
        if (memcmp(at + i, data + i, HF_PROGRAM_BYTES) != 0) {
            return HF_E_VERIFY;
        }
    }
    return HF_OK;
}

const struct hf_port hf_port = {.flash = {.program = program}};

static int erase(uint32_t sector)
{
    uint32_t start = HF_RECEIVE_ADDRESS + sector * DEVICE_SECTOR;
    memset(flash + sector * DEVICE_SECTOR, 0xFF, DEVICE_SECTOR);
    hf_transit_erased(start, start + DEVICE_SECTOR);
    return HF_OK;
}

static int write(uint32_t offset, const uint8_t *data, uint32_t size)
{
    return (int)hf_transit_write(HF_RECEIVE_ADDRESS + offset, data, size);
}

static int crc32(uint32_t offset, uint32_t size, uint32_t *crc)
{
    return (int)hf_transit_crc32(HF_RECEIVE_ADDRESS + offset, size, crc);
}

const struct transit_device device = {flash, erase, write, crc32, hf_chacha20_block};
