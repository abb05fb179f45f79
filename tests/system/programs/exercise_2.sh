#!/bin/bash
# SPDX-License-Identifier: MIT
# The second exercise, as written: one bit of one frame is flipped on purpose. NAK, sent again, correct in the end.
# shellcheck source=tests/system/programs/common.sh
. "${0%/*}/common.sh"

begin blink-v1.elf --flash-file state
enter_by_button
code 0 "$holdfast" flash --port port --board "$board" --no-boot --inject-error 3 "$firmware/blink-v2.bin"
says "frame 3: one bit flipped on purpose"
says "frame 3: NAK, sent again"
says "compared; the device was not asked whether it would start it"
says "the damaged frame was refused with NAK, sent again and accepted"
code 0 "$holdfast" flash --port port --board "$board" --json --inject-error 5 --no-pipeline "$firmware/blink-v2.bin"
says '"ok":true'
says '"resent":1,"naks":1'
ctl wait 0.5 >/dev/null
blinks 250
leave

# What stands in the flash is the file, byte for byte: at one of the places where the mark stands (the bootloader has it in
# its code, too).
size=$(stat -c %s "$firmware/blink-v2.bin")
found=no
while IFS=: read -r mark _; do
    if [ "$mark" -gt 32 ] && tail -c +$((mark - 32 + 1)) state | head -c "$size" | cmp -s - "$firmware/blink-v2.bin"; then
        found=yes
    fi
done < <(LC_ALL=C grep -abo HFST state)
equal "the file stands in the flash" yes $found
