// SPDX-License-Identifier: MIT
// A board whose core stands still in RAM: the test itself drives OTG_FS, through the bus, as a
// driver would.
#ifndef USB_BENCH_H
#define USB_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "usb/vb_usb.h"

// Offsets and bits by their names in the reference manual, stated here anew: the test checks the
// model's.
#define GOTGCTL     0x000u
#define GOTGINT     0x004u
#define GAHBCFG     0x008u
#define GUSBCFG     0x00Cu
#define GRSTCTL     0x010u
#define GINTSTS     0x014u
#define GINTMSK     0x018u
#define GRXSTSR     0x01Cu
#define GRXSTSP     0x020u
#define GRXFSIZ     0x024u
#define DIEPTXF0    0x028u
#define GCCFG       0x038u
#define CID         0x03Cu
#define DIEPTXF(n)  (0x100u + 4u * (n))
#define DCFG        0x800u
#define DCTL        0x804u
#define DSTS        0x808u
#define DIEPMSK     0x810u
#define DOEPMSK     0x814u
#define DAINT       0x818u
#define DAINTMSK    0x81Cu
#define DIEPEMPMSK  0x834u
#define DIEPCTL(n)  (0x900u + 0x20u * (n))
#define DIEPINT(n)  (0x908u + 0x20u * (n))
#define DIEPTSIZ(n) (0x910u + 0x20u * (n))
#define DTXFSTS(n)  (0x918u + 0x20u * (n))
#define DOEPCTL(n)  (0xB00u + 0x20u * (n))
#define DOEPINT(n)  (0xB08u + 0x20u * (n))
#define DOEPTSIZ(n) (0xB10u + 0x20u * (n))
#define PCGCCTL     0xE00u
#define FIFO(n)     (0x1000u + 0x1000u * (n))

#define BIT(n)   (1u << (n))
#define SOF      BIT(3)
#define RXFLVL   BIT(4)
#define GINAKEFF BIT(6)
#define GONAKEFF BIT(7)
#define ESUSP    BIT(10)
#define USBSUSP  BIT(11)
#define USBRST   BIT(12)
#define ENUMDNE  BIT(13)
#define IEPINT   BIT(18)
#define OEPINT   BIT(19)
#define SRQINT   BIT(30)
#define WKUINT   BIT(31)

#define MPSIZ(n)   (n)
#define USBAEP     BIT(15)
#define EONUM_DPID BIT(16)
#define NAKSTS     BIT(17)
#define BULK       (2u << 18)
#define INTERRUPT  (3u << 18)
#define STALL      BIT(21)
#define TXFNUM(n)  ((n) << 22)
#define CNAK       BIT(26)
#define SNAK       BIT(27)
#define SD0PID     BIT(28)
#define EPDIS      BIT(30)
#define EPENA      BIT(31)

#define XFRC   BIT(0)
#define EPDISD BIT(1)
#define STUP   BIT(3)
#define ITTXFE BIT(4)
#define INEPNE BIT(6)
#define TXFE   BIT(7)

#define PKTCNT(n)  ((n) << 19)
#define STUPCNT(n) ((n) << 29)

typedef struct usb_bench {
    hf_board description;
    vb_board *board;
    vb_usb_host *host;
    uint8_t address; // the host's tokens carry it
    char words[256]; // of the last report
} usb_bench;

// cmocka's set-up and tear-down: clocks and pins are set, the host is open, the cable is not
// plugged in.
int bench_up(void **state);
int bench_down(void **state);

uint32_t peek(usb_bench *bench, uint32_t offset);
void poke(usb_bench *bench, uint32_t offset, uint32_t value);
void set(usb_bench *bench, uint32_t offset, uint32_t bits);
void run(usb_bench *bench, vb_time time);
unsigned misuse(const usb_bench *bench); // reports of that kind

// Brings the controller up with 64 words of RX FIFO and 16 words for each IN endpoint, without
// sensing VBUS.
void core_init(usb_bench *bench);
// Plugs in, lets the host find and reset the device, arms endpoint 0 for SETUP packets.
void connect(usb_bench *bench);
void arm_ep0(usb_bench *bench);

vb_usb_answer host_setup(usb_bench *bench, const uint8_t setup[8]);
vb_usb_answer host_in(usb_bench *bench, uint8_t endpoint, vb_usb_packet *packet);
vb_usb_answer host_out(usb_bench *bench, uint8_t endpoint, bool data1, const void *data,
                       size_t size);

// The device sends: one transfer of size bytes in packets of 64.
void device_send(usb_bench *bench, unsigned endpoint, const void *data, uint32_t size);
void push(usb_bench *bench, unsigned endpoint, const void *data,
          uint32_t size); // its bytes into the FIFO
void device_arm(usb_bench *bench, unsigned endpoint, uint32_t packets);
void activate_bulk(usb_bench *bench, unsigned endpoint);
// Pops a status entry and checks what it is.
void expect_entry(usb_bench *bench, unsigned kind, unsigned endpoint, unsigned size);
void pop_data(usb_bench *bench, void *data, uint32_t size);

#define ENTRY_GONAK      1
#define ENTRY_OUT        2
#define ENTRY_OUT_DONE   3
#define ENTRY_SETUP_DONE 4
#define ENTRY_SETUP      6

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_up, bench_down)

extern const uint8_t get_device_descriptor[8], set_address_5[8];

#endif
