// SPDX-License-Identifier: MIT
// A NOR flash beside the chip, as the lines of its bus see it. The models of SPI and QUADSPI share it: each creates one when
// the board file says that the external flash is at it, and hands on what its own events, resets and state files are about.
#ifndef VB_NOR_W25Q_H
#define VB_NOR_W25Q_H

#include "model.h"

typedef struct nor nor;

// NULL without an external flash at this device. event: the id that is the flash's own.
nor *nor_create(vb_device *bus, unsigned event);
void nor_destroy(nor *it);

void nor_select(nor *it, bool selected);               // /CS low, high
void nor_write(nor *it, uint8_t byte, unsigned lines); // eight bits to the flash, on 1, 2 or 4 lines
uint8_t nor_read(nor *it, unsigned lines);             // eight bits from it
void nor_idle(nor *it, unsigned clocks);               // clocks without data
uint8_t nor_exchange(nor *it, uint8_t byte);           // eight clocks of an SPI: both ways at once

void nor_event(nor *it);
void nor_supply(nor *it); // it falls or rises: what is under way is cut short
size_t nor_save(const nor *it, void *buffer);
bool nor_load(nor *it, const void *buffer, size_t size);

#endif
