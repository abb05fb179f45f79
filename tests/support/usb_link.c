// SPDX-License-Identifier: MIT
// The in-process USB cable.
#include "usb_link.h"

#include <string.h>

bool usb_link_open(usb_link *link, vb_board *board)
{
    *link = (usb_link){.board = board, .host = vb_usb_open(board, "otg_fs")};
    return link->host != NULL;
}

void usb_link_close(usb_link *link)
{
    if (link->host != NULL) {
        vb_usb_close(link->host);
        link->host = NULL;
    }
}

static void run(usb_link *link, vb_time time)
{
    (void)vb_run(link->board, vb_now(link->board) + time);
}

static void enumerated(void *context, bool known)
{
    usb_link *link = context;
    link->enumerated = known ? 1 : -1;
}

static void port_changed(void *context, vb_usb_state state)
{
    usb_link *link = context;
    vb_usb_enumerate_port(&link->enumeration, state);
}

bool usb_link_plug(usb_link *link)
{
    vb_usb_plug(link->host);
    for (unsigned ms = 0; ms < 2000 && vb_usb_port(link->host) < VB_USB_ATTACHED; ms++) {
        run(link, VB_MS);
    }
    link->enumerated = 0;
    vb_usb_on_port(link->host, port_changed, link);
    vb_usb_enumerate(&link->enumeration, link->host, USB_LINK_ADDRESS, enumerated, link);
    for (unsigned ms = 0; ms < 2000 && link->enumerated == 0; ms++) {
        run(link, VB_MS);
    }
    return link->enumerated == 1 && usb_link_control(link, 0x00, 9, 1, 0, NULL, 0, NULL) == VB_USB_DONE;
}

bool usb_link_attached(const usb_link *link)
{
    return vb_usb_port(link->host) >= VB_USB_ATTACHED;
}

vb_usb_status usb_link_control(usb_link *link, uint8_t type, uint8_t request, uint16_t value, uint16_t index, void *data,
                               uint16_t length, size_t *actual)
{
    vb_urb urb = {
        .kind = VB_USB_CONTROL,
        .address = USB_LINK_ADDRESS,
        .max_packet = 64,
        .setup = {type, request, (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)index, (uint8_t)(index >> 8),
                  (uint8_t)length, (uint8_t)(length >> 8)},
        .data = data,
        .size = length,
    };
    vb_usb_status status = vb_usb_transfer(link->host, &urb);
    if (actual != NULL) {
        *actual = urb.actual;
    }
    return status;
}

void usb_link_string(usb_link *link, uint8_t index, char *text, size_t size)
{
    uint8_t bytes[255];
    size_t actual = 0, put = 0;
    (void)usb_link_control(link, 0x80, 6, (uint16_t)(0x0300 | index), 0x0409, bytes, sizeof bytes, &actual);
    for (size_t at = 2; at + 1 < actual && put + 1 < size; at += 2) {
        text[put++] = (char)bytes[at];
    }
    text[put] = '\0';
}

static hf_error control(void *context, uint8_t type, uint8_t request, uint16_t value, void *data, uint16_t length,
                        size_t *actual, hf_problem *problem)
{
    switch (usb_link_control(context, type, request, value, 0, data, length, actual)) {
    case VB_USB_DONE: return HF_OK;
    case VB_USB_STALLED: return hf_fail(problem, HF_E_NAK, "the device refused request %u", request);
    default: return hf_fail(problem, HF_E_LINK_LOST, "the device is gone");
    }
}

static void wait(void *context, uint32_t ms)
{
    run(context, ms * VB_MS);
}

static uint64_t now_ms(void *context)
{
    usb_link *link = context;
    return vb_now(link->board) / VB_MS;
}

bool usb_link_dfu(usb_link *link, hf_dfu_device *device)
{
    static const hf_dfu_ops ops = {control, wait, now_ms, NULL};
    *device = (hf_dfu_device){.ops = &ops, .context = link};
    usb_link_string(link, link->enumeration.known.descriptors[0][17], device->memory, sizeof device->memory);
    return device->memory[0] == '@';
}
