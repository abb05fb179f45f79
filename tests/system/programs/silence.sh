#!/bin/bash
# SPDX-License-Identifier: MIT
# 30 s of silence start a valid application; they start nothing while a transfer is pending.
product=slow-core
# shellcheck source=tests/system/programs/common.sh
. "${0%/*}/common.sh"

begin blink-v1.elf --button pressed
ctl wait 10 >/dev/null
ctl button release >/dev/null
exec 3<>port
drain 3
before=$(now)
talk 3 $'\x7f' y
exec 3>&-
asked=$(now) # the word was said between the two, which on a busy machine are not the same
ctl wait 31 >/dev/null # started at 30 s, it lights its LED half a second later
first=$(awk -v asked="$asked" '$1 > asked + 0.2 { print $1; exit }' led) # by then the session has put the LED out
[ -n "$first" ] || fail "no application 30.7 s after the last word ($asked): $(cat led)"
awk -v first="$first" -v before="$before" -v asked="$asked" 'BEGIN { exit !(first - before > 30.3 && first - asked < 30.7) }' ||
    fail "the application's first light came at $first, the last word between $before and $asked"

# After SYNC and ERASE a transfer is pending, even when what stands there is valid.
ctl button press >/dev/null
ctl reset >/dev/null
ctl wait 0.1 >/dev/null
ctl button release >/dev/null
exec 3<>port
drain 3
talk 3 $'\x7f' y
talk 3 $'\xee' y
exec 3>&-
ctl wait 35 >/dev/null
exec 3<>port
drain 3
talk 3 $'\x7f' y
exec 3>&-
leave
