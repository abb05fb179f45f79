#!/bin/bash
# SPDX-License-Identifier: MIT
# Nonsense on the command line is refused with words and the documented exit code.
. "${0%/*}/common.sh"

code 0 "$vboard" --help
says "vboard run"
code 0 "$vboard" --version
code 2 "$vboard"
code 2 "$vboard" fly
says "there is no command 'fly'"
for command in run ctl wave; do
    code 0 "$vboard" $command --help
    says "exit codes"
    code 2 "$vboard" $command
done

full() { "$@" >/dev/full; }
printf '2.0 LED 1\n2.25 LED 0\n' >led
for command in --help --version "run --help" "wave led"; do
    # shellcheck disable=SC2086 # words, indeed
    code 3 full "$vboard" $command
    says "standard output could not be written"
done

run() {
    # shellcheck disable=SC2317 # it is called by name
    timeout 20 "$vboard" run "$@" # a run that should be refused must not go on for ever
}
code 2 run "$board" --fast
says "no option --fast"
code 2 run "$board" -x
code 2 run "$board" --load
says "--load needs a value"
code 2 run "$board" --strict=yes
says "takes no value"
code 2 run "$board" "$board"
says "one board at a time"
for bad in 0 -1 fast 1e9 1x ''; do
    code 2 run "$board" --speed "$bad"
    says "--speed"
done
for bad in 0 -1 soon . 1.0000000001 ''; do
    code 2 run "$board" --for "$bad"
    says "--for"
done
for bad in usart2 pty: tcp: tcp:65536 tcp:-1 tcp:1x pty:a,baud=0 pty:a,parity=mark pty:a,stop=3 pty:a,b; do
    code 2 run "$board" --uart "$bad"
    says "--uart $bad"
done
code 2 run "$board" --button held
says "pressed or released"
code 3 run nowhere.json
says "nowhere.json"
code 3 run "$board" --load nowhere.elf
says "nowhere.elf: No such file"
echo bytes >plain
code 3 run "$board" --load plain
says "raw bytes need an address"
code 3 run "$board" --load plain@0x90000000
says "plain"
code 3 run "$board" --uart usart9=pty:uart
says "it has usart"
code 2 run "$board" --uart pty:a --uart tcp:0
says "connected twice"
[ ! -e a ] || fail "a refused start left its link"
code 3 run "$board" --uart pty:/nowhere/at/all
says "/nowhere/at/all"
echo mine >uart
code 3 run "$board" --uart pty:uart
says "uart exists"
equal "a file in the way" mine "$(cat uart)"
code 3 run "$board" --control plain
says "plain"
equal "a file in the way of the socket" bytes "$(cat plain)"
code 3 run "$board" --led-trace /nowhere/led
code 3 run "$board" --flash-file plain
says "plain"
equal "a file that is no state" bytes "$(cat plain)"

code 3 "$vboard" ctl nowhere status
says "no board answers at nowhere"
code 3 "$vboard" wave nowhere
echo "1.0 LED 2" >bad
code 3 "$vboard" wave bad
says "bad:1:"
printf '2.0 LED 1\n1.0 LED 0\n' >bad
code 3 "$vboard" wave bad
says "bad:2: time goes backwards"
code 2 "$vboard" wave bad --from 2 --to 1
code 2 "$vboard" wave bad --expect-toggle-ms soon
exit 0
