// SPDX-License-Identifier: MIT
// libvboard: a virtual STM32 board that runs the real ARM binary in virtual time.
//
// A board is made from the data of a chip and a board file. It executes nothing by itself: vb_run advances virtual
// time, everything that happens is a function of what was loaded and fed in, so a run can be repeated to the
// picosecond. One board per thread; no globals.
#ifndef VBOARD_H
#define VBOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hf_layout.h"

// Virtual time in picoseconds since the board was created (power cuts do not set it back).
typedef uint64_t vb_time;
#define VB_US ((vb_time)1000000)
#define VB_MS ((vb_time)1000000000)
#define VB_S  ((vb_time)1000000000000)

typedef struct vb_board vb_board;

typedef enum vb_status {
    VB_OK = 0,
    VB_E_FILE,    // a file could not be read or written
    VB_E_FORMAT,  // a file is not what it should be
    VB_E_ADDRESS, // nothing there
    VB_E_NAME,    // no such pin, port or peripheral
    VB_E_ENGINE,  // the CPU engine failed: our own bug, or out of memory
    VB_E_CHIP,    // the chip file names a peripheral generation nobody modelled
} vb_status;

// Words for the last failure on this board (file, address, ...). Owned by the board, valid until the next call.
const char *vb_error(const vb_board *board);

// Makes a board, powered off, flash erased, option bytes as delivered. NULL with words in why (size bytes).
vb_board *vb_create(const hf_board *description, char *why, size_t size);
void vb_destroy(vb_board *board);

// -- content ----------------------------------------------------------------------------------------------------
// A debugger's view: works whenever, takes no virtual time, ignores protection. Flash and RAM only.
vb_status vb_load_elf(vb_board *board, const char *path);
vb_status vb_load_bin(vb_board *board, const char *path, uint32_t address);
vb_status vb_write(vb_board *board, uint32_t address, const void *bytes, size_t size);
vb_status vb_read(const vb_board *board, uint32_t address, void *bytes, size_t size);

// Flash, option bytes and backup domain, in one file. Loading a file of another chip is VB_E_FORMAT.
vb_status vb_state_save(vb_board *board, const char *path);
vb_status vb_state_load(vb_board *board, const char *path);

// -- power and reset ----------------------------------------------------------------------------------------------
void vb_power_on(vb_board *board);              // supply rises: power-on reset
void vb_power_off(vb_board *board, bool vbat);  // supply falls; vbat: the backup domain keeps its supply
void vb_reset_pin(vb_board *board);             // NRST pulse: RAM and backup domain keep their content
void vb_crystal(vb_board *board, bool works);   // the board's HSE crystal; works from the start when the board has one
// What the voltage detector sees of the supply, in millivolts; the middle of the board file's range at first.
void vb_supply(vb_board *board, uint32_t mv);
void vb_external(vb_board *board, bool works);  // the board's external flash: false takes the chip off its socket
void vb_set_seed(vb_board *board, uint64_t seed); // decides what a torn flash operation leaves behind; 0 at first

// -- power cuts -----------------------------------------------------------------------------------------------------
// Everything that changes what the chip keeps is counted: a program unit, an erase, a change of option bytes. The first
// one since the board was created is number 1; one that the controller refuses is none.
typedef enum vb_flash_kind { VB_FLASH_PROGRAM, VB_FLASH_ERASE, VB_FLASH_OPTIONS } vb_flash_kind;
typedef struct vb_flash_operation {
    uint64_t number;
    vb_flash_kind kind;
    uint32_t address, size; // what it changes; 0, 0 for option bytes that are no memory
    vb_time start, end;
} vb_flash_operation;

uint64_t vb_flash_operations(const vb_board *board); // begun so far
// Called when an operation begins. The callback may call vb_stop_now and the functions below; nothing has changed yet.
typedef void (*vb_flash_operation_fn)(void *context, const vb_flash_operation *operation);
void vb_on_flash_operation(vb_board *board, vb_flash_operation_fn fn, void *context);

// Cuts the supply in that operation, VBAT stays: vb_run ends with VB_STOP_CUT and the board is powered off. done is how
// much of the operation's time has passed by then, in millionths: VB_CUT_BEFORE leaves everything as it was,
// VB_CUT_AFTER has it finished and cuts before the core goes on. In between the content is torn: what exactly is left is
// a function of the seed, the place, the number and done. One cut is planned at a time, a new plan replaces the old one. The
// operation may be the one under way or one that comes; for one that comes the plan outlives resets and power_off.
// VB_E_ADDRESS: it is over already.
#define VB_CUT_BEFORE 0u
#define VB_CUT_INSIDE 500000u
#define VB_CUT_AFTER  1000000u
vb_status vb_cut_at_operation(vb_board *board, uint64_t number, uint32_t done);
void vb_cut_at(vb_board *board, vb_time moment); // the same at a moment, whatever is under way then
void vb_cut_never(vb_board *board);              // forgets the plan
uint64_t vb_cuts(const vb_board *board);         // planned cuts that came true

// What every cut is from now on. A reset of the chip tears a flash operation as the supply does (RM0090 and RM0433 promise
// nothing of what is left), but RAM keeps its content, an external flash goes on, and the board is not powered off.
typedef enum vb_cut_kind { VB_CUT_SUPPLY, VB_CUT_PIN, VB_CUT_WATCHDOG } vb_cut_kind;
void vb_cut_by(vb_board *board, vb_cut_kind kind); // VB_CUT_SUPPLY at first

// -- flash that fails ------------------------------------------------------------------------------------------------
// The controller gives that operation up: it takes its time, changes nothing, and ends with these flags in its status
// register, with the places the manual gives them there (SR of the STM32F4, SR1 or SR2 of the bank on the STM32H7).
// VB_FLASH_HANGS: it never ends, until a reset. One failure is planned at a time, a new plan replaces the old one and
// outlives resets; number 0 forgets it. Option bytes and external flash do not fail this way.
// VB_E_ADDRESS: that operation has begun already.
#define VB_FLASH_HANGS 0u
vb_status vb_fail_at_operation(vb_board *board, uint64_t number, uint32_t flags);
uint64_t vb_flash_failures(const vb_board *board); // planned failures that came true

// Runs fn in a copy of the whole process (fork) and returns what it returns, 0 to 255; -1 when the copy died or could
// not be made. The board there is the board as it stands here, and nothing that happens to it there is seen here: a
// campaign runs a story once and tries every ending. fn must return: an assertion of a test framework that jumps out of
// it would go on with the tests in the copy. Not while other threads run.
int vb_try(int (*fn)(void *context), void *context);
// Takes over what a chip keeps without power from another board of the same chip: flash, option bytes, backup domain.
// Both must be powered off, the other at least since its last change. VB_E_FORMAT: another chip.
vb_status vb_state_copy(vb_board *to, const vb_board *from);

// -- running --------------------------------------------------------------------------------------------------------
typedef enum vb_stop {
    VB_STOP_TIME,   // the given moment has come
    VB_STOP_ASKED,  // vb_stop was called from a callback
    VB_STOP_LOCKUP, // the core is locked up and nothing can bring it back
    VB_STOP_ENGINE, // the CPU engine failed; see vb_error
    VB_STOP_CUT,    // a planned cut came true
} vb_stop;

vb_stop vb_run(vb_board *board, vb_time until); // runs to that moment; powered off, time only passes
void vb_stop_now(vb_board *board);              // ends vb_run at the next block
vb_time vb_now(const vb_board *board);
uint64_t vb_instructions(const vb_board *board); // executed since creation

// The board only waits for the outside: nothing in flight, no flash operation, and the guest sleeps or polls.
bool vb_idle(const vb_board *board);

// Ends vb_run with VB_STOP_ASKED when the core is about to execute this address (Thumb bit ignored). 0 removes it.
void vb_break_at(vb_board *board, uint32_t address);

typedef struct vb_cpu {
    uint32_t r[13], sp, lr, pc, xpsr, msp, psp, primask, basepri, faultmask, control;
    bool sleeping, lockup;
} vb_cpu;
void vb_cpu_read(const vb_board *board, vb_cpu *cpu);

// For a debugger. Registers from outside: xpsr, the stack pointers and masks too; sp is the one in use, sleeping and
// lockup are ignored.
void vb_cpu_write(vb_board *board, const vb_cpu *cpu);
// More addresses like that of vb_break_at; VB_E_ADDRESS when there is no room (64 are). A run that goes on from a stop at
// a breakpoint passes it.
vb_status vb_break_add(vb_board *board, uint32_t address);
void vb_break_remove(vb_board *board, uint32_t address);
// Executes one instruction, or the entry of an exception that is due. A sleeping core: time goes on until it wakes, one
// virtual millisecond at most. VB_STOP_ASKED when done.
vb_stop vb_step(vb_board *board);

// -- what went wrong inside -----------------------------------------------------------------------------------------
// Things that are an error of the firmware or of the model's coverage. Counted; the callback gets words.
typedef enum vb_report {
    VB_REPORT_UNMODELLED, // an access nobody modelled
    VB_REPORT_UNCLOCKED,  // an access to a peripheral whose clock is off
    VB_REPORT_MISUSE,     // what the manual forbids and silicon does not flag (programming a non-erased unit, ...)
    VB_REPORT_FAULT,      // the core took a fault
    VB_REPORT_KINDS
} vb_report;
typedef void (*vb_report_fn)(void *context, vb_time when, vb_report kind, const char *words);
void vb_on_report(vb_board *board, vb_report_fn fn, void *context);
unsigned vb_reports(const vb_board *board, vb_report kind);

// -- pins -----------------------------------------------------------------------------------------------------------
typedef enum vb_level { VB_LOW, VB_HIGH, VB_FLOATING } vb_level;
typedef void (*vb_pin_fn)(void *context, vb_time when, hf_pin pin, vb_level level);
vb_status vb_pin_drive(vb_board *board, hf_pin pin, vb_level level); // from outside; VB_FLOATING lets go
vb_level vb_pin_level(const vb_board *board, hf_pin pin);            // what a voltmeter shows
void vb_on_pin(vb_board *board, vb_pin_fn fn, void *context);        // each change of a level, any pin

// The button and the LED of the board file, polarity applied.
void vb_button(vb_board *board, bool pressed);
bool vb_led(const vb_board *board);

// -- serial lines ---------------------------------------------------------------------------------------------------
typedef enum vb_parity { VB_PARITY_NONE, VB_PARITY_EVEN, VB_PARITY_ODD } vb_parity;
typedef struct vb_line {
    uint32_t baud;
    vb_parity parity;
    uint8_t stop_bits; // 1 or 2
} vb_line;

// A frame left the chip: its 8 data bits as the far end sees them at its own line settings. damaged: the far end's
// settings differ so much that it sees a framing or parity error. when is the end of the last stop bit.
typedef void (*vb_uart_fn)(void *context, vb_time when, uint8_t byte, bool damaged);

// Connects the far end of a UART ("usart2"). line is the far end's setting, copied; it may be changed at any time.
vb_status vb_uart_connect(vb_board *board, const char *uart, const vb_line *line, vb_uart_fn fn, void *context);
vb_status vb_uart_set_line(vb_board *board, const char *uart, const vb_line *line);
// Queues bytes at the far end; they take their wire time one after the other. Returns how many still wait.
size_t vb_uart_send(vb_board *board, const char *uart, const void *bytes, size_t size);
size_t vb_uart_pending(const vb_board *board, const char *uart);
void vb_uart_break(vb_board *board, const char *uart); // one break condition after what is queued

#endif
