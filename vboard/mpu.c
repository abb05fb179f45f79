// SPDX-License-Identifier: MIT
// Memory protection unit: its registers, and what it forbids to execute. Armv7-M Architecture Reference Manual (DDI 0403),
// B3.5. Loads and stores are not checked: no firmware is known that breaks its own rules on purpose.
#include "core.h"

#define CTRL_ENABLE      (1u << 0)
#define CTRL_HFNMIENA    (1u << 1)
#define CTRL_PRIVDEFENA  (1u << 2)
#define RASR_ENABLE      (1u << 0)
#define RASR_XN          (1u << 28)
#define RASR_NO_ACCESS   (7u << 24) // AP 0: nobody may read, so nobody may execute
#define RASR_SRD         (0xFFu << 8)
#define RASR_WRITABLE    0x173FFF3Fu
#define SMALLEST         32u        // bytes of a region, and of a verdict that holds for no more

// The Cortex-M7 of the H7 has twice as many as the M4 of the F4 (PM0253 4.6, PM0214 4.2).
static unsigned regions(const vb_board *board)
{
    return core_is_m7(board) ? 16 : 8;
}

bool core_mpu_read(const vb_board *board, uint32_t offset, uint32_t *value)
{
    unsigned region = board->scb.mpu_rnr % regions(board);
    switch (offset) {
    case 0xD90: *value = regions(board) << 8; return true;
    case 0xD94: *value = board->scb.mpu_ctrl; return true;
    case 0xD98: *value = board->scb.mpu_rnr; return true;
    case 0xD9C:
    case 0xDA4:
    case 0xDAC:
    case 0xDB4: *value = board->scb.mpu_rbar[region] | region; return true;
    default: *value = board->scb.mpu_rasr[region]; return true;
    }
}

static void write_register(vb_board *board, uint32_t offset, uint32_t value)
{
    core_scb *scb = &board->scb;
    switch (offset) {
    case 0xD90: break;
    case 0xD94: scb->mpu_ctrl = value & 7u; break;
    case 0xD98: scb->mpu_rnr = value & 0xFFu; break;
    case 0xD9C:
    case 0xDA4:
    case 0xDAC:
    case 0xDB4:
        scb->mpu_rnr = (value & 0x10u) != 0 ? value & 0xFu : scb->mpu_rnr;
        scb->mpu_rbar[scb->mpu_rnr % regions(board)] = value & ~0x1Fu;
        break;
    default: scb->mpu_rasr[scb->mpu_rnr % regions(board)] = value & RASR_WRITABLE; break;
    }
}

void core_mpu_apply(vb_board *board)
{
    engine_ask_fetch(board->engine, (board->scb.mpu_ctrl & CTRL_ENABLE) != 0);
}

bool core_mpu_write(vb_board *board, uint32_t offset, uint32_t value)
{
    write_register(board, offset, value);
    core_mpu_apply(board);
    return true;
}

// The region that decides about an address: the one with the highest number. -1: none.
static int region_of(const core_scb *scb, uint32_t address)
{
    for (int region = MPU_REGIONS - 1; region >= 0; region--) {
        uint32_t rasr = scb->mpu_rasr[region], bits = (rasr >> 1 & 31u) + 1;
        bool off = (rasr & RASR_ENABLE) == 0 || bits < 5;
        bool inside = bits >= 32 || (address ^ scb->mpu_rbar[region]) >> bits == 0;
        bool subregion_off = bits >= 8 && (rasr >> 8 >> (address >> (bits - 3) & 7u) & 1u) != 0;
        if (!off && inside && !subregion_off) {
            return region;
        }
    }
    return -1;
}

static bool is_highest(const core_scb *scb, int region)
{
    for (unsigned above = (unsigned)region + 1; above < MPU_REGIONS; above++) {
        if ((scb->mpu_rasr[above] & RASR_ENABLE) != 0) {
            return false;
        }
    }
    return true;
}

bool core_may_fetch(void *context, uint32_t address, uint32_t *from, uint32_t *size)
{
    const vb_board *board = context;
    const core_scb *scb = &board->scb;
    bool sleeps = (scb->mpu_ctrl & CTRL_HFNMIENA) == 0 && core_execution_priority(board, MASK_ALL) < 0;
    *from = address & ~(SMALLEST - 1);
    *size = sleeps ? 0 : SMALLEST;
    if ((scb->mpu_ctrl & CTRL_ENABLE) == 0 || sleeps || address >= 0xE0000000u) {
        return true;
    }
    int region = region_of(scb, address);
    if (region < 0) {
        return (scb->mpu_ctrl & CTRL_PRIVDEFENA) != 0;
    }
    if (is_highest(scb, region) && (scb->mpu_rasr[region] & RASR_SRD) == 0) { // the usual case: one answer for all of it
        *size = 2u << (scb->mpu_rasr[region] >> 1 & 31u); // 0 for all there is: asked again each time
        *from = scb->mpu_rbar[region] & ~(*size - 1);
    }
    return (scb->mpu_rasr[region] & RASR_XN) == 0 && (scb->mpu_rasr[region] & RASR_NO_ACCESS) != 0;
}
