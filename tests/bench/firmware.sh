#!/bin/sh
# SPDX-License-Identifier: MIT
# Real code for an Armv7E-M, as much of it as there is at hand: all of newlib, as one binary. It is looked at, never run.
# firmware.sh COMPILER OBJCOPY OUT
set -eu
compiler="$1 -mcpu=cortex-m4 -mthumb -mfloat-abi=soft"
objcopy=$2 out=$3
wanted=
for name in libm.a libc.a libc_nano.a; do
    # shellcheck disable=SC2086
    wanted="$wanted $($compiler -print-file-name=$name)"
done
# What the libraries want from a system stays open, and what two of them have is taken twice.
# shellcheck disable=SC2086
$compiler -nostdlib -Wl,--whole-archive $wanted -Wl,--no-whole-archive -lgcc -Wl,--allow-multiple-definition \
    -Wl,--unresolved-symbols=ignore-all -Wl,-Ttext=0x08010000 -Wl,-e0 -Wl,--no-warnings -o "$out.elf"
"$objcopy" -O binary -j .text -j .rodata "$out.elf" "$out"
