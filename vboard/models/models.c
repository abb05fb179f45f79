// SPDX-License-Identifier: MIT
// The generations of peripherals that are modelled.
#include "model.h"

extern const vb_model vb_bkpsram_f4, vb_crc_v1, vb_crc_v2, vb_crs_v1, vb_dbgmcu_v1, vb_dma_v2, vb_exti_v1, vb_flash_f4,
    vb_flash_h7, vb_gpio_v2, vb_iwdg_v1, vb_otg_dwc2, vb_otg_dwc2_v2, vb_pwr_f4, vb_pwr_h7, vb_rcc_f4, vb_rcc_h7, vb_rtc_v2,
    vb_quadspi_v1, vb_spi_v1, vb_exti_h7,    vb_syscfg_f4, vb_syscfg_h7, vb_tim16_v1, vb_tim32_v1, vb_tim_basic_v1, vb_usart_v1, vb_usart_v2;

const vb_model *const vb_models[] = {
    &vb_bkpsram_f4, &vb_crc_v1,    &vb_crc_v2,    &vb_crs_v1,   &vb_dbgmcu_v1, &vb_dma_v2,       &vb_exti_v1,
    &vb_flash_f4,   &vb_flash_h7,  &vb_gpio_v2,   &vb_iwdg_v1,  &vb_otg_dwc2, &vb_otg_dwc2_v2,  &vb_pwr_f4,       &vb_pwr_h7,
    &vb_rcc_f4,     &vb_rcc_h7,    &vb_rtc_v2,    &vb_syscfg_f4, &vb_syscfg_h7, &vb_tim16_v1,    &vb_tim32_v1,
    &vb_tim_basic_v1, &vb_usart_v1, &vb_usart_v2, &vb_quadspi_v1, &vb_spi_v1, &vb_exti_h7, NULL,
};
