// SPDX-License-Identifier: MIT
// The rig: see rig.h.
#include "rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hf_image.h"
#include "image_file.h"
#include "seal.h"

static void on_byte(void *context, vb_time when, uint8_t byte, bool damaged)
{
    rig *r = context;
    (void)when;
    assert_true(r->count < sizeof r->heard);
    r->heard[r->count++] = byte;
    r->damaged += damaged;
    vb_stop_now(r->board);
}

static void on_report(void *context, vb_time when, vb_report kind, const char *words)
{
    (void)context;
    (void)when;
    (void)kind;
    fprintf(stderr, "board: %s\n", words);
}

void rig_start(rig *r, const char *name, uint32_t baud, vb_parity parity)
{
    char path[600], why[256];
    hf_complaint complaint;
    memset(r, 0, sizeof *r);
    snprintf(path, sizeof path, HF_SOURCE_DIR "/boards/%s.json", name);
    if (hf_board_read(&r->description, path, NULL, &complaint) != HF_LAYOUT_OK) {
        fail_msg("%s", complaint.text);
    }
    r->board = vb_create(&r->description, why, sizeof why);
    if (r->board == NULL) {
        fail_msg("%s", why);
    }
    snprintf(path, sizeof path, HF_BOARDS_DIR "/%s/boot.elf", name);
    if (vb_load_elf(r->board, path) != VB_OK) {
        fail_msg("%s", vb_error(r->board));
    }
    vb_on_report(r->board, on_report, r);
    r->line = (vb_line){baud, parity, 1};
    vb_uart_connect(r->board, r->description.uart.instance, &r->line, on_byte, r);
    vb_button(r->board, true);
    vb_power_on(r->board);
    rig_run_ms(r, 20);
    vb_button(r->board, false);
}

void rig_stop(rig *r)
{
    unsigned reports = 0;
    for (unsigned kind = 0; kind < VB_REPORT_KINDS; kind++) {
        reports += vb_reports(r->board, (vb_report)kind);
    }
    vb_destroy(r->board);
    assert_int_equal(reports, 0);
}

void rig_line(rig *r, uint32_t baud, vb_parity parity)
{
    r->line.baud = baud;
    r->line.parity = parity;
    vb_uart_set_line(r->board, r->description.uart.instance, &r->line);
}

void rig_run_ms(rig *r, uint32_t ms)
{
    vb_time until = vb_now(r->board) + ms * VB_MS;
    while (vb_now(r->board) < until) {
        vb_stop stop = vb_run(r->board, until);
        assert_true(stop == VB_STOP_TIME || stop == VB_STOP_ASKED);
    }
}

void rig_send(rig *r, const void *bytes, size_t size)
{
    vb_uart_send(r->board, r->description.uart.instance, bytes, size);
}

int rig_receive(rig *r, uint32_t timeout_ms)
{
    vb_time until = vb_now(r->board) + timeout_ms * VB_MS;
    while (r->read == r->count && vb_now(r->board) < until) {
        vb_stop stop = vb_run(r->board, until);
        assert_true(stop == VB_STOP_TIME || stop == VB_STOP_ASKED);
    }
    return r->read == r->count ? -1 : r->heard[r->read++];
}

void rig_ignore(rig *r)
{
    r->read = r->count = 0;
    r->damaged = 0;
}

int rig_ask(rig *r, const void *bytes, size_t size, uint32_t timeout_ms)
{
    rig_send(r, bytes, size);
    return rig_receive(r, timeout_ms);
}

uint8_t *rig_image(const rig *r, size_t size, uint32_t seed)
{
    const hf_area *area = hf_board_area(&r->description, HF_USE_APPLICATION);
    size_t payload = size - sizeof(struct hf_trailer);
    uint8_t *bytes = malloc(payload);
    assert_non_null(bytes);
    for (size_t i = 0; i < payload; i++) {
        seed = seed * 1664525u + 1013904223u;
        bytes[i] = (uint8_t)(seed >> 24);
    }
    memset(bytes, 0, 0x200);
    const uint32_t vectors[2] = {0x20020000u, (area->address + 0x200u) | 1u};
    memcpy(bytes, vectors, sizeof vectors);
    memcpy(bytes + 0x200, "\xfe\xe7", 2); // b .
    hf_image image = {0};
    hf_problem problem;
    hf_seal_options options = {
        .board = &r->description, .version = HF_VERSION(1, 0, 0), .product_id = r->description.product_id};
    if (hf_image_parse(&image, bytes, payload, "rig", &problem) || hf_seal(&image, &options, &problem)) {
        fail_msg("%s", problem.what);
    }
    free(bytes);
    assert_int_equal(image.size, size);
    bytes = malloc(size);
    memcpy(bytes, image.bytes, size);
    hf_image_free(&image);
    return bytes;
}
