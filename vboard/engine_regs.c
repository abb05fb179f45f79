// SPDX-License-Identifier: MIT
// The core's registers. Unicorn lets unprivileged code see the special ones as little as silicon does, also when the
// board asks, so those are reached from handler mode.
#include "engine_impl.h"

uint32_t engine_read_core(const engine *e, unsigned reg)
{
    uint32_t value = 0;
    uc_reg_read(e->uc, (int)reg, &value);
    return value;
}

static void write_core(engine *e, unsigned reg, uint32_t value)
{
    uc_reg_write(e->uc, (int)reg, &value);
}

static unsigned unicorn_name(unsigned reg)
{
    static const unsigned names[] = {
        [ENGINE_SP] = UC_ARM_REG_SP,           [ENGINE_LR] = UC_ARM_REG_LR,
        [ENGINE_PC] = UC_ARM_REG_PC,           [ENGINE_XPSR] = UC_ARM_REG_XPSR_NZCVQG,
        [ENGINE_MSP] = UC_ARM_REG_MSP,         [ENGINE_PSP] = UC_ARM_REG_PSP,
        [ENGINE_PRIMASK] = UC_ARM_REG_PRIMASK, [ENGINE_BASEPRI] = UC_ARM_REG_BASEPRI,
        [ENGINE_FAULTMASK] = UC_ARM_REG_FAULTMASK, [ENGINE_CONTROL] = UC_ARM_REG_CONTROL,
        [ENGINE_FPSCR] = UC_ARM_REG_FPSCR,
    };
    if (reg < ENGINE_SP) {
        return UC_ARM_REG_R0 + reg;
    }
    return reg >= ENGINE_S0 ? UC_ARM_REG_S0 + (reg - ENGINE_S0) : names[reg];
}

static bool is_special(unsigned reg)
{
    return reg >= ENGINE_MSP && reg <= ENGINE_FAULTMASK;
}

// Enters handler mode when the core is unprivileged. True when leave_privilege must follow.
static bool take_privilege(engine *e)
{
    bool unprivileged = (engine_read_core(e, UC_ARM_REG_CONTROL) & CONTROL_NPRIV) != 0 &&
                        engine_read_core(e, UC_ARM_REG_IPSR) == 0;
    if (unprivileged) {
        write_core(e, UC_ARM_REG_IPSR, 3);
    }
    return unprivileged;
}

uint32_t engine_get(const engine *e, unsigned reg)
{
    engine *mine = (engine *)e; // reading a register takes Unicorn through handler mode and back
    if (reg == ENGINE_PC) {
        return engine_pc(e);
    }
    if (reg == ENGINE_CONTROL) { // Unicorn's bit 3 (SFPA) belongs to cores with a security extension
        return engine_read_core(e, UC_ARM_REG_CONTROL) & (CONTROL_NPRIV | CONTROL_SPSEL | CONTROL_FPCA);
    }
    if (reg == ENGINE_XPSR) {
        return engine_read_core(e, UC_ARM_REG_XPSR);
    }
    bool taken = is_special(reg) && take_privilege(mine);
    uint32_t value = engine_read_core(e, unicorn_name(reg));
    value &= reg == ENGINE_BASEPRI ? ENGINE_PRIORITY_MASK : UINT32_MAX;
    if (taken) {
        write_core(mine, UC_ARM_REG_IPSR, 0);
    }
    return value;
}

void engine_set(engine *e, unsigned reg, uint32_t value)
{
    if (reg == ENGINE_PC) {
        e->pc = value & ~1u;
        e->stepping_over = 1; // an odd address: nowhere
        return;
    }
    bool taken = is_special(reg) && take_privilege(e);
    write_core(e, unicorn_name(reg), value);
    if (taken) {
        write_core(e, UC_ARM_REG_IPSR, 0);
    }
}

void engine_set_mode(engine *e, uint32_t exception, uint32_t control)
{
    // SPSEL can be written in thread mode only and, as all of CONTROL, with privilege only. Unicorn wants SFPA (bit 3)
    // beside FPCA, else it starts a new FP context at the next FP instruction.
    uint32_t sfpa = (control & CONTROL_FPCA) != 0 ? 8u : 0;
    write_core(e, UC_ARM_REG_IPSR, 3);
    write_core(e, UC_ARM_REG_CONTROL, 0);
    write_core(e, UC_ARM_REG_IPSR, 0);
    write_core(e, UC_ARM_REG_CONTROL, control | sfpa);
    write_core(e, UC_ARM_REG_IPSR, exception);
}
