# SPDX-License-Identifier: MIT
# A USB serial adapter on the virtual board under Linux' own class driver, cdc_acm: bulk and interrupt endpoints of OTG_FS.
set -u
export LC_ALL=C
linux=$1 vboard=$2 boards=$3/boards guest_elf=$4
here=$3/tests
. "$here/system/usb/board.sh"

mkdir files
head -c 1024 /dev/urandom >files/app.bin
head -c 3000 /dev/urandom | od -An -tx1 -v | tr -d ' \n' | head -c 6000 >files/words
guest_start "$linux" files || exit 1

begin "cdc_acm takes it for a serial adapter"
expect "the board starts" board_run stm32f407-classic "$guest_elf" --pin-trace pins
expect "Linux finds it" attach
code 0 guest test -c /dev/ttyACM0
code 0 guest stty -F /dev/ttyACM0 raw -echo 9600

begin "what is sent comes back in capitals, 6000 bytes of it"
# Opened once, before the first byte is sent: what comes while nobody has the port open is lost.
code 0 guest sh -c 'exec 3<>/dev/ttyACM0
    timeout 60 head -c 6000 <&3 >/tmp/back & cat /files/words >&3; wait $!
    timeout 1 cat <&3 >>/tmp/back
    tr a-z A-Z </files/words | cmp - /tmp/back'

# What both lines were, change by change: D and R while they are asserted, small while not.
line_states() {
    awk '$2 == "PE0" || $2 == "PE1" {
            if ($1 != when && NR > 1) { print dtr rts }
            when = $1
            if ($2 == "PE0") { dtr = $3 == "0" ? "D" : "d" } else { rts = $3 == "0" ? "R" : "r" }
        }
        END { print dtr rts }' pins | uniq | tr '\n' ' '
}

# has_states STATES: these follow one another somewhere
has_states() {
    line_states | grep -q "$1" || { line_states; return 1; }
}

begin "holdfast moves DTR and RTS by the kernel's driver"
code 4 guest holdfast flash --port /dev/ttyACM0 --force --enter dtr-rts --wait 1 /files/app.bin
expect "a word about it" grep -q "resetting the board by DTR, with its button held by RTS" out
expect "both at once, then RTS alone, then none" has_states "dr DR dR dr "
code 4 guest holdfast flash --port /dev/ttyACM0 --force --enter rts-dtr --wait 1 /files/app.bin
expect "both at once, then DTR alone, then none" has_states "dr DR Dr dr "
code 4 guest holdfast flash --port /dev/ttyACM0 --force --enter dtr --wait 1 /files/app.bin
expect "DTR and no more" has_states "dr Dr dr "

begin "nothing in the kernel's log, no report of the board"
expect "a clean log" silent_log
expect "no report" board_is_clean

begin "unplugged and plugged in again"
board_control usb unplug >/dev/null
expect "the device is gone" detached
board_control usb plug >/dev/null
expect "it comes back" attach
code 0 guest stty -F /dev/ttyACM0 raw -echo 115200
finish
