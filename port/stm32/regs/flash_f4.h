// SPDX-License-Identifier: MIT
// Embedded flash interface of the STM32F4: RM0090 Rev 21, 3.9.
#ifndef HF_REGS_FLASH_F4_H
#define HF_REGS_FLASH_F4_H

#include <stdint.h>

struct flash_regs {
    volatile uint32_t ACR, KEYR, OPTKEYR, SR, CR, OPTCR;
};
#define FLASH ((struct flash_regs *)0x40023C00u)

#define FLASH_ACR_PRFTEN  (1u << 8)
#define FLASH_ACR_ICEN    (1u << 9)
#define FLASH_ACR_DCEN    (1u << 10)
#define FLASH_ACR_ICRST   (1u << 11)
#define FLASH_ACR_DCRST   (1u << 12)

#define FLASH_KEY1        0x45670123u
#define FLASH_KEY2        0xCDEF89ABu

#define FLASH_OPTKEY1     0x08192A3Bu
#define FLASH_OPTKEY2     0x4C5D6E7Fu

#define FLASH_SR_EOP      (1u << 0)
#define FLASH_SR_OPERR    (1u << 1)
#define FLASH_SR_WRPERR   (1u << 4)
#define FLASH_SR_PGAERR   (1u << 5)
#define FLASH_SR_PGPERR   (1u << 6)
#define FLASH_SR_PGSERR   (1u << 7)
#define FLASH_SR_RDERR    (1u << 8) // F42x, F401, F411, F446; never set on F405/407
#define FLASH_SR_BSY      (1u << 16)

#define FLASH_CR_PG       (1u << 0)
#define FLASH_CR_SER      (1u << 1)
#define FLASH_CR_SNB_POS  3
#define FLASH_CR_PSIZE_POS 8 // 0: bytes, 1: half-words, 2: words, 3: double words
#define FLASH_CR_STRT     (1u << 16)
#define FLASH_CR_ERRIE    (1u << 25)
#define FLASH_CR_LOCK     (1u << 31)

#define FLASH_OPTCR_OPTLOCK  (1u << 0)
#define FLASH_OPTCR_OPTSTRT  (1u << 1)
#define FLASH_OPTCR_RDP_POS  8
#define FLASH_OPTCR_NWRP_POS 16 // sectors 0 to 11

#endif
