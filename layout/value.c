// SPDX-License-Identifier: MIT
// Scalars: numbers in their three spellings, names, words, pins, DMA request lines.
#include <string.h>

#include "complain.h"
#include "point.h"
#include "reader.h"

static bool fail_word(const hf_reader *reader, const char *word, const char *what, const char *fix)
{
    char text[160];
    snprintf(text, sizeof text, "\"%s\" %s", hf_quote(word).text, what);
    return hf_reader_fail(reader, text, fix);
}

static bool expected(const hf_reader *reader, const char *what, const hf_field *field)
{
    char text[64], fix[160];
    snprintf(text, sizeof text, "%s is expected here", what);
    if (field->example == NULL) {
        snprintf(fix, sizeof fix, "write %s", what);
    } else {
        snprintf(fix, sizeof fix, "write for example %s", field->example);
    }
    return hf_reader_fail(reader, text, fix);
}

// -- numbers --------------------------------------------------------------------------------------

static int digit_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20; // lower case
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

// Up to 10 digits, so that nothing overflows. Returns the first character that is no digit.
static const char *parse_digits(const char *text, unsigned base, uint64_t *number)
{
    const char *at = text;
    *number = 0;
    for (; at - text < 10 && (unsigned)digit_value(*at) < base; at++) {
        *number = *number * base + (unsigned)digit_value(*at);
    }
    return at;
}

static bool parse_number(const char *text, bool bytes, uint64_t *number)
{
    if (text[0] == '0' && text[1] == 'x') {
        const char *end = parse_digits(text + 2, 16, number);
        return end > text + 2 && *end == '\0';
    }
    const char *end = parse_digits(text, 10, number);
    if (!bytes || end == text || end[0] == '\0' || end[1] != '\0') {
        return false;
    }
    *number <<= *end == 'M' ? 20 : 10;
    return *end == 'K' || *end == 'M';
}

static void store(void *target, size_t size, uint32_t number)
{
    switch (size) {
    case 1: *(uint8_t *)target = (uint8_t)number; break;
    case 2: *(uint16_t *)target = (uint16_t)number; break;
    default: *(uint32_t *)target = number; break;
    }
}

static bool out_of_range(const hf_reader *reader, const hf_field *field)
{
    char what[96], fix[96];
    bool hexadecimal = field->max == UINT32_MAX;
    snprintf(what, sizeof what, "the number is outside %u to %u", (unsigned)field->min,
             (unsigned)field->max);
    if (hexadecimal) {
        snprintf(what, sizeof what, "the number is outside %u to 0xFFFFFFFF", (unsigned)field->min);
    }
    snprintf(fix, sizeof fix, "write a number in this range");
    return hf_reader_fail(reader, what, fix);
}

static bool read_number(const hf_reader *reader, json_t *value, const hf_field *field, void *target)
{
    bool bytes = field->kind == HF_KIND_BYTES;
    const char *fix = bytes ? "write an integer, or a string such as \"0x4000\" or \"16K\""
                            : "write an integer, or a string such as \"0x4000\"";
    uint64_t number = 0;
    if (json_is_integer(value)) {
        json_int_t integer = json_integer_value(value);
        number = integer < 0 ? UINT64_MAX : (uint64_t)integer;
    } else if (!json_is_string(value)) {
        return hf_reader_fail(
            reader, json_is_real(value) ? "whole numbers only" : "a number is expected here", fix);
    } else if (!parse_number(json_string_value(value), bytes, &number)) {
        return fail_word(reader, json_string_value(value), "is not a number", fix);
    }
    if (number < field->min || number > field->max) {
        return out_of_range(reader, field);
    }
    store(target, field->size, (uint32_t)number);
    return true;
}

// -- words ----------------------------------------------------------------------------------------

bool hf_name_valid(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-_");
    return length > 0 && length < HF_NAME_MAX && text[length] == '\0' && text[0] != '-' &&
           text[0] != '_';
}

static bool read_name(const hf_reader *reader, const char *text, const hf_field *field,
                      char *target)
{
    if (!hf_name_valid(text) || strlen(text) >= field->size) {
        char fix[128];
        snprintf(fix, sizeof fix,
                 "use 1 to %u lower-case letters, digits, '-' and '_', a letter or digit first",
                 field->size - 1u);
        return fail_word(reader, text, "is not a name", fix);
    }
    strcpy(target, text);
    return true;
}

static bool read_text(const hf_reader *reader, const char *text, const hf_field *field,
                      char *target)
{
    if (strlen(text) >= field->size) {
        char fix[64];
        snprintf(fix, sizeof fix, "use at most %u bytes", field->size - 1u);
        return hf_reader_fail(reader, "the text is too long", fix);
    }
    for (const char *c = text; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7F) {
            return hf_reader_fail(reader, "the text holds a control character",
                                  "write one plain line");
        }
    }
    strcpy(target, text);
    return true;
}

static const hf_choice *find_choice(const hf_choice *choices, const char *word)
{
    for (const hf_choice *choice = choices; choice->word != NULL; choice++) {
        if (strcmp(choice->word, word) == 0) {
            return choice;
        }
    }
    return NULL;
}

static bool unknown_word(const hf_reader *reader, const hf_choice *choices, const char *word)
{
    char fix[128] = "write";
    for (const hf_choice *choice = choices; choice->word != NULL; choice++) {
        hf_append(fix, sizeof fix, "%s \"%s\"", choice == choices ? "" : " or", choice->word);
    }
    return fail_word(reader, word, "is not known here", fix);
}

static bool read_choice(const hf_reader *reader, const char *word, const hf_field *field,
                        void *target)
{
    const hf_choice *choice = find_choice(field->choices, word);
    if (choice == NULL) {
        return unknown_word(reader, field->choices, word);
    }
    store(target, field->size, choice->value);
    return true;
}

static bool read_flags(hf_reader *reader, json_t *list, const hf_field *field, void *base)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        size_t before = strlen(reader->path);
        hf_append(reader->path, sizeof reader->path, "[%zu]", i);
        const char *word = json_string_value(json_array_get(list, i));
        if (word == NULL) {
            return expected(reader, "text", field);
        }
        const hf_choice *choice = find_choice(field->choices, word);
        if (choice == NULL) {
            return unknown_word(reader, field->choices, word);
        }
        bool *flag = (bool *)((char *)base + choice->value);
        if (*flag) {
            return fail_word(reader, word, "stands here twice", "remove one of them");
        }
        *flag = true;
        reader->path[before] = '\0';
    }
    return true;
}

// -- pins and request lines -----------------------------------------------------------------------

static bool read_pin(const hf_reader *reader, const char *text, hf_pin *pin)
{
    return hf_pin_parse(text, pin) ||
           fail_word(reader, text, "is not a pin",
                     "write P, the port letter and a number from 0 to 15, such as \"PA2\"");
}

static bool dma_fail(const hf_reader *reader, const char *text)
{
    return fail_word(reader, text, "is not a DMA request line",
                     "write controller.stream.channel, such as \"dma1.5.4\"");
}

// A number of up to three digits without leading zeros. Returns what follows, NULL when wrong.
static const char *parse_small(const char *text, unsigned max, uint8_t *number)
{
    uint64_t value;
    const char *end = parse_digits(text, 10, &value);
    if (end == text || end - text > 3 || value > max || (text[0] == '0' && end - text > 1)) {
        return NULL;
    }
    *number = (uint8_t)value;
    return end;
}

static bool read_dma(const hf_reader *reader, const char *text, hf_dma_line *line)
{
    size_t name = strcspn(text, ".");
    if (text[name] != '.' || name >= sizeof line->controller) {
        return dma_fail(reader, text);
    }
    memcpy(line->controller, text, name);
    line->controller[name] = '\0';
    const char *dot = parse_small(text + name + 1, 31, &line->stream);
    const char *end = dot != NULL && *dot == '.' ? parse_small(dot + 1, 255, &line->channel) : NULL;
    bool good = end != NULL && *end == '\0' && hf_name_valid(line->controller);
    return good || dma_fail(reader, text);
}

// -- keys -----------------------------------------------------------------------------------------

static bool read_point(const hf_reader *reader, const char *text, hf_point *point)
{
    switch (hf_point_parse(text, point)) {
    case HF_POINT_OK: return true;
    case HF_POINT_OFF_CURVE:
        return hf_reader_fail(reader, "these coordinates are no point of the curve P-256",
                              "copy the line that holdfast keygen prints; a digit is wrong");
    default:
        return hf_reader_fail(reader, "this is not a public key",
                              "write 04 and 128 hexadecimal digits, as holdfast keygen prints them");
    }
}

static bool read_string(hf_reader *reader, const char *text, const hf_field *field, void *target)
{
    switch (field->kind) {
    case HF_KIND_TEXT: return read_text(reader, text, field, target);
    case HF_KIND_NAME: return read_name(reader, text, field, target);
    case HF_KIND_CHOICE: return read_choice(reader, text, field, target);
    case HF_KIND_PIN: return read_pin(reader, text, target);
    case HF_KIND_DMA: return read_dma(reader, text, target);
    case HF_KIND_POINT: return read_point(reader, text, target);
    default: return true; // a note
    }
}

bool hf_read_scalar(hf_reader *reader, json_t *value, const hf_field *field, void *base)
{
    void *target = (char *)base + field->offset;
    switch (field->kind) {
    case HF_KIND_NUMBER:
    case HF_KIND_BYTES: return read_number(reader, value, field, target);
    case HF_KIND_SWITCH:
        if (!json_is_boolean(value)) {
            return expected(reader, "true or false", field);
        }
        *(bool *)target = json_is_true(value);
        return true;
    case HF_KIND_FLAGS:
        return json_is_array(value) ? read_flags(reader, value, field, base)
                                    : expected(reader, "a list [ ... ]", field);
    default:
        return json_is_string(value) ? read_string(reader, json_string_value(value), field, target)
                                     : expected(reader, "text", field);
    }
}
