// SPDX-License-Identifier: MIT
// memset, beside memory.c's memcpy: only code with large local arrays makes a compiler call it.
#include <stddef.h>
#include <stdint.h>

void *memset(void *to, int value, size_t size);

__attribute__((used, optimize("no-tree-loop-distribute-patterns"))) void *memset(void *to, int value, size_t size)
{
    for (uint8_t *t = to; size > 0; size--) {
        *t++ = (uint8_t)value;
    }
    return to;
}
