// SPDX-License-Identifier: MIT
// The virtual host: transfers, their time on the wire, retries, results. The device is the test
// itself.
#include <string.h>

#include "bench.h"

#define BITS(n) ((vb_time)(n)*VB_US / 12)

// A token, a turn of the bus, data with its frame and stuffed bits, a turn, a handshake, and a turn
// to the next token.
#define IN_BITS(size, stuffed) (35 + 5 + 35 + 8 * (size) + (stuffed) + 5 + 19 + 5)

typedef struct outcome {
    usb_bench *bench;
    unsigned times;
    vb_time when;
    vb_urb *again; // submitted from within the call-back
} outcome;

static void note_done(vb_urb *urb, void *context)
{
    (void)urb;
    outcome *result = context;
    result->times++;
    result->when = vb_now(result->bench->board);
    if (result->again != NULL) {
        vb_urb *next = result->again;
        result->again = NULL;
        vb_usb_submit(result->bench->host, next);
    }
}

static vb_urb bulk(outcome *result, bool in, void *data, size_t size)
{
    return (vb_urb){.kind = VB_USB_BULK,
                    .endpoint = 1,
                    .in = in,
                    .max_packet = 64,
                    .data = data,
                    .size = size,
                    .done = note_done,
                    .context = result};
}

static void run_until_done(outcome *result, unsigned times)
{
    for (unsigned i = 0; result->times < times; i++) {
        assert_true(i < 100000);
        run(result->bench, 10 * VB_US);
    }
}

// The middle of a frame, so that a few packets fit.
static void into_the_frame(usb_bench *bench)
{
    poke(bench, GINTSTS, SOF);
    while (!(peek(bench, GINTSTS) & SOF)) {
        run(bench, 10 * VB_US);
    }
    run(bench, 10 * VB_US);
}

static void a_packet_takes_its_bits(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    activate_bulk(bench, 1);
    const struct {
        uint8_t byte;
        unsigned stuffed;
    } contents[] = {{0x00, 0}, {0xFF, 8 * 64 / 6}, {0x3F, 64}};
    for (unsigned i = 0; i < 3; i++) {
        uint8_t data[64], got[64];
        memset(data, contents[i].byte, 64);
        device_send(bench, 1, data, 64);
        into_the_frame(bench);
        outcome result = {.bench = bench};
        vb_urb urb = bulk(&result, true, got, 64);
        vb_time start = vb_now(bench->board);
        vb_usb_submit(bench->host, &urb);
        run_until_done(&result, 1);
        assert_int_equal(VB_USB_DONE, urb.status);
        assert_memory_equal(data, got, 64);
        vb_time took = result.when - start, expected = BITS(IN_BITS(64, contents[i].stuffed));
        assert_in_range(took, expected - 10,
                        expected + 10); // picoseconds are rounded down at each step
    }
}

// Keeps the FIFO full, as fast as the host takes it, until the next frame begins.
static void serve_a_frame(usb_bench *bench, const uint8_t *data, uint32_t size)
{
    for (unsigned frame = vb_usb_frame(bench->host); vb_usb_frame(bench->host) == frame;) {
        if (peek(bench, DIEPINT(1)) & XFRC) {
            poke(bench, DIEPINT(1), XFRC);
            device_send(bench, 1, data, size);
        }
        run(bench, VB_US);
    }
}

static void nineteen_packets_fit_a_frame(void **state)
{
    usb_bench *bench = *state; // USB 2.0 table 5-10
    connect(bench);
    activate_bulk(bench, 1);
    poke(bench, DIEPTXF(1), 240u << 16 | 80);
    static const uint8_t data[15 * 64];
    static uint8_t got[100 * 64];
    outcome result = {.bench = bench};
    vb_urb urb = bulk(&result, true, got, sizeof got);
    vb_usb_submit(bench->host, &urb);
    device_send(bench, 1, data, sizeof data);
    serve_a_frame(bench, data, sizeof data);
    size_t before = urb.actual;
    serve_a_frame(bench, data, sizeof data);
    assert_int_equal(19, (urb.actual - before) / 64);
    vb_usb_cancel(bench->host, &urb);
}

static void short_packets_end_a_transfer(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    activate_bulk(bench, 1);
    uint8_t got[200];
    device_send(bench, 1, "hello", 5);
    vb_urb urb = {
        .kind = VB_USB_BULK, .endpoint = 1, .in = true, .max_packet = 64, .data = got, .size = 200};
    assert_int_equal(VB_USB_DONE, vb_usb_transfer(bench->host, &urb));
    assert_int_equal(5, urb.actual);
    device_send(bench, 1, "hello", 5);
    urb.short_is_error = true;
    assert_int_equal(VB_USB_SHORT, vb_usb_transfer(bench->host, &urb));
    assert_int_equal(5, urb.actual);
    device_send(bench, 1, "hello", 5);
    urb.size = 4;
    assert_int_equal(VB_USB_BABBLE, vb_usb_transfer(bench->host, &urb));
}

static void whole_packets_out_end_with_an_empty_one_when_asked(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    activate_bulk(bench, 1);
    uint8_t data[64] = {7};
    for (unsigned zero = 0; zero < 2; zero++) {
        device_arm(bench, 1, 2);
        vb_urb urb = {.kind = VB_USB_BULK,
                      .endpoint = 1,
                      .max_packet = 64,
                      .data = data,
                      .size = 64,
                      .zero_packet = zero == 1};
        assert_int_equal(VB_USB_DONE, vb_usb_transfer(bench->host, &urb));
        assert_int_equal(64, urb.actual);
        expect_entry(bench, ENTRY_OUT, 1, 64);
        pop_data(bench, data, 64);
        if (zero == 1) {
            expect_entry(bench, ENTRY_OUT, 1, 0);
            expect_entry(bench, ENTRY_OUT_DONE, 1, 0);
        }
        assert_false(peek(bench, GINTSTS) & RXFLVL);
        set(bench, DOEPCTL(1), SNAK | EPDIS);
    }
}

static void results_of_a_device_that_does_not_want(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    uint8_t data[64];
    vb_urb urb = {
        .kind = VB_USB_BULK, .endpoint = 1, .in = true, .max_packet = 64, .data = data, .size = 64};
    assert_int_equal(VB_USB_NO_ANSWER, vb_usb_transfer(bench->host, &urb));
    activate_bulk(bench, 1);
    urb.timeout = 20 * VB_MS;
    vb_time start = vb_now(bench->board);
    assert_int_equal(VB_USB_TIMED_OUT, vb_usb_transfer(bench->host, &urb));
    assert_in_range(vb_now(bench->board) - start, 20 * VB_MS, 22 * VB_MS);
    set(bench, DIEPCTL(1), STALL);
    assert_int_equal(VB_USB_STALLED, vb_usb_transfer(bench->host, &urb));
}

static void a_nak_is_tried_again_at_once_then_each_microframe(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    activate_bulk(bench, 1);
    poke(bench, DIEPTSIZ(1), PKTCNT(1u) | 4);
    set(bench, DIEPCTL(1), EPENA | CNAK); // each attempt raises ITTXFE
    into_the_frame(bench);
    uint8_t data[64];
    outcome result = {.bench = bench};
    vb_urb urb = bulk(&result, true, data, 64);
    vb_usb_submit(bench->host, &urb);
    unsigned attempts[2] = {0};
    for (unsigned us = 0; us < 8000; us++) {
        attempts[us >= 100] += (peek(bench, DIEPINT(1)) & ITTXFE) != 0;
        poke(bench, DIEPINT(1), ITTXFE);
        run(bench, VB_US);
    }
    assert_int_equal(5, attempts[0]);
    assert_in_range(attempts[1], 62, 65);
    push(bench, 1, "data", 4);
    run_until_done(&result, 1);
    assert_int_equal(VB_USB_DONE, urb.status);
}

static void an_interrupt_endpoint_is_polled_at_its_interval(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    poke(bench, DIEPCTL(1), USBAEP | INTERRUPT | SD0PID | TXFNUM(1u) | MPSIZ(8));
    poke(bench, DIEPTSIZ(1), PKTCNT(1u) | 8);
    set(bench, DIEPCTL(1), EPENA | CNAK);
    into_the_frame(bench);
    uint8_t data[8];
    outcome result = {.bench = bench};
    vb_urb urb = bulk(&result, true, data, 8);
    urb.kind = VB_USB_INTERRUPT;
    urb.max_packet = 8;
    urb.interval = 10;
    vb_usb_submit(bench->host, &urb);
    unsigned attempts = 0;
    for (unsigned us = 0; us < 100000; us += 10) {
        attempts += (peek(bench, DIEPINT(1)) & ITTXFE) != 0;
        poke(bench, DIEPINT(1), ITTXFE);
        run(bench, 10 * VB_US);
    }
    assert_in_range(attempts, 10, 11);
    push(bench, 1, "12345678", 8);
    run_until_done(&result, 1);
    assert_memory_equal("12345678", data, 8);
    vb_usb_cancel(bench->host, &urb); // not under way: nothing
    assert_int_equal(1, result.times);
}

static void cancelled_while_on_the_wire_keeps_the_toggle(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    activate_bulk(bench, 1);
    device_arm(bench, 1, 3);
    into_the_frame(bench);
    uint8_t data[64] = {1};
    outcome result = {.bench = bench};
    vb_urb urb = bulk(&result, false, data, 64);
    vb_usb_submit(bench->host, &urb);
    run(bench, 10 * VB_US);
    vb_usb_cancel(bench->host, &urb);
    assert_int_equal(VB_USB_CANCELLED, urb.status);
    assert_int_equal(1, result.times);
    run(bench, 100 * VB_US);
    expect_entry(bench, ENTRY_OUT, 1, 64); // it arrived all the same
    pop_data(bench, data, 64);
    vb_usb_submit(bench->host, &urb);
    run_until_done(&result, 2);
    expect_entry(bench, ENTRY_OUT, 1, 64);
    pop_data(bench, data, 64);
}

static void transfers_of_an_endpoint_keep_their_order(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    activate_bulk(bench, 1);
    device_arm(bench, 1, 8);
    outcome result = {.bench = bench};
    vb_urb first = bulk(&result, false, "aaaa", 4), second = bulk(&result, false, "bb", 2);
    result.again = &second;
    vb_usb_submit(bench->host, &first);
    run_until_done(&result, 1);
    expect_entry(bench, ENTRY_OUT, 1, 4);
    peek(bench, FIFO(0));
    expect_entry(bench, ENTRY_OUT_DONE, 1, 0);
    assert_int_equal(VB_USB_PENDING, second.status);
    device_arm(bench, 1, 8);
    run_until_done(&result, 2);
    expect_entry(bench, ENTRY_OUT, 1, 2);
    assert_int_equal(VB_USB_DONE, second.status);
}

static void what_is_under_way_ends_when_the_device_goes(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    activate_bulk(bench, 1);
    uint8_t data[64];
    outcome result = {.bench = bench};
    vb_urb urbs[3];
    for (unsigned i = 0; i < 3; i++) {
        urbs[i] = bulk(&result, i & 1, data, 64);
        vb_usb_submit(bench->host, &urbs[i]);
    }
    run(bench, 3 * VB_MS);
    poke(bench, DCTL, BIT(1));
    assert_int_equal(3, result.times);
    assert_int_equal(VB_USB_GONE, urbs[2].status);
    vb_usb_submit(bench->host, &urbs[0]);
    assert_int_equal(4, result.times);
    assert_int_equal(VB_USB_GONE, urbs[0].status);
}

// -- control transfers --------------------------------------------------------------------------

typedef struct responder {
    const uint8_t *answer; // to reads; NULL: STALL
    uint32_t size, sent;
    uint8_t setup[8], received[256];
    uint32_t received_size;
    bool reading;
} responder;

static void send_more(usb_bench *bench, responder *device)
{
    uint32_t left = device->size - device->sent, chunk = left < 64 ? left : 64;
    device_send(bench, 0, device->answer + device->sent, chunk);
    device->sent += chunk;
}

static void set_up(usb_bench *bench, responder *device)
{
    poke(bench, DOEPINT(0), STUP);
    arm_ep0(bench);
    device->reading = (device->setup[0] & 0x80) != 0;
    device->sent = device->received_size = 0;
    uint32_t length = device->setup[6] | device->setup[7] << 8u;
    if (device->answer == NULL) {
        set(bench, DIEPCTL(0), STALL);
        set(bench, DOEPCTL(0), STALL);
    } else if (device->reading) {
        device->size = device->size < length ? device->size : length;
        send_more(bench, device);
    } else if (length > 0) {
        device_arm(bench, 0, 1);
    } else {
        device_send(bench, 0, NULL, 0);
    }
}

static void data_out(usb_bench *bench, responder *device)
{
    poke(bench, DOEPINT(0), XFRC);
    uint32_t length = device->setup[6] | device->setup[7] << 8u;
    if (device->reading) {
        return; // the status stage is over
    }
    if (device->received_size < length) {
        device_arm(bench, 0, 1);
    } else {
        device_send(bench, 0, NULL, 0);
    }
}

static void respond(usb_bench *bench, responder *device)
{
    if (peek(bench, GINTSTS) & RXFLVL) {
        uint32_t entry = peek(bench, GRXSTSP), size = entry >> 4 & 0x7FF;
        switch (entry >> 17 & 15) {
        case ENTRY_SETUP: pop_data(bench, device->setup, 8); break;
        case ENTRY_SETUP_DONE: set_up(bench, device); break;
        case ENTRY_OUT:
            pop_data(bench, device->received + device->received_size, size);
            device->received_size += size;
            break;
        default: data_out(bench, device); break;
        }
    }
    if (peek(bench, DIEPINT(0)) & XFRC) {
        poke(bench, DIEPINT(0), XFRC);
        if (device->reading && device->sent < device->size) {
            send_more(bench, device);
        } else if (device->reading) {
            device_arm(bench, 0, 1);
        }
    }
}

static vb_usb_status control(usb_bench *bench, responder *device, vb_urb *urb,
                             const uint8_t setup[8])
{
    memcpy(urb->setup, setup, 8);
    urb->kind = VB_USB_CONTROL;
    urb->max_packet = 64;
    vb_usb_submit(bench->host, urb);
    for (unsigned i = 0; urb->status == VB_USB_PENDING; i++) {
        assert_true(i < 10000);
        respond(bench, device);
        run(bench, 5 * VB_US);
    }
    return urb->status;
}

static void control_transfers(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    uint8_t answer[200], got[255];
    for (unsigned i = 0; i < sizeof answer; i++) {
        answer[i] = (uint8_t)(i ^ 0x55);
    }
    responder device = {.answer = answer, .size = 200};
    vb_urb urb = {.data = got, .size = 255};
    const uint8_t read[8] = {0x80, 6, 0, 2, 0, 0, 255, 0};
    assert_int_equal(VB_USB_DONE, control(bench, &device, &urb, read));
    assert_int_equal(200, urb.actual);
    assert_memory_equal(answer, got, 200);

    const uint8_t write[8] = {0x21, 1, 0, 0, 0, 0, 130, 0};
    urb = (vb_urb){.data = answer, .size = 130};
    assert_int_equal(VB_USB_DONE, control(bench, &device, &urb, write));
    assert_int_equal(130, device.received_size);
    assert_memory_equal(answer, device.received, 130);

    urb = (vb_urb){.data = NULL, .size = 0};
    const uint8_t nothing[8] = {0x00, 9, 1, 0, 0, 0, 0, 0};
    assert_int_equal(VB_USB_DONE, control(bench, &device, &urb, nothing));

    device.answer = NULL;
    urb = (vb_urb){.data = got, .size = 255};
    assert_int_equal(VB_USB_STALLED, control(bench, &device, &urb, read));
    assert_int_equal(0, misuse(bench));
}

static void requests_that_put_toggles_back(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    const uint8_t clear_halt[8] = {0x02, 1, 0, 0, 0x01, 0, 0, 0},
                  set_configuration[8] = {0, 9, 1, 0, 0, 0, 0, 0};
    const uint8_t *const requests[] = {clear_halt, set_configuration};
    responder device = {.answer = (const uint8_t *)""};
    for (unsigned i = 0; i < 2; i++) {
        activate_bulk(bench, 1);
        vb_usb_toggle_reset(bench->host, 0x01);
        for (unsigned packet = 0; packet < 2; packet++) {
            device_arm(bench, 1, 1);
            vb_urb out = {.kind = VB_USB_BULK,
                          .endpoint = 1,
                          .max_packet = 64,
                          .data = (uint8_t *)"x",
                          .size = 1};
            assert_int_equal(VB_USB_DONE, vb_usb_transfer(bench->host, &out));
            expect_entry(bench, ENTRY_OUT, 1, 1);
            peek(bench, FIFO(0));
            expect_entry(bench, ENTRY_OUT_DONE, 1, 0);
            if (packet == 0) {
                vb_urb urb = {.data = NULL};
                assert_int_equal(VB_USB_DONE, control(bench, &device, &urb, requests[i]));
                set(bench, DOEPCTL(1), SD0PID);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_packet_takes_its_bits),
        TEST(nineteen_packets_fit_a_frame),
        TEST(short_packets_end_a_transfer),
        TEST(whole_packets_out_end_with_an_empty_one_when_asked),
        TEST(results_of_a_device_that_does_not_want),
        TEST(a_nak_is_tried_again_at_once_then_each_microframe),
        TEST(an_interrupt_endpoint_is_polled_at_its_interval),
        TEST(cancelled_while_on_the_wire_keeps_the_toggle),
        TEST(transfers_of_an_endpoint_keep_their_order),
        TEST(what_is_under_way_ends_when_the_device_goes),
        TEST(control_transfers),
        TEST(requests_that_put_toggles_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
