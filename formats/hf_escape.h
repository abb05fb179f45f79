// SPDX-License-Identifier: MIT
// The serial escape: what a host sends to a running application that is to enter update mode, specified in
// docs/uart-protocol.md. Opening, the product's id and a CRC-16 over both, numbers big-endian.
#ifndef HF_ESCAPE_H
#define HF_ESCAPE_H

#define HF_ESCAPE_OPENING      "\x1BHoldfast" // ESC and eight letters: the bootloader knows no command 1B
#define HF_ESCAPE_OPENING_SIZE 9u
#define HF_ESCAPE_PRODUCT      HF_ESCAPE_OPENING_SIZE    // offset of the product's id
#define HF_ESCAPE_CRC          (HF_ESCAPE_PRODUCT + 4u) // offset of the CRC-16, that of DATA frames (hf_classic.h)
#define HF_ESCAPE_SIZE         (HF_ESCAPE_CRC + 2u)

#endif
