// SPDX-License-Identifier: MIT
// SYSCFG: what is seen at address 0, which port feeds an EXTI line, Ethernet PHY choice, I/O
// compensation cell. Manual: RM0090 Rev 21, 9.2.
#include <string.h>

#include "registers.h"

enum { MEMRMP = 0x00, PMC = 0x04, EXTICR1 = 0x08, EXTICR4 = 0x14, CMPCR = 0x20 };
enum { PMC_MII_RMII = 1u << 23, CMPCR_PD = 1u << 0, CMPCR_READY = 1u << 8 };

typedef struct syscfg {
    uint32_t memrmp, pmc, cmpcr, exticr[4];
} syscfg;

static void publish_ports(vb_device *device)
{
    const syscfg *state = device->state;
    uint64_t ports = 0;
    for (unsigned i = 0; i < 4; i++) {
        ports |= (uint64_t)(state->exticr[i] & 0xFFFFu) << (16 * i);
    }
    vb_link_set(device->board, VB_LINK_EXTI_PORTS, ports);
}

static uint32_t system_memory(const hf_chip *chip)
{
    for (size_t i = 0; i < chip->rom_count; i++) {
        if (strcmp(chip->rom[i].name, "system") == 0) {
            return chip->rom[i].address;
        }
    }
    return chip->flash.address;
}

// MEM_MODE after a reset is what the boot pins say; on this board they say main flash.
static void publish_alias(vb_device *device)
{
    const syscfg *state = device->state;
    const hf_chip *chip = &vb_description(device->board)->chip;
    switch (state->memrmp) {
    case 0: vb_set_boot_alias(device->board, chip->flash.address); return;
    case 1: vb_set_boot_alias(device->board, system_memory(chip)); return;
    case 3: vb_set_boot_alias(device->board, chip->ram[0].address); return;
    default: vb_no_function(device, "MEMRMP", state->memrmp); return; // external memory
    }
}

static void reset(vb_device *device, vb_reset kind)
{
    if (kind == VB_RESET_BACKUP) {
        return;
    }
    *(syscfg *)device->state = (syscfg){0};
    publish_ports(device);
    publish_alias(device);
}

static uint32_t read_register(vb_device *device, uint32_t offset)
{
    const syscfg *state = device->state;
    switch (offset) {
    case MEMRMP: return state->memrmp;
    case PMC: return state->pmc;
    case CMPCR: return state->cmpcr;
    default: break;
    }
    if (offset >= EXTICR1 && offset <= EXTICR4) {
        return state->exticr[(offset - EXTICR1) / 4];
    }
    return vb_no_register_read(device, offset);
}

static uint32_t read(vb_device *device, uint32_t offset, unsigned width)
{
    return vb_part(read_register(device, offset & ~3u), offset, width);
}

static void write(vb_device *device, uint32_t offset, unsigned width, uint32_t value)
{
    syscfg *state = device->state;
    uint32_t word = vb_spread(width, value);
    offset &= ~3u;
    switch (offset) {
    case MEMRMP:
        state->memrmp = word & 3u;
        publish_alias(device);
        return;
    case PMC: state->pmc = word & PMC_MII_RMII; return;
    case CMPCR: state->cmpcr = word & CMPCR_PD ? CMPCR_PD | CMPCR_READY : 0; return;
    default: break;
    }
    if (offset < EXTICR1 || offset > EXTICR4) {
        vb_no_register_write(device, offset, value);
        return;
    }
    state->exticr[(offset - EXTICR1) / 4] = word & 0xFFFFu;
    publish_ports(device);
}

extern const vb_model vb_syscfg_f4;
const vb_model vb_syscfg_f4 = {
    .generation = "syscfg_f4",
    .state_size = sizeof(syscfg),
    .reset = reset,
    .read = read,
    .write = write,
};
