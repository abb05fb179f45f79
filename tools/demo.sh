#!/bin/sh
# SPDX-License-Identifier: MIT
# What `make demo` shows: a virtual STM32F407 is updated over its UART, then over USB; a virtual STM32H743 by bank swap.
# Where dfu-util can run in a small Linux of its own, it does the updates over USB. Ends with 0 only if every rhythm was
# measured on the LED's pin.
set -eu

build=${1:?usage: tools/demo.sh BUILD_FOLDER}
guest=$build/guest

tools/demo/serial.sh "$build"
printf '\n== A small Linux with dfu-util, for the updates over USB\n'
if ! command -v qemu-system-x86_64 >/dev/null || ! tests/guest/build.sh "$guest" "$build/bin/holdfast"; then
    echo "It cannot be made here; the updates below are in process, or over the serial line."
    guest=
fi
bash tools/demo/usb.sh "$build" "$guest"
tools/demo/banks.sh "$build" "$guest"
