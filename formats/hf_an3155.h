// SPDX-License-Identifier: MIT
// Constants of ST's USART bootloader protocol (AN3155), as far as Holdfast answers it; see docs/uart-protocol.md.
#ifndef HF_AN3155_H
#define HF_AN3155_H

#define HF_AN3155_VERSION 0x31u // protocol 3.1: the one most tools know best

#define HF_AN3155_GET            0x00u
#define HF_AN3155_GET_VERSION    0x01u
#define HF_AN3155_GET_ID         0x02u
#define HF_AN3155_READ           0x11u
#define HF_AN3155_GO             0x21u
#define HF_AN3155_WRITE          0x31u
#define HF_AN3155_ERASE          0x43u
#define HF_AN3155_EXTENDED_ERASE 0x44u
#define HF_AN3155_CHECKSUM       0xA1u

#define HF_AN3155_BLOCK     256u // bytes of data in one READ or WRITE
#define HF_AN3155_ALL       0xFFu   // ERASE: everything
#define HF_AN3155_EXTENDED_SPECIAL 0xFFF0u // EXTENDED ERASE: counts from here on are special codes
#define HF_AN3155_EXTENDED_ALL     0xFFFFu // of which this one means everything

// Between the bytes of a command. The ROM's loader waits for ever; a host that died must not hold the line.
#define HF_AN3155_BYTES_MS 2000u

// The last 8 bytes of the stub with which stm32flash resets a part (Cortex-M AIRCR and its key), and its whole size
// with stack pointer and entry in front.
#define HF_AN3155_STUB_SIZE 24u
#define HF_AN3155_STUB_AIRCR 0xE000ED0Cu
#define HF_AN3155_STUB_RESET 0x05FA0004u

#endif
