#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes a small Linux for QEMU: FOLDER/kernel is Debian's own, FOLDER/initramfs.cpio holds what it takes to attach a
# USB/IP device and to run dfu-util. The kernel's package is only unpacked: installed it would change /boot. Needs no
# root. What was downloaded stays in FOLDER; remove FOLDER for newer packages.
set -eu

folder=${1:?usage: tests/guest/build.sh FOLDER [PROGRAM...]}
shift
here=$(cd "$(dirname "$0")" && pwd)
modules="e1000 vhci-hcd cdc-acm"
programs="/usr/sbin/usbip /usr/bin/dfu-util"

die() {
    echo "tests/guest/build.sh: $*" >&2
    exit 1
}

# -- packages ---------------------------------------------------------------------------------------------------------

# apt with state of its own, so that lists can be refreshed without root; before that, with the lists of the system.
apt_options="-o APT::Sandbox::User="
use_own_lists() {
    apt_options="$apt_options -o Dir::State::lists=$folder/apt/lists -o Dir::Cache=$folder/apt/cache"
    mkdir -p "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial"
    # shellcheck disable=SC2086
    apt-get $apt_options update -qq || die "apt-get update failed: no connection to Debian's archive"
}

# shellcheck disable=SC2086
kernel_package() {
    apt-cache $apt_options depends linux-image-amd64 2>/dev/null | sed -n 's/.*Depends: \(linux-image-[^ ]*\)/\1/p'
}

# shellcheck disable=SC2086
download() {
    package=$(kernel_package)
    [ -n "$package" ] && (cd "$folder/packages" && apt-get $apt_options -qq download "$package" busybox-static)
}

get_packages() {
    command -v apt-get >/dev/null || die "the guest is made of Debian's packages, and there is no apt-get here"
    [ "$(dpkg --print-architecture)" = amd64 ] || die "the guest is an amd64 machine; this one is not"
    echo "Downloading Debian's kernel (about 70 MB, once)"
    rm -rf "$folder/packages" "$folder/unpacked"
    mkdir -p "$folder/packages" "$folder/unpacked"
    download 2>/dev/null || { use_own_lists; download; } ||
        die "the packages linux-image-amd64 and busybox-static cannot be downloaded; does apt know Debian's archive?"
}

# unpack PACKAGE PATTERN...: PACKAGE is how the file's name begins
unpack() {
    package=$1
    shift
    dpkg-deb --fsys-tarfile "$folder/packages/$package"*.deb | tar -x -C "$folder/unpacked" --wildcards "$@" ||
        die "the package $package does not hold what was expected of it: $*"
}

# -- the kernel -------------------------------------------------------------------------------------------------------

# A field of the header of a bzImage (Documentation/arch/x86/boot.rst): FILE OFFSET BYTES
field() {
    od -An -v -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '
}

# QEMU starts the kernel's ELF file as it does a bzImage, only that nobody has to decompress it first, which under
# emulation takes longer than the rest of the boot.
extract_kernel() {
    image=$1
    start=$(((($(field "$image" 497 1) + 1) * 512) + $(field "$image" 584 4)))
    length=$(field "$image" 588 4)
    tail -c "+$((start + 1))" "$image" | head -c $((length - 4)) >"$folder/payload" # the last four: its size unpacked
    case "$(od -An -v -t x1 -N 4 "$folder/payload" | tr -d ' ')" in
    fd377a58) xz -dc "$folder/payload" ;;
    28b52ffd) zstd -dc "$folder/payload" ;;
    1f8b*) gzip -dc "$folder/payload" ;;
    *) die "this kernel is compressed in a way that is not known here" ;;
    esac >"$folder/kernel.new" || die "the kernel cannot be decompressed"
    rm "$folder/payload"
    mv "$folder/kernel.new" "$folder/kernel"
}

# -- the initramfs ----------------------------------------------------------------------------------------------------

# File names spell modules with - or _, dependencies always with _.
module_file() {
    find "$folder/unpacked" -name "$(echo "$1" | sed 's/[-_]/[-_]/g').ko*" | head -n 1
}

# Prints the files of a module and of all it depends on, these first.
module_files() (
    file=$(module_file "$1")
    [ -n "$file" ] || die "the kernel's package has no module $1"
    case "$file" in
    *.xz) xz -dk -f "$file" && rm "$file" && file=${file%.xz} ;;
    esac
    for needed in $(tr '\0' '\n' <"$file" | sed -n 's/^depends=//p' | tr ',' ' '); do
        module_files "$needed" || exit 1
    done
    echo "$file"
)

add_modules() {
    for module in $modules; do
        module_files "$module" >>"$folder/module-files" || exit 1
    done
    mkdir "$root/modules"
    awk '!seen[$0]++' "$folder/module-files" | while read -r file; do
        cp "$file" "$root/modules/"
        basename "$file" >>"$root/modules/order"
    done
    rm "$folder/module-files"
}

add_busybox() {
    cp "$folder/unpacked/bin/busybox" "$root/bin/busybox"
    for name in $("$root/bin/busybox" --list); do
        [ "$name" = busybox ] || ln -s busybox "$root/bin/$name"
    done
}

# add_program FILE: with its libraries, and the loader, at the places where they are here.
add_program() {
    [ -x "$1" ] || die "there is no $1 (packages usbip, dfu-util; tools/setup.sh check installs them)"
    libraries=$(ldd "$1") || die "the libraries of $1 are not known"
    case "$libraries" in
    *"not found"*) die "libraries of $1 are missing: $libraries" ;;
    esac
    cp -L "$1" "$root/usr/bin/"
    strip "$root/usr/bin/${1##*/}" 2>/dev/null || true # smaller, if that is possible
    for library in $(echo "$libraries" | grep -o '/[^ ]*'); do
        cp -L --parents "$library" "$root/"
    done
}

# -- all of it --------------------------------------------------------------------------------------------------------

for tool in cpio xz dpkg-deb tar ldd; do
    command -v $tool >/dev/null || die "$tool is missing; tools/setup.sh check installs what the tests need"
done

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
if [ ! -e "$folder/kernel" ]; then
    get_packages
    unpack linux-image './boot/vmlinuz-*' '*/kernel/drivers/usb/*' '*/kernel/drivers/net/ethernet/intel/e1000/*'
    unpack busybox-static '*/busybox'
    extract_kernel "$(echo "$folder"/unpacked/boot/vmlinuz-*)"
    rm -r "$folder/packages"
fi

root=$folder/root
rm -rf "$root"
mkdir -p "$root/bin" "$root/usr/bin" "$root/proc" "$root/sys" "$root/dev" "$root/tmp" "$root/var/run"
cp "$here/init" "$root/init"
chmod +x "$root/init"
add_modules
add_busybox
for program in $programs "$@"; do
    add_program "$program"
done
(cd "$root" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --reproducible --quiet) >"$folder/initramfs.cpio"
