// SPDX-License-Identifier: MIT
// System control block, FP and MPU registers. Armv7-M Architecture Reference Manual (DDI 0403), B3.2 and B3.5. Of what the MPU
// protects, execution is modelled (mpu.c); loads and stores are not checked.
#include "core.h"

#define ICSR_PENDSTCLR   (1u << 25)
#define ICSR_PENDSTSET   (1u << 26)
#define ICSR_PENDSVCLR   (1u << 27)
#define ICSR_PENDSVSET   (1u << 28)
#define ICSR_NMIPENDSET  (1u << 31)
#define AIRCR_KEY        0x05FA0000u
#define AIRCR_STAT       0xFA050000u
#define AIRCR_SYSRESETREQ (1u << 2)
#define AIRCR_VECTCLRACTIVE (1u << 1)
#define CCR_USERSETMPEND (1u << 1)
#define CCR_UNALIGN_TRP  (1u << 3)
#define CCR_DIV_0_TRP    (1u << 4)
#define CCR_WRITABLE     0x0000031Bu
#define CCR_M7_WRITABLE  0x00070000u // caches, branch prediction
#define CCR_RESET        0x00000200u // STKALIGN
#define SHCSR_ENABLES    0x00070000u
#define CPACR_WRITABLE   0x00F00000u // CP10, CP11
#define FPCCR_RESET      0xC0000000u // ASPEN, LSPEN

static const uint32_t identity[] = { // ID_PFR0 to ID_ISAR4 of the Cortex-M4
    0x00000030, 0x00000200, 0x00100000, 0x00000000, 0x00100030, 0x00000000, 0x01000000, 0x00000000,
    0x01101110, 0x02112000, 0x21232231, 0x01111131, 0x01310132,
};

static void apply(vb_board *board)
{
    engine_trap_division(board->engine, (board->scb.ccr & CCR_DIV_0_TRP) != 0);
    engine_trap_unaligned(board->engine, (board->scb.ccr & CCR_UNALIGN_TRP) != 0);
    // Access for privileged code only (01) is taken for full access: no firmware is known to rely on the difference.
    engine_enable_fpu(board->engine, (board->scb.cpacr & CPACR_WRITABLE) != 0);
}

void core_scb_reset(vb_board *board)
{
    board->scb = (core_scb){.ccr = CCR_RESET, .fpccr = FPCCR_RESET, .vtor = board->initial_vtor};
    board->nvic.prigroup = 0;
    core_dwt_reset(board);
    core_mpu_apply(board);
    apply(board);
}

static uint32_t icsr(const vb_board *board)
{
    const core_nvic *nvic = &board->nvic;
    uint32_t active = engine_get(board->engine, ENGINE_XPSR) & XPSR_IPSR, others = 0, interrupts = 0;
    for (unsigned word = 0; word < CORE_WORDS; word++) {
        uint32_t bits = nvic->active.words[word];
        others += (uint32_t)__builtin_popcount(bits);
        interrupts |= nvic->pending.words[word] & (word == 0 ? 0xFFFF0000u : 0xFFFFFFFFu);
    }
    return active | (others <= 1 ? 1u << 11 : 0) | ((uint32_t)core_best_pending(board) << 12) |
           (interrupts != 0 ? 1u << 22 : 0) | (exception_has(&nvic->pending, EXC_SYSTICK) ? ICSR_PENDSTSET : 0) |
           (exception_has(&nvic->pending, EXC_PENDSV) ? ICSR_PENDSVSET : 0) |
           (exception_has(&nvic->pending, EXC_NMI) ? ICSR_NMIPENDSET : 0);
}

static void write_icsr(vb_board *board, uint32_t value)
{
    if ((value & ICSR_PENDSTCLR) != 0) {
        core_unpend(board, EXC_SYSTICK);
    }
    if ((value & ICSR_PENDSVCLR) != 0) {
        core_unpend(board, EXC_PENDSV);
    }
    if ((value & ICSR_PENDSTSET) != 0) {
        core_pend(board, EXC_SYSTICK);
    }
    if ((value & ICSR_PENDSVSET) != 0) {
        core_pend(board, EXC_PENDSV);
    }
    if ((value & ICSR_NMIPENDSET) != 0) {
        core_pend(board, EXC_NMI);
    }
}

static void write_aircr(vb_board *board, uint32_t value)
{
    if ((value & 0xFFFF0000u) != AIRCR_KEY) {
        return;
    }
    board->nvic.prigroup = (value >> 8) & 7u;
    if ((value & AIRCR_VECTCLRACTIVE) != 0) {
        board->nvic.active = (exception_set){0};
    }
    if ((value & AIRCR_SYSRESETREQ) != 0) {
        vb_reset_request(board, VB_CAUSE_SOFTWARE);
    }
    core_look_at_interrupts(board);
}

// Bits of SHCSR and the exceptions they stand for.
static const struct {
    uint8_t active, pending, exception; // bit numbers; 0xFF: none
} handlers[] = {
    {0, 13, EXC_MEM_MANAGE}, {1, 14, EXC_BUS_FAULT},  {3, 12, EXC_USAGE_FAULT}, {7, 15, EXC_SVC},
    {8, 0xFF, EXC_DEBUG},    {10, 0xFF, EXC_PENDSV}, {11, 0xFF, EXC_SYSTICK},
};

static uint32_t shcsr(const vb_board *board)
{
    uint32_t value = board->scb.shcsr_enabled;
    for (size_t i = 0; i < sizeof handlers / sizeof handlers[0]; i++) {
        if (exception_has(&board->nvic.active, handlers[i].exception)) {
            value |= 1u << handlers[i].active;
        }
        if (handlers[i].pending != 0xFF && exception_has(&board->nvic.pending, handlers[i].exception)) {
            value |= 1u << handlers[i].pending;
        }
    }
    return value;
}

static void write_shcsr(vb_board *board, uint32_t value)
{
    board->scb.shcsr_enabled = value & SHCSR_ENABLES;
    for (unsigned i = 0; i < 3; i++) {
        exception_put(&board->nvic.enabled, EXC_MEM_MANAGE + i, (value & (1u << (16 + i))) != 0);
    }
    for (size_t i = 0; i < sizeof handlers / sizeof handlers[0]; i++) {
        exception_put(&board->nvic.active, handlers[i].exception, (value & (1u << handlers[i].active)) != 0);
        if (handlers[i].pending != 0xFF) {
            exception_put(&board->nvic.pending, handlers[i].exception, (value & (1u << handlers[i].pending)) != 0);
        }
    }
    core_look_at_interrupts(board);
}

static uint32_t system_priorities(const vb_board *board, uint32_t offset)
{
    const uint8_t *four = &board->nvic.priority[4 + (offset - 0xD18)];
    return (uint32_t)four[0] | ((uint32_t)four[1] << 8) | ((uint32_t)four[2] << 16) | ((uint32_t)four[3] << 24);
}

static void write_system_priorities(vb_board *board, uint32_t offset, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) {
        board->nvic.priority[4 + (offset - 0xD18) + i] = (uint8_t)(value >> (8 * i)) & board->nvic.priority_mask;
    }
    core_look_at_interrupts(board);
}

bool core_scb_read(vb_board *board, uint32_t offset, uint32_t *value)
{
    const core_scb *scb = &board->scb;
    if (core_is_m7(board) && core_m7_read(board, offset, value)) {
        return true;
    }
    if (offset >= 0xD40 && offset < 0xD40 + sizeof identity) {
        *value = identity[(offset - 0xD40) / 4];
        return true;
    }
    if (offset >= 0xD90 && offset <= 0xDB8) {
        return core_mpu_read(board, offset, value);
    }
    switch (offset) {
    case 0x004: *value = (board->description.chip.vectors - EXC_IRQ0 - 1) / 32; return true; // ICTR
    case 0x008: *value = scb->actlr; return true;
    case 0xD00: *value = 0x410FC241u; return true; // Cortex-M4 r0p1
    case 0xD04: *value = icsr(board); return true;
    case 0xD08: *value = scb->vtor; return true;
    case 0xD0C: *value = AIRCR_STAT | (board->nvic.prigroup << 8); return true;
    case 0xD10: *value = scb->scr; return true;
    case 0xD14: *value = scb->ccr; return true;
    case 0xD18:
    case 0xD1C:
    case 0xD20: *value = system_priorities(board, offset); return true;
    case 0xD24: *value = shcsr(board); return true;
    case 0xD28: *value = scb->cfsr; return true;
    case 0xD2C: *value = scb->hfsr; return true;
    case 0xD30: *value = scb->dfsr; return true;
    case 0xD34: *value = scb->mmfar; return true;
    case 0xD38: *value = scb->bfar; return true;
    case 0xD3C: *value = 0; return true; // AFSR
    case 0xD88: *value = scb->cpacr; return true;
    case 0xDF0: *value = 0; return true; // DHCSR: no debugger is connected
    case 0xDFC: *value = scb->demcr; return true;
    case 0xF00: *value = 0; return true; // STIR is write-only
    case 0xF34: *value = scb->fpccr; return true;
    case 0xF38: *value = scb->fpcar; return true;
    case 0xF3C: *value = scb->fpdscr; return true;
    case 0xF40: *value = 0x10110021u; return true; // MVFR0
    case 0xF44: *value = 0x11000011u; return true; // MVFR1
    default: return false;
    }
}

static void write_and_apply(vb_board *board, uint32_t *reg, uint32_t value)
{
    *reg = value;
    apply(board);
    engine_interrupt(board->engine);
}

bool core_scb_write(vb_board *board, uint32_t offset, uint32_t value)
{
    core_scb *scb = &board->scb;
    if (core_is_m7(board) && core_m7_write(board, offset, value)) {
        return true;
    }
    if (offset >= 0xD90 && offset <= 0xDB8) {
        return core_mpu_write(board, offset, value);
    }
    switch (offset) {
    case 0x008: scb->actlr = value; return true;
    case 0xD00: return true;
    case 0xD04: write_icsr(board, value); return true;
    case 0xD08: scb->vtor = value & 0xFFFFFF80u; return true;
    case 0xD0C: write_aircr(board, value); return true;
    case 0xD10: scb->scr = value & 0x16u; return true;
    case 0xD14: write_and_apply(board, &scb->ccr, value & (CCR_WRITABLE | (core_is_m7(board) ? CCR_M7_WRITABLE : 0))); return true;
    case 0xD18:
    case 0xD1C:
    case 0xD20: write_system_priorities(board, offset, value); return true;
    case 0xD24: write_shcsr(board, value); return true;
    case 0xD28: scb->cfsr &= ~value; return true;
    case 0xD2C: scb->hfsr &= ~value; return true;
    case 0xD30: scb->dfsr &= ~value; return true;
    case 0xD34: scb->mmfar = value; return true;
    case 0xD38: scb->bfar = value; return true;
    case 0xD3C: return true;
    case 0xD88: write_and_apply(board, &scb->cpacr, value & CPACR_WRITABLE); return true;
    case 0xDFC: scb->demcr = value; return true;
    case 0xF00: core_pend(board, EXC_IRQ0 + (value & 0x1FFu) % (CORE_EXCEPTIONS - EXC_IRQ0)); return true; // STIR
    case 0xF34: scb->fpccr = value & 0xC0000000u; return true;
    case 0xF38: scb->fpcar = value & ~7u; return true;
    case 0xF3C: scb->fpdscr = value & 0x07C00000u; return true;
    default: return false;
    }
}
