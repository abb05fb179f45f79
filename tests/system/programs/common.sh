#!/bin/bash
# SPDX-License-Identifier: MIT
# What the scripts share: each is called with vboard, holdfast, and the source folder.
# shellcheck disable=SC2034 # the scripts use it
holdfast=$2 source=$3
product=${product:-stm32f407-discovery} # of boards/ or tests/boards/
set -- "$1" "$(ls "$source/boards/$product.json" "$source/tests/boards/$product.json" 2>/dev/null)" "$source/build/boards/$product"
# shellcheck source=tests/system/vboard_cli/common.sh
. "$source/tests/system/vboard_cli/common.sh"
firmware=$guests

now() {
    ctl status | sed -n 's/.*time=\([0-9.]*\).*/\1/p'
}

# blinks MS: three seconds from now on, the LED keeps this rhythm.
blinks() {
    local from
    from=$(now)
    ctl wait 3 >/dev/null
    code 0 "$vboard" wave led --from "$from" --to "$(now)" --expect-toggle-ms "$1" --tolerance-ms 2
}

# begin APPLICATION OPTIONS...: the board runs the application until its button is held during reset.
begin() {
    local application=$1
    shift
    start --chips "$source/chips" --load "$firmware/boot.elf" --load "$firmware/$application" --uart pty:port --led-trace led \
        --control control --speed max --strict "$@"
}

enter_by_button() {
    ctl button press >/dev/null
    ctl reset >/dev/null
    ctl wait 0.1 >/dev/null
    ctl button release >/dev/null
}

leave() {
    ctl quit >/dev/null
    ended 0
}
