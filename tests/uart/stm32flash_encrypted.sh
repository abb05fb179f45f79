#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Debian's unmodified stm32flash brings an enciphered image to a virtual board that deciphers it, and reads nothing back:
# vboard, board file, folder of its firmware.
set -u
export LC_ALL=C
vboard=$1 board=$2 firmware=$3
work=$(mktemp -d)
cd "$work" || exit 1
pid=
image=$firmware/blink-v1.bin
slot=0x08010000

finish() {
    local code=$?
    [ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null
    [ $code -eq 0 ] || { echo "--- board"; cat log; echo "--- stm32flash"; cat out; }
    rm -rf "$work"
    exit $code
}
trap finish EXIT

fail() {
    echo "FAILED: $*"
    exit 1
}

tool() {
    stm32flash -m 8n1 -b 115200 "$@" "$work/tty" >out 2>&1
}

# insist COMMAND...: a busy machine may answer later than stm32flash waits
insist() {
    for _ in $(seq 90); do
        "$@" && return 0
        sleep 1
    done
    return 1
}

"$vboard" run "$board" --load "$firmware/boot.elf" --uart "pty:$work/tty" --strict --led-trace led 2>log &
pid=$!
for _ in $(seq 3000); do
    grep -qx ready log && break
    sleep 0.02
done
for _ in $(seq 300); do # the chip protects itself first, and starts anew
    [ -s led ] && break
    sleep 0.1
done
insist tool || fail "identification"
tool -S "$slot:1024" -r stolen && fail "flash was read"
[ ! -s stolen ] || fail "something was read"
tool -S "$slot:1024" -C && fail "a checksum was told"
insist tool -S $slot -w "$image" || fail "write"
tool -S "$slot:1024" -r stolen && fail "what was written was read"
before=$(wc -l <led)
insist tool -g $slot || fail "start"
for _ in $(seq 600); do
    [ "$(wc -l <led)" -ge $((before + 3)) ] && break
    sleep 0.1
done
[ "$(wc -l <led)" -ge $((before + 3)) ] || fail "the application does not blink"
echo passed
