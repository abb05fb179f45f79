// SPDX-License-Identifier: MIT
// The scenarios, told by a host and an application that know nothing of cuts.
#include "scenario.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "flash.h"
#include "hf_bank.h"
#include "hf_image.h"
#include "machine.h"

#define VERSIONS 9u // images of version 1 to 9; the last is the one that everybody can be updated to

story now;

const char *const outcome_words[OUTCOMES] = {
    "the old image runs", "the new image runs", "update mode", "A WRONG IMAGE STARTS", "BRICKED",
    "AN UPDATE AFTERWARDS FAILS", "FLASH IS MISUSED",
};

// -- images -----------------------------------------------------------------------------------------------------------

static image images[VERSIONS + 1];

static void put(uint8_t *at, uint32_t word)
{
    memcpy(at, &word, sizeof word);
}

// Content where it matters and blank in between, so that an image reaches through the whole slot and has few operations:
// both ends of every sector of the slot.
static void fill(image *it, unsigned major)
{
    uint32_t state = major * 2654435761u;
    for (uint32_t at = 0; at < it->size; at += 4) {
        sector which = flash_sector(m.core->app + at);
        uint32_t from = m.core->app + at - which.start, left = which.size - from;
        state = state * 1664525u + 1013904223u;
        if (from < 64 || left <= 32) {
            put(it->bytes + at, state);
        }
    }
}

static void make(image *it, unsigned major)
{
    // Each version has another length, so that a mix of two never has the right one by chance.
    uint32_t payload = (m.core->app_size * 7 / 8 - major * 64) & ~(HF_IMAGE_ALIGN - 1);
    struct hf_trailer trailer = {.magic = HF_TRAILER_MAGIC,
                                 .format = HF_IMAGE_FORMAT,
                                 .size = sizeof trailer,
                                 .payload_length = payload,
                                 .load_address = m.core->app,
                                 .product_id = m.core->product_id,
                                 .chip_id = m.core->chip_id,
                                 .version = HF_VERSION(major, 0, 0)};
    it->size = payload + sizeof trailer;
    it->bytes = malloc(it->size);
    if (it->bytes == NULL) {
        perror("image");
        exit(3);
    }
    memset(it->bytes, 0xFF, it->size);
    fill(it, major);
    put(it->bytes + HF_IMAGE_OFFSET_SP, m.core->stack);
    put(it->bytes + HF_IMAGE_OFFSET_RESET, m.core->app + 0x41);
    put(it->bytes + HF_IMAGE_OFFSET_MARK, HF_IMAGE_MARK);
    put(it->bytes + HF_IMAGE_OFFSET_LENGTH, payload);
    put(it->bytes + HF_IMAGE_OFFSET_LENGTH_NOT, ~payload);
    memcpy(it->bytes + payload, &trailer, sizeof trailer);
    trailer.crc32 = (uint32_t)crc32(0, it->bytes, (uInt)(payload + offsetof(struct hf_trailer, crc32)));
    memcpy(it->bytes + payload, &trailer, sizeof trailer);
}

void images_make(void)
{
    for (unsigned major = 1; major <= VERSIONS; major++) {
        free(images[major].bytes);
        make(&images[major], major);
    }
}

const image *image_of_version(unsigned major)
{
    return &images[major];
}

// -- what happens to a board ------------------------------------------------------------------------------------------

static bool runs(const image *it)
{
    return flash_holds(m.core->app, it->bytes, it->size);
}

// As a debugger does it.
static void put_there(const image *it)
{
    for (uint32_t at = 0; at < it->size; at += m.core->unit) {
        (void)flash_program_unit(m.core->app + at, it->bytes + at);
    }
}

static bool enter_update_mode(void)
{
    m.button = true;
    ending how = machine_reset();
    m.button = false;
    return how == ENDED_UPDATE_MODE;
}

static bool send(const image *it)
{
    return machine_receive(it->bytes, it->size) == HF_OK;
}

static bool start(const image *it)
{
    return machine_reset() == ENDED_STARTED && runs(it);
}

static bool update(const image *to)
{
    if (!enter_update_mode() || !send(to)) {
        return false;
    }
    machine_leave_update_mode();
    return start(to);
}

bool update_succeeds(void)
{
    return update(&images[VERSIONS]);
}

// And the application says that it works, where somebody asks.
static bool update_for_good(const image *to)
{
    return update(to) && (!m.core->trial || machine_confirm());
}

static bool stages(const core *board)
{
    return board->staging_size != 0;
}

static bool application_stages(const core *board)
{
    return board->stage != NULL;
}

static bool always(const core *board)
{
    (void)board;
    return true;
}

static bool refuses(const core *board)
{
    return board->refuses;
}

static bool is_tried(const core *board)
{
    return stages(board) && board->trial;
}

static bool is_final(const core *board)
{
    return stages(board) && !board->trial;
}

// In place there is no application while one is received.
static unsigned on_the_way(void)
{
    return EITHER | (stages(m.core) ? 0 : ALLOW(UPDATE_MODE));
}

static void tell(const image *old, const image *new, unsigned allowed)
{
    now = (story){.old = old != NULL ? *old : (image){0}, .new = new != NULL ? *new : (image){0}, .allowed = allowed};
}

// -- the scenarios ----------------------------------------------------------------------------------------------------

static bool blank(void)
{
    tell(NULL, &images[1], ALLOW(BOOTED_NEW) | ALLOW(UPDATE_MODE));
    return true;
}

static bool install_first(void)
{
    if (machine_reset() != ENDED_UPDATE_MODE || !send(&images[1])) {
        return false;
    }
    machine_leave_update_mode();
    return start(&images[1]);
}

static bool first_runs(void)
{
    put_there(&images[1]);
    bool done = start(&images[1]);
    tell(&images[1], &images[2], on_the_way());
    return done;
}

static bool update_to_second(void)
{
    return update(&images[2]);
}

static bool update_by_dfu(void)
{
    bool done = enter_update_mode() && machine_receive_by_dfu(images[2].bytes, images[2].size) == HF_OK;
    machine_leave_update_mode();
    return done && start(&images[2]);
}

// The second is in place, and before it was ever started somebody holds the button and comes with the third.
static bool second_was_never_started(void)
{
    bool done = first_runs() && enter_update_mode() && send(&images[2]);
    machine_leave_update_mode();
    m.mailbox = 0;
    done = done && enter_update_mode();
    tell(&images[2], &images[3], EITHER | ALLOW(UPDATE_MODE));
    now.older = images[1];
    return done;
}

static bool second_was_installed(void)
{
    bool done = first_runs() && update_for_good(&images[2]);
    tell(&images[2], &images[3], on_the_way());
    return done;
}

static bool update_to_third(void)
{
    return update_for_good(&images[3]);
}

static bool swaps(const core *board)
{
    return board->bank_size != 0;
}

// What the other bank's records tell of the image before it is still there when the next one comes.
static bool update_sparing(const image *to)
{
    bool done = enter_update_mode() && machine_receive_sparing(to->bytes, to->size) == HF_OK;
    machine_leave_update_mode();
    return done && start(to) && machine_confirm();
}

static bool third_is_sparing(void)
{
    return update_sparing(&images[3]);
}

// It is back to the first, and the other bank knows that what is there has failed.
static bool second_was_rejected(void)
{
    bool done = first_runs() && update(&images[2]) && start(&images[1]);
    tell(&images[1], &images[3], EITHER);
    return done;
}

// Both banks have been received into so often that there is no room for what becomes known of another image.
static bool records_are_used_up(void)
{
    bool done = first_runs();
    for (unsigned i = 0; i < 2 * HF_BANK_GENERATIONS && done; i++) {
        done = update_sparing(&images[2]);
    }
    tell(&images[2], &images[3], EITHER);
    return done;
}

static bool second_is_to_be_confirmed(void)
{
    bool done = first_runs() && update(&images[2]);
    tell(&images[1], &images[2], EITHER);
    return done;
}

// Once it has been told that it is confirmed, the application relies on it.
static bool confirm(void)
{
    bool done = machine_confirm();
    now.allowed = ALLOW(BOOTED_NEW);
    return done && start(&images[2]) && machine_confirm() && start(&images[2]);
}

static bool stage_second(void)
{
    return machine_stage(images[2].bytes, images[2].size) == HF_OK && start(&images[2]);
}

static bool second_is_on_trial(void)
{
    bool done = first_runs() && update(&images[2]);
    tell(&images[1], &images[2], ALLOW(BOOTED_OLD)); // what was tried and not confirmed never comes back
    return done;
}

static bool trial_ends(void)
{
    return start(&images[1]);
}

// The host dies half-way, and another one starts over.
static bool send_twice(void)
{
    if (!enter_update_mode()) {
        return false;
    }
    (void)machine_receive(images[2].bytes, images[2].size / 2);
    return send(&images[2]) && (machine_leave_update_mode(), start(&images[2]));
}

static bool second_runs(void)
{
    put_there(&images[2]);
    bool done = start(&images[2]);
    tell(&images[2], NULL, stages(m.core) ? ALLOW(BOOTED_OLD) : ALLOW(BOOTED_OLD) | ALLOW(UPDATE_MODE));
    return done;
}

// An image of a lower version, well made: it is refused, whatever fails meanwhile.
static bool downgrade(void)
{
    if (!enter_update_mode() || send(&images[1])) {
        return false;
    }
    machine_leave_update_mode();
    return stages(m.core) ? start(&images[2]) : machine_reset() == ENDED_UPDATE_MODE;
}

static bool has_provision(const core *board)
{
    return board->provision != NULL;
}

// In production, by a host, when the application is there already. That it is whole or absent then is test_provision.c's.
static bool provision(void)
{
    struct hf_provision it = {.uuid = {1, 2, 3}, .hardware = 0x01020000u};
    it.crc32 = (uint32_t)crc32(0, (const uint8_t *)&it, offsetof(struct hf_provision, crc32));
    bool done = enter_update_mode() && m.core->provision(&it) == HF_OK;
    machine_leave_update_mode();
    return done && start(&images[1]);
}

// Something else than an update has damaged the application; the restore copy is at hand.
static bool application_is_damaged(void)
{
    bool done = first_runs() && update_for_good(&images[2]);
    uint8_t zeros[32] = {0};
    (void)flash_program_unit(m.core->app + 4096 % m.core->app_size / 2, zeros);
    (void)flash_program_unit(m.core->app, zeros);
    flash_forget_misuse();
    tell(&images[2], NULL, ALLOW(BOOTED_OLD));
    return done;
}

static bool restore(void)
{
    return start(&images[2]);
}

const scenario scenarios[] = {
    {"first-install", always, blank, install_first},
    {"update", always, first_runs, update_to_second},
    {"update-by-dfu", always, first_runs, update_by_dfu},
    {"update-unstarted", is_tried, second_was_never_started, update_to_third},
    {"stage-by-application", application_stages, first_runs, stage_second},
    {"update-again", stages, second_was_installed, update_to_third},
    {"records-of-another", swaps, second_was_installed, third_is_sparing},
    {"records-of-unstarted", swaps, second_was_never_started, third_is_sparing},
    {"records-of-rejected", swaps, second_was_rejected, third_is_sparing},
    {"records-used-up", swaps, records_are_used_up, third_is_sparing},
    {"confirm", is_tried, second_is_to_be_confirmed, confirm},
    {"revert", is_tried, second_is_on_trial, trial_ends},
    {"host-starts-over", always, first_runs, send_twice},
    {"downgrade", refuses, second_runs, downgrade},
    {"provision", has_provision, first_runs, provision},
    {"restore", is_final, application_is_damaged, restore},
    {0},
};
