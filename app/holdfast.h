// SPDX-License-Identifier: MIT
// What an application may ask of Holdfast. Which files to compile for it, board.cmake says (HF_APP_SOURCES, emitted by
// `holdfast layout`); nothing else about the application changes but its link address (app.ld). docs/application.md.
#ifndef HOLDFAST_H
#define HOLDFAST_H

#include <stdbool.h>
#include <stdint.h>

#include "hf_image.h"

// The sealed image's own trailer: version, product, security counter. vectors is the application's vector table (the
// linker's g_pfnVectors in a CubeMX project). NULL when the image was not sealed. Reads flash only.
const struct hf_trailer *hf_app_trailer(const void *vectors);

// Asks the bootloader to stay in update mode and resets the chip. What the application was doing ends here.
// request_stm32f4.c: RTC backup register 0, for the F4 family; needs no clock or driver set up before.
void hf_app_request_update(void) __attribute__((noreturn));

// Tells the bootloader that this image works: without it a new image is on trial, and the next reset brings the old one
// back. Call it when you know enough (the clock is up, the network answers, the self-test has passed); calling it again
// costs nothing. False when it could not be put on record: try again. One record of flash is written; once in some
// hundred updates the journal moves, and the sector it moves to is erased. confirm_records.c with overwrite and swap,
// confirm_bank_h7.c with bank swap, confirm_none.c where there are no trials.
bool hf_app_confirm(void);

// Feeds the independent watchdog. One that the board file had started for the trial cannot be stopped: from then on to the
// next reset somebody has to feed it, also after hf_app_confirm. Does no harm when none runs.
void hf_app_feed_watchdog(void);

#endif
