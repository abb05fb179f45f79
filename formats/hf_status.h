// SPDX-License-Identifier: MIT
// What a device remembers of its updates: read by the application (app/holdfast.h) and told to hosts.
#ifndef HF_STATUS_H
#define HF_STATUS_H

#include <stdint.h>

// All zero where the board file asks for no records. Little-endian; a host learns it byte by byte like this.
struct hf_status {
    uint8_t state;           // hf_state: where an update stands (hf_state.h)
    uint8_t boot_reason;     // hf_boot_reason: why the application is the one it is (hf_state.h)
    uint16_t failure;        // what went wrong last, a number of hf_failures.h; 0: nothing ever did
    uint32_t failed_version; // of the image it went wrong with; 0: not known
    uint32_t floor_version;  // lowest version that may be installed or started, as HF_VERSION()
    uint32_t floor_counter;  // lowest security counter
    uint32_t override_from;  // the floor's version before the last override, 0: there was none
    uint32_t override_to;    // and after it
};

_Static_assert(sizeof(struct hf_status) == 24, "the status is a wire format");

#endif
