// SPDX-License-Identifier: MIT
// AN3155 on the wire: every speed and parity a host may come with, each command, and what is refused.
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hf_an3155.h"
#include "rig.h"

#define ACK 0x79
#define NAK 0x1F
#define BOARD "stm32f407-uart"

static rig *r; // large: allocated once

static int command(uint8_t code)
{
    uint8_t bytes[] = {code, (uint8_t)~code};
    return rig_ask(r, bytes, sizeof bytes, 500);
}

static int word(uint32_t value)
{
    uint8_t bytes[5] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value};
    bytes[4] = bytes[0] ^ bytes[1] ^ bytes[2] ^ bytes[3];
    return rig_ask(r, bytes, sizeof bytes, 500);
}

static void expect(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        assert_int_equal(rig_receive(r, 500), (uint8_t)bytes[i]);
    }
}

static void check_identity(void)
{
    assert_int_equal(command(HF_AN3155_GET_VERSION), ACK);
    expect("\x31\x00\x00\x79", 4);
    assert_int_equal(command(HF_AN3155_GET), ACK);
    expect("\x09\x31\x00\x01\x02\x11\x21\x31\x43\x44\xA1\x79", 12);
    assert_int_equal(command(HF_AN3155_GET_ID), ACK);
    expect("\x01\x04\x13\x79", 4);
    assert_int_equal(r->damaged, 0);
}

// -- speed and parity ---------------------------------------------------------------------------------------------

static void takes_every_speed_and_parity(void **state)
{
    (void)state;
    static const uint32_t rates[] = {1200,   2400,   4800,   9600,   19200,   38400,   57600,  76800,
                                     115200, 230400, 460800, 500000, 921600, 1000000, 2000000};
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        for (int parity = VB_PARITY_NONE; parity <= VB_PARITY_EVEN; parity++) {
            print_message("%u baud, %s\n", (unsigned)rates[i], parity == VB_PARITY_NONE ? "8N1" : "8E1");
            rig_start(r, BOARD, rates[i], (vb_parity)parity);
            assert_int_equal(rig_ask(r, "\x7F", 1, 500), ACK);
            check_identity();
            rig_stop(r);
        }
    }
}

// -- hosts that come and go -----------------------------------------------------------------------------------------

static void a_pause_lets_another_speed_in(void **state)
{
    (void)state;
    static const struct {
        uint32_t baud;
        vb_parity parity;
    } hosts[] = {{57600, VB_PARITY_EVEN}, {115200, VB_PARITY_NONE}, {9600, VB_PARITY_EVEN}};
    rig_start(r, BOARD, 115200, VB_PARITY_NONE);
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        rig_line(r, hosts[i].baud, hosts[i].parity);
        rig_ignore(r);
        assert_int_equal(rig_ask(r, "\x7F", 1, 500), ACK);
        check_identity();
        rig_run_ms(r, 3100);
    }
    rig_stop(r);
}

// -- commands -------------------------------------------------------------------------------------------------------

static void begin(void)
{
    rig_start(r, BOARD, 115200, VB_PARITY_EVEN);
    assert_int_equal(rig_ask(r, "\x7F", 1, 500), ACK);
}

static int block(const uint8_t *data, size_t size)
{
    uint8_t bytes[258] = {(uint8_t)(size - 1)};
    memcpy(bytes + 1, data, size);
    bytes[size + 1] = 0;
    for (size_t i = 0; i <= size; i++) {
        bytes[size + 1] ^= bytes[i];
    }
    return rig_ask(r, bytes, size + 2, 1000);
}

static int write_block(uint32_t address, const uint8_t *data, size_t size)
{
    if (command(HF_AN3155_WRITE) != ACK) {
        return -2;
    }
    int answer = word(address);
    return answer == ACK ? block(data, size) : answer;
}

static int read_block(uint32_t address, uint8_t *data, size_t size)
{
    if (command(HF_AN3155_READ) != ACK) {
        return -2;
    }
    int answer = word(address);
    uint8_t count[] = {(uint8_t)(size - 1), (uint8_t) ~(size - 1)};
    answer = answer == ACK ? rig_ask(r, count, 2, 500) : answer;
    for (size_t i = 0; i < size && answer == ACK; i++) {
        data[i] = (uint8_t)rig_receive(r, 500);
    }
    return answer;
}

static int erase_sectors(uint16_t first, uint16_t count)
{
    uint8_t bytes[64] = {0, (uint8_t)(count - 1)};
    size_t size = 2;
    for (uint16_t i = 0; i < count; i++) {
        bytes[size++] = 0;
        bytes[size++] = (uint8_t)(first + i);
    }
    bytes[size] = 0;
    for (size_t i = 0; i < size; i++) {
        bytes[size] ^= bytes[i];
    }
    return command(HF_AN3155_EXTENDED_ERASE) == ACK ? rig_ask(r, bytes, size + 1, 20000) : -2;
}

static void flash_is(uint32_t address, uint8_t value, uint32_t size)
{
    for (uint32_t i = 0; i < size; i += 256) {
        uint8_t bytes[256];
        assert_int_equal(vb_read(r->board, address + i, bytes, sizeof bytes), VB_OK);
        for (size_t j = 0; j < sizeof bytes; j++) {
            assert_int_equal(bytes[j], value);
        }
    }
}

static void writes_reads_and_starts_an_image(void **state)
{
    (void)state;
    begin();
    uint8_t *image = rig_image(r, 4096 + 64, 7), back[256];
    assert_int_equal(command(HF_AN3155_GO), ACK);
    assert_int_equal(word(0x08010000), NAK); // nothing there yet
    assert_int_equal(erase_sectors(4, 1), ACK);
    for (uint32_t at = 0; at < 4096 + 64; at += 256) {
        size_t size = 4096 + 64 - at < 256 ? 4096 + 64 - at : 256;
        assert_int_equal(write_block(0x08010000 + at, image + at, size), ACK);
    }
    assert_int_equal(read_block(0x08010003, back, 251), ACK); // odd on purpose
    assert_memory_equal(back, image + 3, 251);
    assert_int_equal(command(HF_AN3155_GO), ACK);
    assert_int_equal(word(0x08010000 + 4), NAK);
    vb_break_at(r->board, 0x08010200);
    assert_int_equal(command(HF_AN3155_GO), ACK);
    assert_int_equal(word(0x08010000), ACK);
    assert_int_equal(vb_run(r->board, vb_now(r->board) + VB_S), VB_STOP_ASKED);
    free(image);
    rig_stop(r);
}

// CRC-32/MPEG-2 of 00 01 02 .. 07 as two little-endian words; the number comes from another implementation.
static void tells_the_checksum_stm32flash_computes(void **state)
{
    (void)state;
    begin();
    const uint8_t bytes[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    assert_int_equal(erase_sectors(4, 1), ACK);
    assert_int_equal(write_block(0x08010000, bytes, 8), ACK);
    assert_int_equal(command(HF_AN3155_CHECKSUM), ACK);
    assert_int_equal(word(0x08010000), ACK);
    assert_int_equal(word(8), ACK);
    expect("\x79\x9C\x08\x80\x8D\x99", 6);
    assert_int_equal(command(HF_AN3155_CHECKSUM), ACK);
    assert_int_equal(word(0x08000000), NAK);
    assert_int_equal(command(HF_AN3155_CHECKSUM), ACK);
    assert_int_equal(word(0x08010000), ACK);
    assert_int_equal(word(0xFFFFFFFC), NAK);
    rig_stop(r);
}

static void erases_what_is_asked_and_nothing_else(void **state)
{
    (void)state;
    static uint8_t zeros[0xF0000];
    begin();
    vb_write(r->board, 0x08004000, zeros, 0xC000);
    vb_write(r->board, 0x08010000, zeros, sizeof zeros);
    assert_int_equal(erase_sectors(5, 2), ACK);
    flash_is(0x08010000, 0, 0x10000);
    flash_is(0x08020000, 0xFF, 0x40000);
    flash_is(0x08060000, 0, 0xA0000);
    assert_int_equal(command(HF_AN3155_ERASE), ACK);
    assert_int_equal(rig_ask(r, "\x00\x04\x04", 3, 5000), ACK); // sector 4 by the short command
    flash_is(0x08010000, 0xFF, 0x10000);
    assert_int_equal(command(HF_AN3155_EXTENDED_ERASE), ACK);
    assert_int_equal(rig_ask(r, "\xFF\xFF\x00", 3, 30000), ACK);
    flash_is(0x08010000, 0xFF, sizeof zeros);
    flash_is(0x08004000, 0, 0xC000);
    rig_stop(r);
}

// -- refusals -------------------------------------------------------------------------------------------------------

static void nothing_outside_the_application_is_reached(void **state)
{
    (void)state;
    static const uint32_t addresses[] = {0,          0x08000000, 0x08003FFC, 0x08004000, 0x0800FFFC, 0x08100000,
                                         0x1FFFC000, 0x1FFF7800, 0x20003000, 0x40023C00, 0xE000ED0C, 0xFFFFFFFC};
    uint8_t before[0x10000], after[0x10000], data[256] = {0};
    begin();
    vb_read(r->board, 0x08000000, before, sizeof before);
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        assert_int_equal(write_block(addresses[i], data, 4), NAK);
        assert_int_equal(read_block(addresses[i], data, 4), NAK);
        assert_int_equal(command(HF_AN3155_GO), ACK);
        assert_int_equal(word(addresses[i]), NAK);
    }
    assert_int_equal(write_block(0x080FFFF8, data, 16), NAK); // over the slot's end
    for (uint16_t sector = 0; sector < 4; sector++) {
        assert_int_equal(erase_sectors(sector, 1), NAK);
        assert_int_equal(erase_sectors(sector, 5), NAK); // some of these may be erased: none is
    }
    assert_int_equal(erase_sectors(12, 1), NAK);
    assert_int_equal(command(HF_AN3155_EXTENDED_ERASE), ACK);
    assert_int_equal(rig_ask(r, "\xFF\xFE\x01", 3, 5000), NAK); // bank 1 holds the bootloader
    vb_read(r->board, 0x08000000, after, sizeof after);
    assert_memory_equal(before, after, sizeof before);
    rig_stop(r);
}

static void protection_commands_are_refused(void **state)
{
    (void)state;
    static const uint8_t codes[] = {0x63, 0x73, 0x82, 0x92, 0x50, 0x51, 0x32, 0x45};
    begin();
    for (size_t i = 0; i < sizeof codes; i++) {
        assert_int_equal(command(codes[i]), NAK);
        assert_int_equal(command(HF_AN3155_GET_ID), ACK);
        expect("\x01\x04\x13\x79", 4);
    }
    rig_stop(r);
}

static void damaged_commands_do_nothing(void **state)
{
    (void)state;
    uint8_t data[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    begin();
    assert_int_equal(rig_ask(r, "\x31\xCF", 2, 500), NAK);             // complement
    assert_int_equal(command(HF_AN3155_WRITE), ACK);
    assert_int_equal(rig_ask(r, "\x08\x01\x00\x00\x08", 5, 500), NAK); // address
    assert_int_equal(command(HF_AN3155_WRITE), ACK);
    assert_int_equal(word(0x08010000), ACK);
    assert_int_equal(rig_ask(r, "\x03\x01\x02\x03\x04\x00", 6, 500), NAK); // data
    assert_int_equal(command(HF_AN3155_EXTENDED_ERASE), ACK);
    assert_int_equal(rig_ask(r, "\xFF\xFF\x01", 3, 5000), NAK);
    assert_int_equal(command(HF_AN3155_WRITE), ACK);
    assert_int_equal(rig_ask(r, "\x08\x01", 2, 3000), NAK);            // a host that stopped half-way
    flash_is(0x08010000, 0xFF, 256);
    assert_int_equal(write_block(0x08010000, data, 8), ACK);
    rig_stop(r);
}

static void the_reset_stub_resets_and_other_code_is_refused(void **state)
{
    (void)state;
    uint8_t stub[24] = {0x00, 0x20, 0x00, 0x20, 0x09, 0x30, 0x00, 0x20, 0x01, 0x49, 0x02, 0x4A,
                        0x0A, 0x60, 0xFE, 0xE7, 0x0C, 0xED, 0x00, 0xE0, 0x04, 0x00, 0xFA, 0x05};
    begin();
    assert_int_equal(command(HF_AN3155_GO), ACK);
    assert_int_equal(word(0x20003000), NAK); // no stub came
    stub[20] ^= 1;
    assert_int_equal(write_block(0x20003000, stub, sizeof stub), NAK);
    stub[20] ^= 1;
    assert_int_equal(write_block(0x20003000, stub, sizeof stub), ACK);
    assert_int_equal(command(HF_AN3155_GO), ACK);
    assert_int_equal(word(0x20003004), NAK);
    assert_int_equal(command(HF_AN3155_GO), ACK);
    assert_int_equal(word(0x20003000), ACK);
    rig_ignore(r);
    rig_run_ms(r, 100); // after the reset there is no application
    r->heard[r->count] = 0;
    assert_string_equal((char *)r->heard, "APP INVALID\r\n");
    rig_stop(r);
}

// -- what should not come -------------------------------------------------------------------------------------------

// Bytes at random, at speeds at random: the flash stays as it is, and the next host that pauses before is understood.
static void noise_neither_writes_nor_hangs(void **state)
{
    (void)state;
    static uint8_t before[0x100000], after[0x100000];
    const char *given = getenv("HF_SEED");
    uint32_t seed = given != NULL ? (uint32_t)strtoul(given, NULL, 0) : 1;
    print_message("HF_SEED=%u\n", (unsigned)seed);
    rig_start(r, BOARD, 115200, VB_PARITY_NONE);
    vb_read(r->board, 0x08000000, before, sizeof before);
    for (unsigned round = 0; round < 2; round++) {
        static const uint32_t rates[] = {4800, 9600, 57600, 115200, 230400, 921600};
        rig_line(r, rates[round % 6], round % 2 ? VB_PARITY_EVEN : VB_PARITY_NONE);
        for (unsigned i = 0; i < 200; i++) {
            seed = seed * 1664525u + 1013904223u;
            uint8_t byte = (uint8_t)(seed >> 24);
            rig_send(r, &byte, 1);
        }
        rig_run_ms(r, 2500); // all of it, and what a started command waits for
        rig_ignore(r);
        rig_run_ms(r, 3100);
        rig_line(r, rates[(round * 5 + 1) % 6], round % 3 ? VB_PARITY_EVEN : VB_PARITY_NONE);
        rig_ignore(r);
        assert_int_equal(rig_ask(r, "\x7F", 1, 500), ACK);
        check_identity();
        rig_run_ms(r, 3100);
    }
    vb_read(r->board, 0x08000000, after, sizeof after);
    assert_memory_equal(before, after, sizeof before);
    rig_stop(r);
}

int main(void)
{
    r = malloc(sizeof *r);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_every_speed_and_parity),
        cmocka_unit_test(a_pause_lets_another_speed_in),
        cmocka_unit_test(writes_reads_and_starts_an_image),
        cmocka_unit_test(tells_the_checksum_stm32flash_computes),
        cmocka_unit_test(erases_what_is_asked_and_nothing_else),
        cmocka_unit_test(nothing_outside_the_application_is_reached),
        cmocka_unit_test(protection_commands_are_refused),
        cmocka_unit_test(damaged_commands_do_nothing),
        cmocka_unit_test(the_reset_stub_resets_and_other_code_is_refused),
        cmocka_unit_test(noise_neither_writes_nor_hangs),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(r);
    return failed;
}
