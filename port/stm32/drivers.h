// SPDX-License-Identifier: MIT
// The drivers of a build: one file per generation of a peripheral, each filling its part of this list. port.c ties them
// to the core's struct hf_port. board.h (emitted by `holdfast layout`) says which pins, clocks and sectors.
#ifndef HF_DRIVERS_H
#define HF_DRIVERS_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

// rcc_*.c -- a clock tree that came up with less than asked for is reported by clock_core_hz, never waited for.
void clock_quick(void);        // full speed from the internal oscillator: no crystal to wait for
void clock_precise(void);      // full speed from the crystal; without one, full speed from the internal oscillator
void clock_reset(void);        // as after reset
uint32_t clock_core_hz(void);
uint32_t clock_apb_hz(unsigned apb); // 1 or 2
void clock_enable_ahb(unsigned ahb, unsigned bit); // a peripheral's gate: its bus and bit as in the chip file
void clock_enable_apb(unsigned apb, unsigned bit);
void clock_disable_ahb(unsigned ahb, unsigned bit); // reset, and its gate closed
void clock_disable_apb(unsigned apb, unsigned bit);
void clock_gates_reset(void);  // every gate and reset line as after reset, peripherals reset

// flash_*.c
void flash_set_latency(void);  // before the clock rises
void flash_reset_latency(void); // after it has fallen
void flash_cache(bool on);     // for reading much at once; off (and empty) whenever flash is changed
// Between these two, loads from words that cannot be read (ECC) give anything instead of a fault, and interrupts wait;
// flash_unguard says whether there was one. Controllers without ECC have nothing to guard.
void flash_guard(void);
hf_err flash_unguard(void);    // HF_OK or HF_E_ECC
hf_err flash_erase(uint32_t address);
hf_err flash_program(uint32_t address, const uint8_t *data, uint32_t size);
uint32_t flash_sector_end(uint32_t address);
uint32_t flash_erase_ms(uint32_t address);

// port.c -- flash, guarded
hf_err flash_read(uint32_t address, void *to, uint32_t size);
hf_err flash_crc32(uint32_t address, uint32_t size, uint32_t *crc);

// quadspi_*.c, spi_*.c -- commands to an external flash: opcode, three bytes of address unless it is NOR_NO_ADDRESS, dummy
// bytes, data. False: the controller got stuck. A chip that is not there reads as ones.
#define NOR_NO_ADDRESS 0xFFFFFFFFu
void nor_open(void);
void nor_close(void);          // as after reset
bool nor_receive(uint8_t opcode, uint32_t address, unsigned dummies, void *to, uint32_t size);
bool nor_send(uint8_t opcode, uint32_t address, const uint8_t *from, uint32_t size);

// nor_*.c -- the external flash, addressed from HF_EXTERNAL_BASE on. HF_E_NO_CHIP, HF_E_WRONG_CHIP, HF_E_SUPPLY,
// HF_E_TIMEOUT, HF_E_NOT_ERASED, HF_E_VERIFY.
hf_err nor_erase(uint32_t address);
hf_err nor_program(uint32_t address, const uint8_t *data, uint32_t size);
uint32_t nor_sector_end(uint32_t address);
uint32_t nor_erase_ms(uint32_t address);
hf_err nor_read(uint32_t address, void *to, uint32_t size);

// store_*.c -- wherever an address leads: what struct hf_port calls flash
hf_err store_erase(uint32_t address);
hf_err store_program(uint32_t address, const uint8_t *data, uint32_t size);
uint32_t store_sector_end(uint32_t address);
uint32_t store_erase_ms(uint32_t address);
hf_err store_read(uint32_t address, void *to, uint32_t size);
hf_err store_crc32(uint32_t address, uint32_t size, uint32_t *crc);
void store_close(void);        // before an application starts

// crc_*.c -- common CRC-32 of all words added since begin
void crc32_begin(void);
void crc32_add(const uint32_t *words, uint32_t count);
uint32_t crc32_end(void);

// gpio_*.c
void gpio_input(unsigned port, unsigned pin, unsigned pull);
void gpio_output(unsigned port, unsigned pin);
void gpio_alternate(unsigned port, unsigned pin, unsigned function, unsigned pull);
bool gpio_read(unsigned port, unsigned pin);
void gpio_write(unsigned port, unsigned pin, bool high);

// led_*.c, button_*.c
void led_begin(void);
void led_set(bool on);
bool button_held(void);

// pwr_*.c
bool supply_is_good(void);     // high enough to change flash or option bytes, as far as the chip can tell
void supply_release(void);     // the detector belongs to the application: it is off, as after reset
// The backup domain can be written in between.
void backup_open(void);
void backup_close(void);

// rtc_*.c
uint32_t mailbox_take(void);
void mailbox_put(uint32_t request);

// iwdg_*.c
void watchdog_feed(void);
void watchdog_slow_down(void); // longest period: a sector erase must fit
void watchdog_start(uint32_t ms); // bites after about so long without feeding, until the next reset

// interrupts.c
void interrupt_enable(unsigned irq, void (*handler)(void));

// fence_*.c -- up: nothing but the bootloader can be executed; down: as at reset
void fence_up(void);
void fence_down(void);

// sleep.c -- until this interrupt is pending, another one comes, or SysTick has wrapped: true says the last. No handler of
// this interrupt runs; those of others do before it returns.
bool sleep_until_interrupt(unsigned irq);

// otg_dwc2*.c, for otg_core.c
void otg_supply_on(void);      // supply and clock of the transceiver
void otg_transceiver_on(void); // and the session valid, whatever VBUS says

// usart_*.c, otg_core.c -- nothing but the link's hf_serial_port, hf_serial_line, hf_usb_port (port.h)

// time_systick.c
void time_start(void);
uint32_t time_now_ms(void);
uint32_t time_ticks(void); // HCLK / 8, counts up, 24 bits
#define TIME_TICKS_MASK 0x00FFFFFFu
void time_stop(void);

// jump.S -- sets VTOR, leaves the old stack behind, CONTROL, PRIMASK and LR as at reset, and runs the image.
void jump(uint32_t vectors) __attribute__((noreturn));

#endif
