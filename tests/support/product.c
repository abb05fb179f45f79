// SPDX-License-Identifier: MIT
// Making a product, its LED and its serial line.
#include "product.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hf_classic.h"

#define ERASE_PATIENCE (40 * VB_S)
#define ANSWER_WITHIN  (3 * VB_S)

static const char *const kinds[] = {"unmodelled", "unclocked", "misuse", "fault"};

static void on_report(void *context, vb_time when, vb_report kind, const char *words)
{
    const product *it = context;
    if (!it->provokes[kind]) {
        print_message("%.9f %s: %s\n", (double)when / (double)VB_S, kinds[kind], words);
    }
}

static void on_pin(void *context, vb_time when, hf_pin pin, vb_level level)
{
    product *it = context;
    const hf_board *board = &it->description;
    if (pin.port != board->led.port || pin.number != board->led.number) {
        return;
    }
    bool lit = level == (board->led_active_high ? VB_HIGH : VB_LOW);
    if (it->led_count < PRODUCT_LED_MAX && (it->led_count > 0 || lit)) { // its pin going from floating to low is no change
        it->led[it->led_count++] = (product_led_change){when, lit};
    }
}

const char *product_file(const product *it, const char *name)
{
    static char path[700];
    snprintf(path, sizeof path, "%s/%s/%s", HF_FIRMWARE_DIR, it->description.name, name);
    return path;
}

void product_make(product *it, const char *name)
{
    char path[600], why[256];
    hf_complaint complaint;
    *it = (product){0};
    snprintf(path, sizeof path, "%s/boards/%s.json", HF_SOURCE_DIR, name);
    if (access(path, R_OK) != 0) {
        snprintf(path, sizeof path, "%s/tests/boards/%s.json", HF_SOURCE_DIR, name);
    }
    if (hf_board_read(&it->description, path, HF_SOURCE_DIR "/chips", &complaint) != HF_LAYOUT_OK) {
        fail_msg("%s", complaint.text);
    }
    it->board = vb_create(&it->description, why, sizeof why);
    if (it->board == NULL) {
        fail_msg("%s", why);
    }
    if (vb_load_elf(it->board, product_file(it, "boot.elf")) != VB_OK) {
        fail_msg("%s: run make first", vb_error(it->board));
    }
    vb_on_report(it->board, on_report, it);
    vb_on_pin(it->board, on_pin, it);
    it->transport =
        board_link_open(&it->link, it->board, it->description.uart.instance, it->description.uart.baud);
}

void product_free(product *it)
{
    for (unsigned kind = 0; kind < VB_REPORT_KINDS; kind++) {
        unsigned count = vb_reports(it->board, (vb_report)kind);
        if (count > 0 && !it->provokes[kind]) {
            fail_msg("%u reports: %s", count, kinds[kind]);
        }
    }
    assert_false(it->link.overflow);
    vb_destroy(it->board);
}

// -- images -----------------------------------------------------------------------------------------------------------

hf_image product_image(const product *it, const char *name)
{
    hf_image image = {0};
    hf_problem problem;
    if (hf_image_load(&image, product_file(it, name), &problem) != HF_OK) {
        fail_msg("%s", problem.what);
    }
    return image;
}

uint32_t product_application(const product *it)
{
    return hf_board_area(&it->description, HF_USE_APPLICATION)->address;
}

void product_install(product *it, const hf_image *image)
{
    assert_int_equal(vb_write(it->board, product_application(it), image->bytes, image->size), VB_OK);
}

bool product_holds(const product *it, const hf_image *image)
{
    uint8_t *found = test_malloc(image->size);
    assert_int_equal(vb_read(it->board, product_application(it), found, image->size), VB_OK);
    bool same = memcmp(found, image->bytes, image->size) == 0;
    test_free(found);
    return same;
}

// -- time and LED -----------------------------------------------------------------------------------------------------

// A byte that arrives ends a run of the board: go on until the time has come.
void product_wait(product *it, vb_time duration)
{
    vb_time until = vb_now(it->board) + duration;
    while (vb_now(it->board) < until) {
        vb_stop stop = vb_run(it->board, until);
        assert_true(stop == VB_STOP_TIME || stop == VB_STOP_ASKED);
    }
}

void product_led_forget(product *it)
{
    it->led_count = 0;
}

void product_expect_blink(product *it, unsigned ms)
{
    product_led_forget(it);
    product_wait(it, 3 * VB_S);
    assert_in_range(it->led_count, 3000 / ms - 2, 3000 / ms + 1);
    for (size_t i = 1; i < it->led_count; i++) {
        assert_true(it->led[i].lit != it->led[i - 1].lit);
        assert_in_range(it->led[i].when - it->led[i - 1].when, ms * VB_MS - VB_MS, ms * VB_MS + VB_MS);
    }
}

// -- the serial line --------------------------------------------------------------------------------------------------

void product_send(product *it, const void *bytes, size_t size)
{
    vb_uart_send(it->board, it->description.uart.instance, bytes, size);
}

size_t product_hear(product *it, void *bytes, size_t size, vb_time within)
{
    vb_time until = vb_now(it->board) + within;
    size_t count = 0;
    while (count < size && vb_now(it->board) < until) {
        size_t got;
        hf_problem problem;
        uint32_t ms = (uint32_t)((until - vb_now(it->board) + VB_MS - 1) / VB_MS);
        assert_int_equal(
            it->transport.ops->read(it->transport.context, (uint8_t *)bytes + count, size - count, ms, &got, &problem),
            HF_OK);
        count += got;
    }
    return count;
}

int product_ask(product *it, const void *bytes, size_t size, vb_time within)
{
    uint8_t answer;
    product_send(it, bytes, size);
    return product_hear(it, &answer, 1, within) == 1 ? answer : -1;
}

int product_sync(product *it)
{
    return product_ask(it, (uint8_t[]){HF_CLASSIC_SYNC}, 1, ANSWER_WITHIN);
}

int product_erase(product *it)
{
    return product_ask(it, (uint8_t[]){HF_CLASSIC_ERASE}, 1, ERASE_PATIENCE);
}

void product_discard(product *it)
{
    it->link.taken = it->link.put;
}

hf_error product_flash(product *it, const hf_image *image, const hf_classic_options *options, hf_flash_report *report)
{
    hf_problem problem;
    hf_listener silent = {0};
    hf_error error = hf_flash_classic(&it->transport, image->bytes, image->size, options, &silent, report, &problem);
    if (error != HF_OK) {
        print_message("flash: %s\n", problem.what);
    }
    return error;
}

int product_send_frame(product *it, const hf_image *image, unsigned n, bool damaged)
{
    bool classroom = it->description.uart.classroom;
    size_t payload = classroom ? HF_CLASSIC_CLASSROOM_PAYLOAD : HF_CLASSIC_PAYLOAD;
    uint8_t frame[1 + HF_CLASSIC_PAYLOAD + 2];
    frame[0] = HF_CLASSIC_DATA;
    for (size_t i = 0; i < payload; i++) {
        size_t at = n * payload + i;
        frame[1 + i] = at < image->size ? image->bytes[at] : 0xFF;
    }
    uint16_t crc = hf_crc16(frame + 1, payload);
    frame[1 + payload] = (uint8_t)(crc >> 8);
    frame[2 + payload] = (uint8_t)crc;
    frame[1 + payload / 2] ^= damaged ? 0x10 : 0;
    return product_ask(it, frame, 1 + payload + (classroom ? 0 : 2), ANSWER_WITHIN);
}
