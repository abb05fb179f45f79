// SPDX-License-Identifier: MIT
// What the downloads of a DFU host ask for: moving the address pointer, erasing, programming. Inside of boot/dfu*.c.
//
// An order is looked at when the host asks how its download went, and no flash operation begins before that transfer is
// over. A block that is on its way into flash leaves room for the host's next one.
#ifndef HF_DFU_WORK_H
#define HF_DFU_WORK_H

#include <stdbool.h>
#include <stdint.h>

#include "hf_dfu.h"

// Room for the host's next block, HF_DFU_TRANSFER_SIZE bytes: not the one on its way into flash.
uint8_t *hf_dfu_block(void);

// Takes what the host left in the block: a DfuSe command (number 0) or data. Anything but HF_DFU_OK: nothing is done.
hf_dfu_status hf_dfu_order(uint16_t number, uint16_t size);

// Reads up to size bytes of the slot into the block, for an UPLOAD of this number. *size becomes what the slot holds there.
hf_dfu_status hf_dfu_read(uint16_t number, uint16_t *size);

bool hf_dfu_busy(void);    // the next download is not welcome yet
bool hf_dfu_writing(void); // data the host has sent are not all in flash
uint32_t hf_dfu_busy_ms(void); // how long it stays busy, typically

void hf_dfu_allow(void); // the host knows that it is busy: flash operations may begin

// Does a bit of it. Erasing stops the core for a second: only between transfers. Tells how that bit went; whatever else
// was ordered is dropped when it failed.
hf_dfu_status hf_dfu_work(bool between_transfers);

void hf_dfu_drop(void);    // forgets what has not begun
void hf_dfu_restart(void); // for another host: that, and the address pointer is at the application

#endif
