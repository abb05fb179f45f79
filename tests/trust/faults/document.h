// SPDX-License-Identifier: MIT
// The campaign's table inside a document, between two marks.
#ifndef HF_FAULT_DOCUMENT_H
#define HF_FAULT_DOCUMENT_H

#include <stdbool.h>

// Replaces what stands between the marks in the document at path by text. False when it cannot be read, has no marks, or
// cannot be written; it is left alone then.
bool document_replace(const char *path, const char *text);

#endif
