#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs shellcheck on every script, whether its name ends with .sh or it only begins like one.
set -eu
shellcheck=$1
grep -rlE --include='*' --exclude-dir=.git --exclude-dir=build --exclude-dir=node_modules -m1 '^#!.*/(ba)?sh\b|^#!/usr/bin/env bash' . |
    while IFS= read -r script; do
        head -n 1 "$script" | grep -qE '^#!.*(bash|sh)$' && printf '%s\n' "$script"
    done | xargs "$shellcheck"
