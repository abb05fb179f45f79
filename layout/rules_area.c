// SPDX-License-Identifier: MIT
// Rules on the areas of the flash.
#include "complain.h"
#include "derive.h"
#include "hf_image.h"
#include "rules.h"

static uint64_t end_of(const hf_area *area)
{
    return (uint64_t)area->address + area->size;
}

static uint64_t flash_end(const hf_board *board)
{
    return (uint64_t)board->chip.flash.address + board->chip.flash.size;
}

static bool in_flash(const hf_board *board, const hf_area *area)
{
    return area->size > 0 && area->address >= board->chip.flash.address &&
           end_of(area) <= flash_end(board);
}

// What a layout describes: with bank swap the first bank, because the second one holds the same.
static uint32_t described_size(const hf_board *board)
{
    return board->strategy == HF_STRATEGY_BANK_SWAP ? board->chip.flash.size / 2 : board->chip.flash.size;
}

// -- which areas there are ------------------------------------------------------------------------

static size_t count_use(const hf_board *board, hf_use use, const hf_area **last)
{
    size_t count = 0;
    for (size_t i = 0; i < board->areas_count; i++) {
        if (board->areas[i].use == use) {
            *last = &board->areas[i];
            count++;
        }
    }
    return count;
}

static void limit_use(const hf_board *board, hf_report *report, hf_use use, const char *word,
                      bool required)
{
    const hf_area *last = NULL;
    size_t count = count_use(board, use, &last);
    if (count == 0 && required) {
        hf_find(report, "layout", hf_say("there is no area for \"%s\"", word).text,
                hf_say("add one: { \"use\": \"%s\", \"address\": ..., \"size\": ... }", word).text);
    }
    if (count > 1) {
        hf_find(report, hf_area_key(board, last, "use").text,
                hf_say("there are %zu areas for \"%s\"", count, word).text,
                "keep one, or make the others \"reserved\"");
    }
}

void hf_rule_one_boot(const hf_board *board, hf_report *report)
{
    limit_use(board, report, HF_USE_BOOT, "boot", true);
}

void hf_rule_one_application(const hf_board *board, hf_report *report)
{
    limit_use(board, report, HF_USE_APPLICATION, "application", true);
}

void hf_rule_one_boot_data(const hf_board *board, hf_report *report)
{
    limit_use(board, report, HF_USE_BOOT_DATA, "boot_data", false);
}

void hf_rule_boot_data_present(const hf_board *board, hf_report *report)
{
    bool needless = hf_board_records_in_application(board);
    if (!needless && hf_board_area(board, HF_USE_BOOT_DATA) == NULL) {
        hf_find(report, "layout", "the bootloader has no place for data of its own",
                "add an area with use \"boot_data\"");
    }
}

// -- where they are -------------------------------------------------------------------------------

void hf_rule_area_not_empty(const hf_board *board, hf_report *report)
{
    for (size_t i = 0; i < board->areas_count; i++) {
        if (board->areas[i].size == 0) {
            hf_find(report, hf_area_key(board, &board->areas[i], "size").text, "the size is 0",
                    "write the size of at least one sector");
        }
    }
}

void hf_rule_area_in_flash(const hf_board *board, hf_report *report)
{
    for (size_t i = 0; i < board->areas_count; i++) {
        const hf_area *area = &board->areas[i];
        if (in_flash(board, area) || area->size == 0) {
            continue;
        }
        bool starts_inside =
            area->address >= board->chip.flash.address && area->address < flash_end(board);
        hf_find(report, hf_area_key(board, area, starts_inside ? "size" : "address").text,
                hf_say("the area 0x%08X to 0x%08X leaves the flash 0x%08X to 0x%08X",
                       (unsigned)area->address, (unsigned)(end_of(area) - 1),
                       (unsigned)board->chip.flash.address, (unsigned)(flash_end(board) - 1))
                    .text,
                starts_inside ? hf_say("at most %s fit at this address",
                                       hf_size_text(flash_end(board) - area->address).text)
                                    .text
                              : "write an address inside the flash");
    }
}

// A border between two sectors, or an end of the flash.
static bool is_border(const hf_board *board, uint64_t address)
{
    uint16_t number;
    uint32_t start, size;
    return address == flash_end(board) ||
           (hf_chip_sector(&board->chip, (uint32_t)address, &number, &start, &size) &&
            start == address);
}

static void find_border(const hf_board *board, hf_report *report, const hf_area *area,
                        uint32_t address, bool is_end)
{
    uint16_t number;
    uint32_t start, size;
    if (is_border(board, address) ||
        !hf_chip_sector(&board->chip, address, &number, &start, &size)) {
        return;
    }
    hf_words what = hf_say("the area %s at 0x%08X, inside sector %u (0x%08X to 0x%08X)",
                           is_end ? "ends" : "starts", (unsigned)address, (unsigned)number,
                           (unsigned)start, (unsigned)(start + size - 1));
    uint32_t down = start, up = start + size;
    if (is_end && start <= area->address) {
        hf_find(report, hf_area_key(board, area, "size").text, what.text,
                hf_say("write \"0x%X\"", (unsigned)(up - area->address)).text);
    } else if (is_end) {
        hf_find(report, hf_area_key(board, area, "size").text, what.text,
                hf_say("write \"0x%X\" or \"0x%X\"", (unsigned)(down - area->address),
                       (unsigned)(up - area->address))
                    .text);
    } else {
        hf_find(report, hf_area_key(board, area, "address").text, what.text,
                hf_say("write \"0x%08X\" or \"0x%08X\"", (unsigned)down, (unsigned)up).text);
    }
}

void hf_rule_area_borders(const hf_board *board, hf_report *report)
{
    for (size_t i = 0; i < board->areas_count; i++) {
        const hf_area *area = &board->areas[i];
        if (in_flash(board, area)) {
            find_border(board, report, area, area->address, false);
            find_border(board, report, area, (uint32_t)end_of(area), true);
        }
    }
}

void hf_rule_areas_apart(const hf_board *board, hf_report *report)
{
    for (size_t i = 1; i < board->areas_count; i++) {
        const hf_area *area = &board->areas[i];
        for (size_t j = 0; j < i; j++) {
            const hf_area *other = &board->areas[j];
            if (area->address >= end_of(other) || other->address >= end_of(area)) {
                continue;
            }
            uint32_t from = area->address > other->address ? area->address : other->address;
            uint64_t to = end_of(area) < end_of(other) ? end_of(area) : end_of(other);
            hf_find(report, hf_say("layout[%zu]", i).text,
                    hf_say("0x%08X to 0x%08X belongs to layout[%zu] too", (unsigned)from,
                           (unsigned)(to - 1), j)
                        .text,
                    "move or shorten one of the two");
        }
    }
}

void hf_rule_boot_first(const hf_board *board, hf_report *report)
{
    const hf_area *boot = hf_board_area(board, HF_USE_BOOT);
    if (boot != NULL && boot->address != board->chip.flash.address) {
        hf_find(report, hf_area_key(board, boot, "address").text,
                "the core would not find the bootloader: it starts at the first flash address",
                hf_say("write \"0x%08X\"", (unsigned)board->chip.flash.address).text);
    }
}

// -- what fits into them --------------------------------------------------------------------------

static uint32_t round_up(uint32_t number, uint32_t step)
{
    return (number + step - 1) / step * step;
}

void hf_rule_vectors_aligned(const hf_board *board, hf_report *report)
{
    const hf_area *app = hf_board_area(board, HF_USE_APPLICATION);
    uint32_t alignment = hf_vector_alignment(&board->chip);
    if (app != NULL && app->address % alignment != 0) {
        hf_find(
            report, hf_area_key(board, app, "address").text,
            hf_say("a vector table of %u entries needs an address that %u divides",
                   (unsigned)board->chip.vectors, (unsigned)alignment)
                .text,
            hf_say("write \"0x%08X\"", (unsigned)(app->address / alignment * alignment + alignment))
                .text);
    }
}

void hf_rule_application_room(const hf_board *board, hf_report *report)
{
    const hf_area *app = hf_board_area(board, HF_USE_APPLICATION);
    uint32_t payload = round_up(4u * board->chip.vectors, HF_IMAGE_ALIGN);
    if (payload < HF_IMAGE_MIN_PAYLOAD) {
        payload = HF_IMAGE_MIN_PAYLOAD;
    }
    uint32_t need = payload + hf_board_trailer_size(board);
    if (app != NULL && hf_board_app_room(board) < need) {
        hf_find(report, hf_area_key(board, app, "size").text,
                hf_say("a vector table and the trailer alone take %u bytes", (unsigned)need).text,
                "make the area larger");
    }
}

void hf_rule_budget(const hf_board *board, hf_report *report)
{
    const hf_area *boot = hf_board_area(board, HF_USE_BOOT);
    if (boot != NULL && board->budget > boot->size) {
        hf_find(
            report, "budget",
            hf_say("%u bytes are more than the boot area's %u", (unsigned)board->budget,
                   (unsigned)boot->size)
                .text,
            hf_say("write at most %u, or make the boot area larger", (unsigned)boot->size).text);
    }
}

void hf_rule_application_large(const hf_board *board, hf_report *report)
{
    const hf_area *app = hf_board_area(board, HF_USE_APPLICATION);
    bool shared = board->strategy == HF_STRATEGY_OVERWRITE || board->strategy == HF_STRATEGY_SWAP; // with a staging area
    if (app != NULL && !shared && app->size < described_size(board) / 2) {
        hf_find(report, hf_area_key(board, app, "size").text,
                hf_say("the application gets %s of %s flash", hf_size_text(app->size).text,
                       hf_size_text(board->chip.flash.size).text)
                    .text,
                "give it more sectors, if it is to grow");
    }
}

static bool in_any_area(const hf_board *board, uint32_t address)
{
    for (size_t i = 0; i < board->areas_count; i++) {
        if (address >= board->areas[i].address && address < end_of(&board->areas[i])) {
            return true;
        }
    }
    return false;
}

// One finding per gap, however many sectors it has.
void hf_rule_whole_flash(const hf_board *board, hf_report *report)
{
    uint64_t gap = 0, at = board->chip.flash.address;
    bool open = false;
    uint16_t number;
    uint32_t start, size;
    while (at < (uint64_t)board->chip.flash.address + described_size(board) &&
           hf_chip_sector(&board->chip, (uint32_t)at, &number, &start, &size)) {
        bool owned = in_any_area(board, (uint32_t)at);
        if (open && owned) {
            hf_find(report, "layout",
                    hf_say("0x%08X to 0x%08X belongs to no area", (unsigned)gap, (unsigned)(at - 1))
                        .text,
                    "add it to an area, or write an area with use \"reserved\"");
        }
        gap = open ? gap : at;
        open = !owned;
        at += size;
    }
    if (open) {
        hf_find(
            report, "layout",
            hf_say("0x%08X to 0x%08X belongs to no area", (unsigned)gap, (unsigned)(at - 1)).text,
            "add it to an area, or write an area with use \"reserved\"");
    }
}
