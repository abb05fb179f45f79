// SPDX-License-Identifier: MIT
// Embedded flash interface of the STM32H742/743/753/750: RM0433, 4.9. The second bank's set stands 0x100 behind the first
// one's; which bank is the first follows the swap.
#ifndef HF_REGS_FLASH_H7_H
#define HF_REGS_FLASH_H7_H

#include <stdint.h>

struct flash_regs {
    volatile uint32_t ACR, KEYR, OPTKEYR, CR, SR, CCR, OPTCR, OPTSR_CUR, OPTSR_PRG, OPTCCR;
};
#define FLASH_BANK(bank) ((struct flash_regs *)(0x52002000u + 0x100u * (bank))) // 0 is seen at the start of the flash
#define FLASH            FLASH_BANK(0)

#define FLASH_KEY1        0x45670123u
#define FLASH_KEY2        0xCDEF89ABu
#define FLASH_OPTKEY1     0x08192A3Bu
#define FLASH_OPTKEY2     0x4C5D6E7Fu

#define FLASH_ACR_WRHIGHFREQ_POS 4
#define FLASH_ACR_RESET   0x37u

#define FLASH_CR_LOCK     (1u << 0)
#define FLASH_CR_PG       (1u << 1)
#define FLASH_CR_SER      (1u << 2)
#define FLASH_CR_PSIZE_64 (3u << 4) // parallelism
#define FLASH_CR_FW       (1u << 6)
#define FLASH_CR_START    (1u << 7)
#define FLASH_CR_SNB_POS  8

#define FLASH_SR_QW       (1u << 2) // anything pending or under way
#define FLASH_SR_EOP      (1u << 16)
#define FLASH_SR_WRPERR   (1u << 17)
#define FLASH_SR_PGSERR   (1u << 18)
#define FLASH_SR_STRBERR  (1u << 19)
#define FLASH_SR_INCERR   (1u << 21)
#define FLASH_SR_OPERR    (1u << 22)
#define FLASH_SR_RDPERR   (1u << 23)
#define FLASH_SR_RDSERR   (1u << 24)
#define FLASH_SR_SNECCERR (1u << 25)
#define FLASH_SR_DBECCERR (1u << 26)

#define FLASH_OPTCR_OPTLOCK         (1u << 0)
#define FLASH_OPTCR_OPTSTART        (1u << 1)
#define FLASH_OPTCR_SWAP_BANK       (1u << 31)
#define FLASH_OPTSR_OPT_BUSY        (1u << 0)
#define FLASH_OPTSR_OPTCHANGEERR    (1u << 30)
#define FLASH_OPTSR_SWAP_BANK       (1u << 31)
#define FLASH_OPTCCR_OPTCHANGEERR   (1u << 30)

#endif
