// SPDX-License-Identifier: MIT
// Rules on signatures, the keys that make them, and protection.
#include <string.h>

#include "rules.h"

// Low words of the x coordinates of keys whose private halves are published: those of tests/keys.
static const uint32_t published[] = {
    0x4664254B,
    0x33B329D2,
};

// The transit key that is published there, its first bytes.
static const uint8_t published_transit_key[] = {0xCD, 0x54, 0xEC, 0x28, 0x6D, 0x1A, 0x23, 0x56};

static bool is_published(const hf_key *key)
{
    for (size_t i = 0; i < sizeof published / sizeof published[0]; i++) {
        if (key->point.x[0] == published[i]) {
            return true;
        }
    }
    return false;
}

bool hf_board_trusts_test_key(const hf_board *board)
{
    for (size_t i = 0; i < board->keys_count; i++) {
        if (board->keys[i].point.x[0] == published[0]) {
            return true;
        }
    }
    return false;
}

static bool wants_signatures(const hf_board *board)
{
    return board->validation == HF_VALIDATION_SIGNED;
}

void hf_rule_keys(const hf_board *board, hf_report *report)
{
    if (wants_signatures(board) && board->keys_count == 0) {
        hf_find(report, "keys", "level \"signed\" needs a public key", "add one: holdfast keygen prints it");
    }
    if (!wants_signatures(board) && board->keys_count > 0) {
        hf_find(report, "keys", "only level \"signed\" looks at keys", "write \"validation\": \"signed\", or remove them");
    }
}

void hf_rule_keys_differ(const hf_board *board, hf_report *report)
{
    if (board->keys_count == 2 && board->keys[0].point.x[0] == board->keys[1].point.x[0]) {
        hf_find(report, "keys[1].point", "the key has the id of the other one",
                "make another key: images name their key by the last 8 digits of x");
    }
}

static void find_published(const hf_board *board, hf_report *report)
{
    for (size_t i = 0; i < board->keys_count; i++) {
        if (is_published(&board->keys[i])) {
            hf_find(report, hf_say("keys[%u].point", (unsigned)i).text,
                    "everybody can sign with this key: its private half is in Holdfast's tests",
                    "make a key of your own with holdfast keygen before you ship");
        }
    }
    if (board->has_transit_key &&
        memcmp(board->transit_key.bytes, published_transit_key, sizeof published_transit_key) == 0) {
        hf_find(report, "transit_key", "everybody can decipher with this key: it is published in Holdfast's tests",
                "make a key of your own with holdfast keygen --transit before you ship");
    }
}

void hf_rule_test_key(const hf_board *board, hf_report *report)
{
    if (!board->release) {
        find_published(board, report);
    }
}

void hf_rule_release_key(const hf_board *board, hf_report *report)
{
    if (board->release) {
        find_published(board, report);
    }
}

void hf_rule_boot_check(const hf_board *board, hf_report *report)
{
    if (board->boot_check != HF_BOOT_CHECK_SIGNATURE &&
        (!wants_signatures(board) || board->strategy == HF_STRATEGY_BANK_SWAP)) {
        hf_find(report, "boot_check", "only level \"signed\" without bank swap has a check at boot to trade", "remove it");
    }
}

void hf_rule_revocable(const hf_board *board, hf_report *report)
{
    if (wants_signatures(board) && board->keys_count > 1 && !hf_board_revokes(board)) {
        hf_find(report, "keys", "no key can be revoked: that is a record, and there is no place for records",
                "let boot_data span two sectors of one size");
    }
}

void hf_rule_transit(const hf_board *board, hf_report *report)
{
    if (!hf_board_enciphers(board)) {
        return;
    }
    if (!wants_signatures(board)) {
        hf_find(report, "transit_key", "whoever changes a bit of an enciphered image changes that bit of the firmware: only a signature "
                "tells", "write \"validation\": \"signed\" with \"keys\", or remove it");
    }
    if (board->strategy == HF_STRATEGY_EXTERNAL) {
        hf_find(report, "transit_key", "images would stand deciphered in the external flash, for everybody to read",
                "choose another strategy, or remove it");
    }
    if (board->chip.flash.widths[hf_board_program_width(board)].bytes < 4) {
        hf_find(report, "transit_key", "a cut while single bytes are programmed would let the key stream be guessed byte by byte",
                "let supply_mv.min allow words of 4 bytes, or remove it");
    }
}

void hf_rule_transit_key(const hf_board *board, hf_report *report)
{
    if (hf_board_enciphers(board) && !board->protection.read) {
        hf_find(report, "transit_key", "who has a device and a debugger reads the key out of the bootloader",
                "add \"read\" to \"protection\", or set the read protection when you program the bootloader");
    }
}

void hf_rule_protection(const hf_board *board, hf_report *report)
{
    bool wanted = board->protection.write || board->protection.read;
    if (board->protection.ordered && !wanted) {
        hf_find(report, "protection", "\"ordered\" says when, and nothing says what", "add \"write\", \"read\" or both");
    }
    if (board->protection.ordered && !hf_board_takes_orders(board)) {
        hf_find(report, "protection", "orders are signed, and their numbers are records: this board has no keys, or no place",
                "write \"validation\": \"signed\", and let boot_data span two sectors of one size");
    }
    if (wanted && strcmp(board->chip.flash.generation, "flash_f4") != 0) {
        hf_find(report, "protection",
                hf_say("there is no driver for the option bytes of %s", board->chip.flash.generation).text,
                "remove it, and set the option bytes when you program the bootloader");
    }
}
