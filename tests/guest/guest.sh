#!/bin/bash
# SPDX-License-Identifier: MIT
# Functions for bash scripts that work with the Linux that build.sh made:
#
#   guest_start FOLDER [FILES]   boots it; the content of the folder FILES is in /files there. 1: it did not come up.
#   guest COMMAND [ARGUMENT...]  runs a program in it as root; prints its output, returns its exit code. 143: took longer
#                                than $guest_patience seconds; 255: the guest is gone.
#   guest_errors                 prints what its kernel logged since the last call that must not be: errors of anything,
#                                warnings about USB. 0: there was something, as with grep.
#   guest_stop                   switches it off. Call it in a trap, too.
#
# The host is 10.0.2.2 in there. After $guest_limit seconds the guest is switched off whoever still works with it, so no
# caller waits longer and none can leave one behind.
guest_limit=${guest_limit:-1700}
guest_patience=${guest_patience:-600}
guest_dir=

guest_start() {
    local kernel=$1/kernel base=$1/initramfs.cpio files=${2:-} hold
    guest_dir=$(mktemp -d)
    mkfifo "$guest_dir/agent.in" "$guest_dir/agent.out"
    cp "$base" "$guest_dir/initrd"
    if [ -n "$files" ]; then
        guest_pack "$files" >>"$guest_dir/initrd"
    fi

    # Between the opening ends of a pipe one would wait for the other; and once QEMU is the only writer, its end is the
    # end of the file.
    # shellcheck disable=SC2094 # a reader that does not end when one writer leaves
    exec {guest_in}<>"$guest_dir/agent.in" {hold}<>"$guest_dir/agent.out" {guest_out}<"$guest_dir/agent.out"
    # no_timer_check: on a busy machine the emulated timer may not tick while the kernel looks, which then gives up.
    timeout -k 2 "$guest_limit" qemu-system-x86_64 -machine q35,accel=tcg -m 256 -smp 1 \
        -nodefaults -display none -no-reboot -kernel "$kernel" -initrd "$guest_dir/initrd" \
        -append "console=ttyS0 quiet panic=-1 mitigations=off no_timer_check" -netdev user,id=net -device e1000,netdev=net \
        -serial "file:$guest_dir/console" -serial "pipe:$guest_dir/agent" </dev/null >"$guest_dir/qemu" 2>&1 &
    guest_pid=$!
    exec {hold}>&-
    guest_answer && return
    echo "The guest did not come up."
    cat "$guest_dir/qemu" "$guest_dir/console"
    return 1
}

# Folders from the root on, then the content: what the kernel unpacks after the initramfs.
guest_pack() {
    local stage
    stage=$(mktemp -d)
    mkdir "$stage/files"
    cp -rL "$1/." "$stage/files/"
    (cd "$stage" && find . | cpio -o -H newc --quiet)
    rm -r "$stage"
}

# The answer to a line, which is said again when it did not arrive whole.
guest_answer() {
    local code=damaged size
    until [ "$code" != damaged ]; do
        if ! read -r code size <&"$guest_out"; then
            echo "The guest is gone: $(tail -n 20 "$guest_dir/qemu" "$guest_dir/console" 2>&1)"
            return 255
        fi
        [ "$code" != damaged ] || guest_say "$1"
    done
    head -c "$size" <&"$guest_out"
    return "$code"
}

guest() {
    local line
    printf -v line '%q ' timeout "$guest_patience" "$@"
    guest_say "$line"
    guest_answer "$line"
}

guest_say() {
    printf '%s %s\n' "${#1}" "$1" >&"$guest_in"
}

guest_errors() {
    # This one vhci_hcd says at every reset of a full-speed device: it knows of low and high speed only.
    guest dmesg -r -c | grep -E '^<[0-3]>|^<4>.*(usb|vhci)' | grep -v 'vhci_hcd: vhci_device speed not set'
}

guest_stop() {
    [ -n "$guest_dir" ] || return 0
    kill "$guest_pid" 2>/dev/null
    wait "$guest_pid" 2>/dev/null
    exec {guest_in}>&- {guest_out}<&-
    rm -rf "$guest_dir"
    guest_dir=
}
