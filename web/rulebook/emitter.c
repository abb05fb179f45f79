// SPDX-License-Identifier: MIT
// What `holdfast layout --emit` writes, as a WebAssembly module of its own: the page needs it only when somebody takes
// files away. It gets the board as the rule book has read it, byte by byte: hf_board has no pointers, and both modules are
// compiled alike.
#include <stdlib.h>

#include "emit.h"
#include "memory.h"
#include "module.h"

static hf_board board;

EXPORT("emitter_board") hf_board *emitter_board(void);
EXPORT("emitter_count") size_t emitter_count(void);
EXPORT("emitter_name") const char *emitter_name(size_t nth);
EXPORT("emitter_text") const char *emitter_text(size_t nth);

// Where a board goes, before its texts are asked for. It must be sound.
hf_board *emitter_board(void)
{
    return &board;
}

// None for a board whose images are enciphered: board.h holds the key, which the page does not have.
size_t emitter_count(void)
{
    return hf_board_enciphers(&board) && !board.has_transit_key ? 0 : hf_output_count();
}

const char *emitter_name(size_t nth)
{
    return hf_output_name(nth);
}

// Valid until the next one is asked for; NULL when memory is short.
const char *emitter_text(size_t nth)
{
    char *text = NULL;
    size_t size = 0;
    memory_empty();
    FILE *out = open_memstream(&text, &size);
    if (out == NULL) {
        return NULL;
    }
    hf_output_print(&board, nth, out);
    return fclose(out) == 0 ? text : NULL;
}
