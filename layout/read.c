// SPDX-License-Identifier: MIT
// Board and chip files: from disk to structs.
#include "read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "reader.h"

#define FILE_MAX (1u << 20) // far more than any chip needs; keeps us from reading a device for ever

// -- text to struct -------------------------------------------------------------------------------

static bool complain_syntax(const json_error_t *error, const char *file, hf_complaint *why)
{
    char place[48], what[96];
    snprintf(place, sizeof place, "line %d, column %d", error->line, error->column);
    snprintf(what, sizeof what, "this is not JSON: %s", hf_quote(error->text).text);
    bool duplicate = json_error_code(error) == json_error_duplicate_key;
    if (duplicate) {
        snprintf(what, sizeof what, "a key stands twice in one object");
    }
    hf_complain(why, file, place, what,
                duplicate ? "remove one of them" : "correct the text at this place");
    return false;
}

static bool parse(void *target, const hf_field *shape, const char *text, size_t size,
                  const char *file, hf_complaint *why)
{
    json_error_t error;
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) {
        return complain_syntax(&error, file, why);
    }
    hf_reader reader = {.file = file, .why = why};
    bool good = json_is_object(root) ? hf_read_object(&reader, root, shape, target)
                                     : hf_reader_fail(&reader, "the file holds no object",
                                                      "start it with { and end it with }");
    json_decref(root);
    return good;
}

bool hf_board_parse(hf_board *board, const char *text, size_t size, const char *file,
                    hf_complaint *why)
{
    memset(board, 0, sizeof *board);
    snprintf(board->path, sizeof board->path, "%s", file);
    return parse(board, hf_board_shape, text, size, file, why);
}

// What follows from other facts: where sector runs start, how large the flash is.
static void derive_facts(hf_chip *chip)
{
    hf_flash *flash = &chip->flash;
    flash->size = 0;
    for (size_t i = 0; i < flash->runs_count; i++) {
        flash->runs[i].address = flash->address + flash->size;
        flash->size += flash->runs[i].size * flash->runs[i].count;
    }
    chip->clocks.core_per_hclk += chip->clocks.core_per_hclk == 0;
}

bool hf_chip_parse_proven(hf_chip *chip, const char *text, size_t size, const char *file,
                          hf_complaint *why)
{
    memset(chip, 0, sizeof *chip);
    bool good = parse(chip, hf_chip_shape, text, size, file, why);
    derive_facts(chip);
    return good;
}

bool hf_chip_parse(hf_chip *chip, const char *text, size_t size, const char *file,
                   hf_complaint *why)
{
    return hf_chip_parse_proven(chip, text, size, file, why) && hf_chip_facts_agree(chip, file, why);
}

void hf_board_join(hf_board *board, const hf_chip *chip)
{
    board->chip = *chip;
    const hf_area *boot = hf_board_area(board, HF_USE_BOOT);
    if (board->budget == 0 && boot != NULL) {
        board->budget = boot->size;
    }
}

hf_layout_status hf_chip_missing(const hf_board *board, hf_complaint *why)
{
    char what[128];
    snprintf(what, sizeof what, "there is no chip file of the name %s", board->chip.name);
    hf_complain(why, board->path, "chip", what, "name a file of the folder chips, without .json");
    return HF_LAYOUT_MALFORMED;
}

// -- files ----------------------------------------------------------------------------------------

typedef struct file_text {
    char *bytes; // owned, NULL when unreadable
    size_t size;
} file_text;

static file_text load_stream(FILE *stream)
{
    file_text text = {.bytes = malloc(FILE_MAX)};
    if (text.bytes != NULL) {
        text.size = fread(text.bytes, 1, FILE_MAX, stream);
    }
    if (text.bytes != NULL && ferror(stream)) {
        free(text.bytes);
        text.bytes = NULL;
    }
    return text;
}

static file_text load(const char *path, hf_complaint *why)
{
    errno = 0;
    file_text text = {0};
    FILE *stream = fopen(path, "rb");
    if (stream != NULL) {
        text = load_stream(stream);
    }
    if (text.bytes == NULL) {
        hf_complain(why, path, "", strerror(errno == 0 ? EIO : errno),
                    "name a file that exists and that you may read");
    }
    if (stream != NULL) {
        fclose(stream);
    }
    return text;
}

static bool exists(const char *path)
{
    FILE *stream = fopen(path, "rb");
    if (stream != NULL) {
        fclose(stream);
    }
    return stream != NULL;
}

// -- the transit key ------------------------------------------------------------------------------

static int digit(char c)
{
    const char *digits = "0123456789abcdef0123456789ABCDEF";
    const char *at = c == '\0' ? NULL : strchr(digits, c);
    return at == NULL ? -1 : (int)(at - digits) % 16;
}

static bool parse_transit_key(hf_transit_key *key, const char *text, size_t size)
{
    while (size > 0 && (text[size - 1] == '\n' || text[size - 1] == '\r')) {
        size--;
    }
    if (size != 2 * HF_TRANSIT_KEY_BYTES) {
        return false;
    }
    for (size_t i = 0; i < HF_TRANSIT_KEY_BYTES; i++) {
        int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        key->bytes[i] = (uint8_t)(16 * high + low);
    }
    return true;
}

bool hf_transit_key_read(hf_transit_key *key, const char *path)
{
    hf_complaint why;
    file_text text = load(path, &why);
    bool good = text.bytes != NULL && parse_transit_key(key, text.bytes, text.size);
    free(text.bytes);
    return good;
}

static void read_transit_key(hf_board *board, const char *board_path)
{
    char path[sizeof board->path + sizeof board->transit_key_file];
    const char *slash = strrchr(board_path, '/');
    bool absolute = board->transit_key_file[0] == '/';
    int folder = slash == NULL || absolute ? 0 : (int)(slash - board_path + 1);
    snprintf(path, sizeof path, "%.*s%s", folder, board_path, board->transit_key_file);
    board->has_transit_key = hf_board_enciphers(board) && hf_transit_key_read(&board->transit_key, path);
}

typedef struct chip_path {
    char text[700];
} chip_path;

// ../chips/NAME.json as seen from the board's folder, else NAME.json in chips_dir.
static chip_path find_chip(const hf_board *board, const char *board_path, const char *chips_dir)
{
    chip_path path;
    const char *slash = strrchr(board_path, '/');
    int folder = slash == NULL ? 0 : (int)(slash - board_path + 1);
    snprintf(path.text, sizeof path.text, "%.*s../chips/%s.json", folder, board_path,
             board->chip.name);
    if (!exists(path.text) && chips_dir != NULL) {
        snprintf(path.text, sizeof path.text, "%s/%s.json", chips_dir, board->chip.name);
    }
    return path;
}

static hf_layout_status read_chip(hf_board *board, const char *path, const char *chips_dir,
                                  hf_complaint *why)
{
    chip_path chip_file = find_chip(board, path, chips_dir);
    if (!exists(chip_file.text)) {
        return hf_chip_missing(board, why);
    }
    file_text text = load(chip_file.text, why);
    if (text.bytes == NULL) {
        return HF_LAYOUT_UNREADABLE;
    }
    hf_chip chip;
    bool good = hf_chip_parse(&chip, text.bytes, text.size, chip_file.text, why);
    free(text.bytes);
    if (good && strcmp(chip.name, board->chip.name) != 0) {
        hf_complain(why, chip_file.text, "name", "the name differs from the file's",
                    "give both the same name");
        good = false;
    }
    if (good) {
        hf_board_join(board, &chip);
    }
    return good ? HF_LAYOUT_OK : HF_LAYOUT_MALFORMED;
}

hf_layout_status hf_board_read(hf_board *board, const char *path, const char *chips_dir,
                               hf_complaint *why)
{
    if (strlen(path) >= sizeof board->path) {
        hf_complain(why, hf_quote(path).text, "", "the path is too long", "use a shorter one");
        return HF_LAYOUT_UNREADABLE;
    }
    file_text text = load(path, why);
    if (text.bytes == NULL) {
        return HF_LAYOUT_UNREADABLE;
    }
    bool good = hf_board_parse(board, text.bytes, text.size, path, why);
    free(text.bytes);
    if (!good) {
        return HF_LAYOUT_MALFORMED;
    }
    read_transit_key(board, path);
    return read_chip(board, path, chips_dir, why);
}
