#!/bin/sh
# SPDX-License-Identifier: MIT
# Bank swap, shown on a virtual STM32H743. With the Linux of the folder GUEST dfu-util sends 512 KB over USB, and an image
# that never confirms is taken back; without it Blink comes over the serial line.
set -eu

build=${1:?usage: tools/demo/banks.sh BUILD_FOLDER [GUEST]}
guest=${2:-}
name=stm32h743-nucleo
firmware=$build/boards/$name

printf '\n== A virtual STM32H743 with Blink v1 in one bank, and nothing in the other\n'
if [ -n "$guest" ]; then
    echo "dfu-util 0.11 in Linux sends Blink v2, padded to 512 KB; then v3, which never confirms"
    exec bash tests/system/banks/exercise3.sh "$(realpath "$guest")" "$(realpath "$build/bin/vboard")" \
        "$(realpath "$build/bin/holdfast")" "$PWD" "$(realpath "$build/boards")"
fi

. tools/demo/board.sh
update() {
    update_mode
    "$build/bin/holdfast" flash --port "$work/uart" --board "boards/$name.json" "$firmware/blink-v$1.bin"
    board_do wait 4
}

start $name --load "$firmware/boot.elf" --load "$firmware/blink-v1.elf"
board_do wait 1.1
measure 500
say "Blink v2 into the other bank, verified there, and the banks swapped"
update 2
measure 250
say "Blink v3, which never says that it works, and a reset"
update 3
measure 125
board_do reset
board_do wait 3
measure 250
stop
say "Swapped in, and swapped back, as measured on the LED (modelled, not real silicon)"
