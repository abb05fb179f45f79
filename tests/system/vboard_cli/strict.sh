#!/bin/bash
# SPDX-License-Identifier: MIT
# Reports of the model: counted, shown on demand, and the end of a strict run.
. "${0%/*}/common.sh"

# provoke COMMAND OPTIONS...: starts a board and sends it one command byte.
provoke() {
    local byte=$1
    shift
    start --load "$guests/monitor.elf" --uart pty:uart --control control "$@"
    greeted
    printf %s "$byte" >uart
}

for byte in U C; do
    provoke $byte --strict
    ended 4
    grep -q -- '--strict: the run ends here' log || fail "$byte: no word about the reason"
done
grep -q 'unclocked: ' log || fail "the report is not shown"

# A sound run is not disturbed by --strict.
code 0 "$vboard" run "$board" --load "$guests/monitor.elf" --strict --speed max --for 1
equal "messages of a sound run" ready "$(cat err)"

# Without --strict the run goes on, and the reports are counted.
provoke C
ctl wait 0.1 >/dev/null
ctl status | grep -q 'unclocked=1 ' || fail "not counted: $(ctl status)"
ctl quit
ended 0
grep -qx 'reports, unclocked: 1' log || fail "no summary"
provoke C --trace-reports
ctl wait 0.1 >/dev/null
grep -qE '^[0-9]+\.[0-9]{9} unclocked: ' log || fail "not shown"
ctl quit
ended 0

# A core that locks up ends the run, unless somebody is there to reset it.
provoke L
until_true grep -q "locked up" log || fail "no word about the lock-up"
ctl status | grep -q 'cpu=locked-up' || fail "status: $(ctl status)"
code 2 ctl wait 1
says "locked up"
code 0 ctl reset
code 0 ctl wait 0.1
ctl status | grep -q 'cpu=sleeping' || fail "not alive after the reset: $(ctl status)"
ctl quit
ended 0
start --load "$guests/monitor.elf" --uart pty:uart
sleep 0.3
printf L >uart
ended 4
exit 0
