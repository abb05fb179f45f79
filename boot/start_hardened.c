// SPDX-License-Identifier: MIT
// Starting the application, for products whose enemy can disturb the core: no single skipped instruction and no single
// wrong value may start an image that the check refuses (docs/security.md).
//
// The image is checked twice, from flash to signature: by the boot decision, and here. Each check leaves a proof. The address that is
// started is computed from both proofs. There is no branch that only has to be skipped, and whoever gets behind the
// checks on another way starts nothing: the vectors would be read where no memory is.
#include "board.h"
#include "image.h"
#include "known.h"
#include "port.h"

// Far from each other, from 0 and from all ones; so is what is left of them when one is missing.
#define PROOF_1 0x5A3C96E1u
#define PROOF_2 0xA693D84Bu

// In memory, where a value that was not stored is the 0 of start-up. volatile: each is what it was computed to be, and
// the compiler draws no conclusion from one about the other.
static volatile uint32_t proofs[2];

void hf_image_start(hf_err checked)
{
    proofs[0] = PROOF_1 ^ (uint32_t)checked;
    if (proofs[0] != PROOF_1) {
        return;
    }
    proofs[1] = PROOF_2 ^ (uint32_t)hf_image_check() << 8;
    if (proofs[1] != PROOF_2) {
        return;
    }
    hf_known_keep(proofs[0] ^ proofs[1] ^ PROOF_1 ^ PROOF_2);
    hf_port.system.start((PROOF_1 ^ PROOF_2 ^ HF_APP_ADDRESS) ^ proofs[0] ^ proofs[1]);
}
