// SPDX-License-Identifier: MIT
// JSON Schemas (draft 2020-12) made from the tables of shape.h.
#include "schema.h"

#include <jansson.h>

static json_t *schema_of(const hf_field *field);

static json_t *pattern(const char *text)
{
    return json_pack("{s:s, s:s}", "type", "string", "pattern", text);
}

static json_t *number(const hf_field *field)
{
    bool bytes = field->kind == HF_KIND_BYTES;
    return json_pack(
        "{s:[{s:s, s:I, s:I}, o]}", "anyOf", "type", "integer", "minimum", (json_int_t)field->min,
        "maximum", (json_int_t)field->max,
        pattern(bytes ? "^(0x[0-9A-Fa-f]{1,10}|[0-9]{1,10}[KM])$" : "^0x[0-9A-Fa-f]{1,10}$"));
}

static json_t *name(size_t size)
{
    char text[64];
    snprintf(text, sizeof text, "^[a-z0-9][a-z0-9_-]{0,%zu}$", size - 2);
    return pattern(text);
}

static json_t *words(const hf_field *field)
{
    json_t *list = json_array();
    for (const hf_choice *choice = field->choices; choice->word != NULL; choice++) {
        json_array_append_new(list, json_string(choice->word));
    }
    return json_pack("{s:o}", "enum", list);
}

static json_t *list_of(json_t *items, size_t capacity)
{
    return json_pack("{s:s, s:o, s:i, s:I}", "type", "array", "items", items, "minItems", 1,
                     "maxItems", (json_int_t)capacity);
}

static json_t *map_of(json_t *values)
{
    return json_pack("{s:s, s:o, s:o}", "type", "object", "propertyNames", name(HF_NAME_MAX),
                     "additionalProperties", values);
}

// Two keys for one member: "irq" and "irqs".
static const hf_field *twin_of(const hf_field *shape, const hf_field *one)
{
    for (const hf_field *field = shape; field->key != NULL; field++) {
        if (field->kind == HF_KIND_LIST && field->offset == one->offset) {
            return field;
        }
    }
    return NULL;
}

static void add_conditions(json_t *object, const hf_field *shape)
{
    json_t *required = json_array(), *needs = json_object();
    for (const hf_field *field = shape; field->key != NULL; field++) {
        const hf_field *twin = field->kind == HF_KIND_ONE ? twin_of(shape, field) : NULL;
        if (field->required) {
            json_array_append_new(required, json_string(field->key));
        }
        if (field->needs != NULL) {
            json_object_set_new(needs, field->key, json_pack("[s]", field->needs));
        }
        if (twin != NULL) {
            json_object_set_new(object, "not",
                                json_pack("{s:[s, s]}", "required", field->key, twin->key));
        }
    }
    json_object_set_new(object, "required", required);
    if (json_object_size(needs) > 0) {
        json_object_set(object, "dependentRequired", needs);
    }
    json_decref(needs);
}

static json_t *object_of(const hf_field *shape)
{
    json_t *properties = json_object();
    for (const hf_field *field = shape; field->key != NULL; field++) {
        json_object_set_new(properties, field->key, schema_of(field));
    }
    json_t *object = json_pack("{s:s, s:o, s:b}", "type", "object", "properties", properties,
                               "additionalProperties", 0);
    add_conditions(object, shape);
    return object;
}

static json_t *bare_schema(const hf_field *field)
{
    switch (field->kind) {
    case HF_KIND_NOTE: return json_pack("{s:s}", "type", "string");
    case HF_KIND_NOTES:
        return json_pack("{s:s, s:{s:s}}", "type", "object", "additionalProperties", "type",
                         "string");
    case HF_KIND_TEXT:
        return json_pack("{s:s, s:I, s:s}", "type", "string", "maxLength",
                         (json_int_t)field->size - 1, "pattern", "^[^\\x00-\\x1F\\x7F]*$");
    case HF_KIND_NAME: return name(field->size);
    case HF_KIND_NUMBER:
    case HF_KIND_BYTES: return number(field);
    case HF_KIND_SWITCH:
        return json_pack("{s:s, s:b}", "type", "boolean", "default", field->fallback);
    case HF_KIND_CHOICE: return words(field);
    case HF_KIND_FLAGS:
        return json_pack("{s:s, s:o, s:b}", "type", "array", "items", words(field), "uniqueItems",
                         1);
    case HF_KIND_PIN: return pattern("^P[A-K]([0-9]|1[0-5])$");
    case HF_KIND_DMA:
        return pattern("^[a-z0-9][a-z0-9_-]{0,6}\\.([0-9]|[12][0-9]|3[01])"
                       "\\.([0-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])$");
    case HF_KIND_POINT: return pattern("^04[0-9A-Fa-f]{128}$");
    case HF_KIND_OBJECT: return object_of(field->shape);
    case HF_KIND_LIST: return list_of(schema_of(field->item), field->capacity);
    case HF_KIND_ONE: return schema_of(field->item);
    case HF_KIND_MAP: return map_of(schema_of(field->item));
    case HF_KIND_SIGNALS: return map_of(list_of(schema_of(field->item), field->capacity));
    }
    return json_object();
}

// What stands beside the description comes after it: that reads better.
static json_t *schema_of(const hf_field *field)
{
    json_t *schema = json_object(), *bare = bare_schema(field);
    if (field->help != NULL) {
        json_object_set_new(schema, "description", json_string(field->help));
    }
    json_object_update(schema, bare);
    json_decref(bare);
    if (field->example != NULL) {
        json_t *example = json_loads(field->example, JSON_DECODE_ANY, NULL);
        json_object_set_new(schema, "examples", json_pack("[o]", example));
    }
    return schema;
}

bool hf_schema_print(const hf_field *shape, const char *title, FILE *out)
{
    json_t *schema = json_pack("{s:s, s:s}", "$schema",
                               "https://json-schema.org/draft/2020-12/schema", "title", title);
    json_t *object = object_of(shape);
    json_object_update(schema, object);
    bool good = json_dumpf(schema, out, JSON_INDENT(2)) == 0 && fputc('\n', out) != EOF;
    json_decref(object);
    json_decref(schema);
    return good;
}
