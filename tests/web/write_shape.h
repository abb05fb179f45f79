// SPDX-License-Identifier: MIT
// Board and chip structs back to JSON: the reverse of layout/reader.c, for boards that only tests make.
#ifndef WRITE_SHAPE_H
#define WRITE_SHAPE_H

#include "shape.h"

// Writes the struct at base as an object. widths: length of lists whose struct keeps none (flash.erase[].typ_ms).
void write_shape(FILE *out, const hf_field *shape, const void *base, size_t widths);

#endif
