#!/bin/bash
# SPDX-License-Identifier: MIT
# Every command of every document's sh blocks does what it says, from top to bottom, in a copy of the sources that was built
# by the documents' own commands. commands.tsv lists what is done for commands that need hardware, root or a person.
set -u
source=$1
here=$source/tests/system/documents
work=$(mktemp -d)
tree=$work/holdfast
served=()
failed=0

stop_served() {
    [ ${#served[@]} -eq 0 ] || kill "${served[@]}" 2>/dev/null
    wait
    served=()
}
trap 'stop_served; rm -rf "$work"' EXIT

# A copy without what is built. The files that documents call app.elf and so on stand ready.
copy_sources() {
    mkdir "$tree"
    (cd "$source" && tar -cf - --exclude=./build --exclude=./.git --exclude=node_modules .) | tar -xf - -C "$tree"
    local built=$source/build/boards/stm32f407-discovery
    cp "$built/boot.elf" "$built/blink-v1.elf" "$tree"
    cp "$built/obj/unsealed/blink-v2.elf" "$tree/app.elf"
}

# Boards of which no command wants the firmware would be built for nothing: they are put aside while the README builds.
put_boards_aside() {
    local board
    (cd "$source" && for document in README.md CONTRIBUTING.md docs/*.md; do awk -f "$here/blocks.awk" "$document"; done) >"$work/named"
    for board in "$tree"/boards/*.json "$tree"/tests/boards/*.json; do
        grep -qE "build/boards/$(basename "$board" .json)([/ ]|$)" "$work/named" || mv "$board" "$board.aside"
    done
}

put_boards_back() {
    local board
    for board in "$tree"/boards/*.aside "$tree"/tests/boards/*.aside; do
        mv "$board" "${board%.aside}"
    done
}

# rule COMMAND: what the first line of commands.tsv that matches says, as $action.
rule() {
    local pattern
    while IFS=$'\t' read -r pattern action _; do
        [[ $pattern == \#* || -z $pattern ]] && continue
        [[ $1 =~ $pattern ]] && return
    done <"$here/commands.tsv"
    action=run
}

execute() {
    (cd "$tree" && timeout 900 bash -ec "$1") >"$work/out" 2>&1 </dev/null
}

# serve COMMAND: in the background, until it says that it is ready.
serve() {
    : >"$work/served" # what the last one said is no answer of this one
    (cd "$tree" && exec bash -c "exec $1") >"$work/served" 2>&1 </dev/null &
    served+=($!)
    for _ in $(seq 1200); do # as much patience as a loaded machine needs
        grep -qx ready "$work/served" && return 0
        sleep 0.1
    done
    cp "$work/served" "$work/out"
    return 1
}

# with_device COMMAND: a board whose button is held, at the end of a serial cable.
with_device() {
    serve "build/bin/vboard run boards/stm32f407-discovery.json --load '$tree/boot.elf' --speed max \
        --button pressed --uart 'pty:$work/ttyUSB0'" &&
        execute "${1//\/dev\/ttyUSB0/$work/ttyUSB0}"
}

# obey COMMAND: what its rule says.
obey() {
    rule "$1"
    case $action in
    run) execute "$1" ;;
    elsewhere) return 0 ;;
    serve) serve "$1" ;;
    device) with_device "$1" ;;
    s*) execute "$(sed -E "$action" <<<"$1")" ;;
    *) echo "commands.tsv: what is '$action'?" >"$work/out" && return 1 ;;
    esac
}

copy_sources
put_boards_aside
export PATH=$tree/build/bin:$PATH
count=0
cd "$source" || exit 1
for document in README.md CONTRIBUTING.md docs/*.md; do
    last=0
    while IFS=$'\t' read -r block line command; do
        [ "$block" = "$last" ] || stop_served
        last=$block
        count=$((count + 1))
        if obey "$command"; then
            echo "ok ($action) $document:$line: $command"
        else
            echo "FAILED ($action) $document:$line: $command"
            sed 's/^/    /' "$work/out"
            failed=$((failed + 1))
        fi
    done < <(awk -f "$here/blocks.awk" "$document")
    stop_served
    [ "$document" != README.md ] || put_boards_back
done
echo "$count commands, $failed failed"
[ $failed -eq 0 ] && [ $count -gt 5 ]
