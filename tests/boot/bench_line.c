// SPDX-License-Identifier: MIT
// The serial line of the bench board: bytes take their time on the wire, and may be disturbed
// there.
#include <string.h>

#include "bench_assert.h"
#include "bench_port.h"
#include "frame.h"
#include "hf_classic.h"
#include "seed.h"

#define WIRE    131072u // an erase of a second at 921600, and more
#define SAID    4096u
// What port.h promises: two frames, and not a byte more; in bulk, what the board file leaves room for.
#define FRAMES (2u * (1u + HF_FRAME_MAX))
#define RING   (HF_UART_BULK > FRAMES ? HF_UART_BULK : FRAMES)

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
    uint32_t board_baud, baud_before;
    bool bulk;
} line;

// The host's, and the cable's: they do not go with the board's power.
static struct {
    uint32_t noise, losing; // per million, per thousand
    unsigned kinds;         // of noise
    uint32_t random;
    uint32_t gap; // bytes still to be lost
    uint32_t baud, limit;
} cable;

void line_new(void)
{
    memset(&line, 0, sizeof line);
    line.board_baud = HF_UART_BAUD;
    if (cable.baud == 0) {
        cable.baud = HF_UART_BAUD;
    }
}

void line_set_baud(uint32_t baud)
{
    cable.baud = baud;
}

void line_set_limit(uint32_t baud)
{
    cable.limit = baud;
}

void line_noise(uint32_t per_million, unsigned kinds, uint32_t seed)
{
    cable.noise = per_million;
    cable.kinds = kinds;
    cable.random = seed | 1u;
}

void line_lose_answers(uint32_t per_thousand, uint32_t seed)
{
    cable.losing = per_thousand;
    cable.random = seed | 1u;
}

static uint32_t byte_us(uint32_t baud)
{
    return (10000000u + baud - 1) / baud;
}

// What becomes of a byte on this cable: how many arrive, and which.
static unsigned pass_cable(uint8_t *value, uint32_t *late_us)
{
    *late_us = 0;
    if (cable.baud != line.board_baud || (cable.limit != 0 && cable.baud >= cable.limit)) {
        *value = (uint8_t)(*value * 3u ^ 0x96u);
    }
    if (cable.noise == 0 || seed_next(&cable.random) % 1000000u >= cable.noise) {
        return 1;
    }
    uint32_t random;
    unsigned kind;
    do {
        random = seed_next(&cable.random) >> 8;
        kind = 1u << random % NOISE_KINDS;
    } while ((cable.kinds & kind) == 0);
    random /= NOISE_KINDS;
    switch (kind) {
    case NOISE_FLIP: *value ^= (uint8_t)(1u << random % 8); return 1;
    case NOISE_LOSE: return 0;
    case NOISE_DOUBLE: return 2;
    default: *late_us = random % (kind == NOISE_LATE ? 50000u : 3000000u); return 1;
    }
}

// -- the host's side ------------------------------------------------------------------------------

static void put_on_wire(uint8_t value)
{
    assert_true(line.wire_in - line.wire_out < WIRE - 1);
    uint64_t free_at = clock_us();
    if (line.wire_in != line.wire_out) {
        uint64_t last = line.wire[(line.wire_in - 1) % WIRE].at_us;
        free_at = last > free_at ? last : free_at;
    }
    uint32_t late_us;
    unsigned copies = pass_cable(&value, &late_us);
    for (free_at += late_us + byte_us(cable.baud); copies > 0; copies--, free_at += byte_us(cable.baud)) {
        line.wire[line.wire_in++ % WIRE] = (wire_byte){free_at, value};
    }
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

bool line_is_busy(void)
{
    return wire_has_byte();
}

// What arrived while nobody took bytes stays in the driver's ring; what does not fit there is lost.
static void fill_ring(void)
{
    while (wire_has_byte() && wire_next()->at_us <= clock_us()) {
        if (line.open && line.ring_in - line.ring_out < (line.bulk ? HF_UART_BULK : FRAMES)) {
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

static uint32_t serial_receive(uint8_t *to, uint32_t size)
{
    if (!line.open) {
        violate("a byte was asked for before the line was opened");
    }
    fill_ring();
    if (line.ring_in == line.ring_out) {
        pass_time();
        return 0;
    }
    uint32_t count = 0;
    while (count < size && line.ring_in != line.ring_out) {
        to[count++] = line.ring[line.ring_out++ % RING];
    }
    return count;
}

static void serial_send(uint8_t byte)
{
    if (!line.open) {
        violate("a byte was sent before the line was opened");
    }
    uint32_t late_us;
    unsigned copies = pass_cable(&byte, &late_us);
    clock_advance_us(byte_us(line.board_baud));
    if (cable.losing != 0 && cable.gap == 0 && seed_next(&cable.random) % 1000u < cable.losing) {
        cable.gap = 12;
    }
    if (cable.gap > 0) {
        cable.gap--;
        return;
    }
    for (; copies > 0; copies--) {
        line.said[line.said_in++ % SAID] = byte;
    }
    if (line.said_in - line.said_out > SAID) {
        violate("the board does not stop talking");
    }
    thread_meet_host(true);
}

static void serial_flush(void)
{
}

// Whoever comes next sets the speed: here with the first byte, whatever that is.
static void serial_listen(void)
{
    line.bulk = false;
    line.board_baud = cable.baud;
}

const struct hf_serial_port hf_serial_port = {.open = serial_open,
                                              .receive = serial_receive,
                                              .send = serial_send,
                                              .flush = serial_flush,
                                              .listen = serial_listen};

// -- what a line can do beyond that ---------------------------------------------------------------

static void match_parity(void)
{
}

static bool set_baud(uint32_t baud)
{
    if (baud < 1200 || baud > 2625000) {
        return false;
    }
    line.baud_before = line.board_baud;
    line.board_baud = baud;
    return true;
}

static void restore_baud(void)
{
    line.board_baud = line.baud_before;
}

static void bulk(bool on)
{
    line.bulk = on;
    line.ring_in = line.ring_out = 0;
}

const struct hf_serial_line hf_serial_line = {match_parity, set_baud, restore_baud, bulk};
