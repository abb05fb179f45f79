// SPDX-License-Identifier: MIT
// One run of a board: everything `vboard run` has open.
#ifndef VB_CMD_SESSION_H
#define VB_CMD_SESSION_H

#include "config.h"
#include "control.h"
#include "gdb.h"
#include "pace.h"
#include "port.h"
#include "trace.h"
#include "usb.h"

struct cmd_session {
    const run_config *config;
    hf_board description;
    vb_board *board;
    bool powered, began; // has a supply; had one
    cmd_pace pace;
    cmd_trace led_trace, pin_trace;
    bool led; // as last traced
    size_t ports_count;
    cmd_port *ports[CONFIG_PORTS];
    cmd_control control;
    cmd_gdb gdb;
    cmd_usb usb;
    int signals; // signalfd
    bool done;   // the loop ends at its next turn
    bool locked; // the core is locked up; a reset brings it back
    int code;    // exit code
};

// Reads, loads, opens and connects everything and switches the board on. An exit code; what went
// wrong has been said.
int session_open(cmd_session *session, const run_config *config);
// Writes the state file and closes everything. Returns the run's exit code.
int session_close(cmd_session *session);

// Writes the state file in one step: a reader sees the old one or the new one. VB_E_FILE and others
// as vb_state_save.
vb_status session_save(cmd_session *session);

// Ends the run with this exit code; the first one wins.
void session_end(cmd_session *session, int code);

#endif
