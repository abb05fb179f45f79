#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the scripts with stm32flash share. Needs $vboard, $board and $firmware. They go on in an empty folder, which is put away
# with the board when they end.
export LC_ALL=C
work=$(mktemp -d)
cd "$work" || exit 1
pid=

finish() {
    local code=$?
    [ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null
    [ $code -eq 0 ] || { echo "--- board"; cat log; echo "--- stm32flash"; cat out; }
    rm -rf "$work"
    exit $code
}
trap finish EXIT

fail() {
    echo "FAILED: $*"
    exit 1
}

# start PORT [OPTION...]: the board with its bootloader, its serial line at PORT
start() {
    [ -z "$pid" ] || { kill "$pid"; wait "$pid"; }
    : >log # what the last board said is no answer of this one
    # shellcheck disable=SC2154 # set by who sources this
    "$vboard" run "$board" --load "$firmware/boot.elf" --uart "pty:$work/$1" --strict --led-trace led "${@:2}" 2>log &
    pid=$!
    for _ in $(seq 3000); do
        grep -qx ready log && sleep 0.3 && return # the greeting is over before a client comes
        sleep 0.02
    done
    fail "the board did not start"
}

# Pseudo-terminals hide parity, so the tool is told 8N1 and the board's far end has the parity.
tool() {
    stm32flash -m 8n1 "$@" "$work/tty" >out 2>&1
}

# insist COMMAND...: a line that has another host's speed needs a few tries, or three seconds of silence of the board's own time,
# which a busy machine makes a minute of ours; and it may answer later than stm32flash waits.
insist() {
    for _ in $(seq 90); do
        "$@" && return 0
        sleep 1
    done
    return 1
}

# blinks: an application runs. Where images are staged they are installed first.
blinks() {
    local before
    before=$(wc -l <led)
    for _ in $(seq 600); do
        [ "$(wc -l <led)" -ge $((before + 3)) ] && return 0
        sleep 0.1
    done
    return 1
}
