// SPDX-License-Identifier: MIT
// What app/port.c needs of a family: cache_FAMILY.c. Not for applications.
#ifndef HF_APP_MACHINE_H
#define HF_APP_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

// Data caches that would hide what flash holds: switched off and emptied around every change of flash. cache_off says
// whether they were on, for cache_restore.
bool hf_app_cache_off(void);
void hf_app_cache_restore(bool was_on);

// Common CRC-32 of flash, as struct hf_port wants it (crc32.c).
hf_err hf_app_crc32(uint32_t address, uint32_t size, uint32_t *crc);

#endif
