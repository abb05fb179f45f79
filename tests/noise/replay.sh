#!/bin/bash
# SPDX-License-Identifier: MIT
# A session is the same one every time it is asked for.
set -eu
noise=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for which in fast/noise-1e-3/1 packed/stalls/2 an3155/noise-1e-4/4; do
    "$noise" --replay $which >"$work/one"
    "$noise" --replay $which >"$work/two"
    cmp "$work/one" "$work/two"
    grep -q ' 1 sessions' "$work/one"
done
status=0
"$noise" --replay fast/no-such-line/1 2>"$work/one" || status=$?
[ $status -eq 2 ]
grep -q 'PROTOCOL/LINE/SEED' "$work/one"
