// SPDX-License-Identifier: MIT
// USART, first generation (F1, F2, F4): registers, flags and how they are cleared, interrupts, DMA
// requests. LIN, IrDA, smartcard, synchronous mode, flow control and mute mode are not modelled and
// are reported when used. Manual: RM0090 Rev 21, 30.3, 30.4 and 30.6.
#include "usart_v1.h"

enum { SR_RESET = USART_SR_TXE | USART_SR_TC, CR2_STOP = 3u << 12 };
// Cleared by reading SR, then DR; cleared by writing 0.
enum { READ_CLEARED = USART_SR_PE | USART_SR_FE | USART_SR_NE | USART_SR_ORE | USART_SR_IDLE };
enum { WRITE_CLEARED = USART_SR_RXNE | USART_SR_TC | USART_SR_LBD | USART_SR_CTS };
enum { CR1_BITS = 0xBFFF, CR2_BITS = 0x7F6F, CR3_BITS = 0x0FFF };
enum { CR1_UNMODELLED = USART_CR1_RWU, CR2_UNMODELLED = 0x4840, CR3_UNMODELLED = 0x0736 };

static bool wants_interrupt(const usart *state)
{
    uint32_t sr = state->sr, cr1 = state->cr1;
    bool error = (sr & (USART_SR_FE | USART_SR_NE | USART_SR_ORE)) &&
                 (state->cr3 & USART_CR3_EIE) && (state->cr3 & USART_CR3_DMAR);
    return ((sr & USART_SR_TXE) && (cr1 & USART_CR1_TXEIE)) ||
           ((sr & USART_SR_TC) && (cr1 & USART_CR1_TCIE)) ||
           ((sr & (USART_SR_RXNE | USART_SR_ORE)) && (cr1 & USART_CR1_RXNEIE)) ||
           ((sr & USART_SR_IDLE) && (cr1 & USART_CR1_IDLEIE)) ||
           ((sr & USART_SR_PE) && (cr1 & USART_CR1_PEIE)) || error;
}

static void update_request(vb_device *device, const hf_dma_line *line, bool *told, bool level)
{
    if (*told != level && line->controller[0] != '\0') {
        *told = level;
        vb_dma_request(device, line, level);
    }
}

void usart_update(vb_device *device)
{
    usart *state = device->state;
    bool on = state->cr1 & USART_CR1_UE;
    vb_irq(device, 0, wants_interrupt(state));
    update_request(device, &device->info->dma_rx, &state->rx_request,
                   on && (state->cr3 & USART_CR3_DMAR) && (state->sr & USART_SR_RXNE));
    update_request(device, &device->info->dma_tx, &state->tx_request,
                   on && (state->cr3 & USART_CR3_DMAT) && (state->cr1 & USART_CR1_TE) &&
                       (state->sr & USART_SR_TXE));
    vb_in_flight(device, state->sending == USART_WORD || state->sending == USART_BREAK ||
                             state->far_sending);
}

// A word has come in whole. With the last one still unread it is lost, and of its errors only the
// overrun is told.
void usart_received(vb_device *device, uint32_t word, uint32_t errors)
{
    usart *state = device->state;
    if ((state->sr & USART_SR_RXNE) && state->fifo_on && state->fifo_count < sizeof state->fifo / sizeof state->fifo[0]) {
        state->fifo[state->fifo_count++] = (uint16_t)word;
        state->sr |= errors;
    } else if (state->sr & USART_SR_RXNE) {
        state->sr |= USART_SR_ORE;
    } else {
        state->rdr = word;
        state->sr |= USART_SR_RXNE | errors;
    }
    state->idle_armed = true;
    usart_update(device);
}

static uint32_t read_dr(vb_device *device)
{
    usart *state = device->state;
    state->sr &= ~(state->seen & READ_CLEARED) & ~(uint32_t)USART_SR_RXNE;
    state->seen = 0;
    usart_update(device);
    return state->rdr;
}

static void write_dr(vb_device *device, uint32_t value)
{
    usart *state = device->state;
    state->tdr = value & 0x1FF;
    state->sr &= ~(state->seen & USART_SR_TC) & ~(uint32_t)USART_SR_TXE;
    state->seen &= ~(uint32_t)USART_SR_TC;
    usart_transmit(device);
    usart_update(device);
}

static uint32_t read_sr(usart *state)
{
    state->seen = state->sr;
    return state->sr;
}

static uint32_t read_register(vb_device *device, uint32_t offset)
{
    usart *state = device->state;
    switch (offset) {
    case USART_SR: return read_sr(state);
    case USART_DR: return read_dr(device);
    case USART_BRR: return state->brr;
    case USART_CR1: return state->cr1;
    case USART_CR2: return state->cr2;
    case USART_CR3: return state->cr3;
    case USART_GTPR: return state->gtpr;
    default: return vb_no_register_read(device, offset);
    }
}

static uint32_t read(vb_device *device, uint32_t offset, unsigned width)
{
    return vb_part(read_register(device, offset & ~3u), offset, width);
}

static void write_cr1(vb_device *device, uint32_t value)
{
    usart *state = device->state;
    uint32_t old = state->cr1;
    vb_no_function(device, "CR1", value & CR1_UNMODELLED);
    state->cr1 = value & CR1_BITS;
    bool on = state->cr1 & USART_CR1_UE, was_on = old & USART_CR1_UE;
    bool sends = on && (state->cr1 & USART_CR1_TE), sent = was_on && (old & USART_CR1_TE);
    bool hears = on && (state->cr1 & USART_CR1_RE), heard = was_on && (old & USART_CR1_RE);
    if (sends && !sent) {
        usart_preamble(device);
    }
    if (heard && !hears) {
        usart_deaf(device);
    }
    if (hears && !heard) {
        state->idle_armed = true;
        usart_listen(device);
    }
    usart_transmit(device); // SBK
}

static void write_cr2(vb_device *device, uint32_t value)
{
    usart *state = device->state;
    vb_no_function(device, "CR2", value & CR2_UNMODELLED);
    vb_no_function(device, "CR2.STOP", value & 1u << 12); // half stop bits belong to smartcards
    state->cr2 = value & CR2_BITS;
}

static void write_cr3(vb_device *device, uint32_t value)
{
    usart *state = device->state;
    vb_no_function(device, "CR3", value & CR3_UNMODELLED);
    state->cr3 = value & CR3_BITS;
}

static void write(vb_device *device, uint32_t offset, unsigned width, uint32_t value)
{
    usart *state = device->state;
    uint32_t word = vb_spread(width, value);
    switch (offset & ~3u) {
    case USART_SR: state->sr &= word | ~(uint32_t)WRITE_CLEARED; break;
    case USART_DR: write_dr(device, word); return;
    case USART_BRR: state->brr = word & 0xFFFF; break;
    case USART_CR1: write_cr1(device, word); break;
    case USART_CR2: write_cr2(device, word); break;
    case USART_CR3: write_cr3(device, word); break;
    case USART_GTPR: state->gtpr = word & 0xFFFF; break;
    default: vb_no_register_write(device, offset, value); return;
    }
    usart_update(device);
}

static void far_has_bytes(vb_device *device)
{
    usart_fetch_far(device);
    usart_update(device);
}

static void far_line_changed(vb_device *device)
{
    (void)device; // frames take the line's settings when they begin
}

static vb_status create(vb_device *device)
{
    static const vb_uart_ops ops = {.line_changed = far_line_changed,
                                    .bytes_waiting = far_has_bytes};
    vb_uart_register(device, &ops);
    return VB_OK;
}

// The far end does not notice a reset of the chip: what it is sending goes on.
static void reset(vb_device *device, vb_reset kind)
{
    usart *state = device->state;
    if (kind == VB_RESET_BACKUP) {
        return;
    }
    usart kept = *state;
    *state = (usart){
        .sr = SR_RESET,
        .far = kept.far,
        .far_sending = kept.far_sending,
        .rx_request = kept.rx_request,
        .tx_request = kept.tx_request,
    };
    usart_wire_reset(device);
    usart_update(device);
}

extern const vb_model vb_usart_v1;
const vb_model vb_usart_v1 = {
    .generation = "usart_v1",
    .state_size = sizeof(usart),
    .create = create,
    .reset = reset,
    .read = read,
    .write = write,
    .event = usart_event,
    .pins_changed = usart_listen,
};
