#!/bin/bash
# SPDX-License-Identifier: MIT
# What a device tells of itself, two devices at once, and an update whose board loses power on the way.
product=stm32f407-uart # speaks every protocol
# shellcheck source=tests/system/programs/common.sh
. "${0%/*}/common.sh"

other() {
    : >"$1.log"
    "$vboard" run "$board" --load "$firmware/boot.elf" --uart "pty:$1" --button pressed --strict "${@:2}" 2>"$1.log" &
    others+=($!)
    until_true grep -qx ready "$1.log" || fail "the other board did not start: $(cat "$1.log")"
}

# shows PATTERN: a line of the last command's output is like that.
shows() {
    grep -q -- "$1" out || fail "no '$1' in: $(cat out err)"
}

others=()
start --load "$firmware/boot.elf" --uart pty:port --control control --button pressed --strict
code 0 "$holdfast" info --port port
shows '^chip  *0x413'
shows '^installed  *none that is valid: ERASED'
other second
code 0 "$holdfast" flash --port port --port second --no-boot --board "$board" "$firmware/blink-v2.bin"
shows '^port  *verified'
shows '^second  *verified'
code 0 "$holdfast" info --port second --json
shows '"installed":{"valid":true,"version":"2.0.0"'
code 4 "$holdfast" flash --port port --port missing --no-boot "$firmware/blink-v2.bin"
shows '^port  *verified .* there already 896 B'
shows '^missing  *FAILED   E0401'
code 2 "$holdfast" flash --port port --port second --monitor "$firmware/blink-v2.bin"

kill -TERM "$pid" "${others[0]}"
wait "$pid" "${others[0]}"
pid=

# The board is gone in the middle of an update, and comes back with what had been written. A starved board is a silent one: it is
# waited for as well.
{ printf '\000\000\002\040\101\002\001\010'; head -c 568 /dev/zero; head -c 20000 /dev/urandom; } >app
code 0 "$holdfast" seal --board "$board" --version 3.0.0 --format bin -o app.bin app
other third --flash-file third.state
"$holdfast" flash --port third --resume --wait 600 --no-boot app.bin >update.out 2>update.err &
update=$!
until_true grep -qE "write +[1-9][0-9] %" update.err || fail "the update did not come so far: $(cat update.err)"
kill -TERM "${others[1]}"
wait "${others[1]}"
other third --flash-file third.state
wait $update || fail "it did not go on: $(cat update.out update.err)"
grep -q "the connection broke" update.err || fail "it never noticed: $(cat update.err)"
grep -q "verified" update.out || fail "not verified: $(cat update.out)"
kill -TERM "${others[2]}"
wait "${others[2]}"
exit 0
