#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The models of the installation are explored by SPIN, for each strategy; a model with a fault on purpose must fail; and
# the names in the models are those of the code. check.sh SOURCE_FOLDER COMPILER
set -euo pipefail
root=${1:?} cc=${2:?}
models=$root/tests/model
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# build NAME KIND OPTIONS...: SAFETY for assertions, NP for assertions and circles without power failing
build() {
    local name=$1 kind=$2
    shift 2
    rm -f pan* ./*.trail
    spin "$@" -a "$models/$name.pml" >/dev/null
    "$cc" -O2 -w "-D$kind" -o pan pan.c
    if [ "$kind" = NP ]; then
        ./pan -m2000000 -l >found
    else
        ./pan -m2000000 >found
    fi
    if grep -E "max search depth too small|out of memory" found; then
        echo "not all of $name $* was explored"
        exit 1
    fi
}

# holds NAME KIND OPTIONS...
holds() {
    build "$@"
    local name=$1
    shift 2
    if ! grep -q "errors: 0" found; then
        grep "^pan:1" found
        spin "$@" -k "$name.pml.trail" -t -p -g "$models/$name.pml" | tail -60
        echo "$name $*: the promise is broken"
        exit 1
    fi
    echo "$name $*:$(grep "states, stored" found | head -1)"
}

# breaks NAME KIND OPTIONS...: the fault on purpose is seen
breaks() {
    build "$@"
    local name=$1
    shift 2
    if grep -q "errors: 0" found; then
        echo "$name $*: the fault on purpose was not found"
        exit 1
    fi
    echo "$name $*: found, as it must be"
}

# same_names WHAT CODE MODEL: in any order
same_names() {
    if [ "$(sort <<<"$2")" != "$(sort <<<"$3")" ] || [ -z "$2" ]; then
        printf '%s of the code:\n%s\n%s of the model:\n%s\n' "$1" "$2" "$1" "$3"
        exit 1
    fi
}

same_names states "$(sed -n 's/^ *HF_STATE_\([A-Z]*\)[ ,].*/\1/p' "$root/formats/hf_state.h")" \
    "$(sed -n 's/^mtype:hf_state = { *\(.*\) };.*/\1/p' "$models/install.pml" | tr -d ' ' | tr ',' '\n')"
same_names records "$(sed -n 's/^ *HF_BANK_\([A-Z]*\),.*/\1/p' "$root/formats/hf_bank.h" | grep -vE '^(KINDS|FLOOR|COPIED)$')" \
    "$(sed -n 's/^#define \([A-Z]*\) *[0-9] *$/\1/p' "$models/install_banks.pml" | grep -vE '^(LAST|JUNK|KINDS|BLANK|STRONG|OPENINGS)$')"

holds install NP -DSWAP -DHF_TRIAL=1
holds install NP -DSWAP -DHF_TRIAL=0
holds install NP -DOVERWRITE -DHF_TRIAL=0
holds install NP -DOVERWRITE -DHF_TRIAL=1
holds install NP -DEXTERNAL -DHF_TRIAL=1
holds install SAFETY -DEXTERNAL -DHF_TRIAL=1 -DWORD
breaks install NP -DSWAP -DHF_TRIAL=1 -DBREAK_STEPS
breaks install NP -DSWAP -DHF_TRIAL=1 -DBREAK_SETTLE
breaks install NP -DSWAP -DHF_TRIAL=1 -DBREAK_RECEIVE
holds install_banks NP -DTEARS=0
holds install_banks SAFETY -DTEARS=1
holds install_banks SAFETY -DTEARS=0 -DOPENINGS=1
breaks install_banks NP -DTEARS=0 -DBREAK_COPY
breaks install_banks NP -DTEARS=0 -DBREAK_PASSED
breaks install_banks SAFETY -DTEARS=0 -DBREAK_RENEW
breaks install_banks SAFETY -DTEARS=0 -DOPENINGS=1 -DBREAK_OPENING
breaks install_banks SAFETY -DTEARS=0 -DOPENINGS=1 -DBREAK_HOLD
breaks install_banks SAFETY -DTEARS=0 -DOPENINGS=1 -DBREAK_ERASE
