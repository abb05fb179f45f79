// SPDX-License-Identifier: MIT
// SPI of F1, F2, F4, L1 as a master: full duplex, 8 or 16 bits, software or no slave select. At its lines is the external
// flash of the board file, or nobody, which reads as ones. Not modelled: slave mode, CRC, half duplex, I2S, TI frames.
// Manual: RM0090 Rev 21, 28.3 and 28.5.
#include "nor_w25q.h"
#include "registers.h"

enum { CR1 = 0x00, CR2 = 0x04, SR = 0x08, DR = 0x0C, CRCPR = 0x10, RXCRCR = 0x14, TXCRCR = 0x18, I2SCFGR = 0x1C, I2SPR = 0x20 };
enum {
    CR1_CPHA = 1u << 0, CR1_CPOL = 1u << 1, CR1_MSTR = 1u << 2, CR1_BR_POS = 3, CR1_SPE = 1u << 6, CR1_LSBFIRST = 1u << 7,
    CR1_SSI = 1u << 8, CR1_SSM = 1u << 9, CR1_DFF = 1u << 11, CR1_UNMODELLED = 0xF400,
    CR2_RXDMAEN = 1u << 0, CR2_TXDMAEN = 1u << 1, CR2_SSOE = 1u << 2, CR2_ERRIE = 1u << 5, CR2_RXNEIE = 1u << 6,
    CR2_TXEIE = 1u << 7, CR2_KEPT = 0xE7, CR2_FRF = 1u << 4,
    SR_RXNE = 1u << 0, SR_TXE = 1u << 1, SR_MODF = 1u << 5, SR_OVR = 1u << 6, SR_BSY = 1u << 7
};
enum { EVENT_SHIFTED, EVENT_FLASH };

typedef struct spi {
    uint32_t cr1, cr2, sr;
    uint16_t waiting, shifting, received;
    bool full, busy; // something waits; something is on the wire
    bool overrun_read; // DR was read since OVR: SR is next
    bool selected;
    nor *flash;
} spi;

static void update(vb_device *device)
{
    spi *state = device->state;
    bool line = ((state->cr2 & CR2_RXNEIE) != 0 && (state->sr & SR_RXNE) != 0) ||
                ((state->cr2 & CR2_TXEIE) != 0 && (state->sr & SR_TXE) != 0) ||
                ((state->cr2 & CR2_ERRIE) != 0 && (state->sr & (SR_OVR | SR_MODF)) != 0);
    vb_irq(device, 0, line);
    bool on = (state->cr1 & CR1_SPE) != 0;
    vb_dma_request(device, &device->info->dma_rx, on && (state->cr2 & CR2_RXDMAEN) != 0 && (state->sr & SR_RXNE) != 0);
    vb_dma_request(device, &device->info->dma_tx, on && (state->cr2 & CR2_TXDMAEN) != 0 && (state->sr & SR_TXE) != 0);
}

static bool is_master(const spi *state)
{
    return (state->cr1 & (CR1_SPE | CR1_MSTR)) == (CR1_SPE | CR1_MSTR);
}

static void begin(vb_device *device)
{
    spi *state = device->state;
    uint32_t clock = vb_device_clock(device);
    if (!state->full || state->busy || !is_master(state) || clock == 0) {
        return;
    }
    state->shifting = state->waiting;
    state->full = false;
    state->busy = true;
    state->sr |= SR_TXE;
    unsigned bits = (state->cr1 & CR1_DFF) != 0 ? 16 : 8;
    uint64_t ticks = (uint64_t)bits << ((state->cr1 >> CR1_BR_POS & 7u) + 1);
    vb_schedule(device, EVENT_SHIFTED, vb_now(device->board) + ticks * VB_S / clock);
}

static uint8_t exchange(vb_device *device, uint8_t byte)
{
    spi *state = device->state;
    bool wired = vb_signal_routed(device, "sck") && vb_signal_routed(device, "mosi") && vb_signal_routed(device, "miso");
    if (state->flash == NULL || !state->selected || !wired) {
        return 0xFF;
    }
    if ((state->cr1 & CR1_LSBFIRST) != 0 || (state->cr1 & (CR1_CPHA | CR1_CPOL)) % 3 != 0) {
        vb_say(device->board, VB_REPORT_MISUSE, "%s: CR1 0x%04X is neither mode 0 nor 3, or sends the last bit first",
               device->info->name, (unsigned)state->cr1);
        return 0xFF;
    }
    return nor_exchange(state->flash, byte);
}

static void shifted(vb_device *device)
{
    spi *state = device->state;
    uint16_t in = 0;
    if ((state->cr1 & CR1_DFF) != 0) {
        in = (uint16_t)(exchange(device, (uint8_t)(state->shifting >> 8)) << 8);
    }
    in |= exchange(device, (uint8_t)state->shifting);
    state->busy = false;
    if ((state->sr & SR_RXNE) != 0) {
        state->sr |= SR_OVR; // what was there stays
    } else {
        state->received = in;
        state->sr |= SR_RXNE;
    }
    begin(device);
    update(device);
}

static void event(vb_device *device, unsigned id)
{
    const spi *state = device->state;
    if (id == EVENT_FLASH) {
        nor_event(state->flash);
    } else {
        shifted(device);
    }
}

static void reset(vb_device *device, vb_reset kind)
{
    spi *state = device->state;
    if (kind == VB_RESET_BACKUP) {
        return;
    }
    *state = (spi){.sr = SR_TXE, .flash = state->flash, .selected = state->selected};
    vb_cancel(device, EVENT_SHIFTED);
    if (kind == VB_RESET_POWER) {
        nor_supply(state->flash);
    }
    update(device);
}

static void pins_changed(vb_device *device)
{
    spi *state = device->state;
    bool selected = vb_pin_level(device->board, vb_description(device->board)->external.cs) == VB_LOW;
    if (state->flash != NULL && selected != state->selected) {
        state->selected = selected;
        nor_select(state->flash, selected);
    }
}

static uint32_t read_dr(vb_device *device)
{
    spi *state = device->state;
    state->sr &= ~(uint32_t)SR_RXNE;
    state->overrun_read = (state->sr & SR_OVR) != 0;
    update(device);
    return state->received;
}

static uint32_t read_sr(vb_device *device)
{
    spi *state = device->state;
    uint32_t value = state->sr | (state->busy || state->full ? SR_BSY : 0);
    if (state->overrun_read) {
        state->sr &= ~(uint32_t)SR_OVR;
        state->overrun_read = false;
        update(device);
    }
    return value;
}

static uint32_t read_register(vb_device *device, uint32_t offset)
{
    const spi *state = device->state;
    switch (offset) {
    case CR1: return state->cr1;
    case CR2: return state->cr2;
    case SR: return read_sr(device);
    case DR: return read_dr(device);
    case CRCPR: return 7;
    case RXCRCR:
    case TXCRCR:
    case I2SCFGR: return 0;
    case I2SPR: return 2;
    default: return vb_no_register_read(device, offset);
    }
}

static uint32_t read(vb_device *device, uint32_t offset, unsigned width)
{
    return vb_part(read_register(device, offset & ~3u), offset, width);
}

static void write_cr1(vb_device *device, uint32_t value)
{
    spi *state = device->state;
    vb_no_function(device, "CR1", value & CR1_UNMODELLED);
    if ((value & CR1_SPE) != 0 && (value & CR1_MSTR) == 0) {
        vb_no_function(device, "CR1 (slave)", CR1_SPE);
    }
    state->cr1 = value & ~(uint32_t)CR1_UNMODELLED;
    bool alone = (value & (CR1_SSM | CR1_SSI)) == CR1_SSM || ((value & CR1_SSM) == 0 && (state->cr2 & CR2_SSOE) == 0);
    if ((value & CR1_MSTR) != 0 && (value & CR1_SPE) != 0 && alone) {
        state->sr |= SR_MODF; // its own select is low, so another one is master
        state->cr1 &= ~(uint32_t)(CR1_MSTR | CR1_SPE);
    }
    begin(device);
}

static void write(vb_device *device, uint32_t offset, unsigned width, uint32_t value)
{
    spi *state = device->state;
    value = vb_spread(width, value) & 0xFFFFu;
    switch (offset & ~3u) {
    case CR1: write_cr1(device, value); break;
    case CR2:
        vb_no_function(device, "CR2", value & CR2_FRF);
        state->cr2 = value & CR2_KEPT;
        break;
    case SR: return; // CRCERR alone could be written
    case DR:
        state->waiting = (uint16_t)value;
        state->full = true;
        state->sr &= ~(uint32_t)SR_TXE;
        begin(device);
        break;
    case CRCPR: return;
    case I2SCFGR: vb_no_function(device, "I2SCFGR", value); return;
    case I2SPR: return;
    default: vb_no_register_write(device, offset, value); return;
    }
    update(device);
}

static vb_status create(vb_device *device)
{
    ((spi *)device->state)->flash = nor_create(device, EVENT_FLASH);
    return VB_OK;
}

static void destroy(vb_device *device)
{
    nor_destroy(((spi *)device->state)->flash);
}

static size_t save(vb_device *device, void *buffer)
{
    return nor_save(((spi *)device->state)->flash, buffer);
}

static bool load(vb_device *device, const void *buffer, size_t size)
{
    return nor_load(((spi *)device->state)->flash, buffer, size);
}

extern const vb_model vb_spi_v1;
const vb_model vb_spi_v1 = {
    .generation = "spi_v1",
    .state_size = sizeof(spi),
    .create = create,
    .destroy = destroy,
    .reset = reset,
    .read = read,
    .write = write,
    .event = event,
    .pins_changed = pins_changed,
    .save = save,
    .load = load,
};
