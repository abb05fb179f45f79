#!/bin/bash
# SPDX-License-Identifier: MIT
# Virtual time and the clock on the wall. Bounds are wide: the machine may be busy.
. "${0%/*}/common.sh"

now_ms() {
    echo $(($(date +%s%N) / 1000000))
}

# takes LEAST MOST OPTIONS...: a whole run, in real ms
takes() {
    local least=$1 most=$2 begin took
    shift 2
    begin=$(now_ms)
    code 0 "$vboard" run "$board" --load "$guests/monitor.elf" "$@"
    took=$(($(now_ms) - begin))
    [ $took -ge "$least" ] && [ $took -le "$most" ] || fail "$*: took $took ms, not $least to $most"
}

takes 1000 1900 --for 1
takes 250 1200 --for 1 --speed 4
takes 2000 2900 --for 0.5 --speed 0.25
takes 0 8000 --for 10 --speed max

# As fast as possible, but a client of the line lives in real time: a guest that only waits for it does not run ahead.
start --load "$guests/monitor.elf" --uart pty:uart --control control --speed max
greeted
exec 3<>uart
talk 3 abc abc
from=$(ctl status | sed 's/.*time=\([0-9]*\)\.\([0-9]\{3\}\).*/\1\2/')
sleep 1
to=$(ctl status | sed 's/.*time=\([0-9]*\)\.\([0-9]\{3\}\).*/\1\2/')
passed=$((10#$to - 10#$from))
[ $passed -ge 900 ] && [ $passed -le 1900 ] || fail "$passed virtual ms passed in a second"
exec 3>&-

# With nobody on the line, a wait is over as soon as the host can make it.
sleep 0.1
begin=$(now_ms)
code 0 ctl wait 5
took=$(($(now_ms) - begin))
[ $took -le 4000 ] || fail "wait 5 took $took real ms"

# Waiting costs little of the host: user and system time of the process over a second.
ticks() {
    awk '{ print $14 + $15 }' "/proc/$pid/stat"
}
from=$(ticks)
sleep 1
to=$(ticks)
[ $((to - from)) -le $(($(getconf CLK_TCK) * 60 / 100)) ] || fail "$((to - from)) ticks of CPU time in a second of waiting"
ctl quit
ended 0
exit 0
