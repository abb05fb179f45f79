#!/bin/bash
# SPDX-License-Identifier: MIT
# Counted cases for bash scripts that run many in one go. A failed case does not end the script.
#
#   begin NAME          starts a case
#   expect WHAT COMMAND... the case fails unless the command succeeds; WHAT says what was expected
#   code CODE COMMAND...   runs it with its output in the file `out`; the case fails unless it ends with CODE
#   says WORDS          they are in what the last command of `code` printed
#   finish              prints the sums as cmocka does; its exit code is the script's
cases=0 failures=0 case_name=

begin() {
    case_close
    cases=$((cases + 1))
    case_name=$1 case_failed=
    case_start=$SECONDS
    echo "[ RUN      ] $case_name"
}

case_close() {
    [ -n "$case_name" ] || return 0
    if [ -n "$case_failed" ]; then
        failures=$((failures + 1))
        echo "[  FAILED  ] $case_name"
    else
        echo "[       OK ] $case_name ($((SECONDS - case_start)) s)"
    fi
    case_name=
}

wrong() {
    case_failed=yes
    echo "$*"
}

expect() {
    local what=$1
    shift
    "$@" || wrong "Expected: $what"
}

code() {
    local expected=$1 found=0
    shift
    "$@" >out 2>&1 || found=$?
    [ "$found" -eq "$expected" ] || wrong "$* ended with $found, not $expected: $(cat out)"
}

says() {
    expect "the words '$1', in: $(tail -n 3 out)" grep -qF -- "$1" out
}

finish() {
    case_close
    echo "[  PASSED  ] $((cases - failures)) test(s)."
    [ "$failures" -eq 0 ] && return
    echo "[  FAILED  ] $failures test(s)."
    return 1
}
