#!/bin/bash
# SPDX-License-Identifier: MIT
# GDB's remote protocol, spoken by hand: each packet and what it does to the board.
. "${0%/*}/common.sh"

address_of() {
    printf '%d' "0x$(arm-none-eabi-nm "$guests/monitor.elf" | awk -v name="$1" '$3 == name { print $1 }')"
}

# send PACKET
send() {
    local i sum=0
    for ((i = 0; i < ${#1}; i++)); do
        sum=$((sum + $(printf '%d' "'${1:i:1}")))
    done
    printf '$%s#%02x' "$1" $((sum & 255)) >&3
}

# receive: the next packet, without its frame; acknowledgements in front of it are skipped
receive() {
    local text=
    IFS= read -r -t 10 -d '#' -u 3 text || fail "GDB's end hears nothing"
    IFS= read -r -t 10 -N 2 -u 3 _
    text=${text#"${text%%\$*}"}
    printf '%s' "${text#\$}"
}

# ask PACKET EXPECTED
ask() {
    send "$1"
    equal "answer to $1" "$2" "$(receive)"
}

# Bytes of a register or memory, as hexadecimal in the target's order, as a number.
number() {
    printf '%d' "0x${1:6:2}${1:4:2}${1:2:2}${1:0:2}"
}

register() {
    local all
    send g
    all=$(receive)
    equal "registers in g" $((23 * 8)) ${#all}
    number "${all:$1*8:8}"
}

time_ms() {
    ctl status | sed 's/time=\([0-9]*\)\.\([0-9]\{3\}\).*/10#\1\2/'
}

start --load "$guests/monitor.elf" --gdb 0 --control control --speed max
port=$(sed -n 's/^gdb: 127\.0\.0\.1:\([0-9]*\)$/\1/p' log)
[ -n "$port" ] || fail "the port is not announced"
sleep 0.1
equal "time before GDB comes" 0 $(($(time_ms)))
exec 3<>"/dev/tcp/127.0.0.1/$port"

send "qSupported:multiprocess+"
case "$(receive)" in
*qXfer:features:read+*) ;;
*) fail "no features" ;;
esac
send "qXfer:features:read:target.xml:0,100"
part=$(receive)
equal "first part of the description" 'm<?xml' "${part:0:6}"
equal "its length" 257 ${#part}
ask '?' S05
ask vMustReplyEmpty ''
printf '$?#00' >&3
expect 3 - # damaged

# Halted in front of the first instruction.
reset=$(($(address_of Reset_Handler) & ~1))
equal "pc at the start" $reset "$(register 15)"
send m8000004,4
equal "reset vector" $((reset + 1)) "$(number "$(receive)")"
ask m40020000,4 E14
ask mzz E14
ask M20001000,4:deadbeef OK
ask m20001000,4 deadbeef
ask P3=78563412 OK
equal "r3" $((0x12345678)) "$(register 3)"
ask P99=00000000 E01

# One instruction, then a breakpoint at the interrupt that comes each 250 ms.
send vCont\;s:1
equal "a step" S05 "$(receive)"
pc=$(register 15)
[ "$pc" -ne $reset ] && [ "$pc" -le $((reset + 4)) ] || fail "a step went from $reset to $pc"
tick=$(($(address_of SysTick_Handler) & ~1))
ask "Z0,$(printf %x $tick),2" OK
for _ in 1 2; do
    before=$(time_ms)
    send c
    equal "a breakpoint" S05 "$(receive)"
    equal "pc at the breakpoint" $tick "$(register 15)"
done
passed=$(($(time_ms) - before))
[ $passed -ge 249 ] && [ $passed -le 251 ] || fail "$passed ms from tick to tick"
ask "z0,$(printf %x $tick),2" OK
ask "Z2,20000000,4" ''

send c
sleep 0.2
printf '\003' >&3
equal "Ctrl-C" S02 "$(receive)"

# The commands of the control socket, through "monitor".
send qRcmd,7265736574
equal "monitor reset" 0a "$(receive)"
equal "pc after the reset" $reset "$(register 15)"

# GDB goes, the board runs; GDB comes back, the board halts.
ask D OK
exec 3>&-
before=$(time_ms)
code 0 ctl wait 0.5
exec 3<>"/dev/tcp/127.0.0.1/$port"
ask '?' S05
before=$(time_ms)
sleep 0.1
equal "time while halted" $((before)) $(($(time_ms)))
send k
ended 0
exit 0
