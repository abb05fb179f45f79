// SPDX-License-Identifier: MIT
// Chips and boards as data: reading, checking, drawing and emitting them.
//
// A chip file states facts about silicon, a board file the decisions of a product. Both are JSON, described by
// chips/schema/chip.schema.json and boards/schema/board.schema.json. Everything here is plain data: no pointer leads
// out of a struct except hf_board.chip, nothing needs freeing, structs may be copied.
#ifndef HF_LAYOUT_H
#define HF_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define HF_NAME_MAX        32
#define HF_MAX_REGIONS     16
#define HF_MAX_SECTOR_RUNS 8
#define HF_MAX_WIDTHS      4
#define HF_MAX_PERIPHERALS 64
#define HF_MAX_SIGNALS     96
#define HF_MAX_IRQS        8
#define HF_MAX_SYSTEM_PINS 8

// A pin: port 'A'.. and number 0..15. port 0 means "no pin".
typedef struct hf_pin {
    char port;
    uint8_t number;
} hf_pin;

typedef struct hf_region {
    char name[HF_NAME_MAX];
    uint32_t address;
    uint32_t size;   // bytes
    bool dma;        // a DMA controller reaches it
    bool executable; // the core can fetch from it
} hf_region;

// A run of equal sectors (pages), addresses following one another.
typedef struct hf_sector_run {
    uint8_t bank;    // 1 or 2
    uint16_t first;  // number of the first sector, as in the reference manual
    uint16_t count;
    uint32_t size;   // bytes of one sector
    uint32_t address; // derived: address of the first sector
    uint16_t code;   // what selects the first one in the controller, where that is not its number; else 0
} hf_sector_run;

// One way of programming: bytes per operation (PSIZE on F4), allowed from min_mv on.
typedef struct hf_program_width {
    uint32_t bytes;
    uint32_t min_mv;
    uint32_t typ_ns, max_ns; // one operation
} hf_program_width;

// Erase times of a sector size, one column per program width, in its order.
typedef struct hf_erase_time {
    uint32_t size;
    uint32_t typ_ms[HF_MAX_WIDTHS], max_ms[HF_MAX_WIDTHS];
} hf_erase_time;

typedef struct hf_wait_state_rule {
    uint32_t min_mv;
    uint32_t hz_per_wait_state;
    bool prefetch; // may be on at this supply
} hf_wait_state_rule;

typedef struct hf_flash {
    char generation[HF_NAME_MAX]; // "flash_f4"
    uint32_t address, size;       // size is derived from the runs
    size_t runs_count;
    hf_sector_run runs[HF_MAX_SECTOR_RUNS];
    size_t widths_count;
    hf_program_width widths[HF_MAX_WIDTHS];
    size_t erase_count;
    hf_erase_time erase[HF_MAX_WIDTHS];
    uint32_t option_change_ms;
    uint32_t endurance_cycles;
    size_t wait_states_count;
    hf_wait_state_rule wait_states[HF_MAX_WIDTHS]; // highest supply first
    uint8_t wait_states_max;
} hf_flash;

typedef struct hf_clocks {
    uint32_t hsi_hz, lsi_hz, hse_min_hz, hse_max_hz;
    uint32_t hsi48_hz;      // internal oscillator for USB, trimmed to the host's frames; 0: none
    uint32_t core_per_hclk; // the core runs this many times as fast as buses and flash
    uint32_t hclk_max_hz, apb1_max_hz, apb2_max_hz, vco_min_hz, vco_max_hz;
    uint32_t hsi_startup_us, lsi_startup_us, hse_startup_us, pll_lock_us;
} hf_clocks;

// A DMA request line, written "dma1.5.4" in the file: controller, stream, channel. controller "" means none.
typedef struct hf_dma_line {
    char controller[8];
    uint8_t stream, channel;
} hf_dma_line;

typedef struct hf_peripheral {
    char name[HF_NAME_MAX];       // "usart2"
    char generation[HF_NAME_MAX]; // "usart_v1": names the driver and the model
    uint32_t address, size;
    char bus[8];                  // "ahb1", "apb1", ...: whose RCC enable register; "" when it has no gate
    uint8_t bit;                  // its bit in the enable and reset registers of that bus
    size_t irqs_count;
    uint16_t irqs[HF_MAX_IRQS];   // NVIC numbers
    hf_dma_line dma_rx, dma_tx;
} hf_peripheral;

// A way to bring a peripheral's signal to a pin: "usart2_tx" on PA2 with alternate function 7.
typedef struct hf_signal {
    char name[HF_NAME_MAX];
    hf_pin pin;
    uint8_t af;
} hf_signal;

// A pin with a duty of its own: "swdio", "swclk", "osc_in", "osc_out".
typedef struct hf_system_pin {
    char name[HF_NAME_MAX];
    hf_pin pin;
} hf_system_pin;

typedef struct hf_chip {
    char name[HF_NAME_MAX], family[HF_NAME_MAX], core[HF_NAME_MAX];
    uint16_t dev_id, rev_id; // DBGMCU_IDCODE
    uint16_t vectors;        // entries of the vector table, the initial stack pointer included
    uint32_t supply_min_mv, supply_max_mv;
    size_t ram_count, rom_count;
    hf_region ram[HF_MAX_REGIONS], rom[HF_MAX_REGIONS];
    hf_flash flash;
    hf_clocks clocks;
    size_t peripherals_count;
    hf_peripheral peripherals[HF_MAX_PERIPHERALS];
    size_t signals_count;
    hf_signal signals[HF_MAX_SIGNALS];
    size_t system_pins_count;
    hf_system_pin system_pins[HF_MAX_SYSTEM_PINS];
} hf_chip;

// How `holdfast flash` brings a running application into update mode when no bootloader answers.
typedef enum hf_entry {
    HF_ENTRY_BY_HAND,
    HF_ENTRY_ESCAPE,  // the application listens for the serial escape
    HF_ENTRY_DTR,     // an adapter's line resets the board
    HF_ENTRY_RTS,
    HF_ENTRY_DTR_RTS, // and the second one holds the button meanwhile
    HF_ENTRY_RTS_DTR,
} hf_entry;

typedef enum hf_pull { HF_PULL_NONE, HF_PULL_UP, HF_PULL_DOWN } hf_pull;
typedef enum hf_use {
    HF_USE_BOOT,
    HF_USE_BOOT_DATA,
    HF_USE_APPLICATION,
    HF_USE_RESERVED,
    HF_USE_STAGING, // where an image is received before it is installed
} hf_use;
typedef enum hf_strategy {
    HF_STRATEGY_SINGLE,    // received where it runs
    HF_STRATEGY_OVERWRITE, // received in the staging area, then copied over the application
    HF_STRATEGY_SWAP,      // received in the staging area, then exchanged with the application
    HF_STRATEGY_BANK_SWAP, // received in the other flash bank, which then takes this one's place
    HF_STRATEGY_EXTERNAL,  // received in an external NOR flash, then copied over the application
} hf_strategy;
typedef enum hf_downgrade {
    HF_DOWNGRADE_UNCHECKED, // no floor is kept
    HF_DOWNGRADE_REFUSE,    // neither version nor security counter may fall
    HF_DOWNGRADE_COUNTER,   // the version may fall, the security counter may not
} hf_downgrade;
typedef enum hf_validation { HF_VALIDATION_SANITY, HF_VALIDATION_CRC, HF_VALIDATION_SIGNED } hf_validation;

typedef enum hf_boot_check {
    HF_BOOT_CHECK_SIGNATURE, // what level "signed" says, at each boot
    HF_BOOT_CHECK_CRC,       // the CRC-32, of an image whose signature was verified when it was installed
} hf_boot_check;

// A public key: a point of the curve P-256, coordinates with their least significant word first.
#define HF_POINT_WORDS 8
#define HF_MAX_KEYS    2
typedef struct hf_point {
    uint32_t x[HF_POINT_WORDS], y[HF_POINT_WORDS];
} hf_point;

typedef struct hf_key {
    char name[HF_NAME_MAX];
    hf_point point;
} hf_key;

// A key that images are enciphered with on their way: 256 bits.
#define HF_TRANSIT_KEY_BYTES 32
typedef struct hf_transit_key {
    uint8_t bytes[HF_TRANSIT_KEY_BYTES];
} hf_transit_key;

typedef struct hf_area {
    hf_use use;
    uint32_t address, size;
} hf_area;

typedef struct hf_board {
    char name[HF_NAME_MAX];
    char description[128];
    char path[512];        // the file it was read from, for messages
    hf_chip chip;          // copied in: a board is self-contained
    uint32_t product_id;
    uint32_t supply_min_mv, supply_max_mv;
    uint32_t hse_hz;       // 0: no crystal
    uint32_t hclk_hz;
    hf_pin led;            // port 0: none
    bool led_active_high;
    hf_pin button;         // port 0: none
    bool button_active_high;
    hf_pull button_pull;   // what the bootloader must switch on inside the chip
    char button_label[32]; // what is printed beside it; "" when the file does not say
    struct {
        char instance[HF_NAME_MAX]; // "" when the product has no UART
        hf_pin tx, rx;
        uint32_t baud;
        bool classic;      // 128-byte frames with CRC-16
        bool classroom;    // 64-byte frames without
        bool an3155;       // ST's USART bootloader protocol, as stm32flash speaks it
        bool fast;         // Holdfast's own, at the wire's limit
        hf_entry enter;
        uint32_t app_baud; // of the application that listens for the escape; 0: the bootloader's
    } uart;
    struct {
        char instance[HF_NAME_MAX]; // "" when the product has no USB
        hf_pin dm, dp;
        uint32_t vid, pid; // what the device calls itself
    } usb;
    struct {
        char instance[HF_NAME_MAX];     // SPI or QUADSPI; "" when the product has no external flash
        hf_pin clk, cs, io0, io1, io2, io3; // io2 and io3 are wired to a QUADSPI alone
        uint32_t offset, size;          // the part of it that updates use
    } external;
    size_t areas_count;
    hf_area areas[HF_MAX_REGIONS];
    hf_strategy strategy;
    hf_validation validation;
    hf_boot_check boot_check;
    size_t keys_count;
    hf_key keys[HF_MAX_KEYS]; // of whoever may sign images
    char transit_key_file[256]; // as the file names it; "": images travel in the clear
    bool has_transit_key;       // that file could be read: not everybody who has the board file has the key
    hf_transit_key transit_key;
    struct {
        bool write, read;  // the bootloader's sectors; read protection level 1
        bool ordered;      // not before a signed order says so
    } protection;
    bool release;          // not in the file: the build is for customers, so what only suits development is an error
    hf_downgrade downgrade;
    bool trial;                  // an installed image must be confirmed by the application
    bool provision;              // has a place for the device's UUID and hardware version
    uint32_t trial_watchdog_ms;  // 0: nothing ends a trial that hangs
    uint32_t recovery_window_ms; // how long links are served at each reset; 0: not at all
    uint32_t budget;       // bytes the bootloader may take; the boot area's size when the file does not say
} hf_board;

// What a function of this library found wrong, in words for a person: file, key, what, fix.
typedef struct hf_complaint {
    char text[1024];
} hf_complaint;

typedef enum hf_layout_status {
    HF_LAYOUT_OK = 0,
    HF_LAYOUT_UNREADABLE, // the file cannot be opened or read
    HF_LAYOUT_MALFORMED,  // not JSON, or not what the schema says
    HF_LAYOUT_REFUSED,    // well-formed, but a rule of the layout is broken
    HF_LAYOUT_OUTPUT,     // an emitted file could not be written
} hf_layout_status;

// Reads a key file: 64 hexadecimal digits, most significant first, and the end of a line. False when it is none, or cannot be
// read.
bool hf_transit_key_read(hf_transit_key *key, const char *path);

// Reads a board file and the chip file it names (../chips/NAME.json beside the board's folder, else chips_dir when
// not NULL). On success *board is filled in and only the schema has been checked: call hf_board_check next. The key file of
// "transit_key" is read when it is there.
hf_layout_status hf_board_read(hf_board *board, const char *path, const char *chips_dir, hf_complaint *why);

// One finding of the rule book. key is the JSON path ("layout[1].size").
typedef struct hf_finding {
    bool error;     // else a warning
    char rule[32];  // name of the broken rule, as in docs/boards.md
    char key[64];
    char text[320]; // what is wrong
    char fix[160];  // what to do
} hf_finding;

// Checks every rule (overlaps, sector borders, sizes, vector-table alignment, RAM, clocks, pins, supply). Writes up to
// max findings and returns how many there are in all; errors stand first. 0 means the layout is sound.
size_t hf_board_check(const hf_board *board, hf_finding *findings, size_t max);

// A finding as one line: "boards/x.json: layout[1].size: what is wrong. Fix: what to do."
void hf_finding_words(const hf_board *board, const hf_finding *finding, hf_complaint *words);

// Draws the flash map as text, at most columns wide (72 is a good choice).
void hf_board_draw(const hf_board *board, FILE *out, unsigned columns);

// Writes board.h, boot.ld, app.ld and board.cmake into folder (created when missing), each only when its content
// changes so that builds stay quick. HF_LAYOUT_UNREADABLE when the board wants a transit key and has none; board.h holds it.
hf_layout_status hf_board_emit(const hf_board *board, const char *folder, hf_complaint *why);

// Look-ups. NULL or false when there is none.
const hf_peripheral *hf_chip_peripheral(const hf_chip *chip, const char *name);
const hf_area *hf_board_area(const hf_board *board, hf_use use);
// Bytes of the application area that an image may fill: those in front of records, where it holds any.
uint32_t hf_board_app_room(const hf_board *board);
// Does the end of the application area hold records of a trial? With bank swap all of them; with staging in external flash
// the confirmation, on chips whose words take one programming between erases.
bool hf_board_records_in_application(const hf_board *board);
// The sector that holds address; number as in the reference manual.
bool hf_chip_sector(const hf_chip *chip, uint32_t address, uint16_t *number, uint32_t *start, uint32_t *size);
// The two sectors that hold the journal: address of the first and size of each. They are the last of boot_data, or, on chips
// whose words take one programming between erases, in external flash. False when there are none of one size.
bool hf_board_journal(const hf_board *board, uint32_t *address, uint32_t *sector);
// Does the bootloader keep records: of installations, of a floor for versions, of a revoked key, of what it was
// provisioned with?
bool hf_board_keeps_records(const hf_board *board);
// Does the bootloader take signed orders: to let the floor fall, to protect the chip? That takes a key, and a place for
// the record of their numbers.
bool hf_board_takes_orders(const hf_board *board);
// Do images travel enciphered?
bool hf_board_enciphers(const hf_board *board);
// Can an image revoke a key? That takes two keys, and a place for the record.
bool hf_board_revokes(const hf_board *board);
// Where a link writes what it receives: the application's address, or a place in the staging area. Strategy "swap" keeps
// the first block of that free, as large as what the area has more than the application.
uint32_t hf_board_receive_address(const hf_board *board);
// External flash as the bootloader addresses it: its first byte is HF_EXTERNAL_BASE, where a QUADSPI shows it.
#define HF_EXTERNAL_BASE  0x90000000u
#define HF_EXTERNAL_BLOCK 0x10000u // erased at once; the journal's block in sectors of HF_EXTERNAL_SECTOR
#define HF_EXTERNAL_SECTOR 0x1000u
typedef struct hf_external_map {
    uint32_t journal; // 0: it is not there
    uint32_t receive;
    uint32_t backup;  // of the old image; 0: there is no room
    uint32_t end;     // behind all of these
} hf_external_map;
hf_external_map hf_board_external(const hf_board *board);
// The chip file's name for a line of the external flash: "clk" of an SPI is "sck". NULL: the peripheral does not drive it.
const char *hf_external_signal(const hf_board *board, const char *line);
// Sectors of an area.
uint32_t hf_board_sectors(const hf_board *board, const hf_area *area);
// The widest program operation the board's supply allows: index into chip.flash.widths.
size_t hf_board_program_width(const hf_board *board);
// The DfuSe memory string of what a host may write: "@Internal Flash/0x08010000/01*064Kg,07*128Kg" (UM0424, 4.3.2).
// False when it does not fit size bytes, or there is no application area.
bool hf_board_dfuse_memory(const hf_board *board, char *text, size_t size);
// Bytes that a sealed image has behind its payload on this board.
uint32_t hf_board_trailer_size(const hf_board *board);
// Is the first test key, tests/keys/test-1.pem, one of those that the board trusts?
bool hf_board_trusts_test_key(const hf_board *board);
// "PA2" <-> pin.
bool hf_pin_parse(const char *text, hf_pin *pin);

#endif
