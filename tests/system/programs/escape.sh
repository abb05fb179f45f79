#!/bin/bash
# SPDX-License-Identifier: MIT
# A running application, no button: `holdfast flash` sends it the serial escape, as the board file says, and brings it to the
# new version.
product=stm32f407-uart
# shellcheck source=tests/system/programs/common.sh
. "${0%/*}/common.sh"

begin telemetry-v1.elf
ctl wait 1.2 >/dev/null
blinks 500
code 0 "$holdfast" flash --port port --board "$board" "$firmware/telemetry-v2.bin"
says "sending the escape of product 0x00000407 at 115200 bit/s"
says "verified, started"
ctl wait 1 >/dev/null
blinks 250

# Without a board file the image says for which product the escape is.
code 0 "$holdfast" flash --port port --enter escape --app-baud 115200 --json "$firmware/telemetry-v1.bin"
says '"entered":true'
ctl wait 1 >/dev/null
blinks 500

# A pseudo-terminal has no lines that could reset a board.
code 4 "$holdfast" flash --port port --board "$board" --enter dtr-rts "$firmware/telemetry-v2.bin"
says "E0413: port has no lines DTR and RTS"
blinks 500

# Two boards at once: each is brought into update mode by itself; one of them waits there already.
"$vboard" run "$board" --chips "$source/chips" --load "$firmware/boot.elf" --uart pty:second --button pressed --speed max --strict \
    2>second.log &
second=$!
until_true grep -qx ready second.log || fail "the second board did not start: $(cat second.log)"
code 0 "$holdfast" flash --port port --port second --no-boot --board "$board" "$firmware/telemetry-v2.bin"
grep -q '^port  *verified .*  brought into update mode$' out || fail "port was not brought into update mode: $(cat out err)"
grep -q '^port  *enter ' err || fail "nobody could see it: $(cat err)"
grep -q '^second  *verified .* B$' out || fail "second: $(cat out err)"
kill -TERM "$second"
wait "$second"
ctl reset >/dev/null
ctl wait 1.2 >/dev/null
blinks 250
code 4 "$holdfast" flash --port port --port missing --board "$board" --json "$firmware/telemetry-v1.bin"
says '{"event":"progress","port":"port","phase":"enter","percent":0}'
says '{"event":"log","port":"port","text":"no bootloader answers: sending the escape'
grep -q '"event":"result","port":"port","ok":true.*"entered":true' out || fail "no result: $(cat out)"
grep -q '"event":"result","port":"missing","ok":false.*"next":' out || fail "no result: $(cat out)"
leave
