// SPDX-License-Identifier: MIT
// A signed product, its images, and what it boots.
#include "signed_product.h"

#include <stdio.h>
#include <stdlib.h>

#define KEYS HF_SOURCE_DIR "/tests/keys/"

hf_signing_key *key_1, *key_2, *foreign_key;

int signed_load_keys(void **state)
{
    (void)state;
    hf_problem problem;
    return hf_signing_key_load(&key_1, KEYS "test-1.pem", NULL, &problem) ||
           hf_signing_key_load(&key_2, KEYS "test-2.pem", NULL, &problem) ||
           hf_signing_key_load(&foreign_key, KEYS "rfc6979.pem", NULL, &problem);
}

int signed_free_keys(void **state)
{
    (void)state;
    hf_signing_key_free(key_1);
    hf_signing_key_free(key_2);
    hf_signing_key_free(foreign_key);
    return 0;
}

uint32_t signed_id(const hf_signing_key *key)
{
    hf_point point;
    hf_signing_key_point(key, &point);
    return point.x[0];
}

product *signed_make(const char *board)
{
    product *it = test_calloc(1, sizeof *it);
    product_make(it, board);
    return it;
}

int signed_every(int usual)
{
    const char *given = getenv("HF_EVERY");
    int every = given != NULL ? atoi(given) : usual;
    return every > 0 ? every : usual;
}

void signed_end(product *it)
{
    product_free(it);
    test_free(it);
}

static hf_image sealed(const product *it, unsigned major, hf_seal_options options)
{
    char name[48];
    hf_problem problem;
    snprintf(name, sizeof name, "obj/unsealed/blink-v%u.elf", major);
    hf_image image = product_image(it, name);
    options.board = &it->description;
    options.version = HF_VERSION(major, 0, 0);
    options.product_id = it->description.product_id;
    if (hf_seal(&image, &options, &problem) != HF_OK) {
        fail_msg("%s", problem.what);
    }
    return image;
}

hf_image signed_image(const product *it, unsigned major, const hf_signing_key *key, uint32_t revoked_key)
{
    return sealed(it, major, (hf_seal_options){.key = key, .revoked_key = revoked_key});
}

hf_image signed_image_counting(const product *it, unsigned major, uint32_t counter)
{
    return sealed(it, major, (hf_seal_options){.key = key_1, .security_counter = counter});
}

bool signed_starts(product *it, vb_time within)
{
    uint32_t vector;
    vb_time until = vb_now(it->board) + within;
    vb_cpu cpu;
    do {
        assert_int_equal(vb_read(it->board, product_application(it) + 4, &vector, sizeof vector), VB_OK);
        vb_break_at(it->board, vector & ~1u);
        vb_time next = vb_now(it->board) + 5 * VB_MS; // what stands there may change on the way
        (void)vb_run(it->board, next < until ? next : until);
        vb_cpu_read(it->board, &cpu);
    } while (cpu.pc != (vector & ~1u) && vb_now(it->board) < until);
    vb_break_at(it->board, 0);
    return cpu.pc == (vector & ~1u);
}

bool signed_boots(product *it)
{
    vb_power_off(it->board, true);
    vb_power_on(it->board);
    return signed_starts(it, 6 * VB_S);
}

bool signed_boots_with(product *it, const hf_image *image)
{
    vb_power_off(it->board, true);
    product_install(it, image);
    return signed_boots(it);
}

void signed_into_update_mode(product *it)
{
    vb_power_off(it->board, true);
    vb_button(it->board, true);
    vb_power_on(it->board);
    product_wait(it, 2 * VB_S); // boards that stage look at the application first
    vb_button(it->board, false);
    product_discard(it);
}

hf_error signed_flash(product *it, const hf_image *image)
{
    hf_classic_options options = hf_classic_defaults(&it->description);
    hf_flash_report report;
    signed_into_update_mode(it);
    return product_flash(it, image, &options, &report);
}
