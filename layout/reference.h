// SPDX-License-Identifier: MIT
// The reference of keys and rules as Markdown tables, made from the tables the library works with.
#ifndef HF_REFERENCE_H
#define HF_REFERENCE_H

#include <stdio.h>

#include "shape.h"

// One row per key: path, kind of value, whether it must be there, meaning, example.
void hf_reference_keys(const hf_field *shape, FILE *out);

// One row per rule: severity, name, what it says.
void hf_reference_rules(FILE *out);

#endif
