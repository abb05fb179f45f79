// SPDX-License-Identifier: MIT
// The stories: what is under way when the supply fails.
#include "cuts.h"

#include "hf_classic.h"

static void run_for(product *it, vb_time duration)
{
    vb_time until = vb_now(it->board) + duration;
    while (vb_now(it->board) < until && vb_run(it->board, until) == VB_STOP_ASKED) {
    }
}

// Blink v1 is there, and the button was held at power-on.
static void update_mode_with_v1(product *it)
{
    hf_image v1 = product_image(it, "blink-v1.bin");
    product_install(it, &v1);
    hf_image_free(&v1);
    vb_button(it->board, true);
    vb_power_on(it->board);
    run_for(it, 700 * VB_MS);
    vb_button(it->board, false);
    product_discard(it);
}

static void send(product *it, const char *name, bool boot)
{
    hf_flash_report report;
    hf_problem problem;
    hf_listener silent = {0};
    hf_image image = product_image(it, name);
    hf_classic_options options = hf_classic_defaults(&it->description);
    options.boot = boot;
    options.wait_ms = 200; // who has no power does not answer
    options.erase_ms = 20000;
    (void)hf_flash_classic(&it->transport, image.bytes, image.size, &options, &silent, &report, &problem);
    hf_image_free(&image);
}

static void send_v2(product *it, bool boot)
{
    send(it, "blink-v2.bin", boot);
}

static void send_all(product *it)
{
    send_v2(it, true);
    (void)cuts_run_to_application(it, 60 * VB_S);
}

static void with_v2_received(product *it)
{
    update_mode_with_v1(it);
    send_v2(it, false);
    product_discard(it);
}

static void say_boot(product *it)
{
    product_send(it, (uint8_t[]){HF_CLASSIC_BOOT}, 1);
    (void)cuts_run_to_application(it, 60 * VB_S);
}

static void with_v2_on_trial(product *it)
{
    with_v2_received(it);
    say_boot(it);
    hf_image v2 = product_image(it, "blink-v2.bin");
    assert_true(product_holds(it, &v2));
    hf_image_free(&v2);
    run_for(it, VB_S / 2); // Blink confirms itself after a second
}

// It never says that it works.
static void with_v3_on_trial(product *it)
{
    update_mode_with_v1(it);
    send(it, "blink-v3.bin", false);
    product_discard(it);
    say_boot(it);
    hf_image v3 = product_image(it, "blink-v3.bin");
    assert_true(product_holds(it, &v3));
    hf_image_free(&v3);
    run_for(it, VB_S);
}

static void reset(product *it)
{
    vb_reset_pin(it->board);
    (void)cuts_run_to_application(it, 60 * VB_S);
}

#define EITHER (ALLOW(RUNS_OLD) | ALLOW(RUNS_NEW))

const story stories[] = {
    {"single-receive", "stm32f407-classic", update_mode_with_v1, send_all, EITHER | ALLOW(UPDATE_MODE), true},
    {"overwrite-receive", "stm32f407-overwrite", update_mode_with_v1, send_all, EITHER, true},
    {"overwrite-install", "stm32f407-overwrite", with_v2_received, say_boot, EITHER, false},
    {"swap-receive", "stm32f407-swap", update_mode_with_v1, send_all, EITHER, true},
    {"swap-install", "stm32f407-swap", with_v2_received, say_boot, EITHER, false},
    {"dual-bank-receive", "stm32f429-swap", update_mode_with_v1, send_all, EITHER, true},
    {"dual-bank-install", "stm32f429-swap", with_v2_received, say_boot, EITHER, false},
    {"dual-bank-revert", "stm32f429-swap", with_v2_on_trial, reset, ALLOW(RUNS_OLD), false},
    {"swap-revert", "stm32f407-swap", with_v2_on_trial, reset, ALLOW(RUNS_OLD), false},
    {"external-receive", "stm32f407-spi", update_mode_with_v1, send_all, EITHER, true},
    {"external-install", "stm32f407-spi", with_v2_received, say_boot, EITHER, false},
    {"external-quad-install", "stm32h743-qspi", with_v2_received, say_boot, EITHER, false},
    {"external-quad-revert", "stm32h743-qspi", with_v3_on_trial, reset, ALLOW(RUNS_OLD), false},
    {0},
};
