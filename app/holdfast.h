// SPDX-License-Identifier: MIT
// What an application may ask of Holdfast. Which files to compile for it, board.cmake says (HF_APP_SOURCES, emitted by
// `holdfast layout`); nothing else about the application changes but its link address (app.ld). docs/application.md.
#ifndef HOLDFAST_H
#define HOLDFAST_H

#include <stdbool.h>
#include <stdint.h>

#include "hf_err.h"
#include "hf_escape.h"
#include "hf_image.h"
#include "hf_provision.h"
#include "hf_state.h"
#include "hf_status.h"

// The sealed image's own trailer: version, product, security counter. vectors is the application's vector table (the
// linker's g_pfnVectors in a CubeMX project). NULL when the image was not sealed. Reads flash only.
const struct hf_trailer *hf_app_trailer(const void *vectors);

// Asks the bootloader to stay in update mode and resets the chip. What the application was doing ends here.
// request_stm32f4.c: RTC backup register 0, for the F4 family; needs no clock or driver set up before.
void hf_app_request_update(void) __attribute__((noreturn));

// The serial escape of docs/uart-protocol.md: how a host asks an application for update mode over a line that is the
// application's. One of these for each line, zeroed before the first byte.
struct hf_app_escape {
    uint8_t last[HF_ESCAPE_SIZE];
};

// Give it each byte the line receives, whatever it means to the application. True with the last byte of an escape for this
// board's product; call hf_app_request_update then, when it suits. Some hundred cycles at most for each byte, some thousand
// for the last; no registers, so it may run in an interrupt. escape.c.
bool hf_app_escape_heard(struct hf_app_escape *escape, uint8_t byte);

// Tells the bootloader that this image works: without it a new image is on trial, and the next reset brings the old one
// back. Call it when you know enough (the clock is up, the network answers, the self-test has passed); calling it again
// costs nothing. False when it could not be put on record: try again. One record of flash is written; once in some
// hundred updates the journal moves, and the sector it moves to is erased. confirm_records.c with overwrite and swap,
// confirm_bank_h7.c with bank swap, confirm_none.c where there are no trials.
bool hf_app_confirm(void);

// Is this image on trial? hf_app_confirm ends that well, a reset badly.
bool hf_app_on_trial(void);

// Feeds the independent watchdog. One that the board file had started for the trial cannot be stopped: from then on to the
// next reset somebody has to feed it, also after hf_app_confirm. Does no harm when none runs.
void hf_app_feed_watchdog(void);

// Why this image is the one that runs: installed, on trial, confirmed, brought back after another one failed, ... It stays
// the same until the next update. Reads flash only; HF_BOOT_ORDINARY where the board keeps no records.
hf_boot_reason hf_app_boot_reason(void);

// What went wrong last with an update, and the version it went wrong with (0: not known). HF_OK when nothing ever did; it
// stays until something else goes wrong. hf_failures.h has a sentence for each.
hf_err hf_app_last_failure(uint32_t *version);

// All the bootloader remembers of updates, the floor for versions included.
void hf_app_status(struct hf_status *status);

// Boards with "provision": the device's UUID and the version of its hardware, as production wrote them. False when it has not
// yet; *to is undefined then. Reads flash only. provision.c.
bool hf_app_provision(struct hf_provision *to);

// -- staging an update while the application runs: boards with overwrite or swap ----------------------------------------
//
// begin, write the sealed image from its start on in pieces of any size, finish, and reset when it suits: the bootloader
// installs it then. Nothing of it is installed before finish has returned HF_OK, and a power cut anywhere leaves this
// application as it is. 350 bytes of RAM. Flash is busy meanwhile: see app/port.c about what waits, and for how long.

// Forgets what was staged before, and the image that was kept for a way back. HF_E_UNCONFIRMED during a trial: that image
// is still needed. Else a flash error.
hf_err hf_stage_begin(void);

// The next size bytes, which belong at offset from the image's start. HF_E_SEQUENCE when that is not where the last ones
// ended, or without begin; HF_E_ADDRESS when they do not fit the slot: nothing is written then, and what was stays as it
// is. A flash error: begin again. Sectors are erased as they are reached, which takes up to two seconds each.
hf_err hf_stage_write(uint32_t offset, const void *data, uint32_t size);

// Common CRC-32 of all that was written since begin, read back from flash. HF_E_SEQUENCE when nothing was, or no whole words
// or program units; else a flash error.
hf_err hf_stage_crc32(uint32_t *crc);

// All was written: checks the image as the bootloader will, signature and floor included, and asks for its installation at
// the next reset. HF_OK, HF_E_SEQUENCE, what speaks against the image, or a flash error; after an error nothing will be installed.
hf_err hf_stage_finish(void);

#endif
