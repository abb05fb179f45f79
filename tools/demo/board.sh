# SPDX-License-Identifier: MIT
# For the scripts of `make demo`: a virtual board in a folder of its own, and its LED as the measure of success.
# Needs $build. Whoever sources it stands in the project's folder, and ends with the board's log when something failed.

work=$(mktemp -d)
vboard=

demo_end() {
    status=$?
    [ -z "$vboard" ] || kill "$vboard" 2>/dev/null || true
    [ "$status" -eq 0 ] || sed 's/^/vboard: /' "$work/log" 2>/dev/null || true
    rm -rf "$work"
}
trap demo_end EXIT

say() { printf '\n== %s\n' "$*"; }
board_do() { "$build/bin/vboard" ctl "$work/control" "$@" >/dev/null; }
now() { "$build/bin/vboard" ctl "$work/control" status | sed -n 's/.*time=\([0-9.]*\).*/\1/p'; }

# start NAME [OPTION...]: the board of boards/NAME.json runs when this returns
start() {
    name=$1
    shift
    rm -f "$work/led"
    : >"$work/log" # what the last board said is no answer of this one
    "$build/bin/vboard" run "boards/$name.json" --flash-file "$work/state" --uart "pty:$work/uart" --led-trace "$work/led" \
        --control "$work/control" --speed max --strict "$@" >"$work/log" 2>&1 &
    vboard=$!
    for _ in $(seq 300); do
        grep -q '^ready' "$work/log" && return
        kill -0 "$vboard" 2>/dev/null || exit 1
        sleep 0.1
    done
    exit 1
}

stop() {
    board_do quit
    wait "$vboard"
    vboard=
}

# measure MS: three seconds of the LED from now on must show this rhythm.
measure() {
    from=$(now)
    board_do wait 3
    "$build/bin/vboard" wave "$work/led" --from "$from" --to "$(now)" --expect-toggle-ms "$1" --tolerance-ms 2
}

# update_mode: with the button held
update_mode() {
    board_do button press
    board_do reset
    board_do wait 0.1
    board_do button release
}
