#!/bin/sh
# SPDX-License-Identifier: MIT
# The emitted linker scripts with the cross compiler: sections where they belong, symbols that
# start-up code relies on, and each ASSERT refusing what it is there for.
# usage: linker.sh LAYOUT_EMIT
set -eu

emit=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
boards=$(cd "$(dirname "$0")/../../boards" && pwd)
"$emit" "$boards/stm32f407-discovery.json" "$folder/discovery"
"$emit" "$boards/stm32f407-classic.json" "$folder/classic"
cd "$folder"

cat > program.c <<'C'
extern unsigned _estack[];
#ifndef BIG
#define BIG 4
#endif
#ifndef WIDE
#define WIDE 4
#endif
const char big[BIG] = {1};
char wide[WIDE];
#ifdef DATA
int data = DATA;
__attribute__((section(".ramfunc"), noinline, long_call))
#else
int data;
#endif
void fast(void);
int zero[10];
void Reset_Handler(void);
void fast(void) { zero[0]++; }
void Reset_Handler(void) { data++; wide[data] = big[data]; fast(); for (;;) { } }
#ifdef TABLE
__attribute__((section(TABLE), used)) void *const vectors[16] = {_estack, (void *)Reset_Handler};
#endif
C

# link SCRIPT defines... -> exit status of the compiler, words in errors.txt
link() {
    script=$1
    shift
    arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -ffreestanding -nostdlib -Wl,--gc-sections \
        -Wl,--fatal-warnings -ffunction-sections -fdata-sections "$@" \
        -T "$script" program.c -o program.elf 2> errors.txt
}

fail() {
    echo "linker.sh: $*" >&2
    cat errors.txt >&2
    exit 1
}

value() {
    arm-none-eabi-nm program.elf | awk -v name="$1" '$3 == name { print $1 }'
}

expect() {
    [ "$(value "$1")" = "$2" ] || fail "$1 is $(value "$1"), expected $2"
}

refused() {
    words=$1
    shift
    ! link "$@" || fail "$* was linked, expected: $words"
    grep -q "$words" errors.txt || fail "$*: expected: $words"
}

link discovery/boot.ld -DTABLE='".vectors"' || fail "boot.ld does not link"
expect vectors 08000000
expect _estack 20020000
expect _sbss 20000000

refused "no vector table" discovery/boot.ld
refused "has an initial value" discovery/boot.ld -DTABLE='".vectors"' -DDATA=5
refused "larger than its budget" classic/boot.ld -DTABLE='".vectors"' -DBIG=4000
refused "will not fit in region .FLASH." discovery/boot.ld -DTABLE='".vectors"' -DBIG=17000
refused "left for the stack" discovery/boot.ld -DTABLE='".vectors"' -DWIDE=130500
link discovery/boot.ld -DTABLE='".vectors"' -DBIG=15000 || fail "15000 bytes fit into the budget"

for table in .isr_vector .vectors; do
    link discovery/app.ld -DTABLE="\"$table\"" -DDATA=5 || fail "app.ld does not link with $table"
    expect vectors 08010000
    expect _estack 20020000
    expect _sdata 20000000
    expect fast 20000000
    expect zero "$(value _sbss)"
    expect _sbss "$(value _edata)"
    expect _end "$(value _ebss)"
done
refused "no vector table" discovery/app.ld
# 960 KB without the 64 bytes of the trailer
refused "will not fit in region .FLASH." discovery/app.ld -DTABLE='".isr_vector"' -DBIG=982900
link discovery/app.ld -DTABLE='".isr_vector"' -DBIG=982700 || fail "982700 bytes fit into the application area"
echo "linker scripts: all as expected"
