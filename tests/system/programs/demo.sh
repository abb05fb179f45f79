#!/bin/bash
# SPDX-License-Identifier: MIT
# `make demo` ends with 0 when both rhythms were measured, and only then: with v1 in the place of v2 it must fail.
set -eu
source=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$source"
tools/demo.sh build >"$work/out" 2>&1 || { cat "$work/out"; exit 1; }
grep -q 'one every 500.000 ms' "$work/out"
grep -q 'one every 250.000 ms' "$work/out"

mkdir "$work/build"
ln -s "$source/build/bin" "$work/build/bin"
cp -r build/boards "$work/build/boards"
cp "$work"/build/boards/stm32f407-discovery/blink-v1.bin "$work"/build/boards/stm32f407-discovery/blink-v2.bin
if tools/demo.sh "$work/build" >"$work/out" 2>&1; then
    echo "FAILED: the demo is content with an LED that did not change"
    cat "$work/out"
    exit 1
fi
grep -q 'one every 500.000 ms' "$work/out"
