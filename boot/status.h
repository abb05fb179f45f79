// SPDX-License-Identifier: MIT
// What the records tell about updates, in one piece.
#ifndef HF_BOOT_STATUS_H
#define HF_BOOT_STATUS_H

#include "hf_status.h"

// Reads flash only. status.c where the board keeps records, status_none.c (all zero) where not.
void hf_status_read(struct hf_status *status);

#endif
