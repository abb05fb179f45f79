// SPDX-License-Identifier: MIT
// The rule book: each rule has a board that breaks it, and good boards break none.
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rules.h"
#include "support.h"

// A way to spoil the reference board, the rule it breaks, and words of the finding. only: no other
// rule is broken.
typedef struct failure {
    const char *rule;
    void (*spoil)(hf_board *board);
    const char *key, *text, *fix;
    bool only;
} failure;

#define SPOIL(name, ...)                                                                           \
    static void name(hf_board *b)                                                                  \
    {                                                                                              \
        __VA_ARGS__;                                                                               \
    }

static hf_peripheral *peripheral(hf_board *b, const char *name)
{
    return (hf_peripheral *)hf_chip_peripheral(&b->chip, name);
}

static void add_area(hf_board *b, hf_use use, uint32_t address, uint32_t size)
{
    b->areas[b->areas_count++] = (hf_area){use, address, size};
}

static void add_key(hf_board *b, uint32_t id)
{
    b->keys[b->keys_count++] = (hf_key){"release", {{id}, {0}}};
}

// Sectors of different sizes from the application's start on: the list of writable sectors has an entry for each.
static void vary_sectors(hf_board *b)
{
    uint32_t at = b->areas[2].address, end = at + b->areas[2].size;
    b->chip.flash.runs[0].count = 4;
    b->chip.flash.runs_count = HF_MAX_SECTOR_RUNS;
    for (size_t i = 1; i < HF_MAX_SECTOR_RUNS; i++) {
        bool last = i == HF_MAX_SECTOR_RUNS - 1;
        uint32_t size = last ? 0x200 : i % 2 == 0 ? 0x4000 : 0x4200;
        uint32_t count = last ? (end - at) / size : 1; // far more than 99, the most an entry can say
        b->chip.flash.runs[i] = (hf_sector_run){1, (uint16_t)(3 + i), (uint16_t)count, size, at, 0};
        at += size * count;
    }
}

SPOIL(no_boot, b->areas[0].use = HF_USE_RESERVED)
SPOIL(two_boots, b->areas[1].use = HF_USE_BOOT)
SPOIL(no_application, b->areas[2].use = HF_USE_RESERVED)
SPOIL(two_applications, b->areas[1].use = HF_USE_APPLICATION)
SPOIL(two_boot_data, b->areas[1].size = 0x8000; add_area(b, HF_USE_BOOT_DATA, 0x0800C000, 0x4000))
SPOIL(empty, b->areas[1].size = 0)
SPOIL(below_flash, b->areas[1].address = 0x07FFC000)
SPOIL(above_flash, b->areas[2].size += 0x20000)
SPOIL(wraps_around, b->areas[2].size = 0xFFFFFFFF)
SPOIL(starts_inside_sector, b->areas[2].address += 0x200; b->areas[2].size -= 0x200)
SPOIL(ends_inside_sector, b->areas[2].size -= 0x200)
SPOIL(ends_inside_its_first, b->areas[1].size = 0x200)
SPOIL(overlap, b->areas[0].size = 0x8000)
SPOIL(boot_elsewhere, b->areas[0].use = HF_USE_BOOT_DATA; b->areas[1].use = HF_USE_BOOT)
SPOIL(many_vectors, b->chip.vectors = 512; b->areas[2].address = 0x08010400)
SPOIL(tiny_pages, b->chip.flash.runs[0].size = 256; b->chip.flash.runs[0].count = 4096;
      b->chip.flash.runs_count = 1; b->areas[2].size = 256)
SPOIL(large_budget, b->budget = 16385)
SPOIL(strange_core, strcpy(b->chip.core, "cortex-m99"))
SPOIL(little_ram, b->chip.ram_count = 1; b->chip.ram[0].size = 2048)
SPOIL(no_useful_ram, b->chip.ram[0].dma = false; b->chip.ram[1].executable = false)
SPOIL(no_strategy, b->strategy = (hf_strategy)7)

// A strategy with its areas: the application at 0x08020000, what is left before it reserved.
static void stage(hf_board *b, hf_strategy strategy, uint32_t app_size, uint32_t staging_size)
{
    b->strategy = strategy;
    b->areas[2].address = 0x08020000;
    b->areas[2].size = app_size;
    add_area(b, HF_USE_STAGING, 0x08020000 + app_size, staging_size);
    add_area(b, HF_USE_RESERVED, 0x08010000, 0x10000);
    if (0x08020000 + app_size + staging_size < 0x08100000) {
        add_area(b, HF_USE_RESERVED, 0x08020000 + app_size + staging_size,
                 0x08100000 - 0x08020000 - app_size - staging_size);
    }
}

SPOIL(stages_nowhere, b->strategy = HF_STRATEGY_OVERWRITE)
SPOIL(stages_in_vain, b->areas[2].size = 0xD0000; add_area(b, HF_USE_STAGING, 0x080E0000, 0x20000))
SPOIL(stages_too_little, stage(b, HF_STRATEGY_OVERWRITE, 0x80000, 0x20000))
SPOIL(swaps_without_spare, stage(b, HF_STRATEGY_SWAP, 0x60000, 0x60000); b->areas[2].size = 0x60000)
SPOIL(swaps_unlike_sectors, b->strategy = HF_STRATEGY_SWAP; b->areas[2].size = 0x70000;
      add_area(b, HF_USE_STAGING, 0x08080000, 0x80000))
SPOIL(stages_unchecked, stage(b, HF_STRATEGY_SWAP, 0x60000, 0x80000); b->validation = HF_VALIDATION_SANITY)
SPOIL(journal_without_place, b->downgrade = HF_DOWNGRADE_REFUSE; b->areas[1].size = 0x4000;
      add_area(b, HF_USE_RESERVED, 0x08008000, 0x8000))
SPOIL(no_version, b->downgrade = HF_DOWNGRADE_REFUSE; b->validation = HF_VALIDATION_SANITY)
SPOIL(trial_in_place, b->trial = true)
SPOIL(watchdog_for_nothing, b->trial_watchdog_ms = 1000)
SPOIL(no_validation, b->validation = (hf_validation)7)
SPOIL(no_crc_unit, strcpy(peripheral(b, "crc")->name, "spi1"))
SPOIL(signed_without_key, b->validation = HF_VALIDATION_SIGNED)
SPOIL(key_without_use, add_key(b, 1))
SPOIL(keys_of_one_id, b->validation = HF_VALIDATION_SIGNED; add_key(b, 1); add_key(b, 1))
SPOIL(published_key, b->validation = HF_VALIDATION_SIGNED; add_key(b, 0x4664254B))
SPOIL(published_key_in_release, published_key(b); b->release = true)
SPOIL(protection_unknown, b->protection.read = true; strcpy(b->chip.flash.generation, "flash_x9"))
SPOIL(order_of_nothing, b->validation = HF_VALIDATION_SIGNED; add_key(b, 1); b->protection.ordered = true)
SPOIL(order_unsigned, b->protection.write = b->protection.ordered = true)
SPOIL(enciphers, b->validation = HF_VALIDATION_SIGNED; add_key(b, 1); b->protection.read = true;
      strcpy(b->transit_key_file, "transit.key"))
SPOIL(enciphers_unsigned, enciphers(b); b->validation = HF_VALIDATION_CRC; b->keys_count = 0)
SPOIL(enciphers_bytewise, enciphers(b); b->supply_min_mv = 1800)
SPOIL(enciphers_outside, enciphers(b); b->strategy = HF_STRATEGY_EXTERNAL)
SPOIL(enciphers_for_debuggers, enciphers(b); b->protection.read = false)
SPOIL(published_transit_key, enciphers(b); b->has_transit_key = true;
      memcpy(b->transit_key.bytes, "\xCD\x54\xEC\x28\x6D\x1A\x23\x56", 8))
SPOIL(nowhere_to_revoke, b->validation = HF_VALIDATION_SIGNED; add_key(b, 1); add_key(b, 2); b->areas[1].size = 0x4000;
      add_area(b, HF_USE_RESERVED, 0x08008000, 0x8000))
SPOIL(check_to_trade, b->boot_check = HF_BOOT_CHECK_CRC)
SPOIL(supply_reversed, b->supply_min_mv = 3600; b->supply_max_mv = 2700)
SPOIL(supply_low, b->supply_min_mv = 1700)
SPOIL(supply_high, b->supply_max_mv = 5000)
SPOIL(no_width, b->chip.flash.widths[0].min_mv = 3000; b->chip.flash.widths[1].min_mv = 3000;
      b->chip.flash.widths[2].min_mv = 3000)
SPOIL(slow_crystal, b->hse_hz = 3999999)
SPOIL(fast_crystal, b->hse_hz = 26000001)
SPOIL(fast_core, b->hclk_hz = 168000001)
SPOIL(no_core_clock, b->hclk_hz = 0)
SPOIL(odd_core, b->hclk_hz = 167999999)
SPOIL(odd_crystal, b->hse_hz = 7372801)
SPOIL(unknown_pll, strcpy(peripheral(b, "rcc")->generation, "rcc_x9"))
SPOIL(weak_supply, b->supply_min_mv = 1800)
SPOIL(no_wait_row, b->supply_min_mv = 1799; b->chip.supply_min_mv = 1700;
      b->chip.flash.widths[0].min_mv = 1700)
SPOIL(slow_bus, b->chip.clocks.apb1_max_hz = 10000000)
SPOIL(no_such_port, b->led = (hf_pin){'K', 1})
SPOIL(pin_twice, b->led = b->uart.tx)
SPOIL(on_crystal, b->led = (hf_pin){'H', 0})
SPOIL(no_such_uart, strcpy(b->uart.instance, "usart9"))
SPOIL(not_a_uart, strcpy(b->uart.instance, "crc"))
SPOIL(no_bus, strcpy(peripheral(b, "usart2")->bus, "ahb1"))
SPOIL(no_irq, peripheral(b, "usart2")->irqs_count = 0)
SPOIL(wrong_tx, b->uart.tx = (hf_pin){'A', 4})
SPOIL(wrong_rx, b->uart.rx = (hf_pin){'C', 3})
SPOIL(fast_baud, b->uart.baud = 921600)
SPOIL(fastest_baud, b->uart.baud = 5000000)
SPOIL(slow_baud, b->uart.baud = 300)
SPOIL(two_protocols, b->uart.classroom = true)
SPOIL(no_uart_dma, b->uart.an3155 = true; peripheral(b, "usart2")->dma_rx.controller[0] = '\0')
SPOIL(no_protocol, b->uart.classic = false)
SPOIL(no_such_usb, strcpy(b->usb.instance, "otg_hs"); b->usb.dm = (hf_pin){'A', 11}; b->usb.dp = (hf_pin){'A', 12})
SPOIL(wrong_dp, strcpy(b->usb.instance, "otg_fs"); b->usb.dm = (hf_pin){'A', 11}; b->usb.dp = (hf_pin){'A', 10})
SPOIL(usb_without_crystal, strcpy(b->usb.instance, "otg_fs"); b->usb.dm = (hf_pin){'A', 11};
      b->usb.dp = (hf_pin){'A', 12}; b->hse_hz = 0)
SPOIL(usb_off_clock, strcpy(b->usb.instance, "otg_fs"); b->usb.dm = (hf_pin){'A', 11}; b->usb.dp = (hf_pin){'A', 12};
      b->hclk_hz = 90000000)
SPOIL(many_kinds_of_sectors, strcpy(b->usb.instance, "otg_fs"); b->usb.dm = (hf_pin){'A', 11};
      b->usb.dp = (hf_pin){'A', 12}; vary_sectors(b))
// A sound staging in external flash, for those who spoil it.
static void stage_outside(hf_board *b)
{
    b->strategy = HF_STRATEGY_EXTERNAL;
    strcpy(b->external.instance, "spi1");
    b->external.clk = (hf_pin){'B', 3};
    b->external.cs = (hf_pin){'B', 0};
    b->external.io0 = (hf_pin){'B', 5};
    b->external.io1 = (hf_pin){'B', 4};
    b->external.size = 2u << 20;
}

SPOIL(outside_of_nothing, b->strategy = HF_STRATEGY_EXTERNAL)
SPOIL(outside_in_vain, stage_outside(b); b->strategy = HF_STRATEGY_SINGLE)
SPOIL(outside_at_a_uart, stage_outside(b); strcpy(b->external.instance, "usart2"))
SPOIL(outside_wrong_pin, stage_outside(b); b->external.io1 = (hf_pin){'B', 6})
SPOIL(outside_no_such_line, stage_outside(b); b->external.io3 = (hf_pin){'B', 7})
SPOIL(outside_off_block, stage_outside(b); b->external.offset = 4096)
SPOIL(outside_off_end, stage_outside(b); b->external.size += 4096)
SPOIL(outside_too_far, stage_outside(b); b->external.offset = 15u << 20)
SPOIL(outside_too_small, stage_outside(b); b->external.size = 512u << 10)
SPOIL(outside_one_image, stage_outside(b); b->external.size = 1u << 20; b->trial = true)
SPOIL(outside_floor, stage_outside(b); b->downgrade = HF_DOWNGRADE_REFUSE; b->chip.flash.widths[2].bytes = 8)
SPOIL(pin_of_the_flash, stage_outside(b); b->led = (hf_pin){'B', 3})

SPOIL(one_bank_swaps, b->strategy = HF_STRATEGY_BANK_SWAP)
SPOIL(swap_unverified, b->strategy = HF_STRATEGY_BANK_SWAP; b->validation = HF_VALIDATION_SANITY)
SPOIL(other_name, strcpy(b->name, "nucleo"))
SPOIL(no_boot_data, b->areas[1].use = HF_USE_RESERVED)
SPOIL(small_application, b->areas[2].size = 0x10000;
      add_area(b, HF_USE_RESERVED, 0x08020000, 0xE0000))
SPOIL(gap, b->areas[1].size = 0x4000)
SPOIL(gap_at_end, b->areas[2].size -= 0x20000)
SPOIL(on_swdio, b->led = (hf_pin){'A', 13})
SPOIL(pull_against, b->button_pull = HF_PULL_UP)
SPOIL(pull_against_low, b->button_active_high = false)
SPOIL(provision_without_line, b->provision = true; memset(&b->uart, 0, sizeof b->uart))
SPOIL(provision_without_place, b->provision = true; b->areas[1].size = 0x4000)
SPOIL(reset_alone, b->uart.enter = HF_ENTRY_RTS)
SPOIL(line_at_no_button, b->uart.enter = HF_ENTRY_RTS_DTR; b->button.port = 0)
SPOIL(speed_for_nothing, b->uart.app_baud = 9600)
SPOIL(window_too_short, b->recovery_window_ms = 499)
SPOIL(no_link, memset(&b->uart, 0, sizeof b->uart); memset(&b->usb, 0, sizeof b->usb))

static const failure failures[] = {
    {"one-boot-area", no_boot, "layout", "there is no area for \"boot\"", "add one", true},
    {"one-boot-area", two_boots, "layout[1].use", "there are 2 areas for \"boot\"", "keep one",
     false},
    {"one-application-area", no_application, "layout", "no area for \"application\"", "add one",
     true},
    {"one-application-area", two_applications, "layout[2].use", "2 areas for \"application\"",
     "keep one", false},
    {"one-boot-data-area", two_boot_data, "layout[3].use", "2 areas for \"boot_data\"",
     "\"reserved\"", true},
    {"area-not-empty", empty, "layout[1].size", "the size is 0", "at least one sector", false},
    {"area-in-flash", below_flash, "layout[1].address",
     "0x07FFC000 to 0x08007FFF leaves the flash 0x08000000 to 0x080FFFFF", "inside the flash",
     false},
    {"area-in-flash", above_flash, "layout[2].size", "0x08010000 to 0x0811FFFF leaves",
     "at most 960 KB fit", true},
    {"area-in-flash", wraps_around, "layout[2].size", "leaves the flash", "at most 960 KB", true},
    {"area-borders", starts_inside_sector, "layout[2].address",
     "starts at 0x08010200, inside sector 4 (0x08010000 to 0x0801FFFF)",
     "\"0x08010000\" or \"0x08020000\"", false},
    {"area-borders", ends_inside_sector, "layout[2].size", "ends at 0x080FFE00, inside sector 11",
     "\"0xD0000\" or \"0xF0000\"", true},
    {"area-borders", ends_inside_its_first, "layout[1].size", "inside sector 1", "write \"0x4000\"",
     false},
    {"areas-apart", overlap, "layout[1]", "0x08004000 to 0x08007FFF belongs to layout[0] too",
     "move or shorten", true},
    {"boot-first", boot_elsewhere, "layout[1].address", "would not find the bootloader",
     "\"0x08000000\"", true},
    {"vectors-aligned", many_vectors, "layout[2].address",
     "512 entries needs an address that 2048 divides", "\"0x08010800\"", false},
    {"application-room", tiny_pages, "layout[2].size", "take 480 bytes", "larger", false},
    {"budget", large_budget, "budget", "16385 bytes are more than the boot area's 16384",
     "at most 16384", true},
    {"core-known", strange_core, "chip", "\"cortex-m99\"", "layout/emit_cmake.c", true},
    {"ram", little_ram, "chip", "has 2 KB, 4 KB are needed", "more RAM", true},
    {"ram", no_useful_ram, "chip", "has 0 B", "more RAM", true},
    {"strategy", no_strategy, "strategy", "no such strategy", "\"single\"", true},
    {"staging-area", stages_nowhere, "layout", "there are 0", "staging", true},
    {"staging-area", stages_in_vain, "layout", "does not use", "reserved", true},
    {"staging-room", stages_too_little, "layout[3].size", "128 KB cannot take", "larger", true},
    {"swap-blocks", swaps_without_spare, "layout[3].size", "0 B more", "one of them more", true},
    {"swap-blocks", swaps_unlike_sectors, "layout[3].size", "64 KB more", "one size", true},
    {"staging-checked", stages_unchecked, "validation", "half an image", "crc", true},
    {"journal", journal_without_place, "layout", "two sectors of one size", "boot_data", true},
    {"downgrade", no_version, "downgrade", "no version", "unchecked", true},
    {"trial", trial_in_place, "trial", "cannot be on trial", "false", true},
    {"trial", watchdog_for_nothing, "trial_watchdog_ms", "no trial", "true", true},
    {"validation", no_validation, "validation", "no such level", "\"crc\" or \"signed\"", true},
    {"protection", protection_unknown, "protection", "no driver for the option bytes of flash_x9", "remove it", true},
    {"protection", order_of_nothing, "protection", "nothing says what", "\"write\", \"read\"", true},
    {"protection", order_unsigned, "protection", "orders are signed", "\"validation\": \"signed\"", true},
    {"transit", enciphers_unsigned, "transit_key", "only a signature tells", "\"validation\": \"signed\"", true},
    {"transit", enciphers_bytewise, "transit_key", "byte by byte", "4 bytes", false},
    {"transit", enciphers_outside, "transit_key", "deciphered in the external flash", "another strategy", false},
    {"transit-key", enciphers_for_debuggers, "transit_key", "debugger reads the key", "\"read\" to \"protection\"", true},
    {"test-key", published_transit_key, "transit_key", "everybody can decipher", "holdfast keygen --transit", true},
    {"revocable", nowhere_to_revoke, "keys", "no key can be revoked", "boot_data", true},
    {"boot-check", check_to_trade, "boot_check", "has a check at boot to trade", "remove it", true},
    {"keys", signed_without_key, "keys", "needs a public key", "holdfast keygen", true},
    {"keys", key_without_use, "keys", "only level \"signed\"", "\"validation\": \"signed\"", true},
    {"keys-differ", keys_of_one_id, "keys[1].point", "id of the other one", "make another key", true},
    {"test-key", published_key, "keys[0].point", "everybody can sign", "holdfast keygen", true},
    {"release-key", published_key_in_release, "keys[0].point", "everybody can sign", "holdfast keygen", true},
    {"validation", no_crc_unit, "validation", "no CRC unit", "\"sanity\"", true},
    {"supply-order", supply_reversed, "supply_mv.min", "3600 mV is above", "exchange", true},
    {"supply-range", supply_low, "supply_mv.min", "below", "1800 to 3600 mV", false},
    {"supply-range", supply_high, "supply_mv.max", "above", "1800 to 3600 mV", true},
    {"program-width", no_width, "supply_mv.min", "cannot be programmed at 2700 mV",
     "at or above 3000 mV", true},
    {"crystal", slow_crystal, "clock.hse_hz", "4000000 to 26000000 Hz", "internal oscillator",
     true},
    {"crystal", fast_crystal, "clock.hse_hz", "4000000 to 26000000 Hz", "leave the key out",
     true},
    {"hclk", fast_core, "clock.hclk_hz", "up to 168000000 Hz", "at most 168000000", false},
    {"hclk", no_core_clock, "clock.hclk_hz", "up to 168000000 Hz", "at most", false},
    {"pll-crystal", odd_crystal, "clock.hclk_hz", "from the crystal of 7372801 Hz", "", true},
    {"pll-crystal", odd_core, "clock.hclk_hz", "no PLL setting makes 167999999 Hz",
     "write 168000000", false},
    {"pll-internal", odd_core, "clock.hclk_hz", "internal oscillator of 16000000 Hz",
     "write 168000000", false},
    {"pll-internal", unknown_pll, "clock.hclk_hz", "no PLL setting", "", false},
    {"wait-states", weak_supply, "clock.hclk_hz", "at 1800 mV the flash follows up to 160000000 Hz",
     "at most 160000000", true},
    {"wait-states", no_wait_row, "supply_mv.min", "no wait states at 1799 mV", "raise", true},
    {"buses", slow_bus, "clock.hclk_hz", "APB1 stays above its 10000000 Hz", "160000000", false},
    {"pin-exists", no_such_port, "led.pin", "has no pin PK1", "port that the chip", true},
    {"pin-once", pin_twice, "uart.tx", "PA2 is led.pin already", "another pin", true},
    {"crystal-pins", on_crystal, "led.pin", "PH0 is osc_in, where the crystal is",
     "leave clock.hse_hz out", true},
    {"uart-exists", no_such_uart, "uart.instance", "has no UART \"usart9\"",
     "\"usart2\" or \"usart3\"", true},
    {"uart-exists", not_a_uart, "uart.instance", "has no UART \"crc\"", "\"usart2\"", true},
    {"uart-wired", no_bus, "uart.instance", "lacks the bus", "peripherals.usart2", false},
    {"uart-wired", no_irq, "uart.instance", "lacks the bus or the interrupt", "irq", true},
    {"uart-pins", wrong_tx, "uart.tx", "usart2_tx cannot be brought to PA4",
     "write \"PA2\" or \"PD5\"", true},
    {"uart-pins", wrong_rx, "uart.rx", "usart2_rx cannot be brought to PC3",
     "write \"PA3\" or \"PD6\"", true},
    {"uart-baud", fast_baud, "uart.baud",
     "921600 baud cannot be reached within 2 % from the 16000000 Hz of the internal oscillator",
     "460800", true},
    {"uart-baud", fastest_baud, "uart.baud", "from the 42000000 Hz of its bus", "460800", true},
    {"uart-baud", slow_baud, "uart.baud", "300 baud cannot be reached", "115200", true},
    {"uart-dma", no_uart_dma, "uart.protocols", "lacks the DMA line", "add dma_rx", true},
    {"one-protocol", two_protocols, "uart.protocols", "share their commands", "keep one", true},
    {"one-protocol", no_protocol, "uart.protocols", "no protocol is chosen", "[\"classic\"]",
     true},
    {"usb-exists", no_such_usb, "usb.instance", "has no USB port \"otg_hs\"", "otg generation", true},
    {"usb-pins", wrong_dp, "usb.dp", "otg_fs_dp cannot be brought to PA10", "write \"PA12\"", true},
    {"usb-clock", usb_without_crystal, "clock.hse_hz", "needs a crystal", "leave \"usb\" out", true},
    {"usb-clock", usb_off_clock, "clock.hclk_hz", "USB 45000000 Hz instead of 48 MHz", "multiple of 24 MHz", true},
    {"usb-memory", many_kinds_of_sectors, "layout", "too long a list", "fewer different sectors", false},
    {"bank-swap-chip", one_bank_swaps, "strategy", "cannot exchange its flash banks", "another strategy", false},
    {"bank-swap-areas", one_bank_swaps, "layout[2].address", "reaches into the second bank", "512 KB only", false},
    {"bank-swap-validation", swap_unverified, "validation", "verified as a whole", "\"crc\"", false},
    {"external-used", outside_of_nothing, "external", "none is described", "add \"external\"", false},
    {"external-used", outside_in_vain, "external", "no update uses", "leave it out", true},
    {"external-exists", outside_at_a_uart, "external.instance", "no SPI or QUADSPI \"usart2\"", "spi or quadspi", true},
    {"external-pins", outside_wrong_pin, "external.io1", "spi1_miso cannot be brought to PB6", "\"PB4\"", true},
    {"external-pins", outside_no_such_line, "external.io3", "has no such line", "resistor", true},
    {"external-blocks", outside_off_block, "external.offset", "inside a block", "multiple of", true},
    {"external-blocks", outside_off_end, "external.size", "inside a block", "multiple of", true},
    {"external-blocks", outside_too_far, "external.size", "beyond the 16 MB", "use less", true},
    {"external-room", outside_too_small, "external.size", "512 KB cannot take", "at least 960 KB", true},
    {"provision", provision_without_line, "provision", "over their serial line", "leave the key out", false},
    {"provision", provision_without_place, "provision", "no place for the record", "two sectors of one size", false},
    {"external-floor", outside_floor, "downgrade", "exchanges that lowers the floor", "leave the key out", false},
    {"external-way-back", outside_one_image, "external.size", "no room for the old image", "more of the flash", true},
    {"pin-once", pin_of_the_flash, "external.clk", "PB3 is led.pin already", "another pin", true},
    {"name", other_name, "name", "\"nucleo\" is not the name of its file", "rename", true},
    {"boot-data-present", no_boot_data, "layout", "no place for data", "\"boot_data\"", true},
    {"application-large", small_application, "layout[2].size", "64 KB of 1024 KB", "more sectors",
     true},
    {"whole-flash", gap, "layout", "0x08008000 to 0x0800FFFF belongs to no area", "\"reserved\"",
     true},
    {"whole-flash", gap_at_end, "layout", "0x080E0000 to 0x080FFFFF belongs to no area",
     "\"reserved\"", true},
    {"debug-pins", on_swdio, "led.pin", "PA13 is swdio", "another pin", true},
    {"button-pull", pull_against, "button.pull", "holds the button pressed", "\"down\"", true},
    {"button-pull", pull_against_low, "button.pull", "holds the button pressed", "\"up\"", true},
    {"enter", reset_alone, "recovery_window_ms", "a reset alone starts the application", "write 500 or more", true},
    {"enter", line_at_no_button, "button", "there is none for the second line", "add one", true},
    {"enter", speed_for_nothing, "uart.app_baud", "no escape is sent", "leave it out", true},
    {"recovery-window", window_too_short, "recovery_window_ms", "can miss it", "500", true},
    {"link", no_link, "uart", "no update can come in", "add \"uart\"", true},
};
#define FAILURES (sizeof failures / sizeof failures[0])

static bool matches(const failure *f, const hf_finding *finding)
{
    return strcmp(finding->rule, f->rule) == 0 && strcmp(finding->key, f->key) == 0 &&
           strstr(finding->text, f->text) != NULL && strstr(finding->fix, f->fix) != NULL;
}

static void assert_found(const failure *f, const hf_finding *findings, size_t count)
{
    bool found = false, others = false;
    for (size_t i = 0; i < count; i++) {
        found = found || matches(f, &findings[i]);
        others = others || strcmp(findings[i].rule, f->rule) != 0;
    }
    if (found && !(others && f->only)) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        print_error("got %s: %s: %s. Fix: %s\n", findings[i].rule, findings[i].key,
                    findings[i].text, findings[i].fix);
    }
    fail_msg("%s: %s: %s: %s", f->rule, f->key, f->text,
             found ? "found, but not alone" : "not found");
}

static void each_rule_finds_its_board(void **state)
{
    (void)state;
    for (size_t i = 0; i < FAILURES; i++) {
        hf_board board;
        hf_finding findings[64];
        good_board(&board);
        failures[i].spoil(&board);
        size_t count = hf_board_check(&board, findings, 64);
        assert_in_range(count, 1, 64);
        assert_found(&failures[i], findings, count);
    }
}

static void each_rule_is_tested(void **state)
{
    (void)state;
    for (size_t i = 0; i < hf_rule_count; i++) {
        size_t tests = 0;
        for (size_t j = 0; j < FAILURES; j++) {
            tests += strcmp(hf_rule_book[i].name, failures[j].rule) == 0;
        }
        if (tests == 0) {
            fail_msg("no board breaks the rule %s", hf_rule_book[i].name);
        }
    }
}

static void errors_stand_first(void **state)
{
    (void)state;
    for (size_t i = 1; i < hf_rule_count; i++) {
        assert_false(hf_rule_book[i].error && !hf_rule_book[i - 1].error);
    }
}

static void good_boards_break_no_rule(void **state)
{
    (void)state;
    static const char *const names[] = {"discovery", "classic", "classroom", "dfu", "swap", "swap-usb", "overwrite", "full",
                                        "signed", "production", "encrypted"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[1024];
        hf_board board;
        hf_complaint why;
        hf_finding finding;
        snprintf(path, sizeof path, "%s/boards/stm32f407-%s.json", HF_SOURCE_DIR, names[i]);
        assert_int_equal(hf_board_read(&board, path, NULL, &why), HF_LAYOUT_OK);
        size_t count = hf_board_check(&board, &finding, 1);
        bool trusts_test_keys = count == board.keys_count + board.has_transit_key && strcmp(finding.rule, "test-key") == 0;
        assert_true(count == 0 || trusts_test_keys); // examples have no keys of their own
    }
}

static void counts_what_finds_no_room(void **state)
{
    (void)state;
    hf_board board;
    good_board(&board);
    no_strategy(&board);
    pull_against(&board);
    hf_finding findings[2] = {{.key = "untouched"}, {.key = "untouched"}};
    assert_int_equal(hf_board_check(&board, findings, 1), 2);
    assert_true(findings[0].error);
    assert_string_equal(findings[1].key, "untouched");
    assert_int_equal(hf_board_check(&board, NULL, 0), 2);
}

static void findings_become_sentences(void **state)
{
    (void)state;
    hf_board board;
    good_board(&board);
    strcpy(board.path, "boards/x.json");
    strcpy(board.name, "x");
    hf_finding finding;
    hf_complaint words;
    overlap(&board);
    assert_int_equal(hf_board_check(&board, &finding, 1), 1);
    hf_finding_words(&board, &finding, &words);
    assert_string_equal(words.text, "boards/x.json: layout[1]: 0x08004000 to 0x08007FFF belongs to "
                                    "layout[0] too. Fix: move or shorten one of the two.");
    good_board(&board);
    strcpy(board.path, "boards/x.json");
    strcpy(board.name, "x");
    no_link(&board);
    assert_int_equal(hf_board_check(&board, &finding, 1), 1);
    hf_finding_words(&board, &finding, &words);
    assert_string_equal(words.text,
                        "boards/x.json: warning: uart: without a serial line or USB no update "
                        "can come in. Fix: add \"uart\" or \"usb\".");
}

// Rules stand any struct, also one that no file made.
static void an_empty_board_does_no_harm(void **state)
{
    (void)state;
    hf_board board = {0};
    assert_true(hf_board_check(&board, NULL, 0) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_finds_its_board), cmocka_unit_test(each_rule_is_tested),
        cmocka_unit_test(errors_stand_first),        cmocka_unit_test(good_boards_break_no_rule),
        cmocka_unit_test(counts_what_finds_no_room), cmocka_unit_test(findings_become_sentences),
        cmocka_unit_test(an_empty_board_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
