#!/bin/sh
# SPDX-License-Identifier: MIT
# The sizes of all bootloaders that are built, beside their budgets. The linker has refused those that exceed theirs.
set -eu
folder=${1:?usage: tools/sizes.sh BOARDS_FOLDER}

printf '%-28s %8s %8s %8s\n' "bootloader" "bytes" "budget" "free"
for boot in "$folder"/*/boot.bin; do
    board=$(dirname "$boot")
    bytes=$(wc -c <"$boot")
    budget=$(sed -n 's/^set(HF_BUDGET \([0-9]*\))$/\1/p' "$board/board.cmake")
    printf '%-28s %8d %8d %8d\n' "$(basename "$board")" "$bytes" "$budget" $((budget - bytes))
done
