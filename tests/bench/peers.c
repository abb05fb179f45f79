// SPDX-License-Identifier: MIT
// Sizes beside those of other bootloaders.
#include <string.h>

#include "bench.h"

// Ours are looked up by name; the others were built once, from the sources named, with the same compiler.
static const struct peer {
    const char *name, *chip, *what;
    unsigned bytes; // 0: ours
} peers[] = {
    {"katapult 902f335c", "F407", "UART, CRC-16 per packet, no image check", 3156},
    {"stm32f407-classic", "F407", "UART, CRC-16 per frame, CRC-32 of the image", 0},
    {"sboot_stm32 d62eaea8", "F405", "USB DFU 1.1, no image check", 3944},
    {"stm32f407-dfu", "F407", "USB DfuSe, CRC-32 of the image", 0},
    {"libopencm3 usb_dfu", "F103", "USB DfuSe, no image check", 7096},
    {"OpenBLT e43969da", "F405", "UART, sum of the vector table", 7372},
    {"Black Magic DFU 116a72e7", "F407", "USB DfuSe, no image check", 8672},
    {"MCUboot 2d4bacc3, minimal port", "F407", "P-256, overwrite, no transport", 10284},
    {"MCUboot 2d4bacc3, minimal port", "F407", "P-256, swap by scratch, no transport", 14144},
    {"wolfBoot 5c07c379, no assembly", "F407", "P-256, swap, no transport", 14108},
    {"wolfBoot 5c07c379", "F407", "P-256 and UART", 23176},
    {"OpenBLT e43969da", "F405", "UART and USB, sum of the vector table", 18080},
    {"stm32f407-signed", "F407", "P-256, UART, one slot, revocation, signed orders", 0},
    {"stm32f407-full", "F407", "P-256, UART with all three protocols, USB DfuSe, swap with trial, floor, revocation, signed orders", 0},
};

static double size_of(const bench_table *table, const char *name)
{
    char start[64];
    snprintf(start, sizeof start, "bootloader %s:", name);
    for (size_t i = 0; i < table->count; i++) {
        if (strncmp(table->rows[i].what, start, strlen(start)) == 0) {
            return table->rows[i].value;
        }
    }
    return 0;
}

void bench_write_peers(const bench_table *table, FILE *out)
{
    fprintf(out, "\n## Beside others\n\n"
                 "Bytes of flash, all built with arm-none-eabi-gcc 12.2.1 at `-Os`, those in bold by this build.\n\n"
                 "| bootloader | chip | what is in it | bytes |\n|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof peers / sizeof peers[0]; i++) {
        const struct peer *peer = &peers[i];
        const char *mark = peer->bytes == 0 ? "**" : "";
        double bytes = peer->bytes == 0 ? size_of(table, peer->name) : peer->bytes;
        fprintf(out, "| %s%s%s | %s | %s | %s%.0f%s |\n", mark, peer->name, mark, peer->chip, peer->what, mark, bytes, mark);
    }
}
