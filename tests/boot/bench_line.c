// SPDX-License-Identifier: MIT
// The serial line of the bench board: bytes take their time on the wire, and may be disturbed
// there.
#include <string.h>

#include "bench_assert.h"
#include "bench_port.h"
#include "frame.h"

#define BYTE_US 87u // 10 bits at 115200 baud
#define WIRE    4096u
#define SAID    4096u
#define RING    (2u * (1u + HF_FRAME_MAX)) // what port.h promises: two frames, and not a byte more

typedef struct wire_byte {
    uint64_t at_us; // stop bit seen
    uint8_t value;
} wire_byte;

static struct {
    bool open;
    wire_byte wire[WIRE]; // host to board
    uint32_t wire_in, wire_out;
    uint8_t ring[RING];
    uint32_t ring_in, ring_out;
    uint8_t said[SAID]; // board to host
    uint32_t said_in, said_out;
    disturbance what;
    size_t at, sent;
    unsigned bit;
} line;

void line_new(void)
{
    memset(&line, 0, sizeof line);
}

// -- the host's side ------------------------------------------------------------------------------

static void put_on_wire(uint8_t value)
{
    assert_true(line.wire_in - line.wire_out < WIRE);
    uint64_t free_at = clock_us();
    if (line.wire_in != line.wire_out) {
        uint64_t last = line.wire[(line.wire_in - 1) % WIRE].at_us;
        free_at = last > free_at ? last : free_at;
    }
    line.wire[line.wire_in++ % WIRE] = (wire_byte){free_at + BYTE_US, value};
}

static void send_byte(uint8_t value)
{
    size_t number = line.sent++;
    if (line.what == LINE_CUT && number >= line.at) {
        return;
    }
    bool hit = line.what != LINE_CLEAN && number == line.at;
    if (hit && line.what == LINE_LOSE) {
        return;
    }
    put_on_wire(hit && line.what == LINE_FLIP ? value ^ (uint8_t)(1u << line.bit) : value);
    if (hit && line.what == LINE_DOUBLE) {
        put_on_wire(value);
    }
}

void line_send(const void *bytes, size_t size)
{
    const uint8_t *byte = bytes;
    for (size_t i = 0; i < size; i++) {
        send_byte(byte[i]);
    }
}

int line_receive(uint32_t timeout_ms)
{
    if (line.said_in == line.said_out) {
        thread_run(clock_us() + timeout_ms * 1000ull, true);
    }
    return line.said_in == line.said_out ? -1 : line.said[line.said_out++ % SAID];
}

size_t line_receive_all(uint8_t *to, size_t max, uint32_t ms)
{
    uint64_t end = clock_us() + ms * 1000ull;
    size_t count = 0;
    for (;;) {
        uint64_t now = clock_us();
        int byte = line_receive(now < end ? (uint32_t)((end - now + 999u) / 1000u) : 0);
        if (byte < 0) {
            return count;
        }
        assert_true(count < max);
        to[count++] = (uint8_t)byte;
    }
}

void line_ignore(void)
{
    line.said_out = line.said_in;
}

void line_disturb(disturbance what, size_t at, unsigned bit)
{
    line.what = what;
    line.at = at;
    line.bit = bit;
    line.sent = 0;
}

bool line_is_cut(void)
{
    return line.what == LINE_CUT && line.sent > line.at;
}

size_t line_sent(void)
{
    return line.sent;
}

// -- the board's side -----------------------------------------------------------------------------

static void serial_open(void)
{
    line.open = true;
}

static bool wire_has_byte(void)
{
    return line.wire_in != line.wire_out;
}

static wire_byte *wire_next(void)
{
    return &line.wire[line.wire_out % WIRE];
}

// What arrived while nobody took bytes stays in the driver's ring; what does not fit there is lost.
static void fill_ring(void)
{
    while (wire_has_byte() && wire_next()->at_us <= clock_us()) {
        if (line.open && line.ring_in - line.ring_out < RING) {
            line.ring[line.ring_in++ % RING] = wire_next()->value;
        }
        line.wire_out++;
    }
}

// Nothing to do: time passes, to the next byte or to the next millisecond.
static void pass_time(void)
{
    uint64_t now = clock_us();
    uint64_t step = 1000u - now % 1000u;
    if (wire_has_byte() && wire_next()->at_us < now + step) {
        step = wire_next()->at_us - now;
    }
    clock_advance_us(step);
    thread_meet_host(false);
}

static int serial_receive(void)
{
    if (!line.open) {
        violate("a byte was asked for before the line was opened");
    }
    fill_ring();
    if (line.ring_in == line.ring_out) {
        pass_time();
        return -1;
    }
    return line.ring[line.ring_out++ % RING];
}

static void serial_send(uint8_t byte)
{
    if (!line.open) {
        violate("a byte was sent before the line was opened");
    }
    clock_advance_us(BYTE_US);
    line.said[line.said_in++ % SAID] = byte;
    if (line.said_in - line.said_out > SAID) {
        violate("the board does not stop talking");
    }
    thread_meet_host(true);
}

static void serial_flush(void)
{
}

// The speed never changes here.
static void serial_listen(void)
{
}

const struct hf_serial_port hf_serial_port = {.open = serial_open,
                                              .receive = serial_receive,
                                              .send = serial_send,
                                              .flush = serial_flush,
                                              .listen = serial_listen};
