// SPDX-License-Identifier: MIT
// Writes texts as JSON members.
#ifndef JSON_OUT_H
#define JSON_OUT_H

#include <stdio.h>

// ,"name":"text" with the text quoted as JSON wants it. name must need no quoting.
void json_out_member(FILE *out, const char *name, const char *text);

#endif
