#!/bin/bash
# SPDX-License-Identifier: MIT
# holdfast provision as a production line uses it, with a board at the end of a pseudo-terminal.
product=stm32f407-full
# shellcheck source=tests/system/programs/common.sh
. "$(dirname "$0")/../programs/common.sh"
board=$source/boards/stm32f407-full.json
uuid=123e4567-e89b-12d3-a456-426614174000

provision() {
    "$holdfast" provision --port port --board "$board" "$@"
}

# The button is asked when the signature has been checked.
enter_update_mode() {
    ctl button press >/dev/null
    ctl reset >/dev/null
    ctl wait 1 >/dev/null
    ctl button release >/dev/null
}

begin blink-v1.elf
enter_update_mode
code 2 provision                                            # neither --hardware nor --show
code 2 provision --hardware 1.2.0 --uuid 123e4567           # no UUID
code 2 provision --hardware 1.2.0 --board "$source/boards/stm32f407-classic.json"
code 6 provision --show                                     # nothing yet
says E0609
code 0 provision --hardware 1.2.0 --uuid "$uuid"
equal result "uuid $uuid, hardware 1.2.0: provisioned" "$(cat out)"
code 0 provision --hardware 1.2.0                           # once more keeps what there is
equal result "uuid $uuid, hardware 1.2.0" "$(cat out)"
code 6 provision --hardware 1.3.0
says E0608
code 6 provision --hardware 1.2.0 --uuid 00000000-0000-4000-8000-000000000000
code 0 "$holdfast" flash "$firmware/blink-v2.bin" --port port --board "$board"
ctl wait 12 >/dev/null                                      # installed
enter_update_mode
code 0 "$holdfast" provision --port port --show --json
says "\"uuid\":\"$uuid\",\"hardware\":\"1.2.0\""
leave

# A random one, on a blank board; a cut behind it; and it stays.
begin blink-v1.elf
enter_update_mode
code 0 provision --hardware 0.1.0
first=$(sed -n 's/^uuid \([0-9a-f-]*\), .*/\1/p' out)
[[ $first =~ ^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$ ]] || fail "no random UUID: $first"
ctl power off >/dev/null
ctl power on >/dev/null
enter_update_mode
code 0 provision --show
equal result "uuid $first, hardware 0.1.0" "$(cat out)"
leave

# A bootloader without a place for it.
board=$source/boards/stm32f407-classic.json firmware=$source/build/boards/stm32f407-classic
begin blink-v1.elf
enter_update_mode
code 6 "$holdfast" provision --port port --show
says E0607
leave
