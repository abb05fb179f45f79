#!/bin/bash
# SPDX-License-Identifier: MIT
# Keys from outside: making, encrypting and showing them, signing with files and with a token, what a release refuses.
# test_keys.sh HOLDFAST SOURCE_DIR
set -u
holdfast=$1 source=$2
board=$source/boards/stm32f407-signed.json
keys=$source/tests/keys
# shellcheck source=tests/trust/command_line.sh
. "$source/tests/trust/command_line.sh"

# An image of 256 bytes as a linker might write it.
printf '\000\000\002\040\101\000\001\010' > app.bin
head -c 248 /dev/zero >> app.bin
# shellcheck disable=SC2317 # it is called through expect
seal() {
    "$holdfast" seal app.bin --board "${the_board:-$board}" --version 1.0.0 -q "$@"
}

# A board that trusts the keys of the given description.
board_with() {
    mkdir -p boards chips
    cp "$source"/chips/stm32f407vg.json chips/
    python3 - "$board" "$1" > boards/stm32f407-signed.json <<'PY'
import json, sys
board = json.load(open(sys.argv[1]))
key = json.load(open(sys.argv[2]))
board["keys"] = [{"name": key["name"], "point": key["point"]}]
json.dump(board, sys.stdout)
PY
    the_board=boards/stm32f407-signed.json
}

# -- files ------------------------------------------------------------------------------------------------------------

expect 0 '"name": "mine"' "$holdfast" keygen mine.pem
[ "$(stat -c %a mine.pem)" = 600 ] || fail "a private key can be read by others"
expect 3 E0322 "$holdfast" keygen mine.pem
openssl pkey -in mine.pem -noout || fail "openssl does not read the key"
point=$(openssl ec -in mine.pem -pubout -outform DER 2>/dev/null | tail -c 65 | od -An -v -tx1 | tr -d ' \n')
expect 0 "$point" "$holdfast" keygen mine.pem --show

"$holdfast" keygen mine.pem --show --json > mine.json
board_with mine.json
expect 0 "" seal --key mine.pem -o a.bin
expect 0 "" seal --key mine.pem -o b.bin
cmp -s a.bin b.bin || fail "sealing twice gives different bytes"
expect 0 "made by key mine" "$holdfast" inspect a.bin --board "$the_board"
expect 8 E0804 "$holdfast" inspect a.bin --board "$board"
expect 3 E0321 seal --key "$keys/test-1.pem" -o c.bin
expect 2 "signed images only" seal -o c.bin
[ ! -e c.bin ] || fail "a refused seal wrote a file"
for format in elf hex; do
    expect 0 "" seal --key mine.pem -o "a.$format"
    expect 0 "made by key mine" "$holdfast" inspect "a.$format" --board "$the_board"
done

# -- encrypted files --------------------------------------------------------------------------------------------------

export HOLDFAST_PASSPHRASE='right one'
expect 0 '"name": "locked"' "$holdfast" keygen locked.pem --encrypt
grep -q 'BEGIN ENCRYPTED PRIVATE KEY' locked.pem || fail "the key is not encrypted"
"$holdfast" keygen locked.pem --show --json > locked.json
board_with locked.json
expect 0 "" seal --key locked.pem -o d.bin
HOLDFAST_PASSPHRASE='wrong one' expect 3 E0319 seal --key locked.pem -o e.bin
unset HOLDFAST_PASSPHRASE
expect 3 E0319 setsid "$holdfast" seal app.bin --board "$the_board" --version 1.0.0 --key locked.pem -o e.bin

# -- a token ----------------------------------------------------------------------------------------------------------

token() {
    mkdir tokens
    echo "directories.tokendir = $work/tokens" > softhsm2.conf
    export SOFTHSM2_CONF=$work/softhsm2.conf
    softhsm2-util --init-token --free --label holdfast --pin 1234 --so-pin 5678 > /dev/null &&
        softhsm2-util --import mine.pem --token holdfast --label release --id 01 --pin 1234 > /dev/null
    for module in /usr/lib/softhsm/libsofthsm2.so /usr/lib/*/softhsm/libsofthsm2.so; do
        [ -e "$module" ] && export PKCS11_MODULE_PATH=$module
    done
}

if command -v softhsm2-util > /dev/null; then
    export ASAN_OPTIONS=detect_leaks=0 # the engine keeps what it allocates when a token is not found
    token || fail "the token cannot be set up"
    uri='pkcs11:token=holdfast;object=release;type=private'
    board_with mine.json
    expect 0 "$point" "$holdfast" keygen --show "$uri;pin-value=1234"
    expect 0 "" seal --key "$uri;pin-value=1234" -o f.bin
    expect 0 "made by key mine" "$holdfast" inspect f.bin --board "$the_board"
    HOLDFAST_PASSPHRASE=1234 expect 0 "" seal --key "$uri" -o g.bin
    expect 3 E0320 seal --key 'pkcs11:token=absent;object=release;pin-value=1234' -o h.bin
else
    echo "not tried: a token (no softhsm2)"
fi

# -- releases ---------------------------------------------------------------------------------------------------------

expect 0 "warning: everybody can sign" "$holdfast" layout "$board" -q
expect 3 "error: everybody can sign" "$holdfast" layout "$board" -q --release
board_with mine.json
expect 0 "" "$holdfast" layout "$the_board" -q --release

[ $failed -eq 0 ] && echo "all good"
exit $failed
