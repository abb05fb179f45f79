// SPDX-License-Identifier: MIT
// `vboard run`: the loop that ties virtual time, real time and the outside together.
//
// One turn: let the board run up to where virtual time ought to be, at most a slice; hand out what
// it said; look what the outside wants, sleeping when nothing is due.
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "session.h"

#define SLICE (1 * VB_MS) // virtual time between two looks at the outside
#define FINE_SLICE                                                                                 \
    (100 * VB_US) // while a client is served faster than real time: its answers must not be late
#define NAP_BUSY 200000u  // real ns of sleep while bytes are in flight or the guest computes
#define NAP_IDLE 2000000u // while the guest only waits

static uint64_t real_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static bool client_present(const cmd_session *session)
{
    for (size_t i = 0; i < session->ports_count; i++) {
        if (port_present(session->ports[i])) {
            return true;
        }
    }
    return cmd_usb_present(&session->usb);
}

// No slice goes beyond this moment: somebody wants to be told exactly then.
static vb_time horizon(const cmd_session *session)
{
    vb_time end = session->config->duration != 0 ? session->config->duration : UINT64_MAX;
    vb_time wait = control_next(&session->control);
    return wait < end ? wait : end;
}

// --speed max. Somebody outside who has a serial line open, or USB, lives in real time, and so do
// those who may come, unless one of them asked for virtual time to pass.
static bool follows_real_time(const cmd_session *session, bool client)
{
    if (session->config->speed > 0) {
        return true;
    }
    if (!vb_idle(session->board)) {
        return false;
    }
    if (client) {
        return true;
    }
    bool asked = control_next(&session->control) != UINT64_MAX;
    return !asked && (session->ports_count > 0 || session->control.door >= 0 ||
                      session->gdb.door >= 0 || session->usb.server != NULL);
}

static void note_cut(cmd_session *session)
{
    static const char *const what[] = {
        [VB_CUT_SUPPLY] = "the supply fell", [VB_CUT_PIN] = "the pin reset the chip",
        [VB_CUT_WATCHDOG] = "the watchdog reset the chip"};
    char seconds[SECONDS_TEXT];
    bool reset = session->config->cut_by != VB_CUT_SUPPLY;
    session->powered = reset;
    fprintf(stderr, "cut: %s at %s, %llu flash operations had begun\n",
            what[session->config->cut_by], write_seconds(vb_now(session->board), seconds),
            (unsigned long long)vb_flash_operations(session->board));
    if (!reset && session->control.door < 0) {
        session_end(session, CMD_OK); // nobody could ever switch it on again
    }
}

static void note_stop(cmd_session *session, vb_stop stop)
{
    if (stop == VB_STOP_CUT) {
        note_cut(session);
        return;
    }
    if (stop == VB_STOP_ENGINE) {
        complain("the CPU engine failed: %s; this is a bug of vboard", vb_error(session->board));
        session_end(session, CMD_FAILED);
        return;
    }
    if (stop == VB_STOP_ASKED) {
        gdb_look_for_break(&session->gdb, session);
    }
    if (stop != VB_STOP_LOCKUP || session->locked) {
        return;
    }
    vb_cpu cpu;
    vb_cpu_read(session->board, &cpu);
    complain("the core is locked up at 0x%08x: it took a fault where it cannot take one",
             (unsigned)cpu.pc);
    session->locked = true;
    control_give_up(&session->control,
                    "the core is locked up: virtual time stands still until a reset");
    if (session->gdb.client >= 0) {
        gdb_halt(&session->gdb, 11); // SIGSEGV
    } else if (session->control.door < 0) {
        session_end(session, CMD_GUEST); // nobody could ever reset it
    }
}

// Runs the board for one slice at most. Returns the real ns to sleep before the next one.
static uint64_t advance(cmd_session *session)
{
    vb_board *board = session->board;
    bool client = client_present(session);
    bool tied = follows_real_time(session, client);
    vb_time now = vb_now(board), end = horizon(session);
    vb_time due = tied ? pace_due(&session->pace, real_ns(), now) : UINT64_MAX;
    vb_time slice = now + (!tied && client ? FINE_SLICE : SLICE);
    vb_time until = slice < end ? slice : end;
    until = due < until ? due : until;
    if (until > now) {
        note_stop(session, vb_run(board, until));
    }
    uint64_t then = real_ns();
    if (!tied) {
        pace_anchor(&session->pace, then, vb_now(board));
        return 0;
    }
    uint64_t nap = vb_idle(board) ? NAP_IDLE : NAP_BUSY;
    uint64_t to_end = pace_until(&session->pace, then, end);
    return due > until ? 0 : to_end < nap ? to_end : nap;
}

// The board is in the hands of a debugger, or locked up: time stands still.
static uint64_t stand_still(cmd_session *session)
{
    note_stop(session, gdb_step(&session->gdb, session));
    pace_anchor(&session->pace, real_ns(), vb_now(session->board));
    return NAP_IDLE;
}

static void look_outside(cmd_session *session, uint64_t nap)
{
    pollset set = {.count = 0};
    pollset_add(&set, session->signals, POLLIN);
    control_prepare(&session->control, &set);
    gdb_prepare(&session->gdb, &set);
    cmd_usb_prepare(&session->usb, &set);
    for (size_t i = 0; i < session->ports_count; i++) {
        port_prepare(session->ports[i], &set);
    }
    struct timespec timeout = {.tv_nsec = (long)nap};
    if (ppoll(set.fds, set.count, &timeout, NULL) < 0) {
        return; // a stopped process that goes on
    }
    for (size_t i = 0; i < session->ports_count; i++) {
        port_serve(session->ports[i], &set);
    }
    control_serve(&session->control, &set, session);
    gdb_serve(&session->gdb, &set, session);
    cmd_usb_serve(&session->usb);
    if (pollset_got(&set, session->signals) != 0) {
        session_end(session, CMD_OK);
    }
}

static void loop(cmd_session *session)
{
    pace_anchor(&session->pace, real_ns(), vb_now(session->board));
    while (!session->done) {
        bool still = session->locked || gdb_holds(&session->gdb);
        uint64_t nap = still ? stand_still(session) : advance(session);
        for (size_t i = 0; i < session->ports_count; i++) {
            port_flush(session->ports[i]);
        }
        vb_time now = vb_now(session->board);
        control_tick(&session->control, now);
        if (session->config->duration != 0 && now >= session->config->duration) {
            session_end(session, CMD_OK);
        }
        look_outside(session, nap);
    }
}

int cmd_run(int argc, char **argv)
{
    run_config *config = malloc(sizeof *config);
    cmd_session *session = malloc(sizeof *session);
    if (config == NULL || session == NULL) {
        complain("out of memory");
        free(config);
        free(session);
        return CMD_FAILED;
    }
    int code = config_read(config, argc, argv);
    if (code < 0) {
        code = session_open(session, config);
        if (code == CMD_OK) {
            loop(session);
        } else {
            session->code = code;
        }
        code = session_close(session);
    }
    free(session);
    free(config);
    return code;
}
