#!/bin/sh
# SPDX-License-Identifier: MIT
# The main job, shown: a virtual STM32F407 blinks at 500 ms, is updated over its UART, and blinks at 250 ms.
set -eu

build=${1:?usage: tools/demo/serial.sh BUILD_FOLDER}
. tools/demo/board.sh
name=stm32f407-discovery
firmware=$build/boards/$name

say "A virtual STM32F407 with bootloader and Blink v1"
start "$name" --load "$firmware/boot.elf" --load "$firmware/blink-v1.elf"
board_do wait 1.1
measure 500

say "Button held during reset: update mode"
update_mode

say "holdfast flash, through a pseudo-terminal"
"$build/bin/holdfast" inspect "$firmware/blink-v2.bin"
"$build/bin/holdfast" flash --port "$work/uart" --board "boards/$name.json" "$firmware/blink-v2.bin"

say "The LED again"
board_do wait 0.6
measure 250
stop
say "Updated from 500 ms to 250 ms, as measured on the virtual board's LED pin (modelled, not real silicon)"
