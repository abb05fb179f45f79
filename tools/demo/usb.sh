#!/bin/bash
# SPDX-License-Identifier: MIT
# The same board with Blink v2, updated to v3 over USB: by dfu-util in the Linux of the folder GUEST, which meets the
# board through USB/IP; without it by libholdfast's DFU, in one process with the board.
set -eu

build=${1:?usage: tools/demo/usb.sh BUILD_FOLDER [GUEST]}
linux=${2:-}
. tools/demo/board.sh
name=stm32f407-discovery
firmware=$build/boards/$name

# A board that has just been reset is not on offer at once.
plug_into_linux() {
    port=$(sed -n 's/^usbip: 127.0.0.1:\([0-9]*\),.*/\1/p' "$work/log")
    for _ in $(seq 40); do
        if guest usbip --tcp-port "$port" attach -r 10.0.2.2 -b 1-1 2>/dev/null; then
            guest sh -c 'until test -e /sys/bus/usb/devices/1-1:1.0; do sleep 0.1; done'
            return
        fi
        sleep 0.5
    done
    echo "Linux does not find the board at its USB port"
    return 1
}

with_dfu_util() {
    . tests/guest/guest.sh
    mkdir "$work/files"
    cp "$firmware/blink-v3.dfu" "$work/files/"
    guest_start "$linux" "$work/files" # before the board waits: it starts Blink after 30 s of silence
    trap 'guest_stop; demo_end' EXIT
    update_mode
    say "dfu-util in Linux, the board at its USB port"
    plug_into_linux
    guest dfu-util -a 0 -s :leave -D /files/blink-v3.dfu
    guest_stop
    trap demo_end EXIT
}

in_process() {
    stop
    say "libholdfast's DFU, in process"
    cmake --build "$build" --target hf-demo-usb >/dev/null
    "$build/bin/hf-demo-usb" "boards/$name.json" "$work/state" "$firmware/blink-v3.bin"
    start "$name"
}

say "The STM32F407 with Blink v2"
start "$name" --load "$firmware/boot.elf" --load "$firmware/blink-v2.elf" --usbip 0
board_do wait 1.1
measure 250
if [ -n "$linux" ]; then
    with_dfu_util
else
    in_process
fi

say "The LED again"
board_do wait 1
measure 125
stop
say "Updated from 250 ms to 125 ms over USB, as measured on the LED (modelled, not real silicon)"
