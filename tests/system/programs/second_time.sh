#!/bin/bash
# SPDX-License-Identifier: MIT
# The same port again, by a user who is not root: the first run, and one that was killed, leave nothing locked behind.
# shellcheck source=tests/system/programs/common.sh
. "${0%/*}/common.sh"

begin blink-v1.elf
enter_by_button
cp "$holdfast" hf
cp "$firmware/blink-v2.bin" .
user=()
if [ "$(id -u)" -eq 0 ]; then # root may open a locked terminal, too
    chmod 755 . hf
    chmod 644 blink-v2.bin
    chmod 666 "$(readlink port)"
    user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
fi
code 0 "${user[@]}" ./hf flash --port port --no-boot blink-v2.bin
code 0 "${user[@]}" ./hf flash --port port --no-boot blink-v2.bin
"${user[@]}" ./hf flash --port port --no-boot blink-v2.bin >out 2>err &
victim=$!
until_true grep -q erasing err || fail "the third run did not begin: $(cat err)"
kill -KILL $victim
wait $victim
code 0 "${user[@]}" ./hf flash --port port blink-v2.bin
says "verified, started"
leave
