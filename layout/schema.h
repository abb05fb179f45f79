// SPDX-License-Identifier: MIT
// JSON Schemas (draft 2020-12) made from the tables of shape.h.
#ifndef HF_SCHEMA_H
#define HF_SCHEMA_H

#include <stdio.h>

#include "shape.h"

// Prints the schema of a file of this shape. False when memory or the stream fails.
bool hf_schema_print(const hf_field *shape, const char *title, FILE *out);

#endif
