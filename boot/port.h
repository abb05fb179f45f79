// SPDX-License-Identifier: MIT
// All the bootloader's core knows of the machine: const structs of functions, filled in by port/.
//
// The core runs in one thread and calls these from nowhere else. Addresses are those of the part's memory map.
#ifndef HF_PORT_H
#define HF_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

struct hf_port {
    // Flash. erase and program unlock, check every error flag, read back, and always lock again.
    struct {
        hf_err (*erase)(uint32_t address); // the sector that holds address
        hf_err (*program)(uint32_t address, const uint8_t *data, uint32_t size); // whole program units
        uint32_t (*sector_end)(uint32_t address); // first address behind the sector that holds address
        uint32_t (*erase_ms)(uint32_t address);   // how long its erase takes, typically
        hf_err (*read)(uint32_t address, void *to, uint32_t size); // size in whole words, address aligned
        hf_err (*crc32)(uint32_t address, uint32_t size, uint32_t *crc); // common CRC-32 (zlib); as read
        void (*read_much)(bool on); // clock and cache up for long reading; off before flash is changed
    } flash;

    struct {
        uint32_t (*now_ms)(void);     // counts up, wraps; call it at least twice a second while waiting
        void (*feed_watchdog)(void);
        void (*led)(bool on);
        void (*unique_id)(uint8_t uid[12]);   // the chip's own serial number
        bool (*button)(void);         // held, polarity applied
        uint32_t (*take_request)(void);       // mailbox content; reading clears it
        void (*put_request)(uint32_t request);
        void (*enter_update_mode)(void);      // clocks up, watchdog slowed, LED driven
        void (*begin_work)(void);             // for long work on flash at boot: clock up, watchdog slowed
        void (*start_watchdog)(uint32_t ms);  // runs until the next reset; about so long
        void (*reset)(void) __attribute__((noreturn));
        void (*start)(uint32_t vectors) __attribute__((noreturn)); // machine as at reset, then the image there
    } system;
};

extern const struct hf_port hf_port;

// Two banks that can change places; only in builds with the strategy bank_swap.
struct hf_bank_port {
    hf_err (*swap)(void);        // HF_OK: the banks will have changed places after the next reset
    uint32_t (*boot_size)(void); // bytes of this bootloader, from HF_BOOT_ADDRESS on
};

extern const struct hf_bank_port hf_bank_port;

// How the chip protects its flash.
struct hf_protection {
    uint8_t read_level; // 0: not at all; 1: taking it back erases all flash; 2: nobody can take it back
    uint8_t write;      // 1: the bootloader's sectors are write-protected
};
#define HF_PROTECTION_UNTOLD 0xFFu

// Protection by the chip, as the board file wants it; only in builds with protection.
struct hf_protection_port {
    struct hf_protection (*now)(void);
    bool (*in_force)(void); // all of it, or nobody can change anything any more
    void (*enforce)(void);  // adds what is missing
};

extern const struct hf_protection_port hf_protection_port;

// The serial line, once open. The driver keeps at least two protocol frames while the core is busy elsewhere.
struct hf_serial_port {
    void (*open)(void);
    uint32_t (*receive)(uint8_t *to, uint32_t size); // what has come, up to size bytes, which is not 0; how many
    void (*send)(uint8_t byte);
    void (*flush)(void);  // returns when the last stop bit has left
    void (*listen)(void); // whoever comes next may use another speed: as after open
};

extern const struct hf_serial_port hf_serial_port; // the driver's; only in builds with a serial line

// What a line can do beyond that; only in builds with a protocol that asks for it. Such a line begins by listening: 7F
// at any speed sets the speed, and is the first byte received. Until then it sends at the board's.
struct hf_serial_line {
    void (*match_parity)(void);  // the last two bytes received came in one go and show the host's parity: answer alike
    bool (*set_baud)(uint32_t baud); // once all is sent; false when the line cannot do it
    void (*restore_baud)(void);  // what it was before
    void (*bulk)(bool on);       // receive without the core, HF_UART_BULK bytes ahead; drops what has come
};

extern const struct hf_serial_line hf_serial_line;

// What a USB controller has to tell.
typedef enum hf_usb_event {
    HF_USB_NOTHING,
    HF_USB_RESET, // the host reset the bus: address 0, not configured
    HF_USB_SETUP, // *packet: the 8 bytes; whatever transfer was under way has ended
    HF_USB_SENT,
    HF_USB_TAKEN, // *packet: *size bytes
} hf_usb_event;

// The USB device controller: the control endpoint alone, one packet of up to 64 bytes at a time.
struct hf_usb_port {
    void (*open)(void);                  // attach to the bus
    void (*close)(void);                 // detach
    hf_usb_event (*poll)(const uint8_t **packet, uint32_t *size); // what has happened, oldest first; the packet until next time
    void (*send)(const uint8_t *packet, uint32_t size);    // HF_USB_SENT follows when the host has it
    void (*accept)(void);                // take one packet from the host: HF_USB_TAKEN follows
    void (*stall)(void);                 // refuse; ends with the next SETUP by itself
    void (*set_address)(uint8_t address); // in force when the status stage has ended
};

extern const struct hf_usb_port hf_usb_port; // the driver's; only in builds with USB

#endif
