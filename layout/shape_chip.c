// SPDX-License-Identifier: MIT
// The keys of a chip file.
#include "help.h"
#include "shape.h"

// Tables are laid out by hand.
// clang-format off

#define ANY32  .min = 0, .max = UINT32_MAX
#define COUNT  .min = 1, .max = UINT32_MAX
#define SOURCE \
    {.key = "source", .kind = HF_KIND_NOTE, .help = HF_HELP("Where the facts stand: document and section.")}

static const hf_field region_shape[] = {
    {.key = "name", .kind = HF_KIND_NAME, .required = true, HF_AT(hf_region, name),
     .help = HF_HELP("Name of the region."), .example = "\"sram1\""},
    {.key = "address", .kind = HF_KIND_NUMBER, .required = true, HF_AT(hf_region, address), ANY32,
     .help = HF_HELP("First address."), .example = "\"0x20000000\""},
    {.key = "size", .kind = HF_KIND_BYTES, .required = true, HF_AT(hf_region, size), COUNT,
     .help = HF_HELP("Size in bytes."), .example = "\"112K\""},
    {.key = "dma", .kind = HF_KIND_SWITCH, HF_AT(hf_region, dma), .fallback = true,
     .help = HF_HELP("Whether a DMA controller reaches it; true when absent."), .example = "false"},
    {.key = "execute", .kind = HF_KIND_SWITCH, HF_AT(hf_region, executable), .fallback = true,
     .help = HF_HELP("Whether the core can fetch code from it; true when absent."), .example = "false"},
    SOURCE,
    {0},
};
static const hf_field region_item = {
    .kind = HF_KIND_OBJECT, .size = sizeof(hf_region), .shape = region_shape};

static const hf_field run_shape[] = {
    {.key = "bank", .kind = HF_KIND_NUMBER, .required = true, HF_AT(hf_sector_run, bank), .min = 1,
     .max = 2,
     .help = HF_HELP("Flash bank, 1 or 2."), .example = "1"},
    {.key = "first", .kind = HF_KIND_NUMBER, .required = true, HF_AT(hf_sector_run, first),
     .max = 4095,
     .help = HF_HELP("Number of the first sector as in the reference manual."), .example = "4"},
    {.key = "code", .kind = HF_KIND_NUMBER, HF_AT(hf_sector_run, code), .min = 1, .max = 4095,
     .help = HF_HELP("What selects the first sector in the controller, where that is not its number."), .example = "16"},
    {.key = "count", .kind = HF_KIND_NUMBER, .required = true, HF_AT(hf_sector_run, count),
     .min = 1, .max = 4096,
     .help = HF_HELP("How many equal sectors follow one another."), .example = "7"},
    {.key = "size", .kind = HF_KIND_BYTES, .required = true, HF_AT(hf_sector_run, size), .min = 128,
     .max = 1u << 24,
     .help = HF_HELP("Bytes of one sector; a power of two."), .example = "\"128K\""},
    SOURCE,
    {0},
};
static const hf_field run_item = {
    .kind = HF_KIND_OBJECT, .size = sizeof(hf_sector_run), .shape = run_shape};

static const hf_field width_shape[] = {
    {.key = "bytes", .kind = HF_KIND_NUMBER, .required = true, HF_AT(hf_program_width, bytes),
     .min = 1, .max = 32,
     .help = HF_HELP("Bytes of one program operation; a power of two."), .example = "4"},
    {.key = "min_mv", .kind = HF_KIND_NUMBER, .required = true, HF_AT(hf_program_width, min_mv),
     .max = 10000,
     .help = HF_HELP("Lowest supply in millivolts at which this width is allowed."), .example = "2700"},
    {.key = "typ_ns", .kind = HF_KIND_NUMBER, .required = true, HF_AT(hf_program_width, typ_ns),
     COUNT,
     .help = HF_HELP("Typical time of one operation in nanoseconds."), .example = "16000"},
    {.key = "max_ns", .kind = HF_KIND_NUMBER, .required = true, HF_AT(hf_program_width, max_ns),
     COUNT,
     .help = HF_HELP("Longest time of one operation in nanoseconds."), .example = "100000"},
    SOURCE,
    {0},
};
static const hf_field width_item = {
    .kind = HF_KIND_OBJECT, .size = sizeof(hf_program_width), .shape = width_shape};

static const hf_field milliseconds = {
    .kind = HF_KIND_NUMBER, .size = sizeof(uint32_t), .min = 1, .max = 600000};

static const hf_field erase_shape[] = {
    {.key = "size", .kind = HF_KIND_BYTES, .required = true, HF_AT(hf_erase_time, size), COUNT,
     .help = HF_HELP("Sector size these times are for."), .example = "\"16K\""},
    {.key = "typ_ms", .kind = HF_KIND_LIST, .required = true, HF_AT(hf_erase_time, typ_ms),
     .item = &milliseconds, .capacity = HF_MAX_WIDTHS, .uncounted = true,
     .help = HF_HELP("Typical milliseconds, one figure per entry of flash.program."),
     .example = "[400, 300, 250]"},
    {.key = "max_ms", .kind = HF_KIND_LIST, .required = true, HF_AT(hf_erase_time, max_ms),
     .item = &milliseconds, .capacity = HF_MAX_WIDTHS, .uncounted = true,
     .help = HF_HELP("Longest milliseconds, one figure per entry of flash.program."),
     .example = "[800, 600, 500]"},
    SOURCE,
    {0},
};
static const hf_field erase_item = {
    .kind = HF_KIND_OBJECT, .size = sizeof(hf_erase_time), .shape = erase_shape};

static const hf_field wait_shape[] = {
    {.key = "min_mv", .kind = HF_KIND_NUMBER, .required = true, HF_AT(hf_wait_state_rule, min_mv),
     .max = 10000,
     .help = HF_HELP("Lowest supply in millivolts this row is for."), .example = "2700"},
    {.key = "hz_per_wait_state", .kind = HF_KIND_NUMBER, .required = true,
     HF_AT(hf_wait_state_rule, hz_per_wait_state), COUNT,
     .help = HF_HELP("Hertz of HCLK that each wait state allows more; the first step needs none."),
     .example = "30000000"},
    {.key = "prefetch", .kind = HF_KIND_SWITCH, HF_AT(hf_wait_state_rule, prefetch),
     .fallback = true,
     .help = HF_HELP("Whether the flash prefetch may be on at this supply; true when absent."),
     .example = "false"},
    SOURCE,
    {0},
};
static const hf_field wait_item = {
    .kind = HF_KIND_OBJECT, .size = sizeof(hf_wait_state_rule), .shape = wait_shape};

static const hf_field flash_shape[] = {
    {.key = "generation", .kind = HF_KIND_NAME, .required = true, HF_AT(hf_flash, generation),
     .help = HF_HELP("Name of the flash controller's driver and model."), .example = "\"flash_f4\""},
    {.key = "address", .kind = HF_KIND_NUMBER, .required = true, HF_AT(hf_flash, address), ANY32,
     .help = HF_HELP("First address."), .example = "\"0x08000000\""},
    {.key = "sectors", .kind = HF_KIND_LIST, .required = true, HF_AT(hf_flash, runs),
     .item = &run_item, .capacity = HF_MAX_SECTOR_RUNS,
     .count_offset = offsetof(hf_flash, runs_count),
     .help = HF_HELP("Runs of equal sectors in the order of their addresses, without gaps.")},
    {.key = "program", .kind = HF_KIND_LIST, .required = true, HF_AT(hf_flash, widths),
     .item = &width_item, .capacity = HF_MAX_WIDTHS,
     .count_offset = offsetof(hf_flash, widths_count),
     .help = HF_HELP("Ways to program, narrowest first.")},
    {.key = "erase", .kind = HF_KIND_LIST, .required = true, HF_AT(hf_flash, erase),
     .item = &erase_item, .capacity = HF_MAX_WIDTHS,
     .count_offset = offsetof(hf_flash, erase_count),
     .help = HF_HELP("Erase times, one row per sector size.")},
    {.key = "option_change_ms", .kind = HF_KIND_NUMBER, .required = true,
     HF_AT(hf_flash, option_change_ms), .max = 600000,
     .help = HF_HELP("Milliseconds an option-byte change takes."), .example = "350"},
    {.key = "endurance_cycles", .kind = HF_KIND_NUMBER, .required = true,
     HF_AT(hf_flash, endurance_cycles), COUNT,
     .help = HF_HELP("Erase cycles each sector is good for."), .example = "10000"},
    {.key = "wait_states", .kind = HF_KIND_LIST, .required = true, HF_AT(hf_flash, wait_states),
     .item = &wait_item, .capacity = HF_MAX_WIDTHS,
     .count_offset = offsetof(hf_flash, wait_states_count),
     .help = HF_HELP("Wait states by supply, highest supply first.")},
    {.key = "wait_states_max", .kind = HF_KIND_NUMBER, .required = true,
     HF_AT(hf_flash, wait_states_max), .max = 15,
     .help = HF_HELP("Most wait states the controller can be set to."), .example = "7"},
    SOURCE,
    {0},
};

#define HERTZ(name, text, sample) \
    {.key = #name, .kind = HF_KIND_NUMBER, .required = true, HF_AT(hf_clocks, name), COUNT, \
     .help = HF_HELP(text), .example = sample}

static const hf_field clocks_shape[] = {
    HERTZ(hsi_hz, "Internal oscillator, in hertz.", "16000000"),
    HERTZ(lsi_hz, "Slow internal oscillator, in hertz.", "32000"),
    {.key = "hsi48_hz", .kind = HF_KIND_NUMBER, HF_AT(hf_clocks, hsi48_hz), COUNT,
     .help = HF_HELP("Internal oscillator that is trimmed to the frames of a USB host, in hertz; absent when "
             "there is none."), .example = "48000000"},
    {.key = "core_per_hclk", .kind = HF_KIND_NUMBER, HF_AT(hf_clocks, core_per_hclk), .min = 1, .max = 2,
     .help = HF_HELP("How many times as fast as HCLK the core runs when it runs from the PLL; 1 when absent."),
     .example = "2"},
    HERTZ(hse_min_hz, "Slowest crystal, in hertz.", "4000000"),
    HERTZ(hse_max_hz, "Fastest crystal, in hertz.", "26000000"),
    HERTZ(hclk_max_hz, "Highest HCLK, in hertz: the clock of buses and flash.", "168000000"),
    HERTZ(apb1_max_hz, "Highest clock of bus APB1, in hertz.", "42000000"),
    HERTZ(apb2_max_hz, "Highest clock of bus APB2, in hertz.", "84000000"),
    HERTZ(vco_min_hz, "Slowest PLL oscillator, in hertz.", "100000000"),
    HERTZ(vco_max_hz, "Fastest PLL oscillator, in hertz.", "432000000"),
    HERTZ(hsi_startup_us, "Microseconds the internal oscillator takes to start.", "4"),
    HERTZ(lsi_startup_us, "Microseconds the slow internal oscillator takes to start.", "40"),
    HERTZ(hse_startup_us, "Microseconds a crystal takes to start.", "2000"),
    HERTZ(pll_lock_us, "Microseconds the PLL takes to lock.", "200"),
    SOURCE,
    {0},
};

static const hf_field irq_item = {.kind = HF_KIND_NUMBER, .size = sizeof(uint16_t), .max = 495};

static const hf_field peripheral_shape[] = {
    {.key = "generation", .kind = HF_KIND_NAME, .required = true, HF_AT(hf_peripheral, generation),
     .help = HF_HELP("Name of its driver (port/stm32/) and model (vboard/models/)."),
     .example = "\"usart_v1\""},
    {.key = "address", .kind = HF_KIND_NUMBER, .required = true, HF_AT(hf_peripheral, address),
     ANY32,
     .help = HF_HELP("First register."), .example = "\"0x40004400\""},
    {.key = "size", .kind = HF_KIND_BYTES, .required = true, HF_AT(hf_peripheral, size), COUNT,
     .help = HF_HELP("Bytes of its register block."), .example = "1024"},
    {.key = "bus", .kind = HF_KIND_NAME, HF_AT(hf_peripheral, bus), .needs = "bit",
     .help = HF_HELP("Bus in whose RCC enable register its clock gate is; absent when it has none."),
     .example = "\"apb1\""},
    {.key = "bit", .kind = HF_KIND_NUMBER, HF_AT(hf_peripheral, bit), .max = 31, .needs = "bus",
     .help = HF_HELP("Bit of the clock gate; goes with bus."), .example = "17"},
    {.key = "irq", .kind = HF_KIND_ONE, HF_AT(hf_peripheral, irqs), .item = &irq_item,
     .capacity = 1, .count_offset = offsetof(hf_peripheral, irqs_count),
     .help = HF_HELP("Its NVIC number."), .example = "38"},
    {.key = "irqs", .kind = HF_KIND_LIST, HF_AT(hf_peripheral, irqs), .item = &irq_item,
     .capacity = HF_MAX_IRQS, .count_offset = offsetof(hf_peripheral, irqs_count),
     .help = HF_HELP("Its NVIC numbers when there are several."), .example = "[11, 12, 13]"},
    {.key = "dma_rx", .kind = HF_KIND_DMA, HF_AT(hf_peripheral, dma_rx),
     .help = HF_HELP("DMA request of the receiver: controller.stream.channel."), .example = "\"dma1.5.4\""},
    {.key = "dma_tx", .kind = HF_KIND_DMA, HF_AT(hf_peripheral, dma_tx),
     .help = HF_HELP("DMA request of the transmitter."), .example = "\"dma1.6.4\""},
    SOURCE,
    {0},
};
static const hf_field peripheral_item = {
    .kind = HF_KIND_OBJECT, .size = sizeof(hf_peripheral), .shape = peripheral_shape};

static const hf_field signal_shape[] = {
    {.key = "pin", .kind = HF_KIND_PIN, .required = true, HF_AT(hf_signal, pin),
     .help = HF_HELP("Pin."), .example = "\"PA2\""},
    {.key = "af", .kind = HF_KIND_NUMBER, .required = true, HF_AT(hf_signal, af), .max = 15,
     .help = HF_HELP("Alternate function number that brings the signal to this pin."), .example = "7"},
    SOURCE,
    {0},
};
static const hf_field signal_item = {
    .kind = HF_KIND_OBJECT, .size = sizeof(hf_signal), .shape = signal_shape};

static const hf_field system_pin_item = {
    .kind = HF_KIND_PIN, .size = sizeof(hf_system_pin), .offset = offsetof(hf_system_pin, pin)};

static const hf_field supply_shape[] = {
    {.key = "min", .kind = HF_KIND_NUMBER, .required = true, HF_AT(hf_chip, supply_min_mv), COUNT,
     .help = HF_HELP("Lowest supply in millivolts."), .example = "1800"},
    {.key = "max", .kind = HF_KIND_NUMBER, .required = true, HF_AT(hf_chip, supply_max_mv), COUNT,
     .help = HF_HELP("Highest supply in millivolts."), .example = "3600"},
    SOURCE,
    {0},
};

const hf_field hf_chip_shape[] = {
    {.key = "$schema", .kind = HF_KIND_NOTE,
     .help = HF_HELP("Lets an editor check the file while you type.")},
    {.key = "name", .kind = HF_KIND_NAME, .required = true, HF_AT(hf_chip, name),
     .help = HF_HELP("The chip's name, the same as the file's."), .example = "\"stm32f407vg\""},
    {.key = "family", .kind = HF_KIND_NAME, .required = true, HF_AT(hf_chip, family),
     .help = HF_HELP("Family."), .example = "\"stm32f4\""},
    {.key = "core", .kind = HF_KIND_NAME, .required = true, HF_AT(hf_chip, core),
     .help = HF_HELP("Core; an f at the end stands for a floating-point unit."),
     .example = "\"cortex-m4f\""},
    {.key = "dev_id", .kind = HF_KIND_NUMBER, .required = true, HF_AT(hf_chip, dev_id),
     .max = 0xFFF,
     .help = HF_HELP("DEV_ID in DBGMCU_IDCODE."), .example = "\"0x413\""},
    {.key = "rev_id", .kind = HF_KIND_NUMBER, .required = true, HF_AT(hf_chip, rev_id),
     .max = 0xFFFF,
     .help = HF_HELP("REV_ID in DBGMCU_IDCODE."), .example = "\"0x1007\""},
    {.key = "vectors", .kind = HF_KIND_NUMBER, .required = true, HF_AT(hf_chip, vectors), .min = 16,
     .max = 512,
     .help = HF_HELP("Entries of the vector table, the initial stack pointer included."), .example = "98"},
    {.key = "sources", .kind = HF_KIND_NOTES,
     .help = HF_HELP("Short names of the documents that source keys refer to."),
     .example = "{ \"RM\": \"RM0090\" }"},
    {.key = "supply_mv", .kind = HF_KIND_OBJECT, .required = true, .shape = supply_shape,
     .help = HF_HELP("Supply the chip works at.")},
    {.key = "ram", .kind = HF_KIND_LIST, .required = true, HF_AT(hf_chip, ram),
     .item = &region_item, .capacity = HF_MAX_REGIONS, .count_offset = offsetof(hf_chip, ram_count),
     .help = HF_HELP("RAM regions.")},
    {.key = "rom", .kind = HF_KIND_LIST, HF_AT(hf_chip, rom), .item = &region_item,
     .capacity = HF_MAX_REGIONS, .count_offset = offsetof(hf_chip, rom_count),
     .help = HF_HELP("Read-only regions: ROM loader, ids, option bytes.")},
    {.key = "flash", .kind = HF_KIND_OBJECT, .required = true, HF_AT(hf_chip, flash),
     .shape = flash_shape,
     .help = HF_HELP("The flash array and its controller.")},
    {.key = "clocks", .kind = HF_KIND_OBJECT, .required = true, HF_AT(hf_chip, clocks),
     .shape = clocks_shape,
     .help = HF_HELP("Oscillators and limits.")},
    {.key = "peripherals", .kind = HF_KIND_MAP, .required = true, HF_AT(hf_chip, peripherals),
     .item = &peripheral_item, .capacity = HF_MAX_PERIPHERALS,
     .count_offset = offsetof(hf_chip, peripherals_count),
     .help = HF_HELP("Peripherals by name.")},
    {.key = "system_pins", .kind = HF_KIND_MAP, HF_AT(hf_chip, system_pins),
     .item = &system_pin_item, .capacity = HF_MAX_SYSTEM_PINS,
     .count_offset = offsetof(hf_chip, system_pins_count),
     .help = HF_HELP("Pins with a duty of their own: swdio, swclk, osc_in, osc_out."),
     .example = "{ \"swdio\": \"PA13\" }"},
    {.key = "signals", .kind = HF_KIND_SIGNALS, .required = true, HF_AT(hf_chip, signals),
     .item = &signal_item, .capacity = HF_MAX_SIGNALS,
     .count_offset = offsetof(hf_chip, signals_count),
     .help = HF_HELP("Where signals can be brought to a pin: peripheral, underscore, signal; each with "
             "its pins.")},
    {0},
};
