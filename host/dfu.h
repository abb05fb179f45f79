// SPDX-License-Identifier: MIT
// Updates over USB DFU, host side (docs/usb-dfu.md): DFU 1.1 with DfuSe.
#ifndef HF_HOST_DFU_H
#define HF_HOST_DFU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "classic.h"
#include "error.h"

#define HF_DFU_MEMORY 256 // bytes of a memory map, its end included

// How control transfers reach a device: libusb, or a virtual board in the same program.
typedef struct hf_dfu_ops {
    // One control transfer with the DFU interface. HF_E_NAK when the device refused it (STALL), HF_E_LINK_LOST.
    hf_error (*control)(void *context, uint8_t type, uint8_t request, uint16_t value, void *data, uint16_t length,
                        size_t *actual, hf_problem *problem);
    void (*wait)(void *context, uint32_t ms);
    uint64_t (*now_ms)(void *context); // since any fixed moment
    void (*close)(void *context);      // NULL when there is nothing to release
} hf_dfu_ops;

typedef struct hf_dfu_device {
    const hf_dfu_ops *ops;
    void *context;
    char memory[HF_DFU_MEMORY]; // the map its alternate setting 0 tells: "@Internal Flash/0x08010000/01*064Kg,..."
    uint16_t vid, pid;
    char product[128]; // the name of its board file
} hf_dfu_device;

// What was found at the USB ports.
typedef struct hf_dfu_found {
    uint16_t vid, pid;
    char product[128], serial[128], path[32]; // path: bus and ports, "1-2.3"
    char memory[HF_DFU_MEMORY];
} hf_dfu_found;

// Calls each for every device in DFU mode with DfuSe whose "VID:PID", serial number or path is filter; NULL: any.
// HF_E_NO_USB when USB is not there, HF_E_USB_PERMISSION when a device may not be opened.
hf_error hf_dfu_list(const char *filter, void (*each)(void *context, const hf_dfu_found *found), void *context,
                     hf_problem *problem);

// Opens the one such device. HF_E_NO_USB when there is none, or more than one; HF_E_USB_PERMISSION, HF_E_BUSY, HF_E_MEMORY.
hf_error hf_dfu_open(hf_dfu_device *device, const char *filter, hf_problem *problem);
void hf_dfu_close(hf_dfu_device *device);

typedef struct hf_dfu_options {
    uint32_t address;        // where the image belongs
    bool boot;               // leave for the application at the end
    bool force;              // send it whether it is enciphered as the device wants it or not
    bool address_each_block; // set the address before every block, as dfu-util does
} hf_dfu_options;

// Erases the sectors the image needs, writes it, and leaves: the device checks the image before it agrees. Nothing is
// erased unless the memory that the device lists begins where the image belongs, as that of its bootloader does (a ROM
// loader's begins at the start of flash), and all of it fits. *report is valid after failures too; it has no CRC.
// HF_E_WRONG_TARGET, HF_E_TRANSIT, HF_E_TOO_BIG (it does not fit what the device lists), HF_E_ERASE, HF_E_NAK, HF_E_BOOT
// (the image did not pass), HF_E_LINK_LOST, HF_E_INTERRUPTED.
hf_error hf_flash_dfu(hf_dfu_device *device, const void *image, size_t size, const hf_dfu_options *options,
                      const hf_listener *listener, hf_flash_report *report, hf_problem *problem);

// May the memory be read? That of a device that takes enciphered images may not.
bool hf_dfu_shows(const char *memory);

// The sector of a memory map that holds address. False when none does that can be erased and written.
bool hf_dfu_sector(const char *memory, uint32_t address, uint32_t *start, uint32_t *size);

#endif
