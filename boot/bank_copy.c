// SPDX-License-Identifier: MIT
// The bootloader's copy in the other bank: after a swap the core starts there. A copy that was cut may read well and not be:
// the record that it is whole is written last, and without it the copy is made anew.
#include "bank.h"
#include "port.h"

#define PIECE 256u // a whole number of program units

static hf_err same(bool *result)
{
    uint32_t here[PIECE / 4], there[PIECE / 4];
    *result = true;
    for (uint32_t at = 0; at < hf_bank_port.boot_size() && *result; at += PIECE) {
        hf_err err = hf_port.flash.read(HF_BOOT_ADDRESS + at, here, PIECE);
        if (err != HF_OK) {
            return err; // what runs here can be read, or nothing can be said
        }
        *result = hf_port.flash.read(HF_BOOT_ADDRESS + HF_BANK_PEER + at, there, PIECE) == HF_OK;
        for (unsigned i = 0; i < PIECE / 4 && *result; i++) {
            *result = here[i] == there[i];
        }
    }
    return HF_OK;
}

static hf_err copy(void)
{
    uint32_t piece[PIECE / 4];
    hf_port.system.feed_watchdog(); // the erase takes a second or two
    hf_err err = hf_port.flash.erase(HF_BOOT_ADDRESS + HF_BANK_PEER);
    for (uint32_t at = 0; at < hf_bank_port.boot_size() && err == HF_OK; at += PIECE) {
        err = hf_port.flash.read(HF_BOOT_ADDRESS + at, piece, PIECE);
        if (err == HF_OK) {
            err = hf_port.flash.program(HF_BOOT_ADDRESS + HF_BANK_PEER + at, (const uint8_t *)piece, PIECE);
        }
    }
    return err;
}

hf_err hf_bank_copy_boot(void)
{
    bool done;
    if (!hf_bank_has(HF_BANK_HERE, HF_BANK_COPIED)) {
        (void)hf_bank_put(HF_BANK_HERE, HF_BANK_COPIED); // it runs; without the record the other one writes it anew some day
    }
    hf_err err = same(&done);
    if (err != HF_OK || (done && hf_bank_has(HF_BANK_PEER, HF_BANK_COPIED))) {
        return err;
    }
    err = copy();
    if (err == HF_OK) {
        err = same(&done);
    }
    if (err == HF_OK && !done) {
        err = HF_E_VERIFY;
    }
    return err == HF_OK ? hf_bank_put(HF_BANK_PEER, HF_BANK_COPIED) : err;
}
