#!/bin/sh
# SPDX-License-Identifier: MIT
# The main job, shown: a virtual STM32F407 blinks at 500 ms, is updated over its UART, and blinks at 250 ms.
# Ends with 0 only if both rhythms were measured on the LED's pin.
set -eu

build=${1:?usage: tools/demo.sh BUILD_FOLDER}
board=boards/stm32f407-discovery.json
firmware=$build/boards/stm32f407-discovery
work=$(mktemp -d)
vboard=

finish() {
    status=$?
    [ -z "$vboard" ] || kill "$vboard" 2>/dev/null || true
    [ "$status" -eq 0 ] || sed 's/^/vboard: /' "$work/log" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

say() { printf '\n== %s\n' "$*"; }
board_do() { "$build/bin/vboard" ctl "$work/control" "$@" >/dev/null; }
now() { "$build/bin/vboard" ctl "$work/control" status | sed -n 's/.*time=\([0-9.]*\).*/\1/p'; }

# measure MS: three seconds of the LED from now on must show this rhythm.
measure() {
    from=$(now)
    board_do wait 3
    "$build/bin/vboard" wave "$work/led" --from "$from" --to "$(now)" --expect-toggle-ms "$1" --tolerance-ms 2
}

say "A virtual STM32F407 with bootloader and Blink v1"
"$build/bin/vboard" run "$board" --load "$firmware/boot.elf" --load "$firmware/blink-v1.elf" \
    --uart "pty:$work/uart" --led-trace "$work/led" --control "$work/control" --speed max --strict 2>"$work/log" &
vboard=$!
for _ in $(seq 100); do
    grep -q '^ready' "$work/log" && break
    kill -0 "$vboard" 2>/dev/null || exit 1
    sleep 0.1
done
board_do wait 1.1
measure 500

say "Button held during reset: update mode"
board_do button press
board_do reset
board_do wait 0.1
board_do button release

say "holdfast flash, through a pseudo-terminal"
"$build/bin/holdfast" inspect "$firmware/blink-v2.bin"
"$build/bin/holdfast" flash --port "$work/uart" --board "$board" "$firmware/blink-v2.bin"

say "The LED again"
board_do wait 0.6
measure 250

board_do quit
wait "$vboard"
vboard=
say "Updated from 500 ms to 250 ms, as measured on the virtual board's LED pin (modelled, not real silicon)"
