#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A fuzzer's corpus, and a moment of looking further, the same inputs each time.
set -euo pipefail
fuzzer=${1:?usage: moment.sh FUZZER CORPUS EXECUTIONS} corpus=${2:?} executions=${3:?}

export ASAN_OPTIONS=quarantine_size_mb=8${ASAN_OPTIONS:+:$ASAN_OPTIONS} # as campaign.sh
found=$(mktemp -d)
trap 'rm -rf "$found"' EXIT
"$fuzzer" -seed=1 -runs="$executions" -timeout=300 -report_slow_units=300 -verbosity=0 -artifact_prefix="${TMPDIR:-/tmp}/$(basename "$fuzzer")-" \
    "$found" "$corpus"
