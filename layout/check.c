// SPDX-License-Identifier: MIT
// Runs the rule book.
#include "rules.h"

#include <stdarg.h>

#include "complain.h"
#include "help.h"

// Errors first: that is also the order of the findings.
const hf_rule hf_rule_book[] = {
    {"one-boot-area", true, HF_HELP("There is exactly one boot area."), hf_rule_one_boot},
    {"one-application-area", true, HF_HELP("There is exactly one application area."),
     hf_rule_one_application},
    {"one-boot-data-area", true, HF_HELP("There is at most one boot_data area."), hf_rule_one_boot_data},
    {"area-not-empty", true, HF_HELP("Every area has a size."), hf_rule_area_not_empty},
    {"area-in-flash", true, HF_HELP("Every area lies inside the flash."), hf_rule_area_in_flash},
    {"area-borders", true,
     HF_HELP("Every area starts and ends where a sector does: a sector is erased as a whole."),
     hf_rule_area_borders},
    {"areas-apart", true, HF_HELP("Areas don't overlap."), hf_rule_areas_apart},
    {"boot-first", true, HF_HELP("The boot area stands at the start of the flash: the core starts there."),
     hf_rule_boot_first},
    {"vectors-aligned", true,
     HF_HELP("The application starts at a multiple of its vector table's size, rounded up to a power of "
     "two, as the core's VTOR needs it."),
     hf_rule_vectors_aligned},
    {"application-room", true,
     HF_HELP("The application area has room for a vector table and the trailer of a sealed image."),
     hf_rule_application_room},
    {"budget", true, HF_HELP("The budget is not larger than the boot area."), hf_rule_budget},
    {"core-known", true, HF_HELP("The compiler's options for the core are known."), hf_rule_core_known},
    {"ram", true,
     HF_HELP("There is enough RAM in one piece that DMA reaches and code can run from."), hf_rule_ram},
    {"strategy", true, HF_HELP("The strategy is one that exists."), hf_rule_strategy},
    {"staging-area", true, HF_HELP("There is one staging area when the strategy uses one, and none when not."),
     hf_rule_staging_area},
    {"staging-room", true, HF_HELP("The staging area is at least as large as the application."), hf_rule_staging_room},
    {"swap-blocks", true,
     HF_HELP("For swap the staging area has one block more than the application, and both areas fall into such blocks at "
     "sector borders."),
     hf_rule_swap_blocks},
    {"staging-checked", true,
     HF_HELP("A strategy that stages validates with crc or more: only a whole image may replace the application."),
     hf_rule_staging_checked},
    {"journal", true, HF_HELP("Records, where they are needed, have two equal sectors at the end of boot_data."),
     hf_rule_journal},
    {"downgrade", true, HF_HELP("Versions are only compared when images carry them: validation crc or more."),
     hf_rule_downgrade},
    {"trial", true, HF_HELP("A trial belongs to a strategy that stages, its watchdog to a trial."), hf_rule_trial},
    {"bank-swap-chip", true, HF_HELP("Bank swap needs a chip whose two flash banks can change places."),
     hf_rule_bank_swap_chip},
    {"bank-swap-areas", true,
     HF_HELP("With bank swap the layout describes the first bank; the second one holds the same, the bootloader included."),
     hf_rule_bank_swap_areas},
    {"bank-swap-validation", true, HF_HELP("With bank swap images are verified by CRC-32 or better."),
     hf_rule_bank_swap_validation},
    {"external-used", true, HF_HELP("Strategy external has an external flash, the others have none."), hf_rule_external_used},
    {"external-exists", true, HF_HELP("The external flash is at an SPI or QUADSPI of the chip."), hf_rule_external_exists},
    {"external-pins", true, HF_HELP("The signals of the external flash can be brought to the pins given."), hf_rule_external_pins},
    {"external-blocks", true,
     HF_HELP("The part of the external flash that updates use falls into blocks of 64 KB within the 16 MB that three bytes address."),
     hf_rule_external_blocks},
    {"external-room", true, HF_HELP("The external flash has room for an image of the application's size, and the journal."),
     hf_rule_external_room},
    {"external-floor", true, HF_HELP("A floor for versions is not kept in a flash that anybody can exchange."),
     hf_rule_external_floor},
    {"provision", true, HF_HELP("What a device is provisioned with has a way in, and a place in the chip's own flash."),
     hf_rule_provision},
    {"validation", true, HF_HELP("The validation level is one that exists."), hf_rule_validation},
    {"protection", true, HF_HELP("Somebody knows how to protect this chip's flash."), hf_rule_protection},
    {"boot-check", true, HF_HELP("The check at each boot can be less than the signature only where there is one."),
     hf_rule_boot_check},
    {"keys", true, HF_HELP("Level signed has at least one key, the other levels have none."), hf_rule_keys},
    {"keys-differ", true, HF_HELP("The keys have different ids."), hf_rule_keys_differ},
    {"release-key", true, HF_HELP("In a release, no key is one whose private half is published."), hf_rule_release_key},
    {"transit", true,
     HF_HELP("Images travel enciphered only to a board that starts signed ones, receives them in its own flash, and programs at "
     "least 4 bytes at once."),
     hf_rule_transit},
    {"supply-order", true, HF_HELP("The lowest supply is not above the highest."), hf_rule_supply_order},
    {"supply-range", true, HF_HELP("The supply stays within what the chip allows."), hf_rule_supply_range},
    {"program-width", true, HF_HELP("Flash can be programmed at the lowest supply."),
     hf_rule_program_width},
    {"crystal", true, HF_HELP("The crystal's frequency is within the chip's range."), hf_rule_crystal},
    {"hclk", true, HF_HELP("The core clock is not above the chip's limit."), hf_rule_hclk},
    {"pll-crystal", true, HF_HELP("The PLL makes exactly the core clock from the crystal."),
     hf_rule_pll_crystal},
    {"pll-internal", true,
     HF_HELP("The PLL makes exactly the core clock from the internal oscillator too: the bootloader falls "
     "back on it when the crystal is dead."),
     hf_rule_pll_internal},
    {"wait-states", true,
     HF_HELP("The flash controller has enough wait states for the core clock at the lowest supply."),
     hf_rule_wait_states},
    {"buses", true, HF_HELP("Both peripheral buses can be divided down to their limits."), hf_rule_buses},
    {"pin-exists", true, HF_HELP("Every pin belongs to a port of the chip."), hf_rule_pin_exists},
    {"pin-once", true, HF_HELP("No pin has two uses."), hf_rule_pin_once},
    {"crystal-pins", true, HF_HELP("The crystal's pins have no other use."), hf_rule_crystal_pins},
    {"uart-exists", true, HF_HELP("The UART is one of the chip's."), hf_rule_uart_exists},
    {"uart-wired", true, HF_HELP("The chip file knows the UART's bus and interrupt."), hf_rule_uart_wired},
    {"uart-pins", true, HF_HELP("The UART's signals can be brought to the pins given."),
     hf_rule_uart_pins},
    {"uart-baud", true,
     HF_HELP("The baud rate is reached within 2 % at the PLL's clock and at the internal oscillator's."),
     hf_rule_uart_baud},
    {"one-protocol", true, HF_HELP("The UART speaks classic or classroom, not both and not neither."),
     hf_rule_one_protocol},
    {"uart-dma", true, HF_HELP("The chip file knows the UART's DMA line, where the line takes the host's speed."),
     hf_rule_uart_dma},
    {"enter", true, HF_HELP("What the adapter's lines do leads into the bootloader: a button it looks at, or a recovery window. Only the escape has a speed."),
     hf_rule_enter},
    {"usb-exists", true, HF_HELP("The USB port is one of the chip's."), hf_rule_usb_exists},
    {"usb-pins", true, HF_HELP("D- and D+ can be brought to the pins given."), hf_rule_usb_pins},
    {"usb-clock", true,
     HF_HELP("There is a crystal, and the PLL makes 48 MHz from it: the internal oscillator is too "
     "inaccurate for USB."),
     hf_rule_usb_clock},
    {"usb-memory", true, HF_HELP("The list of writable sectors fits the 126 characters a host reads."),
     hf_rule_usb_memory},
    {"name", false, HF_HELP("The board's name is that of its file."), hf_rule_name},
    {"test-key", false, HF_HELP("No key is one whose private half is published."), hf_rule_test_key},
    {"transit-key", false, HF_HELP("A debugger does not reach the transit key."), hf_rule_transit_key},
    {"revocable", false, HF_HELP("Of two keys one can be revoked: there is a place for the record."), hf_rule_revocable},
    {"boot-data-present", false, HF_HELP("There is a boot_data area."), hf_rule_boot_data_present},
    {"application-large", false, HF_HELP("The application area is at least half of the flash, when nothing is staged."),
     hf_rule_application_large},
    {"whole-flash", false, HF_HELP("Every sector belongs to an area."), hf_rule_whole_flash},
    {"debug-pins", false, HF_HELP("The debugger's pins SWDIO and SWCLK have no other use."),
     hf_rule_debug_pins},
    {"button-pull", false, HF_HELP("The button's pull resistor does not hold it pressed."),
     hf_rule_button_pull},
    {"external-way-back", false, HF_HELP("With trials the external flash has room for the old image too."),
     hf_rule_external_way_back},
    {"recovery-window", false, HF_HELP("A recovery window is long enough for a host to hit it."), hf_rule_recovery_window},
    {"link", false, HF_HELP("There is a way for updates to come in."), hf_rule_link},
};
const size_t hf_rule_count = sizeof hf_rule_book / sizeof hf_rule_book[0];

hf_words hf_say(const char *format, ...)
{
    hf_words words;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words.text, sizeof words.text, format, arguments);
    va_end(arguments);
    return words;
}

void hf_find(hf_report *report, const char *key, const char *text, const char *fix)
{
    if (report->count++ >= report->max) {
        return;
    }
    hf_finding *finding = &report->findings[report->count - 1];
    finding->error = report->rule->error;
    snprintf(finding->rule, sizeof finding->rule, "%s", report->rule->name);
    snprintf(finding->key, sizeof finding->key, "%s", key);
    snprintf(finding->text, sizeof finding->text, "%s", text);
    snprintf(finding->fix, sizeof finding->fix, "%s", fix);
}

hf_words hf_area_key(const hf_board *board, const hf_area *area, const char *member)
{
    return hf_say("layout[%d].%s", (int)(area - board->areas), member);
}

size_t hf_board_check(const hf_board *board, hf_finding *findings, size_t max)
{
    hf_report report = {.findings = findings, .max = max};
    for (size_t i = 0; i < hf_rule_count; i++) {
        report.rule = &hf_rule_book[i];
        report.rule->check(board, &report);
    }
    return report.count;
}

void hf_finding_words(const hf_board *board, const hf_finding *finding, hf_complaint *words)
{
    char key[sizeof finding->key + 16];
    snprintf(key, sizeof key, "%s%s", finding->error ? "" : "warning: ", finding->key);
    hf_complain(words, board->path, key, finding->text, finding->fix);
}
