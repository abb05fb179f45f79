// SPDX-License-Identifier: MIT
// The control socket: one line in, one line out ("ok ..." or "error ..."), several clients at once.
#ifndef VB_CMD_CONTROL_H
#define VB_CMD_CONTROL_H

#include "cmd.h"
#include "pollset.h"

#define CONTROL_CLIENTS 8
#define CONTROL_LINE    200 // longest command, end of line included

typedef struct cmd_session cmd_session;

// What a command answers. later: not before virtual time has reached when; text holds what is said
// then.
typedef struct command_answer {
    bool ok, later;
    vb_time when;
    char text[512];
} command_answer;

typedef struct control_client {
    int fd; // -1: this place is free
    size_t used;
    char line[CONTROL_LINE];
    command_answer answer; // while later is set, nothing more is read
} control_client;

typedef struct cmd_control {
    int door;
    char path[108];
    control_client clients[CONTROL_CLIENTS];
} cmd_control;

void control_init(cmd_control *control); // closed
// False with words in why. A socket left behind by a run that was killed is replaced.
bool control_open(cmd_control *control, const char *path, char *why, size_t size);
// Clients that still wait get an error.
void control_close(cmd_control *control);

void control_prepare(cmd_control *control, pollset *set);
void control_serve(cmd_control *control, const pollset *set, cmd_session *session);
// The moment of the first pending answer; UINT64_MAX when there is none.
vb_time control_next(const cmd_control *control);
// Sends the answers whose moment has come.
void control_tick(cmd_control *control, vb_time now);
// Time does not go on (the core is locked up): sends an error to everybody who waits.
void control_give_up(cmd_control *control, const char *reason);

// -- commands (command.c) -------------------------------------------------------------------------
void command_do(cmd_session *session, char *line, command_answer *answer);
void command_help(FILE *out);

#endif
