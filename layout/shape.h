// SPDX-License-Identifier: MIT
// The shape of our JSON files as tables: one row per key says what may stand there and where it
// goes. The reader, the published schemas and the reference in docs/boards.md are all made from
// these tables.
#ifndef HF_SHAPE_H
#define HF_SHAPE_H

#include "hf_layout.h"

typedef enum hf_kind {
    HF_KIND_NOTE,    // text for people; not kept
    HF_KIND_NOTES,   // object of such texts
    HF_KIND_TEXT,    // one line of text
    HF_KIND_NAME,    // lower-case letters, digits, '-' and '_': safe in file names and build files
    HF_KIND_NUMBER,  // integer or "0x..."
    HF_KIND_BYTES,   // the same, or "16K", "1M"
    HF_KIND_SWITCH,  // true or false
    HF_KIND_CHOICE,  // one of a few words
    HF_KIND_FLAGS,   // list of different words, each sets a bool
    HF_KIND_PIN,     // "PA2"
    HF_KIND_DMA,     // "dma1.5.4"
    HF_KIND_POINT,   // public key: "04" and 128 hexadecimal digits
    HF_KIND_OBJECT,  // object with a shape of its own
    HF_KIND_LIST,    // list of items
    HF_KIND_ONE,     // one item of what is a list in the struct
    HF_KIND_MAP,     // object whose keys are names: list of items that start with their name
    HF_KIND_SIGNALS, // object of lists of pins, flattened into one list
} hf_kind;

typedef struct hf_field hf_field;

// A word and what it means: the value stored, or for flags the offset of the bool it sets.
typedef struct hf_choice {
    const char *word;
    uint32_t value;
} hf_choice;

// Small members stand together: the table is in the design tool's page as it is.
struct hf_field {
    const char *key;          // NULL ends a shape
    const char *help;         // for the schema and the reference
    const char *example;      // JSON text
    const char *needs;        // key that must stand beside this one
    const hf_choice *choices; // ends with a NULL word
    const hf_field *shape;    // of an object
    const hf_field *item;     // of lists and maps; its size is the stride
    uint32_t min, max;        // numbers
    uint16_t offset, size;    // the member it goes to, counted from the struct its shape describes
    uint16_t capacity;        // of lists and maps
    uint16_t count_offset;    // where their length goes
    hf_kind kind : 8;
    bool required;
    bool fallback;  // switches that are absent
    bool uncounted; // the struct keeps no length
};

// A member as offset and size.
#define HF_AT(type, member) .offset = offsetof(type, member), .size = sizeof(((type *)0)->member)

extern const hf_field hf_chip_shape[];
extern const hf_field hf_board_shape[];

#endif
