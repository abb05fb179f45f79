# SPDX-License-Identifier: MIT
# Exercise 3: dfu-util in Linux sends 512 KB to a virtual STM32H743; the other bank is verified and swapped in; an image
# that never confirms is taken back. Prints the time from dfu-util's start to the first blink beside the data sheet's floor.
set -u
export LC_ALL=C
linux=$1 vboard=$2 holdfast=$3 source=$4 firmware=$5
boards=$source/boards
here=$source/tests
. "$here/system/usb/board.sh"
name=stm32h743-nucleo
slot=0x08020000
size=$((512 * 1024))
trailer=64

# The first change of the LED that the next one follows after 250 ms, beside what the data sheet's typical figures leave no
# way around: four sectors erased, 16384 words programmed, one change of option bytes. Virtual time.
report_time() {
    awk -v start="$start" '$1 > start && $2 == "LED" {
            if (last && $1 - last > 0.249 && $1 - last < 0.251) {
                printf "first blink %.2f s after dfu-util began; floor 4 x 1.0 + 16384 x 0.0001 + 0.3 = 5.94 s (modelled)\n", last - start
                exit
            }
            last = $1
        }' led
}

update_mode() {
    board_control button press >/dev/null
    board_control reset >/dev/null
    expect "a device" attach
    board_control button release >/dev/null
}

# padded VERSION: Blink, made as long as a real application, sealed
padded() {
    arm-none-eabi-objcopy -O binary "$firmware/$name/obj/unsealed/blink-v$1.elf" plain.bin
    head -c $((size - trailer - $(stat -c %s plain.bin))) /dev/urandom >>plain.bin
    "$holdfast" seal --board "$boards/$name.json" --version "$1.0.0" -o "files/blink-v$1.bin" plain.bin
}

mkdir files
expect "Blink v2 of 512 KB" padded 2
expect "Blink v3 of 512 KB" padded 3
guest_start "$linux" files || exit 1

begin "512 KB arrive in the other bank, are verified, and blink at 250 ms"
expect "the board starts" board_start $name --load "$firmware/$name/blink-v1.elf" --button pressed
expect "Linux finds it" attach
board_control button release >/dev/null
start=$(board_now)
code 0 dfu -a 0 -s $slot:leave -D /files/blink-v2.bin
expect "the device leaves the bus" detached
board_control wait 3 >/dev/null
expect "a blink of 250 ms" blinks 250
report_time
expect "no report of the board" board_is_clean

begin "an image that never confirms is taken back at the next reset"
update_mode
code 0 dfu -a 0 -s $slot:leave -D /files/blink-v3.bin
expect "the device leaves the bus" detached
board_control wait 3 >/dev/null
expect "a blink of 125 ms" blinks 125
board_control reset >/dev/null
board_control wait 2 >/dev/null
expect "a blink of 250 ms again" blinks 250

finish
