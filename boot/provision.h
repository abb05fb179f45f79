// SPDX-License-Identifier: MIT
// What production has written into this device: provision.c, for boards that ask for it. No update touches it.
#ifndef HF_BOOT_PROVISION_H
#define HF_BOOT_PROVISION_H

#include <stdbool.h>

#include "error.h"
#include "hf_provision.h"

// False when the device has not been provisioned; *to is undefined then. Reads flash only.
bool hf_provision_read(struct hf_provision *to);

// Puts it on record, once and for all: in force, and certain, when this returns HF_OK, also when the same was before. After
// a cut it is or is not, never in part. HF_E_CRC: its CRC-32 is another; HF_E_PROVISIONED: something else is in force;
// else a flash error.
hf_err hf_provision_write(const struct hf_provision *what);

#endif
