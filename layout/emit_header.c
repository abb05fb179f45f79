// SPDX-License-Identifier: MIT
// board.h: all the bootloader's C code knows of its chip and board.
#include <string.h>

#include "derive.h"
#include "emit.h"
#include "point.h"

static void number(FILE *out, const char *name, uint32_t value)
{
    fprintf(out, "#define %-22s %uu\n", name, (unsigned)value);
}

static void address(FILE *out, const char *name, uint32_t value)
{
    fprintf(out, "#define %-22s 0x%08Xu\n", name, (unsigned)value);
}

static void pin(FILE *out, const char *prefix, hf_pin at)
{
    char name[40];
    snprintf(name, sizeof name, "%s_PORT", prefix);
    number(out, name, (uint32_t)(at.port - 'A'));
    snprintf(name, sizeof name, "%s_PIN", prefix);
    number(out, name, at.number);
}

static void identity(const hf_board *board, FILE *out)
{
    fprintf(out, "#define %-22s \"%s\"\n", "HF_BOARD_NAME", board->name);
    fprintf(out, "#define %-22s \"%s\"\n", "HF_CHIP_NAME", board->chip.name);
    address(out, "HF_CHIP_ID", board->chip.dev_id);
    address(out, "HF_PRODUCT_ID", board->product_id);
    number(out, "HF_VECTORS", board->chip.vectors);
    number(out, "HF_SUPPLY_MIN_MV", board->supply_min_mv);
    for (size_t i = 0; i < board->chip.rom_count; i++) {
        if (strcmp(board->chip.rom[i].name, "uid") == 0) {
            address(out, "HF_UID_ADDRESS", board->chip.rom[i].address);
        }
    }
}

static uint32_t longest_erase(const hf_board *board, size_t width)
{
    uint32_t longest = 0;
    for (size_t i = 0; i < board->chip.flash.erase_count; i++) {
        uint32_t time = board->chip.flash.erase[i].max_ms[width];
        longest = time > longest ? time : longest;
    }
    return longest;
}

static uint32_t typical_erase(const hf_flash *flash, uint32_t sector_size, size_t width)
{
    for (size_t i = 0; i < flash->erase_count; i++) {
        if (flash->erase[i].size == sector_size) {
            return flash->erase[i].typ_ms[width];
        }
    }
    return 0;
}

static void flash(const hf_board *board, FILE *out)
{
    const hf_flash *f = &board->chip.flash;
    size_t width = hf_board_program_width(board);
    fprintf(out,
            "\n// Flash, programmed as wide as %u mV allow.\n"
            "// A run: X(code of the first sector, count, bytes each, address, typical erase time in ms).\n",
            (unsigned)board->supply_min_mv);
    address(out, "HF_FLASH_BASE", f->address);
    address(out, "HF_FLASH_SIZE", f->size);
    fprintf(out, "#define HF_SECTOR_RUNS(X)");
    for (size_t i = 0; i < f->runs_count; i++) {
        const hf_sector_run *run = &f->runs[i];
        fprintf(out, " \\\n    X(%u, %u, %uu, 0x%08Xu, %uu)", (unsigned)(run->code != 0 ? run->code : run->first),
                (unsigned)f->runs[i].count, (unsigned)f->runs[i].size, (unsigned)f->runs[i].address,
                (unsigned)typical_erase(f, f->runs[i].size, width));
    }
    fprintf(out, "\n");
    number(out, "HF_PROGRAM_BYTES", f->widths[width].bytes);
    number(out, "HF_PROGRAM_TYP_NS", f->widths[width].typ_ns);
    number(out, "HF_PROGRAM_MAX_US",
           f->widths[width].max_ns / 1000 + (f->widths[width].max_ns % 1000 != 0));
    number(out, "HF_ERASE_MAX_MS", longest_erase(board, width));
    const hf_peripheral *controller = hf_chip_peripheral(&board->chip, "flash");
    if (controller != NULL && controller->irqs_count > 0) {
        number(out, "HF_FLASH_IRQ", controller->irqs[0]);
    }
    if (f->runs_count > 0) { // of the first sector; the runs tell where others differ
        number(out, "HF_ERASE_TYP_MS", typical_erase(f, f->runs[0].size, width));
    }
}

static void area(const hf_board *board, FILE *out, hf_use use, const char *prefix)
{
    const hf_area *found = hf_board_area(board, use);
    char name[40];
    if (found == NULL) {
        return;
    }
    snprintf(name, sizeof name, "%s_ADDRESS", prefix);
    address(out, name, found->address);
    snprintf(name, sizeof name, "%s_SIZE", prefix);
    address(out, name, use == HF_USE_APPLICATION ? hf_board_app_room(board) : found->size);
}

static void areas(const hf_board *board, FILE *out)
{
    fprintf(out, "\n// Layout.\n");
    area(board, out, HF_USE_BOOT, "HF_BOOT");
    area(board, out, HF_USE_BOOT_DATA, "HF_BOOT_DATA");
    area(board, out, HF_USE_APPLICATION, "HF_APP");
    area(board, out, HF_USE_STAGING, "HF_STAGING");
    address(out, "HF_RECEIVE_ADDRESS", hf_board_receive_address(board));
}

static void updates(const hf_board *board, FILE *out)
{
    const hf_area *app = hf_board_area(board, HF_USE_APPLICATION);
    const hf_area *staging = hf_board_area(board, HF_USE_STAGING);
    const hf_flash *f = &board->chip.flash;
    size_t width = hf_board_program_width(board);
    uint32_t journal, sector;
    fprintf(out, "\n// Updates.\n");
    if (hf_board_keeps_records(board) && hf_board_journal(board, &journal, &sector)) {
        address(out, "HF_JOURNAL_ADDRESS", journal);
        address(out, "HF_JOURNAL_SECTOR", sector);
        number(out, "HF_JOURNAL_UNIT", journal >= HF_EXTERNAL_BASE ? 1 : f->widths[width].bytes);
    }
    if (app != NULL && (board->strategy == HF_STRATEGY_OVERWRITE || board->strategy == HF_STRATEGY_EXTERNAL)) {
        number(out, "HF_APP_SECTORS", hf_board_sectors(board, app));
    }
    if (app != NULL && staging != NULL && board->strategy == HF_STRATEGY_SWAP) {
        address(out, "HF_BLOCK", staging->size - app->size);
    }
    number(out, "HF_EXTERNAL", board->strategy == HF_STRATEGY_EXTERNAL);
    number(out, "HF_TRIAL", board->trial);
    number(out, "HF_TRIAL_WATCHDOG_MS", board->trial_watchdog_ms);
    number(out, "HF_RECOVERY_WINDOW_MS", board->recovery_window_ms);
    number(out, "HF_TAKES_ORDERS", hf_board_takes_orders(board));
    number(out, "HF_DOWNGRADE_ALLOWED", board->downgrade != HF_DOWNGRADE_REFUSE);
    if (app != NULL && board->strategy == HF_STRATEGY_BANK_SWAP) {
        address(out, "HF_BANK_SIZE", board->chip.flash.size / 2);
    }
    if (app != NULL && hf_board_records_in_application(board)) {
        address(out, "HF_BANK_RECORDS_END", app->address + app->size);
    }
}

static void ram(const hf_board *board, FILE *out)
{
    hf_span spans[HF_MAX_REGIONS];
    size_t count = hf_ram_spans(&board->chip, false, spans);
    hf_span main_ram = hf_main_ram(&board->chip);
    fprintf(out, "\n// RAM. An initial stack pointer is good when start < sp <= end of one region: "
                 "X(start, end).\n");
    address(out, "HF_RAM_ADDRESS", main_ram.address);
    address(out, "HF_RAM_SIZE", main_ram.size);
    fprintf(out, "#define HF_STACK_REGIONS(X)");
    for (size_t i = 0; i < count; i++) {
        fprintf(out, " \\\n    X(0x%08Xu, 0x%08Xu)", (unsigned)spans[i].address,
                (unsigned)(spans[i].address + spans[i].size));
    }
    fprintf(out, "\n");
}

static void pll(const hf_board *board, FILE *out, uint32_t source_hz, const char *prefix)
{
    hf_pll found = {0}; // no source: zeros, which the clock driver never uses
    if (source_hz != 0) {
        (void)hf_pll_solve(&board->chip, source_hz, board->hclk_hz, &found);
    }
    const char *letters = "MNPQ";
    const uint32_t factors[] = {found.m, found.n, found.p, found.q};
    for (size_t i = 0; i < 4; i++) {
        char name[40];
        snprintf(name, sizeof name, "%s_%c", prefix, letters[i]);
        number(out, name, factors[i]);
    }
}

static void bus(const hf_board *board, FILE *out, const char *prefix, uint32_t max_hz)
{
    uint32_t divider = hf_apb_divider(board->hclk_hz, max_hz);
    char name[40];
    snprintf(name, sizeof name, "%s_HZ", prefix);
    number(out, name, divider == 0 ? 0 : board->hclk_hz / divider);
    snprintf(name, sizeof name, "%s_DIV", prefix);
    number(out, name, divider);
}

static void clocks(const hf_board *board, FILE *out)
{
    const hf_clocks *c = &board->chip.clocks;
    const hf_wait_state_rule *row = hf_wait_state_row(&board->chip.flash, board->supply_min_mv);
    fprintf(out, "\n// Clocks: the crystal, else the internal oscillator, through the PLL.\n");
    number(out, "HF_HSE_HZ", board->hse_hz);
    number(out, "HF_HSI_HZ", c->hsi_hz);
    number(out, "HF_HCLK_HZ", board->hclk_hz);
    number(out, "HF_CORE_HZ", board->hclk_hz * c->core_per_hclk);
    bus(board, out, "HF_APB1", c->apb1_max_hz);
    bus(board, out, "HF_APB2", c->apb2_max_hz);
    pll(board, out, board->hse_hz, "HF_PLL_HSE");
    pll(board, out, c->hsi_hz, "HF_PLL_HSI");
    number(out, "HF_FLASH_LATENCY", row == NULL ? 0 : hf_wait_states(row, board->hclk_hz));
    number(out, "HF_FLASH_PREFETCH", row != NULL && row->prefetch);
}

// Peripherals that differ between chips by nothing but their place.
static void places(const hf_board *board, FILE *out)
{
    static const struct {
        const char *name, *prefix;
    } known[] = {{"gpioa", "HF_GPIO"}, {"crc", "HF_CRC"}, {"rtc", "HF_RTC"}, {"iwdg", "HF_IWDG"}};
    fprintf(out, "\n// Peripherals every build knows. Ports follow GPIOA at intervals of 1 KB.\n");
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const hf_peripheral *p = hf_chip_peripheral(&board->chip, known[i].name);
        char name[40];
        if (p == NULL) {
            continue;
        }
        snprintf(name, sizeof name, "%s_BASE", known[i].prefix);
        address(out, name, p->address);
        if (hf_ahb_of(p) == 0) {
            continue;
        }
        snprintf(name, sizeof name, "%s_ON_AHB", known[i].prefix);
        number(out, name, hf_ahb_of(p));
        snprintf(name, sizeof name, "%s_ENABLE_BIT", known[i].prefix);
        number(out, name, p->bit);
    }
}

static void led(const hf_board *board, FILE *out)
{
    if (board->led.port == 0) {
        return;
    }
    fprintf(out, "\n// LED. Ports count from 0 for A.\n");
    pin(out, "HF_LED", board->led);
    number(out, "HF_LED_ACTIVE", board->led_active_high);
}

static void button(const hf_board *board, FILE *out)
{
    if (board->button.port == 0) {
        return;
    }
    fprintf(out, "\n// Button. Pull: 0 none, 1 up, 2 down.\n");
    pin(out, "HF_BUTTON", board->button);
    number(out, "HF_BUTTON_ACTIVE", board->button_active_high);
    number(out, "HF_BUTTON_PULL", board->button_pull);
}

static void signal_pin(const hf_board *board, FILE *out, const char *prefix, const char *instance, const char *suffix,
                       hf_pin at)
{
    char name[HF_NAME_MAX + 8];
    snprintf(name, sizeof name, "%s_%s", instance, suffix);
    const hf_signal *signal = hf_chip_signal(&board->chip, name, at);
    pin(out, prefix, at);
    snprintf(name, sizeof name, "%s_AF", prefix);
    number(out, name, signal == NULL ? 0 : signal->af);
}

static void uart_dma(const hf_board *board, FILE *out, const hf_dma_line *line)
{
    const hf_peripheral *controller = hf_chip_peripheral(&board->chip, line->controller);
    if (!hf_uart_takes_speed(board) || controller == NULL) {
        return;
    }
    address(out, "HF_UART_DMA_BASE", controller->address);
    number(out, "HF_UART_DMA_ENABLE_BIT", controller->bit);
    number(out, "HF_UART_DMA_STREAM", line->stream);
    number(out, "HF_UART_DMA_CHANNEL", line->channel);
}

static void uart(const hf_board *board, FILE *out)
{
    const hf_peripheral *p = hf_chip_peripheral(&board->chip, board->uart.instance);
    if (p == NULL) {
        return;
    }
    fprintf(out, "\n// Serial line: %s.\n", p->name);
    address(out, "HF_UART_BASE", p->address);
    number(out, "HF_UART_IRQ", p->irqs[0]);
    number(out, "HF_UART_ON_APB", hf_apb_of(p));
    number(out, "HF_UART_ENABLE_BIT", p->bit);
    number(out, "HF_UART_BAUD", board->uart.baud);
    signal_pin(board, out, "HF_UART_TX", p->name, "tx", board->uart.tx);
    signal_pin(board, out, "HF_UART_RX", p->name, "rx", board->uart.rx);
    number(out, "HF_UART_BULK", hf_uart_bulk(board));
    uart_dma(board, out, &p->dma_rx);
    // Both profiles of the classic protocol have one dispatcher entry; they differ by a source
    // file.
    fprintf(out, "#define HF_SERIAL_PROTOCOLS(X)");
    if (board->uart.classic || board->uart.classroom) {
        fprintf(out, " X(classic)");
    }
    if (board->uart.an3155) {
        fprintf(out, " X(an3155)");
    }
    if (board->uart.fast) {
        fprintf(out, " X(fast)");
    }
    if (hf_board_takes_orders(board)) {
        fprintf(out, " X(orders)");
    }
    if (board->provision) {
        fprintf(out, " X(provisioning)");
    }
    fprintf(out, "\n");
}

static void usb(const hf_board *board, FILE *out)
{
    const hf_peripheral *p = hf_chip_peripheral(&board->chip, board->usb.instance);
    char memory[127]; // the rule book has found out that it fits
    if (p == NULL || !hf_board_dfuse_memory(board, memory, sizeof memory)) {
        return;
    }
    fprintf(out, "\n// USB: %s.\n", p->name);
    address(out, "HF_USB_BASE", p->address);
    number(out, "HF_USB_ON_AHB", hf_ahb_of(p));
    number(out, "HF_USB_ENABLE_BIT", p->bit);
    signal_pin(board, out, "HF_USB_DM", p->name, "dm", board->usb.dm);
    signal_pin(board, out, "HF_USB_DP", p->name, "dp", board->usb.dp);
    fprintf(out, "#define %-22s 0x%04Xu\n", "HF_USB_VID", (unsigned)board->usb.vid);
    fprintf(out, "#define %-22s 0x%04Xu\n", "HF_USB_PID", (unsigned)board->usb.pid);
    fprintf(out, "#define %-22s \"%s\"\n", "HF_DFUSE_MEMORY", memory);
}

// The lines that its peripheral drives.
static void external_lines(const hf_board *board, FILE *out)
{
    const struct {
        const char *line;
        hf_pin pin;
    } lines[] = {
        {"clk", board->external.clk}, {"cs", board->external.cs},   {"io0", board->external.io0},
        {"io1", board->external.io1}, {"io2", board->external.io2}, {"io3", board->external.io3},
    };
    fprintf(out, "#define HF_NOR_PINS(X)");
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        const char *signal = hf_external_signal(board, lines[i].line);
        if (lines[i].pin.port == 0 || signal == NULL) {
            continue;
        }
        char name[2 * HF_NAME_MAX];
        snprintf(name, sizeof name, "%s_%s", board->external.instance, signal);
        const hf_signal *found = hf_chip_signal(&board->chip, name, lines[i].pin);
        fprintf(out, " X(%u, %u, %u)", (unsigned)(lines[i].pin.port - 'A'), (unsigned)lines[i].pin.number,
                found == NULL ? 0u : (unsigned)found->af);
    }
    fprintf(out, "\n");
}

static void external(const hf_board *board, FILE *out)
{
    const hf_peripheral *p = hf_chip_peripheral(&board->chip, board->external.instance);
    if (p == NULL) {
        return;
    }
    hf_external_map map = hf_board_external(board);
    fprintf(out, "\n// External flash at %s. Its first byte is HF_EXTERNAL_BASE; only what updates use is touched.\n", p->name);
    address(out, "HF_EXTERNAL_BASE", HF_EXTERNAL_BASE);
    address(out, "HF_EXTERNAL_START", HF_EXTERNAL_BASE + board->external.offset);
    address(out, "HF_EXTERNAL_END", map.end);
    address(out, "HF_EXTERNAL_BLOCKS", map.receive); // from here on it is erased in blocks
    address(out, "HF_EXTERNAL_BLOCK", HF_EXTERNAL_BLOCK);
    address(out, "HF_EXTERNAL_SECTOR", HF_EXTERNAL_SECTOR);
    address(out, "HF_BACKUP_ADDRESS", map.backup);
    address(out, "HF_NOR_BASE", p->address);
    number(out, hf_apb_of(p) != 0 ? "HF_NOR_ON_APB" : "HF_NOR_ON_AHB", hf_apb_of(p) != 0 ? hf_apb_of(p) : hf_ahb_of(p));
    number(out, "HF_NOR_ENABLE_BIT", p->bit);
    pin(out, "HF_NOR_CS", board->external.cs);
    fprintf(out, "// Its lines: X(port, pin, alternate function).\n");
    external_lines(board, out);
}

static uint32_t sectors_of(const hf_board *board, hf_use use)
{
    const hf_area *area = hf_board_area(board, use);
    uint32_t sectors = 0, start, size;
    uint16_t number;
    for (uint32_t at = area == NULL ? 0 : area->address; area != NULL && at - area->address < area->size; at = start + size) {
        if (!hf_chip_sector(&board->chip, at, &number, &start, &size) || number > 31) {
            break;
        }
        sectors |= 1u << number;
    }
    return sectors;
}

static void protection(const hf_board *board, FILE *out)
{
    fprintf(out, "\n// What the chip must protect, and whether it waits for an order. A bit for each of the bootloader's sectors.\n");
    number(out, "HF_PROTECT_ORDERED", board->protection.ordered);
    if (!board->protection.write && !board->protection.read) {
        return;
    }
    address(out, "HF_BOOT_SECTORS", sectors_of(board, HF_USE_BOOT));
    number(out, "HF_PROTECT_WRITE", board->protection.write);
    number(out, "HF_PROTECT_READ", board->protection.read);
}

static void words(FILE *out, const uint32_t *coordinate)
{
    uint32_t product[HF_POINT_WORDS];
    hf_point_times_2_256(coordinate, product);
    fprintf(out, ", \\\n      L(");
    for (size_t i = 0; i < HF_POINT_WORDS; i++) {
        fprintf(out, "%s0x%08Xu", i == 0 ? "" : i % 4 == 0 ? ", \\\n        " : ", ", (unsigned)product[i]);
    }
    fprintf(out, ")");
}

static void keys(const hf_board *board, FILE *out)
{
    if (board->keys_count == 0) {
        return;
    }
    fprintf(out, "\n// Public keys: X(id, x, y), the point's coordinates times 2^256 modulo the field's prime as lists L(words,\n"
                 "// least significant first).\n#define HF_KEYS(X, L)");
    for (size_t i = 0; i < board->keys_count; i++) {
        fprintf(out, " \\\n    X(0x%08Xu", (unsigned)board->keys[i].point.x[0]);
        words(out, board->keys[i].point.x);
        words(out, board->keys[i].point.y);
        fprintf(out, ")");
    }
    fprintf(out, "\n");
}

static void transit(const hf_board *board, FILE *out)
{
    fprintf(out, "\n// Do images travel enciphered, and with which key? Its words in the order of its bytes.\n");
    number(out, "HF_ENCIPHERED", hf_board_enciphers(board));
    if (!hf_board_enciphers(board)) {
        return;
    }
    fprintf(out, "#define HF_TRANSIT_KEY");
    for (size_t i = 0; i < HF_TRANSIT_KEY_BYTES; i += 4) {
        const uint8_t *b = board->transit_key.bytes + i;
        fprintf(out, "%s 0x%02X%02X%02X%02Xu", i == 0 ? "" : ",", b[3], b[2], b[1], b[0]);
    }
    fprintf(out, "\n");
}

static void links(const hf_board *board, FILE *out)
{
    fprintf(out, "\n// Ways for a host to reach the board.\n#define HF_LINKS(X)");
    if (board->uart.instance[0] != '\0') {
        fprintf(out, " X(serial)");
    }
    if (board->usb.instance[0] != '\0') {
        fprintf(out, " X(usb)");
    }
    fprintf(out, "\n");
}

void hf_emit_header(const hf_board *board, FILE *out)
{
    fprintf(out,
            "// Made by `holdfast layout` from the board and chip files: change those, not this.\n"
            "#ifndef HF_BOARD_H\n"
            "#define HF_BOARD_H\n\n");
    identity(board, out);
    flash(board, out);
    areas(board, out);
    updates(board, out);
    ram(board, out);
    clocks(board, out);
    places(board, out);
    led(board, out);
    button(board, out);
    uart(board, out);
    usb(board, out);
    external(board, out);
    links(board, out);
    keys(board, out);
    transit(board, out);
    protection(board, out);
    fprintf(out, "\n#endif\n");
}
