// SPDX-License-Identifier: MIT
// OTG_FS, the registers of its endpoints.
//
// RM0090 34.16.4: DIEPCTL, DIEPINT, DIEPTSIZ, DTXFSTS and their OUT counterparts. Endpoint 0 is
// always active, has the narrow size register, and its OUT side cannot be disabled by software.
#include "otg_dwc2.h"

#define MPSIZ_MASK   0x7FFu
#define EPTYP_SHIFT  18
#define TXFNUM_SHIFT 22

void dwc2_endpoints_reset(dwc2 *otg)
{
    for (unsigned n = 0; n < DWC2_ENDPOINTS; n++) {
        otg->in[n] = (dwc2_endpoint){.ctl = n == 0 ? EP_USBAEP : 0};
        otg->out[n] = otg->in[n];
    }
}

unsigned dwc2_fifo_of(const dwc2 *otg, unsigned number)
{
    return otg->in[number].ctl >> TXFNUM_SHIFT & (DWC2_ENDPOINTS - 1);
}

uint32_t dwc2_packet_max(const dwc2 *otg, bool in, unsigned number)
{
    if (number == 0) {
        return 64u >> (otg->in[0].ctl & 3); // both directions
    }
    uint32_t max = (in ? otg->in : otg->out)[number].ctl & MPSIZ_MASK;
    return max < VB_USB_PACKET ? max : VB_USB_PACKET;
}

uint32_t dwc2_in_flags(const dwc2 *otg, unsigned number)
{
    bool empty = dwc2_tx_empty_enough(otg, dwc2_fifo_of(otg, number));
    return otg->in[number].flags | (empty ? INT_TXFE : 0);
}

static uint32_t read_size(const dwc2_endpoint *endpoint)
{
    return endpoint->size | endpoint->packets << 19 | endpoint->setups << 29;
}

static uint32_t read_ctl(const dwc2 *otg, const dwc2_endpoint *endpoint)
{
    bool out0 = endpoint == &otg->out[0];
    return endpoint->ctl |
           (out0 ? otg->in[0].ctl & 3 : 0); // DOEPCTL0 repeats the packet size of DIEPCTL0
}

uint32_t dwc2_endpoint_read(dwc2 *otg, bool in, unsigned number, uint32_t offset)
{
    const dwc2_endpoint *endpoint = &(in ? otg->in : otg->out)[number];
    if (offset == EP_CTL) {
        return read_ctl(otg, endpoint);
    }
    if (offset == EP_INT) {
        return in ? dwc2_in_flags(otg, number) : endpoint->flags;
    }
    if (offset == EP_TSIZ) {
        return read_size(endpoint);
    }
    if (offset == EP_TXFSTS && in) {
        return dwc2_tx_free(otg, dwc2_fifo_of(otg, number));
    }
    dwc2_unmodelled(otg, (in ? DIEP : DOEP) + number * EP_STRIDE + offset);
    return 0;
}

// -- writing ------------------------------------------------------------------------------------

static uint32_t plain_bits(bool in, unsigned number)
{
    uint32_t bits = EP_STALL | (in ? 15u << TXFNUM_SHIFT : EP_SNPM);
    if (number > 0) {
        return bits | MPSIZ_MASK | EP_USBAEP | 3u << EPTYP_SHIFT;
    }
    return bits | (in ? 3u : 0u);
}

static void write_nak_and_toggle(dwc2_endpoint *endpoint, bool in, unsigned number, uint32_t value)
{
    if (value & EP_CNAK) {
        endpoint->ctl &= ~(uint32_t)EP_NAKSTS;
        endpoint->flags &= in ? ~(uint32_t)INT_INEPNE : UINT32_MAX;
    }
    if (value & EP_SNAK) {
        endpoint->ctl |= EP_NAKSTS;
        endpoint->flags |= in ? INT_INEPNE : 0;
    }
    if (number > 0 && value & EP_SD0PID) {
        endpoint->ctl &= ~(uint32_t)EP_DPID;
    }
    if (number > 0 && value & EP_SD1PID) {
        endpoint->ctl |= EP_DPID;
    }
}

static void write_enable(dwc2_endpoint *endpoint, bool in, unsigned number, uint32_t value)
{
    bool may_disable = in || number > 0;
    if (may_disable && value & EP_EPDIS && endpoint->ctl & EP_EPENA) {
        endpoint->ctl &= ~EP_EPENA;
        endpoint->flags |= INT_EPDISD;
    } else if (value & EP_EPENA && !(may_disable && value & EP_EPDIS)) {
        endpoint->ctl |= EP_EPENA;
    }
}

static void check_activation(dwc2 *otg, unsigned number, uint32_t value)
{
    if (number == 0 || !(value & EP_USBAEP)) {
        return;
    }
    if ((value >> EPTYP_SHIFT & 3) == TYPE_ISOCHRONOUS) {
        vb_say(otg->device->board, VB_REPORT_UNMODELLED, "%s: endpoint %u is isochronous",
               otg->device->info->name, number);
    } else if ((value & MPSIZ_MASK) > VB_USB_PACKET) {
        vb_say(otg->device->board, VB_REPORT_MISUSE,
               "%s: endpoint %u: packets of %u bytes at full speed", otg->device->info->name,
               number, value & MPSIZ_MASK);
    }
}

static void write_ctl(dwc2 *otg, bool in, unsigned number, uint32_t value)
{
    dwc2_endpoint *endpoint = &(in ? otg->in : otg->out)[number];
    uint32_t plain = plain_bits(in, number);
    uint32_t stall0 =
        number == 0 ? endpoint->ctl & EP_STALL : 0; // only a SETUP packet takes it back
    endpoint->ctl = (endpoint->ctl & ~plain) | (value & plain) | stall0;
    write_nak_and_toggle(endpoint, in, number, value);
    write_enable(endpoint, in, number, value);
    check_activation(otg, number, value);
}

static void write_in_size(dwc2 *otg, unsigned number, uint32_t value)
{
    dwc2_endpoint *endpoint = &otg->in[number];
    endpoint->size = value & (number == 0 ? 0x7Fu : 0x7FFFFu);
    endpoint->packets = value >> 19 & (number == 0 ? 3u : 0x3FFu);
    endpoint->to_send = endpoint->size;
    endpoint->pushed = 0;
    unsigned left = otg->tx[dwc2_fifo_of(otg, number)].used;
    if (left > 0 && endpoint->packets > 0) {
        vb_say(
            otg->device->board, VB_REPORT_MISUSE,
            "%s: IN endpoint %u: a new transfer while %u words of an old one are still in the FIFO",
            otg->device->info->name, number, left);
    }
}

static void write_out_size(dwc2_endpoint *endpoint, unsigned number, uint32_t value)
{
    endpoint->size = value & (number == 0 ? 0x7Fu : 0x7FFFFu);
    endpoint->packets = value >> 19 & (number == 0 ? 1u : 0x3FFu);
    endpoint->setups = number == 0 ? value >> 29 & 3 : 0;
}

void dwc2_endpoint_write(dwc2 *otg, bool in, unsigned number, uint32_t offset, uint32_t value)
{
    dwc2_endpoint *endpoint = &(in ? otg->in : otg->out)[number];
    if (offset == EP_CTL) {
        write_ctl(otg, in, number, value);
    } else if (offset == EP_INT) {
        endpoint->flags &= ~value;
    } else if (offset == EP_TSIZ && in) {
        write_in_size(otg, number, value);
    } else if (offset == EP_TSIZ) {
        write_out_size(endpoint, number, value);
    } else {
        dwc2_unmodelled(otg, (in ? DIEP : DOEP) + number * EP_STRIDE + offset);
    }
}
