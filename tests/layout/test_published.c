// SPDX-License-Identifier: MIT
// What is published and made from the library's tables is up to date: schemas, and the generated
// parts of docs/boards.md between <!-- begin NAME --> and <!-- end NAME -->.
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "reference.h"
#include "schema.h"
#include "support.h"

#define DOCUMENT "docs/boards.md"

static void assert_schema(const char *name, const hf_field *shape, const char *title)
{
    char *printed = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&printed, &size);
    assert_non_null(out);
    assert_true(hf_schema_print(shape, title, out));
    assert_int_equal(fclose(out), 0);
    assert_golden(name, printed, size);
    free(printed);
}

static void schemas(void **state)
{
    (void)state;
    assert_schema("boards/schema/board.schema.json", hf_board_shape,
                  "A Holdfast board: the decisions of a product");
    assert_schema("chips/schema/chip.schema.json", hf_chip_shape,
                  "A Holdfast chip: facts about silicon");
}

static void board_keys(FILE *out)
{
    hf_reference_keys(hf_board_shape, out);
}

static void chip_keys(FILE *out)
{
    hf_reference_keys(hf_chip_shape, out);
}

static const struct {
    const char *name;
    void (*print)(FILE *out);
} parts[] = {
    {"board keys", board_keys}, {"rules", hf_reference_rules}, {"chip keys", chip_keys}};

static const char *after_mark(const char *text, const char *word, const char *name)
{
    char mark[64];
    snprintf(mark, sizeof mark, "<!-- %s %s -->\n", word, name);
    const char *at = strstr(text, mark);
    if (at == NULL) {
        fail_msg("%s has no line %s", DOCUMENT, mark);
    }
    return at + strlen(mark);
}

// The document as it must be: each part printed anew between its marks.
static void print_document(const char *text, FILE *out)
{
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const char *begin = after_mark(text, "begin", parts[i].name);
        fwrite(text, 1, (size_t)(begin - text), out);
        parts[i].print(out);
        const char *end = after_mark(begin, "end", parts[i].name);
        fprintf(out, "<!-- end %s -->\n", parts[i].name);
        text = end;
    }
    fputs(text, out);
}

static void document(void **state)
{
    (void)state;
    file_text now = load_text(DOCUMENT);
    char *printed = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&printed, &size);
    assert_non_null(out);
    print_document(now.bytes, out);
    assert_int_equal(fclose(out), 0);
    assert_golden(DOCUMENT, printed, size);
    free(printed);
    free(now.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schemas),
        cmocka_unit_test(document),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
