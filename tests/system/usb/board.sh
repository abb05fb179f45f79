# SPDX-License-Identifier: MIT
# For bash scripts that plug a virtual board into the Linux guest. Needs $here (the folder tests), $vboard, $boards (board
# files), $firmware (what was built of them), all of them absolute: the script goes on in an empty folder of its own, and guest,
# board and folder are put away when it ends. Brings tests/guest/cases.sh and guest.sh along.
#
#   board_start NAME [OPTION...]  runs a board of this name into update mode; its control socket is `control`, its log `log`
#   board_run NAME ELF [OPTION...] the same with another program than the bootloader
#   board_stop                    ends it
#   board_control COMMAND...      a command of its control socket
#   attach                        plugs it into the guest and waits until the guest has made a device of it
#   detached                      the guest has none any more, after a while
#   dfu ARGUMENT...               dfu-util in the guest
#   blinks MS                     the application runs, by its LED, for three seconds of its time from now on
#
# What is waited for comes sooner or later, on a loaded machine much later: only $board_patience seconds without it fail.
. "$here/guest/cases.sh"
. "$here/guest/guest.sh"
work=$(mktemp -d)
trap 'guest_stop; board_stop; rm -rf "$work"' EXIT
cd "$work" || exit 1
board_pid=
board_patience=${board_patience:-180}

# eventually COMMAND...: until it succeeds
eventually() {
    local until=$((SECONDS + board_patience))
    until "$@"; do
        [ $SECONDS -lt $until ] || return 1
        sleep 0.1
    done
}

board_start() {
    local name=$1
    shift
    board_run "$name" "$firmware/$name/boot.elf" "$@"
}

board_run() {
    local name=$1 elf=$2
    shift 2
    : >log # what the last board said is no answer of this one
    "$vboard" run "$boards/$name.json" --load "$elf" --usbip 0 --control control --led-trace led --trace-reports "$@" \
        >log 2>&1 &
    board_pid=$!
    eventually grep -qx ready log
    board_port=$(sed -n 's/^usbip: 127.0.0.1:\([0-9]*\),.*/\1/p' log)
    [ -n "$board_port" ]
}

board_control() {
    "$vboard" ctl control "$@"
}

board_stop() {
    [ -n "$board_pid" ] || return 0
    board_control quit >/dev/null 2>&1 || kill "$board_pid" 2>/dev/null
    wait "$board_pid" 2>/dev/null
    board_pid=
}

# board_has NAME VALUE: what the control socket's `status` says
board_has() {
    board_control status | tr ' ' '\n' | grep -qx "$1=$2"
}

board_is_clean() {
    board_has unmodelled 0 && board_has unclocked 0 && board_has misuse 0 && board_has fault 0
}

board_now() {
    board_control status | tr ' ' '\n' | sed -n 's/^time=//p'
}

blinks() {
    local from
    from=$(board_now)
    board_control wait 3 >/dev/null
    "$vboard" wave --from "$from" --expect-toggle-ms "$1" --tolerance-ms 2 led >wave 2>&1 || { cat wave; return 1; }
}

silent_log() {
    ! guest_errors
}

guest_sees() {
    guest sh -c 'grep -qsx 1209 /sys/bus/usb/devices/1-1/idVendor'
}

# A board that was just reset or plugged in is not on offer at once.
attach() {
    eventually guest_imports && eventually guest test -e /sys/bus/usb/devices/1-1:1.0 && return
    cat attach.out
    return 1
}

guest_imports() {
    guest usbip --tcp-port "$board_port" attach -r 10.0.2.2 -b 1-1 >attach.out 2>&1
}

guest_is_alone() {
    ! guest_sees
}

detached() {
    eventually guest_is_alone
}

dfu() {
    guest dfu-util "$@"
}
