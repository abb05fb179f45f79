// SPDX-License-Identifier: MIT
// The firmware's register headers for the STM32H7 against numbers taken from ST's stm32h743xx.h. A name that a header
// defines and this file does not know fails the test: no number enters unchecked.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crc_v2.h"
#include "crs_v1.h"
#include "flash_h7.h"
#include "header_names.h"
#include "pwr_h7.h"
#include "quadspi_v1.h"
#include "rcc_h7.h"
#include "usart_v2.h"

typedef struct fact {
    const char *name;
    uint64_t ours, theirs;
} fact;

#define OFFSET(structure, member, offset)                                                          \
    {                                                                                              \
#structure "." #member, offsetof(struct structure, member), (offset)                       \
    }
#define BASE(name, address)                                                                        \
    {                                                                                              \
#name, (uintptr_t)(name), (address)                                                        \
    }
#define BIT(name, bit)                                                                             \
    {                                                                                              \
#name, (name), 1ull << (bit)                                                               \
    }
#define FIELD(name, msb, lsb)                                                                      \
    {                                                                                              \
#name, (name), (1ull << ((msb) + 1)) - (1ull << (lsb))                                     \
    }
#define NUMBER(name, number)                                                                       \
    {                                                                                              \
#name, (name), (number)                                                                    \
    }
#define CALL(name, argument, number)                                                               \
    {                                                                                              \
#name, (uintptr_t)name(argument), (number)                                                 \
    }

// clang-format off
static const fact facts[] = {
    // FLASH
    BASE(FLASH, 0x52002000), CALL(FLASH_BANK, 0, 0x52002000), CALL(FLASH_BANK, 1, 0x52002100),
    OFFSET(flash_regs, ACR, 0x00), OFFSET(flash_regs, KEYR, 0x04), OFFSET(flash_regs, OPTKEYR, 0x08),
    OFFSET(flash_regs, CR, 0x0C), OFFSET(flash_regs, SR, 0x10), OFFSET(flash_regs, CCR, 0x14),
    OFFSET(flash_regs, OPTCR, 0x18), OFFSET(flash_regs, OPTSR_CUR, 0x1C), OFFSET(flash_regs, OPTSR_PRG, 0x20),
    OFFSET(flash_regs, OPTCCR, 0x24),
    NUMBER(FLASH_KEY1, 0x45670123), NUMBER(FLASH_KEY2, 0xCDEF89AB),
    NUMBER(FLASH_OPTKEY1, 0x08192A3B), NUMBER(FLASH_OPTKEY2, 0x4C5D6E7F),
    NUMBER(FLASH_ACR_WRHIGHFREQ_POS, 4), NUMBER(FLASH_ACR_RESET, 0x37),
    BIT(FLASH_CR_LOCK, 0), BIT(FLASH_CR_PG, 1), BIT(FLASH_CR_SER, 2), FIELD(FLASH_CR_PSIZE_64, 5, 4),
    BIT(FLASH_CR_FW, 6), BIT(FLASH_CR_START, 7), NUMBER(FLASH_CR_SNB_POS, 8),
    BIT(FLASH_SR_QW, 2), BIT(FLASH_SR_EOP, 16), BIT(FLASH_SR_WRPERR, 17), BIT(FLASH_SR_PGSERR, 18),
    BIT(FLASH_SR_STRBERR, 19), BIT(FLASH_SR_INCERR, 21), BIT(FLASH_SR_OPERR, 22), BIT(FLASH_SR_RDPERR, 23),
    BIT(FLASH_SR_RDSERR, 24), BIT(FLASH_SR_SNECCERR, 25), BIT(FLASH_SR_DBECCERR, 26),
    BIT(FLASH_OPTCR_OPTLOCK, 0), BIT(FLASH_OPTCR_OPTSTART, 1), BIT(FLASH_OPTCR_SWAP_BANK, 31),
    BIT(FLASH_OPTSR_OPT_BUSY, 0), BIT(FLASH_OPTSR_OPTCHANGEERR, 30), BIT(FLASH_OPTSR_SWAP_BANK, 31),
    BIT(FLASH_OPTCCR_OPTCHANGEERR, 30),

    // RCC
    BASE(RCC, 0x58024400),
    OFFSET(rcc_regs, CR, 0x00), OFFSET(rcc_regs, HSICFGR, 0x04), OFFSET(rcc_regs, CRRCR, 0x08),
    OFFSET(rcc_regs, CSICFGR, 0x0C), OFFSET(rcc_regs, CFGR, 0x10), OFFSET(rcc_regs, D1CFGR, 0x18),
    OFFSET(rcc_regs, D2CFGR, 0x1C), OFFSET(rcc_regs, D3CFGR, 0x20), OFFSET(rcc_regs, PLLCKSELR, 0x28),
    OFFSET(rcc_regs, PLLCFGR, 0x2C), OFFSET(rcc_regs, PLL1DIVR, 0x30), OFFSET(rcc_regs, PLL1FRACR, 0x34),
    OFFSET(rcc_regs, PLL2DIVR, 0x38), OFFSET(rcc_regs, PLL2FRACR, 0x3C), OFFSET(rcc_regs, PLL3DIVR, 0x40),
    OFFSET(rcc_regs, PLL3FRACR, 0x44), OFFSET(rcc_regs, D1CCIPR, 0x4C), OFFSET(rcc_regs, D2CCIP1R, 0x50),
    OFFSET(rcc_regs, D2CCIP2R, 0x54), OFFSET(rcc_regs, D3CCIPR, 0x58), OFFSET(rcc_regs, CIER, 0x60),
    OFFSET(rcc_regs, CIFR, 0x64), OFFSET(rcc_regs, CICR, 0x68), OFFSET(rcc_regs, BDCR, 0x70),
    OFFSET(rcc_regs, CSR, 0x74), OFFSET(rcc_regs, AHB3RSTR, 0x7C), OFFSET(rcc_regs, AHB1RSTR, 0x80),
    OFFSET(rcc_regs, AHB2RSTR, 0x84), OFFSET(rcc_regs, AHB4RSTR, 0x88), OFFSET(rcc_regs, APB3RSTR, 0x8C),
    OFFSET(rcc_regs, APB1LRSTR, 0x90), OFFSET(rcc_regs, APB1HRSTR, 0x94), OFFSET(rcc_regs, APB2RSTR, 0x98),
    OFFSET(rcc_regs, APB4RSTR, 0x9C), OFFSET(rcc_regs, GCR, 0xA0), OFFSET(rcc_regs, D3AMR, 0xA8),
    OFFSET(rcc_regs, RSR, 0xD0), OFFSET(rcc_regs, AHB3ENR, 0xD4), OFFSET(rcc_regs, AHB1ENR, 0xD8),
    OFFSET(rcc_regs, AHB2ENR, 0xDC), OFFSET(rcc_regs, AHB4ENR, 0xE0), OFFSET(rcc_regs, APB3ENR, 0xE4),
    OFFSET(rcc_regs, APB1LENR, 0xE8), OFFSET(rcc_regs, APB1HENR, 0xEC), OFFSET(rcc_regs, APB2ENR, 0xF0),
    OFFSET(rcc_regs, APB4ENR, 0xF4), OFFSET(rcc_regs, AHB3LPENR, 0xFC), OFFSET(rcc_regs, AHB1LPENR, 0x100),
    BIT(RCC_CR_HSION, 0), BIT(RCC_CR_HSIRDY, 2), BIT(RCC_CR_HSI48ON, 12), BIT(RCC_CR_HSI48RDY, 13),
    BIT(RCC_CR_HSEON, 16), BIT(RCC_CR_HSERDY, 17), BIT(RCC_CR_PLL1ON, 24), BIT(RCC_CR_PLL1RDY, 25),
    NUMBER(RCC_CFGR_SW_PLL1, 3), FIELD(RCC_CFGR_SWS_MASK, 5, 3), NUMBER(RCC_CFGR_SWS_HSI, 0),
    NUMBER(RCC_CFGR_SWS_PLL1, 0x18),
    NUMBER(RCC_D1CFGR_HPRE_DIV2, 8), NUMBER(RCC_D1CFGR_D1PPRE_POS, 4), NUMBER(RCC_D2CFGR_D2PPRE1_POS, 4),
    NUMBER(RCC_D2CFGR_D2PPRE2_POS, 8), NUMBER(RCC_D3CFGR_D3PPRE_POS, 4),
    NUMBER(RCC_PLLCKSELR_HSI, 0), NUMBER(RCC_PLLCKSELR_HSE, 2), NUMBER(RCC_PLLCKSELR_DIVM1_POS, 4),
    NUMBER(RCC_PLLCKSELR_RESET, 0x02020200), NUMBER(RCC_PLLCFGR_PLL1RGE_POS, 2), BIT(RCC_PLLCFGR_DIVP1EN, 16),
    NUMBER(RCC_PLLCFGR_RESET, 0x01FF0000), NUMBER(RCC_PLL1DIVR_N1_POS, 0), NUMBER(RCC_PLL1DIVR_P1_POS, 9),
    NUMBER(RCC_PLL1DIVR_Q1_POS, 16), NUMBER(RCC_PLL1DIVR_R1_POS, 24), NUMBER(RCC_PLL1DIVR_RESET, 0x01010280),
    FIELD(RCC_D2CCIP2R_USBSEL_HSI48, 21, 20), BIT(RCC_AHB1LPENR_USB2OTGHSULPILPEN, 28), BIT(RCC_APB1HENR_CRSEN, 1), BIT(RCC_BDCR_RTCEN, 15),

    // PWR, USART, CRC
    BASE(PWR, 0x58024800), OFFSET(pwr_regs, CR1, 0x00), OFFSET(pwr_regs, CSR1, 0x04), OFFSET(pwr_regs, CR2, 0x08),
    OFFSET(pwr_regs, CR3, 0x0C), BIT(PWR_CR1_PVDEN, 4), NUMBER(PWR_CR1_PLS_POS, 5),
    BIT(PWR_CR1_DBP, 8), BIT(PWR_CSR1_PVDO, 4), {"PWR_CR3_BYTE3", (uintptr_t)&PWR_CR3_BYTE3, 0x5802480F},
    BIT(PWR_CR3_USB33DEN, 24), BIT(PWR_CR3_USB33RDY, 26),
    BASE(CRS, 0x40008400), OFFSET(crs_regs, CR, 0x00), OFFSET(crs_regs, CFGR, 0x04), OFFSET(crs_regs, ISR, 0x08),
    OFFSET(crs_regs, ICR, 0x0C), BIT(CRS_CR_CEN, 5), BIT(CRS_CR_AUTOTRIMEN, 6), FIELD(CRS_CFGR_SYNCSRC_MASK, 29, 28),
    NUMBER(CRS_CFGR_SYNCSRC_USB2, 0x30000000),
    OFFSET(usart_regs, CR1, 0x00), OFFSET(usart_regs, CR2, 0x04), OFFSET(usart_regs, CR3, 0x08),
    OFFSET(usart_regs, BRR, 0x0C), OFFSET(usart_regs, GTPR, 0x10), OFFSET(usart_regs, RTOR, 0x14),
    OFFSET(usart_regs, RQR, 0x18), OFFSET(usart_regs, ISR, 0x1C), OFFSET(usart_regs, ICR, 0x20),
    OFFSET(usart_regs, RDR, 0x24), OFFSET(usart_regs, TDR, 0x28), OFFSET(usart_regs, PRESC, 0x2C),
    BIT(USART_CR1_UE, 0), BIT(USART_CR1_RE, 2), BIT(USART_CR1_TE, 3), BIT(USART_CR1_RXNEIE, 5),
    BIT(USART_CR1_FIFOEN, 29), BIT(USART_ISR_RXNE, 5), BIT(USART_ISR_TC, 6), BIT(USART_ISR_TXE, 7),
    FIELD(USART_ICR_ERRORS, 3, 0),
    OFFSET(crc_regs, DR, 0x00), OFFSET(crc_regs, IDR, 0x04), OFFSET(crc_regs, CR, 0x08), OFFSET(crc_regs, INIT, 0x10),
    OFFSET(crc_regs, POL, 0x14), BIT(CRC_CR_RESET, 0), FIELD(CRC_CR_REV_IN_WORD, 6, 5), BIT(CRC_CR_REV_OUT, 7),
    // QUADSPI
    OFFSET(quadspi_regs, CR, 0x00), OFFSET(quadspi_regs, DCR, 0x04), OFFSET(quadspi_regs, SR, 0x08),
    OFFSET(quadspi_regs, FCR, 0x0C), OFFSET(quadspi_regs, DLR, 0x10), OFFSET(quadspi_regs, CCR, 0x14),
    OFFSET(quadspi_regs, AR, 0x18), OFFSET(quadspi_regs, ABR, 0x1C), OFFSET(quadspi_regs, DR, 0x20),
    OFFSET(quadspi_regs, PSMKR, 0x24), OFFSET(quadspi_regs, PSMAR, 0x28), OFFSET(quadspi_regs, PIR, 0x2C),
    OFFSET(quadspi_regs, LPTR, 0x30), BIT(QUADSPI_CR_EN, 0), BIT(QUADSPI_CR_ABORT, 1), BIT(QUADSPI_CR_SSHIFT, 4),
    NUMBER(QUADSPI_CR_FTHRES_POS, 8), NUMBER(QUADSPI_CR_PRESCALER_POS, 24), NUMBER(QUADSPI_DCR_CSHT_POS, 8),
    NUMBER(QUADSPI_DCR_FSIZE_POS, 16), BIT(QUADSPI_SR_TEF, 0), BIT(QUADSPI_SR_TCF, 1), BIT(QUADSPI_SR_FTF, 2),
    BIT(QUADSPI_SR_BUSY, 5), BIT(QUADSPI_FCR_CTEF, 0), BIT(QUADSPI_FCR_CTCF, 1), BIT(QUADSPI_CCR_IMODE_SINGLE, 8),
    BIT(QUADSPI_CCR_ADMODE_SINGLE, 10), BIT(QUADSPI_CCR_ADSIZE_24, 13), NUMBER(QUADSPI_CCR_DCYC_POS, 18),
    BIT(QUADSPI_CCR_DMODE_SINGLE, 24), BIT(QUADSPI_CCR_FMODE_READ, 26),
};
// clang-format on
#define FACTS (sizeof facts / sizeof facts[0])

static void numbers_agree(void **state)
{
    (void)state;
    for (size_t i = 0; i < FACTS; i++) {
        if (facts[i].ours != facts[i].theirs) {
            fail_msg("%s is 0x%llX, should be 0x%llX", facts[i].name,
                     (unsigned long long)facts[i].ours, (unsigned long long)facts[i].theirs);
        }
    }
}

static bool is_of_h7(const char *header)
{
    return strstr(header, "_h7.h") != NULL || strstr(header, "usart_v2.h") != NULL || strstr(header, "crc_v2.h") != NULL ||
           strstr(header, "crs_v1.h") != NULL || strstr(header, "quadspi_v1.h") != NULL;
}

static void check_known(const char *header, const char *name)
{
    if (!is_of_h7(header)) {
        return;
    }
    for (size_t i = 0; i < FACTS; i++) {
        if (strcmp(facts[i].name, name) == 0) {
            return;
        }
    }
    fail_msg("%s: nothing here checks %s", header, name);
}

static void nothing_is_unchecked(void **state)
{
    (void)state;
    assert_true(header_names(HF_SOURCE_DIR "/port/stm32/regs", check_known));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_agree),
                                       cmocka_unit_test(nothing_is_unchecked)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
