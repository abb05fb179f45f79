// SPDX-License-Identifier: MIT
// Option bytes of the STM32F4: RM0090 Rev 21, 3.6.2 (table 13), 3.6.3 (changing them), 3.7 (levels of read protection).
//
// Write and read protection count at once. A change rewrites all option bytes; cut short it leaves level 1 and no write
// protection, which still boots, and the next boot finds something to do.
#include "board.h"
#include "port.h"
#include "regs/flash_f4.h"

#define NWRP     ((uint32_t)HF_BOOT_SECTORS << FLASH_OPTCR_NWRP_POS) // 0 protects
#define RDP_MASK (0xFFu << FLASH_OPTCR_RDP_POS)
#define LEVEL_0  (0xAAu << FLASH_OPTCR_RDP_POS)
#define LEVEL_1  (0x55u << FLASH_OPTCR_RDP_POS) // any other value would do but level 2's
#define LEVEL_2  (0xCCu << FLASH_OPTCR_RDP_POS)
#define PATIENCE 4000000u // turns of the polling loop: seconds at reset speed, and the core stalls meanwhile anyway

// What the board wants, on top of what there is: no protection is ever taken back.
static uint32_t wanted(uint32_t options)
{
    options &= HF_PROTECT_WRITE ? ~NWRP : ~0u;
    if (HF_PROTECT_READ && (options & RDP_MASK) == LEVEL_0) {
        options = (options & ~RDP_MASK) | LEVEL_1;
    }
    return options;
}

static bool in_force(void)
{
    uint32_t options = FLASH->OPTCR;
    bool frozen = (options & RDP_MASK) == LEVEL_2; // nobody can change anything any more
    return frozen || options == wanted(options);
}

static struct hf_protection now(void)
{
    uint32_t options = FLASH->OPTCR, level = options & RDP_MASK;
    return (struct hf_protection){level == LEVEL_0 ? 0 : level == LEVEL_2 ? 2 : 1, (options & NWRP) == 0};
}

static void wait_until_done(void)
{
    for (uint32_t turn = 0; turn < PATIENCE && (FLASH->SR & FLASH_SR_BSY) != 0; turn++) {
    }
}

static void enforce(void)
{
    if ((FLASH->OPTCR & FLASH_OPTCR_OPTLOCK) != 0) { // writing the keys twice would lock it until the next reset
        FLASH->OPTKEYR = FLASH_OPTKEY1;
        FLASH->OPTKEYR = FLASH_OPTKEY2;
    }
    wait_until_done();
    uint32_t options = wanted(FLASH->OPTCR) & ~(FLASH_OPTCR_OPTLOCK | FLASH_OPTCR_OPTSTRT);
    FLASH->OPTCR = options;
    FLASH->OPTCR = options | FLASH_OPTCR_OPTSTRT;
    __asm__ volatile("dsb" ::: "memory");
    wait_until_done();
    FLASH->OPTCR |= FLASH_OPTCR_OPTLOCK;
}

const struct hf_protection_port hf_protection_port = {now, in_force, enforce};
