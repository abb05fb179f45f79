// SPDX-License-Identifier: MIT
// A board that runs a guest with OTG_FS, plugged into the virtual host and enumerated.
#include <stdio.h>
#include <string.h>

#include "plug.h"

static void say(void *context, vb_time when, vb_report kind, const char *words)
{
    (void)context;
    printf("%.6f s, report %d: %s\n", (double)when / (double)VB_S, kind, words);
}

void plug_open(usb_plug *plug, const char *elf)
{
    hf_complaint why;
    char words[256] = "";
    *plug = (usb_plug){0};
    assert_int_equal(HF_LAYOUT_OK,
                     hf_board_read(&plug->description,
                                   HF_SOURCE_DIR "/boards/stm32f407-classic.json", NULL, &why));
    plug->board = vb_create(&plug->description, words, sizeof words);
    assert_non_null(plug->board);
    vb_on_report(plug->board, say, plug);
    assert_int_equal(VB_OK, vb_load_elf(plug->board, elf));
    plug->host = vb_usb_open(plug->board, "otg_fs");
    assert_non_null(plug->host);
    vb_power_on(plug->board);
}

void plug_close(usb_plug *plug)
{
    vb_usb_close(plug->host);
    vb_destroy(plug->board);
}

void plug_run(usb_plug *plug, vb_time time)
{
    assert_int_equal(VB_STOP_TIME, vb_run(plug->board, vb_now(plug->board) + time));
}

void plug_wait(usb_plug *plug, vb_usb_state state)
{
    for (unsigned ms = 0; vb_usb_port(plug->host) != state; ms++) {
        assert_true(ms < 2000);
        plug_run(plug, VB_MS);
    }
}

static void enumerated(void *context, bool known)
{
    usb_plug *plug = context;
    plug->enumerated = known ? 1 : -1;
}

static void port_changed(void *context, vb_usb_state state)
{
    usb_plug *plug = context;
    vb_usb_enumerate_port(&plug->enumeration, state);
}

void plug_enumerate(usb_plug *plug)
{
    vb_usb_plug(plug->host);
    if (vb_usb_port(plug->host) < VB_USB_ATTACHED) {
        plug_wait(plug, VB_USB_ATTACHED);
    }
    plug->enumerated = 0;
    vb_usb_on_port(plug->host, port_changed, plug);
    vb_usb_enumerate(&plug->enumeration, plug->host, PLUG_ADDRESS, enumerated, plug);
    for (unsigned ms = 0; plug->enumerated == 0; ms++) {
        assert_true(ms < 2000);
        plug_run(plug, VB_MS);
    }
    assert_int_equal(1, plug->enumerated);
    assert_int_equal(VB_USB_DONE, plug_control(plug, 0x00, 9, 1, 0, NULL, 0, NULL));
}

vb_usb_status plug_control(usb_plug *plug, uint8_t type, uint8_t request, uint16_t value,
                           uint16_t index, void *data, uint16_t size, size_t *actual)
{
    vb_urb urb = {
        .kind = VB_USB_CONTROL,
        .address = PLUG_ADDRESS,
        .max_packet = 64,
        .setup = {type, request, (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)index,
                  (uint8_t)(index >> 8), (uint8_t)size, (uint8_t)(size >> 8)},
        .data = data,
        .size = size,
    };
    vb_usb_status status = vb_usb_transfer(plug->host, &urb);
    if (actual != NULL) {
        *actual = urb.actual;
    }
    return status;
}

vb_urb plug_bulk(uint8_t address, void *data, size_t size)
{
    return (vb_urb){.kind = VB_USB_BULK,
                    .address = PLUG_ADDRESS,
                    .endpoint = address & 15,
                    .in = (address & 0x80) != 0,
                    .max_packet = 64,
                    .data = data,
                    .size = size};
}

uint32_t plug_result(usb_plug *plug, unsigned nth)
{
    uint32_t word = 0;
    assert_int_equal(VB_OK, vb_read(plug->board, 0x20000000 + 4 * nth, &word, 4));
    return word;
}

void plug_expect_clean(usb_plug *plug)
{
    for (int kind = 0; kind < VB_REPORT_KINDS; kind++) {
        assert_int_equal(0, vb_reports(plug->board, (vb_report)kind));
    }
}
