#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Debian's unmodified stm32flash brings an enciphered image to a virtual board that deciphers it, and reads nothing back:
# vboard, board file, folder of its firmware.
set -u
vboard=$1 board=$2 firmware=$3
# shellcheck source=tests/uart/common.sh
. "${0%/*}/common.sh"
image=$firmware/blink-v1.bin
slot=0x08010000

start tty
for _ in $(seq 300); do # the chip protects itself first, and starts anew
    [ -s led ] && break
    sleep 0.1
done
insist tool -b 115200 || fail "identification"
tool -b 115200 -S "$slot:1024" -r stolen && fail "flash was read"
[ ! -s stolen ] || fail "something was read"
tool -b 115200 -S "$slot:1024" -C && fail "a checksum was told"
insist tool -b 115200 -S $slot -w "$image" || fail "write"
tool -b 115200 -S "$slot:1024" -r stolen && fail "what was written was read"
insist tool -b 115200 -g $slot || fail "start"
blinks || fail "the application does not blink"
echo passed
