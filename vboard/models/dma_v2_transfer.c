// SPDX-License-Identifier: MIT
// Stream DMA: arbitration, single items, FIFO packing, circular and double-buffer runs, errors. One
// item moves per event, a fixed number of bus cycles after the one before; bursts only show in
// their speed, which is not modelled. Manual: RM0090 Rev 21, 10.3.4 to 10.3.17.
#include <string.h>

#include "dma_v2.h"

enum { FROM_PERIPHERAL, TO_PERIPHERAL, MEMORY_TO_MEMORY };
enum { ITEM_CYCLES = 6 }; // of HCLK: arbitration, a read, a write, the bridge

static unsigned direction(const dma_stream *stream)
{
    return (stream->cr >> DMA_CR_DIR) & 3u;
}

static unsigned peripheral_width(const dma_stream *stream)
{
    return 1u << ((stream->cr >> DMA_CR_PSIZE) & 3u);
}

static bool uses_fifo(const dma_stream *stream)
{
    return (stream->fcr & DMA_FCR_DMDIS) || direction(stream) == MEMORY_TO_MEMORY;
}

// In direct mode the memory side takes the peripheral's width.
static unsigned memory_width(const dma_stream *stream)
{
    return uses_fifo(stream) ? 1u << ((stream->cr >> DMA_CR_MSIZE) & 3u) : peripheral_width(stream);
}

static unsigned threshold(const dma_stream *stream)
{
    return ((stream->fcr & 3u) + 1) * (DMA_FIFO_SIZE / 4);
}

uint32_t dma_fifo_status(const dma_stream *stream)
{
    if (stream->fifo_count == 0) {
        return 4;
    }
    return stream->fifo_count == DMA_FIFO_SIZE ? 5 : stream->fifo_count / (DMA_FIFO_SIZE / 4);
}

static bool is_running(const dma_stream *stream)
{
    return stream->cr & DMA_CR_EN;
}

static bool is_asked(const dma_stream *stream)
{
    unsigned channel = (stream->cr >> DMA_CR_CHSEL) & 7u;
    return direction(stream) == MEMORY_TO_MEMORY || ((stream->requests >> channel) & 1u);
}

static unsigned priority(const dma_stream *stream)
{
    return (stream->cr >> DMA_CR_PL) & 3u;
}

// The stream that is next: highest priority, then lowest number. DMA_STREAMS when none wants
// anything.
static unsigned winner(const dma *state)
{
    unsigned best = DMA_STREAMS;
    for (unsigned number = 0; number < DMA_STREAMS; number++) {
        const dma_stream *stream = &state->streams[number];
        if (!is_running(stream) || !is_asked(stream)) {
            continue;
        }
        if (best == DMA_STREAMS || priority(stream) > priority(&state->streams[best])) {
            best = number;
        }
    }
    return best;
}

static void schedule(vb_device *device)
{
    vb_time at;
    uint32_t hclk = vb_clock_hz(device->board, VB_CLOCK_HCLK);
    bool wanted = hclk != 0 && winner(device->state) != DMA_STREAMS;
    vb_in_flight(device, wanted);
    if (wanted && !vb_scheduled(device, DMA_EVENT_TRANSFER, &at)) {
        vb_schedule(device, DMA_EVENT_TRANSFER, vb_now(device->board) + ITEM_CYCLES * VB_S / hclk);
    }
}

void dma_request(vb_device *device, unsigned number, unsigned channel, bool level)
{
    dma_stream *stream = &((dma *)device->state)->streams[number % DMA_STREAMS];
    uint8_t bit = (uint8_t)(1u << (channel & 7u));
    stream->requests = level ? stream->requests | bit : stream->requests & (uint8_t)~bit;
    schedule(device);
}

// -- moving ---------------------------------------------------------------------------------------
static unsigned buffer_in_use(const dma_stream *stream)
{
    return (stream->cr & DMA_CR_DBM) && (stream->cr & DMA_CR_CT) ? 1 : 0;
}

static bool peripheral_read(vb_device *device, dma_stream *stream, uint32_t *value)
{
    unsigned width = peripheral_width(stream);
    bool done = vb_bus_read(device->board, stream->par_now, width, value);
    if (stream->cr & DMA_CR_PINC) {
        stream->par_now += stream->cr & DMA_CR_PINCOS ? 4 : width;
    }
    return done;
}

static bool peripheral_write(vb_device *device, dma_stream *stream, uint32_t value)
{
    unsigned width = peripheral_width(stream);
    bool done = vb_bus_write(device->board, stream->par_now, width, value);
    if (stream->cr & DMA_CR_PINC) {
        stream->par_now += stream->cr & DMA_CR_PINCOS ? 4 : width;
    }
    return done;
}

static void memory_step(dma_stream *stream)
{
    if (stream->cr & DMA_CR_MINC) {
        stream->mar_now += memory_width(stream);
    }
}

// Writes what the FIFO holds, in whole memory units.
static bool drain(vb_device *device, dma_stream *stream)
{
    unsigned width = memory_width(stream);
    bool done = true;
    while (done && stream->fifo_count >= width) {
        uint32_t value = 0;
        memcpy(&value, stream->fifo, width);
        stream->fifo_count -= width;
        memmove(stream->fifo, stream->fifo + width, stream->fifo_count);
        done = vb_bus_write(device->board, stream->mar_now, width, value);
        memory_step(stream);
    }
    return done;
}

static bool item_to_memory(vb_device *device, dma_stream *stream)
{
    unsigned width = peripheral_width(stream);
    uint32_t value;
    if (!peripheral_read(device, stream, &value)) {
        return false;
    }
    memcpy(stream->fifo + stream->fifo_count, &value, width);
    stream->fifo_count += width;
    bool full = !uses_fifo(stream) || stream->fifo_count >= threshold(stream) || stream->ndtr == 1;
    return !full || drain(device, stream);
}

static bool item_to_peripheral(vb_device *device, dma_stream *stream)
{
    unsigned width = peripheral_width(stream);
    while (stream->fifo_count < width) {
        unsigned unit = memory_width(stream);
        uint32_t value;
        if (!vb_bus_read(device->board, stream->mar_now, unit, &value)) {
            return false;
        }
        memcpy(stream->fifo + stream->fifo_count, &value, unit);
        stream->fifo_count += unit;
        memory_step(stream);
    }
    uint32_t value = 0;
    memcpy(&value, stream->fifo, width);
    stream->fifo_count -= width;
    memmove(stream->fifo, stream->fifo + width, stream->fifo_count);
    return peripheral_write(device, stream, value);
}

static void rewind_stream(dma_stream *stream)
{
    stream->ndtr = stream->length;
    stream->par_now = stream->par;
    stream->mar_now = stream->mar[buffer_in_use(stream)];
    stream->fifo_count = 0;
}

static void finish_run(vb_device *device, unsigned number)
{
    dma_stream *stream = &((dma *)device->state)->streams[number];
    if (stream->cr & DMA_CR_DBM) {
        stream->cr ^= DMA_CR_CT;
        rewind_stream(stream);
    } else if (stream->cr & DMA_CR_CIRC) {
        rewind_stream(stream);
    } else {
        stream->cr &= ~(uint32_t)DMA_CR_EN;
    }
    dma_raise(device, number, DMA_TCIF);
}

void dma_event(vb_device *device, unsigned id)
{
    dma *state = device->state;
    unsigned number = winner(state);
    (void)id;
    if (number == DMA_STREAMS) {
        schedule(device);
        return;
    }
    dma_stream *stream = &state->streams[number];
    // Memory to memory reads its source at the peripheral port, so it moves like a receiver.
    bool done = direction(stream) == TO_PERIPHERAL ? item_to_peripheral(device, stream)
                                                   : item_to_memory(device, stream);
    if (!done) {
        dma_stop(device, number, DMA_TEIF);
        return;
    }
    stream->ndtr--;
    if (stream->ndtr == stream->length / 2) {
        dma_raise(device, number, DMA_HTIF);
    }
    if (stream->ndtr == 0) {
        finish_run(device, number);
    }
    schedule(device);
}

// -- on and off -----------------------------------------------------------------------------------
// What the controller refuses when a stream is enabled: 0 or a flag.
static uint32_t wrong_setup(const vb_device *device, const dma_stream *stream)
{
    bool size_reserved =
        ((stream->cr >> DMA_CR_PSIZE) & 3u) == 3 || ((stream->cr >> DMA_CR_MSIZE) & 3u) == 3;
    bool second_controller = strcmp(device->info->name, "dma2") == 0;
    bool memory_to_memory = direction(stream) == MEMORY_TO_MEMORY;
    if (memory_to_memory && (!second_controller || (stream->cr & (DMA_CR_CIRC | DMA_CR_DBM)))) {
        return DMA_TEIF; // only the second controller's peripheral port reaches memory
    }
    if (size_reserved || direction(stream) == 3) {
        return DMA_TEIF;
    }
    unsigned burst = (stream->cr >> 23) & 3u;
    unsigned burst_bytes = (burst == 0 ? 1 : 2u << burst) * memory_width(stream);
    bool burst_fits = threshold(stream) % burst_bytes == 0;
    return uses_fifo(stream) && !burst_fits ? DMA_FEIF : 0;
}

void dma_enable(vb_device *device, unsigned number)
{
    dma_stream *stream = &((dma *)device->state)->streams[number];
    uint32_t wrong = wrong_setup(device, stream);
    if (wrong != 0) {
        vb_say(device->board, VB_REPORT_MISUSE,
               "%s: stream %u cannot run with CR 0x%08X, FCR 0x%02X", device->info->name, number,
               (unsigned)stream->cr, (unsigned)stream->fcr);
        dma_stop(device, number, wrong);
        return;
    }
    if (stream->ndtr == 0) {
        stream->cr &= ~(uint32_t)DMA_CR_EN; // nothing to move: the stream does not start
        return;
    }
    if (direction(stream) == MEMORY_TO_MEMORY) {
        stream->fcr |= DMA_FCR_DMDIS; // hardware does not allow direct mode here
    }
    stream->length = stream->ndtr;
    rewind_stream(stream);
    schedule(device);
}

// Software stopped a stream before its end: what the FIFO holds still reaches memory, and the
// stream says it is done.
void dma_disable(vb_device *device, unsigned number)
{
    dma_stream *stream = &((dma *)device->state)->streams[number];
    if (direction(stream) != TO_PERIPHERAL) {
        drain(device, stream);
    }
    stream->fifo_count = 0;
    dma_raise(device, number, DMA_TCIF);
    schedule(device);
}

void dma_stop(vb_device *device, unsigned number, uint32_t flags)
{
    dma_stream *stream = &((dma *)device->state)->streams[number];
    stream->cr &= ~(uint32_t)DMA_CR_EN;
    stream->fifo_count = 0;
    dma_raise(device, number, flags);
    schedule(device);
}
