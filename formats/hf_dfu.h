// SPDX-License-Identifier: MIT
// Constants of USB DFU 1.1 and of ST's DfuSe 1.1a extension (UM0424), as both sides of the cable use them.
#ifndef HF_DFU_H
#define HF_DFU_H

#define HF_DFU_TRANSFER_SIZE 2048u
#define HF_DFU_VERSION       0x011Au // bcdDFUVersion that says DfuSe

// Requests (DFU 1.1, table 3.2).
#define HF_DFU_DETACH    0u
#define HF_DFU_DNLOAD    1u
#define HF_DFU_UPLOAD    2u
#define HF_DFU_GETSTATUS 3u
#define HF_DFU_CLRSTATUS 4u
#define HF_DFU_GETSTATE  5u
#define HF_DFU_ABORT     6u

// DfuSe commands: first byte of a DNLOAD with block number 0. Data blocks count from 2.
#define HF_DFUSE_GET_COMMANDS 0x00u
#define HF_DFUSE_SET_ADDRESS  0x21u
#define HF_DFUSE_ERASE        0x41u // alone: everything; with an address: the sector that holds it
#define HF_DFUSE_UNPROTECT    0x92u // refused
#define HF_DFUSE_ORDER        0x4Fu // Holdfast's own: a signed order follows (hf_order.h)
#define HF_DFUSE_FIRST_BLOCK  2u
#define HF_DFUSE_IDENTITY     1u // block number that DfuSe leaves free: UPLOAD gives the device's identity (hf_order.h)

// States (DFU 1.1, 6.1.2).
typedef enum hf_dfu_state {
    HF_DFU_APP_IDLE = 0,
    HF_DFU_APP_DETACH = 1,
    HF_DFU_IDLE = 2,
    HF_DFU_DNLOAD_SYNC = 3,
    HF_DFU_DNBUSY = 4,
    HF_DFU_DNLOAD_IDLE = 5,
    HF_DFU_MANIFEST_SYNC = 6,
    HF_DFU_MANIFEST = 7,
    HF_DFU_MANIFEST_WAIT_RESET = 8,
    HF_DFU_UPLOAD_IDLE = 9,
    HF_DFU_ERROR = 10,
} hf_dfu_state;

// Status codes (DFU 1.1, 6.1.2), under the names dfu-util prints.
typedef enum hf_dfu_status {
    HF_DFU_OK = 0x00,
    HF_DFU_ERR_TARGET = 0x01,
    HF_DFU_ERR_FILE = 0x02,
    HF_DFU_ERR_WRITE = 0x03,
    HF_DFU_ERR_ERASE = 0x04,
    HF_DFU_ERR_CHECK_ERASED = 0x05,
    HF_DFU_ERR_PROG = 0x06,
    HF_DFU_ERR_VERIFY = 0x07,
    HF_DFU_ERR_ADDRESS = 0x08,
    HF_DFU_ERR_NOTDONE = 0x09,
    HF_DFU_ERR_FIRMWARE = 0x0A,
    HF_DFU_ERR_VENDOR = 0x0B,
    HF_DFU_ERR_USBR = 0x0C,
    HF_DFU_ERR_POR = 0x0D,
    HF_DFU_ERR_UNKNOWN = 0x0E,
    HF_DFU_ERR_STALLEDPKT = 0x0F,
} hf_dfu_status;

#endif
