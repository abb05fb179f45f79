// SPDX-License-Identifier: MIT
// What the files of the OTG_FS model share: registers, state, and how the files call each other.
//
// RM0090 chapter 34 (OTG_FS), device mode; bit names are those of the CMSIS device header.
#ifndef VB_OTG_DWC2_H
#define VB_OTG_DWC2_H

#include "model.h"

#define DWC2_ENDPOINTS 4   // per direction
#define DWC2_RAM_WORDS 320 // FIFO RAM

// -- registers: offsets -------------------------------------------------------------------------
enum {
    GOTGCTL = 0x000,
    GOTGINT = 0x004,
    GAHBCFG = 0x008,
    GUSBCFG = 0x00C,
    GRSTCTL = 0x010,
    GINTSTS = 0x014,
    GINTMSK = 0x018,
    GRXSTSR = 0x01C,
    GRXSTSP = 0x020,
    GRXFSIZ = 0x024,
    DIEPTXF0 = 0x028,
    GNPTXSTS = 0x02C,
    GCCFG = 0x038,
    CID = 0x03C,
    GSNPSID = 0x040,
    GHWCFG1 = 0x044,
    GHWCFG2 = 0x048,
    GHWCFG3 = 0x04C,
    GHWCFG4 = 0x050,
    GDFIFOCFG = 0x05C,
    HPTXFSIZ = 0x100,
    DIEPTXF1 = 0x104,
    DIEPTXF15 = 0x13C,
    DCFG = 0x800,
    DCTL = 0x804,
    DSTS = 0x808,
    DIEPMSK = 0x810,
    DOEPMSK = 0x814,
    DAINT = 0x818,
    DAINTMSK = 0x81C,
    DVBUSDIS = 0x828,
    DVBUSPULSE = 0x82C,
    DIEPEMPMSK = 0x834,
    DEACHINT = 0x838,
    DEACHMSK = 0x83C,
    DIEP = 0x900,
    DOEP = 0xB00,
    PCGCCTL = 0xE00,
    FIFO = 0x1000,
    EP_STRIDE = 0x20,
    EP_CTL = 0x00,
    EP_INT = 0x08,
    EP_TSIZ = 0x10,
    EP_TXFSTS = 0x18,
    FIFO_STRIDE = 0x1000,
};

// -- registers: bits ----------------------------------------------------------------------------
#define BIT(n) (1u << (n))

enum {
    GOTGCTL_BVALOEN = BIT(6),  // second generation: BSVLD is BVALOVAL
    GOTGCTL_BVALOVAL = BIT(7),
    GOTGCTL_CIDSTS = BIT(16),
    GOTGCTL_BSVLD = BIT(19),
    GOTGINT_SEDET = BIT(2),
    GAHBCFG_GINT = BIT(0),
    GAHBCFG_TXFELVL = BIT(7),
    GUSBCFG_PHYSEL = BIT(6),
    GUSBCFG_FHMOD = BIT(29),
    GRSTCTL_CSRST = BIT(0),
    GRSTCTL_HSRST = BIT(1),
    GRSTCTL_RXFFLSH = BIT(4),
    GRSTCTL_TXFFLSH = BIT(5),
    GCCFG_PWRDWN = BIT(16),
    GCCFG_VBUSBSEN = BIT(19),
    GCCFG_NOVBUSSENS = BIT(21),
    GCCFG_VBDEN = BIT(21), // second generation: VBUS is looked at
    DCFG_NZLSOHSK = BIT(2),
    DCTL_RWUSIG = BIT(0),
    DCTL_SDIS = BIT(1),
    DCTL_GINSTS = BIT(2),
    DCTL_GONSTS = BIT(3),
    DCTL_SGINAK = BIT(7),
    DCTL_CGINAK = BIT(8),
    DCTL_SGONAK = BIT(9),
    DCTL_CGONAK = BIT(10),
    DCTL_POPRGDNE = BIT(11),
    DCFG_DAD_SHIFT = 4,
    DCFG_PFIVL_SHIFT = 11,
    DSTS_SUSPSTS = BIT(0),
    DSTS_ENUMSPD_FULL = 3 << 1,
    DSTS_FNSOF_SHIFT = 8,
    PCGCCTL_STPPCLK = BIT(0),
    PCGCCTL_GATEHCLK = BIT(1),
    PCGCCTL_PHYSUSP = BIT(4),
    EP_USBAEP = BIT(15),
    EP_DPID = BIT(16),
    EP_NAKSTS = BIT(17),
    EP_SNPM = BIT(20),
    EP_STALL = BIT(21),
    EP_CNAK = BIT(26),
    EP_SNAK = BIT(27),
    EP_SD0PID = BIT(28),
    EP_SD1PID = BIT(29),
    EP_EPDIS = BIT(30),
    INT_XFRC = BIT(0),
    INT_EPDISD = BIT(1),
    INT_STUP = BIT(3),
    INT_ITTXFE = BIT(4),
    INT_OTEPDIS = BIT(4),
    INT_INEPNE = BIT(6),
    INT_B2BSTUP = BIT(6),
    INT_TXFE = BIT(7),
};
#define EP_EPENA       BIT(31)
#define DSTS_FNSOF     (0x3FFFu << 8)
#define GRSTCTL_AHBIDL BIT(31)

// GINTSTS and GINTMSK.
enum {
    G_CMOD = BIT(0),
    G_OTGINT = BIT(2),
    G_SOF = BIT(3),
    G_RXFLVL = BIT(4),
    G_NPTXFE = BIT(5),
    G_GINAKEFF = BIT(6),
    G_GONAKEFF = BIT(7),
    G_ESUSP = BIT(10),
    G_USBSUSP = BIT(11),
    G_USBRST = BIT(12),
    G_ENUMDNE = BIT(13),
    G_ISOODRP = BIT(14),
    G_EOPF = BIT(15),
    G_IEPINT = BIT(18),
    G_OEPINT = BIT(19),
    G_IISOIXFR = BIT(20),
    G_IISOOXFR = BIT(21),
    G_PTXFE = BIT(26),
    G_CIDSCHG = BIT(28),
    G_DISCINT = BIT(29),
    G_SRQINT = BIT(30),
};
#define G_WKUPINT BIT(31)

// Packet status of a receive FIFO entry.
enum { RX_GLOBAL_NAK = 1, RX_OUT_DATA = 2, RX_OUT_DONE = 3, RX_SETUP_DONE = 4, RX_SETUP_DATA = 6 };

enum { TYPE_CONTROL, TYPE_ISOCHRONOUS, TYPE_BULK, TYPE_INTERRUPT }; // EPTYP

// -- state --------------------------------------------------------------------------------------
// A queue of 32-bit words. Depth and place in the RAM are the registers'.
typedef struct dwc2_fifo {
    uint16_t first, used;
    uint32_t words[DWC2_RAM_WORDS];
} dwc2_fifo;

typedef struct dwc2_endpoint {
    uint32_t ctl;           // without the self-clearing bits
    uint32_t flags;         // DIEPINT, DOEPINT; TXFE is computed
    uint32_t size, packets; // XFRSIZ, PKTCNT
    uint32_t setups;        // STUPCNT, EP0 OUT
    // IN:
    uint32_t to_send; // bytes of the transfer the host has not taken yet
    uint32_t pushed;  // bytes of the packet that is being written to the FIFO
} dwc2_endpoint;

typedef struct dwc2 {
    vb_device *device;
    bool second;       // GCCFG and GOTGCTL of the second generation
    uint32_t override; // GOTGCTL.BVALOEN, BVALOVAL
    uint32_t gotgint, gahbcfg, gusbcfg, gintsts, gintmsk, grxfsiz, gccfg, grstctl;
    uint32_t txf[DWC2_ENDPOINTS]; // DIEPTXF0..3
    uint32_t dcfg, dctl, dsts, diepmsk, doepmsk, daintmsk, dvbusdis, dvbuspulse, diepempmsk,
        pcgcctl;
    dwc2_endpoint in[DWC2_ENDPOINTS], out[DWC2_ENDPOINTS];
    dwc2_fifo rx, tx[DWC2_ENDPOINTS];
    bool rx_status[DWC2_RAM_WORDS]; // beside rx.words: this word is a status entry, not data
    uint16_t rx_setup_words;        // of those in rx, what SETUP packets take
    bool setup_stage;               // a SETUP packet came, its stage is not over
    bool control_read;              // the control transfer under way moves data to the host
    uint8_t address;                // in force
    // outside
    bool vbus;                     // on the pin
    bool session;                  // BSVLD, as last seen
    bool wanted;                   // everything but the pins is ready for the pull-up
    bool pulled_up;                // as last told to the host
    unsigned idle_stages;          // 0 active, 1 early suspend, 2 suspended
    bool resetting;                // single-ended zero on the bus
    bool clock_told, overlap_told; // reports that need no repetition
} dwc2;

enum { EVENT_SUSPEND, EVENT_END_OF_FRAME };

static inline dwc2 *dwc2_of(const vb_device *device)
{
    return device->state;
}

// otg_dwc2.c
void dwc2_update(dwc2 *otg); // the interrupt line follows the flags
void dwc2_unmodelled(dwc2 *otg, uint32_t offset);

// otg_dwc2_fifo.c
void dwc2_rx_flush(dwc2 *otg);
void dwc2_tx_flush(dwc2 *otg, unsigned number); // 16: all of them
uint32_t dwc2_tx_free(const dwc2 *otg, unsigned fifo);
bool dwc2_tx_empty_enough(const dwc2 *otg, unsigned fifo); // as GAHBCFG.TXFELVL says
void dwc2_tx_push(dwc2 *otg, unsigned endpoint, uint32_t word);
bool dwc2_tx_peek(const dwc2 *otg, unsigned fifo, uint8_t *bytes,
                  size_t size); // false: not that much in it
void dwc2_tx_take(dwc2 *otg, unsigned fifo, size_t size);
bool dwc2_rx_has_room(const dwc2 *otg, size_t bytes); // for an OUT packet and its completion
bool dwc2_rx_put(dwc2 *otg, unsigned kind, unsigned endpoint, bool data1, const uint8_t *bytes,
                 size_t size);
uint32_t dwc2_rx_peek_status(const dwc2 *otg); // GRXSTSR
uint32_t dwc2_rx_pop_status(dwc2 *otg);        // GRXSTSP
uint32_t dwc2_rx_pop_data(dwc2 *otg);

// otg_dwc2_ep.c
void dwc2_endpoints_reset(dwc2 *otg);
uint32_t dwc2_endpoint_read(dwc2 *otg, bool in, unsigned number, uint32_t offset);
void dwc2_endpoint_write(dwc2 *otg, bool in, unsigned number, uint32_t offset, uint32_t value);
uint32_t dwc2_packet_max(const dwc2 *otg, bool in, unsigned number); // MPSIZ in bytes
uint32_t dwc2_in_flags(const dwc2 *otg, unsigned number);            // DIEPINT with TXFE
unsigned dwc2_fifo_of(const dwc2 *otg, unsigned endpoint);           // TXFNUM

// otg_dwc2_bus.c
extern const vb_usb_function dwc2_usb;
void dwc2_session_changed(
    dwc2 *otg); // VBUS, GCCFG, DCTL, FHMOD, clock or pins: session and pull-up follow
void dwc2_event(vb_device *device, unsigned id);
bool dwc2_session_valid(const dwc2 *otg);
void dwc2_remote_wakeup(dwc2 *otg);
void dwc2_bus_active(dwc2 *otg); // anything but idle on the bus: the suspend timer starts anew

#endif
