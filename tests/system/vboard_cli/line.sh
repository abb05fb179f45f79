#!/bin/bash
# SPDX-License-Identifier: MIT
# The far end's baud rate and parity are real: what does not match is damaged.
. "${0%/*}/common.sh"

start --load "$guests/monitor.elf" --uart pty:uart --control control
greeted
exec 3<>uart
talk 3 a a
stty -F uart 57600
printf a >&3
ctl wait 0.1 >/dev/null
hear 3 1
[ "$heard" != a ] || fail "half the baud rate made no difference"
stty -F uart 115200
ctl wait 0.1 >/dev/null
drain 3
talk 3 b b
stty -F uart 117000 2>/dev/null && talk 3 c c # 1.6 % off is still understood
exec 3>&-
ctl quit
ended 0

# Even parity on both sides.
start --load "$guests/monitor_even.elf" --uart pty:uart,parity=even --control control
greeted
exec 3<>uart
talk 3 abc abc
exec 3>&-
kill -TERM "$pid"
ended 0

# The far end sends odd parity, the guest sees a parity error in each byte and says "!".
start --load "$guests/monitor_even.elf" --uart pty:uart,parity=odd --control control
greeted
exec 3<>uart
talk 3 abc '!!!'
exec 3>&-
kill -TERM "$pid"
ended 0

# Odd parity as a client sets it.
start --load "$guests/monitor_even.elf" --uart pty:uart --control control
greeted
exec 3<>uart
stty -F uart parenb parodd 2>/dev/null
talk 3 abc '!!!'
exec 3>&-
kill -TERM "$pid"
ended 0
exit 0
