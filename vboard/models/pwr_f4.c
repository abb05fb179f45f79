// SPDX-License-Identifier: MIT
// PWR of the F40x: backup write access, regulator scale, voltage detector, backup regulator. Stop
// and Standby are not modelled: their bits are kept. Manual: RM0090 Rev 21, 5.1 to 5.4.
#include <string.h>

#include "registers.h"

enum { CR = 0x00, CSR = 0x04 };
enum {
    CR_CWUF = 1u << 2,
    CR_CSBF = 1u << 3,
    CR_PVDE = 1u << 4,
    CR_PLS = 5,
    CR_DBP = 1u << 8,
    CR_VOS = 1u << 14,
    CR_KEPT = 0x43F3 // bits that read back
};
enum {
    CSR_PVDO = 1u << 2,
    CSR_BRR = 1u << 3,
    CSR_EWUP = 1u << 8,
    CSR_BRE = 1u << 9,
    CSR_VOSRDY = 1u << 14
};
enum { SCALE2_MAX_HZ = 144000000 }; // RM0090 5.1.3

typedef struct pwr {
    uint32_t cr, ewup;
    uint32_t bre; // lives in the backup domain
    bool scale_reported;
} pwr;

static void publish(vb_device *device)
{
    const pwr *state = device->state;
    vb_set_backup_writable(device->board, state->cr & CR_DBP);
    vb_link_set(device->board, VB_LINK_BACKUP_REGULATOR, state->bre != 0);
}

static void reset(vb_device *device, vb_reset kind)
{
    pwr *state = device->state;
    if (kind == VB_RESET_BACKUP) {
        // BDRST leaves the regulator alone; a supply that was away does not.
        if (!vb_link_get(device->board, VB_LINK_BACKUP_SOFT_RESET)) {
            state->bre = 0;
        }
    } else {
        *state = (pwr){.cr = CR_VOS, .bre = state->bre};
    }
    publish(device);
}

static bool below_threshold(const vb_device *device)
{
    static const uint32_t threshold_mv[] = {2000, 2100, 2300, 2500, 2600, 2700, 2800, 2900};
    const pwr *state = device->state;
    return (state->cr & CR_PVDE) && vb_supply_mv(device->board) < threshold_mv[(state->cr >> CR_PLS) & 7u];
}

static uint32_t read_csr(const vb_device *device)
{
    const pwr *state = device->state;
    uint32_t csr = CSR_VOSRDY | state->ewup | state->bre;
    csr |= below_threshold(device) ? CSR_PVDO : 0;
    csr |= state->bre ? CSR_BRR : 0;
    return csr;
}

static uint32_t read(vb_device *device, uint32_t offset, unsigned width)
{
    const pwr *state = device->state;
    switch (offset & ~3u) {
    case CR: return vb_part(state->cr, offset, width);
    case CSR: return vb_part(read_csr(device), offset, width);
    default: return vb_no_register_read(device, offset);
    }
}

// Scale 2 does not carry the highest core clocks.
static void clock_changed(vb_device *device)
{
    pwr *state = device->state;
    bool wrong = !(state->cr & CR_VOS) && vb_clock_hz(device->board, VB_CLOCK_HCLK) > SCALE2_MAX_HZ;
    if (wrong && !state->scale_reported) {
        vb_say(device->board, VB_REPORT_MISUSE, "%s: VOS is scale 2 with HCLK above %u Hz",
               device->info->name, (unsigned)SCALE2_MAX_HZ);
    }
    state->scale_reported = wrong;
}

static void write_csr(vb_device *device, uint32_t word)
{
    pwr *state = device->state;
    state->ewup = word & CSR_EWUP;
    if (vb_backup_writable(device->board)) {
        state->bre = word & CSR_BRE;
    }
}

static void write(vb_device *device, uint32_t offset, unsigned width, uint32_t value)
{
    pwr *state = device->state;
    uint32_t word = vb_spread(width, value);
    switch (offset & ~3u) {
    case CR: state->cr = word & CR_KEPT; break; // CWUF and CSBF have no flag to clear
    case CSR: write_csr(device, word); break;
    default: vb_no_register_write(device, offset, value); return;
    }
    publish(device);
    clock_changed(device);
}

static size_t save(vb_device *device, void *buffer)
{
    const pwr *state = device->state;
    if (buffer != NULL) {
        memcpy(buffer, &state->bre, sizeof(state->bre));
    }
    return sizeof(state->bre);
}

static bool load(vb_device *device, const void *buffer, size_t size)
{
    pwr *state = device->state;
    if (size != sizeof(state->bre)) {
        return false;
    }
    memcpy(&state->bre, buffer, size);
    publish(device);
    return true;
}

extern const vb_model vb_pwr_f4;
const vb_model vb_pwr_f4 = {
    .generation = "pwr_f4",
    .state_size = sizeof(pwr),
    .reset = reset,
    .read = read,
    .write = write,
    .clock_changed = clock_changed,
    .save = save,
    .load = load,
};
