// SPDX-License-Identifier: MIT
// Orders as files.
#include "order.h"

#include <stdio.h>
#include <string.h>

#include "bytes.h"

#define AT(field) offsetof(struct hf_order, field)

void hf_device_text(const uint8_t device[12], char text[HF_DEVICE_TEXT])
{
    for (size_t i = 0; i < 12; i++) {
        snprintf(text + 2 * i, 3, "%02X", device[i]);
    }
}

bool hf_device_parse(const char *text, uint8_t device[12])
{
    if (strlen(text) != HF_DEVICE_TEXT - 1 || strspn(text, "0123456789abcdefABCDEF") != HF_DEVICE_TEXT - 1) {
        return false;
    }
    for (size_t i = 0; i < 12; i++) {
        unsigned byte;
        sscanf(text + 2 * i, "%2x", &byte);
        device[i] = (uint8_t)byte;
    }
    return true;
}

static hf_error refuse_wish(const hf_order_wish *wish, const hf_signing_key *key, hf_problem *problem)
{
    const hf_board *board = wish->board;
    if (!hf_board_takes_orders(board)) {
        return hf_fail(problem, HF_E_USAGE, "%s takes no signed orders: its board file has no floor for versions and no "
                       "\"ordered\" protection, no keys, or no place for records", board->name);
    }
    if (wish->kind == HF_ORDER_DOWNGRADE && board->downgrade == HF_DOWNGRADE_UNCHECKED) {
        return hf_fail(problem, HF_E_USAGE, "%s lets versions fall without a token: \"downgrade\" is unchecked", board->name);
    }
    if (wish->kind == HF_ORDER_PROTECT && !board->protection.ordered) {
        return hf_fail(problem, HF_E_USAGE, "%s does not wait for an order: its \"protection\" is without \"ordered\"",
                       board->name);
    }
    return hf_board_trusts(board, key) ? HF_OK : hf_fail(problem, HF_E_FOREIGN_KEY, "the key is none of those that %s trusts",
                                                         board->name);
}

hf_error hf_order_make(const hf_order_wish *wish, const hf_signing_key *key, uint8_t order[HF_ORDER_SIZE],
                       hf_problem *problem)
{
    hf_error error = refuse_wish(wish, key, problem);
    if (error) {
        return error;
    }
    bool falls = wish->kind == HF_ORDER_DOWNGRADE;
    memset(order, 0, HF_ORDER_SIZE);
    hf_put32(order + AT(magic), HF_ORDER_MAGIC);
    hf_put32(order + AT(kind), wish->kind);
    hf_put32(order + AT(product_id), wish->board->product_id);
    memcpy(order + AT(device), wish->device, sizeof wish->device);
    hf_put32(order + AT(number), wish->number);
    hf_put32(order + AT(version), falls ? wish->version : 0);
    return hf_sign_behind(order, sizeof(struct hf_order), key, problem);
}

hf_error hf_order_load(const char *path, uint8_t order[HF_ORDER_SIZE], hf_problem *problem)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return hf_fail(problem, HF_E_READ, "%s cannot be read", path);
    }
    size_t size = fread(order, 1, HF_ORDER_SIZE, file);
    bool more = fgetc(file) != EOF;
    fclose(file);
    if (size != HF_ORDER_SIZE || more || hf_get32(order) != HF_ORDER_MAGIC) {
        return hf_fail(problem, HF_E_MALFORMED, "%s is no order of %zu bytes, as holdfast token writes them", path,
                       HF_ORDER_SIZE);
    }
    return HF_OK;
}

hf_error hf_order_save(const char *path, const uint8_t order[HF_ORDER_SIZE], hf_problem *problem)
{
    FILE *file = fopen(path, "wb");
    bool good = file != NULL && fwrite(order, 1, HF_ORDER_SIZE, file) == HF_ORDER_SIZE;
    good = file != NULL && fclose(file) == 0 && good;
    return good ? HF_OK : hf_fail(problem, HF_E_WRITE, "%s cannot be written", path);
}
