// SPDX-License-Identifier: MIT
// Confirms a trial with bank swap on the STM32H7: one word of flash at the end of the application's own area, written by
// code that runs from the same bank (the core stands for about 100 us). RM0433, 4.3.9 and 4.9; formats/hf_bank.h.
#include "board.h"
#include "hf_bank.h"
#include "holdfast.h"

#define REG(address) (*(volatile uint32_t *)(address))
// The registers of the bank that the records are in: always the first with bank swap.
#define BANK         (HF_BANK_RECORDS_END - HF_FLASH_BASE > HF_FLASH_SIZE / 2u ? 0x100u : 0u)
#define KEYR         REG(0x52002004u + BANK)
#define CR           REG(0x5200200Cu + BANK)
#define SR           REG(0x52002010u + BANK)
#define CCR          REG(0x52002014u + BANK)
#define CR_LOCK      (1u << 0)
#define CR_PG        (1u << 1)
#define CR_PSIZE_64  (3u << 4)
#define SR_QW        (1u << 2)
#define DCIMVAC      REG(0xE000EF5Cu) // data cache line invalidate by address (DDI 0403, B3.2.2; lines of 32 bytes)
#define SR_ERRORS    0x006E0000u // WRPERR, PGSERR, STRBERR, INCERR, OPERR

typedef enum place_state { PLACE_BLANK, PLACE_VALID, PLACE_SPOILT } place_state;

static unsigned generation; // of the records that count

static volatile uint32_t *place_at(hf_bank_record kind, unsigned place)
{
    return (volatile uint32_t *)(HF_BANK_RECORDS_END - HF_BANK_PLACE(generation, kind, place));
}

static uint32_t pattern(hf_bank_record kind, unsigned i)
{
    return i % 2 == 0 ? HF_BANK_PATTERN(kind) : ~HF_BANK_PATTERN(kind);
}

// Words that a cut has spoilt are bus errors: at the priority of a HardFault with BFHFNMIGN set they read as anything.
static place_state state_of(hf_bank_record kind, unsigned place)
{
    bool blank = true, valid = true;
    CCR = 1u << 26; // DBECCERR
    __asm__ volatile("cpsid f" ::: "memory");
    REG(0xE000ED14u) |= 1u << 8; // SCB_CCR.BFHFNMIGN
    __asm__ volatile("dsb\n\tisb" ::: "memory");
    for (unsigned i = 0; i < HF_BANK_RECORD_SIZE / 4; i++) {
        uint32_t word = place_at(kind, place)[i];
        blank = blank && word == 0xFFFFFFFFu;
        valid = valid && word == pattern(kind, i);
    }
    __asm__ volatile("dsb" ::: "memory");
    REG(0xE000ED14u) &= ~(1u << 8);
    __asm__ volatile("cpsie f" ::: "memory");
    if ((SR & 1u << 26) != 0) {
        return PLACE_SPOILT;
    }
    return blank ? PLACE_BLANK : valid ? PLACE_VALID : PLACE_SPOILT;
}

// False: the controller refused it, whatever a cache makes of the stores.
static bool confirm_at(unsigned place)
{
    if ((CR & CR_LOCK) != 0) {
        KEYR = 0x45670123u;
        KEYR = 0xCDEF89ABu;
    }
    CCR = SR_ERRORS;
    CR = CR_PG | CR_PSIZE_64;
    __asm__ volatile("cpsid i\n\tdsb\n\tisb" ::: "memory"); // all eight stores, and no other code's between them
    for (unsigned i = 0; i < HF_BANK_RECORD_SIZE / 4; i++) {
        place_at(HF_BANK_CONFIRMED, place)[i] = pattern(HF_BANK_CONFIRMED, i);
    }
    __asm__ volatile("dsb\n\tcpsie i" ::: "memory");
    while ((SR & SR_QW) != 0) {
    }
    CR = CR_LOCK | CR_PSIZE_64;
    DCIMVAC = (uint32_t)place_at(HF_BANK_CONFIRMED, place); // the line holds what was stored: flash is to be read
    __asm__ volatile("dsb\n\tisb" ::: "memory");
    return (SR & SR_ERRORS) == 0;
}

static bool has(hf_bank_record kind)
{
    for (unsigned place = 0; place < HF_BANK_PLACES; place++) {
        if (state_of(kind, place) == PLACE_VALID) {
            return true;
        }
    }
    return false;
}

static void find_generation(void)
{
    for (generation = HF_BANK_GENERATIONS - 1; generation > 0 && !has(HF_BANK_OPENED); generation--) {
    }
}

bool hf_app_on_trial(void)
{
    find_generation();
    return has(HF_BANK_WANTED) && has(HF_BANK_TRIED) && !has(HF_BANK_CONFIRMED);
}

bool hf_app_confirm(void)
{
    find_generation();
    for (unsigned place = 0; place < HF_BANK_PLACES; place++) {
        place_state state = state_of(HF_BANK_CONFIRMED, place);
        if (state == PLACE_BLANK) {
            state = confirm_at(place) ? state_of(HF_BANK_CONFIRMED, place) : PLACE_SPOILT;
        }
        if (state == PLACE_VALID) {
            return true;
        }
    }
    return false;
}
