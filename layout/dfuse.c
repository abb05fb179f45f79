// SPDX-License-Identifier: MIT
// The DfuSe memory string: the sectors a host may write, as text (UM0424, 4.3.2).
#include <string.h>

#include "complain.h"
#include "derive.h"

// "01*064Kg": g says readable, erasable and writable, f all but readable. Sizes are whole kilobytes on every part, or bytes below one.
static void append_run(char *text, size_t room, bool first, uint32_t count, uint32_t size, char may)
{
    bool kilo = size % 1024 == 0;
    hf_append(text, room, "%s%02u*%03u%s%c", first ? "" : ",", (unsigned)count, (unsigned)(kilo ? size / 1024 : size),
              kilo ? "K" : "B", may);
}

bool hf_board_dfuse_memory(const hf_board *board, char *text, size_t size)
{
    const hf_area *app = hf_board_area(board, HF_USE_APPLICATION);
    if (app == NULL || size == 0) {
        return false;
    }
    char whole[512] = "";
    hf_append(whole, sizeof whole, "@Internal Flash/0x%08X/", (unsigned)app->address);
    uint16_t number;
    uint32_t start, sector, end = app->address + app->size, run_size = 0, run_count = 0;
    bool first = true;
    char may = hf_board_enciphers(board) ? 'f' : 'g';
    for (uint32_t at = app->address; at < end && hf_chip_sector(&board->chip, at, &number, &start, &sector); at += sector) {
        if (run_count != 0 && (sector != run_size || run_count == 99)) {
            append_run(whole, sizeof whole, first, run_count, run_size, may);
            first = false;
            run_count = 0;
        }
        run_size = sector;
        run_count++;
    }
    if (run_count != 0) {
        append_run(whole, sizeof whole, first, run_count, run_size, may);
    }
    text[0] = '\0';
    hf_append(text, size, "%s", whole);
    return strlen(whole) < size;
}
