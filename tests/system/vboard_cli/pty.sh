#!/bin/bash
# SPDX-License-Identifier: MIT
# A UART as a pseudo-terminal: clients come, go and come back.
. "${0%/*}/common.sh"

start --load "$guests/monitor.elf" --uart pty:uart --control control
grep -qx "uart usart2: uart (pty)" log || fail "the connection is not announced"
[ -L uart ] || fail "no link"
equal "settings at the start" "speed 115200 baud; line = 0;" "$(stty -F uart | head -1)"

greeted
exec 3<>uart
talk 3 abc abc
exec 3>&-
exec 3<>uart
talk 3 def def
printf 'lost' >&3
ctl wait 0.1 >/dev/null
exec 3>&- # leaves before it has read the echo
ctl wait 0.1 >/dev/null
exec 3<>uart
talk 3 ghi ghi
exec 3>&-

# One that writes and leaves at once is heard, too.
printf W >uart
ctl wait 0.1 >/dev/null
exec 3<>uart
talk 3 R "record
"
# All 256 values pass unchanged in both directions, but for those the guest takes as commands.
for value in $(seq 0 255); do
    # shellcheck disable=SC2059 # an octal escape
    printf "\\$(printf %o "$value")"
done | tr -d 'SWRBUCL' >sent
head -c "$(stat -c %s sent)" <&3 >heard &
reader=$!
cat sent >&3
wait $reader
cmp sent heard || fail "bytes were changed on the way"
exec 3>&-

ctl quit
ended 0
[ ! -e uart ] && [ ! -L uart ] || fail "the link is still there"
exit 0
