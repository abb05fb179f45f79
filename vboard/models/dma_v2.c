// SPDX-License-Identifier: MIT
// DMA controller with streams (F2, F4): registers, flags and interrupts. The transfers are in
// dma_v2_transfer.c. Manual: RM0090 Rev 21, 10.3 and 10.5.
#include "dma_v2.h"

enum { LISR = 0x00, HISR = 0x04, LIFCR = 0x08, HIFCR = 0x0C, STREAM0 = 0x10, STREAM_SIZE = 0x18 };
enum { SXCR = 0x00, SXNDTR = 0x04, SXPAR = 0x08, SXM0AR = 0x0C, SXM1AR = 0x10, SXFCR = 0x14 };
enum {
    CR_BITS = 0x0FEFFFFF,
    CR_ALWAYS = DMA_CR_EN | DMA_CR_DMEIE | DMA_CR_TEIE | DMA_CR_HTIE | DMA_CR_TCIE
};
enum { FCR_RESET = 0x21, FCR_CONFIG = 0x07, FCR_FEIE = 1u << 7 };

static void update_irq(vb_device *device, unsigned number)
{
    const dma_stream *stream = &((dma *)device->state)->streams[number];
    // The enables of CR stand one place below their flags.
    uint32_t enabled = (stream->cr << 1) & (DMA_DMEIF | DMA_TEIF | DMA_HTIF | DMA_TCIF);
    enabled |= stream->fcr & FCR_FEIE ? DMA_FEIF : 0;
    vb_irq(device, number, (stream->flags & enabled) != 0);
}

void dma_raise(vb_device *device, unsigned number, uint32_t flags)
{
    ((dma *)device->state)->streams[number].flags |= flags;
    update_irq(device, number);
}

// Four streams share a flag register; their groups stand at bits 0, 6, 16 and 22.
static unsigned group_shift(unsigned number)
{
    static const uint8_t shifts[] = {0, 6, 16, 22};
    return shifts[number % 4];
}

static uint32_t read_flags(const dma *state, unsigned first)
{
    uint32_t word = 0;
    for (unsigned number = first; number < first + 4; number++) {
        word |= state->streams[number].flags << group_shift(number);
    }
    return word;
}

static void clear_flags(vb_device *device, unsigned first, uint32_t word)
{
    dma *state = device->state;
    for (unsigned number = first; number < first + 4; number++) {
        state->streams[number].flags &= ~(word >> group_shift(number));
        update_irq(device, number);
    }
}

static uint32_t read_stream(vb_device *device, unsigned number, uint32_t offset)
{
    const dma_stream *stream = &((dma *)device->state)->streams[number];
    switch (offset) {
    case SXCR: return stream->cr;
    case SXNDTR: return stream->ndtr;
    case SXPAR: return stream->par;
    case SXM0AR: return stream->mar[0];
    case SXM1AR: return stream->mar[1];
    case SXFCR: return stream->fcr | dma_fifo_status(stream) << 3;
    default: return 0;
    }
}

static uint32_t read_register(vb_device *device, uint32_t offset)
{
    const dma *state = device->state;
    switch (offset) {
    case LISR: return read_flags(state, 0);
    case HISR: return read_flags(state, 4);
    case LIFCR:
    case HIFCR: return 0;
    default: break;
    }
    uint32_t from_first = offset - STREAM0;
    if (from_first >= STREAM_SIZE * DMA_STREAMS) {
        return vb_no_register_read(device, offset);
    }
    return read_stream(device, from_first / STREAM_SIZE, from_first % STREAM_SIZE);
}

static uint32_t read(vb_device *device, uint32_t offset, unsigned width)
{
    return vb_part(read_register(device, offset & ~3u), offset, width);
}

// While the stream runs, only its enable and its interrupts can be changed.
static void write_cr(vb_device *device, unsigned number, uint32_t value)
{
    dma_stream *stream = &((dma *)device->state)->streams[number];
    bool running = stream->cr & DMA_CR_EN;
    uint32_t mask = running ? CR_ALWAYS : CR_BITS;
    stream->cr = (stream->cr & ~mask) | (value & mask);
    vb_no_function(device, "SxCR.PFCTRL", stream->cr & DMA_CR_PFCTRL);
    if (!running && (stream->cr & DMA_CR_EN)) {
        dma_enable(device, number);
    } else if (running && !(stream->cr & DMA_CR_EN)) {
        dma_disable(device, number);
    }
    update_irq(device, number);
}

// Of a running double-buffer stream, the address not in use may be changed; changing the one in use
// is an error.
static void write_memory_address(vb_device *device, unsigned number, unsigned which, uint32_t value)
{
    dma_stream *stream = &((dma *)device->state)->streams[number];
    bool running = stream->cr & DMA_CR_EN;
    unsigned in_use = stream->cr & DMA_CR_CT ? 1 : 0;
    if (!running) {
        stream->mar[which] = value;
    } else if (!(stream->cr & DMA_CR_DBM)) {
        return;
    } else if (which != in_use) {
        stream->mar[which] = value;
    } else {
        dma_stop(device, number, DMA_TEIF);
    }
}

static void write_stream(vb_device *device, unsigned number, uint32_t offset, uint32_t value)
{
    dma_stream *stream = &((dma *)device->state)->streams[number];
    bool running = stream->cr & DMA_CR_EN;
    switch (offset) {
    case SXCR: write_cr(device, number, value); return;
    case SXNDTR: stream->ndtr = running ? stream->ndtr : value & 0xFFFF; return;
    case SXPAR: stream->par = running ? stream->par : value; return;
    case SXM0AR: write_memory_address(device, number, 0, value); return;
    case SXM1AR: write_memory_address(device, number, 1, value); return;
    case SXFCR:
        stream->fcr = (value & FCR_FEIE) | ((running ? stream->fcr : value) & FCR_CONFIG);
        update_irq(device, number);
        return;
    default: return;
    }
}

static void write(vb_device *device, uint32_t offset, unsigned width, uint32_t value)
{
    uint32_t whole = offset & ~3u;
    switch (whole) {
    case LISR:
    case HISR: return; // read-only
    case LIFCR: clear_flags(device, 0, vb_merge(0, offset, width, value)); return;
    case HIFCR: clear_flags(device, 4, vb_merge(0, offset, width, value)); return;
    default: break;
    }
    uint32_t from_first = whole - STREAM0;
    if (from_first >= STREAM_SIZE * DMA_STREAMS) {
        vb_no_register_write(device, offset, value);
        return;
    }
    unsigned number = from_first / STREAM_SIZE;
    uint32_t place = from_first % STREAM_SIZE;
    write_stream(device, number, place,
                 vb_merge(read_stream(device, number, place), offset, width, value));
}

static vb_status create(vb_device *device)
{
    vb_on_dma(device, dma_request);
    return VB_OK;
}

// Request lines belong to the peripherals and stay as they are.
static void reset(vb_device *device, vb_reset kind)
{
    dma *state = device->state;
    if (kind == VB_RESET_BACKUP) {
        return;
    }
    for (unsigned number = 0; number < DMA_STREAMS; number++) {
        uint8_t requests = state->streams[number].requests;
        state->streams[number] = (dma_stream){.fcr = FCR_RESET, .requests = requests};
        update_irq(device, number);
    }
    vb_cancel(device, DMA_EVENT_TRANSFER);
    vb_in_flight(device, false);
}

extern const vb_model vb_dma_v2;
const vb_model vb_dma_v2 = {
    .generation = "dma_v2",
    .state_size = sizeof(dma),
    .create = create,
    .reset = reset,
    .read = read,
    .write = write,
    .event = dma_event,
};
