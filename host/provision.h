// SPDX-License-Identifier: MIT
// Provisioning one device over its serial line (docs/provisioning.md): its UUID, and the version of its hardware.
#ifndef HF_HOST_PROVISION_H
#define HF_HOST_PROVISION_H

#include <stdbool.h>

#include "order.h"

#define HF_UUID_SIZE 16
#define HF_UUID_TEXT 37 // 36 characters and the end

typedef struct hf_identity_card {
    uint8_t uuid[HF_UUID_SIZE]; // in the order in which it is written
    uint32_t hardware;          // as HF_VERSION()
} hf_identity_card;

// What the device was provisioned with. *found is false when it was not yet. HF_E_NO_PROVISION: its bootloader cannot be;
// HF_E_USAGE: not over USB; the errors of the link.
hf_error hf_provision_tell(const hf_order_link *link, hf_identity_card *card, bool *found, hf_problem *problem);

// Provisions it, and believes it only when the device tells the same afterwards. Once done it stays: HF_E_PROVISIONED when
// the device holds something else. Errors as above.
hf_error hf_provision_write(const hf_order_link *link, const hf_identity_card *card, hf_problem *problem);

// "123e4567-e89b-12d3-a456-426614174000". hf_uuid_parse: false when it is none.
void hf_uuid_text(const uint8_t uuid[HF_UUID_SIZE], char text[HF_UUID_TEXT]);
bool hf_uuid_parse(const char *text, uint8_t uuid[HF_UUID_SIZE]);

// A random one (version 4). HF_E_READ when the system has no random numbers.
hf_error hf_uuid_make(uint8_t uuid[HF_UUID_SIZE], hf_problem *problem);

#endif
