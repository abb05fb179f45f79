// SPDX-License-Identifier: MIT
// The inside of a board: what the files of libvboard's core share with each other and with nobody else.
#ifndef VB_CORE_H
#define VB_CORE_H

#include "engine.h"
#include "model.h"

#include <stdarg.h>

#define CORE_EXCEPTIONS 256 // exception numbers; interrupt n is exception 16 + n
#define CORE_WORDS      (CORE_EXCEPTIONS / 32)
#define CORE_EVENTS     16  // pending moments per device
#define CORE_MAX_BUSES  16
#define CORE_NEVER      UINT64_MAX
#define CORE_PORTS      11  // A to K

enum {
    EXC_RESET = 1, EXC_NMI = 2, EXC_HARD_FAULT = 3, EXC_MEM_MANAGE = 4, EXC_BUS_FAULT = 5, EXC_USAGE_FAULT = 6,
    EXC_SVC = 11, EXC_DEBUG = 12, EXC_PENDSV = 14, EXC_SYSTICK = 15, EXC_IRQ0 = 16,
};

// Set of exception numbers.
typedef struct exception_set {
    uint32_t words[CORE_WORDS];
} exception_set;

// Nested vectored interrupt controller and system control block, Armv7-M ARM B1.5, B3.2, B3.4.
typedef struct core_nvic {
    exception_set enabled, pending, active, level; // level: interrupt line is high
    uint8_t priority[CORE_EXCEPTIONS];
    uint8_t priority_mask;  // implemented bits
    unsigned prigroup;
    bool nmi_line;
} core_nvic;

#define MPU_REGIONS 16 // at most
typedef struct core_scb {
    uint32_t vtor, scr, ccr, cfsr, hfsr, mmfar, bfar, dfsr, cpacr, shcsr_enabled, demcr, actlr;
    uint32_t fpccr, fpcar, fpdscr;
    uint32_t csselr, tcm[5]; // of a Cortex-M7
    uint32_t mpu_ctrl, mpu_rnr, mpu_rbar[MPU_REGIONS], mpu_rasr[MPU_REGIONS];
    uint32_t dwt_ctrl, dwt_cyccnt_base; // CYCCNT is the base plus running cycles
    uint64_t dwt_since;                 // cycles the base was taken at
} core_scb;

// SysTick counts cycles of the core clock, or every eighth.
typedef struct core_systick {
    uint32_t csr, rvr;
    uint32_t value;  // of the counter at cycle `since`
    uint64_t since;
    bool countflag;
} core_systick;

typedef struct core_event {
    vb_time at;
    uint32_t slot; // device index * CORE_EVENTS + id
} core_event;

// A planned cut: in an operation that comes, or at a moment.
typedef struct core_cut {
    uint64_t number; // of the operation, 0: none is waited for
    uint32_t done;   // millionths of its time
    vb_time at;      // CORE_NEVER: not known yet, or no plan
    uint64_t count;  // cuts that came true
    vb_cut_kind kind;
} core_cut;

// A planned failure of the flash controller.
typedef struct core_failure {
    uint64_t number; // the operation; 0: none is planned
    uint32_t flags;
    uint64_t count; // failures that came true
} core_failure;

typedef struct core_memory {
    const hf_region *region;
    uint8_t *bytes;
} core_memory;

typedef struct core_pin {
    vb_pin_state inside;
    vb_level outside;
    vb_level level;
} core_pin;

typedef struct core_uart {
    const vb_uart_ops *ops;
    vb_uart_fn fn;
    void *context;
    bool connected;
    vb_line line;
    uint16_t *queue; // a byte, or UART_BREAK
    size_t first, count, capacity;
} core_uart;

// What the core keeps beside a model's own state.
typedef struct core_device {
    vb_device device;
    int bus;             // index into buses, -1: no gate
    bool in_flight;
    uint32_t event_place[CORE_EVENTS]; // 1 + position in the heap, 0: not scheduled
    core_uart uart;
} core_device;

struct vb_board {
    hf_board description;
    engine *engine;
    char error[512];
    uint64_t seed;
    uint64_t links[VB_LINKS];

    // Memory.
    uint8_t *flash;
    uint32_t boot_alias, alias_size; // what is seen at address 0, and how much of it
    size_t memories_count;
    core_memory memories[2 * HF_MAX_REGIONS]; // regions of the chip file, for those who ask by name
    size_t blocks_count;   // what is mapped: flash, RAM regions, whole pages with ROM regions in them
    struct {
        uint32_t address, size;
        uint8_t *bytes;
        bool execute, writable;
    } blocks[2 * HF_MAX_REGIONS + 1];
    bool alias_wanted;     // another boot alias, as soon as the engine stands
    bool bit_bands;        // the core has them (Armv7-M without a Cortex-M7)
    uint32_t initial_vtor; // what VTOR is after a reset

    // Devices.
    size_t devices_count;
    core_device *devices;
    size_t buses_count;
    struct {
        char name[8];
        uint32_t gates;
    } buses[CORE_MAX_BUSES];
    vb_device *flash_device;
    vb_flash_store_fn flash_store;
    vb_flash_load_fn flash_load;
    uint8_t *watched_pages; // per page of the flash: WATCHED_NOW, WATCHED_WANTED
    bool watch_changed;
    struct {
        vb_device *controller;
        vb_dma_fn fn;
    } dma[4];
    size_t dma_count;
    vb_device *answered;   // the last access, and so probably the next
    bool access_failed;    // vb_bus_fault was called during the access under way
    uint64_t written_at;   // cycles of the core's last store to a device
    size_t in_flight;

    // Time. The present is base_time + (cycles - base_cycles) / HCLK, or the moment of the event under way.
    uint32_t hz[VB_CLOCKS];
    vb_time base_time;
    uint64_t base_cycles;
    bool in_event;
    vb_time event_time;
    core_event *heap;
    size_t heap_count;
    vb_time run_until;

    // Core.
    core_nvic nvic;
    core_scb scb;
    core_systick systick;
    bool powered, sleeping, lockup, event_register, crystal, external, backup_writable;
    bool sleeps_for_event; // WFE, not WFI
    uint32_t supply_mv;
    bool backup_lost;      // the backup domain had no supply since it last ran
    uint32_t break_address;
    uint64_t slept;        // cycles the core did not count because it slept
    vb_time stall_until;   // the core stands until then
    uint32_t busy_address, busy_size; // flash that cannot be read
    vb_time busy_until;
    bool blocked;          // the core waits for flash
    bool reset_wanted;
    vb_reset_cause reset_cause;
    bool running, stop_asked;
    vb_flash_operation operation; // the last one begun; its number is how many there were
    vb_flash_operation_fn operation_fn;
    void *operation_context;
    core_cut cut;
    core_failure failure;

    // Outside.
    core_pin pins[CORE_PORTS][16];
    bool telling_pins, pins_stale;
    vb_pin_fn pin_fn;
    void *pin_context;
    vb_report_fn report_fn;
    void *report_context;
    unsigned reports[VB_REPORT_KINDS];
};

// report.c
vb_status core_fail(vb_board *board, vb_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// time.c
vb_time core_time_at(const vb_board *board, uint64_t cycles);   // moment of a cycle
uint64_t core_cycles_at(const vb_board *board, vb_time moment); // first cycle that is not before the moment
vb_time core_next_event(const vb_board *board);
void core_fire_events(vb_board *board, vb_time until);          // all events up to and at this moment, in order, and
                                                                // none behind a planned cut of the supply
void core_at_moment(vb_board *board, vb_time moment, void (*fn)(vb_board *board)); // vb_now is this moment meanwhile
void core_cancel_all(vb_board *board);
void core_set_hz(vb_board *board, vb_clock clock, uint32_t hz); // without telling anybody
void core_update_deadline(vb_board *board);                     // the engine must stop for the next event
void core_stand_until(vb_board *board, vb_time moment);         // time passes, the core does nothing
void core_schedule_systick(vb_board *board, vb_time at);        // CORE_NEVER cancels
vb_device *core_device_at(const vb_board *board, uint32_t address);
core_device *core_of(const vb_device *device);

// memory.c
bool core_memory_create(vb_board *board);
void core_memory_destroy(vb_board *board);
uint8_t *core_memory_at(const vb_board *board, uint32_t address, uint32_t size, bool write); // core's view; NULL: none
void core_scramble_ram(vb_board *board);
bool core_map_alias(vb_board *board); // as boot_alias says; not while the engine runs
uint32_t core_canonical(const vb_board *board, uint32_t address); // without the boot alias

void core_apply_watches(vb_board *board); // not while the engine runs
bool core_mpu_read(const vb_board *board, uint32_t offset, uint32_t *value);
bool core_mpu_write(vb_board *board, uint32_t offset, uint32_t value);
void core_mpu_apply(vb_board *board); // after its registers were reset
bool core_may_fetch(void *context, uint32_t address, uint32_t *from, uint32_t *size); // by the MPU
bool core_open_for_fetch(vb_board *board, uint32_t address); // false: it was no watched page, or the unit is bad

// content.c
vb_status core_read_file(vb_board *board, const char *path, uint8_t **bytes, size_t *size); // *bytes from malloc

// bus.c
uint32_t core_bus_read(void *board, uint32_t address, unsigned width);
void core_bus_write(void *board, uint32_t address, unsigned width, uint32_t value);
void core_bus_store(void *board, uint32_t address, unsigned width, uint32_t value);
bool core_flash_blocks(const vb_board *board, uint32_t address); // busy flash, aliases included

// nvic.c
void core_nvic_reset(vb_board *board);
bool exception_has(const exception_set *set, unsigned number);
void exception_put(exception_set *set, unsigned number, bool on);
int core_priority_of(const vb_board *board, unsigned exception);     // group priority; lower goes first
enum { MASK_PRIMASK = 1, MASK_BASEPRI = 2, MASK_FAULTMASK = 4, MASK_ALL = 7 };
int core_execution_priority(const vb_board *board, unsigned masks);  // considering these MASK_*
unsigned core_best_pending(const vb_board *board);                   // 0: none
void core_pend(vb_board *board, unsigned exception);
void core_unpend(vb_board *board, unsigned exception);
void core_look_at_interrupts(vb_board *board); // something changed: leave the engine and look
uint32_t core_nvic_read(vb_board *board, uint32_t offset);
void core_nvic_write(vb_board *board, uint32_t offset, unsigned width, uint32_t value);
bool core_exception_enabled(const vb_board *board, unsigned exception);

// exceptions.c
void core_reset_registers(vb_board *board);
bool core_take_exception(vb_board *board);                     // a pending one, when its time has come
void core_enter(vb_board *board, unsigned exception);
void core_exception_return(vb_board *board, uint32_t exc_return);

// faults.c
typedef enum core_fault {
    FAULT_UNDEFINED, FAULT_INVSTATE, FAULT_INVPC, FAULT_NO_FPU, FAULT_UNALIGNED, FAULT_DIVIDE, FAULT_FETCH_BUS,
    FAULT_FETCH_NX, FAULT_DATA, FAULT_LATE, FAULT_STACKING, FAULT_UNSTACKING, FAULT_VECTOR, FAULT_BREAKPOINT, FAULT_SVC,
} core_fault;
// The core takes a fault at its present pc. address is that of the access, where there is one.
void core_fault_taken(vb_board *board, core_fault fault, uint32_t address);
// Books the fault and returns the exception that follows from it, 0 when the core locks up.
unsigned core_fault_exception(vb_board *board, core_fault fault, uint32_t address);
void core_lock_up(vb_board *board, const char *words);
bool core_ignores_bus_faults(const vb_board *board);

// scs.c: the system control space as a whole
uint32_t core_scs_read(vb_board *board, uint32_t address, unsigned width);
void core_scs_write(vb_board *board, uint32_t address, unsigned width, uint32_t value);
// scb.c
void core_scb_reset(vb_board *board);
bool core_scb_read(vb_board *board, uint32_t offset, uint32_t *value);
bool core_scb_write(vb_board *board, uint32_t offset, uint32_t value);
// scb_m7.c: false when there is no such register
bool core_is_m7(const vb_board *board);
bool core_m7_read(const vb_board *board, uint32_t offset, uint32_t *value);
bool core_m7_write(vb_board *board, uint32_t offset, uint32_t value);
// systick.c
void core_systick_reset(vb_board *board);
uint32_t core_systick_read(vb_board *board, uint32_t offset);
void core_systick_write(vb_board *board, uint32_t offset, uint32_t value);
void core_systick_clock_changed(vb_board *board);
void core_systick_wrapped(vb_board *board);       // its event
// dwt.c
bool core_dwt_read(vb_board *board, uint32_t offset, uint32_t *value);
bool core_dwt_write(vb_board *board, uint32_t offset, uint32_t value);
void core_dwt_reset(vb_board *board);

// run.c
bool core_wakes(const vb_board *board); // an exception that would end WFI is pending
// power.c
void core_system_reset(vb_board *board);
// cut.c
void core_cut_now(vb_board *board); // the planned moment has come

// pins.c, uart_link.c
void core_pins_reset(vb_board *board);
void core_uart_destroy(core_uart *uart);

#endif
