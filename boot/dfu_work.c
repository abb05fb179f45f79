// SPDX-License-Identifier: MIT
// The work behind DFU's states. Two blocks: the host fills one while the other is programmed.
#include "dfu_work.h"

#include "board.h"
#include "boot.h"
#include "buffer.h"
#include "hf_image.h"
#include "order.h"
#include "slot.h"

// Programmed between two looks at the bus: short against a packet, so that the host hardly waits. Where images are
// deciphered the first of these must hold the nonce.
#define SHORT (HF_PROGRAM_BYTES > 16u ? HF_PROGRAM_BYTES : 16u)
#define STEP  (HF_ENCIPHERED ? HF_IMAGE_CLEAR : SHORT)

static uint8_t blocks[2][HF_DFU_TRANSFER_SIZE] HF_BUFFER __attribute__((aligned(4)));
static uint8_t filling; // index of the block that belongs to the host

static uint32_t pointer; // set by the host; data blocks count from here

static enum { NOTHING, ERASE, WRITE } order;
static uint32_t order_address, order_end;
static bool allowed;

static const uint8_t *writing; // the block on its way into flash
static uint32_t write_address, write_left;
static bool last_block;        // a short one: nothing will overlap with it, so its end is waited for

uint8_t *hf_dfu_block(void)
{
    return blocks[filling];
}

static uint32_t block_address(uint16_t number)
{
    return pointer + (number - HF_DFUSE_FIRST_BLOCK) * HF_DFU_TRANSFER_SIZE;
}

static hf_dfu_status status_of(hf_err err, hf_dfu_status otherwise)
{
    switch (err) {
    case HF_OK: return HF_DFU_OK;
    case HF_E_ADDRESS: return HF_DFU_ERR_ADDRESS;
    case HF_E_WRPERR: return HF_DFU_ERR_WRITE;
    case HF_E_VERIFY: return HF_DFU_ERR_VERIFY;
    case HF_E_PLAIN: return HF_ENCIPHERED ? HF_DFU_ERR_FILE : otherwise;
    case HF_E_NO_CHIP:
    case HF_E_WRONG_CHIP: return HF_EXTERNAL ? HF_DFU_ERR_VENDOR : otherwise;
    default: return otherwise;
    }
}

// -- orders -----------------------------------------------------------------------------------------------------------

// All sectors with a byte of it.
static hf_dfu_status order_erase(uint32_t address, uint32_t size)
{
    order = ERASE;
    order_address = address;
    order_end = address + size;
    return HF_DFU_OK;
}

static hf_dfu_status order_with_address(uint8_t command, uint32_t address)
{
    if (command != HF_DFUSE_SET_ADDRESS && command != HF_DFUSE_ERASE) {
        return HF_DFU_ERR_STALLEDPKT;
    }
    if (!hf_slot_holds(address, 1)) {
        return HF_DFU_ERR_ADDRESS;
    }
    if (command == HF_DFUSE_SET_ADDRESS) {
        pointer = address;
        return HF_DFU_OK;
    }
    return order_erase(address, 1);
}

static hf_dfu_status order_command(const uint8_t *bytes, uint16_t size)
{
    if (size == 5) {
        uint32_t address;
        __builtin_memcpy(&address, bytes + 1, sizeof address);
        return order_with_address(bytes[0], address);
    }
    if (HF_TAKES_ORDERS && size == 1 + sizeof(struct hf_signed_order) && bytes[0] == HF_DFUSE_ORDER) {
        return status_of(hf_order_take(bytes + 1), HF_DFU_ERR_TARGET);
    }
    if (size != 1) {
        return HF_DFU_ERR_STALLEDPKT;
    }
    switch (bytes[0]) {
    case HF_DFUSE_GET_COMMANDS: return HF_DFU_OK; // the list comes by UPLOAD
    case HF_DFUSE_UNPROTECT: return HF_DFU_ERR_VENDOR;
    case HF_DFUSE_ERASE: return order_erase(HF_APP_ADDRESS, HF_APP_SIZE);
    default: return HF_DFU_ERR_STALLEDPKT;
    }
}

static void start_write(void)
{
    writing = blocks[filling];
    write_address = order_address;
    write_left = order_end - order_address;
    filling ^= 1u;
    order = NOTHING;
}

static hf_dfu_status order_write(uint16_t number, uint16_t size)
{
    if (number < HF_DFUSE_FIRST_BLOCK) {
        return HF_DFU_ERR_STALLEDPKT;
    }
    last_block = size < HF_DFU_TRANSFER_SIZE;
    while (size % HF_PROGRAM_BYTES != 0) { // a file may end inside a program unit
        blocks[filling][size++] = 0xFF;
    }
    order_address = block_address(number);
    order_end = order_address + size;
    if (!hf_slot_holds(order_address, size) || order_address % HF_PROGRAM_BYTES != 0) {
        return HF_DFU_ERR_ADDRESS;
    }
    order = WRITE;
    if (write_left == 0) {
        start_write();
    }
    return HF_DFU_OK;
}

hf_dfu_status hf_dfu_order(uint16_t number, uint16_t size)
{
    allowed = false;
    return number == 0 ? order_command(blocks[filling], size) : order_write(number, size);
}

hf_dfu_status hf_dfu_read(uint16_t number, uint16_t *size)
{
    uint32_t address = block_address(number);
    if (!hf_slot_holds(address, 0)) {
        return HF_DFU_ERR_ADDRESS;
    }
    uint32_t rest = HF_APP_ADDRESS + HF_APP_SIZE - address;
    if (*size > rest) {
        *size = (uint16_t)rest;
    }
    hf_err err = hf_slot_read(address, blocks[filling], (*size + 3u) & ~3u);
    return status_of(err, HF_DFU_ERR_VENDOR);
}

// -- how it stands ----------------------------------------------------------------------------------------------------

bool hf_dfu_busy(void)
{
    return order != NOTHING || (last_block && write_left != 0);
}

bool hf_dfu_writing(void)
{
    return order == WRITE || write_left != 0;
}

uint32_t hf_dfu_busy_ms(void)
{
    if (!hf_dfu_busy()) {
        return 0;
    }
    uint32_t ms = write_left * (HF_PROGRAM_TYP_NS / HF_PROGRAM_BYTES) / 1000000u + (write_left != 0);
    for (uint32_t at = order_address; order == ERASE && at < order_end; at = hf_slot_sector_end(at)) {
        ms += hf_slot_erase_ms(at);
    }
    return ms;
}

void hf_dfu_allow(void)
{
    allowed = true;
}

void hf_dfu_drop(void)
{
    order = NOTHING;
    write_left = 0;
}

void hf_dfu_restart(void)
{
    hf_dfu_drop();
    pointer = HF_APP_ADDRESS;
}

// -- work -------------------------------------------------------------------------------------------------------------

static hf_err write_some(void)
{
    uint32_t size = write_left < STEP ? write_left : STEP;
    hf_transfer_pending(true);
    hf_err err = hf_slot_write(write_address, writing, size);
    write_address += size;
    writing += size;
    write_left -= size;
    return err;
}

static hf_err erase_some(void)
{
    hf_transfer_pending(true);
    hf_err err = hf_slot_erase_sector(order_address);
    order_address = hf_slot_sector_end(order_address);
    if (order_address >= order_end) {
        order = NOTHING;
    }
    return err;
}

static hf_dfu_status do_some(bool between_transfers)
{
    if (write_left != 0) {
        return status_of(write_some(), HF_DFU_ERR_PROG);
    }
    if (order == WRITE) {
        start_write();
    } else if (order != NOTHING && allowed && between_transfers) {
        return status_of(erase_some(), HF_DFU_ERR_ERASE);
    }
    return HF_DFU_OK;
}

hf_dfu_status hf_dfu_work(bool between_transfers)
{
    hf_dfu_status status = do_some(between_transfers);
    if (status != HF_DFU_OK) {
        hf_dfu_drop();
    }
    return status;
}
