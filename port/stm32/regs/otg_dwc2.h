// SPDX-License-Identifier: MIT
// DWC2 USB OTG core in device mode, as OTG_FS of F4, L4, H7, U5: RM0090 Rev 21, 34.16.
#ifndef HF_REGS_OTG_DWC2_H
#define HF_REGS_OTG_DWC2_H

#include <stdint.h>

struct otg_regs {
    volatile uint32_t GOTGCTL, GOTGINT, GAHBCFG, GUSBCFG, GRSTCTL, GINTSTS, GINTMSK, GRXSTSR, GRXSTSP, GRXFSIZ;
    volatile uint32_t DIEPTXF0, HNPTXSTS, reserved0[2], GCCFG, CID;
};

struct otg_device_regs {
    volatile uint32_t DCFG, DCTL, DSTS, reserved0, DIEPMSK, DOEPMSK, DAINT, DAINTMSK;
};

struct otg_endpoint_regs {
    volatile uint32_t CTL, reserved0, INT, reserved1, TSIZ, DMA, TXFSTS, reserved2;
};

#define OTG_DEVICE_OFFSET  0x800u
#define OTG_IN_OFFSET      0x900u
#define OTG_OUT_OFFSET     0xB00u
#define OTG_PCGCCTL_OFFSET 0xE00u
#define OTG_FIFO_OFFSET    0x1000u

#define OTG_GUSBCFG_PHYSEL     (1u << 6)
#define OTG_GUSBCFG_TRDT_POS   10
#define OTG_GUSBCFG_FDMOD      (1u << 30)
#define OTG_GRSTCTL_CSRST      (1u << 0)
#define OTG_GRSTCTL_RXFFLSH    (1u << 4)
#define OTG_GRSTCTL_TXFFLSH    (1u << 5)
#define OTG_GRSTCTL_TXFNUM_ALL (0x10u << 6)
#define OTG_GRSTCTL_AHBIDL     (1u << 31)
#define OTG_GINTSTS_CMOD       (1u << 0)
#define OTG_GINTSTS_RXFLVL     (1u << 4)
#define OTG_GINTSTS_USBRST     (1u << 12)
#define OTG_GINTSTS_ENUMDNE    (1u << 13)
#define OTG_GOTGCTL_BVALOEN    (1u << 6) // H7 and others with GCCFG.VBDEN: BVALOVAL says whether there is a session
#define OTG_GOTGCTL_BVALOVAL   (1u << 7)
#define OTG_GCCFG_PWRDWN       (1u << 16) // 1: transceiver on
#define OTG_GCCFG_NOVBUSSENS   (1u << 21)

#define OTG_GRXSTSP_BCNT(word)   ((word) >> 4 & 0x7FFu)
#define OTG_GRXSTSP_PKTSTS(word) ((word) >> 17 & 0xFu)
#define OTG_PKTSTS_OUT_DATA    2u
#define OTG_PKTSTS_OUT_DONE    3u
#define OTG_PKTSTS_SETUP_DONE  4u
#define OTG_PKTSTS_SETUP_DATA  6u

#define OTG_DCFG_DSPD_FS       3u
#define OTG_DCFG_DAD_POS       4
#define OTG_DCFG_DAD_MASK      (0x7Fu << OTG_DCFG_DAD_POS)
#define OTG_DCTL_SDIS          (1u << 1) // 1: off the bus
#define OTG_DCTL_CGINAK        (1u << 8)

#define OTG_CTL_STALL          (1u << 21)
#define OTG_CTL_CNAK           (1u << 26)
#define OTG_CTL_SNAK           (1u << 27)
#define OTG_CTL_EPDIS          (1u << 30)
#define OTG_CTL_EPENA          (1u << 31)
#define OTG_INT_XFRC           (1u << 0)
#define OTG_INT_STUP           (1u << 3)
#define OTG_TSIZ_PKTCNT_ONE    (1u << 19)
#define OTG_TSIZ_STUPCNT_THREE (3u << 29)

#endif
