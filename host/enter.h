// SPDX-License-Identifier: MIT
// Bringing a running application into the bootloader without a hand on the board: the serial escape, or the adapter's
// lines DTR and RTS wired to NRST and the button (docs/application.md).
#ifndef HF_ENTER_H
#define HF_ENTER_H

#include <stdbool.h>
#include <stdint.h>

#include "transport.h"
#include "update.h"

typedef enum hf_way_in {
    HF_WAY_BY_HAND, // nothing is done
    HF_WAY_ESCAPE,  // the application listens for the serial escape
    HF_WAY_LINES,   // a reset, and the button held over it where it has a line
} hf_way_in;

typedef enum hf_modem_line { HF_LINE_NONE, HF_LINE_DTR, HF_LINE_RTS } hf_modem_line;

typedef struct hf_enter_options {
    hf_way_in way;
    uint32_t product_id, app_baud; // ESCAPE: whose, and the speed the application listens at
    hf_modem_line reset, button;   // LINES: asserted pulls the pin low
    uint32_t baud, wait_ms;        // the bootloader's speed, and patience for its answer
} hf_enter_options;

// Looks whether a bootloader answers SYNC, and brings one about when none does: again and again until it answers or wait_ms
// have passed. *entered tells whether anything had to be done. The transport has options->baud before and after, and lines are
// released. HF_E_NO_ANSWER, HF_E_STRANGER, HF_E_NO_LINES, HF_E_LINE, HF_E_LINK_LOST, HF_E_INTERRUPTED.
hf_error hf_enter(hf_transport *transport, const hf_enter_options *options, const hf_listener *listener, bool *entered,
                  hf_problem *problem);

#endif
