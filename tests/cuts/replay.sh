#!/bin/bash
# SPDX-License-Identifier: MIT
# What a cut of hf-cuts has left is what `vboard run` goes on from, and both see the same application come up.
#
#   replay.sh HF_CUTS VBOARD BOARDS
set -eu
cuts=$1 vboard=$2 boards=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for id in 1:0:0:1:supply 9:500000:3:7:supply 30:900000:0:8:pin; do
    "$cuts" --story swap-install --replay $id --state "$work/state" >"$work/said"
    grep -qF "vboard run boards/stm32f407-swap.json --flash-file $work/state" "$work/said"
    case $(cat "$work/said") in
    *'the old application runs'*) ms=500 ;;
    *'the new application runs'*) ms=250 ;;
    *) cat "$work/said"; exit 1 ;;
    esac
    # Behind the last second of half a minute the installation is over.
    "$vboard" run "$boards/stm32f407-swap.json" --flash-file "$work/state" --led-trace "$work/led" --for 30 --speed max
    "$vboard" wave --from 25 --expect-toggle-ms $ms --tolerance-ms 2 "$work/led"
done
for wrong in 1:0:0:1 1:0:0:1:lightning x; do
    "$cuts" --story swap-install --replay $wrong && { echo "$wrong was accepted"; exit 1; }
done
exit 0
