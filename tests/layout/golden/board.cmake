# Made by `holdfast layout` from the board and chip files: change those, not this.
set(HF_BOARD_NAME "stm32f407-discovery")
set(HF_CHIP_NAME "stm32f407vg")
set(HF_FAMILY "stm32f4")
separate_arguments(HF_CPU_FLAGS UNIX_COMMAND "-mcpu=cortex-m4 -mthumb")
set(HF_APP_ADDRESS 0x08010000)
set(HF_APP_SIZE 0xF0000)
set(HF_PRODUCT_ID 0x00000407)
set(HF_BUDGET 16384)
set(HF_SIGNED OFF)
set(HF_TRANSIT_KEY "")
set(HF_TEST_KEYS OFF)
set(HF_BOOT_SOURCES
    boot/boot.c
    boot/image.c
    boot/slot.c
    boot/transit_none.c
    boot/install_none.c
    boot/floor_none.c
    boot/update.c
    boot/trailer.c
    boot/validate_crc.c
    boot/known_none.c
    boot/order_none.c
    boot/protect_none.c
    boot/start.c
    boot/led.c
    boot/serial.c
    port/stm32/interrupts.c
    boot/classic.c
    boot/frame_crc16.c
    boot/crc16.c
    boot/usb.c
    boot/usb_descriptors.c
    boot/dfu.c
    boot/dfu_work.c
    port/stm32/startup.c
    port/stm32/fence_none.c
    port/stm32/memory.c
    port/stm32/jump.S
    port/stm32/port.c
    port/stm32/time_systick.c
    port/stm32/led_gpio.c
    port/stm32/button_gpio.c
    port/stm32/rcc_f4.c
    port/stm32/flash_f4.c
    port/stm32/store_internal.c
    port/stm32/gpio_v2.c
    port/stm32/pwr_f4.c
    port/stm32/rtc_v2.c
    port/stm32/iwdg_v1.c
    port/stm32/crc_v1.c
    port/stm32/usart_v1.c
    port/stm32/otg_core.c
    port/stm32/otg_dwc2.c
)
set(HF_APP_SOURCES
    app/version.c
    app/feed.c
    app/request_stm32f4.c
    app/escape.c
    boot/crc16.c
    app/confirm_none.c
    app/status.c
    boot/status_none.c
)
