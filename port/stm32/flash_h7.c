// SPDX-License-Identifier: MIT
// Embedded flash of the STM32H742/743/753: RM0433, 4.3 (operations), 4.7 (errors), 4.9 (registers).
//
// It is programmed in words of 32 bytes with error correction: a word half-written by a cut cannot be read, the attempt
// is a bus error. Everything that looks at content that may be damaged does so between flash_guard and flash_unguard.
// Caches stay off, as reset left them.
#include "board.h"
#include "drivers.h"
#include "regs/cortex_m.h"
#include "regs/flash_h7.h"

#define BANK_SIZE (HF_FLASH_SIZE / 2u)
#define SECTOR    0x20000u // of every part with this controller
#define WORDS     (HF_PROGRAM_BYTES / 4u)

#define ERRORS                                                                                                         \
    (FLASH_SR_WRPERR | FLASH_SR_PGSERR | FLASH_SR_STRBERR | FLASH_SR_INCERR | FLASH_SR_OPERR)
// Flags that reads leave behind, some of them of reads nobody asked for (speculation): they say nothing about an
// operation, and one of them left standing must not make the next one fail.
#define READ_FLAGS (FLASH_SR_RDPERR | FLASH_SR_RDSERR | FLASH_SR_SNECCERR | FLASH_SR_DBECCERR)

#define INTERRUPTS (ERRORS | FLASH_SR_EOP) // their enables stand in CR where the flags stand in SR

// Periods of SysTick, 0.67 s at full speed: twice the longest erase.
#define PATIENCE (HF_ERASE_MAX_MS * 2u / 600u + 2u)

static void barrier(void)
{
    __asm__ volatile("dsb\n\tisb" ::: "memory");
}

void flash_set_latency(void)
{
    FLASH->ACR = HF_FLASH_LATENCY | (HF_FLASH_LATENCY + 1u) / 2u << FLASH_ACR_WRHIGHFREQ_POS;
    (void)FLASH->ACR; // the new figure must be in force before the clock rises
}

void flash_reset_latency(void)
{
    FLASH->ACR = FLASH_ACR_RESET;
}

void flash_cache(bool on)
{
    (void)on;
}

// -- guarded reads ----------------------------------------------------------------------------------------------------

void flash_guard(void)
{
    FLASH_BANK(0)->CCR = READ_FLAGS;
    FLASH_BANK(1)->CCR = READ_FLAGS;
    // At the priority of a HardFault, with BFHFNMIGN set, a bus error of a load is not taken (ARM DDI 0403, B3.2.8).
    __asm__ volatile("cpsid f" ::: "memory");
    SCB->CCR |= SCB_CCR_BFHFNMIGN;
    barrier();
}

hf_err flash_unguard(void)
{
    barrier();
    uint32_t flags = FLASH_BANK(0)->SR | FLASH_BANK(1)->SR;
    FLASH_BANK(0)->CCR = READ_FLAGS;
    FLASH_BANK(1)->CCR = READ_FLAGS;
    SCB->CFSR = SCB_CFSR_BUS_FAULTS; // cleared by writing 1
    SCB->CCR &= ~SCB_CCR_BFHFNMIGN;
    barrier();
    __asm__ volatile("cpsie f" ::: "memory");
    return (flags & FLASH_SR_DBECCERR) != 0 ? HF_E_ECC : HF_OK;
}

// -- operations -------------------------------------------------------------------------------------------------------

static struct flash_regs *bank_of(uint32_t address)
{
    return FLASH_BANK(address - HF_FLASH_BASE >= BANK_SIZE ? 1u : 0u);
}

static hf_err error_of(uint32_t sr)
{
    static const struct {
        uint32_t flag;
        hf_err err;
    } names[] = {
        {FLASH_SR_WRPERR, HF_E_WRPERR}, {FLASH_SR_STRBERR, HF_E_STRBERR}, {FLASH_SR_INCERR, HF_E_INCERR},
        {FLASH_SR_PGSERR, HF_E_PGSERR}, {FLASH_SR_OPERR, HF_E_OPERR},
    };
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        if ((sr & names[i].flag) != 0) {
            return names[i].err;
        }
    }
    return HF_OK;
}

static hf_err wait_until_done(struct flash_regs *bank)
{
    for (uint32_t periods = 0; periods < PATIENCE;) {
        uint32_t sr = bank->SR;
        if ((sr & FLASH_SR_QW) == 0) {
            bank->CCR = sr & (ERRORS | FLASH_SR_EOP);
            return error_of(sr);
        }
        periods += sleep_until_interrupt(HF_FLASH_IRQ);
    }
    return HF_E_TIMEOUT;
}

static hf_err unlock(struct flash_regs *bank)
{
    if (!supply_is_good()) {
        return HF_E_SUPPLY;
    }
    if ((bank->CR & FLASH_CR_LOCK) != 0) { // writing the keys twice would lock it until the next reset
        bank->KEYR = FLASH_KEY1;
        bank->KEYR = FLASH_KEY2;
    }
    if ((bank->CR & FLASH_CR_LOCK) != 0) {
        return HF_E_LOCKED;
    }
    bank->CCR = ERRORS | READ_FLAGS | FLASH_SR_EOP; // a flag left over by whoever ran before is not ours
    return wait_until_done(bank);
}

static void lock(struct flash_regs *bank)
{
    bank->CR = FLASH_CR_LOCK | FLASH_CR_PSIZE_64;
}

uint32_t flash_sector_end(uint32_t address)
{
    return (address | (SECTOR - 1u)) + 1u;
}

uint32_t flash_erase_ms(uint32_t address)
{
    (void)address;
    return HF_ERASE_TYP_MS;
}

static hf_err check_erased(uint32_t from, uint32_t end)
{
    uint32_t all = 0xFFFFFFFFu;
    flash_guard();
    for (const volatile uint32_t *word = (const volatile uint32_t *)from; word < (const volatile uint32_t *)end; word++) {
        all &= *word;
    }
    hf_err err = flash_unguard();
    return err == HF_OK && all != 0xFFFFFFFFu ? HF_E_NOT_ERASED : err;
}

hf_err flash_erase(uint32_t address)
{
    struct flash_regs *bank = bank_of(address);
    uint32_t start = address & ~(SECTOR - 1u), number = (start - HF_FLASH_BASE) % BANK_SIZE / SECTOR;
    hf_err err = unlock(bank);
    if (err == HF_OK) {
        uint32_t cr = INTERRUPTS | FLASH_CR_SER | FLASH_CR_PSIZE_64 | number << FLASH_CR_SNB_POS;
        bank->CR = cr;
        bank->CR = cr | FLASH_CR_START;
        err = wait_until_done(bank);
    }
    lock(bank);
    return err != HF_OK ? err : check_erased(start, start + SECTOR);
}

// All eight stores to one word and nothing in between: the controller starts by itself with the last byte.
static hf_err program_unit(struct flash_regs *bank, volatile uint32_t *to, const uint8_t *data)
{
    uint32_t words[WORDS];
    __builtin_memcpy(words, data, sizeof words);
    barrier();
    for (unsigned i = 0; i < WORDS; i++) {
        to[i] = words[i];
    }
    barrier();
    hf_err err = wait_until_done(bank);
    if (err != HF_OK) {
        return err;
    }
    uint32_t difference = 0;
    flash_guard();
    for (unsigned i = 0; i < WORDS; i++) {
        difference |= to[i] ^ words[i];
    }
    err = flash_unguard();
    return err == HF_OK && difference != 0 ? HF_E_VERIFY : err;
}

hf_err flash_program(uint32_t address, const uint8_t *data, uint32_t size)
{
    struct flash_regs *bank = bank_of(address);
    hf_err err = unlock(bank);
    if (err == HF_OK) {
        bank->CR = INTERRUPTS | FLASH_CR_PG | FLASH_CR_PSIZE_64;
    }
    for (uint32_t i = 0; i < size && err == HF_OK; i += HF_PROGRAM_BYTES) {
        err = program_unit(bank, (volatile uint32_t *)(address + i), data + i);
    }
    lock(bank);
    return err;
}
