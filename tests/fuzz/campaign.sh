#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every fuzzer, each until it has executed so many inputs; writes a report. Stopped and started again it goes on: what was
# found and counted stays in BUILD/campaign. Ends with 1 when a fuzzer found a defect, and says how to see it again, or
# when one was stopped before it was through.
set -uo pipefail
usage="usage: campaign.sh BUILD EXECUTIONS REPORT [FUZZER...]"
build=${1:?$usage} executions=${2:?$usage} report=${3:?$usage}
shift 3
here=$(cd "$(dirname "$0")" && pwd)
if [ $# -eq 0 ]; then
    mapfile -t names < <(ls "$here/corpus")
    set -- "${names[@]}"
fi
step=200000 # executions between two notes of the count
export ASAN_OPTIONS=quarantine_size_mb=8${ASAN_OPTIONS:+:$ASAN_OPTIONS} # holds many lives; 256 MB are new pages to begin with

defects()
{
    find "$1" -name 'found-*' ! -name 'found-slow-unit-*' | wc -l
}

# run NAME: one fuzzer to its end. A round that is killed counts for nothing, but what it found is kept.
run()
{
    local name=$1 folder=$build/campaign/$1 count=0 seconds=0 began status left executed
    local longest=0 # bytes; 0: 4096, or the longest file of the corpus
    mkdir -p "$folder/corpus"
    case $name in # scripts: longer ones take twice the time and more, and update, records and transit reach no more edges with them
    serial | dfu | update) longest=512 ;;
    records | transit) longest=128 ;;
    esac
    [ ! -f "$folder/count" ] || read -r count seconds <"$folder/count"
    while [ "$count" -lt "$executions" ]; do
        left=$((executions - count))
        began=$(date +%s)
        "$build/bin/fuzz_$name" -runs=$((left < step ? left : step)) -max_len=$longest -timeout=600 -report_slow_units=600 -print_final_stats=1 -reload=0 \
            -artifact_prefix="$folder/found-" "$folder/corpus" "$here/corpus/$name" >"$folder/log" 2>&1
        status=$?
        executed=$(sed -n 's/^stat::number_of_executed_units: *//p' "$folder/log" | tail -n 1)
        count=$((count + ${executed:-0}))
        seconds=$((seconds + $(date +%s) - began))
        echo "$count $seconds" >"$folder/count"
        case $status in 72 | 130 | 137 | 143) # libFuzzer's own for SIGINT and SIGTERM, or what it died of
            echo "fuzz_$name was stopped"
            break
        esac
        if [ $status -ne 0 ]; then
            [ "$(defects "$folder")" -gt 0 ] || cp "$folder/log" "$folder/found-log" # leaks are told at the end, of no input
            grep -E 'ERROR|SUMMARY|runtime error|Test unit' "$folder/log"
            echo "fuzz_$name found a defect; see it again with $build/bin/fuzz_$name FILE, the file in $folder"
            break
        fi
    done
    echo "fuzz_$name: $count executions"
}

# A line of the report; the last figures libFuzzer printed.
line()
{
    local folder=$build/campaign/$1 count seconds edges features
    read -r count seconds <"$folder/count"
    read -r edges features < <(sed -n 's/^#[0-9]*.* cov: \([0-9]*\) ft: \([0-9]*\) .*/\1 \2/p' "$folder/log" | tail -1)
    printf '    { "fuzzer": "%s", "executions": %s, "seconds": %s, "edges": %s, "features": %s, "corpus": %s, "defects": %s }' \
        "$1" "$count" "$seconds" "${edges:-0}" "${features:-0}" "$(find "$folder/corpus" -type f | wc -l)" \
        "$(defects "$folder")"
}

export -f run defects
export build executions step here
printf '%s\n' "$@" | xargs -P "$(nproc)" -I{} bash -c 'run {}'

{
    printf '{\n  "clang": "%s",\n  "fuzzers": [\n' "$(clang --version | sed -n '1s/.*version //p')"
    separator=
    for name in "$@"; do
        printf '%s' "$separator"
        line "$name"
        separator=$',\n'
    done
    printf '\n  ]\n}\n'
} >"$report"
cat "$report"
! grep -qE '"defects": [1-9]' "$report" || exit 1

for name in "$@"; do
    read -r count _ <"$build/campaign/$name/count"
    if [ "$count" -lt "$executions" ]; then
        echo "fuzz_$name is not through; the same command goes on"
        exit 1
    fi
done
