// SPDX-License-Identifier: MIT
// The reference of keys and rules as Markdown tables, made from the tables the library works with.
#include "reference.h"

#include "complain.h"
#include "rules.h"

#define PATH_ROOM 96

static void print_rows(const hf_field *shape, const char *path, FILE *out);

static const char *kind_words(const hf_field *field)
{
    switch (field->kind) {
    case HF_KIND_NOTE:
    case HF_KIND_TEXT: return "text";
    case HF_KIND_NOTES: return "object of texts";
    case HF_KIND_NAME: return "name";
    case HF_KIND_NUMBER: return "number";
    case HF_KIND_BYTES: return "bytes";
    case HF_KIND_SWITCH: return "true or false";
    case HF_KIND_PIN: return "pin";
    case HF_KIND_DMA: return "DMA request";
    case HF_KIND_POINT: return "public key";
    case HF_KIND_OBJECT: return "object";
    case HF_KIND_LIST: return "list";
    case HF_KIND_ONE: return "number";
    case HF_KIND_MAP: return "object, keys are names";
    case HF_KIND_SIGNALS: return "object of lists";
    default: return "";
    }
}

static void print_choices(const hf_field *field, FILE *out)
{
    fputs(field->kind == HF_KIND_FLAGS ? "list of " : "", out);
    for (const hf_choice *choice = field->choices; choice->word != NULL; choice++) {
        fprintf(out, "%s`\"%s\"`", choice == field->choices ? "" : ", ", choice->word);
    }
}

static void print_range(const hf_field *field, FILE *out)
{
    fputs(kind_words(field), out);
    bool number = field->kind == HF_KIND_NUMBER || field->kind == HF_KIND_BYTES;
    if (number && field->max != UINT32_MAX) {
        fprintf(out, ", %u to %u", (unsigned)field->min, (unsigned)field->max);
    }
}

static void print_row(const hf_field *field, const char *path, FILE *out)
{
    fprintf(out, "| `%s` | ", path);
    if (field->choices != NULL) {
        print_choices(field, out);
    } else {
        print_range(field, out);
    }
    fprintf(out, " | %s | %s |", field->required ? "yes" : "", field->help);
    fprintf(out, field->example == NULL ? "%s |\n" : " `%s` |\n",
            field->example == NULL ? "" : field->example);
}

// What stands inside: objects, and items that are objects.
static void print_inside(const hf_field *field, const char *path, FILE *out)
{
    char inner[PATH_ROOM] = "";
    const char *brackets = field->kind == HF_KIND_LIST      ? "[]"
                           : field->kind == HF_KIND_MAP     ? ".NAME"
                           : field->kind == HF_KIND_SIGNALS ? ".NAME[]"
                                                            : "";
    hf_append(inner, sizeof inner, "%s%s", path, brackets);
    const hf_field *shape = field->item != NULL ? field->item->shape : field->shape;
    if (shape != NULL) {
        print_rows(shape, inner, out);
    }
}

static void print_rows(const hf_field *shape, const char *path, FILE *out)
{
    for (const hf_field *field = shape; field->key != NULL; field++) {
        char inner[PATH_ROOM] = "";
        hf_append(inner, sizeof inner, "%s%s%s", path, path[0] == '\0' ? "" : ".", field->key);
        print_row(field, inner, out);
        print_inside(field, inner, out);
    }
}

void hf_reference_keys(const hf_field *shape, FILE *out)
{
    fputs("| key | value | must be there | meaning | example |\n|---|---|---|---|---|\n", out);
    print_rows(shape, "", out);
}

void hf_reference_rules(FILE *out)
{
    fputs("| rule | broken | says |\n|---|---|---|\n", out);
    for (size_t i = 0; i < hf_rule_count; i++) {
        fprintf(out, "| `%s` | %s | %s |\n", hf_rule_book[i].name,
                hf_rule_book[i].error ? "error" : "warning", hf_rule_book[i].says);
    }
}
