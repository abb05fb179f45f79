#!/bin/bash
# SPDX-License-Identifier: MIT
# Progress on a real terminal is one line that is rewritten, with rate and time left; elsewhere it is plain lines.
# shellcheck source=tests/system/programs/common.sh
. "${0%/*}/common.sh"

begin blink-v1.elf
enter_by_button
code 0 script -qec "'$holdfast' flash --port port --no-boot '$firmware/blink-v2.bin'" /dev/null
tr '\r' '\n' <out >lines
grep -q $'\r' out || fail "the line is not rewritten: $(cat -A out)"
grep -Eq '[0-9.]+ kB/s' lines || fail "no rate: $(cat lines)"
grep -Eq 'ETA|left' lines || fail "no time left: $(cat lines)"
grep -q 'compared; the device was not asked' lines || fail "no verdict"
code 0 "$holdfast" flash --port port "$firmware/blink-v2.bin"
if grep -q $'\r' out err; then
    fail "carriage returns in a file"
fi
says "write 100 %"
leave
