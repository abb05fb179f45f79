#!/bin/bash
# SPDX-License-Identifier: MIT
# Transit keys and enciphered files on the command line. test_transit.sh HOLDFAST SOURCE_DIR
set -u
holdfast=$1 source=$2
board=$source/boards/stm32f407-encrypted.json
keys=$source/tests/keys
# shellcheck source=tests/trust/command_line.sh
. "$source/tests/trust/command_line.sh"

# An image of 4 KB as a linker might write it, with something in it to look for.
{
    printf '\000\000\002\040\101\000\001\010'
    head -c 2000 /dev/zero
    printf 'This must not be read by everybody. '
    head -c 2000 /dev/zero
} >app.bin
# shellcheck disable=SC2317 # it is called through expect
seal() {
    "$holdfast" seal app.bin --board "${the_board:-$board}" --version 1.0.0 --key "$keys/test-1.pem" -q "$@"
}

# -- keys -------------------------------------------------------------------------------------------------------------

expect 0 '"transit_key": "mine.key"' "$holdfast" keygen --transit mine.key
[ "$(stat -c %a mine.key)" = 600 ] || fail "a transit key can be read by others"
grep -qxE '[0-9a-f]{64}' mine.key || fail "a transit key is not 64 digits"
expect 3 E0322 "$holdfast" keygen --transit mine.key
"$holdfast" keygen --transit other.key -q
cmp -s mine.key other.key && fail "two keys are the same"
expect 2 "goes without --encrypt" "$holdfast" keygen --transit --encrypt third.key
expect 3 E0323 seal --transit-key "$keys/test-1.pem" -o a.bin
expect 3 E0323 seal --transit-key nowhere.key -o a.bin
expect 2 "not the one that" seal --transit-key mine.key -o a.bin
[ ! -e a.bin ] || fail "a refused seal wrote a file"
the_board=$source/boards/stm32f407-signed.json
expect 2 'no "transit_key"' seal --transit-key mine.key -o a.bin
the_board=

# -- files ------------------------------------------------------------------------------------------------------------

for format in bin hex dfu elf; do
    expect 0 "" seal --transit-key "$keys/transit.key" -o "a.$format"
    expect 0 "enciphered, CRC-32" "$holdfast" inspect "a.$format" --board "$board"
    expect 0 "good" "$holdfast" inspect "a.$format" --board "$board" --transit-key "$keys/transit.key"
    grep -q "made by key test-1" out.txt || fail "a.$format: the signature is not verified with the transit key"
    expect 8 E0802 "$holdfast" inspect "a.$format" --transit-key other.key
done
expect 0 "" seal --transit-key "$keys/transit.key" -o b.bin
cmp -s a.bin b.bin || fail "sealing twice gives different bytes"
grep -q 'must not be read' a.bin && fail "the file can be read by everybody"
expect 0 "warning: sealed in the clear" seal -o plain.bin
grep -q 'must not be read' plain.bin || fail "the control is no control"
expect 0 "in the clear: for a programmer, no link of stm32f407-encrypted takes it" "$holdfast" inspect plain.bin --board "$board"
expect 8 E0805 "$holdfast" inspect a.bin --board "$source/boards/stm32f407-signed.json"
grep -q "stm32f407-signed takes images in the clear" err.txt out.txt || fail "inspect does not say why"
expect 8 E0805 "$holdfast" inspect a.bin --board "$source/boards/stm32f407-signed.json" --transit-key "$keys/transit.key"
head -c 100 a.bin >cut.bin
expect 8 E0802 "$holdfast" inspect cut.bin
{ head -c 3000 a.bin && printf x && tail -c +3002 a.bin; } >changed.bin
expect 8 "transit" "$holdfast" inspect changed.bin
printf '\001' | dd of=app.bin bs=1 seek=52 conv=notrunc status=none
expect 3 "0x34 is in use" seal --transit-key "$keys/transit.key" -o c.bin
expect 0 "" seal -o c.bin

# Before a port is opened.
expect 8 E0805 "$holdfast" flash plain.bin --port /dev/none --board "$board"
expect 8 E0802 "$holdfast" flash changed.bin --port /dev/none --board "$board"
expect 4 E0401 "$holdfast" flash a.bin --port /dev/none --board "$board"

# -- boards -----------------------------------------------------------------------------------------------------------

expect 3 "published in Holdfast's tests" "$holdfast" layout "$board" --release
mkdir -p boards chips
cp "$source/chips/stm32f407vg.json" chips/
sed 's|"../tests/keys/transit.key"|"../mine.key"|' "$board" >boards/stm32f407-encrypted.json
expect 0 "" "$holdfast" layout boards/stm32f407-encrypted.json --emit made -q
words=$(sed -n 's/^#define HF_TRANSIT_KEY *//p' made/board.h | tr -d ' u' | tr ',' '\n' | sed -E 's/0x(..)(..)(..)(..)/\4\3\2\1/' | tr -d '\n')
[ "${words,,}" = "$(cat mine.key)" ] || fail "board.h has another key: $words"
rm mine.key
expect 0 "" "$holdfast" layout boards/stm32f407-encrypted.json
expect 3 "no such file" "$holdfast" layout boards/stm32f407-encrypted.json --emit made
expect 0 "" "$holdfast" inspect a.bin --board boards/stm32f407-encrypted.json # the board file without the key is enough

exit $((failed > 0))
