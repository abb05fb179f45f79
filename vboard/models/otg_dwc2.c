// SPDX-License-Identifier: MIT
// OTG_FS: the Synopsys DWC2 core of STM32F4 as a full-speed device, without DMA.
//
// RM0090 chapter 34: global and device registers. Endpoints, FIFOs and the bus have files of their
// own. Host mode is not modelled; an access to its registers is reported.
#include "otg_dwc2.h"

// Read-only identity, as read on an F407.
#define CORE_ID 0x00001200u
#define SNPS_ID 0x4F54281Au
#define HW_CFG2 0x229DCD20u
#define HW_CFG3 0x020001E8u
#define HW_CFG4 0x0FF08030u
// The generation of H7 (and, with other numbers, L4, U5).
#define CORE_ID_V2 0x00002300u
#define SNPS_ID_V2 0x4F54330Au
#define HW_CFG2_V2 0x229FE190u
#define HW_CFG3_V2 0x03B8D2E8u
#define HW_CFG4_V2 0xE3F00030u

// GINTSTS bits a 1 clears.
#define CLEARED_BY_1                                                                               \
    (G_SOF | G_ESUSP | G_USBSUSP | G_USBRST | G_ENUMDNE | G_ISOODRP | G_EOPF | G_IISOIXFR |        \
     G_IISOOXFR | G_CIDSCHG | G_DISCINT | G_SRQINT | G_WKUPINT)
#define GUSBCFG_WRITABLE 0xE0003F07u
#define GAHBCFG_WRITABLE (GAHBCFG_GINT | GAHBCFG_TXFELVL)
#define GCCFG_WRITABLE   0x003F0000u
#define DCFG_WRITABLE    0x03001FF7u
#define DCFG_RESET       0x02200000u
#define DCTL_KEPT        (DCTL_RWUSIG | DCTL_SDIS | 7u << 4 | DCTL_POPRGDNE)

void dwc2_unmodelled(dwc2 *otg, uint32_t offset)
{
    vb_say(otg->device->board, VB_REPORT_UNMODELLED, "%s: register at offset 0x%03X",
           otg->device->info->name, offset);
}

// -- interrupts ---------------------------------------------------------------------------------

static uint32_t daint(const dwc2 *otg)
{
    uint32_t value = 0;
    for (unsigned n = 0; n < DWC2_ENDPOINTS; n++) {
        uint32_t in_mask = otg->diepmsk | (otg->diepempmsk >> n & 1 ? INT_TXFE : 0);
        value |= (dwc2_in_flags(otg, n) & in_mask) != 0 ? BIT(n) : 0;
        value |= (otg->out[n].flags & otg->doepmsk) != 0 ? BIT(16 + n) : 0;
    }
    return value;
}

static uint32_t gintsts(const dwc2 *otg)
{
    uint32_t endpoints = daint(otg) & otg->daintmsk;
    uint32_t value = otg->gintsts | G_NPTXFE | G_PTXFE;
    value |= otg->gusbcfg & GUSBCFG_FHMOD ? G_CMOD : 0;
    value |= otg->gotgint != 0 ? G_OTGINT : 0;
    value |= otg->rx.used > 0 ? G_RXFLVL : 0;
    value |= otg->dctl & DCTL_GINSTS ? G_GINAKEFF : 0;
    value |= (endpoints & 0xFFFF) != 0 ? G_IEPINT : 0;
    value |= (endpoints >> 16) != 0 ? G_OEPINT : 0;
    return value;
}

void dwc2_update(dwc2 *otg)
{
    bool pending = (gintsts(otg) & otg->gintmsk) != 0;
    vb_irq(otg->device, 0, pending && otg->gahbcfg & GAHBCFG_GINT);
}

// -- reset --------------------------------------------------------------------------------------

static void core_reset(dwc2 *otg)
{
    otg->gotgint = otg->gahbcfg = otg->gintsts = otg->gintmsk = otg->grstctl = 0;
    otg->gusbcfg = 0xA00;
    otg->grxfsiz = 0x200;
    otg->txf[0] = 0x200;
    for (unsigned n = 1; n < DWC2_ENDPOINTS; n++) {
        otg->txf[n] = 0x02000200u + 0x200u * n;
    }
    otg->dcfg = (otg->dcfg & 3) | DCFG_RESET; // DSPD stays
    otg->dctl = 0;
    otg->dsts = 0x10;
    otg->diepmsk = otg->doepmsk = otg->daintmsk = otg->diepempmsk = 0;
    otg->dvbusdis = 0x17D7;
    otg->dvbuspulse = 0x5B8;
    otg->setup_stage = false;
    otg->address = 0;
    otg->overlap_told = false;
    dwc2_endpoints_reset(otg);
    dwc2_rx_flush(otg);
    dwc2_tx_flush(otg, 16);
    vb_cancel(otg->device, EVENT_END_OF_FRAME);
}

static void on_reset(vb_device *device, vb_reset kind)
{
    if (kind == VB_RESET_BACKUP) {
        return;
    }
    dwc2 *otg = dwc2_of(device);
    otg->gccfg = otg->pcgcctl = otg->dcfg = otg->override = 0;
    otg->session = false;
    otg->clock_told = false;
    core_reset(otg);
    dwc2_session_changed(otg);
    dwc2_update(otg);
}

extern const vb_model vb_otg_dwc2, vb_otg_dwc2_v2;

static vb_status on_create(vb_device *device)
{
    dwc2_of(device)->device = device;
    dwc2_of(device)->second = device->model == &vb_otg_dwc2_v2;
    return VB_OK;
}

// -- reading ------------------------------------------------------------------------------------

static uint32_t read_otgctl(const dwc2 *otg)
{
    return 0x800u | GOTGCTL_CIDSTS | otg->override | (dwc2_session_valid(otg) ? GOTGCTL_BSVLD : 0);
}

static uint32_t read_pcgcctl(const dwc2 *otg)
{
    bool stopped = otg->pcgcctl & PCGCCTL_STPPCLK && otg->dsts & DSTS_SUSPSTS;
    return otg->pcgcctl | (stopped ? PCGCCTL_PHYSUSP : 0);
}

static uint32_t read_plain(dwc2 *otg, uint32_t offset)
{
    switch (offset) {
    case GOTGCTL: return read_otgctl(otg);
    case GOTGINT: return otg->gotgint;
    case GAHBCFG: return otg->gahbcfg;
    case GUSBCFG: return otg->gusbcfg | GUSBCFG_PHYSEL;
    case GRSTCTL: return otg->grstctl | GRSTCTL_AHBIDL;
    case GINTSTS: return gintsts(otg);
    case GINTMSK: return otg->gintmsk;
    case GRXSTSR: return dwc2_rx_peek_status(otg);
    case GRXSTSP: return dwc2_rx_pop_status(otg);
    case GRXFSIZ: return otg->grxfsiz;
    case DIEPTXF0: return otg->txf[0];
    case GNPTXSTS: return 0x00080200;
    case GCCFG: return otg->gccfg;
    case CID: return otg->second ? CORE_ID_V2 : CORE_ID;
    case GSNPSID: return otg->second ? SNPS_ID_V2 : SNPS_ID;
    case GHWCFG1: return 0;
    case GHWCFG2: return otg->second ? HW_CFG2_V2 : HW_CFG2;
    case GHWCFG3: return otg->second ? HW_CFG3_V2 : HW_CFG3;
    case GHWCFG4: return otg->second ? HW_CFG4_V2 : HW_CFG4;
    case DCFG: return otg->dcfg;
    case DCTL: return otg->dctl;
    case DSTS: return otg->dsts;
    case DIEPMSK: return otg->diepmsk;
    case DOEPMSK: return otg->doepmsk;
    case DAINT: return daint(otg);
    case DAINTMSK: return otg->daintmsk;
    case DVBUSDIS: return otg->dvbusdis;
    case DVBUSPULSE: return otg->dvbuspulse;
    case DIEPEMPMSK: return otg->diepempmsk;
    case PCGCCTL: return read_pcgcctl(otg);
    case GDFIFOCFG:
    case DEACHINT:
    case DEACHMSK: return 0; // see write_plain
    default: dwc2_unmodelled(otg, offset); return 0;
    }
}

// -- writing ------------------------------------------------------------------------------------

static void write_grstctl(dwc2 *otg, uint32_t value)
{
    if (value & GRSTCTL_CSRST) {
        core_reset(otg);
        dwc2_session_changed(otg);
        return;
    }
    otg->grstctl = value & 0x7C0; // TXFNUM; everything else clears itself at once
    if (value & GRSTCTL_RXFFLSH) {
        dwc2_rx_flush(otg);
    }
    if (value & GRSTCTL_TXFFLSH) {
        dwc2_tx_flush(otg, value >> 6 & 31);
    }
}

static void set_global_out_nak(dwc2 *otg)
{
    if (otg->dctl & DCTL_GONSTS) {
        return;
    }
    otg->dctl |= DCTL_GONSTS;
    if (!dwc2_rx_put(otg, RX_GLOBAL_NAK, 0, false, NULL, 0)) {
        vb_say(otg->device->board, VB_REPORT_MISUSE,
               "%s: the receive FIFO has no room for the global OUT NAK entry",
               otg->device->info->name);
    }
}

static void write_dctl(dwc2 *otg, uint32_t value)
{
    bool wakes = value & DCTL_RWUSIG && !(otg->dctl & DCTL_RWUSIG);
    otg->dctl = (otg->dctl & ~DCTL_KEPT) | (value & DCTL_KEPT);
    if (value & DCTL_CGINAK) {
        otg->dctl &= ~(uint32_t)DCTL_GINSTS;
    }
    if (value & DCTL_SGINAK) {
        otg->dctl |= DCTL_GINSTS;
    }
    if (value & DCTL_CGONAK) {
        otg->dctl &= ~(uint32_t)DCTL_GONSTS;
        otg->gintsts &= ~(uint32_t)G_GONAKEFF;
    }
    if (value & DCTL_SGONAK) {
        set_global_out_nak(otg);
    }
    if (wakes) {
        dwc2_remote_wakeup(otg);
    }
    dwc2_session_changed(otg);
}

static void write_gusbcfg(dwc2 *otg, uint32_t value)
{
    otg->gusbcfg = value & GUSBCFG_WRITABLE;
    if (value & GUSBCFG_FHMOD) {
        vb_say(otg->device->board, VB_REPORT_UNMODELLED, "%s: host mode", otg->device->info->name);
    }
    dwc2_session_changed(otg);
}

static void write_fifo_size(dwc2 *otg, uint32_t *size, uint32_t value)
{
    *size = value;
    otg->overlap_told = false;
}

static void write_plain(dwc2 *otg, uint32_t offset, uint32_t value)
{
    switch (offset) {
    case GOTGINT: otg->gotgint &= ~value; break;
    case GAHBCFG: otg->gahbcfg = value & GAHBCFG_WRITABLE; break;
    case GUSBCFG: write_gusbcfg(otg, value); break;
    case GRSTCTL: write_grstctl(otg, value); break;
    case GINTSTS: otg->gintsts &= ~(value & CLEARED_BY_1); break;
    case GINTMSK: otg->gintmsk = value; break;
    case GRXFSIZ: write_fifo_size(otg, &otg->grxfsiz, value & 0xFFFF); break;
    case DIEPTXF0: write_fifo_size(otg, &otg->txf[0], value); break;
    case GOTGCTL: // session and host negotiation requests do nothing: there is no second OTG device
        otg->override = otg->second ? value & (GOTGCTL_BVALOEN | GOTGCTL_BVALOVAL) : 0;
        dwc2_session_changed(otg);
        break;
    case GCCFG:
        otg->gccfg = value & GCCFG_WRITABLE;
        dwc2_session_changed(otg);
        break;
    case DCFG: otg->dcfg = (otg->dcfg & ~DCFG_WRITABLE) | (value & DCFG_WRITABLE); break;
    case DCTL: write_dctl(otg, value); break;
    case DIEPMSK: otg->diepmsk = value & ~(uint32_t)INT_TXFE; break;
    case DOEPMSK: otg->doepmsk = value; break;
    case DAINTMSK: otg->daintmsk = value; break;
    case DVBUSDIS: otg->dvbusdis = value & 0xFFFF; break;
    case DVBUSPULSE: otg->dvbuspulse = value & 0xFFF; break;
    case DIEPEMPMSK: otg->diepempmsk = value & 0xFFFF; break;
    case PCGCCTL: otg->pcgcctl = value & (PCGCCTL_STPPCLK | PCGCCTL_GATEHCLK); break;
    case GRXSTSR:
    case GRXSTSP:
    case GNPTXSTS:
    case CID:
    case GSNPSID:
    case GHWCFG1:
    case GHWCFG2:
    case GHWCFG3:
    case GHWCFG4:
    case DSTS:
    case DAINT: break; // read-only
    case GDFIFOCFG:
    case DEACHINT:
    case DEACHMSK: break; // not on this core, but drivers for all cores (ST's, TinyUSB) write them
    default: dwc2_unmodelled(otg, offset); break;
    }
}

// -- where an offset belongs --------------------------------------------------------------------

typedef enum area { AREA_PLAIN, AREA_TXF, AREA_IN, AREA_OUT, AREA_FIFO } area;

static area area_of(uint32_t offset)
{
    if (offset >= FIFO && offset < FIFO + DWC2_ENDPOINTS * FIFO_STRIDE) {
        return AREA_FIFO;
    }
    if (offset >= DIEP && offset < DIEP + DWC2_ENDPOINTS * EP_STRIDE) {
        return AREA_IN;
    }
    if (offset >= DOEP && offset < DOEP + DWC2_ENDPOINTS * EP_STRIDE) {
        return AREA_OUT;
    }
    return offset >= DIEPTXF1 && offset <= DIEPTXF15 ? AREA_TXF : AREA_PLAIN;
}

// Errata (ES0182, "transmit data FIFO is corrupted when a write sequence to the FIFO is
// interrupted"): between the words of a packet no endpoint register may be touched.
static void check_half_written(dwc2 *otg)
{
    for (unsigned n = 0; n < DWC2_ENDPOINTS; n++) {
        if (otg->in[n].pushed > 0) {
            vb_say(otg->device->board, VB_REPORT_MISUSE,
                   "%s: an endpoint register is accessed while a packet for IN endpoint %u is half "
                   "written",
                   otg->device->info->name, n);
        }
    }
}

// Drivers clear all fifteen size registers of larger cores; behind the last endpoint's there is
// nothing.
static uint32_t *txf_register(dwc2 *otg, uint32_t offset)
{
    unsigned n = (offset - DIEPTXF1) / 4 + 1;
    return n < DWC2_ENDPOINTS ? &otg->txf[n] : NULL;
}

static void check_width(dwc2 *otg, uint32_t offset, unsigned width)
{
    if (width != 4) {
        vb_say(otg->device->board, VB_REPORT_MISUSE,
               "%s: %u-byte access at offset 0x%03X; registers take words only",
               otg->device->info->name, width, offset);
    }
}

static uint32_t read_word(dwc2 *otg, uint32_t offset)
{
    uint32_t *size;
    switch (area_of(offset)) {
    case AREA_FIFO: return dwc2_rx_pop_data(otg);
    case AREA_TXF: size = txf_register(otg, offset); return size != NULL ? *size : 0;
    case AREA_IN:
        check_half_written(otg);
        return dwc2_endpoint_read(otg, true, (offset - DIEP) / EP_STRIDE, offset % EP_STRIDE);
    case AREA_OUT:
        check_half_written(otg);
        return dwc2_endpoint_read(otg, false, (offset - DOEP) / EP_STRIDE, offset % EP_STRIDE);
    default: return read_plain(otg, offset);
    }
}

static uint32_t on_read(vb_device *device, uint32_t offset, unsigned width)
{
    dwc2 *otg = dwc2_of(device);
    check_width(otg, offset, width);
    uint32_t value = read_word(otg, offset & ~3u);
    dwc2_update(otg); // taking something from a FIFO changes flags
    return value >> (offset & 3) * 8;
}

static void on_write(vb_device *device, uint32_t offset, unsigned width, uint32_t value)
{
    dwc2 *otg = dwc2_of(device);
    check_width(otg, offset, width);
    uint32_t *size;
    switch (area_of(offset)) {
    case AREA_FIFO: dwc2_tx_push(otg, (offset - FIFO) / FIFO_STRIDE, value); break;
    case AREA_TXF:
        size = txf_register(otg, offset & ~3u);
        if (size != NULL) {
            write_fifo_size(otg, size, value);
        }
        break;
    case AREA_IN:
        check_half_written(otg);
        dwc2_endpoint_write(otg, true, (offset - DIEP) / EP_STRIDE, offset % EP_STRIDE & ~3u,
                            value);
        break;
    case AREA_OUT:
        check_half_written(otg);
        dwc2_endpoint_write(otg, false, (offset - DOEP) / EP_STRIDE, offset % EP_STRIDE & ~3u,
                            value);
        break;
    default: write_plain(otg, offset & ~3u, value); break;
    }
    dwc2_update(otg);
}

// -- the world around ---------------------------------------------------------------------------

static void on_surroundings(vb_device *device)
{
    dwc2_session_changed(dwc2_of(device));
    dwc2_update(dwc2_of(device));
}

const vb_model vb_otg_dwc2 = {
    .generation = "otg_dwc2",
    .state_size = sizeof(dwc2),
    .create = on_create,
    .reset = on_reset,
    .read = on_read,
    .write = on_write,
    .event = dwc2_event,
    .clock_changed = on_surroundings,
    .pins_changed = on_surroundings,
    .usb = &dwc2_usb,
};

const vb_model vb_otg_dwc2_v2 = {
    .generation = "otg_dwc2_v2",
    .state_size = sizeof(dwc2),
    .create = on_create,
    .reset = on_reset,
    .read = on_read,
    .write = on_write,
    .event = dwc2_event,
    .clock_changed = on_surroundings,
    .pins_changed = on_surroundings,
    .usb = &dwc2_usb,
};
