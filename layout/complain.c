// SPDX-License-Identifier: MIT
// Words for people: complaints, quoted foreign text, the known word nearest to a wrong one.
#include "complain.h"

#include <stdarg.h>
#include <string.h>

#define WORD_MAX 24u

static bool continues_character(char c)
{
    return ((unsigned char)c & 0xC0u) == 0x80u;
}

// Bytes of the UTF-8 character at text; 0 when it is none: a parser stops in the middle of one.
static size_t character_size(const char *text)
{
    unsigned char lead = (unsigned char)text[0];
    size_t size = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
    for (size_t i = 1; i < size; i++) {
        if (!continues_character(text[i])) {
            return 0;
        }
    }
    return size;
}

hf_quoted hf_quote(const char *text)
{
    hf_quoted quoted = {0};
    size_t room = sizeof quoted.text - sizeof "...";
    size_t length = strlen(text);
    size_t keep = length <= room ? length : room;
    while (keep < length && keep > 0 && continues_character(text[keep])) {
        keep--; // never half a UTF-8 character
    }
    for (size_t i = 0; i < keep;) {
        unsigned char c = (unsigned char)text[i];
        size_t size = character_size(text + i);
        if (size == 0 || c < 0x20 || c == 0x7F) {
            quoted.text[i++] = '?';
            continue;
        }
        memcpy(quoted.text + i, text + i, size);
        i += size;
    }
    memcpy(quoted.text + keep, "...", keep < length ? 3 : 0);
    return quoted;
}

hf_pin_name hf_pin_text(hf_pin pin)
{
    hf_pin_name name;
    char port = pin.port >= 'A' && pin.port <= 'Z' ? pin.port : '?';
    snprintf(name.text, sizeof name.text, "P%c%u", port, (unsigned)pin.number);
    return name;
}

hf_size_name hf_size_text(uint64_t bytes)
{
    hf_size_name name;
    bool whole = bytes >= 1024 && bytes % 1024 == 0;
    snprintf(name.text, sizeof name.text, "%u %s", (unsigned)(whole ? bytes / 1024 : bytes),
             whole ? "KB" : "B");
    return name;
}

void hf_append(char *buffer, size_t size, const char *format, ...)
{
    size_t used = strlen(buffer);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(buffer + used, size - used, format, arguments);
    va_end(arguments);
}

void hf_complain(hf_complaint *why, const char *file, const char *key, const char *what,
                 const char *fix)
{
    if (why == NULL) {
        return;
    }
    size_t length = strlen(fix);
    bool asks = length > 0 && fix[length - 1] == '?';
    snprintf(why->text, sizeof why->text, "%s: %s%s%s. Fix: %s%s", file, key,
             key[0] == '\0' ? "" : ": ", what, fix, asks ? "" : ".");
}

size_t hf_word_distance(const char *a, const char *b)
{
    size_t rows = strnlen(a, WORD_MAX), columns = strnlen(b, WORD_MAX);
    size_t row[WORD_MAX + 1];
    for (size_t j = 0; j <= columns; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= rows; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= columns; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            best = row[j] + 1 < best ? row[j] + 1 : best;
            row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
        }
    }
    return row[columns];
}
