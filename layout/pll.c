// SPDX-License-Identifier: MIT
// PLL factors: source / M is the input, input * N the oscillator, oscillator / P the core clock, oscillator / Q the clock
// of USB. RM0090 7.3.2; RM0433 8.5.5, 8.7.11 to 8.7.13.
#include <string.h>

#include "derive.h"

#define USB_HZ 48000000u

// What the PLL of a clock controller can be set to.
typedef struct pll_limits {
    const char *generation;
    uint32_t input_min_hz, input_max_hz;
    uint32_t m_min, m_max, n_min, n_max, q_min, q_max;
    uint8_t p[5]; // ends with 0
} pll_limits;

// clang-format off
static const pll_limits known[] = {
    {.generation = "rcc_f4",
     .input_min_hz = 1000000, .input_max_hz = 2000000,
     .m_min = 2, .m_max = 63, .n_min = 50, .n_max = 432, .q_min = 2, .q_max = 15,
     .p = {2, 4, 6, 8, 0}},
    {.generation = "rcc_h7",
     .input_min_hz = 2000000, .input_max_hz = 16000000,
     .m_min = 1, .m_max = 63, .n_min = 4, .n_max = 512, .q_min = 1, .q_max = 128,
     .p = {2, 4, 6, 8, 0}},
};
// clang-format on

static const pll_limits *limits_of(const hf_chip *chip)
{
    const hf_peripheral *rcc = hf_chip_peripheral(chip, "rcc");
    for (size_t i = 0; rcc != NULL && i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(known[i].generation, rcc->generation) == 0) {
            return &known[i];
        }
    }
    return NULL;
}

static bool input_allowed(const pll_limits *limits, uint32_t source_hz, uint32_t m)
{
    return source_hz >= (uint64_t)limits->input_min_hz * m &&
           source_hz <= (uint64_t)limits->input_max_hz * m;
}

// Compared times M, so that inputs that are no whole number of hertz stay exact.
static bool vco_allowed(const hf_clocks *clocks, uint32_t source_hz, uint32_t m, uint32_t n)
{
    uint64_t vco = (uint64_t)source_hz * n;
    return vco >= (uint64_t)clocks->vco_min_hz * m && vco <= (uint64_t)clocks->vco_max_hz * m;
}

// Exactly 48 MHz when possible, else the fastest below it.
static void choose_q(const pll_limits *limits, uint32_t source_hz, hf_pll *pll)
{
    uint64_t vco = (uint64_t)source_hz * pll->n, step = (uint64_t)USB_HZ * pll->m;
    uint64_t q = (vco + step - 1) / step;
    pll->q = (uint32_t)(q < limits->q_min ? limits->q_min : q > limits->q_max ? limits->q_max : q);
    pll->usb_exact = vco == step * pll->q;
    pll->usb_hz = (uint32_t)(vco / pll->m / pll->q);
}

// USB first, then the fastest input because it gives the least jitter (RM0090 7.3.2).
static bool better(const hf_pll *a, const hf_pll *b)
{
    if (b->m == 0 || a->usb_exact != b->usb_exact) {
        return b->m == 0 || a->usb_exact;
    }
    return a->m < b->m;
}

// Tries every setting the limits allow and keeps the best and the nearest.
typedef struct search {
    const hf_chip *chip;
    const pll_limits *limits;
    uint32_t source_hz, hclk_hz;
    hf_pll best;
    uint32_t nearest_hz;
} search;

static uint32_t distance(uint32_t a, uint32_t b)
{
    return a > b ? a - b : b - a;
}

static void consider(search *s, uint32_t m, uint32_t n, uint32_t p)
{
    uint64_t product = (uint64_t)s->source_hz * n, divisor = (uint64_t)m * p * s->chip->clocks.core_per_hclk;
    uint64_t hclk = product / divisor;
    if (product % divisor != 0 || hclk > s->chip->clocks.hclk_max_hz) {
        return;
    }
    if (s->nearest_hz == 0 ||
        distance((uint32_t)hclk, s->hclk_hz) < distance(s->nearest_hz, s->hclk_hz)) {
        s->nearest_hz = (uint32_t)hclk;
    }
    if (hclk != s->hclk_hz) {
        return;
    }
    hf_pll pll = {.m = m, .n = n, .p = p, .input_hz = s->source_hz / m};
    choose_q(s->limits, s->source_hz, &pll);
    if (better(&pll, &s->best)) {
        s->best = pll;
    }
}

static void try_input(search *s, uint32_t m)
{
    for (uint32_t n = s->limits->n_min; n <= s->limits->n_max; n++) {
        if (!vco_allowed(&s->chip->clocks, s->source_hz, m, n)) {
            continue;
        }
        for (const uint8_t *p = s->limits->p; *p != 0; p++) {
            consider(s, m, n, *p);
        }
    }
}

static search run_search(const hf_chip *chip, uint32_t source_hz, uint32_t hclk_hz)
{
    search s = {
        .chip = chip, .limits = limits_of(chip), .source_hz = source_hz, .hclk_hz = hclk_hz};
    if (s.limits == NULL) {
        return s;
    }
    for (uint32_t m = s.limits->m_min; m <= s.limits->m_max; m++) {
        if (input_allowed(s.limits, source_hz, m)) {
            try_input(&s, m);
        }
    }
    return s;
}

bool hf_pll_solve(const hf_chip *chip, uint32_t source_hz, uint32_t hclk_hz, hf_pll *pll)
{
    search s = run_search(chip, source_hz, hclk_hz);
    *pll = s.best;
    return s.best.m != 0;
}

uint32_t hf_pll_nearest(const hf_chip *chip, uint32_t source_hz, uint32_t wanted_hz)
{
    return run_search(chip, source_hz, wanted_hz).nearest_hz;
}
