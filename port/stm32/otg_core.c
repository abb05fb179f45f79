// SPDX-License-Identifier: MIT
// DWC2 USB OTG core as a full-speed device with endpoint 0 alone, polled: RM0090 Rev 21, 34.17; errata ES0182/ES0287.
//
// The FIFO memory holds 320 words: 64 receive (a SETUP burst and two packets with their status words), 16 send.
#include <stddef.h>

#include "board.h"
#include "drivers.h"
#include "port.h"
#include "regs/gpio_v2.h"
#include "regs/otg_dwc2.h"

#define OTG  ((struct otg_regs *)HF_USB_BASE)
#define DEV  ((struct otg_device_regs *)(HF_USB_BASE + OTG_DEVICE_OFFSET))
#define IN0  ((struct otg_endpoint_regs *)(HF_USB_BASE + OTG_IN_OFFSET))
#define OUT0 ((struct otg_endpoint_regs *)(HF_USB_BASE + OTG_OUT_OFFSET))
#define FIFO (*(volatile uint32_t *)(HF_USB_BASE + OTG_FIFO_OFFSET))

#define RX_WORDS 64u
#define TX_WORDS 16u
#define PACKET   64u
#define TURNAROUND 6u    // TRDT for an AHB clock of 32 MHz and more
#define PATIENCE   1000000u // a forced mode takes 25 ms, and a turn no less than six cycles
#define OFF_BUS_MS 20u   // a host takes less for a glitch

// What was received last, held between the data and the word that says it is complete.
static uint8_t held[PACKET] __attribute__((aligned(4)));
static uint32_t held_size;

static void wait_while(const volatile uint32_t *reg, uint32_t mask, uint32_t value)
{
    for (uint32_t turn = 0; turn < PATIENCE && (*reg & mask) == value; turn++) {
    }
}

// A command that the core takes back when it is done.
static void command_core(uint32_t bit, uint32_t more)
{
    OTG->GRSTCTL = bit | more;
    wait_while(&OTG->GRSTCTL, bit, bit);
}

static void flush_transmit_fifo(void)
{
    command_core(OTG_GRSTCTL_TXFFLSH, OTG_GRSTCTL_TXFNUM_ALL);
}

static void flush_fifos(void)
{
    flush_transmit_fifo();
    command_core(OTG_GRSTCTL_RXFFLSH, 0);
}

static void open(void)
{
    gpio_alternate(HF_USB_DM_PORT, HF_USB_DM_PIN, HF_USB_DM_AF, GPIO_PULL_NONE);
    gpio_alternate(HF_USB_DP_PORT, HF_USB_DP_PIN, HF_USB_DP_AF, GPIO_PULL_NONE);
    otg_supply_on();
    clock_enable_ahb(HF_USB_ON_AHB, HF_USB_ENABLE_BIT);
    OTG->GUSBCFG |= OTG_GUSBCFG_PHYSEL;
    wait_while(&OTG->GRSTCTL, OTG_GRSTCTL_AHBIDL, 0);
    command_core(OTG_GRSTCTL_CSRST, 0);
    otg_transceiver_on();
    OTG->GUSBCFG = OTG_GUSBCFG_FDMOD | OTG_GUSBCFG_PHYSEL | TURNAROUND << OTG_GUSBCFG_TRDT_POS;
    wait_while(&OTG->GINTSTS, OTG_GINTSTS_CMOD, OTG_GINTSTS_CMOD);
    DEV->DCTL = OTG_DCTL_SDIS;
    DEV->DCFG = OTG_DCFG_DSPD_FS;
    flush_fifos();
    OTG->GINTSTS = 0xFFFFFFFFu; // flags are cleared by writing 1
    DEV->DCTL = 0;              // pull-up: the host sees us
}

static void close(void)
{
    DEV->DCTL = OTG_DCTL_SDIS;
    for (uint32_t start = time_now_ms(); time_now_ms() - start < OFF_BUS_MS;) {
    }
}

// SETUP packets are always taken. STUPCNT counts down with each and never comes back by itself.
static void accept_setups(uint32_t packets)
{
    OUT0->TSIZ = OTG_TSIZ_STUPCNT_THREE | packets | PACKET;
}

static void bus_reset(void)
{
    OUT0->CTL |= OTG_CTL_SNAK;
    flush_fifos();
    OTG->GRXFSIZ = RX_WORDS;
    OTG->DIEPTXF0 = TX_WORDS << 16 | RX_WORDS;
    DEV->DCFG &= ~OTG_DCFG_DAD_MASK;
    IN0->INT = 0xFFFFFFFFu;
    OUT0->INT = 0xFFFFFFFFu;
    accept_setups(0);
}

static void hold(uint32_t size)
{
    held_size = size;
    for (uint32_t i = 0; i < size; i += 4) {
        uint32_t word = FIFO;
        __builtin_memcpy(held + i, &word, 4);
    }
}

// A new SETUP ends whatever was under way: an answer the host no longer wants must leave the FIFO.
static void drop_unsent(void)
{
    if ((IN0->CTL & OTG_CTL_EPENA) == 0) {
        return;
    }
    IN0->CTL |= OTG_CTL_SNAK | OTG_CTL_EPDIS;
    wait_while(&IN0->CTL, OTG_CTL_EPENA, OTG_CTL_EPENA);
    flush_transmit_fifo();
}

static hf_usb_event pop_received(uint32_t *size)
{
    uint32_t word = OTG->GRXSTSP;
    switch (OTG_GRXSTSP_PKTSTS(word)) {
    case OTG_PKTSTS_SETUP_DATA:
    case OTG_PKTSTS_OUT_DATA:
        hold(OTG_GRXSTSP_BCNT(word));
        // The word that it is complete comes right behind: who waits for it must not do a step of programming first.
        return (OTG->GINTSTS & OTG_GINTSTS_RXFLVL) != 0 ? pop_received(size) : HF_USB_NOTHING;
    case OTG_PKTSTS_SETUP_DONE:
        held_size = 0;
        OUT0->INT = OTG_INT_STUP;
        accept_setups(0);
        drop_unsent();
        return HF_USB_SETUP;
    case OTG_PKTSTS_OUT_DONE:
        OUT0->INT = OTG_INT_XFRC;
        *size = held_size;
        held_size = 0; // an empty packet may come without data
        return HF_USB_TAKEN;
    default:
        return HF_USB_NOTHING;
    }
}

static hf_usb_event poll(const uint8_t **packet, uint32_t *size)
{
    *packet = held;
    uint32_t flags = OTG->GINTSTS;
    if ((flags & OTG_GINTSTS_USBRST) != 0) {
        OTG->GINTSTS = OTG_GINTSTS_USBRST;
        bus_reset();
        return HF_USB_RESET;
    }
    if ((flags & OTG_GINTSTS_ENUMDNE) != 0) {
        OTG->GINTSTS = OTG_GINTSTS_ENUMDNE;
        DEV->DCTL |= OTG_DCTL_CGINAK;
    }
    // The end of a packet we sent is older than anything the host sent after it.
    if ((IN0->INT & OTG_INT_XFRC) != 0) {
        IN0->INT = OTG_INT_XFRC;
        return HF_USB_SENT;
    }
    return (flags & OTG_GINTSTS_RXFLVL) != 0 ? pop_received(size) : HF_USB_NOTHING;
}

static void send(const uint8_t *packet, uint32_t size)
{
    IN0->TSIZ = OTG_TSIZ_PKTCNT_ONE | size;
    IN0->CTL |= OTG_CTL_EPENA | OTG_CTL_CNAK;
    // No other register of the core may be touched while a packet is pushed (ES0287 2.12.1).
    for (uint32_t i = 0; i < size; i += 4) {
        uint32_t word = 0;
        __builtin_memcpy(&word, packet + i, size - i < 4 ? size - i : 4);
        FIFO = word;
    }
}

static void accept(void)
{
    accept_setups(OTG_TSIZ_PKTCNT_ONE);
    OUT0->CTL |= OTG_CTL_EPENA | OTG_CTL_CNAK;
}

static void stall(void)
{
    IN0->CTL |= OTG_CTL_STALL;
    OUT0->CTL |= OTG_CTL_STALL;
}

static void set_address(uint8_t address)
{
    // This core wants it before the status stage, which it still answers under address 0.
    DEV->DCFG = (DEV->DCFG & ~OTG_DCFG_DAD_MASK) | (uint32_t)address << OTG_DCFG_DAD_POS;
}

const struct hf_usb_port hf_usb_port = {open, close, poll, send, accept, stall, set_address};
