// SPDX-License-Identifier: MIT
// Embedded flash of the STM32F4: RM0090 Rev 21, 3.5 (wait states, caches), 3.6 (erase and program), 3.9 (registers).
//
// On parts with a single bank the core stalls while flash is busy, and the polling loops below turn once; where there are
// two, they turn while the other one works. They are bounded: a controller that does not answer must not hang the
// bootloader.
#include "board.h"
#include "drivers.h"
#include "regs/flash_f4.h"

#define ERRORS                                                                                                         \
    (FLASH_SR_OPERR | FLASH_SR_WRPERR | FLASH_SR_PGAERR | FLASH_SR_PGPERR | FLASH_SR_PGSERR | FLASH_SR_RDERR)

#define PSIZE ((HF_PROGRAM_BYTES == 1 ? 0u : HF_PROGRAM_BYTES == 2 ? 1u : HF_PROGRAM_BYTES == 4 ? 2u : 3u)             \
               << FLASH_CR_PSIZE_POS)

// Turns of the polling loop, at least six cycles each: twice the longest erase at full speed.
#define PATIENCE (HF_ERASE_MAX_MS * 2u * (HF_HCLK_HZ / 1000u / 6u))

#if HF_PROGRAM_BYTES == 1
typedef uint8_t unit_t;
#elif HF_PROGRAM_BYTES == 2
typedef uint16_t unit_t;
#elif HF_PROGRAM_BYTES == 4
typedef uint32_t unit_t;
#else
#error "double-word programming needs an external 9 V supply, which no board file describes"
#endif

void flash_set_latency(void)
{
    FLASH->ACR = (FLASH->ACR & ~0xFu) | HF_FLASH_LATENCY | FLASH_ACR_ICEN | (HF_FLASH_PREFETCH ? FLASH_ACR_PRFTEN : 0);
    (void)FLASH->ACR; // the new figure must be in force before the clock rises (3.5.1)
}

void flash_reset_latency(void)
{
    FLASH->ACR = 0;
    FLASH->ACR = FLASH_ACR_ICRST | FLASH_ACR_DCRST; // allowed only while the caches are off
    FLASH->ACR = 0;
}

void flash_cache(bool on)
{
    // The data cache keeps what was stored, not what the array made of it, and an erase does not empty it (3.5.2):
    // it is off in all code that changes flash or reads back what it changed.
    if (on) {
        FLASH->ACR |= FLASH_ACR_DCEN;
        return;
    }
    FLASH->ACR &= ~FLASH_ACR_DCEN;
    FLASH->ACR |= FLASH_ACR_DCRST;
    FLASH->ACR &= ~FLASH_ACR_DCRST;
}

void flash_guard(void)
{
}

hf_err flash_unguard(void)
{
    return HF_OK;
}

static hf_err error_of(uint32_t sr)
{
#define NAME(flag, err) {__builtin_ctz(flag), err}
    static const struct {
        uint8_t bit, err;
    } names[] = {
        NAME(FLASH_SR_WRPERR, HF_E_WRPERR), NAME(FLASH_SR_PGAERR, HF_E_PGAERR), NAME(FLASH_SR_PGSERR, HF_E_PGSERR),
        NAME(FLASH_SR_PGPERR, HF_E_PGPERR), NAME(FLASH_SR_RDERR, HF_E_RDERR),   NAME(FLASH_SR_OPERR, HF_E_OPERR),
    };
#undef NAME
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        if ((sr >> names[i].bit & 1u) != 0) {
            return (hf_err)names[i].err;
        }
    }
    return HF_OK;
}

static hf_err wait_until_done(void)
{
    for (uint32_t turn = 0; turn < PATIENCE; turn++) {
        uint32_t sr = FLASH->SR;
        if ((sr & (FLASH_SR_BSY | ERRORS)) == 0) {
            return HF_OK; // at once: every word of an image comes this way
        }
        if ((sr & FLASH_SR_BSY) == 0) {
            FLASH->SR = sr & ERRORS; // flags are cleared by writing 1
            return error_of(sr);
        }
    }
    return HF_E_TIMEOUT;
}

static hf_err unlock(void)
{
    if ((FLASH->CR & FLASH_CR_LOCK) != 0) { // writing the keys twice would lock it until the next reset
        FLASH->KEYR = FLASH_KEY1;
        FLASH->KEYR = FLASH_KEY2;
    }
    if ((FLASH->CR & FLASH_CR_LOCK) != 0) {
        return HF_E_LOCKED;
    }
    FLASH->SR = ERRORS | FLASH_SR_EOP; // a flag left over by whoever ran before is not ours
    return wait_until_done();
}

// A controller that never ends its operation stays unlocked: a store to CR would hold the bus until it does (3.9.5).
static void lock(void)
{
    if ((FLASH->SR & FLASH_SR_BSY) == 0) {
        FLASH->CR = FLASH_CR_LOCK;
    }
}

// The runs of equal sectors, and where an address lies in them.
static const struct run {
    uint32_t address, size;
    uint16_t first, count, erase_ms;
} runs[] = {
#define HF_RUN(first, count, size, address, erase_ms) {address, size, first, count, erase_ms},
    HF_SECTOR_RUNS(HF_RUN)
#undef HF_RUN
};

static const struct run *find_run(uint32_t address)
{
    const struct run *run = runs;
    while (run + 1 < runs + sizeof runs / sizeof runs[0] && address >= run[1].address) {
        run++;
    }
    return run;
}

static uint32_t nth_of_run(const struct run *run, uint32_t address)
{
    return (address - run->address) / run->size;
}

uint32_t flash_sector_end(uint32_t address)
{
    const struct run *run = find_run(address);
    return run->address + (nth_of_run(run, address) + 1) * run->size;
}

uint32_t flash_erase_ms(uint32_t address)
{
    return find_run(address)->erase_ms;
}

static hf_err erase_sector(uint32_t number)
{
    // OPERR is only shown with ERRIE set; no interrupt follows, the NVIC does not know of it.
    uint32_t cr = PSIZE | FLASH_CR_ERRIE | FLASH_CR_SER | number << FLASH_CR_SNB_POS;
    FLASH->CR = cr;
    FLASH->CR = cr | FLASH_CR_STRT;
    return wait_until_done();
}

static hf_err check_erased(uint32_t from, uint32_t end)
{
    for (const volatile uint32_t *word = (const volatile uint32_t *)from; word < (const volatile uint32_t *)end; word++) {
        if (*word != 0xFFFFFFFFu) {
            return HF_E_NOT_ERASED;
        }
    }
    return HF_OK;
}

hf_err flash_erase(uint32_t address)
{
    const struct run *run = find_run(address);
    uint32_t nth = nth_of_run(run, address);
    hf_err err = unlock();
    if (err == HF_OK) {
        err = erase_sector(run->first + nth);
    }
    lock();
    uint32_t start = run->address + nth * run->size;
    return err != HF_OK ? err : check_erased(start, start + run->size);
}

static hf_err program_unit(volatile unit_t *to, unit_t value)
{
    *to = value;
    __asm__ volatile("dsb" ::: "memory"); // the store must reach the controller before its status is read
    hf_err err = wait_until_done();
    return err != HF_OK || *to == value ? err : HF_E_VERIFY;
}

hf_err flash_program(uint32_t address, const uint8_t *data, uint32_t size)
{
    hf_err err = unlock();
    if (err == HF_OK) {
        FLASH->CR = PSIZE | FLASH_CR_ERRIE | FLASH_CR_PG;
    }
    for (uint32_t i = 0; i < size && err == HF_OK; i += sizeof(unit_t)) {
        unit_t value;
        __builtin_memcpy(&value, data + i, sizeof value);
        err = program_unit((volatile unit_t *)(address + i), value);
    }
    lock();
    return err;
}
