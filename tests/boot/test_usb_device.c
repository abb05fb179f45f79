// SPDX-License-Identifier: MIT
// The device as USB 2.0's chapter 9 wants it, and what it says of itself, byte by byte: DFU 1.1 4.1, WebUSB 4.1 and
// Microsoft OS 2.0 descriptors.
#include <string.h>

#include "bench_assert.h"
#include "bench_board.h"
#include "bench_usb.h"

#define WORD(value) (uint8_t)(value), (uint8_t)((value) >> 8)

static size_t get_descriptor(uint8_t type, uint8_t index, uint8_t *to, uint16_t length)
{
    size_t actual;
    assert_int_equal(usb_control(0x80, 6, (uint16_t)(type << 8 | index), 0, to, length, &actual), USB_DONE);
    return actual;
}

static void expect_descriptor(uint8_t type, const uint8_t *bytes, size_t size)
{
    uint8_t got[256];
    assert_int_equal(get_descriptor(type, 0, got, sizeof got), size);
    assert_memory_equal(got, bytes, size);
}

static void device_descriptor(void **state)
{
    (void)state;
    const uint8_t expected[] = {18, 1, WORD(0x0210), 0, 0, 0, 64, WORD(0x1209), WORD(0x0001), WORD(0x0100), 1, 2, 3, 1};
    expect_descriptor(1, expected, sizeof expected);
}

static void configuration_descriptor(void **state)
{
    (void)state;
    const uint8_t expected[] = {
        9, 2, WORD(27), 1, 1, 0, 0x80, 50, // bus-powered, 100 mA
        9, 4, 0, 0, 0, 0xFE, 1, 2, 4,      // DFU mode; the memory map is string 4
        9, 0x21, 0x0B, WORD(255), WORD(2048), WORD(0x011A),
    };
    expect_descriptor(2, expected, sizeof expected);
    expect_descriptor(0x21, expected + 18, 9); // some hosts ask for it alone
}

static void bos_descriptor(void **state)
{
    (void)state;
    const uint8_t expected[] = {
        5, 15, WORD(57), 2,
        24, 16, 5, 0,
        0x38, 0xB6, 0x08, 0x34, 0xA9, 0x09, 0xA0, 0x47, 0x8B, 0xFD, 0xA0, 0x76, 0x88, 0x15, 0xB6, 0x65,
        WORD(0x0100), 0x21, 0,
        28, 16, 5, 0,
        0xDF, 0x60, 0xDD, 0xD8, 0x89, 0x45, 0xC7, 0x4C, 0x9C, 0xD2, 0x65, 0x9D, 0x9E, 0x64, 0x8A, 0x9F,
        0, 0, 3, 6, WORD(162), 0x20, 0, // Windows 8.1 and later
    };
    expect_descriptor(15, expected, sizeof expected);
}

static void put_text(uint8_t **to, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        *(*to)++ = (uint8_t)*c;
        *(*to)++ = 0;
    }
}

static void microsoft_descriptor_set(void **state)
{
    (void)state;
    uint8_t expected[162] = {
        WORD(10), WORD(0), 0, 0, 3, 6, WORD(162),
        WORD(20), WORD(3), 'W', 'I', 'N', 'U', 'S', 'B', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        WORD(132), WORD(4), WORD(7), WORD(42),
    };
    uint8_t got[256], *to = expected + 38;
    size_t actual;
    put_text(&to, "DeviceInterfaceGUIDs");
    to += 2;
    *to = 80;
    to += 2;
    put_text(&to, "{6e8f3b9c-27b1-4d0a-9c55-3f1d70a2e8b4}");
    assert_int_equal(to + 4 - expected, sizeof expected); // two zeros end a list of strings
    assert_int_equal(usb_control(0xC0, 0x20, 0, 7, got, sizeof got, &actual), USB_DONE);
    assert_int_equal(actual, sizeof expected);
    assert_memory_equal(got, expected, sizeof expected);
    assert_int_equal(usb_control(0xC0, 0x20, 0, 4, got, sizeof got, NULL), USB_STALLED); // version 1 of the same
    assert_int_equal(usb_control(0xC0, 0x21, 1, 2, got, sizeof got, NULL), USB_STALLED); // WebUSB: no landing page
}

static void check_string(uint8_t index, const char *text)
{
    uint8_t expected[256] = {(uint8_t)(2 + 2 * strlen(text)), 3}, got[256], *to = expected + 2;
    put_text(&to, text);
    assert_int_equal(get_descriptor(3, index, got, 255), expected[0]);
    assert_memory_equal(got, expected, expected[0]);
}

static void strings(void **state)
{
    (void)state;
    uint8_t got[256];
    const uint8_t languages[] = {4, 3, 0x09, 0x04};
    expect_descriptor(3, languages, sizeof languages);
    check_string(1, "Holdfast");
    check_string(2, "stm32f407-dfu");
    check_string(3, "0102030405060708090A0BFF");
    check_string(4, "@Internal Flash/0x08010000/01*064Kg,07*128Kg");
    for (unsigned index = 5; index < 256; index++) {
        assert_int_equal(usb_control(0x80, 6, (uint16_t)(0x0300 | index), 0x0409, got, 255, NULL), USB_STALLED);
    }
}

// Hosts ask for 8, 9, 64 bytes or whatever; a short answer ends with a short packet, which an empty one is.
static void answers_are_as_long_as_asked_for(void **state)
{
    (void)state;
    uint8_t whole[256], got[256];
    size_t size = get_descriptor(3, 4, whole, 255), actual;
    for (uint16_t length = 1; length <= 255; length++) {
        memset(got, 0xEE, sizeof got);
        actual = get_descriptor(3, 4, got, length);
        assert_int_equal(actual, length < size ? length : size);
        assert_memory_equal(got, whole, actual);
        assert_int_equal(got[actual], 0xEE);
    }
    assert_int_equal(usb_control(0xC0, 0x20, 0, 7, got, 128, &actual), USB_DONE); // whole packets, all of it
    assert_int_equal(actual, 128);
}

static void standard_requests(void **state)
{
    (void)state;
    uint8_t got[8] = {0};
    size_t actual;
    assert_int_equal(usb_address(), 7);
    assert_int_equal(usb_control(0x80, 8, 0, 0, got, 1, NULL), USB_DONE);
    assert_int_equal(got[0], 1);
    static const uint8_t recipients[] = {0x80, 0x81, 0x82};
    for (unsigned i = 0; i < sizeof recipients; i++) {
        got[0] = got[1] = 0xEE;
        assert_int_equal(usb_control(recipients[i], 0, 0, 0, got, 2, &actual), USB_DONE);
        assert_int_equal(actual, 2);
        assert_int_equal(got[0] | got[1], 0);
        assert_int_equal(usb_control(recipients[i], 0, 0, 1, got, 2, NULL), USB_STALLED); // there is no other
    }
    got[0] = 0xEE;
    assert_int_equal(usb_control(0x81, 10, 0, 0, got, 1, NULL), USB_DONE);
    assert_int_equal(got[0], 0);
    assert_int_equal(usb_control(0x01, 11, 0, 0, NULL, 0, NULL), USB_DONE);
    assert_int_equal(usb_control(0x01, 11, 1, 0, NULL, 0, NULL), USB_STALLED); // no such setting
    assert_int_equal(usb_control(0x01, 11, 0, 1, NULL, 0, NULL), USB_STALLED); // no such interface
    assert_int_equal(usb_control(0x00, 9, 2, 0, NULL, 0, NULL), USB_STALLED);  // no such configuration
}

static void what_it_does_not_know_it_refuses(void **state)
{
    (void)state;
    uint8_t got[64] = {0};
    assert_int_equal(usb_control(0x00, 3, 1, 0, NULL, 0, NULL), USB_STALLED);      // SET_FEATURE
    assert_int_equal(usb_control(0x02, 1, 0, 0, NULL, 0, NULL), USB_STALLED);      // CLEAR_FEATURE
    assert_int_equal(usb_control(0x00, 7, 0x0100, 0, got, 18, NULL), USB_STALLED); // SET_DESCRIPTOR
    assert_int_equal(usb_control(0x80, 6, 0x0600, 0, got, 10, NULL), USB_STALLED); // no high speed
    assert_int_equal(usb_control(0x80, 6, 0x0101, 0, got, 18, NULL), USB_STALLED); // one device descriptor
    assert_int_equal(usb_control(0x82, 12, 0, 0, got, 2, NULL), USB_STALLED);      // SYNCH_FRAME
    assert_int_equal(usb_control(0x60, 0, 0, 0, NULL, 0, NULL), USB_STALLED);      // reserved type
    assert_int_equal(usb_control(0x00, 6, 0x0100, 0, NULL, 0, NULL), USB_STALLED); // a direction that makes no sense
    assert_int_equal(usb_control(0x80, 6, 0x0100, 0, NULL, 0, NULL), USB_STALLED);
    for (uint8_t request = 0; request < 7; request++) {
        assert_int_equal(usb_control(0xA1, request, 2, 1, got, 6, NULL), USB_STALLED); // another interface
    }
    assert_int_equal(dfu_state(), HF_DFU_IDLE);
}

static void dfu_needs_a_configuration(void **state)
{
    (void)state;
    uint8_t got[6];
    assert_int_equal(usb_control(0x00, 9, 0, 0, NULL, 0, NULL), USB_DONE);
    assert_int_equal(dfu_request(HF_DFU_GETSTATE, 0, got, 1, NULL), USB_STALLED);
    assert_int_equal(usb_control(0x81, 10, 0, 0, got, 1, NULL), USB_STALLED);
    assert_int_equal(usb_control(0x01, 11, 0, 0, NULL, 0, NULL), USB_STALLED);
    assert_int_equal(usb_control(0x00, 9, 1, 0, NULL, 0, NULL), USB_DONE);
    assert_int_equal(dfu_state(), HF_DFU_IDLE);
}

// A SETUP ends any transfer, wherever it stands.
static void the_host_breaks_off_after_every_packet(void **state)
{
    (void)state;
    uint8_t block[300] = {0}, got[256];
    for (uint32_t packets = 0; packets < 8; packets++) {
        usb_cut_after(packets);
        usb_end end = usb_control(0xC0, 0x20, 0, 7, got, sizeof got, NULL); // SETUP, 3 IN, status
        assert_int_equal(end, packets < 5 ? USB_CUT : USB_DONE);
        usb_cut_after(USB_ALL);
        check_string(1, "Holdfast");
        usb_cut_after(packets);
        end = dfu_download(2, block, sizeof block); // SETUP, 5 OUT, status
        assert_int_equal(end, packets < 7 ? USB_CUT : USB_DONE);
        usb_cut_after(USB_ALL);
        check_string(2, "stm32f407-dfu");
        usb_plug();
    }
    assert_int_equal(board.programs, 0);
}

static void less_than_announced_is_refused(void **state)
{
    (void)state;
    uint8_t block[300] = {0};
    static const uint16_t sent[] = {1, 63, 65, 130, 299};
    for (unsigned i = 0; i < sizeof sent / sizeof sent[0]; i++) {
        assert_int_equal(usb_control_short(HF_DFU_DNLOAD, 2, block, sizeof block, sent[i]), USB_STALLED);
        assert_int_equal(dfu_state(), HF_DFU_IDLE);
    }
}

static void blinks_at_5_hz_while_configured(void **state)
{
    (void)state;
    board.led_changes = 0;
    board_run(2050);
    assert_in_range(board.led_changes, 20, 21);
    for (uint32_t i = 1; i < board.led_changes; i++) {
        assert_in_range(board.led[i].ms - board.led[i - 1].ms, 99, 101);
    }
    usb_bus_reset();
    board_run(200);
    board.led_changes = 0;
    board_run(2000);
    assert_int_equal(board.led_changes, 0);
}

// Plugging in right after reset must not hide that the board has entered update mode.
static void a_bus_reset_leaves_the_six_toggles_alone(void **state)
{
    (void)state;
    board_power_on_into_update_mode();
    board_run(150);
    usb_bus_reset();
    board_run(2000);
    assert_int_equal(board.led_changes, 6);
}

static int power_on(void **state)
{
    (void)state;
    board_new();
    board.led_blinks_on = true;
    board_power_on_into_update_mode();
    assert_true(usb_attached());
    usb_plug();
    return 0;
}

static int leave_clean(void **state)
{
    (void)state;
    board_new();
    return 0;
}

#define TEST(name) cmocka_unit_test_setup(name, power_on)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(device_descriptor), TEST(configuration_descriptor), TEST(bos_descriptor), TEST(microsoft_descriptor_set),
        TEST(strings), TEST(answers_are_as_long_as_asked_for), TEST(standard_requests),
        TEST(what_it_does_not_know_it_refuses), TEST(dfu_needs_a_configuration),
        TEST(the_host_breaks_off_after_every_packet), TEST(less_than_announced_is_refused),
        TEST(blinks_at_5_hz_while_configured), TEST(a_bus_reset_leaves_the_six_toggles_alone),
    };
    return cmocka_run_group_tests(tests, NULL, leave_clean);
}
