// SPDX-License-Identifier: MIT
// Flash of the bench board: an array that knows what may be touched, with faults on order.
#include <string.h>
#include <zlib.h>

#include "bench_port.h"

uint8_t *board_flash(uint32_t address)
{
    return &board.flash[address - HF_FLASH_BASE];
}

static bool in_slot(uint32_t address, uint32_t size)
{
    return address >= HF_APP_ADDRESS &&
           (uint64_t)address + size <= (uint64_t)HF_APP_ADDRESS + HF_APP_SIZE;
}

static bool fails(flash_operation operation)
{
    flash_fault *fault = &board.fault;
    if (fault->operation != operation || fault->times == 0) {
        return false;
    }
    if (fault->passes > 0) {
        fault->passes--;
        return false;
    }
    fault->times--;
    return true;
}

typedef struct sector {
    uint32_t start, size, erase_ms;
} sector;

static sector find_sector(uint32_t address)
{
#define RUN(first, count, bytes, from, typ_ms)                                                     \
    if (address >= (from) && address - (from) < (count) * (bytes)) {                               \
        return (sector){address - (address - (from)) % (bytes), (bytes), (typ_ms)};                \
    }
    HF_SECTOR_RUNS(RUN)
#undef RUN
    violate("no sector holds 0x%08X", address);
    return (sector){address, 1, 0};
}

uint32_t flash_sector_end(uint32_t address)
{
    sector found = find_sector(address);
    return found.start + found.size;
}

uint32_t flash_erase_ms(uint32_t address)
{
    return find_sector(address).erase_ms;
}

hf_err flash_erase(uint32_t address)
{
    sector found = find_sector(address);
    if (!in_slot(found.start, found.size)) {
        violate("erase of 0x%08X, outside the slot", address);
        return HF_E_WRPERR;
    }
    board.erased[board.erases++ % 32] = found.start;
    for (uint32_t ms = 0; ms < found.erase_ms; ms++) {
        clock_advance_us(1000u);
        thread_meet_host(false); // the host goes on
    }
    if (fails(FLASH_ERASE)) {
        memset(board_flash(found.start), 0xFF, found.size / 2);
        return board.fault.err;
    }
    memset(board_flash(found.start), 0xFF, found.size);
    return HF_OK;
}

hf_err flash_program(uint32_t address, const uint8_t *data, uint32_t size)
{
    if (!in_slot(address, size) || (address | size) % HF_PROGRAM_BYTES != 0) {
        violate("program of %u bytes at 0x%08X", size, address);
        return HF_E_PGAERR;
    }
    board.programs++;
    bool failing = fails(FLASH_PROGRAM);
    for (uint32_t i = 0; i < (failing ? size / 2 : size); i++) {
        *board_flash(address + i) &= data[i]; // bits only fall
    }
    clock_advance_us(size / HF_PROGRAM_BYTES * HF_PROGRAM_TYP_NS / 1000u);
    if (failing) {
        return board.fault.err;
    }
    return memcmp(board_flash(address), data, size) == 0 ? HF_OK : HF_E_VERIFY;
}

hf_err flash_read(uint32_t address, void *to, uint32_t size)
{
    if (!in_slot(address, size) || (address | size) % 4 != 0) {
        violate("read of %u bytes at 0x%08X", size, address);
        return HF_E_ADDRESS;
    }
    board.reads++;
    if (fails(FLASH_READ)) {
        return board.fault.err;
    }
    memcpy(to, board_flash(address), size);
    return HF_OK;
}

hf_err flash_crc32(uint32_t address, uint32_t size, uint32_t *crc)
{
    if (!in_slot(address, size) || (address | size) % 4 != 0) {
        violate("CRC over %u bytes at 0x%08X", size, address);
        return HF_E_ADDRESS;
    }
    if (fails(FLASH_CRC)) {
        return board.fault.err;
    }
    *crc = (uint32_t)crc32(0, board_flash(address), size);
    return HF_OK;
}
