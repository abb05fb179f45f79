// SPDX-License-Identifier: MIT
// The firmware's register headers against numbers taken from ST's stm32f407xx.h (and, for the core,
// from the Armv7-M ARM; for the USB core's layout behind 0x800, from its endpoint tables). A name
// that a header defines and this file does not know fails the test: no number enters unchecked.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cortex_m.h"
#include "crc_v1.h"
#include "dma_v2.h"
#include "flash_f4.h"
#include "gpio_v2.h"
#include "header_names.h"
#include "iwdg_v1.h"
#include "otg_dwc2.h"
#include "pwr_f4.h"
#include "rcc_f4.h"
#include "rtc_v2.h"
#include "spi_v1.h"
#include "usart_v1.h"

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
    BASE(FLASH, 0x40023C00),
    OFFSET(flash_regs, ACR, 0x00), OFFSET(flash_regs, KEYR, 0x04),
    OFFSET(flash_regs, OPTKEYR, 0x08),
    OFFSET(flash_regs, SR, 0x0C), OFFSET(flash_regs, CR, 0x10), OFFSET(flash_regs, OPTCR, 0x14),
    BIT(FLASH_ACR_PRFTEN, 8), BIT(FLASH_ACR_ICEN, 9), BIT(FLASH_ACR_DCEN, 10),
    BIT(FLASH_ACR_ICRST, 11),
    BIT(FLASH_ACR_DCRST, 12),
    NUMBER(FLASH_KEY1, 0x45670123), NUMBER(FLASH_KEY2, 0xCDEF89AB),
    NUMBER(FLASH_OPTKEY1, 0x08192A3B), NUMBER(FLASH_OPTKEY2, 0x4C5D6E7F),
    BIT(FLASH_OPTCR_OPTLOCK, 0), BIT(FLASH_OPTCR_OPTSTRT, 1),
    NUMBER(FLASH_OPTCR_RDP_POS, 8), NUMBER(FLASH_OPTCR_NWRP_POS, 16),
    BIT(FLASH_SR_EOP, 0), BIT(FLASH_SR_OPERR, 1), BIT(FLASH_SR_WRPERR, 4), BIT(FLASH_SR_PGAERR, 5),
    BIT(FLASH_SR_PGPERR, 6), BIT(FLASH_SR_PGSERR, 7), BIT(FLASH_SR_RDERR, 8), BIT(FLASH_SR_BSY, 16),
    BIT(FLASH_CR_PG, 0), BIT(FLASH_CR_SER, 1), NUMBER(FLASH_CR_SNB_POS, 3),
    NUMBER(FLASH_CR_PSIZE_POS, 8),
    BIT(FLASH_CR_STRT, 16), BIT(FLASH_CR_ERRIE, 25), BIT(FLASH_CR_LOCK, 31),

    // RCC
    BASE(RCC, 0x40023800),
    OFFSET(rcc_regs, CR, 0x00), OFFSET(rcc_regs, PLLCFGR, 0x04), OFFSET(rcc_regs, CFGR, 0x08),
    OFFSET(rcc_regs, CIR, 0x0C), OFFSET(rcc_regs, AHB1RSTR, 0x10), OFFSET(rcc_regs, AHB2RSTR, 0x14),
    OFFSET(rcc_regs, AHB3RSTR, 0x18), OFFSET(rcc_regs, APB1RSTR, 0x20),
    OFFSET(rcc_regs, APB2RSTR, 0x24),
    OFFSET(rcc_regs, AHB1ENR, 0x30), OFFSET(rcc_regs, AHB2ENR, 0x34),
    OFFSET(rcc_regs, AHB3ENR, 0x38),
    OFFSET(rcc_regs, APB1ENR, 0x40), OFFSET(rcc_regs, APB2ENR, 0x44),
    OFFSET(rcc_regs, AHB1LPENR, 0x50),
    OFFSET(rcc_regs, AHB2LPENR, 0x54), OFFSET(rcc_regs, AHB3LPENR, 0x58),
    OFFSET(rcc_regs, APB1LPENR, 0x60),
    OFFSET(rcc_regs, APB2LPENR, 0x64), OFFSET(rcc_regs, BDCR, 0x70), OFFSET(rcc_regs, CSR, 0x74),
    BIT(RCC_CR_HSION, 0), BIT(RCC_CR_HSIRDY, 1), BIT(RCC_CR_HSEON, 16), BIT(RCC_CR_HSERDY, 17),
    BIT(RCC_CR_PLLON, 24),
    BIT(RCC_CR_PLLRDY, 25),
    NUMBER(RCC_PLLCFGR_PLLM_POS, 0), NUMBER(RCC_PLLCFGR_PLLN_POS, 6),
    NUMBER(RCC_PLLCFGR_PLLP_POS, 16),
    BIT(RCC_PLLCFGR_PLLSRC, 22), NUMBER(RCC_PLLCFGR_PLLQ_POS, 24),
    NUMBER(RCC_PLLCFGR_RESET, 0x24003010),
    NUMBER(RCC_CFGR_SW_HSI, 0), NUMBER(RCC_CFGR_SW_PLL, 2), FIELD(RCC_CFGR_SW_MASK, 1, 0),
    FIELD(RCC_CFGR_SWS_MASK, 3, 2), NUMBER(RCC_CFGR_SWS_HSI, 0x0), NUMBER(RCC_CFGR_SWS_PLL, 0x8),
    NUMBER(RCC_CFGR_PPRE1_POS, 10), NUMBER(RCC_CFGR_PPRE2_POS, 13),
    NUMBER(RCC_AHB1ENR_RESET, 0x00100000),
    BIT(RCC_APB1ENR_PWREN, 28),
    BIT(RCC_BDCR_RTCEN, 15),

    // PWR, RTC, IWDG, CRC
    BASE(PWR, 0x40007000), OFFSET(pwr_regs, CR, 0x00), OFFSET(pwr_regs, CSR, 0x04),
    BIT(PWR_CR_DBP, 8),
    OFFSET(rtc_regs, BKPR, 0x50),
    OFFSET(iwdg_regs, KR, 0x00), OFFSET(iwdg_regs, PR, 0x04),
    OFFSET(iwdg_regs, RLR, 0x08),
    OFFSET(iwdg_regs, SR, 0x0C), NUMBER(IWDG_KR_RELOAD, 0xAAAA), NUMBER(IWDG_KR_START, 0xCCCC),
    NUMBER(IWDG_KR_UNLOCK, 0x5555),
    NUMBER(IWDG_PR_DIV256, 6), FIELD(IWDG_RLR_MAX, 11, 0),
    OFFSET(crc_regs, DR, 0x00), OFFSET(crc_regs, IDR, 0x04),
    OFFSET(crc_regs, CR, 0x08),
    BIT(CRC_CR_RESET, 0),

    // GPIO
    OFFSET(gpio_regs, MODER, 0x00), OFFSET(gpio_regs, OTYPER, 0x04),
    OFFSET(gpio_regs, OSPEEDR, 0x08),
    OFFSET(gpio_regs, PUPDR, 0x0C), OFFSET(gpio_regs, IDR, 0x10), OFFSET(gpio_regs, ODR, 0x14),
    OFFSET(gpio_regs, BSRR, 0x18), OFFSET(gpio_regs, LCKR, 0x1C), OFFSET(gpio_regs, AFR, 0x20),
    NUMBER(GPIO_MODE_INPUT, 0), NUMBER(GPIO_MODE_OUTPUT, 1), NUMBER(GPIO_MODE_ALTERNATE, 2),
    NUMBER(GPIO_SPEED_VERY_HIGH, 3), NUMBER(GPIO_PULL_NONE, 0), NUMBER(GPIO_PULL_UP, 1),
    NUMBER(GPIO_PULL_DOWN, 2),

    // USART
    OFFSET(usart_regs, SR, 0x00), OFFSET(usart_regs, DR, 0x04), OFFSET(usart_regs, BRR, 0x08),
    OFFSET(usart_regs, CR1, 0x0C), OFFSET(usart_regs, CR2, 0x10), OFFSET(usart_regs, CR3, 0x14),
    OFFSET(usart_regs, GTPR, 0x18),
    BIT(USART_SR_FE, 1), BIT(USART_SR_ORE, 3), BIT(USART_SR_RXNE, 5), BIT(USART_SR_TC, 6), BIT(USART_SR_TXE, 7),
    BIT(USART_CR1_RE, 2), BIT(USART_CR1_TE, 3), BIT(USART_CR1_RXNEIE, 5), BIT(USART_CR1_UE, 13),
    BIT(USART_CR1_PCE, 10), BIT(USART_CR1_M, 12), BIT(USART_CR3_DMAR, 6),

    // DMA: a stream's registers stand 0x18 apart, from 0x10 on
    OFFSET(dma_stream_regs, CR, 0x00), OFFSET(dma_stream_regs, NDTR, 0x04), OFFSET(dma_stream_regs, PAR, 0x08),
    OFFSET(dma_stream_regs, M0AR, 0x0C), OFFSET(dma_stream_regs, M1AR, 0x10), OFFSET(dma_stream_regs, FCR, 0x14),
    CALL(DMA_STREAM_OFFSET, 0, 0x10), CALL(DMA_STREAM_OFFSET, 5, 0x88),
    BIT(DMA_CR_EN, 0), BIT(DMA_CR_MINC, 10), BIT(DMA_CR_DBM, 18), BIT(DMA_CR_CT, 19), NUMBER(DMA_CR_CHSEL_POS, 25),

    // USB OTG
    OFFSET(otg_regs, GOTGCTL, 0x00), OFFSET(otg_regs, GOTGINT, 0x04),
    OFFSET(otg_regs, GAHBCFG, 0x08),
    OFFSET(otg_regs, GUSBCFG, 0x0C), OFFSET(otg_regs, GRSTCTL, 0x10),
    OFFSET(otg_regs, GINTSTS, 0x14),
    OFFSET(otg_regs, GINTMSK, 0x18), OFFSET(otg_regs, GRXSTSR, 0x1C),
    OFFSET(otg_regs, GRXSTSP, 0x20),
    OFFSET(otg_regs, GRXFSIZ, 0x24), OFFSET(otg_regs, DIEPTXF0, 0x28),
    OFFSET(otg_regs, HNPTXSTS, 0x2C),
    OFFSET(otg_regs, GCCFG, 0x38), OFFSET(otg_regs, CID, 0x3C),
    OFFSET(otg_device_regs, DCFG, 0x00), OFFSET(otg_device_regs, DCTL, 0x04),
    OFFSET(otg_device_regs, DSTS, 0x08),
    OFFSET(otg_device_regs, DIEPMSK, 0x10), OFFSET(otg_device_regs, DOEPMSK, 0x14),
    OFFSET(otg_device_regs, DAINT, 0x18), OFFSET(otg_device_regs, DAINTMSK, 0x1C),
    OFFSET(otg_endpoint_regs, CTL, 0x00), OFFSET(otg_endpoint_regs, INT, 0x08),
    OFFSET(otg_endpoint_regs, TSIZ, 0x10),
    OFFSET(otg_endpoint_regs, DMA, 0x14), OFFSET(otg_endpoint_regs, TXFSTS, 0x18),
    NUMBER(OTG_DEVICE_OFFSET, 0x800), NUMBER(OTG_IN_OFFSET, 0x900), NUMBER(OTG_OUT_OFFSET, 0xB00),
    NUMBER(OTG_PCGCCTL_OFFSET, 0xE00), NUMBER(OTG_FIFO_OFFSET, 0x1000),
    BIT(OTG_GUSBCFG_PHYSEL, 6), NUMBER(OTG_GUSBCFG_TRDT_POS, 10), BIT(OTG_GUSBCFG_FDMOD, 30),
    BIT(OTG_GRSTCTL_CSRST, 0), BIT(OTG_GRSTCTL_RXFFLSH, 4), BIT(OTG_GRSTCTL_TXFFLSH, 5),
    NUMBER(OTG_GRSTCTL_TXFNUM_ALL, 0x400), BIT(OTG_GRSTCTL_AHBIDL, 31),
    BIT(OTG_GINTSTS_CMOD, 0), BIT(OTG_GINTSTS_RXFLVL, 4), BIT(OTG_GINTSTS_USBRST, 12),
    BIT(OTG_GINTSTS_ENUMDNE, 13),
    BIT(OTG_GOTGCTL_BVALOEN, 6), BIT(OTG_GOTGCTL_BVALOVAL, 7),
    BIT(OTG_GCCFG_PWRDWN, 16), BIT(OTG_GCCFG_NOVBUSSENS, 21),
    CALL(OTG_GRXSTSP_BCNT, 0x00007FF0, 0x7FF), CALL(OTG_GRXSTSP_PKTSTS, 0x001E0000, 0xF),
    CALL(OTG_GRXSTSP_BCNT, 0xFFFF800F, 0), CALL(OTG_GRXSTSP_PKTSTS, 0xFFE1FFFF, 0),
    NUMBER(OTG_PKTSTS_OUT_DATA, 2), NUMBER(OTG_PKTSTS_OUT_DONE, 3),
    NUMBER(OTG_PKTSTS_SETUP_DONE, 4),
    NUMBER(OTG_PKTSTS_SETUP_DATA, 6),
    NUMBER(OTG_DCFG_DSPD_FS, 3), NUMBER(OTG_DCFG_DAD_POS, 4), FIELD(OTG_DCFG_DAD_MASK, 10, 4),
    BIT(OTG_DCTL_SDIS, 1), BIT(OTG_DCTL_CGINAK, 8),
    BIT(OTG_CTL_STALL, 21), BIT(OTG_CTL_CNAK, 26), BIT(OTG_CTL_SNAK, 27), BIT(OTG_CTL_EPDIS, 30),
    BIT(OTG_CTL_EPENA, 31), BIT(OTG_INT_XFRC, 0), BIT(OTG_INT_STUP, 3),
    NUMBER(OTG_TSIZ_PKTCNT_ONE, 0x00080000), FIELD(OTG_TSIZ_STUPCNT_THREE, 30, 29),

    // Core
    BASE(SYSTICK, 0xE000E010), OFFSET(systick_regs, CSR, 0x00), OFFSET(systick_regs, RVR, 0x04),
    OFFSET(systick_regs, CVR, 0x08), OFFSET(systick_regs, CALIB, 0x0C), BIT(SYSTICK_CSR_ENABLE, 0), BIT(SYSTICK_CSR_TICKINT, 1),
    FIELD(SYSTICK_CVR_MASK, 23, 0),
    BASE(NVIC, 0xE000E100), OFFSET(nvic_regs, ISER, 0x000), OFFSET(nvic_regs, ICER, 0x080),
    OFFSET(nvic_regs, ISPR, 0x100), OFFSET(nvic_regs, ICPR, 0x180),
    BASE(SCB, 0xE000ED00), OFFSET(scb_regs, CPUID, 0x00), OFFSET(scb_regs, ICSR, 0x04),
    OFFSET(scb_regs, VTOR, 0x08),
    OFFSET(scb_regs, AIRCR, 0x0C), OFFSET(scb_regs, SCR, 0x10), OFFSET(scb_regs, CCR, 0x14),
    BIT(SCB_ICSR_PENDSTCLR, 25), BIT(SCB_ICSR_PENDSTSET, 26), BIT(SCB_ICSR_PENDSVCLR, 27), NUMBER(SCB_AIRCR_VECTKEY, 0x05FA0000),
    BIT(SCB_AIRCR_SYSRESETREQ, 2),
    OFFSET(scb_regs, SHPR, 0x18), OFFSET(scb_regs, SHCSR, 0x24), OFFSET(scb_regs, CFSR, 0x28),
    BIT(SCB_CCR_BFHFNMIGN, 8), NUMBER(SCB_CFSR_BUS_FAULTS, 0xBF00),
    BASE(MPU, 0xE000ED90), OFFSET(mpu_regs, TYPE, 0x00), OFFSET(mpu_regs, CTRL, 0x04), OFFSET(mpu_regs, RNR, 0x08),
    OFFSET(mpu_regs, RBAR, 0x0C), OFFSET(mpu_regs, RASR, 0x10), BIT(MPU_CTRL_ENABLE, 0), BIT(MPU_CTRL_PRIVDEFENA, 2),
    BIT(MPU_RBAR_VALID, 4), BIT(MPU_RASR_ENABLE, 0), NUMBER(MPU_RASR_SIZE_POS, 1), NUMBER(MPU_RASR_SRD_POS, 8),
    BIT(MPU_RASR_NORMAL, 17), NUMBER(MPU_RASR_FULL_ACCESS, 3u << 24), BIT(MPU_RASR_XN, 28),
    // SPI
    OFFSET(spi_regs, CR1, 0x00), OFFSET(spi_regs, CR2, 0x04), OFFSET(spi_regs, SR, 0x08), OFFSET(spi_regs, DR, 0x0C),
    BIT(SPI_CR1_MSTR, 2), BIT(SPI_CR1_SPE, 6), BIT(SPI_CR1_SSI, 8), BIT(SPI_CR1_SSM, 9), BIT(SPI_SR_RXNE, 0), BIT(SPI_SR_TXE, 1),
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

// Headers of the H7 and of peripherals that came with it have a test of their own: names like FLASH mean something else.
static bool is_of_h7(const char *header)
{
    return strstr(header, "_h7.h") != NULL || strstr(header, "usart_v2.h") != NULL || strstr(header, "crc_v2.h") != NULL ||
           strstr(header, "crs_v1.h") != NULL || strstr(header, "quadspi_v1.h") != NULL;
}

static void check_known(const char *header, const char *name)
{
    if (is_of_h7(header)) {
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
