#!/bin/bash
# SPDX-License-Identifier: MIT
# Virtual time and the clock on the wall. Being early is an error at once, being late one when it always happens.
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
    [ "$took" -ge "$least" ] || fail "$*: took $took ms, less than $least"
    [ "$took" -le "$most" ]
}

in_time takes 1000 1900 --for 1
in_time takes 250 1200 --for 1 --speed 4
in_time takes 2000 2900 --for 0.5 --speed 0.25
in_time takes 0 8000 --for 10 --speed max

virtual_ms() {
    ctl status | sed 's/.*time=\([0-9]*\)\.\([0-9]\{3\}\).*/\1\2/'
}

# passes_a_second: virtual time goes with the wall's, give or take the two questions.
passes_a_second() {
    local from to
    from=$(virtual_ms)
    sleep 1
    to=$(virtual_ms)
    [ $((10#$to - 10#$from)) -ge 900 ] || fail "$from ms, and a second later $to ms"
    [ $((10#$to - 10#$from)) -le 1900 ]
}

# As fast as possible, but a client of the line lives in real time: a guest that only waits for it does not run ahead.
start --load "$guests/monitor.elf" --uart pty:uart --control control --speed max
greeted
exec 3<>uart
talk 3 abc abc
in_time passes_a_second
exec 3>&-

waits_quickly() {
    local begin
    begin=$(now_ms)
    code 0 ctl wait 5
    [ $(($(now_ms) - begin)) -le 4000 ]
}

# With nobody on the line, a wait is over as soon as the host can make it.
sleep 0.1
in_time waits_quickly

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
