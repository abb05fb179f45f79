// SPDX-License-Identifier: MIT
// What the device says of itself: USB 2.0 9.6, DFU 1.1 4.1.3 and 4.2, WebUSB 4.1, Microsoft OS 2.0 descriptors.
#include <stddef.h>

#include "board.h"
#include "buffer.h"
#include "hf_dfu.h"
#include "port.h"
#include "usb.h"

#define WORD(value)  (uint8_t)((value) & 0xFFu), (uint8_t)((value) >> 8)
#define DWORD(value) WORD((value) & 0xFFFFu), WORD((uint32_t)(value) >> 16)

enum { DEVICE = 1, CONFIGURATION = 2, STRING = 3, BOS = 15, DFU_FUNCTIONAL = 0x21 };
enum { LANGUAGES, MANUFACTURER, PRODUCT, SERIAL, MEMORY };

static const uint8_t device[] = {
    18, DEVICE,
    WORD(0x0210),   // USB 2.1: there is a BOS descriptor
    0, 0, 0,        // class is told by the interface
    HF_USB_PACKET,
    WORD(HF_USB_VID), WORD(HF_USB_PID),
    WORD(0x0100),
    MANUFACTURER, PRODUCT, SERIAL,
    1,              // one configuration
};

static const uint8_t configuration[] = {
    9, CONFIGURATION, WORD(9 + 9 + 9),
    1, 1, 0,
    0x80,           // bus-powered
    50,             // 100 mA
    9, 4,           // interface
    0, 0, 0,
    0xFE, 1, 2,     // application specific, DFU, in DFU mode
    MEMORY,
    9, DFU_FUNCTIONAL,
    0x0B,           // download, upload, detaches by itself; not manifestation tolerant: it resets
    WORD(255),
    WORD(HF_DFU_TRANSFER_SIZE),
    WORD(HF_DFU_VERSION),
};

#define MS_SET_SIZE (10 + 20 + 132)

static const uint8_t bos[] = {
    5, BOS, WORD(5 + 24 + 28), 2,
    24, 16, 5, 0,   // platform capability: WebUSB, {3408b638-09a9-47a0-8bfd-a0768815b665}
    0x38, 0xB6, 0x08, 0x34, 0xA9, 0x09, 0xA0, 0x47, 0x8B, 0xFD, 0xA0, 0x76, 0x88, 0x15, 0xB6, 0x65,
    WORD(0x0100), 0x21, 0, // no landing page: a browser asks for the device, the device for no page
    28, 16, 5, 0,   // platform capability: Microsoft OS 2.0, {d8dd60df-4589-4cc7-9cd2-659d9e648a9f}
    0xDF, 0x60, 0xDD, 0xD8, 0x89, 0x45, 0xC7, 0x4C, 0x9C, 0xD2, 0x65, 0x9D, 0x9E, 0x64, 0x8A, 0x9F,
    DWORD(0x06030000), WORD(MS_SET_SIZE), HF_USB_VENDOR_MS, 0,
};

// The whole set as it goes over the wire: set header, "WINUSB" as compatible id, and a registry property. Programs that look
// for this interface class find the board on Windows without a driver of its own.
static const struct {
    uint8_t head[38];
    uint16_t name[21];
    uint16_t value_size;
    uint16_t value[40]; // a list of strings, ended by an empty one
} ms_set = {
    {
        WORD(10), WORD(0), DWORD(0x06030000), WORD(MS_SET_SIZE),
        WORD(20), WORD(3), 'W', 'I', 'N', 'U', 'S', 'B', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        WORD(132), WORD(4), WORD(7), WORD(42),
    },
    u"DeviceInterfaceGUIDs",
    80,
    u"{6e8f3b9c-27b1-4d0a-9c55-3f1d70a2e8b4}\0",
};
_Static_assert(sizeof ms_set == MS_SET_SIZE, "as its header and the BOS descriptor say");

static uint8_t text[2 + 2 * 126] HF_BUFFER; // UTF-16 is made when asked for

static uint8_t *put_utf16(uint8_t *to, const char *ascii)
{
    while (*ascii != '\0') {
        *to++ = (uint8_t)*ascii++;
        *to++ = 0;
    }
    return to;
}

static uint8_t *put_serial(uint8_t *to)
{
    uint8_t uid[12];
    hf_port.system.unique_id(uid);
    for (unsigned i = 0; i < 2 * sizeof uid; i++) {
        uint8_t nibble = uid[i / 2] >> (i % 2 == 0 ? 4 : 0) & 0xFu;
        *to++ = (uint8_t)(nibble < 10 ? '0' + nibble : 'A' + nibble - 10);
        *to++ = 0;
    }
    return to;
}

static hf_usb_answer string(uint8_t index, struct hf_usb_reply *reply)
{
    static const char *const strings[] = {
        [MANUFACTURER] = "Holdfast", [PRODUCT] = HF_BOARD_NAME, [MEMORY] = HF_DFUSE_MEMORY};
    uint8_t *end = text + 2;
    if (index == LANGUAGES) {
        *end++ = 0x09; // English (United States)
        *end++ = 0x04;
    } else if (index == SERIAL) {
        end = put_serial(end);
    } else if (index <= MEMORY) {
        end = put_utf16(end, strings[index]);
    } else {
        return HF_USB_STALL;
    }
    text[0] = (uint8_t)(end - text);
    text[1] = STRING;
    return hf_usb_send(reply, text, text[0]);
}

hf_usb_answer hf_usb_ms_descriptor_set(struct hf_usb_reply *reply)
{
    return hf_usb_send(reply, &ms_set, sizeof ms_set);
}

hf_usb_answer hf_usb_descriptor(uint16_t which, struct hf_usb_reply *reply)
{
    if (which >> 8 == STRING) {
        return string((uint8_t)which, reply);
    }
    switch (which) { // of each other type there is the first alone
    case DEVICE << 8: return hf_usb_send(reply, device, sizeof device);
    case CONFIGURATION << 8: return hf_usb_send(reply, configuration, sizeof configuration);
    case BOS << 8: return hf_usb_send(reply, bos, sizeof bos);
    case DFU_FUNCTIONAL << 8: return hf_usb_send(reply, configuration + 18, 9);
    default: return HF_USB_STALL;
    }
}
