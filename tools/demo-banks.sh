#!/bin/sh
# SPDX-License-Identifier: MIT
# Bank swap, shown on a virtual STM32H743. With the Linux guest of the tests at hand (make check makes it) dfu-util sends 512 KB
# over USB, and an image that never confirms is taken back; else Blink v2 comes over the serial line.
# Ends with 0 only if every rhythm was measured on the LED's pin.
set -eu

build=${1:?usage: tools/demo-banks.sh BUILD_FOLDER}
guest=$build/check/tests/guest/linux
name=stm32h743-nucleo
firmware=$build/boards/$name

printf '\n== A virtual STM32H743 with Blink v1 in one bank, and nothing in the other\n'
if [ -f "$guest/kernel" ] && [ -f "$guest/initramfs.cpio" ] && command -v qemu-system-x86_64 >/dev/null; then
    echo "dfu-util 0.11 in a Linux guest sends Blink v2, padded to 512 KB; then v3, which never confirms"
    exec bash tests/system/banks/exercise3.sh "$(realpath "$guest")" "$(realpath "$build/bin/vboard")" \
        "$(realpath "$build/bin/holdfast")" "$PWD" "$(realpath "$build/boards")"
fi
echo "without the Linux guest that 'make check' makes: over the serial line instead of dfu-util"

work=$(mktemp -d)
vboard=
finish() {
    status=$?
    [ -z "$vboard" ] || kill "$vboard" 2>/dev/null || true
    [ "$status" -eq 0 ] || sed 's/^/vboard: /' "$work/log" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

board_do() { "$build/bin/vboard" ctl "$work/control" "$@" >/dev/null; }
now() { "$build/bin/vboard" ctl "$work/control" status | sed -n 's/.*time=\([0-9.]*\).*/\1/p'; }
measure() {
    from=$(now)
    board_do wait 3
    "$build/bin/vboard" wave "$work/led" --from "$from" --to "$(now)" --expect-toggle-ms "$1" --tolerance-ms 2
}
update() {
    board_do button press
    board_do reset
    board_do wait 0.1
    board_do button release
    "$build/bin/holdfast" flash --port "$work/uart" --board "boards/$name.json" "$firmware/blink-v$1.bin"
    board_do wait 4
}

"$build/bin/vboard" run "boards/$name.json" --load "$firmware/boot.elf" --load "$firmware/blink-v1.elf" \
    --uart "pty:$work/uart" --led-trace "$work/led" --control "$work/control" --speed max --strict 2>"$work/log" &
vboard=$!
for _ in $(seq 300); do
    grep -q '^ready' "$work/log" && break
    kill -0 "$vboard" 2>/dev/null || exit 1
    sleep 0.1
done
board_do wait 1.1
measure 500
printf '\n== Blink v2 into the other bank, verified there, and the banks swapped\n'
update 2
measure 250
printf '\n== Blink v3, which never says that it works, and a reset\n'
update 3
measure 125
board_do reset
board_do wait 3
measure 250
board_do quit
wait "$vboard"
vboard=
printf '\n== Swapped in, and swapped back, as measured on the LED (modelled, not real silicon)\n'
