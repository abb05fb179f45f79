// SPDX-License-Identifier: MIT
// What the device says of itself: USB 2.0 9.6, DFU 1.1 4.1.3 and 4.2, WebUSB 4.1, Microsoft OS 2.0 descriptors.
#include <stddef.h>

#include "board.h"
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

// Set header, "WINUSB" as compatible id, and the head of a registry property whose name and value follow as text.
static const uint8_t ms_head[] = {
    WORD(10), WORD(0), DWORD(0x06030000), WORD(MS_SET_SIZE),
    WORD(20), WORD(3), 'W', 'I', 'N', 'U', 'S', 'B', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    WORD(132), WORD(4), WORD(7), WORD(42),
};
// Programs that look for this interface class find the board on Windows without a driver of its own.
static const char ms_property[] = "DeviceInterfaceGUIDs";
static const char ms_guid[] = "{6e8f3b9c-27b1-4d0a-9c55-3f1d70a2e8b4}";

static uint8_t text[MS_SET_SIZE > 2 + 2 * 126 ? MS_SET_SIZE : 2 + 2 * 126]; // UTF-16 is made when asked for

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

static bool string(uint8_t index, struct hf_usb_reply *reply)
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
        return false;
    }
    text[0] = (uint8_t)(end - text);
    text[1] = STRING;
    *reply = (struct hf_usb_reply){text, text[0]};
    return true;
}

void hf_usb_ms_descriptor_set(struct hf_usb_reply *reply)
{
    __builtin_memcpy(text, ms_head, sizeof ms_head);
    uint8_t *end = put_utf16(text + sizeof ms_head, ms_property);
    static const uint8_t value_head[] = {0, 0, WORD(80)}; // the name's end, and the size of the value
    __builtin_memcpy(end, value_head, sizeof value_head);
    end = put_utf16(end + sizeof value_head, ms_guid);
    __builtin_memset(end, 0, 4); // the value is a list of strings, ended by an empty one
    *reply = (struct hf_usb_reply){text, MS_SET_SIZE};
}

bool hf_usb_descriptor(uint8_t type, uint8_t index, struct hf_usb_reply *reply)
{
    static const struct {
        uint8_t type;
        uint8_t size;
        const uint8_t *data;
    } fixed[] = {
        {DEVICE, sizeof device, device},
        {CONFIGURATION, sizeof configuration, configuration},
        {BOS, sizeof bos, bos},
        {DFU_FUNCTIONAL, 9, configuration + 18},
    };
    if (type == STRING) {
        return string(index, reply);
    }
    for (unsigned i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        if (fixed[i].type == type && index == 0) {
            *reply = (struct hf_usb_reply){(uint8_t *)fixed[i].data, fixed[i].size};
            return true;
        }
    }
    return false;
}
