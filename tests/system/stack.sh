#!/bin/sh
# SPDX-License-Identifier: MIT
# tools/stack.awk on small call graphs: the worst case is the deepest path, and what it does not understand is an error.
set -eu
awk_file=${1:?usage: stack.sh STACK_AWK}

node() # NAME BYTES [FILE [KIND]]
{
    printf 'node: { title: "/tmp/x.o:%s" label: "%s\\n%s:1:1\\n%s bytes (%s)" }\n' "$1" "$1" "${3:-/x/boot/a.c}" "$2" "${4:-static}"
}

call() # FROM TO [PLACE]
{
    printf 'edge: { sourcename: "/tmp/x.o:%s" targetname: "%s" label: "%s:1:1" }\n' "$1" "$2" "${3:-/x/boot/a.c}"
}

# What is linked stands in the disassembly, which comes last.
linked() # NAMES...
{
    printf '08000000 <%s>:\n' "$@"
}

machine()
{
    node Reset_Handler 10
    node hf_background 20
    node leaf 300
    node fault_handler 7
    node uart_interrupt 50
    call Reset_Handler hf_background
    call hf_background leaf
}

# expect WORDS ROOM: what stands on standard input ends with these words, or says them and fails.
expect()
{
    result=$({ cat; linked Reset_Handler hf_background leaf fault_handler uart_interrupt odd poll serve_data forget forget_data; } | awk -v board=test -v room="$2" -f "$awk_file" 2>&1) || result="refused: $result"
    case "$result" in
    *"$1"*) ;;
    *)
        echo "expected: $1"
        echo "got: $result"
        return 1
        ;;
    esac
}

machine | expect "worst 467" 467 # 10 + 20 + 300, an interrupt in 40 + 50, a fault in that in 40 + 7
machine | expect "refused: stack of test: 467 bytes may be needed, there are 466" 466
{ machine; call leaf leaf; } | expect "refused: stack of test: leaf calls itself" 9999
{ machine; call leaf hf_background; } | expect "refused: stack of test: hf_background is entered a third time" 9999
{ machine; call leaf __indirect_call; } | expect "refused: stack of test: a call through a pointer" 9999
{ machine; call leaf elsewhere; } | expect "refused: stack of test: elsewhere has no known stack" 9999
{ machine; node odd 8 /x/boot/a.c dynamic; } | expect "refused: stack of test: odd uses what cannot be counted" 9999
{
    machine
    call leaf by_hand
    printf '08000000 <by_hand>:\n 8000000:\tpush\t{r4, r5, lr}\n 8000002:\tsub\tsp, #8\n'
} | expect "worst 487" 9999

# A command that waits: the links are served meanwhile, the line no deeper than once.
{
    machine
    node poll 4 /x/boot/serial.c
    node serve_data 100
    call hf_background poll
    call poll __indirect_call /x/boot/serial.c
    call serve_data hf_background
} | expect "worst 591" 9999

# Forgetting calls what forgets, and no command.
{
    machine
    node poll 4 /x/boot/serial.c
    node forget 4 /x/boot/serial.c
    node forget_data 400
    node serve_data 100
    call hf_background poll
    call hf_background forget
    call poll __indirect_call /x/boot/serial.c
    call forget __indirect_call /x/boot/serial.c
    call serve_data hf_background
} | expect "worst 695" 9999
