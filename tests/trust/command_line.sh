#!/bin/bash
# SPDX-License-Identifier: MIT
# What the tests of keys on the command line share: a folder that goes away, and how a failure is told and counted.
work=$(mktemp -d) && cd "$work" || exit 99
trap 'rm -rf "$work"' EXIT
failed=0

fail() {
    echo "FAILED: $*"
    failed=$((failed + 1))
}

# expect STATUS WORDS COMMAND...: the command ends with STATUS and says WORDS on one of its outputs.
expect() {
    local status=$1 words=$2
    shift 2
    "$@" >out.txt 2>err.txt </dev/null
    local got=$?
    if [ $got -ne "$status" ] || { [ -n "$words" ] && ! grep -qF -e "$words" out.txt err.txt; }; then
        fail "$*: status $got instead of $status, or not said: $words"
        sed 's/^/  /' out.txt err.txt
    fi
}
