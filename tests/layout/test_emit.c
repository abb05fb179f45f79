// SPDX-License-Identifier: MIT
// What the firmware build gets: golden files, and files touched only when their content changes.
// With a board file and a folder as arguments it only emits, for linker.sh.
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "emit.h"
#include "support.h"

typedef void (*printer)(const hf_board *board, FILE *out);

static char *printed(printer print, const hf_board *board, size_t *size)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, size);
    assert_non_null(out);
    print(board, out);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void assert_printed(const char *golden, printer print, const hf_board *board)
{
    size_t size;
    char *text = printed(print, board, &size);
    assert_golden(golden, text, size);
    free(text);
}

// Whether a printed file holds these words.
static bool says(printer print, const hf_board *board, const char *words)
{
    size_t size;
    char *text = printed(print, board, &size);
    bool found = strstr(text, words) != NULL;
    free(text);
    return found;
}

static void the_reference_board(void **state)
{
    (void)state;
    hf_board board;
    good_board(&board);
    assert_printed("tests/layout/golden/board.h", hf_emit_header, &board);
    assert_printed("tests/layout/golden/boot.ld", hf_emit_boot_linker, &board);
    assert_printed("tests/layout/golden/app.ld", hf_emit_app_linker, &board);
    assert_printed("tests/layout/golden/board.cmake", hf_emit_cmake, &board);
}

static void what_is_absent_has_no_macro(void **state)
{
    (void)state;
    hf_board board;
    good_board(&board);
    board.led.port = 0;
    board.button.port = 0;
    memset(&board.uart, 0, sizeof board.uart);
    memset(&board.usb, 0, sizeof board.usb);
    board.areas[1].use = HF_USE_RESERVED;
    static const char *const absent[] = {"HF_LED_", "HF_BUTTON_", "HF_UART_", "HF_BOOT_DATA_",
                                         "HF_SERIAL_PROTOCOLS", "HF_USB_", "HF_DFUSE_"};
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        assert_false(says(hf_emit_header, &board, absent[i]));
    }
    assert_false(says(hf_emit_cmake, &board, "usart"));
    assert_false(says(hf_emit_cmake, &board, "boot/serial.c"));
    assert_false(says(hf_emit_cmake, &board, "boot/usb.c"));
    assert_false(says(hf_emit_cmake, &board, "otg"));
    assert_true(says(hf_emit_cmake, &board, "port/stm32/led_none.c"));
    assert_true(says(hf_emit_cmake, &board, "port/stm32/button_none.c"));
}

static void features_choose_files(void **state)
{
    (void)state;
    hf_board board;
    good_board(&board);
    assert_true(says(hf_emit_cmake, &board, "boot/frame_crc16.c"));
    assert_false(says(hf_emit_cmake, &board, "boot/frame_plain.c"));
    assert_true(says(hf_emit_cmake, &board, "boot/validate_crc.c"));
    assert_true(says(hf_emit_cmake, &board, "port/stm32/usart_v1.c"));

    board.uart.classic = false;
    board.uart.classroom = true;
    board.validation = HF_VALIDATION_SANITY;
    assert_false(says(hf_emit_cmake, &board, "boot/frame_crc16.c"));
    assert_true(says(hf_emit_cmake, &board, "boot/frame_plain.c"));
    assert_true(says(hf_emit_header, &board, "HF_SERIAL_PROTOCOLS(X) X(classic)"));
    assert_true(says(hf_emit_cmake, &board, "boot/validate_sanity.c"));
    assert_false(says(hf_emit_cmake, &board, "boot/validate_crc.c"));
}

static void numbers_follow_the_supply(void **state)
{
    (void)state;
    hf_board board;
    good_board(&board);
    board.supply_min_mv = 2100;
    assert_true(says(hf_emit_header, &board, "HF_PROGRAM_BYTES       2u"));
    assert_true(says(hf_emit_header, &board, "HF_ERASE_MAX_MS        2600u"));
    assert_true(says(hf_emit_header, &board, "HF_FLASH_LATENCY       7u"));
    board.supply_min_mv = 1800;
    board.hclk_hz = 100000000;
    assert_true(says(hf_emit_header, &board, "HF_PROGRAM_BYTES       1u"));
    assert_true(says(hf_emit_header, &board, "HF_FLASH_PREFETCH      0u"));
    assert_true(says(hf_emit_header, &board, "HF_FLASH_LATENCY       4u"));
}

// Every source file that a board can select exists in the repository.
static void selected_files_exist(void **state)
{
    (void)state;
    hf_board board;
    good_board(&board);
    for (int variant = 0; variant < 4; variant++) {
        board.uart.classic = variant % 2 == 0;
        board.uart.classroom = !board.uart.classic;
        board.validation = variant < 2 ? HF_VALIDATION_CRC : HF_VALIDATION_SANITY;
        board.led.port = variant == 3 ? 0 : 'D';
        board.button.port = variant == 3 ? 0 : 'A';
        size_t size;
        char *text = printed(hf_emit_cmake, &board, &size);
        char *sources = strstr(text, "HF_BOOT_SOURCES");
        assert_non_null(sources);
        strtok(sources, "\n");
        for (char *line = strtok(NULL, "\n"); line[0] == ' '; line = strtok(NULL, "\n")) {
            char path[1024];
            snprintf(path, sizeof path, "%s/%s", HF_SOURCE_DIR, line + 4);
            if (access(path, R_OK) != 0) {
                fail_msg("%s is selected but does not exist", line + 4);
            }
        }
        free(text);
    }
}

// -- files ------------------------------------------------------------------------------------------

static const char *const names[] = {"board.h", "boot.ld", "app.ld", "board.cmake"};

typedef struct folder {
    char root[32], path[64];
} folder;

static folder make_folder(void)
{
    folder f = {.root = "/tmp/hf-emit-XXXXXX"};
    assert_non_null(mkdtemp(f.root));
    snprintf(f.path, sizeof f.path, "%s/a/b", f.root);
    return f;
}

static void remove_folder(const folder *f)
{
    char path[128];
    for (size_t i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s/%s", f->path, names[i]);
        unlink(path);
    }
    assert_int_equal(rmdir(f->path), 0); // nothing else was left there
    snprintf(path, sizeof path, "%s/a", f->root);
    rmdir(path);
    rmdir(f->root);
}

static ino_t identity(const folder *f, const char *name)
{
    char path[128];
    struct stat status;
    snprintf(path, sizeof path, "%s/%s", f->path, name);
    assert_int_equal(stat(path, &status), 0);
    return status.st_ino;
}

static void files_change_only_with_their_content(void **state)
{
    (void)state;
    hf_board board;
    hf_complaint why = {""};
    folder f = make_folder();
    good_board(&board);
    assert_int_equal(hf_board_emit(&board, f.path, &why), HF_LAYOUT_OK);
    ino_t before[4];
    for (size_t i = 0; i < 4; i++) {
        before[i] = identity(&f, names[i]);
    }
    assert_int_equal(hf_board_emit(&board, f.path, &why), HF_LAYOUT_OK);
    for (size_t i = 0; i < 4; i++) {
        assert_true(identity(&f, names[i]) == before[i]);
    }
    board.uart.baud = 57600; // only in board.h
    assert_int_equal(hf_board_emit(&board, f.path, &why), HF_LAYOUT_OK);
    assert_true(identity(&f, "board.h") != before[0]);
    assert_true(identity(&f, "boot.ld") == before[1]);
    assert_true(identity(&f, "app.ld") == before[2]);
    assert_true(identity(&f, "board.cmake") == before[3]);
    remove_folder(&f);
}

// Shortened or lengthened files are replaced, too.
static void damaged_files_are_repaired(void **state)
{
    (void)state;
    hf_board board;
    hf_complaint why = {""};
    folder f = make_folder();
    good_board(&board);
    assert_int_equal(hf_board_emit(&board, f.path, &why), HF_LAYOUT_OK);
    char path[128];
    snprintf(path, sizeof path, "%s/app.ld", f.path);
    struct stat whole, now;
    assert_int_equal(stat(path, &whole), 0);
    static const long sizes[] = {-1, 0, 1};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(truncate(path, sizes[i] == 0 ? 0 : whole.st_size + sizes[i]), 0);
        assert_int_equal(hf_board_emit(&board, f.path, &why), HF_LAYOUT_OK);
        assert_int_equal(stat(path, &now), 0);
        assert_int_equal(now.st_size, whole.st_size);
    }
    remove_folder(&f);
}

static void says_what_cannot_be_written(void **state)
{
    (void)state;
    hf_board board;
    hf_complaint why = {""};
    good_board(&board);
    assert_int_equal(hf_board_emit(&board, "/dev/null/x", &why), HF_LAYOUT_OUTPUT);
    assert_string_equal(why.text, "/dev/null/x: Not a directory. "
                                  "Fix: name a folder that you may write to.");
    assert_int_equal(hf_board_emit(&board, "", &why), HF_LAYOUT_OUTPUT);
    assert_int_equal(hf_board_emit(&board, "/dev/null", &why), HF_LAYOUT_OUTPUT);
}

static int emit_into(const char *board_file, const char *path)
{
    hf_board board;
    hf_complaint why = {""};
    bool good = hf_board_read(&board, board_file, NULL, &why) == HF_LAYOUT_OK &&
                hf_board_emit(&board, path, &why) == HF_LAYOUT_OK;
    fputs(why.text, stderr);
    return good ? 0 : 1;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reference_board),
        cmocka_unit_test(what_is_absent_has_no_macro),
        cmocka_unit_test(features_choose_files),
        cmocka_unit_test(numbers_follow_the_supply),
        cmocka_unit_test(selected_files_exist),
        cmocka_unit_test(files_change_only_with_their_content),
        cmocka_unit_test(damaged_files_are_repaired),
        cmocka_unit_test(says_what_cannot_be_written),
    };
    return argc > 2 ? emit_into(argv[1], argv[2]) : cmocka_run_group_tests(tests, NULL, NULL);
}
