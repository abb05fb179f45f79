// SPDX-License-Identifier: MIT
// USART, second generation (F0, F3, F7, H7, ...): other registers around the same shift registers (usart_v1_wire.c), flags
// cleared by ICR. FIFO mode gives the receiver its 16 words (and no thresholds); the transmitter's, 7-bit words, prescaler, LIN, IrDA, smartcard, flow control and auto-baud are not modelled and
// are reported when used. Manual: RM0433, 48.5 to 48.8.
#include <string.h>

#include "usart_v1.h"

enum {
    V2_CR1 = 0x00, V2_CR2 = 0x04, V2_CR3 = 0x08, V2_BRR = 0x0C, V2_GTPR = 0x10, V2_RTOR = 0x14, V2_RQR = 0x18,
    V2_ISR = 0x1C, V2_ICR = 0x20, V2_RDR = 0x24, V2_TDR = 0x28, V2_PRESC = 0x2C
};
enum {
    V2_CR1_UE = 1u << 0, V2_CR1_SAME = 0x97FC, // RE to OVER8 stand where they stood, but M
    V2_CR1_M0 = 1u << 12, V2_CR1_FIFOEN = 1u << 29, V2_CR1_UNMODELLED = 0xD7FF6802,
    V2_CR2_STOP = 3u << 12, V2_CR3_SAME = 0x08C9, V2_CR3_UNMODELLED = 0xF1FFE736u,
    V2_RQR_SBKRQ = 1u << 1, V2_RQR_RXFRQ = 1u << 3, V2_RQR_TXFRQ = 1u << 4,
    V2_ISR_BUSY = 1u << 16, V2_ISR_TEACK = 1u << 21, V2_ISR_REACK = 1u << 22, V2_ICR_CLEARS = 0x5F
};

// The first generation's state, and the registers as written.
typedef struct usart_v2 {
    usart base; // first: the wire's code knows only this
    uint32_t cr1, cr2, cr3, presc, rtor;
} usart_v2;

static bool may_send(const usart *base)
{
    return (base->cr1 & USART_CR1_UE) != 0 && (base->cr1 & USART_CR1_TE) != 0;
}

static bool may_hear(const usart *base)
{
    return (base->cr1 & USART_CR1_UE) != 0 && (base->cr1 & USART_CR1_RE) != 0;
}

static void write_cr1(vb_device *device, uint32_t value)
{
    usart_v2 *state = device->state;
    usart *base = &state->base;
    bool sent = may_send(base), heard = may_hear(base);
    vb_no_function(device, "CR1", value & V2_CR1_UNMODELLED);
    state->cr1 = value;
    base->fifo_on = (value & V2_CR1_FIFOEN) != 0;
    base->cr1 = (base->cr1 & USART_CR1_SBK) | (value & V2_CR1_SAME) | ((value & V2_CR1_M0) != 0 ? USART_CR1_M : 0) |
                ((value & V2_CR1_UE) != 0 ? USART_CR1_UE : 0);
    if (may_send(base) && !sent) {
        usart_preamble(device);
    }
    if (heard && !may_hear(base)) {
        usart_deaf(device);
    }
    if (may_hear(base) && !heard) {
        base->idle_armed = true;
        usart_listen(device);
    }
    usart_transmit(device);
}

static void write_rqr(vb_device *device, uint32_t value)
{
    usart *base = device->state;
    vb_no_function(device, "RQR", value & ~(uint32_t)(V2_RQR_SBKRQ | V2_RQR_RXFRQ | V2_RQR_TXFRQ));
    if ((value & V2_RQR_RXFRQ) != 0) {
        base->sr &= ~(uint32_t)USART_SR_RXNE;
        base->fifo_count = 0;
    }
    if ((value & V2_RQR_TXFRQ) != 0) {
        base->sr |= USART_SR_TXE;
    }
    if ((value & V2_RQR_SBKRQ) != 0) {
        base->cr1 |= USART_CR1_SBK;
        usart_transmit(device);
    }
}

static uint32_t read_rdr(vb_device *device)
{
    usart *base = device->state;
    uint32_t word = base->rdr;
    if (base->fifo_count > 0) {
        base->rdr = base->fifo[0];
        base->fifo_count--;
        memmove(base->fifo, base->fifo + 1, base->fifo_count * sizeof base->fifo[0]);
    } else {
        base->sr &= ~(uint32_t)USART_SR_RXNE;
    }
    usart_update(device);
    return word;
}

static void write_tdr(vb_device *device, uint32_t value)
{
    usart *base = device->state;
    base->tdr = value & 0x1FF;
    base->sr &= ~(uint32_t)(USART_SR_TXE | USART_SR_TC);
    usart_transmit(device);
}

static uint32_t read_isr(const usart *base)
{
    return (base->sr & 0xFFu) | (base->receiving ? V2_ISR_BUSY : 0) | (may_send(base) ? V2_ISR_TEACK : 0) |
           (may_hear(base) ? V2_ISR_REACK : 0);
}

static uint32_t read_register(vb_device *device, uint32_t offset)
{
    const usart_v2 *state = device->state;
    switch (offset) {
    case V2_CR1: return state->cr1;
    case V2_CR2: return state->cr2;
    case V2_CR3: return state->cr3;
    case V2_BRR: return state->base.brr;
    case V2_GTPR: return state->base.gtpr;
    case V2_RTOR: return state->rtor;
    case V2_RQR:
    case V2_ICR:
    case V2_TDR: return 0;
    case V2_ISR: return read_isr(&state->base);
    case V2_RDR: return read_rdr(device);
    case V2_PRESC: return state->presc;
    default: return vb_no_register_read(device, offset);
    }
}

static uint32_t read(vb_device *device, uint32_t offset, unsigned width)
{
    return vb_part(read_register(device, offset & ~3u), offset, width);
}

static void write(vb_device *device, uint32_t offset, unsigned width, uint32_t value)
{
    usart_v2 *state = device->state;
    usart *base = &state->base;
    uint32_t word = vb_spread(width, value);
    switch (offset & ~3u) {
    case V2_CR1: write_cr1(device, word); break;
    case V2_CR2:
        vb_no_function(device, "CR2", word & ~(uint32_t)V2_CR2_STOP);
        state->cr2 = word;
        base->cr2 = word & V2_CR2_STOP;
        break;
    case V2_CR3:
        vb_no_function(device, "CR3", word & V2_CR3_UNMODELLED & ~0x11000000u); // FIFO thresholds matter with FIFOs only
        state->cr3 = word;
        base->cr3 = word & V2_CR3_SAME;
        break;
    case V2_BRR: base->brr = word & 0xFFFF; break;
    case V2_GTPR: base->gtpr = word & 0xFFFF; break;
    case V2_RTOR: state->rtor = word; break;
    case V2_RQR: write_rqr(device, word); break;
    case V2_ICR: base->sr &= ~(word & V2_ICR_CLEARS); break;
    case V2_TDR: write_tdr(device, word); break;
    case V2_PRESC:
        vb_no_function(device, "PRESC", word);
        state->presc = word & 0xFu;
        break;
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
    static const vb_uart_ops ops = {.line_changed = far_line_changed, .bytes_waiting = far_has_bytes};
    vb_uart_register(device, &ops);
    return VB_OK;
}

// The far end does not notice a reset of the chip: what it is sending goes on.
static void reset(vb_device *device, vb_reset kind)
{
    usart_v2 *state = device->state;
    if (kind == VB_RESET_BACKUP) {
        return;
    }
    usart kept = state->base;
    *state = (usart_v2){.base = {.sr = USART_SR_TXE | USART_SR_TC, .far = kept.far, .far_sending = kept.far_sending,
                                 .rx_request = kept.rx_request, .tx_request = kept.tx_request}};
    usart_wire_reset(device);
    usart_update(device);
}

extern const vb_model vb_usart_v2;
const vb_model vb_usart_v2 = {
    .generation = "usart_v2",
    .state_size = sizeof(usart_v2),
    .create = create,
    .reset = reset,
    .read = read,
    .write = write,
    .event = usart_event,
    .pins_changed = usart_listen,
};
