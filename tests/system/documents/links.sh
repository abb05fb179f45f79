#!/bin/bash
# SPDX-License-Identifier: MIT
# Documents name only what exists: every relative link, and every file in a command line. The README lists every document.
# A block that holds commands says so (```sh), or nobody would run it.
set -u
cd "$1" || exit 1
failed=0

complain() {
    echo "FAILED: $*"
    failed=1
}

for document in README.md CONTRIBUTING.md CHANGELOG.md docs/*.md; do
    while IFS= read -r target; do
        file=${target%%#*}
        [ -z "$file" ] || [ -e "$(dirname "$document")/$file" ] || complain "$document: there is no $target"
    done < <(grep -oE '\]\([^)]+\)' "$document" | sed 's/^](//; s/)$//' | grep -vE '^(https?|mailto):')
    while IFS= read -r line; do
        complain "$document: commands in a block that is not marked sh: $line"
    done < <(awk '/^ *```/ { inside = !inside; plain = inside && $0 !~ /```sh/; next }
        inside && plain && /^ *(\$ |sudo |make( |$)|holdfast |vboard |build\/bin\/|git |apt-get |dfu-util |st-flash )/' "$document")
done
for document in docs/*.md; do
    grep -qF "]($document)" README.md || complain "README.md does not list $document"
done
exit $failed
