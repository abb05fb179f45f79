// SPDX-License-Identifier: MIT
// The CPU engine: runs Thumb code until something happens that only the board can decide.
//
// It knows instructions, registers, cycles and memory, but no exceptions, no devices and no time: each of those is a
// reason to return from engine_run with the core in a defined state between two instructions.
#ifndef VB_ENGINE_H
#define VB_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct engine engine;

// What the engine asks of the board while it runs. write and store may call engine_interrupt: the engine then stops
// right behind the instruction when it can, else at the end of the block.
typedef struct engine_bus {
    void *context;
    uint32_t (*read)(void *context, uint32_t address, unsigned width); // device space
    void (*write)(void *context, uint32_t address, unsigned width, uint32_t value);
    void (*store)(void *context, uint32_t address, unsigned width, uint32_t value); // into read-only memory
    // May code be executed there? True: so it is in all of [*from, *from + *size), which holds address.
    bool (*fetch)(void *context, uint32_t address, uint32_t *from, uint32_t *size);
} engine_bus;

typedef enum engine_exit {
    ENGINE_INTERRUPTED, // deadline, engine_interrupt, or a watched event
    ENGINE_BREAK,       // about to execute an instruction with a breakpoint
    ENGINE_GUARDED,     // about to execute from guarded memory, or to load from it
    ENGINE_WFI,
    ENGINE_WFE,
    ENGINE_SVC,
    ENGINE_BKPT,
    ENGINE_RETURN,      // exception return: address is EXC_RETURN
    ENGINE_UNDEFINED,
    ENGINE_NO_FPU,      // FP instruction while the FPU is off
    ENGINE_NOT_THUMB,
    ENGINE_UNALIGNED,   // address
    ENGINE_DIVIDE,      // by zero, while that traps
    ENGINE_NO_MEMORY,   // load or store at address: nothing there
    ENGINE_BUS_FAULT,   // load or store at address: engine_access_fault was called
    ENGINE_LATE_FAULT,  // a store failed, but the engine could not stop at it any more
    ENGINE_NO_CODE,     // fetch from nothing
    ENGINE_NO_EXECUTE,  // fetch from memory that must not be executed
    ENGINE_FAILED,      // Unicorn itself
} engine_exit;

typedef struct engine_stop {
    engine_exit why;
    uint32_t pc;      // where the core stands: of the instruction at fault, or of the next one
    uint32_t address; // see engine_exit
    const char *words; // ENGINE_FAILED: why
} engine_stop;

typedef enum engine_core { ENGINE_CORTEX_M4, ENGINE_CORTEX_M7 } engine_core;

// NULL when out of memory or Unicorn is not usable.
engine *engine_create(const engine_bus *bus, engine_core core);
void engine_destroy(engine *e);

// Memory map. Addresses and sizes must be multiples of ENGINE_PAGE. bytes stays the caller's.
#define ENGINE_PAGE 0x1000u
typedef enum engine_memory {
    ENGINE_RAM,  // read, write, perhaps execute
    ENGINE_ROM,  // stores go to bus.store
} engine_memory;
bool engine_map(engine *e, engine_memory kind, uint32_t address, uint32_t size, uint8_t *bytes, bool execute);
bool engine_map_device(engine *e, uint32_t address, uint32_t size);
void engine_unmap(engine *e, uint32_t address);

// One page of mapped memory, to be looked at: loads and stores there go to bus.read and bus.write like those of a device,
// and a fetch stops the engine with ENGINE_NO_EXECUTE. off: ordinary memory again. Not while the engine runs.
bool engine_watch_page(engine *e, uint32_t address, bool on);

// Somebody other than the core changed size bytes of mapped memory.
void engine_changed(engine *e, const uint8_t *bytes, uint32_t size);
// Guards mapped memory: the engine stops before it fetches or loads from there. Size 0 ends that.
void engine_guard(engine *e, const uint8_t *bytes, uint32_t size);

// on: bus.fetch is asked before code runs from a place for the first time. Ask anew when the answer may have changed.
void engine_ask_fetch(engine *e, bool on);

void engine_run(engine *e, engine_stop *stop);
void engine_interrupt(engine *e); // from within a bus call
// The load or store under way fails. Only from within a bus call.
void engine_access_fault(engine *e);
// The load or store that stopped the engine with ENGINE_NO_MEMORY or ENGINE_BUS_FAULT counts as done (loads give 0).
void engine_skip_access(engine *e, engine_stop *stop);

// Cycles the core has executed, up to the access under way when called from within a bus call.
uint64_t engine_cycles(const engine *e);
void engine_add_cycles(engine *e, uint64_t cycles); // the core stood, or did something that is no instruction
uint64_t engine_instructions(const engine *e);
void engine_set_deadline(engine *e, uint64_t cycles); // engine_run returns at the first block border from there on
// Where the core is: the access under way from within a bus call, else the next instruction.
uint32_t engine_pc(const engine *e);

// What to watch for.
void engine_watch_masks(engine *e, bool on);       // stop behind instructions that may unmask interrupts
void engine_enable_fpu(engine *e, bool on);        // off: FP instructions stop the engine
void engine_trap_division(engine *e, bool on);     // division by zero stops the engine
void engine_trap_unaligned(engine *e, bool on);    // any unaligned access stops the engine
// Stops with ENGINE_BREAK in front of the instruction there. Going on from a stop passes it. ENGINE_BREAKS of them.
#define ENGINE_BREAKS 65
bool engine_break_add(engine *e, uint32_t address); // false: no room
void engine_break_remove(engine *e, uint32_t address);
void engine_single_step(engine *e, bool on);       // stop in front of every instruction but the next
bool engine_take_event(engine *e);                 // whether SEV was executed since the last call
void engine_clear_exclusive(engine *e);            // close the local monitor

// Registers. Special ones are reached whatever the core's privilege is.
typedef enum engine_register {
    ENGINE_R0 = 0, // R0 to R12 follow
    ENGINE_SP = 13,
    ENGINE_LR,
    ENGINE_PC,
    ENGINE_XPSR,
    ENGINE_MSP,
    ENGINE_PSP,
    ENGINE_PRIMASK,
    ENGINE_BASEPRI,
    ENGINE_FAULTMASK,
    ENGINE_CONTROL,
    ENGINE_FPSCR,
    ENGINE_S0, // S0 to S31 follow
} engine_register;
#define ENGINE_PRIORITY_MASK 0xF0u // the bits of a priority that a Cortex-M4 or M7 by ST has, also in BASEPRI
uint32_t engine_get(const engine *e, unsigned reg);
void engine_set(engine *e, unsigned reg, uint32_t value);
// Handler or thread mode (exception number 0), with CONTROL: switches the stack pointer as the core does.
void engine_set_mode(engine *e, uint32_t exception, uint32_t control);

#define CONTROL_NPRIV 1u
#define CONTROL_SPSEL 2u
#define CONTROL_FPCA  4u
#define XPSR_THUMB    (1u << 24)
#define XPSR_IPSR     0x1FFu
#define XPSR_IT       0x0600FC00u

#endif
