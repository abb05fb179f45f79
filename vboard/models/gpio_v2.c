// SPDX-License-Identifier: MIT
// GPIO port of F2 and F4: mode, output type, speed, pulls, input, output, atomic set and reset,
// configuration lock, alternate functions. Manual: RM0090 Rev 21, 8.3 and 8.4.
#include "registers.h"

enum {
    MODER = 0x00,
    OTYPER = 0x04,
    OSPEEDR = 0x08,
    PUPDR = 0x0C,
    IDR = 0x10,
    ODR = 0x14,
    BSRR = 0x18,
    LCKR = 0x1C,
    AFRL = 0x20,
    AFRH = 0x24
};
enum { PINS = 16, LCKK = 1u << 16 };
enum { MODE_INPUT, MODE_OUTPUT, MODE_ALTERNATE, MODE_ANALOG };

typedef struct gpio {
    uint32_t moder, otyper, ospeedr, pupdr, odr, afr[2];
    uint32_t lckr;
    uint32_t lock_pattern;   // LCK bits of the lock sequence under way
    unsigned lock_step;      // its writes done so far
    vb_pin_state told[PINS]; // what the board knows of each pin
    bool told_all;
} gpio;

static char port_of(const vb_device *device)
{
    return (char)(device->info->name[4] - 'a' + 'A'); // "gpioa"
}

static unsigned field2(uint32_t word, unsigned pin)
{
    return (word >> (2 * pin)) & 3u;
}

static vb_level output_level(const gpio *state, unsigned pin)
{
    bool high = (state->odr >> pin) & 1u;
    bool open_drain = (state->otyper >> pin) & 1u;
    if (!high) {
        return VB_LOW;
    }
    return open_drain ? VB_FLOATING : VB_HIGH;
}

// In alternate mode the peripheral drives; what it sends is told by its own model, not as levels.
static vb_pin_state pin_state(const gpio *state, unsigned pin)
{
    unsigned mode = field2(state->moder, pin);
    vb_pin_state result = {.drive = VB_FLOATING, .pull = HF_PULL_NONE, .af = -1};
    if (mode == MODE_ANALOG) {
        return result; // the pulls are off too
    }
    static const hf_pull pulls[] = {HF_PULL_NONE, HF_PULL_UP, HF_PULL_DOWN, HF_PULL_NONE};
    result.pull = pulls[field2(state->pupdr, pin)];
    if (mode == MODE_OUTPUT) {
        result.drive = output_level(state, pin);
    }
    if (mode == MODE_ALTERNATE) {
        result.af = (int8_t)((state->afr[pin / 8] >> (4 * (pin % 8))) & 15u);
    }
    return result;
}

static void tell_pins(vb_device *device)
{
    gpio *state = device->state;
    for (unsigned pin = 0; pin < PINS; pin++) {
        vb_pin_state now = pin_state(state, pin);
        vb_pin_state *told = &state->told[pin];
        bool same = now.drive == told->drive && now.pull == told->pull && now.af == told->af;
        if (same && state->told_all) {
            continue;
        }
        *told = now;
        vb_pin_set(device, (hf_pin){.port = port_of(device), .number = (uint8_t)pin}, &now);
    }
    state->told_all = true;
}

// The debug pins stand ready for a probe; all others are floating inputs.
static void reset(vb_device *device, vb_reset kind)
{
    if (kind == VB_RESET_BACKUP) {
        return;
    }
    gpio *state = device->state;
    gpio fresh = {0};
    if (port_of(device) == 'A') {
        fresh.moder = 0xA8000000;
        fresh.ospeedr = 0x0C000000;
        fresh.pupdr = 0x64000000;
    } else if (port_of(device) == 'B') {
        fresh.moder = 0x00000280;
        fresh.ospeedr = 0x000000C0;
        fresh.pupdr = 0x00000100;
    }
    for (unsigned pin = 0; pin < PINS; pin++) {
        fresh.told[pin] = state->told[pin];
    }
    fresh.told_all = state->told_all;
    *state = fresh;
    tell_pins(device);
}

static uint32_t input(const vb_device *device)
{
    const gpio *state = device->state;
    uint32_t levels = 0;
    for (unsigned pin = 0; pin < PINS; pin++) {
        if (field2(state->moder, pin) == MODE_ANALOG) {
            continue; // the input stage is off and reads 0
        }
        hf_pin which = {.port = port_of(device), .number = (uint8_t)pin};
        levels |= (uint32_t)(vb_pin_level(device->board, which) == VB_HIGH) << pin;
    }
    return levels;
}

// Lock: LCKK and pattern, pattern alone, LCKK and pattern, with the same pattern each time; then a
// read.
static void lock_write(vb_device *device, unsigned width, uint32_t value)
{
    static const uint32_t key[] = {LCKK, 0, LCKK};
    gpio *state = device->state;
    if (state->lckr & LCKK) {
        return;
    }
    if (width != 4) {
        vb_say(device->board, VB_REPORT_MISUSE, "%s: LCKR takes whole words only",
               device->info->name);
        return;
    }
    bool fits = (value & LCKK) == key[state->lock_step] &&
                (state->lock_step == 0 || (value & 0xFFFF) == state->lock_pattern);
    state->lckr = value & 0xFFFF;
    state->lock_pattern = value & 0xFFFF;
    state->lock_step = fits ? state->lock_step + 1 : 0;
    if (state->lock_step == 3) {
        state->lckr |= LCKK;
        state->lock_step = 0;
    }
}

// Each pin's field of some bits becomes a mask of the fields that may change.
static uint32_t unlocked(const gpio *state, unsigned bits, unsigned first_pin)
{
    uint32_t mask = 0;
    for (unsigned pin = first_pin; pin < PINS && (pin - first_pin) * bits < 32; pin++) {
        bool locked = (state->lckr & LCKK) && ((state->lckr >> pin) & 1u);
        if (!locked) {
            mask |= ((1u << bits) - 1) << ((pin - first_pin) * bits);
        }
    }
    return mask;
}

static void change(uint32_t *word, uint32_t wanted, uint32_t mask)
{
    *word = (*word & ~mask) | (wanted & mask);
}

static void set_reset(gpio *state, uint32_t word)
{
    state->odr &= ~(word >> 16);
    state->odr |= word & 0xFFFF; // set wins over reset
}

static uint32_t read_register(vb_device *device, uint32_t offset)
{
    const gpio *state = device->state;
    switch (offset) {
    case MODER: return state->moder;
    case OTYPER: return state->otyper;
    case OSPEEDR: return state->ospeedr;
    case PUPDR: return state->pupdr;
    case IDR: return input(device);
    case ODR: return state->odr;
    case BSRR: return 0;
    case LCKR: return state->lckr;
    case AFRL: return state->afr[0];
    case AFRH: return state->afr[1];
    default: return vb_no_register_read(device, offset);
    }
}

static uint32_t read(vb_device *device, uint32_t offset, unsigned width)
{
    return vb_part(read_register(device, offset & ~3u), offset, width);
}

static void write(vb_device *device, uint32_t offset, unsigned width, uint32_t value)
{
    gpio *state = device->state;
    uint32_t whole = offset & ~3u;
    switch (whole) {
    case MODER:
        change(&state->moder, vb_merge(state->moder, offset, width, value), unlocked(state, 2, 0));
        break;
    case OTYPER:
        change(&state->otyper, vb_merge(state->otyper, offset, width, value),
               unlocked(state, 1, 0));
        break;
    case OSPEEDR:
        change(&state->ospeedr, vb_merge(state->ospeedr, offset, width, value),
               unlocked(state, 2, 0));
        break;
    case PUPDR:
        change(&state->pupdr, vb_merge(state->pupdr, offset, width, value), unlocked(state, 2, 0));
        break;
    case IDR: return; // read-only
    case ODR: state->odr = vb_merge(state->odr, offset, width, value) & 0xFFFF; break;
    case BSRR: set_reset(state, vb_merge(0, offset, width, value)); break;
    case LCKR: lock_write(device, width, value); return;
    case AFRL:
        change(&state->afr[0], vb_merge(state->afr[0], offset, width, value),
               unlocked(state, 4, 0));
        break;
    case AFRH:
        change(&state->afr[1], vb_merge(state->afr[1], offset, width, value),
               unlocked(state, 4, 8));
        break;
    default: vb_no_register_write(device, offset, value); return;
    }
    tell_pins(device);
}

extern const vb_model vb_gpio_v2;
const vb_model vb_gpio_v2 = {
    .generation = "gpio_v2",
    .state_size = sizeof(gpio),
    .reset = reset,
    .read = read,
    .write = write,
};
