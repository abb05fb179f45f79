// SPDX-License-Identifier: MIT
// What the parts of the F4 flash model share: registers (flash_f4.c), operations on the array
// (flash_f4_array.c), what an interrupted operation leaves (flash_f4_torn.c), option bytes
// (flash_f4_options.c).
#ifndef VB_FLASH_F4_H
#define VB_FLASH_F4_H

#include "registers.h"

enum {
    FLASH_ACR = 0x00,
    FLASH_KEYR = 0x04,
    FLASH_OPTKEYR = 0x08,
    FLASH_SR = 0x0C,
    FLASH_CR = 0x10,
    FLASH_OPTCR = 0x14,
    FLASH_OPTCR1 = 0x18 // with two banks
};
enum {
    FLASH_ACR_PRFTEN = 1u << 8,
    FLASH_ACR_ICEN = 1u << 9,
    FLASH_ACR_DCEN = 1u << 10,
    FLASH_ACR_ICRST = 1u << 11,
    FLASH_ACR_DCRST = 1u << 12,
    FLASH_SR_EOP = 1u << 0,
    FLASH_SR_OPERR = 1u << 1,
    FLASH_SR_WRPERR = 1u << 4,
    FLASH_SR_PGAERR = 1u << 5,
    FLASH_SR_PGPERR = 1u << 6,
    FLASH_SR_PGSERR = 1u << 7,
    FLASH_SR_FLAGS = 0xF3,
    FLASH_SR_RDERR = 1u << 8, // on the parts with two banks
    FLASH_SR_BSY = 1u << 16,
    FLASH_CR_PG = 1u << 0,
    FLASH_CR_SER = 1u << 1,
    FLASH_CR_MER = 1u << 2,
    FLASH_CR_SNB = 3,
    FLASH_CR_PSIZE = 8,
    FLASH_CR_MER1 = 1u << 15, // the second bank
    FLASH_CR_STRT = 1u << 16,
    FLASH_CR_EOPIE = 1u << 24,
    FLASH_CR_ERRIE = 1u << 25,
    FLASH_OPTCR_OPTLOCK = 1u << 0,
    FLASH_OPTCR_OPTSTRT = 1u << 1,
    FLASH_OPTCR_WDG_SW = 1u << 5,
    FLASH_OPTCR_BITS = 0x0FFFFFEC, // what is stored
    FLASH_OPTIONS_DELIVERED = 0x0FFFAAEC,
    FLASH_OPTCR1_BITS = 0x0FFF0000
};
#define FLASH_CR_LOCK (1u << 31)
enum { FLASH_UNIT_MAX = 4, FLASH_WAITING_MAX = 16, FLASH_SECTORS_MAX = 32 };

typedef enum flash_lock { FLASH_LOCKED, FLASH_HALF_OPEN, FLASH_OPEN, FLASH_JAMMED } flash_lock;
typedef enum flash_job { FLASH_IDLE, FLASH_PROGRAM, FLASH_ERASE, FLASH_OPTIONS } flash_job;

// A store that came while the controller was busy. Silicon holds the bus; here the core is stalled
// and the store waits.
typedef struct flash_store {
    bool is_register; // else into the array
    uint32_t place;   // offset of the register or address
    unsigned width;
    uint32_t value;
} flash_store;

typedef struct flash {
    uint32_t acr, sr, cr, optcr;
    uint32_t options; // stored option bytes, in the places they have in OPTCR
    uint32_t optcr1, options1; // the same of the second bank
    flash_lock lock, option_lock;
    flash_job job;
    vb_time started, until;
    uint32_t address, size; // what the job works on, from the start of the array
    uint32_t data;          // to be programmed
    bool too_wide;          // PSIZE above what the supply allows: the result is not sound
    bool fails;             // the job changes nothing and ends with these flags
    uint32_t failure;
    flash_store waiting[FLASH_WAITING_MAX];
    unsigned waiting_count;
    uint32_t stale_sectors; // erased since the data cache was reset while it was on
    uint32_t checked_hclk, checked_acr;
} flash;

// -- flash_f4.c
void flash_update_irq(vb_device *device);
void flash_fail(vb_device *device, uint32_t flags);
void flash_begin(vb_device *device, flash_job job, uint32_t address, uint32_t size,
                 vb_time duration);

bool flash_has_two_banks(const vb_device *device);

// -- flash_f4_array.c
void flash_program(vb_device *device, uint32_t address, unsigned width, uint32_t value);
void flash_start_erase(vb_device *device);
void flash_finish_program(vb_device *device);
void flash_finish_erase(vb_device *device);

// -- flash_f4_torn.c
// What job leaves when it ends at this moment, before its time.
void flash_tear(vb_device *device);
// What an operation leaves that ran its time at a supply too low for its width.
void flash_weaken(vb_device *device);

// -- flash_f4_options.c
void flash_load_options(vb_device *device); // into OPTCR, as a reset does
void flash_publish_options(vb_device *device);
void flash_write_optcr(vb_device *device, uint32_t value);
void flash_write_optcr1(vb_device *device, uint32_t value);
void flash_finish_options(vb_device *device);
void flash_tear_options(vb_device *device);
bool flash_protected(const vb_device *device, unsigned sector); // as CR.SNB counts them

#endif
