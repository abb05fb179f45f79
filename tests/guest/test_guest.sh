#!/bin/bash
# SPDX-License-Identifier: MIT
# The guest itself: what its scripts promise.
set -u
here=$(cd "$(dirname "$0")" && pwd) linux=$1
. "$here/cases.sh"
. "$here/guest.sh"
work=$(mktemp -d)
trap 'guest_stop; rm -rf "$work"' EXIT
cd "$work" || exit 1

mkdir files
head -c 200000 /dev/urandom >files/noise
begin "it boots"
guest_start "$linux" files || exit 1
echo "up after $(guest cut -d ' ' -f 1 /proc/uptime) s"

begin "exit codes and output come back"
code 0 guest echo 'two  words, $HOME and "quotes"'
expect "the words as they were sent" grep -qx 'two  words, $HOME and "quotes"' out
code 7 guest sh -c 'echo before the end; exit 7'
expect "output before an error" grep -qx 'before the end' out
code 127 guest no-such-program
code 0 guest sh -c 'printf "no newline"'
expect "output without a newline" [ "$(cat out)" = "no newline" ]

begin "files go in and come out"
guest cat /files/noise >noise
expect "the same bytes" cmp files/noise noise

begin "what takes too long is ended"
guest_patience=1 code 143 guest sleep 60
code 0 guest true

begin "USB/IP and the network are there"
code 0 guest sh -c 'usbip port 2>&1'
code 0 guest test -e /sys/devices/platform/vhci_hcd.0/status
code 0 guest ping -c 1 -W 5 10.0.2.2

begin "programs find their libraries"
code 0 guest dfu-util -V
code 0 guest holdfast --version

begin "the kernel's log is free of errors, and an error is found"
code 1 guest_errors
code 1 guest sh -c 'echo 999 >/sys/devices/platform/vhci_hcd.0/detach'
code 0 guest_errors
expect "vhci's complaint about a port that it does not have" grep -q '^<3>.*vhci_hcd: ' out # kernels word it differently

begin "a guest that dies is noticed"
code 255 guest reboot -f
expect "a word about it" grep -q 'The guest is gone' out
guest_stop

begin "nothing outlives its time"
guest_limit=1
code 1 guest_start "$linux"
expect "a word about it" grep -q 'did not come up' out
guest_stop

begin "a script runs from outside"
guest_limit=120
mkdir in
echo hello >in/word
printf 'cp /files/word /out/; cat /files/word; exit 3\n' >script
code 3 "$here/run.sh" "$linux" script in results
expect "its output" grep -qx hello out
expect "its file" cmp in/word results/word
expect "the kernel's log" grep -q 'Linux version' results/dmesg
finish
