// SPDX-License-Identifier: MIT
// The judge: see judge.h.
#include "judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hf_image.h"
#include "image_check.h"
#include "seal.h"
#include "transit.h"

#define VECTORS 0x188u // bytes of the chip's vector table

fuzz_image images[IMAGES];

static hf_board board;
static hf_signing_key *key;
static uint32_t app_address;

static void give_up(const char *what)
{
    fprintf(stderr, "fuzz: %s\n", what);
    exit(2);
}

// A vector table, an endless loop and noise.
static void fill(uint8_t *payload, size_t size, uint32_t seed)
{
    const uint32_t vectors[2] = {0x20020000u, (app_address + VECTORS) | 1u};
    for (size_t i = 0; i < size; i++) {
        seed = seed * 1664525u + 1013904223u;
        payload[i] = (uint8_t)(seed >> 24);
    }
    memset(payload, 0, VECTORS);
    memcpy(payload, vectors, sizeof vectors);
    memcpy(payload + VECTORS, "\xfe\xe7", 2);
}

static void make_image(unsigned index, uint32_t version, size_t payload_size, uint32_t product)
{
    uint8_t *payload = malloc(payload_size);
    hf_image image = {0};
    hf_problem problem;
    hf_seal_options options = {.board = &board, .version = version, .product_id = product, .key = key};
    if (payload == NULL) {
        give_up("no memory");
    }
    fill(payload, payload_size, index);
    if (hf_image_parse(&image, payload, payload_size, "fuzz", &problem) != 0 || hf_seal(&image, &options, &problem) != 0) {
        give_up(problem.what);
    }
    images[index] = (fuzz_image){image.bytes, (uint32_t)image.size};
    free(payload);
}

void judge_begin(const char *board_file)
{
    hf_complaint complaint;
    if (hf_board_read(&board, board_file, HF_FUZZ_CHIPS, &complaint) != HF_LAYOUT_OK) {
        give_up(complaint.text);
    }
    hf_problem problem;
    if (board.validation == HF_VALIDATION_SIGNED &&
        hf_signing_key_load(&key, HF_SOURCE_DIR "/tests/keys/test-1.pem", NULL, &problem) != HF_OK) {
        give_up(problem.what);
    }
    app_address = hf_board_area(&board, HF_USE_APPLICATION)->address;
    make_image(0, HF_VERSION(1, 0, 0), 0x1A0, board.product_id);
    make_image(1, HF_VERSION(2, 0, 0), 0x2C0, board.product_id);
    make_image(2, HF_VERSION(0, 9, 0), 0x1C0, board.product_id);
    make_image(3, HF_VERSION(3, 0, 0), 0x1A0, board.product_id + 1);
}

bool judge_accepts(const uint8_t *slot, uint32_t size, const char **why)
{
    static hf_inspection inspection;
    const hf_inspect_context context = {.board = &board, .has_address = true, .address = app_address};
    hf_image_inspect(slot, size, &context, &inspection);
    if (inspection.error == HF_OK) {
        *why = "good";
        return true;
    }
    static char reason[256];
    snprintf(reason, sizeof reason, "%s: %s", hf_check_name(inspection.failed), inspection.checks[inspection.failed].words);
    *why = reason;
    return false;
}

void judge_decipher(uint8_t *payload, uint32_t length)
{
    hf_problem problem;
    if (hf_transit_apply(&board.transit_key, payload, length, &problem) != HF_OK) {
        give_up(problem.what);
    }
}
