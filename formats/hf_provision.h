// SPDX-License-Identifier: MIT
// What production writes into a device, once: which one it is, and of what hardware. docs/provisioning.md.
#ifndef HF_PROVISION_H
#define HF_PROVISION_H

#include <stdint.h>

// On the wire and in the journal. Numbers are little-endian.
struct hf_provision {
    uint8_t uuid[16];  // in the order in which it is written (RFC 9562)
    uint32_t hardware; // version of the hardware, as HF_VERSION()
    uint32_t crc32;    // common CRC-32 of the 20 bytes before it
};

_Static_assert(sizeof(struct hf_provision) == 24, "a provision is a wire format");

// On the serial line. TELL: ACK, then the provision, all ones when there is none. PROVISION: ACK, the host sends it, then ACK
// when it is in force, or NAK.
#define HF_SERIAL_PROVISION 0x50u // 'P'
#define HF_SERIAL_TELL      0x54u // 'T'

#endif
