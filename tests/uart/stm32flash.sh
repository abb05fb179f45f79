#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Debian's unmodified stm32flash against the virtual board: vboard, board file, folder of its firmware, where its application
# stands, parity of the wire.
set -u
vboard=$1 board=$2 firmware=$3 slot=$4 parity=$5
# shellcheck source=tests/uart/common.sh
. "${0%/*}/common.sh"
image=$firmware/blink-v1.bin
size=$(stat -c %s "$image")

start "tty,parity=$parity" --button pressed
insist tool -b 57600 || fail "identification at 57600"
grep -q '0x0413 (STM32F40' out || fail "not identified"
insist tool -b 9600 || fail "identification at 9600 after 57600"
insist tool -b 115200 -S "$slot" -w "$image" -v || fail "write and verify"
insist tool -b 115200 -S "$slot:$size" -r back || fail "read"
cmp back "$image" || fail "what was read differs"
insist tool -b 115200 -S "$slot:$size" -C || fail "checksum"
grep -qi "address $slot, length 0x$(printf %08x "$size")" out || grep -qi 'crc' out || fail "no checksum told"
tool -b 115200 -S 0x08000000:1024 -r stolen && fail "the bootloader was read"
tool -b 115200 -S 0x08000000 -w "$image" && fail "the bootloader was overwritten"
insist tool -b 115200 || fail "identification after refusals"
tool -b 115200 -u && fail "write protection was changed"
tool -b 115200 -k && fail "read protection was changed"
insist tool -b 115200 -g "$slot" || fail "start"
blinks || fail "the application does not blink"

start "tty,parity=$parity" --button pressed
insist tool -b 115200 -R || fail "reset by the stub"
grep -q 'Reset done' out || fail "reset by the stub is not told"
insist tool -b 38400 || fail "identification after the reset"
echo passed
