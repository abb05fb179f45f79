// SPDX-License-Identifier: MIT
// Bounds, the way from application addresses to where an image is received, and the order of erasing. The borders of
// both areas are sector borders, or `holdfast layout` refuses the board: an erase never reaches beyond.
#include "slot.h"

#include "board.h"
#include "hf_fast.h"
#include "install.h"
#include "port.h"
#include "transit.h"

static uint32_t place_of(uint32_t address)
{
    return address - HF_APP_ADDRESS + HF_RECEIVE_ADDRESS;
}

bool hf_slot_holds(uint32_t address, uint32_t size)
{
    uint32_t offset = address - HF_APP_ADDRESS;
    if (offset > HF_APP_SIZE) {
        return false;
    }
    // For the proof (tests/proof): Eva relates address and size where neither is a constant, and these are apart.
    //@ split address > HF_APP_ADDRESS + HF_APP_SIZE - 4;
    //@ split address == HF_APP_ADDRESS + HF_APP_SIZE;
    //@ split size == 0;
    //@ split size > HF_APP_SIZE;
    uint32_t rest = HF_APP_SIZE - offset;
    return size <= rest;
}

static bool are_words(uint32_t address, uint32_t size)
{
    return (address | size) % 4 == 0;
}

uint32_t hf_slot_sector_end(uint32_t address)
{
    return hf_port.flash.sector_end(address);
}

static bool ends_at(uint32_t address)
{
    return HF_RECEIVE_ADDRESS == HF_APP_ADDRESS || address - HF_APP_ADDRESS >= HF_APP_SIZE ||
           hf_port.flash.sector_end(place_of(address) - 1) == place_of(address);
}

uint32_t hf_slot_unit_end(uint32_t address)
{
    if (hf_slot_holds(address, 1)) {
        do {
            address = hf_slot_sector_end(address);
        } while (!ends_at(address));
    }
    return address;
}

uint32_t hf_slot_erase_ms(uint32_t address)
{
    return hf_port.flash.erase_ms(place_of(address));
}

// Where an image is received, sectors may be larger than the application's: each is erased with the one it starts in.
static hf_err erase_place(uint32_t from, uint32_t end)
{
    hf_err err = HF_OK;
    for (uint32_t at = HF_RECEIVE_ADDRESS; at < end && err == HF_OK; at = hf_port.flash.sector_end(at)) {
        if (at >= from) {
            hf_port.system.feed_watchdog(); // one sector may take seconds
            err = hf_port.flash.erase(at);
            hf_transit_erased(at, err == HF_OK ? hf_port.flash.sector_end(at) : at);
        }
    }
    return err;
}

hf_err hf_slot_erase_sector(uint32_t address)
{
    if (!hf_slot_holds(address, 1)) {
        return HF_E_ADDRESS;
    }
    uint32_t start = HF_APP_ADDRESS;
    while (hf_slot_sector_end(start) <= address) {
        start = hf_slot_sector_end(start);
    }
    hf_err err = hf_install_receiving();
    return err == HF_OK ? erase_place(place_of(start), place_of(hf_slot_sector_end(start))) : err;
}

hf_err hf_slot_erase(void)
{
    // The first sector goes first: from its erase on, nothing old can pass for a valid application.
    hf_err err = HF_OK;
    uint32_t at = HF_APP_ADDRESS;
    while (err == HF_OK && at < HF_APP_ADDRESS + HF_APP_SIZE) {
        err = hf_slot_erase_sector(at);
        at = hf_slot_sector_end(at);
    }
    return err;
}

hf_err hf_slot_write(uint32_t address, const uint8_t *data, uint32_t size)
{
    if (!hf_slot_holds(address, size) || (address | size) % HF_PROGRAM_BYTES != 0) {
        return HF_E_ADDRESS;
    }
    hf_err err = hf_install_receiving();
    return err == HF_OK ? hf_transit_write(place_of(address), data, size) : err;
}

bool hf_slot_shows(void)
{
    return hf_transit_shows();
}

hf_err hf_slot_read(uint32_t address, void *to, uint32_t size)
{
    if (!hf_transit_shows()) {
        return HF_E_HIDDEN;
    }
    if (!are_words(address, size) || !hf_slot_holds(address, size)) {
        return HF_E_ADDRESS;
    }
    return hf_port.flash.read(place_of(address), to, size);
}

uint8_t hf_slot_byte(uint32_t address)
{
    uint32_t word = 0;
    (void)hf_slot_read(address & ~3u, &word, sizeof word);
    return (uint8_t)(word >> 8 * (address & 3u));
}

hf_err hf_slot_crc32(uint32_t address, uint32_t size, uint32_t *crc)
{
    if (!are_words(address, size) || !hf_slot_holds(address, size)) {
        return HF_E_ADDRESS;
    }
    return hf_transit_crc32(place_of(address), size, crc);
}

hf_err hf_flash_digest(uint32_t address, uint32_t size, uint32_t *digest)
{
    uint32_t word = 0, sum = HF_FAST_DIGEST_START;
    hf_err err = HF_OK;
    *digest = sum;
    if (!hf_transit_shows()) {
        return HF_OK; // an image's digest tells nothing then
    }
    for (uint32_t i = 0; i < size && err == HF_OK; i += sizeof word) {
        err = hf_port.flash.read(address + i, &word, sizeof word);
        sum = hf_fast_digest_step(sum, word);
    }
    *digest = sum;
    return err;
}

hf_err hf_slot_digest(uint32_t address, uint32_t size, uint32_t *digest)
{
    if (!hf_transit_shows()) {
        return HF_E_HIDDEN;
    }
    if (!are_words(address, size) || !hf_slot_holds(address, size)) {
        return HF_E_ADDRESS;
    }
    return hf_flash_digest(place_of(address), size, digest);
}

hf_err hf_slot_check(void)
{
    return hf_install_received();
}

hf_err hf_slot_finish(void)
{
    hf_err err = hf_slot_check();
    return err == HF_OK ? hf_install_request() : err;
}
