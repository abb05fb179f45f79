// SPDX-License-Identifier: MIT
// Rules on pins.
#include <string.h>

#include "complain.h"
#include "derive.h"
#include "rules.h"

// Every pin a board can name.
typedef struct use {
    const char *key;
    hf_pin pin;
} use;

#define USES 12

static void list_uses(const hf_board *board, use uses[USES])
{
    const use all[USES] = {
        {"led.pin", board->led},
        {"button.pin", board->button},
        {"uart.tx", board->uart.tx},
        {"uart.rx", board->uart.rx},
        {"usb.dm", board->usb.dm},
        {"usb.dp", board->usb.dp},
        {"external.clk", board->external.clk},
        {"external.cs", board->external.cs},
        {"external.io0", board->external.io0},
        {"external.io1", board->external.io1},
        {"external.io2", board->external.io2},
        {"external.io3", board->external.io3},
    };
    memcpy(uses, all, sizeof all);
}

static bool same(hf_pin a, hf_pin b)
{
    return a.port != 0 && a.port == b.port && a.number == b.number;
}

void hf_rule_pin_exists(const hf_board *board, hf_report *report)
{
    use uses[USES];
    list_uses(board, uses);
    for (size_t i = 0; i < USES; i++) {
        char port = uses[i].pin.port;
        if (port == 0) {
            continue;
        }
        bool letter = port >= 'A' && port <= 'Z';
        hf_words gpio = hf_say("gpio%c", letter ? port - 'A' + 'a' : '?');
        if (hf_chip_peripheral(&board->chip, gpio.text) == NULL || uses[i].pin.number > 15) {
            hf_find(report, uses[i].key,
                    hf_say("the %s has no pin %s", board->chip.name, hf_pin_text(uses[i].pin).text)
                        .text,
                    "write a pin of a port that the chip file describes");
        }
    }
}

void hf_rule_pin_once(const hf_board *board, hf_report *report)
{
    use uses[USES];
    list_uses(board, uses);
    for (size_t i = 1; i < USES; i++) {
        for (size_t j = 0; j < i; j++) {
            if (same(uses[i].pin, uses[j].pin)) {
                hf_find(report, uses[i].key,
                        hf_say("%s is %s already", hf_pin_text(uses[i].pin).text, uses[j].key).text,
                        "give one of them another pin");
            }
        }
    }
}

// Tells of pins that the chip uses itself as one of two names.
static void find_system_pins(const hf_board *board, hf_report *report, const char *const names[2],
                             const char *what, const char *fix)
{
    use uses[USES];
    list_uses(board, uses);
    for (size_t i = 0; i < board->chip.system_pins_count; i++) {
        const hf_system_pin *system = &board->chip.system_pins[i];
        if (strcmp(system->name, names[0]) != 0 && strcmp(system->name, names[1]) != 0) {
            continue;
        }
        for (size_t j = 0; j < USES; j++) {
            if (same(uses[j].pin, system->pin)) {
                hf_find(
                    report, uses[j].key,
                    hf_say("%s is %s, %s", hf_pin_text(system->pin).text, system->name, what).text,
                    fix);
            }
        }
    }
}

void hf_rule_crystal_pins(const hf_board *board, hf_report *report)
{
    static const char *const names[2] = {"osc_in", "osc_out"};
    if (board->hse_hz != 0) {
        find_system_pins(board, report, names, "where the crystal is",
                         "use another pin, or leave clock.hse_hz out");
    }
}

void hf_rule_debug_pins(const hf_board *board, hf_report *report)
{
    static const char *const names[2] = {"swdio", "swclk"};
    find_system_pins(board, report, names, "a debugger loses its connection",
                     "use another pin, if one is free");
}

void hf_rule_button_pull(const hf_board *board, hf_report *report)
{
    hf_pull pressed = board->button_active_high ? HF_PULL_UP : HF_PULL_DOWN;
    if (board->button.port != 0 && board->button_pull == pressed) {
        hf_find(report, "button.pull", "this pull holds the button pressed while nobody touches it",
                board->button_active_high ? "write \"down\", or correct button.active"
                                          : "write \"up\", or correct button.active");
    }
}

void hf_check_signal(const hf_board *board, hf_report *report, const char *key, const char *instance,
                     hf_pin pin)
{
    hf_check_named_signal(board, report, key, hf_say("%s_%s", instance, strchr(key, '.') + 1), pin);
}

void hf_check_named_signal(const hf_board *board, hf_report *report, const char *key, hf_words name, hf_pin pin)
{
    if (hf_chip_signal(&board->chip, name.text, pin) != NULL) {
        return;
    }
    char fix[160] = "write";
    size_t listed = 0;
    for (size_t i = 0; i < board->chip.signals_count; i++) {
        if (strcmp(board->chip.signals[i].name, name.text) == 0) {
            hf_append(fix, sizeof fix, "%s \"%s\"", listed++ == 0 ? "" : " or",
                      hf_pin_text(board->chip.signals[i].pin).text);
        }
    }
    hf_find(report, key,
            hf_say("%s cannot be brought to %s", name.text, hf_pin_text(pin).text).text,
            listed == 0 ? "add the pins of this signal to the chip file" : fix);
}
