#!/bin/sh
# SPDX-License-Identifier: MIT
# The deepest stack of a bootloader that was linked with -fcallgraph-info=su, into stack.txt beside it: worst case, its
# parts, and the room there is. Fails when the room is too small. With --path, prints who uses it.
set -eu
usage="usage: tools/stack.sh BOARD_FOLDER [--path]"
folder=${1:?$usage}
here=$(dirname "$0")

address() # SYMBOL
{
    echo "0x$(arm-none-eabi-nm "$folder/boot.elf" | sed -n "s/ [A-Za-z] $1\$//p")"
}

room=$(($(address _estack) - $(address _enoinit)))
{
    cat "$folder"/boot.elf.ltrans*.ci
    arm-none-eabi-objdump -d --no-show-raw-insn "$folder/boot.elf"
} >"$folder/stack.graph"
awk -v board="$(basename "$folder")" -v room="$room" -f "$here/stack.awk" "$folder/stack.graph" >"$folder/stack.txt"
if [ "${2:-}" = --path ]; then
    awk -v trace=1 -v board="$(basename "$folder")" -v room="$room" -f "$here/stack.awk" "$folder/stack.graph"
fi
rm "$folder/stack.graph"
