// SPDX-License-Identifier: MIT
// What signatures cost at each boot, with and without their check there.
#include "bench.h"

#define KB 1024u

static const uint32_t sizes[] = {256 * KB, 900 * KB};

static bool add_boots(bench_table *table, const char *boards_folder, const char *name, const char *how, bool checks_twice)
{
    hf_board board;
    if (!bench_read_board(&board, name)) {
        return false;
    }
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        unsigned kilobytes = (unsigned)(sizes[i] / KB);
        double ms = bench_boot_ms(&board, boards_folder, sizes[i]);
        if (ms < 0) {
            return bench_trouble("%s: the application of %u KB never started", name, kilobytes);
        }
        bench_row *row = bench_add(table, "ms", ms);
        snprintf(row->what, sizeof row->what, "reset to the application's first instruction, %u KB image, %s", kilobytes, how);
        if (checks_twice) {
            row = bench_add(table, "ms", ms / 2);
            snprintf(row->what, sizeof row->what, "  of it, one verification of the signature (there are two)");
        }
    }
    return true;
}

bool bench_signed(bench_table *table, const char *boards_folder)
{
    return add_boots(table, boards_folder, "stm32f407-signed", "P-256 signature at each boot", true) &&
           add_boots(table, boards_folder, "stm32f407-signed-quick", "signed, `\"boot_check\": \"crc\"`, not its first boot", false);
}
