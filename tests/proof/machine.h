// SPDX-License-Identifier: MIT
// Values nobody knows, for the machine and the entries of the proof.
#ifndef HF_PROOF_MACHINE_H
#define HF_PROOF_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "__fc_builtin.h" // Frama-C's

static inline uint32_t machine_any(void)
{
    return Frama_C_unsigned_int_interval(0, UINT32_MAX);
}

static inline bool machine_maybe(void)
{
    if (Frama_C_interval(0, 1) != 0) { // branches: Eva then follows both apart
        return true;
    }
    return false;
}

#endif
