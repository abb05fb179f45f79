// SPDX-License-Identifier: MIT
// The rule book: one row per rule, one small pure function each. No I/O, no allocation.
#ifndef HF_RULES_H
#define HF_RULES_H

#include "hf_layout.h"

// Collects findings; counts those that find no room.
typedef struct hf_report {
    hf_finding *findings;
    size_t max, count;
    const struct hf_rule *rule; // the one at work
} hf_report;

typedef struct hf_rule {
    const char *name;
    bool error; // else a warning
    const char *says;
    void (*check)(const hf_board *board, hf_report *report);
} hf_rule;

extern const hf_rule hf_rule_book[];
extern const size_t hf_rule_count;

// Formatted words, for one call: hf_find(report, key, hf_say(...).text, "...").
typedef struct hf_words {
    char text[320];
} hf_words;
hf_words hf_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Adds a finding of the rule at work: the key at fault, what is wrong, what to write instead.
void hf_find(hf_report *report, const char *key, const char *text, const char *fix);

// "layout[1].size"
hf_words hf_area_key(const hf_board *board, const hf_area *area, const char *member);

// Finds fault with key when the signal of a peripheral ("usart2", and "tx" for the key "uart.tx") cannot be brought to
// pin; the fix names the pins that would do.
void hf_check_signal(const hf_board *board, hf_report *report, const char *key, const char *instance, hf_pin pin);
// The same where the signal has another name than the key: "spi1_mosi".
void hf_check_named_signal(const hf_board *board, hf_report *report, const char *key, hf_words name, hf_pin pin);

// rules_area.c
void hf_rule_one_boot(const hf_board *board, hf_report *report);
void hf_rule_one_application(const hf_board *board, hf_report *report);
void hf_rule_one_boot_data(const hf_board *board, hf_report *report);
void hf_rule_area_not_empty(const hf_board *board, hf_report *report);
void hf_rule_area_in_flash(const hf_board *board, hf_report *report);
void hf_rule_area_borders(const hf_board *board, hf_report *report);
void hf_rule_areas_apart(const hf_board *board, hf_report *report);
void hf_rule_boot_first(const hf_board *board, hf_report *report);
void hf_rule_vectors_aligned(const hf_board *board, hf_report *report);
void hf_rule_application_room(const hf_board *board, hf_report *report);
void hf_rule_budget(const hf_board *board, hf_report *report);
void hf_rule_boot_data_present(const hf_board *board, hf_report *report);
void hf_rule_application_large(const hf_board *board, hf_report *report);
void hf_rule_whole_flash(const hf_board *board, hf_report *report);

// rules_update.c
void hf_rule_staging_area(const hf_board *board, hf_report *report);
void hf_rule_staging_room(const hf_board *board, hf_report *report);
void hf_rule_swap_blocks(const hf_board *board, hf_report *report);
void hf_rule_staging_checked(const hf_board *board, hf_report *report);
void hf_rule_journal(const hf_board *board, hf_report *report);
void hf_rule_provision(const hf_board *board, hf_report *report);
void hf_rule_downgrade(const hf_board *board, hf_report *report);
void hf_rule_trial(const hf_board *board, hf_report *report);

// rules_chip.c
void hf_rule_core_known(const hf_board *board, hf_report *report);
void hf_rule_ram(const hf_board *board, hf_report *report);
void hf_rule_strategy(const hf_board *board, hf_report *report);
void hf_rule_validation(const hf_board *board, hf_report *report);
void hf_rule_name(const hf_board *board, hf_report *report);
void hf_rule_supply_order(const hf_board *board, hf_report *report);
void hf_rule_supply_range(const hf_board *board, hf_report *report);
void hf_rule_program_width(const hf_board *board, hf_report *report);

// rules_key.c
void hf_rule_transit(const hf_board *board, hf_report *report);
void hf_rule_transit_key(const hf_board *board, hf_report *report);
void hf_rule_protection(const hf_board *board, hf_report *report);
void hf_rule_keys(const hf_board *board, hf_report *report);
void hf_rule_keys_differ(const hf_board *board, hf_report *report);
void hf_rule_test_key(const hf_board *board, hf_report *report);
void hf_rule_release_key(const hf_board *board, hf_report *report);
void hf_rule_boot_check(const hf_board *board, hf_report *report);
void hf_rule_revocable(const hf_board *board, hf_report *report);

// rules_clock.c
void hf_rule_crystal(const hf_board *board, hf_report *report);
void hf_rule_hclk(const hf_board *board, hf_report *report);
void hf_rule_pll_crystal(const hf_board *board, hf_report *report);
void hf_rule_pll_internal(const hf_board *board, hf_report *report);
void hf_rule_wait_states(const hf_board *board, hf_report *report);
void hf_rule_buses(const hf_board *board, hf_report *report);

// rules_pin.c
void hf_rule_pin_exists(const hf_board *board, hf_report *report);
void hf_rule_pin_once(const hf_board *board, hf_report *report);
void hf_rule_crystal_pins(const hf_board *board, hf_report *report);
void hf_rule_debug_pins(const hf_board *board, hf_report *report);
void hf_rule_button_pull(const hf_board *board, hf_report *report);

// rules_uart.c
void hf_rule_uart_exists(const hf_board *board, hf_report *report);
void hf_rule_uart_wired(const hf_board *board, hf_report *report);
void hf_rule_uart_pins(const hf_board *board, hf_report *report);
void hf_rule_uart_dma(const hf_board *board, hf_report *report);
void hf_rule_uart_baud(const hf_board *board, hf_report *report);
void hf_rule_one_protocol(const hf_board *board, hf_report *report);
void hf_rule_enter(const hf_board *board, hf_report *report);
void hf_rule_recovery_window(const hf_board *board, hf_report *report);
void hf_rule_link(const hf_board *board, hf_report *report);

// rules_bank.c
void hf_rule_bank_swap_chip(const hf_board *board, hf_report *report);
void hf_rule_bank_swap_areas(const hf_board *board, hf_report *report);
void hf_rule_bank_swap_validation(const hf_board *board, hf_report *report);

// rules_external.c
void hf_rule_external_used(const hf_board *board, hf_report *report);
void hf_rule_external_exists(const hf_board *board, hf_report *report);
void hf_rule_external_pins(const hf_board *board, hf_report *report);
void hf_rule_external_blocks(const hf_board *board, hf_report *report);
void hf_rule_external_room(const hf_board *board, hf_report *report);
void hf_rule_external_floor(const hf_board *board, hf_report *report);
void hf_rule_external_way_back(const hf_board *board, hf_report *report);

// rules_usb.c
void hf_rule_usb_exists(const hf_board *board, hf_report *report);
void hf_rule_usb_pins(const hf_board *board, hf_report *report);
void hf_rule_usb_clock(const hf_board *board, hf_report *report);
void hf_rule_usb_memory(const hf_board *board, hf_report *report);

#endif
