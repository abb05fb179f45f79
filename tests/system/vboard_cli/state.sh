#!/bin/bash
# SPDX-License-Identifier: MIT
# The state file: flash and backup domain go on where they ended.
. "${0%/*}/common.sh"

# ask COMMAND ANSWER, of a board that has said hello
ask() {
    exec 3<>uart
    talk 3 "$1" "$2
"
    exec 3>&-
}

start --load "$guests/monitor.elf" --flash-file state --uart pty:uart --control control
[ ! -e state ] || fail "the file is there before the end"
greeted
ask S "starts 1"
ask R blank
ask W record
code 0 ctl save
cp state saved
ctl quit
ended 0
[ -s state ] || fail "no state file"
[ ! -e state.new ] || fail "a temporary file is left"

# No --load: everything comes from the file.
start --flash-file state --uart pty:uart --control control
greeted
ask S "starts 2"
ask R record
ctl quit
ended 0

# What `save` wrote is as good.
start --flash-file saved --uart pty:uart --control control
greeted
ask R record
ctl quit
ended 0

# --load writes on top: here four erased bytes over the record.
printf '\377\377\377\377' >erased
start --flash-file state --load erased@0x080E0000 --uart pty:uart --control control
greeted
ask S "starts 3"
ask R blank
ctl quit
ended 0

# A state that cannot be written is an error, and a damaged one is refused and left alone.
mkdir folder
start --load "$guests/monitor.elf" --flash-file folder/state --control control
rmdir folder
ctl quit
ended 3
grep -q "folder/state: could not be written" log || fail "no word about the lost state"
head -c 1000 state >short
cp short before
code 3 "$vboard" run "$board" --flash-file short
says "short"
cmp short before || fail "a damaged state was overwritten"
exit 0
