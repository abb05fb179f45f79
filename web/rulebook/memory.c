// SPDX-License-Identifier: MIT
// malloc for the rule book: a stack of blocks, emptied before each verdict. Each byte of this module is in the page
// that people open, and the C library's allocator would be a tenth of it.
#include "memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PAGE  65536u
#define ALIGN 16u

extern char __heap_base; // set by the linker, behind stack and data

static uintptr_t top, floor_mark;

// In front of each block, so that realloc knows how much to copy.
typedef struct head {
    size_t size;
    char padding[ALIGN - sizeof(size_t)];
} head;

static bool reserve(uintptr_t end)
{
    size_t have = __builtin_wasm_memory_size(0) * PAGE;
    return end <= have || __builtin_wasm_memory_grow(0, (end - have + PAGE - 1) / PAGE) != (size_t)-1;
}

void *malloc(size_t size)
{
    if (top == 0) {
        top = floor_mark = ((uintptr_t)&__heap_base + ALIGN - 1) & ~(uintptr_t)(ALIGN - 1);
    }
    uintptr_t end = top + sizeof(head) + ((size + ALIGN - 1) & ~(size_t)(ALIGN - 1));
    if (end < top || !reserve(end)) {
        return NULL;
    }
    head *block = (head *)top;
    block->size = size;
    top = end;
    return block + 1;
}

// The last block gives its room back; the others wait for memory_empty.
void free(void *memory)
{
    head *block = memory;
    if (block != NULL && (uintptr_t)block + ((block[-1].size + ALIGN - 1) & ~(size_t)(ALIGN - 1)) == top) {
        top = (uintptr_t)(block - 1);
    }
}

void *calloc(size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        return NULL;
    }
    void *memory = malloc(bytes);
    return memory == NULL ? NULL : memset(memory, 0, bytes);
}

void *realloc(void *memory, size_t size)
{
    if (memory == NULL) {
        return malloc(size);
    }
    size_t old = ((head *)memory)[-1].size;
    if (size <= old) {
        return memory;
    }
    void *larger = malloc(size);
    return larger == NULL ? NULL : memcpy(larger, memory, old);
}

void memory_keep(void)
{
    floor_mark = top;
}

void memory_empty(void)
{
    top = floor_mark;
}
