#!/bin/bash
# SPDX-License-Identifier: MIT
# However a run ends, it puts away what it made; if it is killed, the next one copes.
. "${0%/*}/common.sh"

for signal in INT TERM HUP; do
    rm -f state
    start --load "$guests/monitor.elf" --flash-file state --uart pty:uart --control control --led-trace led
    ctl wait 0.3 >/dev/null
    kill -$signal "$pid"
    ended 0
    [ -s state ] || fail "SIG$signal: no state"
    [ ! -L uart ] || fail "SIG$signal: the link is left"
    [ ! -e control ] || fail "SIG$signal: the socket is left"
    tail -1 led | grep -q '^# end ' || fail "SIG$signal: the trace has no end"
done

# A client that vanishes while the board talks to it does not end the run.
start --load "$guests/monitor.elf" --uart tcp:0 --control control
port=$(sed -n 's/.*127\.0\.0\.1:\([0-9]*\) (tcp)$/\1/p' log)
for _ in 1 2 3; do
    exec 3<>"/dev/tcp/127.0.0.1/$port"
    head -c 2000 /dev/zero >&3
    exec 3>&-
done
code 0 ctl wait 0.1
kill -KILL "$pid"
wait "$pid" 2>/dev/null
pid=
[ -S control ] || fail "killed, but the socket is gone"
code 3 "$vboard" ctl control status
start --load "$guests/monitor.elf" --uart pty:uart --control control
code 0 ctl status
code 3 "$vboard" run "$board" --control control
says "taken"
code 0 ctl status
kill -KILL "$pid"
wait "$pid" 2>/dev/null
pid=
[ -L uart ] || fail "killed, but the link is gone"
start --load "$guests/monitor.elf" --uart pty:uart --control control
exec 3<>uart
greeted
drain 3
talk 3 abc abc

# The link belongs to somebody else by now: it stays.
rm uart
ln -s /dev/null uart
ctl quit
ended 0
[ -L uart ] || fail "somebody else's link was removed"
exit 0
