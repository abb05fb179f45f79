#!/bin/bash
# SPDX-License-Identifier: MIT
# The first exercise, as written: frames of 64 bytes, the button held at reset, and the LED blinks twice as fast.
product=stm32f407-classroom
# shellcheck source=tests/system/programs/common.sh
. "${0%/*}/common.sh"

begin blink-v1.elf
ctl wait 0.6 >/dev/null
blinks 500
enter_by_button
code 0 "$holdfast" flash --port port --board "$board" "$firmware/blink-v2.bin"
says "verified, started"
ctl wait 0.5 >/dev/null
blinks 250

# The same file again, over the reset that the application itself asks for: Blink does so when its button is held.
ctl button press >/dev/null
ctl wait 0.08 >/dev/null
ctl button release >/dev/null
code 0 "$holdfast" flash --port port --board "$board" "$firmware/blink-v1.bin"
ctl wait 1 >/dev/null
blinks 500
leave
