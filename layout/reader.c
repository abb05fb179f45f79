// SPDX-License-Identifier: MIT
// Objects, lists and maps: walks JSON along the tables of shape.h.
#include "reader.h"

#include <string.h>

#include "complain.h"

static bool read_value(hf_reader *reader, json_t *value, const hf_field *field, void *base);

bool hf_reader_fail(const hf_reader *reader, const char *what, const char *fix)
{
    hf_complain(reader->why, reader->file, reader->path, what, fix);
    return false;
}

static size_t enter_key(hf_reader *reader, const char *key)
{
    size_t before = strlen(reader->path);
    hf_append(reader->path, sizeof reader->path, "%s%s", before == 0 ? "" : ".",
              hf_quote(key).text);
    return before;
}

static size_t enter_index(hf_reader *reader, size_t index)
{
    size_t before = strlen(reader->path);
    hf_append(reader->path, sizeof reader->path, "[%zu]", index);
    return before;
}

static void leave(hf_reader *reader, size_t before)
{
    reader->path[before] = '\0';
}

static bool wrong_type(const hf_reader *reader, const char *wanted, const hf_field *field)
{
    char what[64], fix[128] = "";
    snprintf(what, sizeof what, "%s is expected here", wanted);
    if (field->example != NULL) {
        snprintf(fix, sizeof fix, "write for example %s", field->example);
    } else {
        snprintf(fix, sizeof fix, "write %s", wanted);
    }
    return hf_reader_fail(reader, what, fix);
}

// -- objects --------------------------------------------------------------------------------------

static const hf_field *find_field(const hf_field *shape, const char *key)
{
    for (const hf_field *field = shape; field->key != NULL; field++) {
        if (strcmp(field->key, key) == 0) {
            return field;
        }
    }
    return NULL;
}

static const hf_field *nearest_field(const hf_field *shape, const char *key)
{
    const hf_field *nearest = NULL;
    size_t nearest_distance = strlen(key) / 3 + 2; // farther than this is another word
    for (const hf_field *field = shape; field->key != NULL; field++) {
        size_t distance = hf_word_distance(key, field->key);
        if (distance < nearest_distance) {
            nearest = field;
            nearest_distance = distance;
        }
    }
    return nearest;
}

static bool unknown_key(hf_reader *reader, const hf_field *shape, const char *key)
{
    char fix[256] = "";
    const hf_field *nearest = nearest_field(shape, key);
    if (nearest != NULL) {
        snprintf(fix, sizeof fix, "did you mean \"%s\"?", nearest->key);
    } else {
        hf_append(fix, sizeof fix, "remove it; known keys are");
        for (const hf_field *field = shape; field->key != NULL; field++) {
            hf_append(fix, sizeof fix, "%s %s", field == shape ? "" : ",", field->key);
        }
    }
    enter_key(reader, key);
    return hf_reader_fail(reader, "this key is unknown", fix);
}

static void store_fallback(const hf_field *field, void *base)
{
    if (field->kind == HF_KIND_SWITCH) {
        *(bool *)((char *)base + field->offset) = field->fallback;
    }
}

static bool missing_key(hf_reader *reader, const hf_field *field)
{
    char what[96], fix[320];
    snprintf(what, sizeof what, "the key \"%s\" is missing", field->key);
    snprintf(fix, sizeof fix, "add \"%s\"%s%s (%.*s)", field->key,
             field->example == NULL ? "" : ": ", field->example == NULL ? "" : field->example,
             (int)strcspn(field->help, "."), field->help);
    return hf_reader_fail(reader, what, fix);
}

static bool lacks_partner(json_t *object, const hf_field *field)
{
    return field->needs != NULL && json_object_get(object, field->needs) == NULL;
}

static bool read_fields(hf_reader *reader, json_t *object, const hf_field *shape, void *base)
{
    for (const hf_field *field = shape; field->key != NULL; field++) {
        json_t *value = json_object_get(object, field->key);
        if (value == NULL && field->required) {
            return missing_key(reader, field);
        }
        if (value != NULL && lacks_partner(object, field)) {
            return missing_key(reader, find_field(shape, field->needs));
        }
        if (value == NULL) {
            store_fallback(field, base);
            continue;
        }
        size_t before = enter_key(reader, field->key);
        if (!read_value(reader, value, field, base)) {
            return false;
        }
        leave(reader, before);
    }
    return true;
}

bool hf_read_object(hf_reader *reader, json_t *object, const hf_field *shape, void *base)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        if (find_field(shape, key) == NULL) {
            return unknown_key(reader, shape, key);
        }
    }
    return read_fields(reader, object, shape, base);
}

static bool read_notes(hf_reader *reader, json_t *value, const hf_field *field)
{
    if (!json_is_object(value)) {
        return wrong_type(reader, "an object { ... }", field);
    }
    const char *key;
    json_t *note;
    json_object_foreach(value, key, note)
    {
        size_t before = enter_key(reader, key);
        if (!json_is_string(note)) {
            return hf_reader_fail(reader, "text is expected here", "write a string");
        }
        leave(reader, before);
    }
    return true;
}

// -- lists ----------------------------------------------------------------------------------------

static size_t *count_of(const hf_field *field, void *base)
{
    return (size_t *)((char *)base + field->count_offset);
}

static void *element_of(const hf_field *field, void *base, size_t index)
{
    return (char *)base + field->offset + index * field->item->size;
}

// Space for one more element, cleared; NULL with words when the list is full.
static void *next_element(hf_reader *reader, const hf_field *field, void *base)
{
    size_t *count = count_of(field, base);
    if (*count < field->capacity) {
        return element_of(field, base, (*count)++);
    }
    char what[96];
    snprintf(what, sizeof what, "more than %u entries", (unsigned)field->capacity);
    hf_reader_fail(reader, what, "shorten the list");
    return NULL;
}

static bool read_list(hf_reader *reader, json_t *value, const hf_field *field, void *base)
{
    if (!json_is_array(value)) {
        return wrong_type(reader, "a list [ ... ]", field);
    }
    size_t length = json_array_size(value);
    if (length == 0 || length > field->capacity) {
        char what[96];
        snprintf(what, sizeof what, "%zu entries where 1 to %u are allowed", length,
                 (unsigned)field->capacity);
        return hf_reader_fail(reader, what, length == 0 ? "add an entry" : "shorten the list");
    }
    if (!field->uncounted && *count_of(field, base) != 0) {
        return hf_reader_fail(reader, "this was already given by another key",
                              "keep one of the two keys");
    }
    for (size_t i = 0; i < length; i++) {
        size_t before = enter_index(reader, i);
        if (!read_value(reader, json_array_get(value, i), field->item,
                        element_of(field, base, i))) {
            return false;
        }
        leave(reader, before);
    }
    if (!field->uncounted) {
        *count_of(field, base) = length;
    }
    return true;
}

static bool read_one(hf_reader *reader, json_t *value, const hf_field *field, void *base)
{
    void *element = next_element(reader, field, base);
    return element != NULL && read_value(reader, value, field->item, element);
}

static bool valid_key(hf_reader *reader, const char *key)
{
    return hf_name_valid(key) ||
           hf_reader_fail(reader, "this is not a name",
                          "use up to 31 lower-case letters, digits, '-' and '_'");
}

static bool read_map(hf_reader *reader, json_t *value, const hf_field *field, void *base)
{
    if (!json_is_object(value)) {
        return wrong_type(reader, "an object { ... }", field);
    }
    const char *key;
    json_t *entry;
    json_object_foreach(value, key, entry)
    {
        size_t before = enter_key(reader, key);
        char *element = valid_key(reader, key) ? next_element(reader, field, base) : NULL;
        if (element == NULL) {
            return false;
        }
        strcpy(element, key); // items of maps start with char name[HF_NAME_MAX]
        if (!read_value(reader, entry, field->item, element)) {
            return false;
        }
        leave(reader, before);
    }
    return true;
}

static bool read_signal_pins(hf_reader *reader, const char *name, json_t *pins,
                             const hf_field *field, void *base)
{
    if (!json_is_array(pins) || json_array_size(pins) == 0) {
        return hf_reader_fail(reader, "a list of pins is expected here",
                              "write for example [{ \"pin\": \"PA2\", \"af\": 7 }]");
    }
    for (size_t i = 0; i < json_array_size(pins); i++) {
        size_t before = enter_index(reader, i);
        hf_signal *signal = next_element(reader, field, base);
        if (signal == NULL || !read_value(reader, json_array_get(pins, i), field->item, signal)) {
            return false;
        }
        strcpy(signal->name, name);
        leave(reader, before);
    }
    return true;
}

static bool read_signals(hf_reader *reader, json_t *value, const hf_field *field, void *base)
{
    if (!json_is_object(value)) {
        return wrong_type(reader, "an object { ... }", field);
    }
    const char *key;
    json_t *pins;
    json_object_foreach(value, key, pins)
    {
        size_t before = enter_key(reader, key);
        if (!valid_key(reader, key) || !read_signal_pins(reader, key, pins, field, base)) {
            return false;
        }
        leave(reader, before);
    }
    return true;
}

static bool read_value(hf_reader *reader, json_t *value, const hf_field *field, void *base)
{
    switch (field->kind) {
    case HF_KIND_OBJECT:
        return json_is_object(value)
                   ? hf_read_object(reader, value, field->shape, (char *)base + field->offset)
                   : wrong_type(reader, "an object { ... }", field);
    case HF_KIND_NOTES: return read_notes(reader, value, field);
    case HF_KIND_LIST: return read_list(reader, value, field, base);
    case HF_KIND_ONE: return read_one(reader, value, field, base);
    case HF_KIND_MAP: return read_map(reader, value, field, base);
    case HF_KIND_SIGNALS: return read_signals(reader, value, field, base);
    default: return hf_read_scalar(reader, value, field, base);
    }
}
