#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Debian's unmodified stm32flash against the virtual board: vboard, board file, folder of its firmware, where its application
# stands, parity of the wire.
# Pseudo-terminals hide parity, so the tool is told 8N1 and the board's far end has the parity.
set -u
export LC_ALL=C
vboard=$1 board=$2 firmware=$3 slot=$4 parity=$5
work=$(mktemp -d)
cd "$work" || exit 1
pid=
image=$firmware/blink-v1.bin
size=$(stat -c %s "$image")

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

start() {
    [ -z "$pid" ] || { kill "$pid"; wait "$pid"; }
    : >log # what the last board said is no answer of this one
    "$vboard" run "$board" --load "$firmware/boot.elf" --uart "pty:$work/tty,parity=$parity" --button pressed \
        --strict --led-trace led 2>log &
    pid=$!
    for _ in $(seq 3000); do
        grep -qx ready log && sleep 0.3 && return # the greeting is over before a client comes
        sleep 0.02
    done
    fail "the board did not start"
}

tool() {
    stm32flash -m 8n1 "$@" "$work/tty" >out 2>&1
}

# insist COMMAND...: a line that has another host's speed needs a few tries, or three seconds of silence of the board's own time,
# which a busy machine makes a minute of ours.
insist() {
    for _ in $(seq 90); do
        "$@" && return 0
        sleep 1
    done
    return 1
}

start
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
before=$(wc -l <led)
for _ in $(seq 600); do # where images are staged they are installed first
    [ "$(wc -l <led)" -ge $((before + 3)) ] && break
    sleep 0.1
done
[ "$(wc -l <led)" -ge $((before + 3)) ] || fail "the application does not blink"

start
insist tool -b 115200 -R || fail "reset by the stub"
grep -q 'Reset done' out || fail "reset by the stub is not told"
insist tool -b 38400 || fail "identification after the reset"
echo passed
