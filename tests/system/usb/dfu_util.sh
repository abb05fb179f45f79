# SPDX-License-Identifier: MIT
# What a field engineer does with a cable and dfu-util, through a real Linux USB stack.
set -u
export LC_ALL=C
linux=$1 vboard=$2 holdfast=$3 boards=$4/boards firmware=$5
here=$4/tests
. "$here/system/usb/board.sh"
name=stm32f407-dfu
slot=0x08010000

not_in() {
    ! grep -qF -- "$2" "$1"
}

# An order is carried out when a host asks how it went. Of one that died before it asked, the next hears "busy" first, and
# dfu-util does not wait for that.
in_two_tries() {
    "$@" && return
    board_control wait 5 >/dev/null
    "$@"
}

# reenter: back to update mode, with the button
reenter() {
    board_control button press >/dev/null
    board_control reset >/dev/null
    expect "the old device is gone" detached
    expect "a new device" attach
    board_control button release >/dev/null
}

flash_operations() {
    board_control status | tr ' ' '\n' | sed -n 's/^flash_operations=//p'
}

has_operations() {
    [ "$(flash_operations)" -ge "$1" ]
}

# into_writing: until noise.bin, which takes 37 500 operations, is being programmed
into_writing() {
    eventually has_operations $(($(flash_operations) + 1000))
}

mkdir files
cp "$firmware/$name/blink-v1.bin" "$firmware/$name/blink-v2.bin" "$firmware/$name/blink-v2.dfu" files/
head -c 150000 /dev/urandom >files/noise.bin
cp files/blink-v2.bin files/spoilt.bin
head -c 768 files/blink-v2.bin >files/plain.bin # the payload, without its trailer
printf 'spoilt' | dd of=files/spoilt.bin bs=1 seek=400 conv=notrunc status=none
guest_start "$linux" files || exit 1

begin "the board is a DFU device of this name, with this memory"
expect "the board starts" board_start $name --load "$firmware/$name/blink-v1.elf" --button pressed
expect "Linux finds it" attach
board_control button release >/dev/null
code 0 dfu -l
says 'Found DFU: [1209:0001] ver=0100'
says 'alt=0, name="@Internal Flash/0x08010000/01*064Kg,07*128Kg"'
says 'serial="2A001F000C47393431383032"'
expect "one alternate setting" [ "$(grep -c 'Found DFU' out)" = 1 ]
code 0 guest cat /sys/bus/usb/devices/1-1/product
says "$name"
expect "5 Hz" blinks 100

begin "a sealed image is written, started, and blinks at 250 ms"
code 0 dfu -a 0 -s $slot:leave -D /files/blink-v2.bin
says 'Downloading element to address = 0x08010000'
says 'File downloaded successfully'
says 'Transitioning to dfuMANIFEST state'
expect "the device leaves the bus" detached
expect "a blink of 250 ms" blinks 250
expect "nothing in the kernel's log" silent_log
expect "no report of the board" board_is_clean

begin "again"
reenter
code 0 dfu -a 0 -s $slot:leave -D /files/blink-v1.bin
expect "the device leaves the bus" detached
expect "a blink of 500 ms" blinks 500

begin "a .dfu file needs no address"
reenter
code 0 dfu -a 0 -s :leave -D /files/blink-v2.dfu
says 'Done parsing DfuSe file'
expect "the device leaves the bus" detached
expect "a blink of 250 ms" blinks 250

begin "what was written is read back"
reenter
code 0 dfu -a 0 -s $slot -D /files/noise.bin
code 0 guest rm -f /tmp/back
code 0 dfu -a 0 -s $slot:150000 -U /tmp/back
code 0 guest cmp /files/noise.bin /tmp/back
code 0 guest rm -f /tmp/back
code 0 dfu -a 0 -s 0x08020100:1000 -U /tmp/back # from the middle
code 0 guest sh -c 'tail -c +65793 /files/noise.bin | head -c 1000 | cmp - /tmp/back'

begin "an image that is none is not started"
code 74 dfu -a 0 -s $slot:leave -D /files/noise.bin
code 0 dfu -l
code 74 dfu -a 0 -s $slot:leave -D /files/plain.bin # no seal, and this board checks
code 0 dfu -a 0 -s $slot -U /tmp/told
says "status(10) = Device's firmware is corrupt"

begin "nothing outside the application can be written or erased"
code 64 dfu -a 0 -s 0x08000000:leave -D /files/blink-v2.bin # dfu-util has read the memory map
says 'not writeable'
for outside in 0x08000000 0x08004000 0x08100000 0x1fffc000; do # told not to care, it hears it from the device
    code 76 dfu -a 0 -s $outside:force:leave -D /files/blink-v2.bin
    says 'status(8) = Cannot program memory due to received address that is out of range'
done
code 64 dfu -a 0 -s 0x080ffff0:force -D /files/blink-v2.bin
reenter # the bootloader is as it was

begin "mass erase"
code 0 dfu -a 0 -s $slot -D /files/blink-v2.bin
code 0 dfu -a 0 -s $slot:mass-erase:force -D /files/blink-v1.bin
code 0 guest rm -f /tmp/back
code 0 dfu -a 0 -s 0x08020000:4096 -U /tmp/back
code 0 guest sh -c 'test "$(tr -d "\377" </tmp/back | wc -c)" = 0'

expect "nothing in the kernel's log" silent_log

begin "unplugged in the middle, and again"
guest dfu-util -a 0 -s $slot:leave -D /files/noise.bin >cut 2>&1 &
cut_pid=$!
expect "it writes" into_writing
board_control usb unplug >/dev/null
wait $cut_pid && wrong "dfu-util did not notice"
expect "the device is gone" detached
board_control usb plug >/dev/null
expect "it comes back" attach
code 0 dfu -l
code 0 dfu -a 0 -s $slot:leave -D /files/blink-v2.bin
expect "the device leaves the bus" detached
expect "a blink of 250 ms" blinks 250

begin "killed in the middle, and again"
reenter
for seconds in 2 4 8 16 32; do # a slow host needs longer until it erases
    before=$(flash_operations)
    guest timeout -s KILL $seconds dfu-util -a 0 -s $slot -D /files/noise.bin >cut 2>&1
    has_operations $((before + 1)) && break
done
expect "killed after the beginning" has_operations $((before + 1))
board_control wait 5 >/dev/null # a busy device refuses the next client, and an erase goes on for seconds after its host has died
expect "killed before the end: $(tail -n 1 cut)" not_in cut 'File downloaded successfully'
code 0 in_two_tries dfu -a 0 -s $slot:leave -D /files/blink-v1.bin
expect "the device leaves the bus" detached
expect "a blink of 500 ms" blinks 500

begin "power lost in the middle, and again"
reenter
guest dfu-util -a 0 -s $slot:leave -D /files/noise.bin >cut 2>&1 &
cut_pid=$!
expect "it writes" into_writing
board_control power off >/dev/null
wait $cut_pid && wrong "dfu-util did not notice"
board_control power on >/dev/null
expect "update mode, with no button" attach
code 0 dfu -a 0 -s $slot:leave -D /files/blink-v2.bin
expect "the device leaves the bus" detached
expect "a blink of 250 ms" blinks 250

# A cable pulled out of a transfer is an error to Linux, and rightly so; of anything else it has nothing to say.
begin "of all that, Linux complains of the lost device alone"
guest_errors >complaints
expect "no other complaint than these: $(cat complaints)" not_in <(grep -vE '(usb|vhci_hcd)' complaints) '<'

begin "holdfast does the same"
reenter
code 0 guest holdfast list
says '2A001F000C47393431383032'
code 8 guest holdfast flash --usb /files/noise.bin # its own check
code 6 guest holdfast flash --usb --force /files/spoilt.bin # the device's
says 'errFIRMWARE'
code 0 guest holdfast flash --usb 2A001F000C47393431383032 /files/blink-v1.bin
says 'checked by the device, started'
expect "the device leaves the bus" detached
expect "a blink of 500 ms" blinks 500
code 4 guest holdfast list
says 'E0411'
expect "nothing in the kernel's log" silent_log

begin "detached without an update"
reenter
code 0 dfu -a 0 -e
expect "no report of the board" board_is_clean
board_stop
finish
