// SPDX-License-Identifier: MIT
// The bootloader's core: the decision at reset, and what is done in update mode.
#ifndef HF_BOOT_H
#define HF_BOOT_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

// Why the board is in update mode.
typedef enum hf_reason {
    HF_REASON_REQUEST,   // the application asked for it
    HF_REASON_BUTTON,    // the button was held during reset
    HF_REASON_BAD_IMAGE, // there is no application worth starting
    HF_REASON_REJECTED,  // the application failed its trial, and there is no other
    HF_REASON_WINDOW,    // the board file opens a window at every reset; it closes when nobody comes
} hf_reason;

// The whole decision after reset: starts the application or stays in update mode. Never returns.
void hf_boot(void) __attribute__((noreturn));

// Serves the links until an application is to be started; leaves by a system reset. Never returns.
void hf_update_mode(hf_reason reason) __attribute__((noreturn));

// Leaves update mode for the application: the reset that follows starts it, whatever the button says, if it is valid.
void hf_leave_update_mode(void) __attribute__((noreturn));

// What must go on while the core waits for something: watchdog, LED, every link. Call it in every waiting loop.
void hf_background(void);

struct hf_link;

// This link has moved: the 30 s of silence, which end a session and start a valid application, begin anew. Only the link
// that owns the board counts, as long as one does: a host that knocks at another keeps no dead session alive.
void hf_activity(const struct hf_link *link);

// From true to false the slot holds half of something: silence starts nothing. A host that dies in between leaves the
// board in update mode; at level "sanity" nothing else would tell that the rest is missing.
void hf_transfer_pending(bool pending);

// A way for a host to reach the board. The board file says which ones a build has: HF_LINKS in board.h.
struct hf_link {
    void (*open)(hf_reason reason); // why the board is in update mode, for links that can say so
    void (*poll)(void);   // serves what has come; called again and again, also while another link waits
    void (*forget)(void); // the host has been silent for too long: drop its session
};

// The first link that opens a session owns the board until it ends: two hosts must not write at once.
// True when owner has the board now. Give it back with hf_session_end.
bool hf_session_begin(const struct hf_link *owner);
void hf_session_end(const struct hf_link *owner);

#endif
