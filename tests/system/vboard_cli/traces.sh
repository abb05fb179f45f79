#!/bin/bash
# SPDX-License-Identifier: MIT
# Traces, and the command that draws and measures them.
. "${0%/*}/common.sh"

code 0 "$vboard" run "$board" --load "$guests/monitor.elf" --led-trace led --pin-trace pins --speed max --for 3.1
equal "changes of the LED" 12 "$(grep -c ' LED ' led)"
grep -qx '# end 3.1000[0-9]*' led || fail "no end: $(tail -1 led)"
equal "lines that are neither" 0 "$(grep -cvE '^([0-9]+\.[0-9]{9} LED [01]|# end [0-9.]+)$' led)"
equal "the LED's pin" "$(sed 's/ LED / PD12 /' led)" "$(grep -E 'PD12|end' pins | tail -13)"

code 0 "$vboard" wave led --expect-toggle-ms 250 --tolerance-ms 0.1
says "12 changes, one every 250.000 ms"
code 0 "$vboard" wave led --from 1 --to 2.5 --expect-toggle-ms 250
code 1 "$vboard" wave led --expect-toggle-ms 500
says "NOT as expected"
code 1 "$vboard" wave led --expect-toggle-ms 250 --to 5
says "missing"
code 1 "$vboard" wave led --from 2.6 --expect-toggle-ms 250
says "too few"
printf '2.0 LED 1\n2.25 LED 0\n2.5 LED 1\n2.75 LED 0\n3.0 LED 1\n' >made
code 0 "$vboard" wave made --expect-toggle-ms 250
code 0 "$vboard" wave made --expect-toggle-ms 250 --from 1.8 --to 3.2
code 1 "$vboard" wave made --expect-toggle-ms 250 --from 1.7
says "missing"
code 0 "$vboard" wave pins --name PD12 --expect-toggle-ms 250 --from 0.1
code 1 "$vboard" wave pins --name PB3 --expect-toggle-ms 250

# The picture: levels from the left, one column per step.
printf '1.0 LED 1\n2.0 LED 0\n3.0 LED 1\n# end 4.0\n' >made
code 0 "$vboard" wave made --ascii
edge=$(printf '%17s' '' | tr ' ' _)
equal "upper row" "  $(printf '%19s%s%19s%s' '' "$edge" '' "$edge")" "$(sed -n 2p out)"
equal "lower row" "  _$edge|$(printf '%17s' '')|$edge|" "$(sed -n 3p out | sed 's/ *$//')"
says "3 changes, one every 1000.000 ms (min 1000.000, max 1000.000)"
printf '1.0 LED 1\n1.5 LED' >made # a run that is just writing
code 0 "$vboard" wave made
says "one change, at 1.000000 s"
: >made
code 0 "$vboard" wave made
says "no change"
code 1 "$vboard" wave made --expect-toggle-ms 500
exit 0
