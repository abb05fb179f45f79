// SPDX-License-Identifier: MIT
// Exchanging the banks of the STM32H7: RM0433, 4.4.3 (changing option bytes), 4.9.7, 4.9.9.
//
// The option takes effect with the reset that follows. Until then both its present and its coming value can be read, and
// a change that has been made already is not made again: option bytes are the one thing here a cut could hurt.
#include "board.h"
#include "drivers.h"
#include "port.h"
#include "regs/flash_h7.h"

// Turns of the polling loop, at least eight cycles each: a second, where silicon has been seen to take 300 ms. The core
// may stand meanwhile.
#define PATIENCE (HF_CORE_HZ / 8u)

static hf_err wait_for_options(void)
{
    for (uint32_t turn = 0; turn < PATIENCE; turn++) {
        if ((FLASH->OPTSR_CUR & FLASH_OPTSR_OPT_BUSY) == 0) {
            return (FLASH->OPTSR_CUR & FLASH_OPTSR_OPTCHANGEERR) != 0 ? HF_E_OPTION : HF_OK;
        }
    }
    return HF_E_TIMEOUT;
}

static hf_err unlock(void)
{
    if ((FLASH->OPTCR & FLASH_OPTCR_OPTLOCK) != 0) {
        FLASH->OPTKEYR = FLASH_OPTKEY1;
        FLASH->OPTKEYR = FLASH_OPTKEY2;
    }
    return (FLASH->OPTCR & FLASH_OPTCR_OPTLOCK) != 0 ? HF_E_LOCKED : HF_OK;
}

static hf_err change(uint32_t wanted)
{
    FLASH->OPTCCR = FLASH_OPTCCR_OPTCHANGEERR;
    FLASH->OPTSR_PRG = (FLASH->OPTSR_CUR & ~FLASH_OPTSR_SWAP_BANK) | wanted;
    FLASH->OPTCR |= FLASH_OPTCR_OPTSTART;
    __asm__ volatile("dsb" ::: "memory");
    hf_err err = wait_for_options();
    if (err != HF_OK) {
        return err;
    }
    return (FLASH->OPTSR_CUR & FLASH_OPTSR_SWAP_BANK) == wanted ? HF_OK : HF_E_OPTION;
}

static hf_err swap(void)
{
    uint32_t wanted = ~FLASH->OPTCR & FLASH_OPTCR_SWAP_BANK; // the other one than now
    if ((FLASH->OPTSR_CUR & FLASH_OPTSR_SWAP_BANK) == wanted) {
        return HF_OK; // a reset is all that is missing
    }
    if (!supply_is_good()) {
        return HF_E_SUPPLY;
    }
    watchdog_feed();
    hf_err err = unlock();
    if (err == HF_OK) {
        err = change(wanted);
    }
    FLASH->OPTCR |= FLASH_OPTCR_OPTLOCK;
    return err;
}

static uint32_t boot_size(void)
{
    extern const uint8_t _boot_size[]; // an absolute symbol: its address is the number
    return (uint32_t)_boot_size;
}

const struct hf_bank_port hf_bank_port = {swap, boot_size};
