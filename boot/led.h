// SPDX-License-Identifier: MIT
// What the LED says in update mode.
#ifndef HF_LED_H
#define HF_LED_H

#include <stdbool.h>
#include <stdint.h>

void hf_led_begin(uint32_t now_ms); // entering update mode
void hf_led_show(uint32_t now_ms);  // call it often
void hf_led_blink(bool on);         // a USB host has configured us: blink for as long as that lasts

#endif
