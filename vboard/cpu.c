// SPDX-License-Identifier: MIT
// The core's registers as a debugger sees and changes them.
#include "core.h"

void vb_cpu_read(const vb_board *board, vb_cpu *cpu)
{
    const engine *e = board->engine;
    *cpu = (vb_cpu){
        .sp = engine_get(e, ENGINE_SP),
        .lr = engine_get(e, ENGINE_LR),
        .pc = engine_get(e, ENGINE_PC),
        .xpsr = engine_get(e, ENGINE_XPSR),
        .msp = engine_get(e, ENGINE_MSP),
        .psp = engine_get(e, ENGINE_PSP),
        .primask = engine_get(e, ENGINE_PRIMASK),
        .basepri = engine_get(e, ENGINE_BASEPRI),
        .faultmask = engine_get(e, ENGINE_FAULTMASK),
        .control = engine_get(e, ENGINE_CONTROL),
        .sleeping = board->sleeping,
        .lockup = board->lockup,
    };
    for (unsigned i = 0; i < 13; i++) {
        cpu->r[i] = engine_get(e, ENGINE_R0 + i);
    }
}

void vb_cpu_write(vb_board *board, const vb_cpu *cpu)
{
    engine *e = board->engine;
    for (unsigned i = 0; i < 13; i++) {
        engine_set(e, ENGINE_R0 + i, cpu->r[i]);
    }
    engine_set_mode(e, cpu->xpsr & XPSR_IPSR, cpu->control);
    engine_set(e, ENGINE_MSP, cpu->msp);
    engine_set(e, ENGINE_PSP, cpu->psp);
    engine_set(e, ENGINE_SP, cpu->sp);
    engine_set(e, ENGINE_LR, cpu->lr);
    engine_set(e, ENGINE_XPSR, cpu->xpsr);
    engine_set(e, ENGINE_PRIMASK, cpu->primask);
    engine_set(e, ENGINE_BASEPRI, cpu->basepri);
    engine_set(e, ENGINE_FAULTMASK, cpu->faultmask);
    engine_set(e, ENGINE_PC, cpu->pc);
}
