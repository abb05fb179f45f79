// Made by `holdfast layout` from the board and chip files: change those, not this.
#ifndef HF_BOARD_H
#define HF_BOARD_H

#define HF_BOARD_NAME          "stm32f407-discovery"
#define HF_CHIP_NAME           "stm32f407vg"
#define HF_CHIP_ID             0x00000413u
#define HF_PRODUCT_ID          0x00000407u
#define HF_VECTORS             98u
#define HF_SUPPLY_MIN_MV       2700u
#define HF_UID_ADDRESS         0x1FFF7A10u

// Flash, programmed as wide as 2700 mV allow.
// A run: X(code of the first sector, count, bytes each, address, typical erase time in ms).
#define HF_FLASH_BASE          0x08000000u
#define HF_FLASH_SIZE          0x00100000u
#define HF_SECTOR_RUNS(X) \
    X(0, 4, 16384u, 0x08000000u, 250u) \
    X(4, 1, 65536u, 0x08010000u, 550u) \
    X(5, 7, 131072u, 0x08020000u, 1000u)
#define HF_PROGRAM_BYTES       4u
#define HF_PROGRAM_TYP_NS      16000u
#define HF_PROGRAM_MAX_US      100u
#define HF_ERASE_MAX_MS        2000u
#define HF_FLASH_IRQ           4u
#define HF_ERASE_TYP_MS        250u

// Layout.
#define HF_BOOT_ADDRESS        0x08000000u
#define HF_BOOT_SIZE           0x00004000u
#define HF_BOOT_DATA_ADDRESS   0x08004000u
#define HF_BOOT_DATA_SIZE      0x0000C000u
#define HF_APP_ADDRESS         0x08010000u
#define HF_APP_SIZE            0x000F0000u
#define HF_RECEIVE_ADDRESS     0x08010000u

// Updates.
#define HF_EXTERNAL            0u
#define HF_TRIAL               0u
#define HF_TRIAL_WATCHDOG_MS   0u
#define HF_RECOVERY_WINDOW_MS  0u
#define HF_TAKES_ORDERS        0u
#define HF_DOWNGRADE_ALLOWED   1u

// RAM. An initial stack pointer is good when start < sp <= end of one region: X(start, end).
#define HF_RAM_ADDRESS         0x20000000u
#define HF_RAM_SIZE            0x00020000u
#define HF_STACK_REGIONS(X) \
    X(0x10000000u, 0x10010000u) \
    X(0x20000000u, 0x20020000u)

// Clocks: the crystal, else the internal oscillator, through the PLL.
#define HF_HSE_HZ              8000000u
#define HF_HSI_HZ              16000000u
#define HF_HCLK_HZ             168000000u
#define HF_CORE_HZ             168000000u
#define HF_APB1_HZ             42000000u
#define HF_APB1_DIV            4u
#define HF_APB2_HZ             84000000u
#define HF_APB2_DIV            2u
#define HF_PLL_HSE_M           4u
#define HF_PLL_HSE_N           168u
#define HF_PLL_HSE_P           2u
#define HF_PLL_HSE_Q           7u
#define HF_PLL_HSI_M           8u
#define HF_PLL_HSI_N           168u
#define HF_PLL_HSI_P           2u
#define HF_PLL_HSI_Q           7u
#define HF_FLASH_LATENCY       5u
#define HF_FLASH_PREFETCH      1u

// Peripherals every build knows. Ports follow GPIOA at intervals of 1 KB.
#define HF_GPIO_BASE           0x40020000u
#define HF_GPIO_ON_AHB         1u
#define HF_GPIO_ENABLE_BIT     0u
#define HF_CRC_BASE            0x40023000u
#define HF_CRC_ON_AHB          1u
#define HF_CRC_ENABLE_BIT      12u
#define HF_RTC_BASE            0x40002800u
#define HF_IWDG_BASE           0x40003000u

// LED. Ports count from 0 for A.
#define HF_LED_PORT            3u
#define HF_LED_PIN             12u
#define HF_LED_ACTIVE          1u

// Button. Pull: 0 none, 1 up, 2 down.
#define HF_BUTTON_PORT         0u
#define HF_BUTTON_PIN          0u
#define HF_BUTTON_ACTIVE       1u
#define HF_BUTTON_PULL         2u

// Serial line: usart2.
#define HF_UART_BASE           0x40004400u
#define HF_UART_IRQ            38u
#define HF_UART_ON_APB         1u
#define HF_UART_ENABLE_BIT     17u
#define HF_UART_BAUD           115200u
#define HF_UART_TX_PORT        0u
#define HF_UART_TX_PIN         2u
#define HF_UART_TX_AF          7u
#define HF_UART_RX_PORT        0u
#define HF_UART_RX_PIN         3u
#define HF_UART_RX_AF          7u
#define HF_UART_BULK           512u
#define HF_SERIAL_PROTOCOLS(X) X(classic)

// USB: otg_fs.
#define HF_USB_BASE            0x50000000u
#define HF_USB_ON_AHB          2u
#define HF_USB_ENABLE_BIT      7u
#define HF_USB_DM_PORT         0u
#define HF_USB_DM_PIN          11u
#define HF_USB_DM_AF           10u
#define HF_USB_DP_PORT         0u
#define HF_USB_DP_PIN          12u
#define HF_USB_DP_AF           10u
#define HF_USB_VID             0x1209u
#define HF_USB_PID             0x0001u
#define HF_DFUSE_MEMORY        "@Internal Flash/0x08010000/01*064Kg,07*128Kg"

// Ways for a host to reach the board.
#define HF_LINKS(X) X(serial) X(usb)

// Do images travel enciphered, and with which key? Its words in the order of its bytes.
#define HF_ENCIPHERED          0u

// What the chip must protect, and whether it waits for an order. A bit for each of the bootloader's sectors.
#define HF_PROTECT_ORDERED     0u

#endif
