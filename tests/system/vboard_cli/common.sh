#!/bin/bash
# SPDX-License-Identifier: MIT
# What the scripts share. Each is called with the command vboard, a board file, and the folder of the guests.
set -u
export LC_ALL=C
# shellcheck disable=SC2034 # the scripts use them
vboard=$1 board=$2 guests=$3
work=$(mktemp -d)
cd "$work" || exit 1
pid=

finish() {
    local code=$?
    if [ -n "$pid" ]; then
        kill -KILL "$pid" 2>/dev/null
    fi
    [ $code -eq 0 ] || { echo "--- log of the board"; cat log 2>/dev/null; }
    rm -rf "$work"
    exit $code
}
trap finish EXIT

fail() {
    echo "FAILED: $*"
    exit 1
}

# equal WHAT EXPECTED FOUND
equal() {
    [ "$2" = "$3" ] || fail "$1: expected '$2', found '$3'"
}

# code EXPECTED COMMAND...: runs it, its output goes to the files out and err.
code() {
    local expected=$1 found=0
    shift
    "$@" >out 2>err || found=$?
    [ $found -eq "$expected" ] || fail "$* ended with $found, not $expected: $(cat out err)"
}

# in_time COMMAND...: what has an upper bound on the wall's clock. A busy machine may be late, so it is tried again, with a
# pause; a program that is late by itself is late every time.
in_time() {
    for _ in $(seq 10); do
        "$@" && return 0
        sleep 1
    done
    fail "never in time: $*"
}

# says TEXT: the last command's messages hold it.
says() {
    grep -qF -- "$1" out err || fail "no '$1' in: $(cat out err)"
}

# until_true COMMAND...: tries for a minute or more.
until_true() {
    for _ in $(seq 3000); do
        "$@" 2>/dev/null && return 0
        sleep 0.02
    done
    return 1
}

# start OPTIONS...: starts the board in the background and waits until it is ready.
start() {
    : >log # what the last board said is no answer of this one
    "$vboard" run "$board" "$@" 2>log &
    pid=$!
    until_true grep -qx ready log || fail "the board did not start: $(cat log)"
}

gone() {
    ! kill -0 "$pid"
}

# ended EXPECTED: waits for the end of the run.
ended() {
    local found=0
    until_true gone || fail "the run does not end"
    wait "$pid" || found=$?
    pid=
    [ $found -eq "$1" ] || fail "the run ended with $found, not $1"
}

ctl() {
    "$vboard" ctl control "$@"
}

# The guest has said hello, to whoever had its line open.
greeted() {
    ctl wait 0.05 >/dev/null
}

# hear FD COUNT: the next bytes of a line that was opened as FD, into $heard; fewer after five seconds of silence.
hear() {
    heard=
    IFS= read -r -t 5 -N "$2" -u "$1" heard
}

# expect FD TEXT: this is what comes next.
expect() {
    hear "$1" ${#2}
    equal "what came from the board" "$2" "$heard"
}

# talk FD TEXT ANSWER
talk() {
    printf '%s' "$2" >&"$1"
    hear "$1" ${#3}
    equal "answer to '$2'" "$3" "$heard"
}

# drain FD: forgets what has come.
drain() {
    while IFS= read -r -t 0.2 -N 1 -u "$1"; do :; done
}
