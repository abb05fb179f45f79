#!/bin/sh
# SPDX-License-Identifier: MIT
# The campaign of power cuts: campaign.sh FOLDER_OF_PROGRAMS REPORT. Rows that the report has already are not made again, so one that
# was interrupted goes on. Exit status 1: a cut led where it must not.
set -u
programs=${1:?} report=${2:?}
bad=0

# The boot core on the host. Small geometries in so many ways that they make up most of the cuts; then the real boards.
for board in tiny-single tiny-ecc64-single tiny-ecc64-banks tiny-ecc256-banks; do
    "$programs/hf-engine-cuts" --jobs 2 --rounds 2 --board $board --report "$report" || bad=1
done
for board in tiny-overwrite tiny-swap tiny-provision tiny-external tiny-ecc256-external; do
    "$programs/hf-engine-cuts" --jobs 2 --every 4 --nested-every 100 --board $board --report "$report" || bad=1
done
"$programs/hf-engine-cuts" --jobs 2 --nested-every 4 --board stm32h743-nucleo --report "$report" || bad=1
for board in stm32f407-classic stm32f407-overwrite stm32f407-swap stm32f407-spi stm32f429-swap stm32h743-qspi; do
    "$programs/hf-engine-cuts" --jobs 2 --every 10 --nested-every 1000 --board $board --report "$report" || bad=1
done

# The real binaries on the virtual board.
"$programs/hf-cuts" --sample 40 --json "$report" || bad=1
exit $bad
