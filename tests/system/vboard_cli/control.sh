#!/bin/bash
# SPDX-License-Identifier: MIT
# The control socket: every command, and what is no command.
. "${0%/*}/common.sh"

field() {
    ctl status | tr ' ' '\n' | sed -n "s/^$1=//p"
}

start --load "$guests/monitor.elf" --uart pty:uart --control control --button pressed
exec 3<>uart
greeted
drain 3
talk 3 B "pressed
"
code 0 ctl button release
talk 3 B "released
"
code 0 ctl button press
talk 3 B "pressed
"
code 0 ctl button release

equal power on "$(field power)"
equal unmodelled 0 "$(field unmodelled)"
case "$(field pc)" in
0x0800*) ;;
*) fail "pc outside the guest: $(field pc)" ;;
esac

waits_half_a_second() {
    local before after
    before=$(field time)
    code 0 ctl wait 0.5
    after=$(sed 's/time=//' out)
    awk -v a="$before" -v b="$after" 'BEGIN { exit !(b - a >= 0.5) }' || fail "wait 0.5 went from $before to $after"
    awk -v a="$before" -v b="$after" 'BEGIN { exit !(b - a < 2) }'
}
in_time waits_half_a_second

# A pin driven from outside: the button's pin, against its resistor.
code 0 ctl pin PA0 high
talk 3 B "pressed
"
code 0 ctl pin PA0
says high
code 0 ctl pin PA0 low
talk 3 B "released
"
code 0 ctl pin PA0 float

# Resets: the guest starts again, the backup domain counts.
code 0 ctl reset
expect 3 "hello
"
talk 3 S "starts 2
"
code 0 ctl power off
equal power off "$(field power)"
code 2 ctl power off
says "switched off already"
code 2 ctl reset
says "power on first"
code 0 ctl power on
code 2 ctl power on
expect 3 "hello
"
talk 3 S "starts 3
"
code 0 ctl power off --no-vbat
code 0 ctl power on
expect 3 "hello
"
talk 3 S "starts 1
"
code 0 ctl crystal off
code 0 ctl crystal on
code 0 ctl break
expect 3 '?' # a break is a framing error
code 0 ctl break usart2

for bad in 'fly' 'button' 'button hold' 'button press release' 'power' 'power up' 'power off --now' 'pin' \
    'pin PZ1 high' 'pin PA16 high' 'pin PA0 up' 'crystal' 'crystal maybe' 'wait' 'wait long' 'wait -1' 'break usart3' \
    'reset now' 'a b c d e f g'; do
    # shellcheck disable=SC2086 # words of a command
    code 2 ctl $bad
done
code 2 ctl save
says "--flash-file"
code 2 ctl ''
code 2 ctl "$(printf '%0300d' 0)"
says "too long"

# Two waits at once, a client that hangs up while it waits, and the end of the run answer as they should.
ctl wait 0.3 >first &
one=$!
ctl wait 0.2 >second &
two=$!
timeout 0.1 "$vboard" ctl control wait 100
wait $one && wait $two || fail "two waits at once"
"$vboard" ctl control wait 100 2>third &
one=$!
sleep 0.3
code 0 ctl quit
ended 0
wait $one && fail "a wait beyond the end of the run was answered with ok"
grep -q "the run has ended" third || fail "no word about the end: $(cat third)"
[ ! -e control ] || fail "the socket is still there"
exit 0
