// SPDX-License-Identifier: MIT
// Pins: what the chip drives, what the board around it drives, and which level comes of both.
#include "core.h"

#include <stdio.h>
#include <string.h>

static core_pin *pin_of(const vb_board *board, hf_pin pin)
{
    unsigned port = (unsigned)(pin.port - 'A');
    return port < CORE_PORTS && pin.number < 16 ? (core_pin *)&board->pins[port][pin.number] : NULL;
}

// The chip's output wins: what is outside is a button or a line with a resistor.
static vb_level resolve(const core_pin *pin)
{
    if (pin->inside.drive != VB_FLOATING) {
        return pin->inside.drive;
    }
    if (pin->outside != VB_FLOATING) {
        return pin->outside;
    }
    switch (pin->inside.pull) {
    case HF_PULL_UP: return VB_HIGH;
    case HF_PULL_DOWN: return VB_LOW;
    default: return VB_FLOATING;
    }
}

// A device may change pins when it hears of a change; then everybody hears again.
static void tell_devices(vb_board *board)
{
    if (board->telling_pins) {
        board->pins_stale = true;
        return;
    }
    board->telling_pins = true;
    do {
        board->pins_stale = false;
        for (size_t i = 0; i < board->devices_count; i++) {
            vb_device *device = &board->devices[i].device;
            if (device->model->pins_changed != NULL) {
                device->model->pins_changed(device);
            }
        }
    } while (board->pins_stale);
    board->telling_pins = false;
}

static void settle(vb_board *board, hf_pin where, core_pin *pin, bool rerouted)
{
    vb_level level = resolve(pin);
    bool changed = level != pin->level;
    pin->level = level;
    if (changed && board->pin_fn != NULL) {
        board->pin_fn(board->pin_context, vb_now(board), where, level);
    }
    if (changed || rerouted) {
        tell_devices(board);
    }
}

void core_pins_reset(vb_board *board)
{
    for (unsigned port = 0; port < CORE_PORTS; port++) {
        for (unsigned number = 0; number < 16; number++) {
            board->pins[port][number] = (core_pin){
                .inside = {.drive = VB_FLOATING, .pull = HF_PULL_NONE, .af = -1},
                .outside = VB_FLOATING,
                .level = VB_FLOATING,
            };
        }
    }
}

void vb_pin_set(vb_device *gpio, hf_pin where, const vb_pin_state *state)
{
    core_pin *pin = pin_of(gpio->board, where);
    if (pin == NULL) {
        return;
    }
    bool same = pin->inside.drive == state->drive && pin->inside.pull == state->pull && pin->inside.af == state->af;
    if (same) {
        return;
    }
    bool rerouted = pin->inside.af != state->af;
    pin->inside = *state;
    settle(gpio->board, where, pin, rerouted);
}

bool vb_signal_routed(const vb_device *device, const char *suffix)
{
    const hf_chip *chip = &device->board->description.chip;
    char name[2 * HF_NAME_MAX];
    snprintf(name, sizeof name, "%s_%s", device->info->name, suffix);
    for (size_t i = 0; i < chip->signals_count; i++) {
        const core_pin *pin = pin_of(device->board, chip->signals[i].pin);
        if (pin != NULL && pin->inside.af == chip->signals[i].af && strcmp(chip->signals[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

vb_status vb_pin_drive(vb_board *board, hf_pin where, vb_level level)
{
    core_pin *pin = pin_of(board, where);
    if (pin == NULL) {
        return core_fail(board, VB_E_NAME, "the board has no pin P%c%u", where.port, (unsigned)where.number);
    }
    pin->outside = level;
    settle(board, where, pin, false);
    return VB_OK;
}

vb_level vb_pin_level(const vb_board *board, hf_pin where)
{
    const core_pin *pin = pin_of(board, where);
    return pin != NULL ? pin->level : VB_FLOATING;
}

void vb_on_pin(vb_board *board, vb_pin_fn fn, void *context)
{
    board->pin_fn = fn;
    board->pin_context = context;
}

// Released, the pin is at the resistor beside the button, or at the chip's own where the board has none.
void vb_button(vb_board *board, bool pressed)
{
    const hf_board *description = &board->description;
    if (description->button.port == 0) {
        return;
    }
    vb_level active = description->button_active_high ? VB_HIGH : VB_LOW;
    vb_level inactive = description->button_active_high ? VB_LOW : VB_HIGH;
    vb_level released = description->button_pull == HF_PULL_NONE ? inactive : VB_FLOATING;
    vb_pin_drive(board, description->button, pressed ? active : released);
}

bool vb_led(const vb_board *board)
{
    const hf_board *description = &board->description;
    vb_level on = description->led_active_high ? VB_HIGH : VB_LOW;
    return description->led.port != 0 && vb_pin_level(board, description->led) == on;
}
