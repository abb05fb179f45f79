// SPDX-License-Identifier: MIT
// From JSON values to structs, guided by the tables of shape.h.
#ifndef HF_READER_H
#define HF_READER_H

#include <jansson.h>

#include "shape.h"

// Where the reader is, for messages.
typedef struct hf_reader {
    const char *file;
    char path[96]; // "layout[1].size"
    hf_complaint *why;
} hf_reader;

// Reads object into the struct at base as shape says. False with words in why.
bool hf_read_object(hf_reader *reader, json_t *object, const hf_field *shape, void *base);

// Reads one scalar value into target, field->size bytes. False with words in why.
bool hf_read_scalar(hf_reader *reader, json_t *value, const hf_field *field, void *base);

// A name: lower-case letters, digits, '-', '_', starting with a letter or digit, shorter than
// HF_NAME_MAX.
bool hf_name_valid(const char *text);

// Says what is wrong at the present place; returns false.
bool hf_reader_fail(const hf_reader *reader, const char *what, const char *fix);

#endif
