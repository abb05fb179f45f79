// SPDX-License-Identifier: MIT
// Look-ups in chips and boards.
#include <string.h>

#include "derive.h"
#include "hf_bank.h"
#include "hf_image.h"

const hf_peripheral *hf_chip_peripheral(const hf_chip *chip, const char *name)
{
    for (size_t i = 0; i < chip->peripherals_count; i++) {
        if (strcmp(chip->peripherals[i].name, name) == 0) {
            return &chip->peripherals[i];
        }
    }
    return NULL;
}

const hf_area *hf_board_area(const hf_board *board, hf_use use)
{
    for (size_t i = 0; i < board->areas_count; i++) {
        if (board->areas[i].use == use) {
            return &board->areas[i];
        }
    }
    return NULL;
}

uint32_t hf_board_trailer_size(const hf_board *board)
{
    return board->validation == HF_VALIDATION_SIGNED ? HF_TRAILER_SIGNED : sizeof(struct hf_trailer);
}

uint32_t hf_board_app_room(const hf_board *board)
{
    const hf_area *app = hf_board_area(board, HF_USE_APPLICATION);
    if (app == NULL || !hf_board_records_in_application(board)) {
        return app == NULL ? 0 : app->size;
    }
    return app->size < HF_BANK_RECORDS_SIZE ? 0 : app->size - HF_BANK_RECORDS_SIZE;
}

bool hf_chip_sector(const hf_chip *chip, uint32_t address, uint16_t *number, uint32_t *start,
                    uint32_t *size)
{
    for (size_t i = 0; i < chip->flash.runs_count; i++) {
        const hf_sector_run *run = &chip->flash.runs[i];
        if (address < run->address || run->size == 0 ||
            address - run->address >= run->size * run->count) {
            continue;
        }
        uint32_t nth = (address - run->address) / run->size;
        *number = (uint16_t)(run->first + nth);
        *start = run->address + nth * run->size;
        *size = run->size;
        return true;
    }
    return false;
}

uint32_t hf_board_sectors(const hf_board *board, const hf_area *area)
{
    uint32_t count = 0, start, size;
    uint16_t number;
    uint64_t at = area->address;
    while (at < (uint64_t)area->address + area->size && hf_chip_sector(&board->chip, (uint32_t)at, &number, &start, &size)) {
        at = (uint64_t)start + size;
        count++;
    }
    return count;
}

// -- external flash ---------------------------------------------------------------------------------

// A journal needs cells that take zeros over anything: internal words with error correction don't.
static bool journal_is_external(const hf_board *board)
{
    size_t width = hf_board_program_width(board);
    return board->strategy == HF_STRATEGY_EXTERNAL && width < board->chip.flash.widths_count &&
           board->chip.flash.widths[width].bytes >= 8;
}

bool hf_board_records_in_application(const hf_board *board)
{
    return board->strategy == HF_STRATEGY_BANK_SWAP || journal_is_external(board);
}

hf_external_map hf_board_external(const hf_board *board)
{
    const hf_area *app = hf_board_area(board, HF_USE_APPLICATION);
    uint32_t start = HF_EXTERNAL_BASE + board->external.offset, end = start + board->external.size;
    uint32_t slot = ((app == NULL ? 0 : app->size) + HF_EXTERNAL_BLOCK - 1) / HF_EXTERNAL_BLOCK * HF_EXTERNAL_BLOCK;
    hf_external_map map = {.journal = journal_is_external(board) ? start : 0};
    map.receive = start + (map.journal != 0 ? HF_EXTERNAL_BLOCK : 0);
    map.end = map.receive + slot;
    if (end >= map.end && end - map.end >= slot) {
        map.backup = map.end;
        map.end += slot;
    }
    return map;
}

const char *hf_external_signal(const hf_board *board, const char *line)
{
    static const struct {
        const char *line, *spi, *quadspi;
    } names[] = {
        {"clk", "sck", "clk"}, {"cs", NULL, "ncs"}, {"io0", "mosi", "io0"},
        {"io1", "miso", "io1"}, {"io2", NULL, "io2"}, {"io3", NULL, "io3"},
    };
    bool quad = strncmp(board->external.instance, "quadspi", 7) == 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i].line, line) == 0) {
            return quad ? names[i].quadspi : names[i].spi;
        }
    }
    return NULL;
}

bool hf_board_keeps_records(const hf_board *board)
{
    bool stages = board->strategy == HF_STRATEGY_OVERWRITE || board->strategy == HF_STRATEGY_SWAP ||
                  board->strategy == HF_STRATEGY_EXTERNAL;
    bool elsewhere = board->strategy == HF_STRATEGY_BANK_SWAP; // the floor stands beside each image
    return stages || (board->downgrade != HF_DOWNGRADE_UNCHECKED && !elsewhere) || hf_board_revokes(board) ||
           hf_board_takes_orders(board) || board->provision || board->boot_check == HF_BOOT_CHECK_CRC;
}

static bool signs_and_has_journal(const hf_board *board)
{
    uint32_t address, sector;
    return board->validation == HF_VALIDATION_SIGNED && board->strategy != HF_STRATEGY_BANK_SWAP &&
           hf_board_journal(board, &address, &sector);
}

bool hf_board_revokes(const hf_board *board)
{
    return board->keys_count > 1 && signs_and_has_journal(board);
}

bool hf_board_enciphers(const hf_board *board)
{
    return board->transit_key_file[0] != '\0';
}

bool hf_board_takes_orders(const hf_board *board)
{
    bool something_to_order = board->downgrade != HF_DOWNGRADE_UNCHECKED || board->protection.ordered;
    return something_to_order && signs_and_has_journal(board);
}

bool hf_board_journal(const hf_board *board, uint32_t *address, uint32_t *sector)
{
    const hf_area *area = hf_board_area(board, HF_USE_BOOT_DATA);
    uint16_t number;
    uint32_t before;
    if (journal_is_external(board)) {
        *address = hf_board_external(board).journal;
        *sector = HF_EXTERNAL_SECTOR;
        return true;
    }
    return area != NULL && area->size > 1 &&
           hf_chip_sector(&board->chip, area->address + area->size - 1, &number, address, sector) &&
           *address > area->address && hf_chip_sector(&board->chip, *address - 1, &number, address, &before) &&
           *address >= area->address && before == *sector;
}

uint32_t hf_board_receive_address(const hf_board *board)
{
    const hf_area *app = hf_board_area(board, HF_USE_APPLICATION), *staging = hf_board_area(board, HF_USE_STAGING);
    if (app != NULL && board->strategy == HF_STRATEGY_BANK_SWAP) {
        return app->address + board->chip.flash.size / 2; // the other bank holds the same
    }
    if (app != NULL && board->strategy == HF_STRATEGY_EXTERNAL) {
        return hf_board_external(board).receive;
    }
    if (app == NULL || staging == NULL || board->strategy == HF_STRATEGY_SINGLE) {
        return app == NULL ? 0 : app->address;
    }
    return staging->address + (board->strategy == HF_STRATEGY_SWAP ? staging->size - app->size : 0);
}

// Index of the width, or widths_count when the supply allows none.
static size_t widest(const hf_flash *flash, uint32_t supply_mv)
{
    size_t best = flash->widths_count;
    for (size_t i = 0; i < flash->widths_count; i++) {
        bool allowed = flash->widths[i].min_mv <= supply_mv;
        if (allowed &&
            (best == flash->widths_count || flash->widths[i].bytes > flash->widths[best].bytes)) {
            best = i;
        }
    }
    return best;
}

size_t hf_board_program_width(const hf_board *board)
{
    return widest(&board->chip.flash, board->supply_min_mv);
}

const hf_signal *hf_chip_signal(const hf_chip *chip, const char *name, hf_pin pin)
{
    for (size_t i = 0; i < chip->signals_count; i++) {
        const hf_signal *signal = &chip->signals[i];
        if (strcmp(signal->name, name) == 0 && signal->pin.port == pin.port &&
            signal->pin.number == pin.number) {
            return signal;
        }
    }
    return NULL;
}
