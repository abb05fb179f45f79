// SPDX-License-Identifier: MIT
// PWR of the H74x: supply configuration, voltage scaling, backup write access, voltage detector, USB supply. Low-power
// modes are not modelled: their bits are kept. Manual: RM0433, 6.4 to 6.8.
#include "registers.h"

enum {
    CR1 = 0x00, CSR1 = 0x04, CR2 = 0x08, CR3 = 0x0C, CPUCR = 0x10, D3CR = 0x18, WKUPCR = 0x20, WKUPFR = 0x24,
    WKUPEPR = 0x28
};
enum {
    CR1_RESET = 0xC000, CR1_PVDEN = 1u << 4, CR1_PLS_POS = 5, CR1_DBP = 1u << 8, CR1_KEPT = 0x0007C3F1,
    CSR1_PVDO = 1u << 4, CSR1_ACTVOSRDY = 1u << 13, VOS_POS = 14, CR2_KEPT = 0x11,
    CR3_RESET = 0x6, CR3_SUPPLY = 0x7, CR3_LDOEN = 1u << 1, CR3_KEPT = 0x03000300, CR3_USB33DEN = 1u << 24,
    CR3_USB33RDY = 1u << 26, D3CR_VOSRDY = 1u << 13
};
enum { EVENT_SCALED, SCALE_US = 40 };

typedef struct pwr {
    uint32_t cr1, cr2, cr3, cpucr, wkupepr;
    uint32_t vos; // 1: VOS3, 2: VOS2, 3: VOS1
    bool supply_set, settling;
} pwr;

static void publish(vb_device *device)
{
    const pwr *state = device->state;
    bool overdrive = state->vos == 3 && vb_link_get(device->board, VB_LINK_OVERDRIVE) != 0;
    vb_link_set(device->board, VB_LINK_USB_SUPPLY, (state->cr3 & CR3_USB33DEN) != 0);
    vb_set_backup_writable(device->board, (state->cr1 & CR1_DBP) != 0);
    vb_link_set(device->board, VB_LINK_VOLTAGE_SCALE, overdrive ? 0 : 4 - state->vos);
}

static void reset(vb_device *device, vb_reset kind)
{
    pwr *state = device->state;
    if (kind == VB_RESET_BACKUP) {
        return;
    }
    bool keeps_supply = kind != VB_RESET_POWER && state->supply_set; // written once per power-on
    uint32_t supply = keeps_supply ? state->cr3 & CR3_SUPPLY : CR3_RESET;
    *state = (pwr){.cr1 = CR1_RESET, .cr3 = supply, .vos = 1, .supply_set = keeps_supply};
    vb_cancel(device, EVENT_SCALED);
    publish(device);
}

static bool below_threshold(const vb_device *device)
{
    static const uint32_t threshold_mv[] = {1950, 2100, 2250, 2400, 2550, 2700, 2850, 0};
    const pwr *state = device->state;
    return (state->cr1 & CR1_PVDEN) != 0 && vb_supply_mv(device->board) < threshold_mv[(state->cr1 >> CR1_PLS_POS) & 7u];
}

static uint32_t read_register(vb_device *device, uint32_t offset)
{
    const pwr *state = device->state;
    uint32_t ready = state->settling ? 0 : CSR1_ACTVOSRDY;
    switch (offset) {
    case CR1: return state->cr1;
    case CSR1: return state->vos << VOS_POS | ready | (below_threshold(device) ? CSR1_PVDO : 0);
    case CR2: return state->cr2;
    case CR3: return state->cr3 | ((state->cr3 & CR3_USB33DEN) != 0 ? CR3_USB33RDY : 0);
    case CPUCR: return state->cpucr;
    case D3CR: return state->vos << VOS_POS | (state->settling ? 0 : D3CR_VOSRDY);
    case WKUPCR:
    case WKUPFR: return 0;
    case WKUPEPR: return state->wkupepr;
    default: return vb_no_register_read(device, offset);
    }
}

static uint32_t read(vb_device *device, uint32_t offset, unsigned width)
{
    return vb_part(read_register(device, offset & ~3u), offset, width);
}

// LDO and bypass are programmed once after power-on, with the first write of their byte.
static void write_cr3(pwr *state, uint32_t lanes, uint32_t value)
{
    if ((lanes & CR3_SUPPLY) != 0 && !state->supply_set) {
        state->supply_set = true;
        state->cr3 = (state->cr3 & ~(uint32_t)CR3_SUPPLY) | (value & CR3_SUPPLY);
    }
    uint32_t kept = CR3_KEPT & lanes;
    state->cr3 = (state->cr3 & ~kept) | (value & kept);
}

static void write_d3cr(vb_device *device, uint32_t value)
{
    pwr *state = device->state;
    uint32_t vos = value >> VOS_POS & 3u;
    if (vos == 0 || vos == state->vos) {
        return;
    }
    if (!state->supply_set) {
        vb_say(device->board, VB_REPORT_MISUSE, "%s: VOS is changed before the supply was configured (CR3)",
               device->info->name);
        return;
    }
    state->vos = vos;
    state->settling = true;
    vb_schedule(device, EVENT_SCALED, vb_now(device->board) + SCALE_US * VB_US);
}

static void event(vb_device *device, unsigned id)
{
    (void)id;
    ((pwr *)device->state)->settling = false;
}

static void write(vb_device *device, uint32_t offset, unsigned width, uint32_t value)
{
    pwr *state = device->state;
    uint32_t whole = offset & ~3u, lanes = vb_lanes(offset, width), word = value << (8 * (offset & 3u));
    switch (whole) {
    case CR1: state->cr1 = vb_merge(state->cr1, offset, width, value) & CR1_KEPT; break;
    case CSR1: return;
    case CR2: state->cr2 = vb_merge(state->cr2, offset, width, value) & CR2_KEPT; break;
    case CR3: write_cr3(state, lanes, word); break;
    case CPUCR: state->cpucr = vb_merge(state->cpucr, offset, width, value) & 0x0807u; break;
    case D3CR: write_d3cr(device, word); break;
    case WKUPCR:
    case WKUPFR: return;
    case WKUPEPR: state->wkupepr = vb_merge(state->wkupepr, offset, width, value); break;
    default: vb_no_register_write(device, offset, value); return;
    }
    publish(device);
}

extern const vb_model vb_pwr_h7;
const vb_model vb_pwr_h7 = {
    .generation = "pwr_h7",
    .state_size = sizeof(pwr),
    .always_clocked = true,
    .reset = reset,
    .read = read,
    .write = write,
    .event = event,
};
