// SPDX-License-Identifier: MIT
// A board whose core stands still in RAM.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

#define OTG   0x50000000u
#define RCC   0x40023800u
#define FLASH 0x40023C00u
#define GPIOA 0x40020000u

const uint8_t get_device_descriptor[8] = {0x80, 6, 0, 1, 0, 0, 18, 0};
const uint8_t set_address_5[8] = {0x00, 5, 5, 0, 0, 0, 0, 0};

static void write_word(usb_bench *bench, uint32_t address, uint32_t value)
{
    assert_true(vb_bus_write(bench->board, address, 4, value));
}

uint32_t peek(usb_bench *bench, uint32_t offset)
{
    uint32_t value = 0;
    assert_true(vb_bus_read(bench->board, OTG + offset, 4, &value));
    return value;
}

void poke(usb_bench *bench, uint32_t offset, uint32_t value)
{
    write_word(bench, OTG + offset, value);
}

void set(usb_bench *bench, uint32_t offset, uint32_t bits)
{
    poke(bench, offset, peek(bench, offset) | bits);
}

void run(usb_bench *bench, vb_time time)
{
    assert_int_equal(VB_STOP_TIME, vb_run(bench->board, vb_now(bench->board) + time));
}

unsigned misuse(const usb_bench *bench)
{
    return vb_reports(bench->board, VB_REPORT_MISUSE);
}

// -- the board ----------------------------------------------------------------------------------

static void note(void *context, vb_time when, vb_report kind, const char *words)
{
    (void)when;
    (void)kind;
    usb_bench *bench = context;
    snprintf(bench->words, sizeof bench->words, "%s", words);
}

// Vectors in flash; a core that sleeps for ever, in RAM.
static void park_core(usb_bench *bench)
{
    static const uint32_t vectors[2] = {0x20001000, 0x20000001};
    static const uint16_t sleep[2] = {0xBF30, 0xE7FD}; // wfi; b .-2
    assert_int_equal(VB_OK, vb_write(bench->board, 0x08000000, vectors, sizeof vectors));
    vb_power_on(bench->board);
    assert_int_equal(VB_OK, vb_write(bench->board, 0x20000000, sleep, sizeof sleep));
}

// 8 MHz crystal, PLL: 336 MHz, 42 MHz for the core, 48 MHz for USB. PA11 and PA12 at AF10.
static void set_clocks_and_pins(usb_bench *bench)
{
    write_word(bench, FLASH + 0x00, 1);
    write_word(bench, RCC + 0x00, 0x83 | BIT(16));
    run(bench, 5 * VB_MS);
    write_word(bench, RCC + 0x04, 8 | 336 << 6 | 3 << 16 | 1 << 22 | 7 << 24);
    write_word(bench, RCC + 0x00, 0x83 | BIT(16) | BIT(24));
    run(bench, 5 * VB_MS);
    write_word(bench, RCC + 0x08, 2);
    write_word(bench, RCC + 0x30, 0x00100000 | BIT(0)); // AHB1ENR: GPIOA
    write_word(bench, RCC + 0x34, BIT(7));              // AHB2ENR: OTG_FS
    write_word(bench, GPIOA + 0x24, 10u << 12 | 10u << 16);
    write_word(bench, GPIOA + 0x00, 0xA8000000 | 2u << 22 | 2u << 24);
    run(bench, VB_MS);
}

int bench_up(void **state)
{
    usb_bench *bench = calloc(1, sizeof *bench);
    hf_complaint why;
    char words[256] = "";
    assert_int_equal(HF_LAYOUT_OK,
                     hf_board_read(&bench->description,
                                   HF_SOURCE_DIR "/boards/stm32f407-classic.json", NULL, &why));
    bench->board = vb_create(&bench->description, words, sizeof words);
    assert_non_null(bench->board);
    vb_on_report(bench->board, note, bench);
    park_core(bench);
    set_clocks_and_pins(bench);
    bench->host = vb_usb_open(bench->board, "otg_fs");
    assert_non_null(bench->host);
    *state = bench;
    return 0;
}

int bench_down(void **state)
{
    usb_bench *bench = *state;
    vb_usb_close(bench->host);
    vb_destroy(bench->board);
    free(bench);
    return 0;
}

// -- a driver -----------------------------------------------------------------------------------

void core_init(usb_bench *bench)
{
    poke(bench, GRSTCTL, BIT(0));
    poke(bench, GCCFG, BIT(16) | BIT(21)); // transceiver on, no VBUS sensing
    poke(bench, GUSBCFG, BIT(30) | 6u << 10);
    poke(bench, DCFG, 3);
    poke(bench, GRXFSIZ, 64);
    poke(bench, DIEPTXF0, 16u << 16 | 64);
    for (unsigned n = 1; n < 4; n++) {
        poke(bench, DIEPTXF(n), 16u << 16 | (64 + 16 * n));
    }
}

void arm_ep0(usb_bench *bench)
{
    poke(bench, DOEPTSIZ(0), STUPCNT(3u) | PKTCNT(1u) | 64);
}

static void run_to(usb_bench *bench, vb_usb_state state)
{
    for (unsigned ms = 0; vb_usb_port(bench->host) != state; ms++) {
        assert_true(ms < 1000);
        run(bench, VB_MS);
    }
}

void connect(usb_bench *bench)
{
    core_init(bench);
    vb_usb_plug(bench->host);
    run_to(bench, VB_USB_ATTACHED);
    vb_usb_reset(bench->host);
    run_to(bench, VB_USB_ENABLED);
    poke(bench, GINTSTS, UINT32_MAX);
    arm_ep0(bench);
}

void activate_bulk(usb_bench *bench, unsigned n)
{
    poke(bench, DIEPCTL(n), USBAEP | BULK | SD0PID | TXFNUM(n) | MPSIZ(64));
    poke(bench, DOEPCTL(n), USBAEP | BULK | SD0PID | MPSIZ(64));
}

void push(usb_bench *bench, unsigned endpoint, const void *data, uint32_t size)
{
    for (uint32_t at = 0; at < size; at += 4) {
        uint32_t word = 0;
        memcpy(&word, (const uint8_t *)data + at, size - at < 4 ? size - at : 4);
        poke(bench, FIFO(endpoint), word);
    }
}

void device_send(usb_bench *bench, unsigned endpoint, const void *data, uint32_t size)
{
    uint32_t packets = size == 0 ? 1 : (size + 63) / 64;
    poke(bench, DIEPTSIZ(endpoint), PKTCNT(packets) | size);
    set(bench, DIEPCTL(endpoint), EPENA | CNAK);
    push(bench, endpoint, data, size);
}

void device_arm(usb_bench *bench, unsigned endpoint, uint32_t packets)
{
    uint32_t setups = endpoint == 0 ? STUPCNT(3u) : 0;
    poke(bench, DOEPTSIZ(endpoint), setups | PKTCNT(packets) | 64 * packets);
    set(bench, DOEPCTL(endpoint), EPENA | CNAK);
}

void expect_entry(usb_bench *bench, unsigned kind, unsigned endpoint, unsigned size)
{
    assert_true(peek(bench, GINTSTS) & RXFLVL);
    uint32_t entry = peek(bench, GRXSTSR);
    assert_int_equal(entry, peek(bench, GRXSTSP));
    assert_int_equal(kind, entry >> 17 & 15);
    assert_int_equal(endpoint, entry & 15);
    assert_int_equal(size, entry >> 4 & 0x7FF);
}

void pop_data(usb_bench *bench, void *data, uint32_t size)
{
    for (uint32_t at = 0; at < size; at += 4) {
        uint32_t word = peek(bench, FIFO(0));
        memcpy((uint8_t *)data + at, &word, size - at < 4 ? size - at : 4);
    }
}

// -- the host -----------------------------------------------------------------------------------

vb_usb_answer host_setup(usb_bench *bench, const uint8_t setup[8])
{
    vb_usb_packet packet = {.size = 8, .address = bench->address};
    memcpy(packet.data, setup, 8);
    return vb_usb_transaction(bench->host, VB_USB_SETUP, &packet);
}

vb_usb_answer host_in(usb_bench *bench, uint8_t endpoint, vb_usb_packet *packet)
{
    *packet = (vb_usb_packet){.endpoint = endpoint, .address = bench->address};
    return vb_usb_transaction(bench->host, VB_USB_IN, packet);
}

vb_usb_answer host_out(usb_bench *bench, uint8_t endpoint, bool data1, const void *data,
                       size_t size)
{
    vb_usb_packet packet = {
        .endpoint = endpoint, .data1 = data1, .size = size, .address = bench->address};
    if (size > 0) {
        memcpy(packet.data, data, size);
    }
    return vb_usb_transaction(bench->host, VB_USB_OUT, &packet);
}
