// SPDX-License-Identifier: MIT
// OTG_FS, what it does on the bus: session, reset, suspend, and the answers to the host's packets.
//
// RM0090 34.5 (peripheral states), 34.17.6 (device programming model); measured: suspend 3 ms after
// early suspend, none while detached.
#include "otg_dwc2.h"

#define IDLE_TIME (3 * VB_MS) // to early suspend, and once more to suspend

// -- session and pull-up ------------------------------------------------------------------------

bool dwc2_session_valid(const dwc2 *otg)
{
    if (otg->second && otg->override & GOTGCTL_BVALOEN) {
        return otg->override & GOTGCTL_BVALOVAL;
    }
    if (otg->second) {
        return otg->vbus && otg->gccfg & GCCFG_VBDEN;
    }
    if (otg->gccfg & GCCFG_NOVBUSSENS) {
        return true;
    }
    return otg->vbus && otg->gccfg & GCCFG_VBUSBSEN && otg->gccfg & GCCFG_PWRDWN;
}

static bool wants_pull_up(const dwc2 *otg)
{
    return dwc2_session_valid(otg) && otg->gccfg & GCCFG_PWRDWN && !(otg->dctl & DCTL_SDIS) &&
           !(otg->gusbcfg & GUSBCFG_FHMOD);
}

// A transceiver with a wrong clock cannot talk; silicon does not say so.
static void check_clocks(dwc2 *otg)
{
    vb_board *board = otg->device->board;
    if (otg->second && vb_link_get(board, VB_LINK_USB_SUPPLY) == 0 && !otg->clock_told) {
        otg->clock_told = true;
        vb_say(board, VB_REPORT_MISUSE, "%s: the transceiver has no supply (PWR_CR3.USB33DEN)", otg->device->info->name);
        return;
    }
    uint32_t usb = vb_clock_hz(board, VB_CLOCK_USB), hclk = vb_clock_hz(board, VB_CLOCK_HCLK);
    bool usb_good = usb >= 47880000 && usb <= 48120000; // full speed allows 0.25 %
    bool hclk_good = hclk >= 14200000;
    if ((usb_good && hclk_good) || otg->clock_told) {
        otg->clock_told = !(usb_good && hclk_good);
        return;
    }
    otg->clock_told = true;
    vb_say(board, VB_REPORT_MISUSE,
           "%s: needs 48 MHz and a bus clock of at least 14.2 MHz; it has %u Hz and %u Hz",
           otg->device->info->name, usb, hclk);
}

static bool on_pins(const dwc2 *otg)
{
    return vb_signal_routed(otg->device, "dp") && vb_signal_routed(otg->device, "dm");
}

static void pull_up_rises(dwc2 *otg)
{
    check_clocks(otg);
    dwc2_bus_active(otg);
    if (!on_pins(otg)) {
        vb_say(otg->device->board, VB_REPORT_MISUSE, "%s: connects, but its signals are on no pins",
               otg->device->info->name);
    }
}

void dwc2_session_changed(dwc2 *otg)
{
    bool session = dwc2_session_valid(otg);
    if (session && !otg->session) {
        otg->gintsts |= G_SRQINT;
    } else if (!session && otg->session) {
        otg->gotgint |= GOTGINT_SEDET;
    }
    otg->session = session;
    bool wanted = wants_pull_up(otg);
    if (wanted && !otg->wanted) {
        pull_up_rises(otg);
    }
    otg->wanted = wanted;
    bool up = wanted && on_pins(otg);
    if (up == otg->pulled_up) {
        return;
    }
    otg->pulled_up = up;
    if (!up) {
        vb_cancel(otg->device, EVENT_SUSPEND);
        otg->dsts &= ~(uint32_t)DSTS_SUSPSTS;
    }
    vb_usb_pull_up_changed(otg->device);
}

static void on_vbus(vb_device *device, bool on)
{
    dwc2_of(device)->vbus = on;
    dwc2_session_changed(dwc2_of(device));
    dwc2_update(dwc2_of(device));
}

static bool is_pulled_up(const vb_device *device)
{
    return dwc2_of(device)->pulled_up;
}

// -- suspend and resume -------------------------------------------------------------------------

void dwc2_bus_active(dwc2 *otg)
{
    otg->dsts &= ~(uint32_t)DSTS_SUSPSTS;
    otg->idle_stages = 0;
    vb_schedule(otg->device, EVENT_SUSPEND, vb_now(otg->device->board) + IDLE_TIME);
}

static void bus_idle(dwc2 *otg)
{
    if (!otg->pulled_up || otg->resetting) {
        return;
    }
    if (otg->idle_stages++ == 0) {
        otg->gintsts |= G_ESUSP;
        vb_schedule(otg->device, EVENT_SUSPEND, vb_now(otg->device->board) + IDLE_TIME);
        return;
    }
    otg->gintsts |= G_USBSUSP;
    otg->dsts |= DSTS_SUSPSTS;
}

void dwc2_remote_wakeup(dwc2 *otg)
{
    if (otg->dsts & DSTS_SUSPSTS) {
        dwc2_bus_active(otg);
        vb_usb_remote_wakeup(otg->device);
    }
}

static void on_resume(vb_device *device)
{
    dwc2 *otg = dwc2_of(device);
    if (otg->dsts & DSTS_SUSPSTS) {
        otg->gintsts |= G_WKUPINT;
    }
    dwc2_bus_active(otg);
    dwc2_update(otg);
}

// -- reset and frames ---------------------------------------------------------------------------

static void on_reset(vb_device *device, bool begins)
{
    dwc2 *otg = dwc2_of(device);
    otg->resetting = begins;
    dwc2_bus_active(otg);
    if (!begins) {
        check_clocks(otg);
        otg->gintsts |= G_ENUMDNE;
        otg->dsts |= DSTS_ENUMSPD_FULL;
        dwc2_update(otg);
        return;
    }
    otg->gintsts |= G_USBRST;
    otg->setup_stage = false;
    otg->address = 0;
    for (unsigned n = 1; n < DWC2_ENDPOINTS; n++) {
        otg->in[n].ctl &= ~(uint32_t)EP_USBAEP;
        otg->out[n].ctl &= ~(uint32_t)EP_USBAEP;
    }
    dwc2_update(otg);
}

static void on_frame(vb_device *device, unsigned number)
{
    dwc2 *otg = dwc2_of(device);
    otg->dsts = (otg->dsts & ~DSTS_FNSOF) | number << DSTS_FNSOF_SHIFT;
    otg->gintsts |= G_SOF;
    dwc2_bus_active(otg);
    if (otg->gintmsk & G_EOPF) { // nobody else could see it
        unsigned percent = 80 + 5 * (otg->dcfg >> DCFG_PFIVL_SHIFT & 3);
        vb_schedule(device, EVENT_END_OF_FRAME, vb_now(device->board) + percent * (VB_MS / 100));
    }
    dwc2_update(otg);
}

void dwc2_event(vb_device *device, unsigned id)
{
    dwc2 *otg = dwc2_of(device);
    if (id >= VB_USB_EVENTS) {
        vb_usb_event(device, id);
        return;
    }
    if (id == EVENT_SUSPEND) {
        bus_idle(otg);
    } else {
        otg->gintsts |= G_EOPF;
    }
    dwc2_update(otg);
}

// -- transactions -------------------------------------------------------------------------------

// The endpoint a packet is for, NULL when this device does not feel spoken to.
static dwc2_endpoint *addressed(dwc2 *otg, dwc2_endpoint *endpoints, const vb_usb_packet *packet)
{
    if (packet->address != otg->address || otg->resetting || !otg->pulled_up ||
        packet->endpoint >= DWC2_ENDPOINTS) {
        return NULL;
    }
    dwc2_endpoint *endpoint = &endpoints[packet->endpoint];
    return endpoint->ctl & EP_USBAEP ? endpoint : NULL;
}

static bool toggle(const dwc2_endpoint *endpoint)
{
    return (endpoint->ctl & EP_DPID) != 0;
}

// The first packet behind a SETUP tells the core that no further SETUP comes.
static void end_setup_stage(dwc2 *otg, unsigned endpoint)
{
    if (!otg->setup_stage || endpoint != 0) {
        return;
    }
    otg->setup_stage = false;
    dwc2_rx_put(otg, RX_SETUP_DONE, 0, false, NULL, 0);
}

// At 0 the core takes SETUP packets all the same; it only cannot count them any more.
static void count_setup(dwc2 *otg)
{
    dwc2_endpoint *endpoint = &otg->out[0];
    if (endpoint->setups > 0) {
        endpoint->setups--;
    } else if (otg->setup_stage) {
        endpoint->flags |= INT_B2BSTUP;
    }
}

static vb_usb_answer on_setup(vb_device *device, const vb_usb_packet *packet)
{
    dwc2 *otg = dwc2_of(device);
    if (packet->endpoint != 0 || packet->size != 8 || addressed(otg, otg->out, packet) == NULL) {
        return VB_USB_SILENCE;
    }
    if (!dwc2_rx_put(otg, RX_SETUP_DATA, 0, false, packet->data, 8)) {
        vb_say(device->board, VB_REPORT_MISUSE,
               "%s: the receive FIFO has no room for a SETUP packet", device->info->name);
        return VB_USB_SILENCE;
    }
    count_setup(otg);
    otg->setup_stage = true;
    otg->control_read = (packet->data[0] & 0x80) != 0;
    otg->in[0].ctl = (otg->in[0].ctl & ~(uint32_t)EP_STALL) | EP_NAKSTS | EP_DPID;
    // Firmware may enable it again as soon as it has read the packet, before the stage has ended.
    otg->out[0].ctl = (otg->out[0].ctl & ~(EP_STALL | EP_EPENA)) | EP_NAKSTS | EP_DPID;
    dwc2_bus_active(otg);
    dwc2_update(otg);
    return VB_USB_ACK;
}

// The packet is in the FIFO; a short one, or the last one asked for, ends the transfer.
static void accept(dwc2 *otg, dwc2_endpoint *endpoint, const vb_usb_packet *packet)
{
    dwc2_rx_put(otg, RX_OUT_DATA, packet->endpoint, packet->data1, packet->data, packet->size);
    endpoint->ctl ^= EP_DPID;
    endpoint->packets -= endpoint->packets > 0;
    if (endpoint->packets > 0 && packet->size == dwc2_packet_max(otg, false, packet->endpoint)) {
        return;
    }
    endpoint->ctl = (endpoint->ctl | EP_NAKSTS) & ~EP_EPENA;
    dwc2_rx_put(otg, RX_OUT_DONE, packet->endpoint, packet->data1, NULL, 0);
}

static vb_usb_answer answer_out(dwc2 *otg, dwc2_endpoint *endpoint, const vb_usb_packet *packet)
{
    bool odd_status = packet->endpoint == 0 && otg->control_read && packet->size > 0;
    if (endpoint->ctl & EP_STALL || (odd_status && otg->dcfg & DCFG_NZLSOHSK)) {
        return VB_USB_STALL;
    }
    bool enabled =
        (endpoint->ctl & (EP_EPENA | EP_NAKSTS)) == EP_EPENA && !(otg->dctl & DCTL_GONSTS);
    if (packet->endpoint == 0 && !(endpoint->ctl & EP_EPENA)) {
        endpoint->flags |= INT_OTEPDIS;
    }
    if (!enabled || !dwc2_rx_has_room(otg, packet->size)) {
        return VB_USB_NAK;
    }
    if (packet->data1 == toggle(endpoint)) { // else a repetition: the host missed our ACK
        accept(otg, endpoint, packet);
    }
    return VB_USB_ACK;
}

static vb_usb_answer on_out(vb_device *device, const vb_usb_packet *packet)
{
    dwc2 *otg = dwc2_of(device);
    dwc2_endpoint *endpoint = addressed(otg, otg->out, packet);
    if (endpoint == NULL || packet->size > dwc2_packet_max(otg, false, packet->endpoint)) {
        return VB_USB_SILENCE;
    }
    end_setup_stage(otg, packet->endpoint);
    vb_usb_answer answer = answer_out(otg, endpoint, packet);
    dwc2_bus_active(otg);
    dwc2_update(otg);
    return answer;
}

static vb_usb_answer answer_in(dwc2 *otg, dwc2_endpoint *endpoint, vb_usb_packet *packet)
{
    if (endpoint->ctl & EP_STALL) {
        return VB_USB_STALL;
    }
    if ((endpoint->ctl & (EP_EPENA | EP_NAKSTS)) != EP_EPENA || otg->dctl & DCTL_GINSTS) {
        return VB_USB_NAK;
    }
    unsigned fifo = dwc2_fifo_of(otg, packet->endpoint);
    uint32_t max = dwc2_packet_max(otg, true, packet->endpoint);
    packet->size = endpoint->to_send < max ? endpoint->to_send : max;
    packet->data1 = toggle(endpoint);
    bool written = endpoint->to_send - packet->size >= endpoint->size;
    if (endpoint->packets > 0 && written && dwc2_tx_peek(otg, fifo, packet->data, packet->size)) {
        return VB_USB_ACK;
    }
    endpoint->flags |= otg->tx[fifo].used == 0 ? INT_ITTXFE : 0;
    return VB_USB_NAK;
}

static vb_usb_answer on_in(vb_device *device, vb_usb_packet *packet)
{
    dwc2 *otg = dwc2_of(device);
    dwc2_endpoint *endpoint = addressed(otg, otg->in, packet);
    if (endpoint == NULL) {
        return VB_USB_SILENCE;
    }
    end_setup_stage(otg, packet->endpoint);
    vb_usb_answer answer = answer_in(otg, endpoint, packet);
    dwc2_bus_active(otg);
    dwc2_update(otg);
    return answer;
}

static void on_taken(vb_device *device, const vb_usb_packet *packet)
{
    dwc2 *otg = dwc2_of(device);
    dwc2_endpoint *endpoint = &otg->in[packet->endpoint];
    if (!(endpoint->ctl & EP_EPENA) || endpoint->to_send < packet->size || endpoint->packets == 0) {
        return; // disabled or reset between packet and handshake
    }
    uint8_t still_there[VB_USB_PACKET];
    if (!dwc2_tx_peek(otg, dwc2_fifo_of(otg, packet->endpoint), still_there, packet->size)) {
        return; // flushed meanwhile
    }
    dwc2_tx_take(otg, dwc2_fifo_of(otg, packet->endpoint), packet->size);
    endpoint->ctl ^= EP_DPID;
    endpoint->to_send -= (uint32_t)packet->size;
    if (--endpoint->packets == 0) {
        endpoint->ctl &= ~EP_EPENA;
        endpoint->flags |= INT_XFRC;
    }
    if (packet->endpoint == 0 && packet->size == 0 && !otg->control_read) {
        // A status stage is over. Measured: an address written to DCFG before it is in force from
        // here on, one written behind it is not.
        otg->address = otg->dcfg >> DCFG_DAD_SHIFT & 0x7F;
    }
    dwc2_update(otg);
}

const vb_usb_function dwc2_usb = {
    .vbus = on_vbus,
    .pulled_up = is_pulled_up,
    .reset = on_reset,
    .resume = on_resume,
    .frame = on_frame,
    .setup = on_setup,
    .out = on_out,
    .in = on_in,
    .taken = on_taken,
};
