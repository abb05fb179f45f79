#!/bin/bash
# SPDX-License-Identifier: MIT
# What `make demo` shows, with dfu-util in the small Linux and, as where that cannot run, without; it ends with 0 when the
# rhythms were measured, and only then: with v1 in the place of v2 it must fail.
set -eu
source=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$source"

# shows SCRIPT [ARGUMENT...]: it ends well
shows() {
    "$@" >"$work/out" 2>&1 </dev/null || { cat "$work/out"; exit 1; }
}
# measured MS...: these rhythms, in this order
measured() {
    for ms in "$@"; do
        echo "one every $ms.000 ms"
    done >"$work/wanted"
    grep -o 'one every [0-9.]* ms' "$work/out" | diff "$work/wanted" - || { cat "$work/out"; exit 1; }
}

# said PATTERN: it did
said() {
    grep "$1" "$work/out" || { cat "$work/out"; exit 1; }
}

shows tools/demo.sh build
measured 500 250 250 125
said 'File downloaded successfully\|Download done'
said '512 KB arrive in the other bank, are verified, and blink at 250 ms ('
said 'an image that never confirms is taken back at the next reset ('
said 'first blink .* floor'
shows bash tools/demo/usb.sh build
measured 250 125
said 'in process'
shows tools/demo/banks.sh build
measured 500 250 125 250

mkdir "$work/build"
ln -s "$source/build/bin" "$work/build/bin"
cp -r build/boards "$work/build/boards"
cp "$work"/build/boards/stm32f407-discovery/blink-v1.bin "$work"/build/boards/stm32f407-discovery/blink-v2.bin
if tools/demo/serial.sh "$work/build" >"$work/out" 2>&1; then
    echo "FAILED: the demo is content with an LED that did not change"
    cat "$work/out"
    exit 1
fi
said 'one every 500.000 ms'
