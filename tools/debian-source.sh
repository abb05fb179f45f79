#!/bin/sh
# SPDX-License-Identifier: MIT
# Unpacks the source of a Debian package into FOLDER, in the version that apt would install. Leaves apt's own lists
# alone, so that it needs neither root nor a deb-src line in the machine's configuration. Does nothing when it is there.
set -eu

package=${1:?usage: tools/debian-source.sh PACKAGE FOLDER}
folder=${2:?usage: tools/debian-source.sh PACKAGE FOLDER}
[ ! -e "$folder/.complete" ] || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial" "$work/parts"

# The machine's own sources, asked for source packages.
for list in /etc/apt/sources.list.d/*.sources; do
    [ -e "$list" ] || continue
    sed 's/^Types:.*/Types: deb-src/' "$list" >"$work/parts/$(basename "$list")"
done
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -e "$list" ] || continue
    sed -n 's/^deb /deb-src /p' "$list" >"$work/parts/$(basename "$list" .list).list"
done

apt_here() {
    apt-get -qq -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$work/parts" -o APT::Sandbox::User= \
        -o "Dir::State=$work/state" -o "Dir::Cache=$work/cache" "$@"
}
apt_here update
(cd "$work" && apt_here source --download-only "$package")
archive=$(find "$work" -maxdepth 1 -name '*.orig.tar.*' ! -name '*.asc')
mkdir -p "$folder"
tar -xf "$archive" -C "$folder" --strip-components=1
touch "$folder/.complete"
