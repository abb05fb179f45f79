// SPDX-License-Identifier: MIT
// Board and chip structs back to JSON: the reverse of layout/reader.c, for boards that only tests make.
#include "write_shape.h"

#include <string.h>

static void write_value(FILE *out, const hf_field *field, const void *base, size_t widths);

static const void *member(const hf_field *field, const void *base)
{
    return (const char *)base + field->offset;
}

static uint32_t number_at(const void *at, size_t size)
{
    uint32_t number = 0;
    memcpy(&number, at, size < sizeof number ? size : sizeof number); // little-endian, like the machines tests run on
    return number;
}

static bool no_pin(const hf_field *field, const void *base)
{
    return field->kind == HF_KIND_PIN && ((const hf_pin *)member(field, base))->port == 0;
}

static bool no_text(const hf_field *field, const void *base)
{
    bool text = field->kind == HF_KIND_NAME || field->kind == HF_KIND_TEXT || field->kind == HF_KIND_DMA;
    return text && *(const char *)member(field, base) == '\0';
}

// An object counts as absent when the name or pin it starts with is.
static bool object_absent(const hf_field *field, const void *base)
{
    const hf_field *first = field->shape;
    return no_pin(first, member(field, base)) || no_text(first, member(field, base));
}

static size_t count_of(const hf_field *field, const void *base, size_t widths)
{
    return field->uncounted ? widths : *(const size_t *)((const char *)base + field->count_offset);
}

static bool absent(const hf_field *shape, const hf_field *field, const void *base)
{
    switch (field->kind) {
    case HF_KIND_NOTE:
    case HF_KIND_NOTES:
    case HF_KIND_ONE: return true; // the list says it
    case HF_KIND_LIST: return !field->required && !field->uncounted && count_of(field, base, 0) == 0;
    case HF_KIND_OBJECT: return !field->required && object_absent(field, base);
    default: break;
    }
    for (const hf_field *other = shape; field->needs != NULL && other->key != NULL; other++) {
        if (strcmp(other->key, field->needs) == 0 && no_text(other, base)) {
            return true;
        }
    }
    return !field->required && (no_pin(field, base) || no_text(field, base));
}

void write_shape(FILE *out, const hf_field *shape, const void *base, size_t widths)
{
    const char *comma = "";
    fputc('{', out);
    for (const hf_field *field = shape; field->key != NULL; field++) {
        if (!absent(shape, field, base)) {
            fprintf(out, "%s\"%s\":", comma, field->key);
            write_value(out, field, base, widths);
            comma = ",\n";
        }
    }
    fputc('}', out);
}

static void write_choice(FILE *out, const hf_field *field, const void *base)
{
    const hf_choice *choice = field->choices;
    while (choice->word != NULL && choice->value != number_at(member(field, base), field->size)) {
        choice++;
    }
    fprintf(out, "\"%s\"", choice->word == NULL ? "unheard-of" : choice->word);
}

static void write_flags(FILE *out, const hf_field *field, const void *base)
{
    const char *comma = "";
    fputc('[', out);
    for (const hf_choice *choice = field->choices; choice->word != NULL; choice++) {
        if (*(const bool *)((const char *)base + choice->value)) {
            fprintf(out, "%s\"%s\"", comma, choice->word);
            comma = ",";
        }
    }
    fputc(']', out);
}

// An item's own member stands at the start of the item.
static void write_list(FILE *out, const hf_field *field, const void *base, size_t widths)
{
    size_t count = count_of(field, base, widths);
    fputc('[', out);
    for (size_t i = 0; i < count; i++) {
        fputs(i == 0 ? "" : ",", out);
        write_value(out, field->item, (const char *)member(field, base) + i * field->item->size, widths);
    }
    fputc(']', out);
}

static void write_map(FILE *out, const hf_field *field, const void *base, size_t widths)
{
    size_t count = count_of(field, base, widths);
    fputc('{', out);
    for (size_t i = 0; i < count; i++) {
        const char *item = (const char *)member(field, base) + i * field->item->size;
        fprintf(out, "%s\"%s\":", i == 0 ? "" : ",\n", item);
        write_value(out, field->item, item, widths);
    }
    fputc('}', out);
}

// Signals of one name follow one another.
static void write_signals(FILE *out, const hf_field *field, const void *base, size_t widths)
{
    size_t count = count_of(field, base, widths);
    const char *last = "";
    fputc('{', out);
    for (size_t i = 0; i < count; i++) {
        const char *item = (const char *)member(field, base) + i * field->item->size;
        bool same = strcmp(last, item) == 0;
        fprintf(out, same ? "," : "%s\"%s\":[", i == 0 ? "" : "],\n", item);
        write_value(out, field->item, item, widths);
        last = item;
    }
    fputs(count == 0 ? "}" : "]}", out);
}

static void write_value(FILE *out, const hf_field *field, const void *base, size_t widths)
{
    const void *at = member(field, base);
    const hf_pin *pin = at;
    const hf_dma_line *line = at;
    switch (field->kind) {
    case HF_KIND_TEXT:
    case HF_KIND_NAME: fprintf(out, "\"%s\"", (const char *)at); break;
    case HF_KIND_NUMBER:
    case HF_KIND_BYTES: fprintf(out, "%u", (unsigned)number_at(at, field->size)); break;
    case HF_KIND_SWITCH: fputs(*(const bool *)at ? "true" : "false", out); break;
    case HF_KIND_CHOICE: write_choice(out, field, base); break;
    case HF_KIND_FLAGS: write_flags(out, field, base); break;
    case HF_KIND_PIN: fprintf(out, "\"P%c%u\"", pin->port, (unsigned)pin->number); break;
    case HF_KIND_DMA:
        fprintf(out, "\"%s.%u.%u\"", line->controller, (unsigned)line->stream, (unsigned)line->channel);
        break;
    case HF_KIND_OBJECT: write_shape(out, field->shape, at, widths); break;
    case HF_KIND_LIST: write_list(out, field, base, widths); break;
    case HF_KIND_MAP: write_map(out, field, base, widths); break;
    case HF_KIND_SIGNALS: write_signals(out, field, base, widths); break;
    default: break;
    }
}
