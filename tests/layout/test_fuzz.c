// SPDX-License-Identifier: MIT
// Damaged files: every truncation, many random mutations. Whatever comes, the library answers with
// a status; what it accepts can be checked, drawn and emitted. Meant for sanitizers.
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "emit.h"
#include "support.h"

#define MUTANTS 6000u

static const char *const board_files[] = {"boards/stm32f407-discovery.json",
                                          "boards/stm32f407-classic.json",
                                          "boards/stm32f407-classroom.json"};

// xorshift64: the same numbers everywhere for one seed.
static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static uint64_t chosen_seed(void)
{
    const char *given = getenv("HF_SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 0) : (uint64_t)time(NULL);
    print_message("HF_SEED=%llu\n", (unsigned long long)seed);
    return seed * 2 + 1; // never zero
}

// Everything one can do with a board that could be read.
static void use(const hf_board *board)
{
    hf_finding findings[4];
    hf_complaint words;
    size_t count = hf_board_check(board, findings, 4);
    for (size_t i = 0; i < count && i < 4; i++) {
        hf_finding_words(board, &findings[i], &words);
        assert_non_null(strstr(words.text, ". Fix: "));
    }
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    if (board->chip.flash.size / 128 < 100000) { // a map of millions of rows proves no more
        hf_board_draw(board, out, 72);
    }
    if (count == 0 || !findings[0].error) {
        hf_emit_header(board, out);
        hf_emit_boot_linker(board, out);
        hf_emit_app_linker(board, out);
        hf_emit_cmake(board, out);
    }
    fclose(out);
    free(text);
}

static bool try_texts(const file_text *board_text, const file_text *chip_text)
{
    hf_board board;
    hf_complaint why = {""};
    if (parse_texts(&board, board_text, chip_text, &why) != HF_LAYOUT_OK) {
        assert_non_null(strstr(why.text, "Fix: "));
        return false;
    }
    use(&board);
    return true;
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    file_text chip_text = load_text(CHIP_FILE);
    for (size_t i = 0; i < sizeof board_files / sizeof board_files[0]; i++) {
        file_text whole = load_text(board_files[i]);
        size_t brace = (size_t)(strrchr(whole.bytes, '}') - whole.bytes);
        for (size_t size = 0; size <= brace; size++) {
            // A copy of its own size, so that a sanitizer sees one byte too many.
            file_text cut = {.bytes = malloc(size + 1), .size = size};
            memcpy(cut.bytes, whole.bytes, size);
            cut.bytes = realloc(cut.bytes, size == 0 ? 1 : size);
            assert_false(try_texts(&cut, &chip_text));
            free(cut.bytes);
        }
        assert_true(try_texts(&whole, &chip_text));
        free(whole.bytes);
    }
    free(chip_text.bytes);
}

// -- mutations ------------------------------------------------------------------------------------

static void mutate_byte(file_text *mutant, uint64_t *seed)
{
    mutant->bytes[next_random(seed) % mutant->size] = (char)next_random(seed);
}

// Characters that JSON gives a meaning: these get past the parser more often.
static void mutate_character(file_text *mutant, uint64_t *seed)
{
    static const char characters[] = "0123456789{}[]\",:.-eExKMPA ";
    mutant->bytes[next_random(seed) % mutant->size] =
        characters[next_random(seed) % (sizeof characters - 1)];
}

static void remove_piece(file_text *mutant, uint64_t *seed)
{
    size_t at = next_random(seed) % mutant->size;
    size_t length = next_random(seed) % 16;
    length = length < mutant->size - at ? length : mutant->size - at - 1;
    memmove(mutant->bytes + at, mutant->bytes + at + length, mutant->size - at - length);
    mutant->size -= length;
}

// Digits become other digits: well-formed files with strange numbers.
static void mutate_digits(file_text *mutant, uint64_t *seed)
{
    for (unsigned tries = 0; tries < 200; tries++) {
        char *c = &mutant->bytes[next_random(seed) % mutant->size];
        if (*c >= '0' && *c <= '9') {
            *c = (char)('0' + next_random(seed) % 10);
        }
    }
}

static file_text mutant_of(const file_text *original, uint64_t *seed)
{
    static void (*const mutations[])(file_text *, uint64_t *) = {mutate_byte, mutate_character,
                                                            remove_piece, mutate_digits};
    file_text mutant = {.bytes = malloc(original->size), .size = original->size};
    assert_non_null(mutant.bytes);
    memcpy(mutant.bytes, original->bytes, original->size);
    for (uint64_t times = 1 + next_random(seed) % 3; times > 0; times--) {
        mutations[next_random(seed) % 4](&mutant, seed);
    }
    return mutant;
}

static void mutants_do_no_harm(void **state)
{
    (void)state;
    uint64_t seed = chosen_seed();
    file_text board_text = load_text(BOARD_FILE), chip_text = load_text(CHIP_FILE);
    unsigned accepted = 0;
    for (unsigned i = 0; i < MUTANTS; i++) {
        bool of_board = i % 2 == 0;
        file_text mutant = mutant_of(of_board ? &board_text : &chip_text, &seed);
        accepted += try_texts(of_board ? &mutant : &board_text, of_board ? &chip_text : &mutant);
        free(mutant.bytes);
    }
    print_message("%u of %u mutants were accepted\n", accepted, MUTANTS);
    assert_true(accepted > 0); // else the mutations are too rough to test anything but the parser
    free(board_text.bytes);
    free(chip_text.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(mutants_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
