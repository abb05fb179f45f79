// SPDX-License-Identifier: MIT
// What the parts of the H7 flash model share: registers (flash_h7.c), operations of a bank (flash_h7_array.c), the state
// of each 256-bit unit and what an interrupted operation leaves (flash_h7_units.c), option bytes (flash_h7_options.c).
//
// Banks are numbered by where they are seen: 0 at the start of the flash, 1 behind it. The array in host memory is in
// that order too; a swap at a reset exchanges its halves.
#ifndef VB_FLASH_H7_H
#define VB_FLASH_H7_H

#include "registers.h"

enum {
    FLASH_ACR = 0x00, FLASH_KEYR = 0x04, FLASH_OPTKEYR = 0x08, FLASH_CR = 0x0C, FLASH_SR = 0x10, FLASH_CCR = 0x14,
    FLASH_OPTCR = 0x18, FLASH_OPTSR_CUR = 0x1C, FLASH_OPTSR_PRG = 0x20, FLASH_OPTCCR = 0x24, FLASH_PRAR_CUR = 0x28,
    FLASH_PRAR_PRG = 0x2C, FLASH_SCAR_CUR = 0x30, FLASH_SCAR_PRG = 0x34, FLASH_WPSN_CUR = 0x38, FLASH_WPSN_PRG = 0x3C,
    FLASH_BOOT_CUR = 0x40, FLASH_BOOT_PRG = 0x44, FLASH_CRCCR = 0x50, FLASH_ECC_FA = 0x60, FLASH_SECOND_BANK = 0x100
};
enum {
    FLASH_CR_LOCK = 1u << 0, FLASH_CR_PG = 1u << 1, FLASH_CR_SER = 1u << 2, FLASH_CR_BER = 1u << 3, FLASH_CR_PSIZE = 3u << 4,
    FLASH_CR_FW = 1u << 6, FLASH_CR_START = 1u << 7, FLASH_CR_SNB_POS = 8, FLASH_CR_SNB = 7u << 8,
    FLASH_CR_ENABLES = 0x1FEF0000,
    FLASH_SR_BSY = 1u << 0, FLASH_SR_WBNE = 1u << 1, FLASH_SR_QW = 1u << 2, FLASH_SR_EOP = 1u << 16,
    FLASH_SR_WRPERR = 1u << 17, FLASH_SR_PGSERR = 1u << 18, FLASH_SR_STRBERR = 1u << 19, FLASH_SR_INCERR = 1u << 21,
    FLASH_SR_OPERR = 1u << 22, FLASH_SR_RDPERR = 1u << 23, FLASH_SR_SNECCERR = 1u << 25, FLASH_SR_DBECCERR = 1u << 26,
    FLASH_SR_FLAGS = 0x1FEF0000,
    FLASH_OPTCR_OPTLOCK = 1u << 0, FLASH_OPTCR_OPTSTART = 1u << 1, FLASH_OPTCR_MER = 1u << 4,
    FLASH_OPTSR_OPT_BUSY = 1u << 0, FLASH_OPTSR_IWDG1_SW = 1u << 4, FLASH_OPTSR_OPTCHANGEERR = 1u << 30
};
#define FLASH_SWAP_BANK (1u << 31) // in OPTCR, OPTSR_CUR and OPTSR_PRG

enum { FLASH_BANKS = 2, FLASH_UNIT = 32, FLASH_BANK_SECTORS = 8, FLASH_PAGE = 4096 };

typedef enum flash_lock { FLASH_LOCKED, FLASH_HALF_OPEN, FLASH_OPEN, FLASH_JAMMED } flash_lock;
typedef enum flash_job { FLASH_IDLE, FLASH_PROGRAM, FLASH_ERASE } flash_job;

// What reading a unit gives.
typedef enum flash_unit {
    FLASH_GOOD,
    FLASH_CORRECTED, // one wrong bit: its data, and a flag
    FLASH_MARGINAL,  // sometimes its data, sometimes as bad
    FLASH_BAD        // more than one wrong bit: bus error, and a flag
} flash_unit;

typedef struct flash_word {
    uint32_t offset; // from the start of the array
    uint8_t bytes[FLASH_UNIT];
    uint32_t filled; // a bit per byte
} flash_word;

typedef struct flash_bank {
    uint32_t cr, sr, ecc_fa;
    flash_lock lock;
    flash_job job;
    vb_time started, until;
    uint32_t offset, size;      // what the job works on, from the start of the array
    flash_word buffer, running; // being filled, being programmed
    flash_word waiting[2];      // complete; one the controller queues, one the core waits with
    unsigned waiting_count;
    bool erase_waits;
    bool fails; // the job changes nothing and ends with these flags
    uint32_t failure;
} flash_bank;

// Option bytes, banks by their own number.
typedef struct flash_options {
    uint32_t optsr, boot;
    uint32_t prar[FLASH_BANKS], scar[FLASH_BANKS], wpsn[FLASH_BANKS];
} flash_options;

typedef struct flash {
    uint32_t acr, optcr, optsr_flags;
    flash_lock option_lock;
    flash_bank banks[FLASH_BANKS];
    flash_options current, wanted;
    bool swapped;          // the second bank is the one seen at the start
    bool changing;         // options
    vb_time started, until;
    uint8_t *units;        // flash_unit each
    uint32_t reads;        // of marginal units
    uint32_t checked_hclk, checked_acr, checked_scale;
} flash;

enum { FLASH_EVENT_BANK, FLASH_EVENT_OPTIONS = FLASH_BANKS }; // one id per bank, then the options'

// -- flash_h7.c
void flash_h7_update(vb_device *device); // interrupt, activity and which part of the array is busy

// -- flash_h7_array.c
void flash_h7_store(vb_device *device, uint32_t address, unsigned width, uint32_t value);
void flash_h7_force_write(vb_device *device, unsigned bank);
void flash_h7_start_erase(vb_device *device, unsigned bank);
void flash_h7_bank_done(vb_device *device, unsigned bank);
void flash_h7_bank_stopped(vb_device *device, unsigned bank); // before its time
uint32_t flash_h7_bank_size(const vb_device *device);
bool flash_h7_protected(const vb_device *device, unsigned bank, unsigned sector);

// -- flash_h7_units.c
bool flash_h7_load(vb_device *device, uint32_t address, unsigned width);
void flash_h7_mark(vb_device *device, uint32_t offset, uint32_t size, flash_unit as);
void flash_h7_watch(vb_device *device, uint32_t offset, uint32_t size); // units there have changed
void flash_h7_tear(vb_device *device, unsigned bank);

// -- flash_h7_options.c
extern const flash_options flash_h7_delivered;
void flash_h7_load_options(vb_device *device); // as a reset does
uint32_t flash_h7_read_option(const vb_device *device, unsigned bank, uint32_t offset);
void flash_h7_write_option(vb_device *device, unsigned bank, uint32_t offset, uint32_t value);
void flash_h7_write_optcr(vb_device *device, uint32_t value);
void flash_h7_options_done(vb_device *device);
void flash_h7_options_stopped(vb_device *device);

#endif
