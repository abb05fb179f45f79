#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs every test of a build folder and ends with "N passed, N failed", counting single cases, not programs.
set -u
build=${1:?usage: tests/run.sh BUILD_FOLDER}

# One more than processors: tests with pseudo-terminals, browsers and an emulated Linux wait a third of their time.
ctest --test-dir "$build" --output-on-failure --parallel $(($(nproc) + 1))
verdict=$?

# A cmocka program closes with "[  PASSED  ] N test(s).", a script of the design tool with "N checks passed, M failed";
# everything else counts as one case.
awk '
    /^\[  PASSED  \] [0-9]+ test\(s\)/ { cases += $4; next }
    /^\[  FAILED  \] [0-9]+ test\(s\)/ { broken += $4; next }
    /^[0-9]+ checks passed, [0-9]+ failed$/ { cases += $1; broken += $4; next }
    /^Test Passed\./ { passed += cases > 0 ? cases : 1; cases = broken = 0 }
    /^Test (Failed|Timeout)/ || /^Test not run/ { passed += cases; failed += broken > 0 ? broken : 1; cases = broken = 0 }
    END { printf "%d passed, %d failed\n", passed, failed; exit failed > 0 || passed == 0 }
' "$build/Testing/Temporary/LastTest.log" >"$build/summary" || verdict=1
cat "$build/summary"
exit $verdict
