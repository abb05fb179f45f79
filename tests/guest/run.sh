#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs a shell script as root in the Linux that build.sh made, shows its output as it comes and ends with its exit code.
#
#   tests/guest/run.sh FOLDER SCRIPT [FILES [OUT]]
#
# The content of the folder FILES is in /files there; what the script leaves in /out comes to the folder OUT, and beside
# it the kernel's log, dmesg. guest_limit=SECONDS in the environment limits the whole; then the exit code is 255.
set -u
[ $# -ge 2 ] || { sed -n '5s/^#  */usage: /p' "$0" >&2; exit 2; }
folder=$1 script=$2 files=${3:-} out=${4:-}
export guest_patience=1000000
. "$(dirname "$0")/guest.sh"

stage=$(mktemp -d)
trap 'guest_stop; rm -rf "$stage"' EXIT
if [ -n "$files" ]; then
    cp -rL "$files/." "$stage/" || exit 2
fi
cp "$script" "$stage/.script" || exit 2
guest_start "$folder" "$stage" || exit 255

# The script writes to the console, the other serial port; stty waits until all of it has been sent.
tail -s 0.1 -f -n +1 --pid="$guest_pid" "$guest_dir/console" &
shown=$!
guest sh -c 'mkdir /out; stty -F /dev/ttyS0 -onlcr; sh /files/.script >/dev/ttyS0 2>&1; code=$?
    stty -F /dev/ttyS0 onlcr; exit $code'
code=$?

if [ -n "$out" ] && [ $code -ne 255 ]; then
    mkdir -p "$out"
    guest dmesg -r >"$out/dmesg"
    guest tar -c -C /out . | tar -x -C "$out" || code=255
fi
kill "$guest_pid"
wait $shown
exit $code
