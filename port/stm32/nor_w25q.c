// SPDX-License-Identifier: MIT
// External NOR flash of the W25Q kind: pages of 256 bytes, sectors of 4 KB, blocks of 64 KB, 3-byte addresses. W25Q64JV data
// sheet, 7 (status), 8.2 (instructions), 9.6 (times); JESD216 (SFDP), which tells size and erase instructions of any chip.
//
// The chip is found out about once, when it is first needed. One that is missing or dead is not asked again: every access
// says so at once, and the bootloader goes on without it.
#include <stddef.h>

#include "board.h"
#include "drivers.h"

#define OP_PROGRAM      0x02u
#define OP_STATUS       0x05u
#define OP_ENABLE       0x06u // before each operation
#define OP_READ         0x0Bu // with one dummy byte: at any speed
#define OP_SECTOR       0x20u
#define OP_SFDP         0x5Au
#define OP_ID           0x9Fu
#define OP_WAKE         0xABu
#define OP_BLOCK        0xD8u
#define OP_END_MODE     0xFFu // ends continuous reading, in which an application may have left it

#define STATUS_BUSY     1u
#define PAGE            256u

// Longest times of the data sheet, twice.
#define PROGRAM_MS      6u
#define ERASE_MS        4000u
#define BLOCK_TYP_MS    150u
#define SECTOR_TYP_MS   45u

#define PAUSE_TURNS     1000u // of four cycles at the least: the bus need not be asked all the time

static bool looked;
static hf_err found;

static void pause(void)
{
    for (uint32_t turn = 0; turn < PAUSE_TURNS; turn++) {
        __asm__ volatile("" ::: "memory");
    }
}

static hf_err wait_until_ready(uint32_t ms)
{
    for (uint32_t pauses = clock_core_hz() / (4u * PAUSE_TURNS * 1000u) * ms + 1; pauses > 0; pauses--) {
        uint8_t status;
        if (!nor_receive(OP_STATUS, NOR_NO_ADDRESS, 0, &status, 1) || status == 0xFF) {
            return HF_E_NO_CHIP; // nobody, or everything protected and busy at once
        }
        if ((status & STATUS_BUSY) == 0) {
            return HF_OK;
        }
        pause();
    }
    return HF_E_TIMEOUT;
}

// -- which chip it is -------------------------------------------------------------------------------------------------

static bool has_erase(const uint32_t *table, uint32_t opcode, uint32_t size)
{
    for (unsigned type = 0; type < 4; type++) { // two types in each of words 8 and 9: exponent, opcode
        uint32_t pair = table[7 + type / 2] >> 16 * (type % 2);
        if ((pair & 0xFFu) < 32 && 1u << (pair & 0xFFu) == size && (pair >> 8 & 0xFFu) == opcode) {
            return true;
        }
    }
    return false;
}

static hf_err look(void)
{
    uint8_t id[3];
    uint32_t header[4], table[9];
    nor_open();
    (void)nor_send(OP_END_MODE, NOR_NO_ADDRESS, id, 0);
    (void)nor_send(OP_WAKE, NOR_NO_ADDRESS, id, 0);
    pause(); // 3 us
    hf_err err = wait_until_ready(ERASE_MS); // a reset may have come while it was erasing: then it says nothing else
    if (err != HF_OK || !nor_receive(OP_ID, NOR_NO_ADDRESS, 0, id, sizeof id) || id[0] == 0xFF || id[0] == 0) {
        return HF_E_NO_CHIP;
    }
    if (!nor_receive(OP_SFDP, 0, 1, header, sizeof header) || header[0] != 0x50444653u) {
        return HF_E_WRONG_CHIP;
    }
    if (!nor_receive(OP_SFDP, header[3] & 0xFFFFFFu, 1, table, sizeof table)) {
        return HF_E_NO_CHIP;
    }
    bool large = (table[1] & 0x80000000u) != 0 || table[1] / 8u >= HF_EXTERNAL_END - HF_EXTERNAL_BASE - 1u;
    bool erases = has_erase(table, OP_BLOCK, HF_EXTERNAL_BLOCK) && has_erase(table, OP_SECTOR, HF_EXTERNAL_SECTOR);
    return large && erases ? HF_OK : HF_E_WRONG_CHIP;
}

static hf_err ask(void)
{
    if (!looked) {
        looked = true;
        found = look();
    }
    return found;
}

// -- reading ----------------------------------------------------------------------------------------------------------

hf_err nor_read(uint32_t address, void *to, uint32_t size)
{
    hf_err err = ask();
    if (err != HF_OK) {
        return err;
    }
    return nor_receive(OP_READ, address - HF_EXTERNAL_BASE, 1, to, size) ? HF_OK : HF_E_NO_CHIP;
}

// -- operations -------------------------------------------------------------------------------------------------------

static bool in_blocks(uint32_t address)
{
    return address >= HF_EXTERNAL_BLOCKS;
}

static hf_err operate(uint8_t opcode, uint32_t address, const uint8_t *data, uint32_t size, uint32_t ms)
{
    hf_err err = ask();
    if (err == HF_OK && !supply_is_good()) {
        err = HF_E_SUPPLY;
    }
    if (err != HF_OK) {
        return err;
    }
    bool sent = nor_send(OP_ENABLE, NOR_NO_ADDRESS, data, 0) && nor_send(opcode, address - HF_EXTERNAL_BASE, data, size);
    return sent ? wait_until_ready(ms) : HF_E_NO_CHIP;
}

uint32_t nor_sector_end(uint32_t address)
{
    return (address | ((in_blocks(address) ? HF_EXTERNAL_BLOCK : HF_EXTERNAL_SECTOR) - 1u)) + 1u;
}

uint32_t nor_erase_ms(uint32_t address)
{
    return in_blocks(address) ? BLOCK_TYP_MS : SECTOR_TYP_MS;
}

static hf_err compare(uint32_t address, const uint8_t *data, uint32_t size, hf_err otherwise)
{
    uint8_t read[PAGE];
    hf_err err = nor_read(address, read, size);
    for (uint32_t i = 0; i < size && err == HF_OK; i++) {
        err = read[i] == (data != NULL ? data[i] : 0xFFu) ? HF_OK : otherwise;
    }
    return err;
}

hf_err nor_erase(uint32_t address)
{
    uint32_t end = nor_sector_end(address), at = address & ~((in_blocks(address) ? HF_EXTERNAL_BLOCK : HF_EXTERNAL_SECTOR) - 1u);
    hf_err err = operate(in_blocks(address) ? OP_BLOCK : OP_SECTOR, at, NULL, 0, ERASE_MS);
    for (; at < end && err == HF_OK; at += PAGE) {
        err = compare(at, NULL, PAGE, HF_E_NOT_ERASED);
    }
    return err;
}

// A page at a time: behind its end the chip would go on at its start.
hf_err nor_program(uint32_t address, const uint8_t *data, uint32_t size)
{
    hf_err err = HF_OK;
    while (size > 0 && err == HF_OK) {
        uint32_t rest = PAGE - address % PAGE, part = size < rest ? size : rest;
        err = operate(OP_PROGRAM, address, data, part, PROGRAM_MS);
        err = err == HF_OK ? compare(address, data, part, HF_E_VERIFY) : err;
        address += part;
        data += part;
        size -= part;
    }
    return err;
}
