// SPDX-License-Identifier: MIT
// Words for people: complaints, quoted foreign text, the known word nearest to a wrong one.
#ifndef HF_COMPLAIN_H
#define HF_COMPLAIN_H

#include "hf_layout.h"

// Text of unknown origin made fit to print: control characters replaced, cut when long.
typedef struct hf_quoted {
    char text[48];
} hf_quoted;
hf_quoted hf_quote(const char *text);

// A pin as "PA2".
typedef struct hf_pin_name {
    char text[8];
} hf_pin_name;
hf_pin_name hf_pin_text(hf_pin pin);

// A size as "16 KB" or "528 B".
typedef struct hf_size_name {
    char text[16];
} hf_size_name;
hf_size_name hf_size_text(uint64_t bytes);

// Appends formatted text to a buffer of size bytes; what does not fit is left out.
void hf_append(char *buffer, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Fills why with "file: key: what. Fix: fix." key may be "".
void hf_complain(hf_complaint *why, const char *file, const char *key, const char *what,
                 const char *fix);

// How many letters must be inserted, removed or replaced to turn a into b; long words are compared
// in part.
size_t hf_word_distance(const char *a, const char *b);

#endif
