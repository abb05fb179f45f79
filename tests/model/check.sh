#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The model of the installation engine is explored by SPIN, for each strategy; a model with a fault on purpose must fail;
# and its states are those of the code. check.sh SOURCE_FOLDER COMPILER
set -euo pipefail
root=${1:?} cc=${2:?}
model=$root/tests/model/install.pml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# explore WANTED OPTIONS...: "errors: WANTED", and nothing left unexplored
explore() {
    local wanted=$1
    shift
    rm -f pan* ./*.trail
    spin "$@" -a "$model" >/dev/null
    "$cc" -O1 -w -DSAFETY -o pan pan.c
    ./pan -m1000000 >safety
    if [ "$wanted" = none ]; then
        "$cc" -O1 -w -DNP -o pan pan.c
        ./pan -m1000000 -l >progress
    else
        : >progress
    fi
    if grep -hE "max search depth too small|out of memory" safety progress; then
        echo "not all of $* was explored"
        exit 1
    fi
    if [ "$wanted" = none ] && ! { grep -q "errors: 0" safety && grep -q "errors: 0" progress; }; then
        grep -h "pan:1" safety progress
        [ ! -e install.pml.trail ] || spin "$@" -k install.pml.trail -t -p -g "$model" | tail -60
        echo "$*: the promise is broken"
        exit 1
    fi
    if [ "$wanted" = some ] && grep -q "errors: 0" safety; then
        echo "$*: the fault on purpose was not found"
        exit 1
    fi
    echo "$*: $(grep -h "states, stored" safety | tr -s ' ' | head -1)"
}

explore none -DSWAP -DHF_TRIAL=1
explore none -DSWAP -DHF_TRIAL=0
explore none -DOVERWRITE -DHF_TRIAL=0
explore none -DOVERWRITE -DHF_TRIAL=1
explore some -DSWAP -DHF_TRIAL=1 -DBREAK_STEPS
explore some -DSWAP -DHF_TRIAL=1 -DBREAK_SETTLE

# The model's states, in any order, are those of hf_state.h.
code=$(sed -n 's/^ *HF_STATE_\([A-Z]*\)[ ,].*/\1/p' "$root/formats/hf_state.h" | sort)
modelled=$(sed -n 's/^mtype:hf_state = { *\(.*\) };.*/\1/p' "$model" | tr -d ' ' | tr ',' '\n' | sort)
if [ "$code" != "$modelled" ] || [ -z "$code" ]; then
    printf 'states of the code:\n%s\nstates of the model:\n%s\n' "$code" "$modelled"
    exit 1
fi
