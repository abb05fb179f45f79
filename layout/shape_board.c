// SPDX-License-Identifier: MIT
// The keys of a board file.
#include "help.h"
#include "shape.h"

// Tables are laid out by hand.
// clang-format off

#define ANY32 .min = 0, .max = UINT32_MAX
#define COUNT .min = 1, .max = UINT32_MAX

static const hf_choice levels[] = {{"low", false}, {"high", true}, {0}};
static const hf_choice pulls[] = {
    {"none", HF_PULL_NONE}, {"up", HF_PULL_UP}, {"down", HF_PULL_DOWN}, {0}};
static const hf_choice strategies[] = {
    {"single", HF_STRATEGY_SINGLE}, {"overwrite", HF_STRATEGY_OVERWRITE}, {"swap", HF_STRATEGY_SWAP},
    {"bank_swap", HF_STRATEGY_BANK_SWAP}, {"external", HF_STRATEGY_EXTERNAL}, {0}};
static const hf_choice downgrades[] = {
    {"unchecked", HF_DOWNGRADE_UNCHECKED}, {"refuse", HF_DOWNGRADE_REFUSE}, {"counter", HF_DOWNGRADE_COUNTER}, {0}};
static const hf_choice validations[] = {
    {"sanity", HF_VALIDATION_SANITY}, {"crc", HF_VALIDATION_CRC}, {"signed", HF_VALIDATION_SIGNED}, {0}};
static const hf_choice boot_checks[] = {{"signature", HF_BOOT_CHECK_SIGNATURE}, {"crc", HF_BOOT_CHECK_CRC}, {0}};
static const hf_choice uses[] = {{"boot", HF_USE_BOOT},
                                 {"boot_data", HF_USE_BOOT_DATA},
                                 {"application", HF_USE_APPLICATION},
                                 {"staging", HF_USE_STAGING},
                                 {"reserved", HF_USE_RESERVED},
                                 {0}};
static const hf_choice protocols[] = {{"classic", offsetof(hf_board, uart.classic)},
                                      {"classroom", offsetof(hf_board, uart.classroom)},
                                      {"an3155", offsetof(hf_board, uart.an3155)},
                                      {"fast", offsetof(hf_board, uart.fast)},
                                      {0}};

static const hf_choice protections[] = {{"write", offsetof(hf_board, protection.write)},
                                        {"read", offsetof(hf_board, protection.read)},
                                        {"ordered", offsetof(hf_board, protection.ordered)},
                                        {0}};

static const hf_choice entries[] = {
    {"hand", HF_ENTRY_BY_HAND}, {"escape", HF_ENTRY_ESCAPE}, {"dtr", HF_ENTRY_DTR}, {"rts", HF_ENTRY_RTS},
    {"dtr-rts", HF_ENTRY_DTR_RTS}, {"rts-dtr", HF_ENTRY_RTS_DTR}, {0}};

static const hf_field supply_shape[] = {
    {.key = "min", .kind = HF_KIND_NUMBER, .required = true, HF_AT(hf_board, supply_min_mv), COUNT,
     .help = "Lowest supply in millivolts. It decides how wide flash is programmed.",
     .example = "2700"},
    {.key = "max", .kind = HF_KIND_NUMBER, .required = true, HF_AT(hf_board, supply_max_mv), COUNT,
     .help = "Highest supply in millivolts.", .example = "3600"},
    {0},
};

static const hf_field clock_shape[] = {
    {.key = "hse_hz", .kind = HF_KIND_NUMBER, HF_AT(hf_board, hse_hz), ANY32,
     .help = HF_HELP("Crystal in hertz; absent or 0 when there is none."), .example = "8000000"},
    {.key = "hclk_hz", .kind = HF_KIND_NUMBER, .required = true, HF_AT(hf_board, hclk_hz), COUNT,
     .help = "HCLK in hertz the bootloader runs at; the core is as fast, or twice as fast on chips that "
             "halve its clock for the buses.", .example = "168000000"},
    {0},
};

static const hf_field led_shape[] = {
    {.key = "pin", .kind = HF_KIND_PIN, .required = true, HF_AT(hf_board, led),
     .help = "Its pin.", .example = "\"PD12\""},
    {.key = "active", .kind = HF_KIND_CHOICE, .required = true, HF_AT(hf_board, led_active_high),
     .choices = levels,
     .help = "Level that lights it.", .example = "\"high\""},
    {0},
};

static const hf_field button_shape[] = {
    {.key = "pin", .kind = HF_KIND_PIN, .required = true, HF_AT(hf_board, button),
     .help = "Its pin.", .example = "\"PA0\""},
    {.key = "active", .kind = HF_KIND_CHOICE, .required = true, HF_AT(hf_board, button_active_high),
     .choices = levels,
     .help = "Level while it is pressed.", .example = "\"high\""},
    {.key = "pull", .kind = HF_KIND_CHOICE, .required = true, HF_AT(hf_board, button_pull),
     .choices = pulls,
     .help = "Resistor the bootloader switches on inside the chip; none when the board has one.",
     .example = "\"down\""},
    {.key = "label", .kind = HF_KIND_TEXT, HF_AT(hf_board, button_label),
     .help = HF_HELP("What is printed beside it.")},
    {0},
};

static const hf_field uart_shape[] = {
    {.key = "instance", .kind = HF_KIND_NAME, .required = true, HF_AT(hf_board, uart.instance),
     .help = "The chip's name of it.", .example = "\"usart2\""},
    {.key = "tx", .kind = HF_KIND_PIN, .required = true, HF_AT(hf_board, uart.tx),
     .help = "Pin it sends on.", .example = "\"PA2\""},
    {.key = "rx", .kind = HF_KIND_PIN, .required = true, HF_AT(hf_board, uart.rx),
     .help = "Pin it receives on.", .example = "\"PA3\""},
    {.key = "baud", .kind = HF_KIND_NUMBER, .required = true, HF_AT(hf_board, uart.baud),
     .min = 300, .max = 10000000,
     .help = "Bits per second; frames are 8N1.", .example = "115200"},
    {.key = "protocols", .kind = HF_KIND_FLAGS, .required = true, .choices = protocols,
     .help = "What is spoken on it.", .example = "[\"classic\"]"},
    {.key = "enter", .kind = HF_KIND_CHOICE, HF_AT(hf_board, uart.enter), .choices = entries,
     .help = HF_HELP("How holdfast flash gets an application into update mode."),
     .example = "\"escape\""},
    {.key = "app_baud", .kind = HF_KIND_NUMBER, HF_AT(hf_board, uart.app_baud), .min = 300, .max = 4000000, .needs = "enter",
     .help = HF_HELP("Bits per second of the escape; as baud when absent."),
     .example = "115200"},
    {0},
};

static const hf_field usb_shape[] = {
    {.key = "instance", .kind = HF_KIND_NAME, .required = true, HF_AT(hf_board, usb.instance),
     .help = "The chip's name of it.", .example = "\"otg_fs\""},
    {.key = "dm", .kind = HF_KIND_PIN, .required = true, HF_AT(hf_board, usb.dm),
     .help = "Pin of D-.", .example = "\"PA11\""},
    {.key = "dp", .kind = HF_KIND_PIN, .required = true, HF_AT(hf_board, usb.dp),
     .help = "Pin of D+.", .example = "\"PA12\""},
    {.key = "vid", .kind = HF_KIND_NUMBER, .required = true, HF_AT(hf_board, usb.vid),
     .min = 1, .max = 0xFFFF,
     .help = "Vendor id. 0x1209 with a product id from 0x0001 to 0x0010 is for tests (pid.codes): "
             "a product needs a pair of its own.", .example = "\"0x1209\""},
    {.key = "pid", .kind = HF_KIND_NUMBER, .required = true, HF_AT(hf_board, usb.pid),
     .min = 0, .max = 0xFFFF,
     .help = "Product id.", .example = "\"0x0001\""},
    {0},
};

static const hf_field external_shape[] = {
    {.key = "instance", .kind = HF_KIND_NAME, .required = true, HF_AT(hf_board, external.instance),
     .help = "The chip's name of the SPI or QUADSPI it is at.", .example = "\"quadspi\""},
    {.key = "clk", .kind = HF_KIND_PIN, .required = true, HF_AT(hf_board, external.clk),
     .help = "Pin of the clock.", .example = "\"PB2\""},
    {.key = "cs", .kind = HF_KIND_PIN, .required = true, HF_AT(hf_board, external.cs),
     .help = "Pin that selects the flash; any pin with an SPI.", .example = "\"PB6\""},
    {.key = "io0", .kind = HF_KIND_PIN, .required = true, HF_AT(hf_board, external.io0),
     .help = "Pin of its data input DI, IO0: the MOSI of an SPI.", .example = "\"PD11\""},
    {.key = "io1", .kind = HF_KIND_PIN, .required = true, HF_AT(hf_board, external.io1),
     .help = "Pin of its data output DO, IO1: the MISO of an SPI.", .example = "\"PD12\""},
    {.key = "io2", .kind = HF_KIND_PIN, HF_AT(hf_board, external.io2),
     .help = HF_HELP("Pin of IO2, which is also the write protection; absent when a resistor holds it high."), .example = "\"PE2\""},
    {.key = "io3", .kind = HF_KIND_PIN, HF_AT(hf_board, external.io3),
     .help = HF_HELP("Pin of IO3, which is also HOLD; absent when a resistor holds it high."), .example = "\"PD13\""},
    {.key = "offset", .kind = HF_KIND_BYTES, HF_AT(hf_board, external.offset), ANY32,
     .help = HF_HELP("Where the part of it that updates use begins; 0 when absent."), .example = "\"4M\""},
    {.key = "size", .kind = HF_KIND_BYTES, .required = true, HF_AT(hf_board, external.size), COUNT,
     .help = "Bytes of it that updates use; with room for two images the old one is kept there.", .example = "\"8M\""},
    {0},
};

static const hf_field area_shape[] = {
    {.key = "use", .kind = HF_KIND_CHOICE, .required = true, HF_AT(hf_area, use), .choices = uses,
     .help = "What the area is for.", .example = "\"application\""},
    {.key = "address", .kind = HF_KIND_NUMBER, .required = true, HF_AT(hf_area, address), ANY32,
     .help = "First address; where a sector starts.", .example = "\"0x08010000\""},
    {.key = "size", .kind = HF_KIND_BYTES, .required = true, HF_AT(hf_area, size), COUNT,
     .help = "Size in bytes; the area ends where a sector ends.", .example = "\"960K\""},
    {0},
};
static const hf_field area_item = {
    .kind = HF_KIND_OBJECT, .size = sizeof(hf_area), .shape = area_shape};

static const hf_field key_shape[] = {
    {.key = "name", .kind = HF_KIND_NAME, .required = true, HF_AT(hf_key, name),
     .help = "What people call the key.", .example = "\"release-2026\""},
    {.key = "point", .kind = HF_KIND_POINT, .required = true, HF_AT(hf_key, point),
     .help = "The public key: an uncompressed point of P-256 in hexadecimal, as holdfast keygen prints it."},
    {0},
};
static const hf_field key_item = {.kind = HF_KIND_OBJECT, .size = sizeof(hf_key), .shape = key_shape};

const hf_field hf_board_shape[] = {
    {.key = "$schema", .kind = HF_KIND_NOTE,
     .help = HF_HELP("Lets an editor check the file while you type.")},
    {.key = "name", .kind = HF_KIND_NAME, .required = true, HF_AT(hf_board, name),
     .help = "The product's name, the same as the file's.", .example = "\"stm32f407-discovery\""},
    {.key = "description", .kind = HF_KIND_TEXT, HF_AT(hf_board, description),
     .help = HF_HELP("One line for people."), .example = "\"Motor controller, revision C\""},
    {.key = "chip", .kind = HF_KIND_NAME, .required = true, HF_AT(hf_board, chip.name),
     .help = "Chip file to use: chips/NAME.json.", .example = "\"stm32f407vg\""},
    {.key = "product_id", .kind = HF_KIND_NUMBER, .required = true, HF_AT(hf_board, product_id),
     ANY32,
     .help = "Number that images must carry to be accepted by this product.",
     .example = "\"0x00000407\""},
    {.key = "supply_mv", .kind = HF_KIND_OBJECT, .required = true, .shape = supply_shape,
     .help = "Supply the product guarantees at the chip."},
    {.key = "clock", .kind = HF_KIND_OBJECT, .required = true, .shape = clock_shape,
     .help = "Crystal and core clock."},
    {.key = "led", .kind = HF_KIND_OBJECT, .shape = led_shape,
     .help = HF_HELP("LED that shows update mode; absent when there is none.")},
    {.key = "button", .kind = HF_KIND_OBJECT, .shape = button_shape,
     .help = HF_HELP("Button that asks for update mode at reset; absent when there is none.")},
    {.key = "uart", .kind = HF_KIND_OBJECT, .shape = uart_shape,
     .help = HF_HELP("Serial line that updates come in on; absent when there is none.")},
    {.key = "usb", .kind = HF_KIND_OBJECT, .shape = usb_shape,
     .help = HF_HELP("USB device port for DFU; absent when there is none.")},
    {.key = "external", .kind = HF_KIND_OBJECT, .shape = external_shape,
     .help = HF_HELP("NOR flash beside the chip that an image is staged in (W25Q and the like, 3-byte addresses); absent when "
             "there is none.")},
    {.key = "layout", .kind = HF_KIND_LIST, .required = true, HF_AT(hf_board, areas),
     .item = &area_item, .capacity = HF_MAX_REGIONS,
     .count_offset = offsetof(hf_board, areas_count),
     .help = "Areas of the flash."},
    {.key = "strategy", .kind = HF_KIND_CHOICE, .required = true, HF_AT(hf_board, strategy),
     .choices = strategies,
     .help = "How an update is installed: single receives it where it runs, overwrite receives it in the "
             "staging area and copies it over the application, swap exchanges the two and can go back, "
             "bank_swap receives it in the other flash bank, which then takes this one's place, "
             "external receives it in an external flash and copies it over the application "
             "(docs/strategies.md).", .example = "\"swap\""},
    {.key = "trial", .kind = HF_KIND_SWITCH, HF_AT(hf_board, trial),
     .help = HF_HELP("An installed image must be confirmed by the application before the next reset, or it is taken "
             "back; false when absent."), .example = "true"},
    {.key = "trial_watchdog_ms", .kind = HF_KIND_NUMBER, HF_AT(hf_board, trial_watchdog_ms),
     .min = 0, .max = 30000,
     .help = HF_HELP("Starts the independent watchdog for a trial, so that one that hangs ends; the application must "
             "feed it. 0 or absent: it is not started."), .example = "4000"},
    {.key = "recovery_window_ms", .kind = HF_KIND_NUMBER, HF_AT(hf_board, recovery_window_ms),
     .min = 0, .max = 30000,
     .help = HF_HELP("Milliseconds in which a host may open a session at each reset before a valid application is "
             "started. 0 or absent: none."), .example = "500"},
    {.key = "downgrade", .kind = HF_KIND_CHOICE, HF_AT(hf_board, downgrade), .choices = downgrades,
     .help = HF_HELP("refuse: no image older than the newest one that ran, nor one with a lower security counter. "
             "counter: the version may fall, the counter may not. unchecked (when absent): anything goes."),
     .example = "\"refuse\""},
    {.key = "provision", .kind = HF_KIND_SWITCH, HF_AT(hf_board, provision),
     .help = HF_HELP("Has a place for the device's UUID and the version of its hardware, which holdfast provision writes once "
             "(docs/provisioning.md); false when absent."), .example = "true"},
    {.key = "validation", .kind = HF_KIND_CHOICE, .required = true, HF_AT(hf_board, validation),
     .choices = validations,
     .help = "What must hold for an application before it is started: sanity looks at stack "
             "pointer and reset vector, crc also at the CRC-32 of the image, signed at its signature.",
     .example = "\"crc\""},
    {.key = "boot_check", .kind = HF_KIND_CHOICE, HF_AT(hf_board, boot_check), .choices = boot_checks,
     .help = HF_HELP("What level signed does at each boot. signature (when absent): it verifies the signature. crc: the signature is "
             "verified when an image is installed, and its CRC-32 at each boot after that; docs/security.md says what that "
             "gives up."), .example = "\"crc\""},
    {.key = "design", .kind = HF_KIND_NOTES,
     .help = HF_HELP("What people want to know and no build reads: title, author, notes, expected image. The design tool keeps "
             "it here.")},
    {.key = "protection", .kind = HF_KIND_FLAGS, .choices = protections,
     .help = HF_HELP("What the bootloader has the chip enforce from its first start on: write protects the bootloader's sectors, "
             "read closes the debugger's way to flash (level 1; taking it back erases all flash); ordered: not from its first "
             "start on, but when holdfast protect has sent a signed order. Absent: nothing."),
     .example = "[\"write\", \"read\"]"},
    {.key = "keys", .kind = HF_KIND_LIST, HF_AT(hf_board, keys), .item = &key_item, .capacity = HF_MAX_KEYS,
     .count_offset = offsetof(hf_board, keys_count),
     .help = HF_HELP("Public keys of whoever may sign images: one in use, and one kept offline for the day the first is lost. "
             "Level signed needs them.")},
    {.key = "transit_key", .kind = HF_KIND_TEXT, HF_AT(hf_board, transit_key_file),
     .help = HF_HELP("Images travel enciphered, with the key in this file, named from the board file's folder; holdfast keygen "
             "--transit makes one. It is a secret, and part of the bootloader. Links take no other images then, and read "
             "nothing back: docs/security.md. Level signed only. Absent: images travel in the clear."),
     .example = "\"../secrets/transit.key\""},
    {.key = "budget", .kind = HF_KIND_BYTES, HF_AT(hf_board, budget), COUNT,
     .help = HF_HELP("Bytes the bootloader may take; the build fails above it. The size of the boot area "
             "when absent."),
     .example = "4096"},
    {0},
};
