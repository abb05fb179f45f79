# SPDX-License-Identifier: MIT
# Linux' dfu-util, unmodified, brings an enciphered image to a board that deciphers it, and reads nothing back.
set -u
export LC_ALL=C
linux=$1 vboard=$2 boards=$3/boards firmware=$4
here=$3/tests
. "$here/system/usb/board.sh"
name=stm32f407-encrypted
slot=0x08010000

# Installed first, which takes erases of whole sectors.
changes() {
    [ "$(wc -l <led)" -ge "$1" ]
}

mkdir files
cp "$firmware/$name/blink-v1.bin" files/
cp files/blink-v1.bin files/spoilt.bin
printf 'spoilt' | dd of=files/spoilt.bin bs=1 seek=400 conv=notrunc status=none
guest_start "$linux" files || exit 1

begin "the board protects itself, and is a DFU device"
expect "the board starts" board_start $name --button pressed
expect "Linux finds it" attach
code 0 dfu -l
says "Found DFU: [1209:0001]"

begin "an enciphered image that was changed is not started"
code 74 dfu -a 0 -s $slot:leave -D /files/spoilt.bin
board_control wait 1 >/dev/null
expect "still in update mode" guest_sees

begin "an enciphered image is written, started, and blinks at 500 ms"
code 0 dfu -a 0 -s $slot -D /files/blink-v1.bin
code 64 dfu -a 0 -s $slot:1024 -U /tmp/back # dfu-util has read the memory map
says 'not readable'
code 0 guest rm -f /tmp/back
code 74 dfu -a 0 -s $slot:1024:force -U /tmp/back # told not to care, it hears it from the device
code 0 guest sh -c '! test -s /tmp/back'
code 0 dfu -a 0 -s $slot:leave -D /files/blink-v1.bin
board_control button release >/dev/null
expect "the device leaves the bus" detached
expect "the application runs" eventually changes $(($(wc -l <led) + 3))
expect "a blink of 500 ms" blinks 500
expect "no report of the board" board_is_clean
finish
