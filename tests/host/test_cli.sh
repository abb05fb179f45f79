#!/bin/bash
# SPDX-License-Identifier: MIT
# The command line from outside: exit statuses, messages, files that other tools accept.
# test_cli.sh HOLDFAST PTY_DEVICE SOURCE_DIR
set -u
holdfast=$1 pty_device=$2 source=$3
board=$source/boards/stm32f407-discovery.json
here=$source/tests/host
work=$(mktemp -d) && cd "$work" || exit 99
trap 'rm -rf "$work"' EXIT
failed=0
passed=0

# expect STATUS WORDS COMMAND...: the command ends with STATUS and says WORDS on one of its outputs.
expect() {
    local status=$1 words=$2
    shift 2
    "$@" > out.txt 2> err.txt < /dev/null
    local got=$?
    if [ $got -ne "$status" ] || ! grep -qF -e "$words" out.txt err.txt; then
        echo "FAILED: $*: status $got instead of $status, or not said: $words"
        sed 's/^/  out: /' out.txt
        sed 's/^/  err: /' err.txt
        failed=$((failed + 1))
    else
        passed=$((passed + 1))
    fi
}

# check COMMAND...: the command succeeds.
check() {
    if "$@" > out.txt 2>&1; then
        passed=$((passed + 1))
    else
        echo "FAILED: $*"
        sed 's/^/  /' out.txt
        failed=$((failed + 1))
    fi
}

link_blink() {
    arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -g -ffreestanding -nostdlib -nostartfiles \
        -T "$here/blink.ld" -Wl,--defsym=ORIGIN_FLASH="$1" "$here/blink.c" -o "$2"
}

# -- a linked application ----------------------------------------------------------------------------------------
check link_blink 0x08010000 app.elf
check link_blink 0x08000000 low.elf
arm-none-eabi-objcopy -O binary --gap-fill 0xFF app.elf app.bin
arm-none-eabi-objcopy -O ihex app.elf app.hex

seal() { "$holdfast" seal "$1" --board "$board" --version 1.2.3 -o "$2" "${@:3}"; }
for input in elf bin hex; do
    for output in elf bin hex; do
        expect 0 "sealed $input.$output: version 1.2.3" seal app.$input $input.$output
    done
done
check cmp elf.bin bin.bin
check cmp elf.bin hex.bin
check cmp elf.hex bin.hex
for sealed in elf.elf bin.elf hex.elf; do
    check arm-none-eabi-objcopy -O binary $sealed copy.bin
    check cmp copy.bin elf.bin
    check arm-none-eabi-strip $sealed -o stripped.elf
    check arm-none-eabi-objcopy -O binary stripped.elf copy.bin
    check cmp copy.bin elf.bin
    expect 0 "good" "$holdfast" inspect stripped.elf --board "$board"
done
check arm-none-eabi-objcopy -I ihex -O binary elf.hex copy.bin
check cmp copy.bin elf.bin
expect 0 ".hf_trailer" arm-none-eabi-readelf --wide --sections elf.elf
if arm-none-eabi-readelf --wide --all elf.elf 2>&1 | grep -i warning; then
    echo "FAILED: readelf warns" && failed=$((failed + 1))
fi
if command -v gdb-multiarch > /dev/null; then
    expect 0 "is .hf_trailer" gdb-multiarch -q -batch -ex 'info files' elf.elf
    expect 0 "counter++" gdb-multiarch -q -batch -ex 'list spin' elf.elf
fi
seal app.elf again.elf -q
check cmp elf.elf again.elf
check cmp elf.bin <("$holdfast" seal app.elf -b "$board" --version 1.2.3 -f bin -o -)

# -- refusals of seal --------------------------------------------------------------------------------------------
expect 3 "E0311: the image is linked for 0x08000000" seal low.elf x.bin
expect 3 "E0317" seal elf.elf x.bin
expect 3 "E0301: cannot open none.elf" seal none.elf x.bin
expect 3 "E0302: cannot write nowhere/x.bin" seal app.elf nowhere/x.bin
head -c 3000 app.elf > cut.elf
expect 3 "E0303" seal cut.elf x.bin
expect 3 "E0304" seal /bin/true x.bin
arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -c "$here/blink.c" -o app.o
expect 3 "E0304: app.o is not a linked executable" seal app.o x.bin
expect 3 "E0307" "$holdfast" seal app.elf --board app.hex --version 1.2.3 -o x.bin
expect 2 "E0201: seal needs --version X.Y.Z" "$holdfast" seal app.elf --board "$board" -o x.bin
expect 2 "up to 255.255.65535, not '1.2'" "$holdfast" seal app.elf --board "$board" --version 1.2 -o x.bin
expect 2 "does not tell the format" seal app.elf x.img
expect 2 "a device before it takes --usb" "$holdfast" flash one.bin two.bin --port /dev/null
expect 2 "takes one of elf|hex|bin|dfu, not 'uf2'" seal app.elf x.img --format uf2
expect 2 "takes a number" seal app.elf x.bin --product-id abc
[ ! -e x.bin ] || { echo "FAILED: a refused seal wrote a file"; failed=$((failed + 1)); }
expect 0 "product id       0x00000197" bash -c "'$holdfast' seal app.elf -b '$board' --version 1.2.3 --product-id 0407 \
    -o zero.bin -q && '$holdfast' inspect zero.bin"
expect 0 "product id       0x00000009" bash -c "'$holdfast' seal app.elf -b '$board' --version 1.2.3 --product-id 9 \
    --security-counter 5 -o nine.bin -q && '$holdfast' inspect nine.bin"

# -- inspect -----------------------------------------------------------------------------------------------------
expect 0 "version          1.2.3" "$holdfast" inspect elf.elf
seal app.elf app.dfu -q
expect 0 "version          1.2.3" "$holdfast" inspect app.dfu
if command -v dfu-suffix > /dev/null; then # of another project
    expect 0 "The file app.dfu contains a DFU suffix with the following properties:" dfu-suffix -c app.dfu
    expect 0 $'Vendor ID:\t0x1209' dfu-suffix -c app.dfu
    expect 0 $'BCD DFU:\t0x011A' dfu-suffix -c app.dfu
fi
expect 0 '"version":"1.2.3"' "$holdfast" inspect elf.hex --json
expect 8 "E0801" "$holdfast" inspect app.elf
expect 8 "E0803: nine.bin: product" "$holdfast" inspect nine.bin --board "$board"
cp elf.bin bad.bin
printf '\0' | dd of=bad.bin bs=1 seek=100 conv=notrunc status=none
expect 8 "E0802: bad.bin: CRC-32" "$holdfast" inspect bad.bin
expect 8 '"code":"E0802"' "$holdfast" inspect bad.bin --json

# -- layout ------------------------------------------------------------------------------------------------------
expect 0 "application" "$holdfast" layout "$board"
check "$holdfast" layout "$board" --emit emitted --quiet
check test -s emitted/app.ld -a -s emitted/boot.ld -a -s emitted/board.h -a -s emitted/board.cmake
expect 0 '"use":"application"' "$holdfast" layout "$board" --json
sed 's/"0x08010000"/"0x08012000"/' "$board" > wrong.json
expect 3 "fix:" "$holdfast" layout wrong.json --chips "$source/chips"
expect 3 "E0308" "$holdfast" layout wrong.json --chips "$source/chips"
expect 3 "E0301: none.json: No such file" "$holdfast" layout none.json
expect 3 "E0301: none.json: No such file" "$holdfast" inspect elf.bin --board none.json

# -- usage -------------------------------------------------------------------------------------------------------
expect 2 "there is no command 'fly'" "$holdfast" fly
expect 2 "no command was given" "$holdfast"
expect 2 "does not know the option --fast" "$holdfast" flash --fast
expect 2 "does not know the option -Z" "$holdfast" seal app.elf -Zq
expect 2 "does not know the option -Z" "$holdfast" seal app.elf -qZ
expect 2 "does not know the option --fas=1" "$holdfast" seal app.elf --fas=1 -q
expect 2 "-o needs a value" "$holdfast" seal app.elf -qo
expect 2 "--output needs a value" "$holdfast" seal app.elf -q --output
expect 2 "--json takes no value" "$holdfast" seal app.elf --json=1 -q
expect 0 "Exit status:" "$holdfast" --help
expect 0 "holdfast 0" "$holdfast" --version
for command in seal inspect flash layout completion man; do
    expect 0 "Usage: holdfast $command" "$holdfast" $command --help
done
check bash -n <("$holdfast" completion bash)
expect 0 "-l inject-error" "$holdfast" completion fish
expect 0 "#compdef holdfast" "$holdfast" completion zsh
expect 2 "bash, zsh and fish" "$holdfast" completion tcsh
expect 0 ".TH HOLDFAST 1" "$holdfast" man
complete_words() {
    bash -c 'source <("$0" completion bash); COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _holdfast; printf "%s " "${COMPREPLY[@]}"' \
        "$holdfast" "$@"
}
expect 0 "seal" complete_words holdfast se
expect 0 "--inject-error" complete_words holdfast flash --inj
expect 0 "hex" complete_words holdfast seal --format h
expect 0 "app.elf" complete_words holdfast seal app.e

# -- output that is lost, names that are no text ------------------------------------------------------------------
full() { "$@" > /dev/full; }
for words in "layout $board" "layout $board --json" "inspect elf.bin" "inspect elf.bin --json" --help --version \
    "flash --help" man "completion bash" "keygen full.pem"; do
    # shellcheck disable=SC2086 # words, indeed
    expect 3 "E0302: standard output could not be written" full "$holdfast" $words
done
expect 8 "E0801" full "$holdfast" inspect app.elf
# Each line that the last command printed is a JSON object.
json_lines() { python3 -c 'import json, sys
lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
sys.exit(not lines or not all(isinstance(json.loads(line), dict) for line in lines))' "$1"; }
all_json() { cp out.txt lines.txt && check json_lines lines.txt; }
odd=$'odd\xff\xc3\xe2\x82-\xc3\xa9.bin'
expect 0 $'"file":"odd\xef\xbf\xbd\xef\xbf\xbd' seal app.elf "$odd" --json
all_json
expect 0 $'-\xc3\xa9.bin"' "$holdfast" inspect "$odd" --json
all_json
expect 3 '"code":"E0301"' "$holdfast" inspect $'none\xff.bin' --json
all_json
expect 3 '"code":"E0301"' "$holdfast" layout $'none\xff.json' --json
all_json
check "$holdfast" keygen mine.pem
expect 3 "E0322: mine.pem is there already" "$holdfast" keygen mine.pem

# -- flash: ports ------------------------------------------------------------------------------------------------
expect 2 "flash needs --port" "$holdfast" flash elf.bin
expect 4 "E0401: there is no port /dev/none" "$holdfast" flash elf.bin --port /dev/none
expect 4 "E0404" "$holdfast" flash elf.bin --port elf.bin
expect 4 "E0404" "$holdfast" flash elf.bin --port /tmp
expect 4 "E0406" "$holdfast" flash elf.bin --port tcp:127.0.0.1:1
expect 2 "is not tcp:HOST:PORT" "$holdfast" flash elf.bin --port tcp:1234
for number in 0 65536 99999 99999999999999999999999; do
    expect 2 "a port is a number from 1 to 65535, not $number" "$holdfast" flash elf.bin --port tcp:127.0.0.1:$number
done
expect 8 "E0801" "$holdfast" flash app.elf --port /dev/none
expect 8 "E0802" "$holdfast" flash bad.bin --port /dev/none
expect 8 "E0803" "$holdfast" flash nine.bin --port /dev/none --board "$board"
if [ "$(id -u)" -eq 0 ] && command -v setpriv > /dev/null; then # root may open anything: try as nobody
    cp "$holdfast" hf && chmod 755 . hf && chmod 644 elf.bin && mknod locked c 4 64 && chmod 600 locked
    expect 4 "E0402: no permission to open locked" setpriv --reuid 65534 --regid 65534 --clear-groups ./hf flash elf.bin --port locked
    expect 4 "dialout" setpriv --reuid 65534 --regid 65534 --clear-groups ./hf flash elf.bin --port locked
elif [ -e /dev/ttyS0 ] && [ ! -r /dev/ttyS0 ]; then
    expect 4 "E0402" "$holdfast" flash elf.bin --port /dev/ttyS0
fi

# -- flash: against a device behind a pseudo-terminal -------------------------------------------------------------
flash() { "$pty_device" ./port "$holdfast" flash elf.bin --port ./port "$@"; }
expect 0 "wrote 1120 B in" flash
expect 0 "verified, started" flash -- text
expect 0 "write 100 %" flash
expect 0 "compared; the device was not asked whether it would start it" flash --board "$board" --no-boot
expect 0 "without --board nothing but the device checks" flash --no-boot
expect 0 '"booted":false,"judged":false' flash --no-boot --json
expect 0 '"booted":true,"judged":true' flash --json
expect 0 "the damaged frame was refused with NAK, sent again and accepted" flash --inject-error 3
expect 0 "frame 3: one bit flipped on purpose" flash --inject-error 3 --no-pipeline
expect 0 "frame 3: NAK, sent again" flash --inject-error 3
expect 0 "verified" flash --classroom -- classroom
expect 0 "noticed by VERIFY" flash --classroom --inject-error 3 -- classroom
expect 0 "> 7F" flash -vv
expect 0 '{"event":"progress","phase":"write","done":0,"total":1120}' flash --json
expect 0 '"restarts":0' flash --json
expect 4 "E0407: no bootloader answered within 1 s" flash --wait 1 -- mute
expect 4 "E0408" flash --wait 1 -- mute text
expect 4 "hold the board's button while you reset it, then" flash --wait 1 -- mute
expect 4 "hold the board's button (PA0, pressed when it is high) while you reset it" flash --board "$board" --wait 1 -- mute
sed 's/"name": "[^"]*"/"name": "labelled"/; s/"pull": "down"/&, "label": "USER (B1)"/' "$board" > labelled.json
expect 4 "\"next\":\"hold the board's button USER" flash --board labelled.json --chips "$source/chips" --wait 1 --json -- mute
sed '/"button"/d' "$board" > no-button.json
expect 4 "no recovery window: its application has to ask" flash --board no-button.json --chips "$source/chips" --wait 1 -- mute
sed 's/"strategy"/"recovery_window_ms": 700, &/' no-button.json > window.json
expect 4 "listens for 700 ms after each reset" flash --board window.json --chips "$source/chips" --wait 1 -- mute
expect 4 "listens for 700 ms after each reset" "$pty_device" ./port "$holdfast" info --port ./port --board window.json --chips "$source/chips" --wait 0 -- mute
expect 6 "E0601" flash -- no-erase
expect 6 "E0602: NAK after retries: the device refused frame 2 of 9 4 times" flash -- refuse=2
expect 6 '"code":"E0602"' flash --json -- refuse=2
expect 6 "E0603" flash -- no-boot
expect 7 "E0701" flash -- forgets
expect 2 "there is no frame 10 to damage" flash --inject-error 10
expect 2 "the first is 1" flash --inject-error 0
expect 2 "takes a number" flash --inject-error " 3"
expect 2 "takes a number" flash --inject-error 0x
expect 2 "there is no frame 10 to damage" flash --inject-error 010
expect 2 "--inject-error belongs to the classic protocol: leave out --protocol fast" flash --protocol fast --inject-error 3
expect 2 "--no-pipeline belongs to the classic protocol" flash --protocol fast --no-pipeline
expect 2 "leave out --usb" "$holdfast" flash elf.bin --usb --inject-error 3
expect 2 "takes one of hand|escape|dtr|rts|dtr-rts|rts-dtr, not 'cts'" flash --enter cts
expect 2 "--enter works on a serial port: leave out --usb" "$holdfast" flash elf.bin --usb --enter escape
expect 2 "--app-baud goes with --enter escape" flash --app-baud 9600
expect 2 "takes bits per second, not 0" flash --enter escape --app-baud 0
expect 2 "--enter escape needs --board" "$holdfast" flash app.bin --force --port ./port --enter escape
expect 0 '"entered":false' flash --enter escape --json
expect 0 '"entered":false' flash --enter dtr-rts --json
expect 4 "no lines DTR and RTS" flash --enter dtr-rts -- mute
expect 4 "E0413" flash --enter rts -- mute
expect 4 "no bootloader answered, though the escape was sent" flash --enter escape --wait 1 -- mute
expect 4 "though the escape was sent" flash --enter escape --wait 1 -- mute text

# What the board file says counts, unless the command line says something else.
enters() { sed "s/\"baud\": 115200/&, $1/" "$board" > enters.json; }
enters '"enter": "escape", "app_baud": 38400'
expect 4 "sending the escape of product 0x00000407 at 38400 bit/s" flash --board enters.json --chips "$source/chips" --wait 0 -- mute
expect 4 '{"event":"progress","phase":"enter"' flash --board enters.json --chips "$source/chips" --wait 0 --json -- mute
expect 4 "sending the escape of product 0x00000407 at 57600 bit/s" flash --board enters.json --chips "$source/chips" --app-baud 57600 --wait 0 -- mute
expect 4 "E0407: no bootloader answered within 0 s" flash --board enters.json --chips "$source/chips" --enter hand --wait 0 -- mute
expect 4 "E0413" flash --board enters.json --chips "$source/chips" --enter dtr-rts -- mute
enters '"enter": "dtr"'
expect 3 "a reset alone starts the application" flash --board enters.json --chips "$source/chips"
enters '"app_baud": 38400'
expect 3 "enter" flash --board enters.json --chips "$source/chips"
flash -q > out.txt 2>&1
[ ! -s out.txt ] || { echo "FAILED: --quiet is not quiet: $(cat out.txt)"; failed=$((failed + 1)); }
expect 4 "E0405" flash --baud 12345
expect 4 "E0403" "$pty_device" ./port flock ./port "$holdfast" flash elf.bin --port ./port

# The reader of the output leaves in the middle: the update goes on, and the status is the update's.
leave() {
    "$pty_device" ./port bash -c '"$@" 2>&1 | head -n 2; exit "${PIPESTATUS[0]}"' - "$holdfast" flash elf.bin --port ./port "$@"
}
expect 0 '"phase":"sync"' leave --json
expect 0 "waiting for the bootloader" leave
expect 6 '"phase":"sync"' leave --json -- refuse=2
expect 0 "but standard output could not be written" full flash --json
expect 6 "E0602" full flash --json -- refuse=2

# signal NAME WORDS ARGUMENTS...: flash gets the signal once its output shows WORDS.
signal() {
    "$pty_device" ./port bash -c 'name=$1 words=$2; shift 2
        : > said.txt; "$@" > said.txt & pid=$!
        until grep -q "$words" said.txt || ! kill -0 $pid; do sleep 0.01; done
        kill -"$name" $pid; wait $pid; status=$?; cat said.txt; exit $status' \
        - "$1" "$2" "$holdfast" flash elf.bin --json --port ./port "${@:3}"
}
expect 130 "E1301: interrupted" signal INT sync -- mute
# A terminal that goes away stops the waiting, and no writing.
expect 130 "E1301: interrupted" signal HUP sync -- mute
expect 0 '"ok":true' signal HUP '"phase":"erase"'

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
