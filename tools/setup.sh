#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs the Debian packages that are missing for `build`, `bench`, `demo`, `design`, `check` or `proof`; says which, and asks sudo only when needed.
set -eu

build="gcc libc6-dev cmake ninja-build pkg-config gcc-arm-none-eabi libunicorn-dev libjansson-dev libelf-dev zlib1g-dev"
build="$build libssl-dev libusb-1.0-0-dev"
# the Linux guest: tests/guest/build.sh
demo="qemu-system-x86 usbip dfu-util cpio xz-utils"
design="clang lld wasi-libc libclang-rt-14-dev-wasm32 binaryen zopfli fonttools fonts-dejavu-extra nodejs npm"
browser="chromium libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui poppler-utils"
check="libcmocka-dev qemu-system-arm gdb-multiarch stm32flash shellcheck bsdutils"
# fuzzers: clang's libFuzzer and sanitizers
check="$check libclang-rt-14-dev"
# static analysis: tests/analysis
check="$check cppcheck clang-tidy"
# models of the installation: tests/model
check="$check spin"
# keys on a token: tests/trust/test_keys.sh
check="$check softhsm2 libengine-pkcs11-openssl python3-minimal"

proof="frama-c-base nodejs"

# code of others for `make bench` to pack: newlib
bench="libnewlib-arm-none-eabi"

case "${1:-build}" in
build) wanted=$build ;;
bench) wanted="$build $bench" ;;
demo) wanted="$build $demo" ;;
design) wanted="$build $design" ;;
check) wanted="$build $demo $design $browser $check" ;;
proof) wanted="$build $proof" ;;
*) echo "usage: tools/setup.sh build|bench|demo|design|check|proof" >&2; exit 2 ;;
esac

if ! command -v dpkg-query >/dev/null; then
    echo "tools/setup.sh: this is not Debian; please install what stands for: $wanted" >&2
    exit 0 # CMake will say what it misses
fi

missing=
for package in $wanted; do
    case "$package" in
    nodejs | npm) ! command -v "${package%js}" >/dev/null || continue ;; # from elsewhere will do
    esac
    case "$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null)" in
    *" installed") ;;
    *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

sudo=
if [ "$(id -u)" -ne 0 ]; then
    sudo=sudo
fi
echo "Installing missing packages:$missing"
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
# shellcheck disable=SC2086
$sudo apt-get install -y -qq --no-install-recommends $missing </dev/null >/dev/null
