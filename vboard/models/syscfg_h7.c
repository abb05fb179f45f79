// SPDX-License-Identifier: MIT
// SYSCFG of the H74x: EXTI ports, compensation cell, overdrive of the regulator, and the user register that shows the
// bank swap. Manual: RM0433, 12.4.
#include "registers.h"

enum {
    PMCR = 0x04, EXTICR1 = 0x08, EXTICR4 = 0x14, CFGR = 0x18, CCCSR = 0x20, CCVR = 0x24, CCCR = 0x28, PWRCR = 0x2C,
    PKGR = 0x124, UR0 = 0x300, UR17 = 0x344
};
enum { CCCSR_EN = 1u << 0, CCCSR_KEPT = 0x10003, CCCSR_READY = 1u << 8, PWRCR_ODEN = 1u << 0, CFGR_BITS = 0xEEC8 + 4 };

typedef struct syscfg {
    uint32_t pmcr, exticr[4], cfgr, cccsr, cccr, pwrcr;
} syscfg;

static void publish(vb_device *device)
{
    const syscfg *state = device->state;
    uint64_t ports = 0;
    for (unsigned i = 0; i < 4; i++) {
        ports |= (uint64_t)(state->exticr[i] & 0xFFFFu) << (16 * i);
    }
    vb_link_set(device->board, VB_LINK_EXTI_PORTS, ports);
    bool overdrive = (state->pwrcr & PWRCR_ODEN) != 0;
    uint64_t scale = vb_link_get(device->board, VB_LINK_VOLTAGE_SCALE);
    vb_link_set(device->board, VB_LINK_OVERDRIVE, overdrive);
    if (scale <= 1) { // VOS1 with overdrive is VOS0
        vb_link_set(device->board, VB_LINK_VOLTAGE_SCALE, overdrive ? 0 : 1);
    }
}

static void reset(vb_device *device, vb_reset kind)
{
    if (kind != VB_RESET_BACKUP) {
        *(syscfg *)device->state = (syscfg){0};
        publish(device);
    }
}

static uint32_t read_register(vb_device *device, uint32_t offset)
{
    const syscfg *state = device->state;
    if (offset >= EXTICR1 && offset <= EXTICR4) {
        return state->exticr[(offset - EXTICR1) / 4];
    }
    switch (offset) {
    case PMCR: return state->pmcr;
    case CFGR: return state->cfgr;
    case CCCSR: return state->cccsr | ((state->cccsr & CCCSR_EN) != 0 ? CCCSR_READY : 0);
    case CCVR: return 0x88;
    case CCCR: return state->cccr;
    case PWRCR: return state->pwrcr;
    case PKGR: return 1; // LQFP144
    case UR0: return (uint32_t)vb_link_get(device->board, VB_LINK_BANK_SWAP);
    default: return offset > UR0 && offset <= UR17 ? 0 : vb_no_register_read(device, offset);
    }
}

static uint32_t read(vb_device *device, uint32_t offset, unsigned width)
{
    return vb_part(read_register(device, offset & ~3u), offset, width);
}

static void write(vb_device *device, uint32_t offset, unsigned width, uint32_t value)
{
    syscfg *state = device->state;
    uint32_t whole = offset & ~3u, word = vb_spread(width, value);
    if (whole >= EXTICR1 && whole <= EXTICR4) {
        state->exticr[(whole - EXTICR1) / 4] = word & 0xFFFFu;
        publish(device);
        return;
    }
    switch (whole) {
    case PMCR: state->pmcr = word; break;
    case CFGR: state->cfgr |= word & CFGR_BITS; break; // locks, set until the next reset
    case CCCSR: state->cccsr = word & CCCSR_KEPT; break;
    case CCCR: state->cccr = word & 0xFFu; break;
    case PWRCR: state->pwrcr = word & PWRCR_ODEN; break;
    default:
        if (whole < UR0 || whole > UR17) {
            vb_no_register_write(device, offset, value);
        }
        return;
    }
    publish(device);
}

extern const vb_model vb_syscfg_h7;
const vb_model vb_syscfg_h7 = {
    .generation = "syscfg_h7",
    .state_size = sizeof(syscfg),
    .reset = reset,
    .read = read,
    .write = write,
};
