// SPDX-License-Identifier: MIT
// The USB/IP server, byte by byte, from a scripted client; the device is a guest on the virtual
// board.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "usbip_client.h"

static int up(void **state)
{
    usbip_bed *bed = calloc(1, sizeof *bed);
    assert_non_null(bed);
    plug_open(&bed->plug, HF_GUEST_DIR "/guest_usb_irq.elf");
    bed->server = vb_usbip_open(bed->plug.host, &bed->port);
    assert_non_null(bed->server);
    vb_usb_plug(bed->plug.host);
    *state = bed;
    return 0;
}

static int down(void **state)
{
    usbip_bed *bed = *state;
    vb_usbip_close(bed->server);
    plug_close(&bed->plug);
    free(bed);
    return 0;
}

// -- tests --------------------------------------------------------------------------------------

static void a_list_waits_for_the_device(void **state)
{
    usbip_bed *bed = *state;
    plug_run(&bed->plug, 20 * VB_MS); // its pull-up is up, nothing is known of it
    int fd = dial(bed);
    uint8_t reply[12 + 312 + 4];
    char words[32];
    assert_string_equal("looking", vb_usbip_describe(bed->server, words));
    ask(bed, fd, 0x0111, 0x8005, NULL);
    assert_int_equal(sizeof reply, hear(bed, fd, reply, sizeof reply));
    assert_int_equal(0x01110005, get32(reply));
    assert_int_equal(1, get32(reply + 8));
    const uint8_t *device = reply + 12;
    assert_string_equal("1-1", (const char *)device + 256);
    assert_int_equal(0x00010001, get32(device + 288) << 16 | get32(device + 292));
    assert_int_equal(2, get32(device + 296)); // full speed
    assert_int_equal(0x12090001, get32(device + 300));
    assert_int_equal(0x1234FF00, get32(device + 304));
    assert_int_equal(
        0x00000101,
        get32(device + 308)); // protocol, not configured, one configuration, one interface
    assert_int_equal(0xFF000000, get32(device + 312));
    expect_closed(bed, fd);
    assert_string_equal("1209:0001", vb_usbip_describe(bed->server, words));
}

static void nobody_is_listed_without_a_device(void **state)
{
    usbip_bed *bed = *state;
    vb_usb_unplug(bed->plug.host);
    int fd = dial(bed);
    uint8_t reply[12];
    ask(bed, fd, 0x0111, 0x8005, NULL);
    assert_int_equal(12, hear(bed, fd, reply, 12));
    assert_int_equal(0, get32(reply + 8));
    expect_closed(bed, fd);
    fd = dial(bed);
    ask(bed, fd, 0x0111, 0x8003, "1-1");
    assert_int_equal(8, hear(bed, fd, reply, 8));
    assert_int_equal(1, get32(reply + 4));
    expect_closed(bed, fd);
}

static void transfers(void **state)
{
    usbip_bed *bed = *state;
    int fd = import(bed);
    usbip_answer answer;
    assert_true(vb_usbip_imported(bed->server));
    assert_int_equal(0, control_out(bed, fd, 0, 5, 77, 0)); // an address: not for the device
    assert_int_equal(0, control_in(bed, fd, 0x80, 6, 0x0100, 64, &answer));
    assert_int_equal(18, answer.size);
    assert_int_equal(0x12, answer.data[9]);
    assert_int_equal(-2, transfer(bed, fd, &(usbip_request){.endpoint = 0x81, .size = 64},
                                  &answer)); // not configured
    configure(bed, fd);
    check_loop(bed, fd);
    check_loop(bed, fd);
    assert_int_equal(-32, control_in(bed, fd, 0x80, 6, 0x2200, 64, &answer));
    assert_int_equal(0, control_out(bed, fd, 0x40, 3, 0, 0)); // halts endpoint 1
    assert_int_equal(-32,
                     transfer(bed, fd, &(usbip_request){.endpoint = 0x81, .size = 64}, &answer));
    assert_int_equal(0, control_out(bed, fd, 2, 1, 0, 0x01));
    assert_int_equal(0, control_out(bed, fd, 2, 1, 0, 0x81));
    check_loop(bed, fd);
    close(fd);
}

static void a_short_read_can_be_an_error(void **state)
{
    usbip_bed *bed = *state;
    int fd = import(bed);
    usbip_answer answer;
    configure(bed, fd);
    assert_int_equal(
        0, transfer(bed, fd, &(usbip_request){.endpoint = 1, .data = "abc", .size = 3}, &answer));
    assert_int_equal(
        -121,
        transfer(bed, fd, &(usbip_request){.endpoint = 0x81, .size = 64, .flags = 1}, &answer));
    assert_int_equal(3, answer.size);
    assert_memory_equal("abc", answer.data, 3);
    close(fd);
}

static void alternate_settings_bring_endpoints(void **state)
{
    usbip_bed *bed = *state;
    int fd = import(bed);
    usbip_answer answer;
    configure(bed, fd);
    assert_int_equal(-2,
                     transfer(bed, fd, &(usbip_request){.endpoint = 0x83, .size = 256}, &answer));
    assert_int_equal(0, control_out(bed, fd, 1, 11, 1, 0));
    assert_int_equal(0,
                     transfer(bed, fd, &(usbip_request){.endpoint = 0x83, .size = 256}, &answer));
    assert_int_equal(256, answer.size);
    assert_int_equal(255, answer.data[255]);
    check_loop(bed, fd);
    assert_int_equal(0, control_out(bed, fd, 1, 11, 0, 0));
    assert_int_equal(-2,
                     transfer(bed, fd, &(usbip_request){.endpoint = 0x83, .size = 256}, &answer));
    check_loop(bed, fd);
    close(fd);
}

static void unlinking(void **state)
{
    usbip_bed *bed = *state;
    int fd = import(bed);
    usbip_answer answer;
    configure(bed, fd);
    uint32_t waiting =
        submit(bed, fd, &(usbip_request){.endpoint = 0x81, .size = 64}); // nothing will come
    plug_run(&bed->plug, 20 * VB_MS);
    give_up(bed, fd, waiting);
    listen_to(bed, fd, &answer, false);
    assert_int_equal(4, answer.code);
    assert_int_equal(bed->sequence, answer.sequence);
    assert_int_equal(-104, answer.status);
    give_up(bed, fd, waiting); // gone already
    listen_to(bed, fd, &answer, false);
    assert_int_equal(4, answer.code);
    assert_int_equal(0, answer.status);
    check_loop(bed, fd);
    close(fd);
}

static void transfers_overtake_each_other(void **state)
{
    usbip_bed *bed = *state;
    int fd = import(bed);
    usbip_answer answer;
    configure(bed, fd);
    uint32_t read = submit(bed, fd, &(usbip_request){.endpoint = 0x81, .size = 64});
    uint32_t interrupt = submit(bed, fd, &(usbip_request){.endpoint = 0x82, .size = 8});
    listen_to(bed, fd, &answer, true);
    assert_int_equal(interrupt, answer.sequence);
    uint32_t write = submit(bed, fd, &(usbip_request){.endpoint = 1, .data = "hello", .size = 5});
    listen_to(bed, fd, &answer, false);
    assert_int_equal(write, answer.sequence);
    listen_to(bed, fd, &answer, true);
    assert_int_equal(read, answer.sequence);
    assert_memory_equal("hello", answer.data, 5);
    close(fd);
}

static void what_is_refused(void **state)
{
    usbip_bed *bed = *state;
    int fd = import(bed);
    usbip_answer answer;
    configure(bed, fd);
    assert_int_equal(-19, transfer(bed, fd,
                                   &(usbip_request){.endpoint = 0x81, .size = 1, .device = 0x10002},
                                   &answer));
    assert_int_equal(-2, transfer(bed, fd, &(usbip_request){.endpoint = 0x8F, .size = 1}, &answer));
    assert_int_equal(
        -38,
        transfer(bed, fd, &(usbip_request){.endpoint = 1, .data = "abc", .size = 3, .packets = 4},
                 &answer));
    check_loop(bed, fd); // and the stream of messages is still in step
    int second = dial(bed);
    uint8_t reply[12];
    ask(bed, second, 0x0111, 0x8003, "1-1");
    assert_int_equal(8, hear(bed, second, reply, 8));
    assert_int_equal(1, get32(reply + 4));
    expect_closed(bed, second);
    second = dial(bed);
    ask(bed, second, 0x0111, 0x8005, NULL);
    assert_int_equal(12, hear(bed, second, reply, 12));
    assert_int_equal(0, get32(reply + 8));
    expect_closed(bed, second);
    check_loop(bed, fd);
    close(fd);
}

static void byte_by_byte(void **state)
{
    usbip_bed *bed = *state;
    int fd = dial(bed);
    uint8_t request[40] = {0x01, 0x11, 0x80, 0x03, 0, 0, 0, 0, '1', '-', '1'}, reply[320];
    for (unsigned i = 0; i < 40; i++) {
        say(bed, fd, request + i, 1);
    }
    assert_int_equal(320, hear(bed, fd, reply, 320));
    uint8_t two[96] = {0};
    for (unsigned i = 0; i < 2; i++) { // GET_STATUS twice, in pieces of five bytes
        uint8_t *at = two + 48 * i;
        put32(at, 1);
        put32(at + 4, 100 + i);
        put32(at + 8, 0x10001);
        put32(at + 12, 1);
        put32(at + 24, 2);
        at[40] = 0x80;
        at[46] = 2;
    }
    for (unsigned i = 0; i < 96; i += 5) {
        say(bed, fd, two + i, i + 5 <= 96 ? 5 : 96 - i);
    }
    usbip_answer answer;
    for (unsigned i = 0; i < 2; i++) {
        listen_to(bed, fd, &answer, true);
        assert_int_equal(100 + i, answer.sequence);
        assert_int_equal(2, answer.size);
    }
    close(fd);
}

static void nonsense_is_shown_the_door(void **state)
{
    usbip_bed *bed = *state;
    int fd = import(bed); // so that the device is known
    close(fd);
    fd = dial(bed);
    ask(bed, fd, 0x0100, 0x8005, NULL);
    expect_closed(bed, fd);
    fd = dial(bed);
    ask(bed, fd, 0x0111, 0x8007, NULL);
    expect_closed(bed, fd);
    const struct {
        uint32_t at, value;
    } harm[] = {{0, 9}, {16, 16}, {24, 0x7FFFFFFF}, {24, UINT32_MAX}, {32, 100000}};
    for (unsigned i = 0; i < sizeof harm / sizeof *harm; i++) {
        fd = import(bed);
        uint8_t message[48] = {0};
        put32(message, 1);
        put32(message + 8, 0x10001);
        put32(message + harm[i].at, harm[i].value);
        say(bed, fd, message, 48);
        expect_closed(bed, fd);
    }
    fd = import(bed);
    configure(bed, fd);
    check_loop(bed, fd);
    close(fd);
}

static void random_nonsense(void **state)
{
    usbip_bed *bed = *state;
    const char *given = getenv("HF_SEED");
    unsigned seed = given != NULL ? (unsigned)strtoul(given, NULL, 0) : 1;
    printf("HF_SEED=%u\n", seed);
    srand(seed);
    for (unsigned round = 0; round < 30; round++) {
        int fd = import(bed);
        uint8_t message[300];
        for (unsigned i = 0; i < sizeof message; i++) {
            message[i] = (uint8_t)(rand() % 4 == 0 ? rand() : 0);
        }
        put32(message, 1 + (unsigned)rand() % 2); // or nothing would ever be looked at
        put32(message + 8, 0x10001);
        put32(message + 24, (unsigned)rand() % 64);
        say(bed, fd, message, (unsigned)rand() % sizeof message);
        turn(bed);
        close(fd);
    }
    int fd = import(bed);
    configure(bed, fd);
    check_loop(bed, fd);
    close(fd);
}

static void an_importer_that_vanishes(void **state)
{
    usbip_bed *bed = *state;
    int fd = import(bed);
    configure(bed, fd);
    submit(bed, fd, &(usbip_request){.endpoint = 0x81, .size = 64});
    submit(bed, fd, &(usbip_request){.endpoint = 0x82, .size = 8});
    close(fd);
    turn(bed);
    assert_false(vb_usbip_imported(bed->server));
    usbip_answer answer;
    fd = import(bed); // waits until the device has been reset
    assert_int_equal(0, control_in(bed, fd, 0x80, 8, 0, 1, &answer));
    assert_int_equal(0, answer.data[0]); // not configured
    configure(bed, fd);
    check_loop(bed, fd);
    close(fd);
}

static void a_device_that_vanishes(void **state)
{
    usbip_bed *bed = *state;
    for (uint8_t how = 4; how <= 5; how++) { // detaches, resets
        int fd = import(bed);
        configure(bed, fd);
        assert_int_equal(0, control_out(bed, fd, 0x40, how, 0, 0));
        expect_closed(bed, fd);
    }
    int fd = import(bed);
    configure(bed, fd);
    vb_usb_unplug(bed->plug.host);
    expect_closed(bed, fd);
    char words[32];
    assert_string_equal("unplugged", vb_usbip_describe(bed->server, words));
    vb_usb_plug(bed->plug.host);
    fd = import(bed);
    configure(bed, fd);
    check_loop(bed, fd);
    vb_power_off(bed->plug.board, false);
    expect_closed(bed, fd);
    vb_power_on(bed->plug.board);
    plug_run(&bed->plug, 10 * VB_MS);
    fd = import(bed);
    close(fd);
    plug_expect_clean(&bed->plug);
}

static void many_clients(void **state)
{
    usbip_bed *bed = *state;
    int fds[14];
    for (unsigned i = 0; i < 14; i++) {
        fds[i] = dial(bed);
        turn(bed);
    }
    for (unsigned i = 0; i < 14; i++) {
        close(fds[i]);
        turn(bed);
    }
    int fd = import(bed);
    struct pollfd polled[VB_USBIP_FDS];
    assert_int_equal(2, vb_usbip_fds(bed->server, polled));
    close(fd);
}

#define BED(name) cmocka_unit_test_setup_teardown(name, up, down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BED(a_list_waits_for_the_device),
        BED(nobody_is_listed_without_a_device),
        BED(transfers),
        BED(a_short_read_can_be_an_error),
        BED(alternate_settings_bring_endpoints),
        BED(unlinking),
        BED(transfers_overtake_each_other),
        BED(what_is_refused),
        BED(byte_by_byte),
        BED(nonsense_is_shown_the_door),
        BED(random_nonsense),
        BED(an_importer_that_vanishes),
        BED(a_device_that_vanishes),
        BED(many_clients),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
