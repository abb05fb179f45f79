// SPDX-License-Identifier: MIT
// What the records tell about updates, in one piece.
#ifndef HF_BOOT_STATUS_H
#define HF_BOOT_STATUS_H

#include "hf_status.h"

// Reads flash only. status.c where the board keeps records, status_none.c (all zero) where not.
void hf_status_read(struct hf_status *status);

// For a host: the same, and how many bytes it is; 0 where no records are kept.
uint32_t hf_status_tell(void *to);

#endif
