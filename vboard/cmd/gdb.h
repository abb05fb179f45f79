// SPDX-License-Identifier: MIT
// GDB's remote serial protocol (GDB manual, appendix E) on a TCP port of this machine, one debugger
// at a time.
#ifndef VB_CMD_GDB_H
#define VB_CMD_GDB_H

#include "cmd.h"
#include "pollset.h"

#define GDB_PACKET 4096 // longest packet, in characters between $ and #
#define GDB_BREAKS 64

typedef struct cmd_session cmd_session;

typedef enum gdb_doing { GDB_RUNS, GDB_HALTED, GDB_STEPS } gdb_doing;

typedef struct cmd_gdb {
    int door, client; // -1: none
    bool acks;        // packets are acknowledged, until the debugger asks not to
    gdb_doing doing;
    size_t used;
    uint8_t in[2 * GDB_PACKET]; // what has been received and not yet understood
    size_t breaks_count;
    uint32_t breaks[GDB_BREAKS];
} cmd_gdb;

void gdb_init(cmd_gdb *gdb); // closed; the board runs
// Listens and halts the board. *port 0 lets the system choose and then holds its choice. False with
// errno set.
bool gdb_open(cmd_gdb *gdb, uint16_t *port);
void gdb_close(cmd_gdb *gdb);

void gdb_prepare(cmd_gdb *gdb, pollset *set);
void gdb_serve(cmd_gdb *gdb, const pollset *set, cmd_session *session);

// The board must not run on its own: it is halted, or waits for gdb_step.
static inline bool gdb_holds(const cmd_gdb *gdb)
{
    return gdb->doing != GDB_RUNS;
}
// Carries out a pending step and tells the debugger. VB_STOP_TIME, unless the core locked up or the
// engine failed.
vb_stop gdb_step(cmd_gdb *gdb, cmd_session *session);
// vb_run was asked to stop: halts and tells the debugger if it was by one of its breakpoints.
void gdb_look_for_break(cmd_gdb *gdb, cmd_session *session);
// Halts for another reason and tells the debugger: a signal's number (11: the core is locked up).
void gdb_halt(cmd_gdb *gdb, unsigned signal);

// -- packets (gdb_packet.c) -----------------------------------------------------------------------
// Answers one packet. The answer, without its frame, goes into answer; false: nothing is answered
// (now).
bool gdb_do(cmd_gdb *gdb, cmd_session *session, char *packet, char answer[GDB_PACKET]);

#endif
