#!/bin/bash
# SPDX-License-Identifier: MIT
# holdfast protect and holdfast token as a person uses them, with a board at the end of a pseudo-terminal.
product=stm32f407-signed
# shellcheck source=tests/system/programs/common.sh
. "$(dirname "$0")/../../system/programs/common.sh"
key=$source/tests/keys/test-1.pem
board=$source/boards/stm32f407-signed.json

begin blink-v1.elf
enter_by_button
protect() {
    "$holdfast" protect --port port --board "$board" --key "$key" "$@"
}
code 2 protect </dev/null            # nobody is there to be asked
code 4 protect --yes --wait 1 --port /dev/nowhere
code 3 protect --yes --key "$source/tests/keys/rfc6979.pem"
code 0 protect --yes
says "ERASES ALL FLASH"
says 'is protected: write protection on, read protection level 1'
code 0 protect --yes
says 'was protected'
code 2 "$holdfast" token --port port --board "$board" --key "$key" --version 1.0.0 -o token # no floor, no token
leave

full=$source/boards/stm32f407-full.json
code 0 "$holdfast" token --uid 0123456789ABCDEF01234567 --board "$full" --key "$key" --version 1.0.0 --number 5 -o token
equal "bytes of a token" 192 "$(stat -c %s token)"
code 0 "$holdfast" token --uid 0123456789ABCDEF01234567 --board "$full" --key "$key" --version 1.0.0 --number 5 -o again
cmp token again || fail "the same wish is not the same token"
code 2 "$holdfast" token --uid 0123 --board "$full" --key "$key" --version 1.0.0 -o token
code 3 "$holdfast" flash "$firmware/blink-v1.bin" --port port --token "$board"
