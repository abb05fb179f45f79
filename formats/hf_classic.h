// SPDX-License-Identifier: MIT
// Constants of the classic UART protocol, specified in docs/uart-protocol.md.
#ifndef HF_CLASSIC_H
#define HF_CLASSIC_H

#define HF_CLASSIC_SYNC   0x7Fu
#define HF_CLASSIC_ERASE  0xEEu
#define HF_CLASSIC_DATA   0xDAu
#define HF_CLASSIC_VERIFY 0xCCu
#define HF_CLASSIC_BOOT   0xBBu
#define HF_CLASSIC_ACK    0x79u
#define HF_CLASSIC_NAK    0x1Fu

// DATA frames: command, payload, CRC-16 (standard profile only). The last frame is padded with 0xFF.
#define HF_CLASSIC_PAYLOAD           128u
#define HF_CLASSIC_CLASSROOM_PAYLOAD 64u // exercise 1: no CRC-16

// CRC-16/CCITT-FALSE over the payload, big-endian on the wire: no reflection, no final xor; "123456789" gives 0x29B1.
#define HF_CRC16_POLY 0x1021u
#define HF_CRC16_INIT 0xFFFFu

// Timing. The device's figures; a host must be at least as patient.
#define HF_CLASSIC_SYNC_MS   5000u  // first SYNC is awaited this long at a time, then NAK and wait on
#define HF_CLASSIC_FRAME_MS  2000u  // within a transfer the next frame must be complete after this, else NAK
#define HF_CLASSIC_IDLE_MS   30000u // silence after which a valid application is started
#define HF_CLASSIC_RETRIES   3u     // a host sends a frame up to this many times again

#endif
