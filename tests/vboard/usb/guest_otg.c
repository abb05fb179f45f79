// SPDX-License-Identifier: MIT
// A small OTG_FS device driver for guests. RM0090 34.17.6.
#include "guest.h"
#include "guest_otg.h"

#define OTG(offset)   REG32(0x50000000u + (offset))
#define RCC(offset)   REG32(0x40023800u + (offset))
#define GPIOA(offset) REG32(0x40020000u + (offset))
#define FLASH_ACR     REG32(0x40023C00u)

#define GAHBCFG    OTG(0x008)
#define GUSBCFG    OTG(0x00C)
#define GRSTCTL    OTG(0x010)
#define GINTSTS    OTG(0x014)
#define GINTMSK    OTG(0x018)
#define GRXSTSP    OTG(0x020)
#define GRXFSIZ    OTG(0x024)
#define GCCFG      OTG(0x038)
#define DIEPTXF(n) OTG((n) == 0 ? 0x028 : 0x100 + 4 * (n))
#define DCFG       OTG(0x800)
#define DCTL       OTG(0x804)
#define DSTS       OTG(0x808)
#define DIEPMSK    OTG(0x810)
#define DOEPMSK    OTG(0x814)
#define DAINT      OTG(0x818)
#define DAINTMSK   OTG(0x81C)
#define INCTL(n)   OTG(0x900 + 0x20 * (n))
#define ININT(n)   OTG(0x908 + 0x20 * (n))
#define INSIZE(n)  OTG(0x910 + 0x20 * (n))
#define OUTCTL(n)  OTG(0xB00 + 0x20 * (n))
#define OUTINT(n)  OTG(0xB08 + 0x20 * (n))
#define OUTSIZE(n) OTG(0xB10 + 0x20 * (n))
#define FIFO(n)    OTG(0x1000 + 0x1000 * (n))

#define RX_WORDS 128u
#define TX_WORDS 48u
#define EPENA    (1u << 31)
#define EPDIS    (1u << 30)
#define SNAK     (1u << 27)
#define CNAK     (1u << 26)
#define STALL    (1u << 21)
#define XFRC     1u
#define STUP     8u

static uint8_t setup[8];

static void clocks_and_pins(void)
{
    FLASH_ACR = 5;
    RCC(0x00) |= 1u << 16; // HSE
    while (!(RCC(0x00) & 1u << 17)) {
    }
    RCC(0x04) = 8 | 336 << 6 | 0 << 16 | 1u << 22 | 7u << 24; // 168 MHz and 48 MHz
    RCC(0x00) |= 1u << 24;
    while (!(RCC(0x00) & 1u << 25)) {
    }
    RCC(0x08) = 2 | 5 << 10 | 4 << 13;
    while ((RCC(0x08) >> 2 & 3) != 2) {
    }
    RCC(0x30) |= 1;
    RCC(0x34) |= 1u << 7;
    (void)RCC(0x34);
    GPIOA(0x24) |= 10u << 12 | 10u << 16;
    GPIOA(0x00) |= 2u << 22 | 2u << 24;
}

static void flush(void)
{
    GRSTCTL = 1u << 5 | 0x10u << 6;
    while (GRSTCTL & 1u << 5) {
    }
    GRSTCTL = 1u << 4;
    while (GRSTCTL & 1u << 4) {
    }
}

static void map_fifos(void)
{
    GRXFSIZ = RX_WORDS;
    for (unsigned n = 0; n < 4; n++) {
        DIEPTXF(n) = TX_WORDS << 16 | (RX_WORDS + n * TX_WORDS);
    }
}

void otg_start(void)
{
    clocks_and_pins();
    while (!(GRSTCTL & 1u << 31)) {
    }
    GRSTCTL |= 1;
    while (GRSTCTL & 1) {
    }
    DCTL |= 2;
    GCCFG = 1u << 16 | 1u << 21;
    GUSBCFG = 1u << 30 | 6u << 10;
    DCFG = 3;
    flush();
    map_fifos();
    GINTSTS = UINT32_MAX;
    GINTMSK = 1u << 4 | 1u << 11 | 1u << 12 | 1u << 13 | 1u << 18 | 1u << 19 | 1u << 31;
    GAHBCFG = 1;
    DCTL &= ~2u;
}

void otg_detach(void)
{
    DCTL |= 2;
}

void otg_attach(void)
{
    DCTL &= ~2u;
}

bool otg_suspended(void)
{
    return DSTS & 1;
}

void otg_wake_host(bool drive)
{
    DCTL = (DCTL & ~1u) | drive;
}

void otg_set_address(unsigned address)
{
    DCFG = (DCFG & ~(0x7Fu << 4)) | address << 4;
}

// -- endpoints ----------------------------------------------------------------------------------

void otg_activate(unsigned address, unsigned type, unsigned max)
{
    unsigned n = address & 15;
    uint32_t ctl = 1u << 15 | type << 18 | 1u << 28 | SNAK | max;
    if (address & 0x80) {
        if (INCTL(n) & EPENA) {
            INCTL(n) |= SNAK | EPDIS;
        }
        GRSTCTL = 1u << 5 | n << 6;
        INCTL(n) = ctl | n << 22;
        DAINTMSK |= 1u << n;
    } else {
        OUTCTL(n) = ctl;
        DAINTMSK |= 0x10000u << n;
    }
}

void otg_stall(unsigned address, bool stall)
{
    volatile uint32_t *ctl = address & 0x80 ? &INCTL(address & 15) : &OUTCTL(address & 15);
    *ctl = stall ? *ctl | STALL : (*ctl & ~STALL) | 1u << 28;
}

bool otg_stalled(unsigned address)
{
    return (address & 0x80 ? INCTL(address & 15) : OUTCTL(address & 15)) & STALL;
}

bool otg_in_idle(unsigned n)
{
    return !(INCTL(n) & EPENA);
}

void otg_send(unsigned n, const void *data, unsigned size)
{
    unsigned packets = size == 0 ? 1 : (size + OTG_PACKET - 1) / OTG_PACKET;
    INSIZE(n) = packets << 19 | size;
    INCTL(n) |= EPENA | CNAK;
    const uint8_t *bytes = data;
    uint32_t mask = get_primask();
    irqs_off(); // no endpoint register may be touched between the words of a packet
    for (unsigned at = 0; at < size; at += 4) {
        uint32_t word = 0;
        for (unsigned i = 0; i < 4 && at + i < size; i++) {
            word |= (uint32_t)bytes[at + i] << 8 * i;
        }
        FIFO(n) = word;
    }
    set_primask(mask);
}

void otg_receive(unsigned n, unsigned packets)
{
    OUTSIZE(n) = (n == 0 ? 3u << 29 : 0) | packets << 19 | packets * OTG_PACKET;
    OUTCTL(n) |= EPENA | CNAK;
}

// -- what comes in ------------------------------------------------------------------------------

static void bus_reset(void)
{
    for (unsigned n = 0; n < 4; n++) {
        OUTCTL(n) |= SNAK;
        if (INCTL(n) & EPENA) {
            INCTL(n) |= SNAK | EPDIS;
        }
        ININT(n) = OUTINT(n) = 0xFF;
    }
    flush();
    otg_set_address(0);
    DAINTMSK = 0x10001;
    DOEPMSK = XFRC | STUP;
    DIEPMSK = XFRC;
    OUTSIZE(0) = 3u << 29 | 1u << 19 | OTG_PACKET;
    on_reset();
}

static void read_fifo(uint8_t *bytes, unsigned size)
{
    for (unsigned at = 0; at < size; at += 4) {
        uint32_t word = FIFO(0);
        for (unsigned i = 0; i < 4 && at + i < size; i++) {
            bytes[at + i] = (uint8_t)(word >> 8 * i);
        }
    }
}

static void take_entry(void)
{
    uint32_t entry = GRXSTSP;
    unsigned n = entry & 15, size = entry >> 4 & 0x7FF;
    uint8_t data[OTG_PACKET];
    switch (entry >> 17 & 15) {
    case 2:
        read_fifo(data, size);
        on_received(n, data, size);
        break;
    case 6: read_fifo(setup, 8); break;
    default: break;
    }
}

static void out_endpoint(unsigned n)
{
    uint32_t flags = OUTINT(n);
    OUTINT(n) = flags;
    if (flags & XFRC) {
        on_receive_done(n);
    }
    if (flags & STUP) {
        OUTSIZE(0) = 3u << 29 | 1u << 19 | OTG_PACKET;
        if (!otg_in_idle(0)) { // the host gave up on an answer
            INCTL(0) |= SNAK | EPDIS;
            GRSTCTL = 1u << 5;
        }
        on_setup(setup);
    }
}

void otg_service(void)
{
    uint32_t flags = GINTSTS;
    if (flags & 1u << 12) {
        GINTSTS = 1u << 12;
        bus_reset();
    }
    if (flags & 1u << 13) {
        GINTSTS = 1u << 13;
        DCTL |= 1u << 8;
    }
    GINTSTS = flags & (1u << 11 | 1u << 31);
    while (GINTSTS & 1u << 4) {
        take_entry();
    }
    uint32_t endpoints = DAINT & DAINTMSK;
    for (unsigned n = 0; n < 4; n++) {
        if (endpoints & 0x10000u << n) {
            out_endpoint(n);
        }
        if (endpoints & 1u << n) {
            ININT(n) = XFRC;
            on_sent(n);
        }
    }
}
