# SPDX-License-Identifier: MIT
# Cuts of the supply: what a run leaves, what the next one finds, and a cut that never came.
. "${0%/*}/common.sh"

# written WHERE...: a board whose guest programs its record, cut as the options say
written() {
    rm -f state
    start --load "$guests/monitor.elf" --flash-file state --uart pty:uart --control control "$@"
    greeted
    exec 3<>uart
    printf W >&3
    until_true off || fail "the supply was not cut: $(cat log)"
    exec 3>&-
    ctl quit
    ended 0
    grep -q "^cut: the supply fell at .*, 1 flash operations had begun" log || fail "no word about the cut"
}

off() {
    ctl status | grep -q power=off
}

word() {
    start --flash-file state --uart pty:uart --control control
    greeted
    exec 3<>uart
    talk 3 R "$1
"
    exec 3>&-
    ctl quit
    ended 0
}

written --cut 1:before
word blank
written --cut 1:after
word record
# The array is in front of the file; what comes behind it knows the time.
written --cut 1 --seed 7
cp state torn
word blank
written --cut 1:inside --seed 7
cmp -n 1000000 state torn || fail "the same seed left something else"
written --cut 1:inside --seed 8
cmp -s -n 1000000 state torn && fail "another seed left the same"

# By the control socket, and on again in the same run.
start --load "$guests/monitor.elf" --uart pty:uart --control control
greeted
ctl cut 1:after >/dev/null
exec 3<>uart
printf W >&3
until_true off || fail "the supply was not cut"
drain 3
code 0 ctl power on
expect 3 "hello
"
talk 3 R "record
"
exec 3>&-
ctl status | grep -q flash_operations=1 || fail "operations are not counted: $(ctl status)"
code 2 ctl cut 1
says "is over already"
code 2 ctl cut 0
ctl quit
ended 0

# A reset tears as well, and the board goes on by itself.
for by in pin watchdog; do
    rm -f state
    start --load "$guests/monitor.elf" --flash-file state --uart pty:uart --control control --cut 1 --cut-by $by --seed 7
    greeted
    exec 3<>uart
    printf W >&3
    expect 3 "hello
"
    exec 3>&-
    ctl quit
    ended 0
    grep -q "^cut: the $by reset the chip at .*, 1 flash operations had begun" log || fail "no word about the reset: $(cat log)"
    word blank
done
code 2 "$vboard" run "$board" --cut-by lightning
says "write supply, pin or watchdog"

# Nobody programs anything: no cut, and that is no success.
code 1 "$vboard" run "$board" --load "$guests/monitor.elf" --for 0.1 --speed max --cut 3
says "the run had 0 flash operations, the supply was never cut"
for wrong in 0 x 1: 1:never 1:1.5 -1; do
    code 2 "$vboard" run "$board" --cut "$wrong"
done
exit 0
