#!/bin/bash
# SPDX-License-Identifier: MIT
# A running application, no button: `holdfast flash` sends it the serial escape and brings it to the new version.
product=stm32f407-uart
# shellcheck source=tests/system/programs/common.sh
. "${0%/*}/common.sh"

begin telemetry-v1.elf
ctl wait 1.2 >/dev/null
blinks 500
code 0 "$holdfast" flash --port port --board "$board" --enter escape "$firmware/telemetry-v2.bin"
says "sending the escape of product 0x00000407 at 115200 bit/s"
says "verified, started"
ctl wait 1 >/dev/null
blinks 250

# Without a board file the image says for which product the escape is.
code 0 "$holdfast" flash --port port --enter escape --app-baud 115200 --json "$firmware/telemetry-v1.bin"
says '"entered":true'
ctl wait 1 >/dev/null
blinks 500

# A pseudo-terminal has no lines that could reset a board.
code 4 "$holdfast" flash --port port --board "$board" --enter dtr-rts "$firmware/telemetry-v2.bin"
says "E0413: port has no lines DTR and RTS"
blinks 500
leave
