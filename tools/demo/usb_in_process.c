// SPDX-License-Identifier: MIT
// hf-demo-usb BOARD.json STATE IMAGE: libholdfast's DFU updates a virtual board in the same program, over its USB.
// STATE is the board's flash as vboard left it; what the update made of it is written back.
#include <stdio.h>
#include <string.h>

#include "image_file.h"
#include "usb_link.h"

static int trouble(const char *what)
{
    fprintf(stderr, "hf-demo-usb: %s\n", what);
    return 1;
}

static int update(vb_board *board, hf_image *image, const char *state)
{
    usb_link link;
    hf_dfu_device device;
    hf_problem problem;
    hf_flash_report report;
    hf_listener silent = {0};
    hf_dfu_options options = {.address = image->address, .boot = true, .address_each_block = true};
    vb_button(board, true);
    vb_power_on(board);
    bool there = usb_link_open(&link, board) && usb_link_plug(&link) && usb_link_dfu(&link, &device);
    vb_button(board, false);
    if (!there) {
        return trouble("the board is no DFU device");
    }
    if (hf_flash_dfu(&device, image->bytes, image->size, &options, &silent, &report, &problem) != HF_OK) {
        return trouble(problem.what);
    }
    vb_run(board, vb_now(board) + VB_S / 10);
    usb_link_close(&link);
    vb_power_off(board, true);
    printf("%zu bytes written to 0x%08X\n", image->size, (unsigned)image->address);
    return vb_state_save(board, state) == VB_OK ? 0 : trouble(vb_error(board));
}

int main(int count, char **words)
{
    hf_board description;
    hf_complaint why;
    hf_problem problem;
    hf_image image;
    char text[256];
    if (count != 4) {
        return trouble("usage: hf-demo-usb BOARD.json STATE IMAGE");
    }
    if (hf_board_read(&description, words[1], NULL, &why) != HF_LAYOUT_OK) {
        return trouble(why.text);
    }
    if (hf_image_load(&image, words[3], &problem) != HF_OK) {
        return trouble(problem.what);
    }
    image.address = hf_board_area(&description, HF_USE_APPLICATION)->address;
    vb_board *board = vb_create(&description, text, sizeof text);
    if (board == NULL) {
        return trouble(text);
    }
    int status = vb_state_load(board, words[2]) == VB_OK ? update(board, &image, words[2]) : trouble(vb_error(board));
    hf_image_free(&image);
    vb_destroy(board);
    return status;
}
