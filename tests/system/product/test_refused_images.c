// SPDX-License-Identifier: MIT
// Each malformed image is refused by the command before a port is opened, in a sentence of its own.
#include "malformed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SAID_MAX 8192

static char folder[] = "/tmp/hf-refused-XXXXXX";

static int run(const char *command, const char *board, const char *file, char said[SAID_MAX])
{
    char line[2048];
    snprintf(line, sizeof line, "%s %s %s --board %s/boards/%s.json 2>&1", HF_HOLDFAST, command, file, HF_SOURCE_DIR, board);
    FILE *pipe = popen(line, "r");
    assert_non_null(pipe);
    size_t got = fread(said, 1, SAID_MAX - 1, pipe);
    said[got] = '\0';
    int status = pclose(pipe);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

// The line that names the error: "holdfast: E0802: ...".
static void keep_sentence(char said[SAID_MAX])
{
    char *end = strchr(said, '\n');
    if (end != NULL) {
        *end = '\0';
    }
}

static void each_has_its_own_sentence(void **state)
{
    (void)state;
    product it;
    product_make(&it, PRODUCT_REFERENCE);
    char(*sentences)[SAID_MAX] = test_calloc(malformed_count, SAID_MAX);
    for (size_t i = 0; i < malformed_count; i++) {
        const malformed *how = &malformed_images[i];
        char file[64];
        snprintf(file, sizeof file, "%s/image.bin", folder);
        hf_image bad = malformed_make(&it, how);
        assert_int_equal(hf_image_save(&bad, HF_FORMAT_BIN, file, NULL), HF_OK);
        int status = run("flash --port /dev/none", PRODUCT_REFERENCE, file, sentences[i]);
        print_message("  %s: %s", how->name, sentences[i]);
        assert_int_equal(status, how->exit_status);
        assert_non_null(strstr(sentences[i], how->words));
        keep_sentence(sentences[i]);
        for (size_t other = 0; other < i; other++) {
            assert_string_not_equal(sentences[i], sentences[other]);
        }
        hf_image_free(&bad);
        unlink(file);
    }
    test_free(sentences);
    product_free(&it);
}

static void inspect_agrees(void **state)
{
    (void)state;
    product it;
    product_make(&it, PRODUCT_REFERENCE);
    for (size_t i = 0; i < malformed_count; i++) {
        char file[64], said[SAID_MAX];
        snprintf(file, sizeof file, "%s/image.bin", folder);
        hf_image bad = malformed_make(&it, &malformed_images[i]);
        assert_int_equal(hf_image_save(&bad, HF_FORMAT_BIN, file, NULL), HF_OK);
        assert_int_equal(run("inspect", PRODUCT_REFERENCE, file, said), malformed_images[i].exit_status);
        hf_image_free(&bad);
        unlink(file);
    }
    product_free(&it);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_its_own_sentence),
        cmocka_unit_test(inspect_agrees),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
