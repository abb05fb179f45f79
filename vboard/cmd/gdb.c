// SPDX-License-Identifier: MIT
// The connection to GDB: frames, acknowledgements, halting and running.
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gdb.h"
#include "session.h"
#include "tcp.h"

#define CTRL_C 3

void gdb_init(cmd_gdb *gdb)
{
    gdb->door = gdb->client = -1;
    gdb->doing = GDB_RUNS;
}

bool gdb_open(cmd_gdb *gdb, uint16_t *port)
{
    gdb->door = tcp_listen(port);
    if (gdb->door >= 0) {
        gdb->doing = GDB_HALTED;
    }
    return gdb->door >= 0;
}

void gdb_close(cmd_gdb *gdb)
{
    if (gdb->client >= 0) {
        close(gdb->client);
    }
    if (gdb->door >= 0) {
        close(gdb->door);
    }
    gdb_init(gdb);
}

void gdb_prepare(cmd_gdb *gdb, pollset *set)
{
    pollset_add(set, gdb->client >= 0 ? gdb->client : gdb->door, POLLIN);
}

static void send_all(const cmd_gdb *gdb, const char *text, size_t size)
{
    // Packets are small and the debugger waits for them. A socket that takes no more has nobody
    // behind it; the next read finds out.
    (void)!send(gdb->client, text, size, MSG_NOSIGNAL);
}

static void send_packet(const cmd_gdb *gdb, const char *text)
{
    char frame[GDB_PACKET + 8];
    uint8_t sum = 0;
    for (const char *c = text; *c != '\0'; c++) {
        sum = (uint8_t)(sum + (uint8_t)*c);
    }
    int size = snprintf(frame, sizeof frame, "$%s#%02x", text, sum);
    send_all(gdb, frame, (size_t)size);
}

void gdb_halt(cmd_gdb *gdb, unsigned signal)
{
    char text[8];
    gdb->doing = GDB_HALTED;
    snprintf(text, sizeof text, "S%02x", signal);
    if (gdb->client >= 0) {
        send_packet(gdb, text);
    }
}

// The debugger has gone: its breakpoints go, too, and the board runs.
static void lose(cmd_gdb *gdb, cmd_session *session)
{
    for (size_t i = 0; i < gdb->breaks_count; i++) {
        vb_break_remove(session->board, gdb->breaks[i]);
    }
    gdb->breaks_count = 0;
    close(gdb->client);
    gdb->client = -1;
    gdb->doing = GDB_RUNS;
}

static void admit(cmd_gdb *gdb)
{
    gdb->client = tcp_accept(gdb->door);
    if (gdb->client < 0) {
        return;
    }
    gdb->used = 0;
    gdb->acks = true;
    gdb->doing = GDB_HALTED; // as every probe does when a debugger comes
}

static unsigned hex(uint8_t digit)
{
    return (unsigned)(digit >= 'a' ? digit - 'a' + 10 : digit - '0');
}

static void forget(cmd_gdb *gdb, size_t size)
{
    gdb->used -= size;
    memmove(gdb->in, gdb->in + size, gdb->used);
}

static void do_packet(cmd_gdb *gdb, cmd_session *session, char *packet)
{
    char answer[GDB_PACKET];
    if (gdb_do(gdb, session, packet, answer)) {
        send_packet(gdb, answer);
    }
    if (strcmp(packet, "QStartNoAckMode") == 0) {
        gdb->acks = false;
    }
}

// A whole "$...#ss" at the beginning of in. False: the rest has not come yet.
static bool take_packet(cmd_gdb *gdb, cmd_session *session)
{
    uint8_t *end = memchr(gdb->in, '#', gdb->used);
    if (end == NULL || end + 2 >= gdb->in + gdb->used) {
        return false;
    }
    uint8_t sum = 0;
    for (const uint8_t *c = gdb->in + 1; c < end; c++) {
        sum = (uint8_t)(sum + *c);
    }
    bool sound = sum == (uint8_t)(hex(end[1]) << 4 | hex(end[2]));
    if (gdb->acks) {
        send_all(gdb, sound ? "+" : "-", 1);
    }
    char packet[sizeof gdb->in];
    size_t size = (size_t)(end - gdb->in) - 1;
    memcpy(packet, gdb->in + 1, size);
    packet[size] = '\0';
    forget(gdb, size + 4);
    if (sound || !gdb->acks) {
        do_packet(gdb, session, packet);
    }
    return true;
}

// Everything understandable in what has been received.
static void understand(cmd_gdb *gdb, cmd_session *session)
{
    while (gdb->client >= 0 && gdb->used > 0) {
        uint8_t first = gdb->in[0];
        if (first == '$') {
            if (!take_packet(gdb, session)) {
                return;
            }
            continue;
        }
        forget(gdb, 1); // + and -: TCP loses nothing, so nothing is ever sent again
        if (first == CTRL_C && !gdb_holds(gdb)) {
            gdb_halt(gdb, 2);
        }
    }
}

void gdb_serve(cmd_gdb *gdb, const pollset *set, cmd_session *session)
{
    if (gdb->client < 0) {
        if ((pollset_got(set, gdb->door) & POLLIN) != 0) {
            admit(gdb);
        }
        return;
    }
    if (pollset_got(set, gdb->client) == 0) {
        return;
    }
    ssize_t got = read(gdb->client, gdb->in + gdb->used, sizeof gdb->in - gdb->used);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (got <= 0) { // also when in is full of something that is no packet
        lose(gdb, session);
        return;
    }
    gdb->used += (size_t)got;
    understand(gdb, session);
}

vb_stop gdb_step(cmd_gdb *gdb, cmd_session *session)
{
    if (gdb->doing != GDB_STEPS) {
        return VB_STOP_TIME;
    }
    gdb->doing = GDB_HALTED;
    vb_stop stop = vb_step(session->board);
    if (stop == VB_STOP_LOCKUP || stop == VB_STOP_ENGINE) {
        return stop; // the session tells the debugger, and everybody else
    }
    gdb_halt(gdb, 5);
    return VB_STOP_TIME;
}

void gdb_look_for_break(cmd_gdb *gdb, cmd_session *session)
{
    vb_cpu cpu;
    vb_cpu_read(session->board, &cpu);
    for (size_t i = 0; i < gdb->breaks_count; i++) {
        if (gdb->breaks[i] == cpu.pc) {
            gdb_halt(gdb, 5);
            return;
        }
    }
}
