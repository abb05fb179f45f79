// SPDX-License-Identifier: MIT
// Inside the bench board: what its files share.
#ifndef HF_TEST_BENCH_PORT_H
#define HF_TEST_BENCH_PORT_H

#include "bench_board.h"
#include "port.h"

// The core did what it must never do. Reported by the next board_check.
void violate(const char *format, ...) __attribute__((format(printf, 1, 2)));

void clock_advance_us(uint64_t us);
uint64_t clock_us(void);

// The board's thread: hands over to the host when that has waited for this, and goes on when the
// host waits again.
void thread_meet_host(bool heard);
void thread_end(board_state state) __attribute__((noreturn));

// The host's side: lets the board run until deadline_us, or until it says something when `listen`.
void thread_run(uint64_t deadline_us, bool listen);

// bench_line.c or bench_usb.c
void line_new(void);

// bench_flash.c
uint32_t flash_sector_end(uint32_t address);
uint32_t flash_erase_ms(uint32_t address);
hf_err flash_erase(uint32_t address);
hf_err flash_program(uint32_t address, const uint8_t *data, uint32_t size);
hf_err flash_read(uint32_t address, void *to, uint32_t size);
hf_err flash_crc32(uint32_t address, uint32_t size, uint32_t *crc);

#endif
