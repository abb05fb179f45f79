// SPDX-License-Identifier: MIT
// An update over a serial line by the best protocol that the device speaks.
#ifndef HF_UPDATE_SERIAL_H
#define HF_UPDATE_SERIAL_H

#include "classic.h"
#include "fast.h"

typedef enum hf_protocol { HF_PROTOCOL_ANY, HF_PROTOCOL_FAST, HF_PROTOCOL_CLASSIC } hf_protocol;

typedef struct hf_serial_options {
    hf_protocol protocol; // HF_PROTOCOL_ANY: fast, else classic
    hf_classic_options classic;
    hf_fast_options fast;
} hf_serial_options;

// Errors of hf_fast_meet, hf_flash_fast and hf_flash_classic; HF_E_PROTOCOL when the device does not speak the one wanted.
hf_error hf_flash_serial(hf_transport *transport, const void *image, size_t size, const hf_serial_options *options,
                         const hf_listener *listener, hf_flash_report *report, hf_problem *problem);

#endif
