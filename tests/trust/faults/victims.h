// SPDX-License-Identifier: MIT
// Images that must never start: each is good but for one thing, and content and vectors are such that a core that gets
// into them in any way stays there.
#ifndef HF_FAULT_VICTIMS_H
#define HF_FAULT_VICTIMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hf_layout.h"
#include "image_file.h"

typedef struct victim {
    const char *name;
    const char *why; // what is wrong with it
} victim;

extern const victim victims[];
extern const size_t victims_count;

// Makes the image of victims[nth] for this board, signed by the key where it is signed. False when that fails.
bool victim_make(size_t nth, const hf_board *board, const char *key_file, hf_image *image);

#endif
