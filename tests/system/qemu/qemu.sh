#!/bin/bash
# SPDX-License-Identifier: MIT
# The bootloader on QEMU's netduinoplus2, an STM32F405 whose RCC, RTC and flash controller do not answer: every bounded
# wait must end, the clock fall back, SYNC be answered, and the erase that cannot work be reported with NAK.
set -u
qemu=$1 holdfast=$2 firmware=$3
work=$(mktemp -d)
qemu_pid=
trap '[ -z "$qemu_pid" ] || kill "$qemu_pid" 2>/dev/null; rm -rf "$work"' EXIT

fail() {
    echo "FAILED: $*"
    cat "$work"/* 2>/dev/null
    exit 1
}

# The second serial port of this machine is USART2.
"$qemu" -M netduinoplus2 -nodefaults -display none -monitor none -kernel "$firmware/boot.elf" \
    -serial null -serial pty >"$work/qemu" 2>&1 </dev/null &
qemu_pid=$!
port=
for _ in $(seq 100); do
    port=$(sed -n 's/^char device redirected to \([^ ]*\) .*/\1/p' "$work/qemu")
    [ -z "$port" ] || break
    sleep 0.1
done
[ -n "$port" ] || fail "QEMU opened no terminal"

# A raw client first: APP INVALID has gone by or not, SYNC is answered with one byte.
stty -F "$port" raw -echo
exec 3<>"$port"
printf '\x7f' >&3
answer=
for _ in $(seq 200); do
    IFS= read -r -t 5 -N 1 -u 3 byte || break
    [ "$byte" = y ] && answer=ACK && break
done
[ "$answer" = ACK ] || fail "SYNC was not answered with 79"
exec 3>&-

"$holdfast" flash --port "$port" "$firmware/blink-v2.bin" >"$work/out" 2>"$work/err"
code=$?
[ $code -eq 6 ] || fail "holdfast flash ended with $code, not 6 (the device refused)"
grep -q 'erase' "$work/err" || fail "holdfast does not say that it was the erase"
kill -0 "$qemu_pid" 2>/dev/null || fail "the bootloader did not survive it"
