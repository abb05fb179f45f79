// SPDX-License-Identifier: MIT
// RCC of the F40x: its registers, clock gates and peripheral resets. The oscillators and the clock
// tree are in rcc_f4_clocks.c. Manual: RM0090 Rev 21, 7.1 to 7.3.
#include <string.h>

#include "rcc_f4.h"

static const char *const bus_names[RCC_BUSES] = {"ahb1", "ahb2", "ahb3", NULL, "apb1", "apb2"};

// Bits that exist in RSTR, ENR and LPENR (which are all set at reset), per bus.
static const uint32_t reset_bits[RCC_BUSES] = {0x226011FF, 0x000000C1, 0x00000001,
                                               0,          0x36FEC9FF, 0x00075933};
static const uint32_t enable_bits[RCC_BUSES] = {0x7E7411FF, 0x000000C1, 0x00000001,
                                                0,          0x36FEC9FF, 0x00075F33};
static const uint32_t sleep_bits[RCC_BUSES] = {0x7E6791FF, 0x000000F1, 0x00000001,
                                               0,          0x36FEC9FF, 0x00075F33};
static const uint32_t enabled_at_reset[RCC_BUSES] = {1u << 20}; // CCM data RAM

static const uint32_t csr_flags = 0xFE000000, csr_lpwrrstf = 1u << 31;
enum {
    CSR_RMVF = 1u << 24,
    CSR_BORRSTF = 1u << 25,
    CSR_PINRSTF = 1u << 26,
    CSR_PORRSTF = 1u << 27,
    CSR_SFTRSTF = 1u << 28,
    CSR_IWDGRSTF = 1u << 29,
    CSR_WWDGRSTF = 1u << 30
};
enum { CFGR_SWS = 3u << 2, CIR_ENABLES = 0x3F00, CIR_FLAGS = 0x3F, CIR_CSSC = 1u << 23 };
enum { BDCR_LSEBYP = 1u << 2, CR_HSITRIM = 0xF8 };

// Every internal reset pulls NRST low, so the pin flag comes with all of them.
static uint32_t cause_flags(vb_reset_cause cause)
{
    switch (cause) {
    case VB_CAUSE_POWER: return CSR_BORRSTF | CSR_PORRSTF | CSR_PINRSTF;
    case VB_CAUSE_SOFTWARE: return CSR_SFTRSTF | CSR_PINRSTF;
    case VB_CAUSE_IWDG: return CSR_IWDGRSTF | CSR_PINRSTF;
    case VB_CAUSE_WWDG: return CSR_WWDGRSTF | CSR_PINRSTF;
    case VB_CAUSE_LOW_POWER: return csr_lpwrrstf | CSR_PINRSTF;
    case VB_CAUSE_PIN: break;
    }
    return CSR_PINRSTF;
}

static void set_gates(vb_device *device, unsigned bus, uint32_t bits)
{
    rcc *state = device->state;
    state->enr[bus] = bits;
    vb_set_gate(device->board, bus_names[bus], bits);
}

static void reset_system(vb_device *device, vb_reset kind)
{
    rcc *state = device->state;
    bool power = kind == VB_RESET_POWER;
    uint32_t older_flags = power ? 0 : state->csr & csr_flags;
    vb_reset_cause cause = power ? VB_CAUSE_POWER : vb_last_reset(device->board);
    *state = (rcc){
        .cr = RCC_CR_HSION | RCC_CR_HSIRDY | 0x80, // HSITRIM in its middle
        .pllcfgr = 0x24003010,
        .plli2scfgr = 0x20003000,
        .csr = older_flags | cause_flags(cause),
        .bdcr = state->bdcr,
    };
    memcpy(state->lpenr, sleep_bits, sizeof(state->lpenr));
    for (unsigned bus = 0; bus < RCC_BUSES; bus++) {
        if (bus_names[bus] != NULL) {
            set_gates(device, bus, enabled_at_reset[bus]);
        }
    }
    rcc_update_irq(device);
}

static void reset(vb_device *device, vb_reset kind)
{
    rcc *state = device->state;
    if (kind == VB_RESET_BACKUP) {
        state->bdcr &= RCC_BDCR_BDRST; // stays until software takes it back
    } else if (kind != VB_RESET_PERIPHERAL) {
        rcc_clocks_stop(device);
        reset_system(device, kind);
    }
    rcc_clocks_update(device);
}

void rcc_update_irq(vb_device *device)
{
    const rcc *state = device->state;
    vb_irq(device, 0, (state->cir & (state->cir >> 8) & CIR_FLAGS) != 0);
    vb_nmi(device, state->cir & RCC_CIR_CSSF);
}

// One of RSTR, ENR, LPENR: the array and the bus. NULL when the offset is none of them.
static uint32_t *bus_register(rcc *state, uint32_t offset, unsigned *bus)
{
    static const uint32_t blocks[] = {RCC_RSTR, RCC_ENR, RCC_LPENR};
    uint32_t *const arrays[] = {state->rstr, state->enr, state->lpenr};
    for (unsigned i = 0; i < 3; i++) {
        *bus = (offset - blocks[i]) / 4;
        if (offset >= blocks[i] && *bus < RCC_BUSES && bus_names[*bus] != NULL) {
            return arrays[i];
        }
    }
    return NULL;
}

static uint32_t read_register(vb_device *device, uint32_t offset)
{
    rcc *state = device->state;
    unsigned bus;
    const uint32_t *array = bus_register(state, offset, &bus);
    if (array != NULL) {
        return array[bus];
    }
    switch (offset) {
    case RCC_CR: return state->cr;
    case RCC_PLLCFGR: return state->pllcfgr;
    case RCC_CFGR: return state->cfgr;
    case RCC_CIR: return state->cir;
    case RCC_BDCR: return state->bdcr;
    case RCC_CSR: return state->csr;
    case RCC_SSCGR: return state->sscgr;
    case RCC_PLLI2SCFGR: return state->plli2scfgr;
    default: return vb_no_register_read(device, offset);
    }
}

static uint32_t read(vb_device *device, uint32_t offset, unsigned width)
{
    return vb_part(read_register(device, offset & ~3u), offset, width);
}

static void write_bus(vb_device *device, uint32_t *array, unsigned bus, uint32_t value)
{
    rcc *state = device->state;
    if (array == state->enr) {
        set_gates(device, bus, value & enable_bits[bus]);
    } else if (array == state->lpenr) {
        state->lpenr[bus] = value & sleep_bits[bus];
    } else {
        uint32_t rising = value & ~state->rstr[bus] & reset_bits[bus];
        state->rstr[bus] = value & reset_bits[bus];
        if (rising != 0) {
            vb_reset_devices(device->board, bus_names[bus], rising);
        }
    }
}

static void write_cir(vb_device *device, uint32_t value)
{
    rcc *state = device->state;
    uint32_t cleared = (value >> 16) & CIR_FLAGS;
    cleared |= value & CIR_CSSC ? RCC_CIR_CSSF : 0;
    state->cir = (state->cir & (CIR_FLAGS | RCC_CIR_CSSF) & ~cleared) | (value & CIR_ENABLES);
    rcc_update_irq(device);
}

// RTCSEL takes one choice until the next backup reset; while BDRST is set everything else stays 0.
static void write_bdcr(vb_device *device, uint32_t value)
{
    rcc *state = device->state;
    if (!vb_backup_writable(device->board)) {
        return;
    }
    bool was_reset = state->bdcr & RCC_BDCR_BDRST;
    if (value & RCC_BDCR_BDRST) {
        state->bdcr |= RCC_BDCR_BDRST;
        if (!was_reset) {
            vb_link_set(device->board, VB_LINK_BACKUP_SOFT_RESET, 1);
            vb_backup_reset(device->board);
            vb_link_set(device->board, VB_LINK_BACKUP_SOFT_RESET, 0);
        }
        return;
    }
    uint32_t rtcsel = state->bdcr & RCC_BDCR_RTCSEL ? state->bdcr : value;
    state->bdcr = (state->bdcr & RCC_BDCR_LSERDY) | (rtcsel & RCC_BDCR_RTCSEL) |
                  (value & (RCC_BDCR_LSEON | BDCR_LSEBYP | RCC_BDCR_RTCEN));
}

static void write_csr(rcc *state, uint32_t value)
{
    if (value & CSR_RMVF) {
        state->csr &= ~csr_flags;
    }
    state->csr = (state->csr & ~(uint32_t)RCC_CSR_LSION) | (value & RCC_CSR_LSION);
}

// Reads as 1 whatever is written: part of the reset value 0x24003010 (RM0090 7.3.2).
#define PLLCFGR_RESERVED 0x20000000u

static void write_register(vb_device *device, uint32_t offset, uint32_t value)
{
    rcc *state = device->state;
    switch (offset) {
    case RCC_CR: rcc_write_cr(device, value); break;
    case RCC_PLLCFGR:
        rcc_write_pllcfgr(device, &state->pllcfgr, (value & 0x0F437FFF) | PLLCFGR_RESERVED, RCC_CR_PLLON);
        break;
    case RCC_PLLI2SCFGR:
        rcc_write_pllcfgr(device, &state->plli2scfgr, value & 0x70007FC0, RCC_CR_PLLI2SON);
        break;
    case RCC_CFGR: state->cfgr = (state->cfgr & CFGR_SWS) | (value & 0xFFFFFCF3); break;
    case RCC_CIR: write_cir(device, value); return;
    case RCC_BDCR: write_bdcr(device, value); break;
    case RCC_CSR: write_csr(state, value); break;
    case RCC_SSCGR:
        vb_no_function(device, "SSCGR", value);
        state->sscgr = value & 0xCFFFFFFF;
        return;
    default: vb_no_register_write(device, offset, value); return;
    }
    rcc_clocks_update(device);
}

static void write(vb_device *device, uint32_t offset, unsigned width, uint32_t value)
{
    rcc *state = device->state;
    uint32_t whole = offset & ~3u;
    unsigned bus;
    uint32_t *array = bus_register(state, whole, &bus);
    if (array != NULL) {
        write_bus(device, array, bus, vb_merge(array[bus], offset, width, value));
        return;
    }
    // Command bits that read as 0 or as flags are not in the lanes a narrow write leaves alone.
    uint32_t old = whole == RCC_CIR          ? state->cir & CIR_ENABLES
                   : whole <= RCC_PLLI2SCFGR ? read_register(device, whole)
                                             : 0;
    write_register(device, whole, vb_merge(old, offset, width, value));
}

static size_t save(vb_device *device, void *buffer)
{
    const rcc *state = device->state;
    if (buffer != NULL) {
        memcpy(buffer, &state->bdcr, sizeof(state->bdcr));
    }
    return sizeof(state->bdcr);
}

static bool load(vb_device *device, const void *buffer, size_t size)
{
    rcc *state = device->state;
    if (size != sizeof(state->bdcr)) {
        return false;
    }
    memcpy(&state->bdcr, buffer, size);
    return true;
}

extern const vb_model vb_rcc_f4;
const vb_model vb_rcc_f4 = {
    .generation = "rcc_f4",
    .state_size = sizeof(rcc),
    .always_clocked = true,
    .reset = reset,
    .read = read,
    .write = write,
    .event = rcc_clock_event,
    .crystal_changed = rcc_crystal_changed,
    .save = save,
    .load = load,
};
