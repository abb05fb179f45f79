// SPDX-License-Identifier: MIT
// Every way libholdfast can fail: one enum, and one table with a stable code, the likely cause and the next step.
#ifndef HF_ERROR_H
#define HF_ERROR_H

#include <stddef.h>

typedef enum hf_error {
    HF_OK = 0,
    HF_E_MEMORY,        // out of memory
    HF_E_USAGE,         // the caller asked for something that makes no sense
    HF_E_READ,          // a file cannot be read
    HF_E_WRITE,         // a file cannot be written
    HF_E_EXISTS,        // a file is there that must not be written over
    HF_E_MALFORMED,     // a file breaks the rules of its own format
    HF_E_NOT_ARM,       // an ELF file, but not an executable for a 32-bit ARM
    HF_E_SPREAD,        // the content lies too far apart to be one image
    HF_E_EMPTY,         // nothing, or only erased flash
    HF_E_BOARD,         // the board or chip file is unreadable or malformed
    HF_E_LAYOUT,        // the board file breaks a rule of the layout
    HF_E_LINK_ADDRESS,  // linked for another address
    HF_E_STACK,         // initial stack pointer outside RAM
    HF_E_RESET,         // reset vector outside the payload, or without the Thumb bit
    HF_E_TOO_BIG,       // does not fit the slot
    HF_E_TOO_SMALL,     // smaller than a vector table
    HF_E_RESERVED_USED, // the vectors that hold the mark are in use
    HF_E_SEALED_TWICE,  // sealed already
    HF_E_NO_PORT,       // no such port
    HF_E_PERMISSION,    // the port may not be opened
    HF_E_BUSY,          // another program has the port
    HF_E_NOT_TERMINAL,  // the port is not a serial line
    HF_E_LINE,          // the port cannot do this speed
    HF_E_NO_LINES,      // the port has no modem lines
    HF_E_UNREACHABLE,   // the TCP peer cannot be reached
    HF_E_NO_ANSWER,     // nothing answered SYNC
    HF_E_STRANGER,      // something answered, but it is no bootloader
    HF_E_PROTOCOL,      // the bootloader does not speak the protocol that was asked for
    HF_E_OCCUPIED,      // the bootloader serves a host at another link
    HF_E_NO_USB,        // no device in DFU mode, or more than one
    HF_E_USB_PERMISSION, // the USB device may not be opened
    HF_E_LINK_LOST,     // the port failed while it was in use
    HF_E_SILENT,        // the device stopped answering
    HF_E_ERASE,         // the device refused to erase
    HF_E_NAK,           // the device refused a frame after all retries
    HF_E_BOOT,          // the device refused to start the image
    HF_E_VERIFY,        // the device's content differs from the image
    HF_E_NOT_SEALED,    // no mark: never sealed
    HF_E_DAMAGED,       // sealed once, but not intact
    HF_E_WRONG_TARGET,  // sealed for another chip, product or address
    HF_E_KEY_FILE,      // a file or token holds no private key of P-256
    HF_E_PASSPHRASE,    // the passphrase of a key is missing or wrong
    HF_E_TOKEN,         // a token cannot be reached, or does not sign
    HF_E_TRANSIT_KEY,   // a file holds no transit key
    HF_E_FOREIGN_KEY,   // the key is none of the board's
    HF_E_TRANSIT,       // enciphered for a device that wants images in the clear, or the reverse
    HF_E_UNTRUSTED,     // not signed, or not by one of the board's keys
    HF_E_NO_ORDERS,     // the device's bootloader takes no orders
    HF_E_ORDER_REFUSED, // the device did not obey an order
    HF_E_NO_PROVISION,  // the device's bootloader has no place for a UUID
    HF_E_PROVISIONED,   // the device has another UUID or hardware version already
    HF_E_UNPROVISIONED, // the device has none yet
    HF_E_UNPROTECTED,   // after an order to protect itself the chip is not protected
    HF_E_INTERRUPTED,   // the caller asked to stop
    HF_ERRORS
} hf_error;

// What failed, in one sentence without a full stop, with the names and numbers of this case.
typedef struct hf_problem {
    hf_error error;
    char what[512];
    char next[256]; // what to do about this case; "": what is always true, hf_error_info.next
} hf_problem;

// What is always true about an error. exit_status says whether trying again helps: see hf_exit_statuses.
typedef struct hf_error_info {
    const char *code;  // "E0401": never reused for something else
    int exit_status;
    const char *cause; // the most likely one
    const char *next;  // what to do about it
} hf_error_info;

typedef struct hf_exit_status {
    int status;
    const char *meaning;
} hf_exit_status;

// The table's row. error must be one of the enum and not HF_OK.
const hf_error_info *hf_error_about(hf_error error);

// Every exit status of the command line, in rising order; ends with meaning NULL.
extern const hf_exit_status hf_exit_statuses[];

// Fills *problem (which may be NULL) and returns error.
hf_error hf_fail(hf_problem *problem, hf_error error, const char *format, ...) __attribute__((format(printf, 3, 4)));

// Says what to do about a problem that hf_fail has filled in.
void hf_advise(hf_problem *problem, const char *format, ...) __attribute__((format(printf, 2, 3)));

// What there is to do: the advice given, or else the table's.
const char *hf_problem_next(const hf_problem *problem);

#endif
