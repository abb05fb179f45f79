#!/bin/bash
# SPDX-License-Identifier: MIT
# A UART as a TCP port: one client at a time, any number one after the other.
. "${0%/*}/common.sh"

start --load "$guests/monitor.elf" --uart usart2=tcp:0 --control control
port=$(sed -n 's/^uart usart2: 127\.0\.0\.1:\([0-9]*\) (tcp)$/\1/p' log)
[ -n "$port" ] || fail "the port is not announced"
greeted
exec 3<>"/dev/tcp/127.0.0.1/$port"
talk 3 abc abc
exec 4<>"/dev/tcp/127.0.0.1/$port"
equal "a second client" "" "$(timeout 5 cat <&4)"
exec 4>&-
talk 3 def def
exec 3>&-
for text in one two three; do
    exec 3<>"/dev/tcp/127.0.0.1/$port"
    talk 3 $text $text
    exec 3>&-
done

# A port that is taken.
code 3 "$vboard" run "$board" --uart "tcp:$port"
says "Address already in use"
ctl quit
ended 0

start --load "$guests/monitor_even.elf" --uart tcp:0,baud=115200,parity=odd --control control
port=$(sed -n 's/^uart usart2: 127\.0\.0\.1:\([0-9]*\) (tcp)$/\1/p' log)
greeted
exec 3<>"/dev/tcp/127.0.0.1/$port"
talk 3 abc '!!!'
exec 3>&-
kill -TERM "$pid"
ended 0
exit 0
