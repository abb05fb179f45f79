#!/bin/sh
# SPDX-License-Identifier: MIT
# The sizes of all bootloaders that are built, beside their budgets, and the most stack each can need beside the RAM there
# is for it. The build has refused those that exceed either.
set -eu
folder=${1:?usage: tools/sizes.sh BOARDS_FOLDER}

printf '%-28s %8s %8s %8s %8s %8s\n' "bootloader" "bytes" "budget" "free" "stack" "of"
for boot in "$folder"/*/boot.bin; do
    board=$(dirname "$boot")
    [ -e "$board/stack.txt" ] || continue # left behind by a board that is no more, or has another name
    bytes=$(wc -c <"$boot")
    budget=$(sed -n 's/^set(HF_BUDGET \([0-9]*\))$/\1/p' "$board/board.cmake")
    worst=$(sed -n 's/^worst //p' "$board/stack.txt")
    room=$(sed -n 's/^room //p' "$board/stack.txt")
    printf '%-28s %8d %8d %8d %8d %8d\n' "$(basename "$board")" "$bytes" "$budget" $((budget - bytes)) "$worst" "$room"
done
