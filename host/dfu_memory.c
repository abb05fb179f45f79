// SPDX-License-Identifier: MIT
// The memory map in a DfuSe device's interface string (UM0424, 4.3.2).
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dfu.h"

#define WRITABLE ('f' & 7) // erasable and writable; 'g' is readable, too

// One run: "07*128Kg". Returns what follows it, NULL when it is none.
static const char *read_run(const char *text, uint32_t *count, uint32_t *size, bool *writable)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);
    if (end == text || *end != '*') {
        return NULL;
    }
    unsigned long bytes = strtoul(end + 1, &end, 10);
    unsigned shift = *end == 'K' ? 10 : *end == 'M' ? 20 : 0;
    end += *end == 'K' || *end == 'M' || *end == 'B' || *end == ' ' ? 1 : 0;
    if (*end < 'a' || *end > 'g' || number == 0 || number > 0x10000 || bytes == 0 || bytes > 0xFFFF) {
        return NULL;
    }
    *count = (uint32_t)number;
    *size = (uint32_t)bytes << shift;
    *writable = (*end & WRITABLE) == WRITABLE;
    return end + 1;
}

bool hf_dfu_shows(const char *memory)
{
    char *kinds = strrchr(memory, '/');
    return kinds == NULL || strchr(kinds, 'f') == NULL;
}

bool hf_dfu_sector(const char *memory, uint32_t address, uint32_t *start, uint32_t *size)
{
    const char *at = strchr(memory, '/');
    while (at != NULL && *at == '/') {
        char *after;
        uint64_t base = strtoul(at + 1, &after, 16);
        if (*after != '/') {
            return false;
        }
        at = after;
        do {
            uint32_t count;
            bool writable;
            at = read_run(at + 1, &count, size, &writable);
            if (at != NULL && address >= base && address - base < (uint64_t)count * *size) {
                *start = address - (uint32_t)((address - base) % *size);
                return writable;
            }
            base += at != NULL ? (uint64_t)count * *size : 0;
        } while (at != NULL && *at == ',');
    }
    return false;
}
