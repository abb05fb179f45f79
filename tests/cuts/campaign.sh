#!/bin/sh
# SPDX-License-Identifier: MIT
# The campaign of power cuts: campaign.sh FOLDER_OF_PROGRAMS REPORT. Rows that the report has already are not made again, so one that
# was interrupted goes on. Exit status 1: a cut led where it must not.
set -u
programs=${1:?} report=${2:?}
bad=0

# The boot core on the host. Small geometries in so many ways that they make up most of the cuts; then the real boards.
engine()
{
    "$programs/hf-engine-cuts" --jobs 2 "$@" --report "$report" || bad=1
}
for board in tiny-single tiny-ecc64-single; do
    engine --board $board --rounds 2
done
engine --board tiny-ecc256-banks
engine --board tiny-ecc64-banks --nested-every 4
for board in tiny-overwrite tiny-swap tiny-provision tiny-external tiny-ecc256-external; do
    engine --board $board --every 4 --nested-every 100
done
engine --board stm32h743-nucleo --nested-every 40
for board in stm32f407-classic stm32f407-overwrite stm32f407-swap stm32f407-spi stm32f429-swap stm32h743-qspi; do
    engine --board $board --every 10 --nested-every 1000
done

# The real binaries on the virtual board.
"$programs/hf-cuts" --sample 12 --json "$report" || bad=1
exit $bad
