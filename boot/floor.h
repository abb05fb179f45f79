// SPDX-License-Identifier: MIT
// Downgrade protection: the lowest version and security counter that may be installed or started. The floor is a
// record; it rises when an image is started that is not on trial. Its version falls only by an override, its counter never.
#ifndef HF_FLOOR_H
#define HF_FLOOR_H

#include "error.h"

#include <stdint.h>

// Is the image at base, which is valid, above the floor? HF_OK, HF_E_VERSION, HF_E_COUNTER, or a flash error.
hf_err hf_floor_check(uint32_t base);

// Raises the floor to the application's version and counter. HF_OK, also when it is there already, or a flash error.
hf_err hf_floor_raise(void);

// The other bank's records are about to go, and the floor may stand there alone: puts it on record here as well. HF_OK, also
// when it is here already or there is none, or a flash error. Where banks do not change places it has nothing to do.
hf_err hf_floor_keep(void);

// Lets the floor fall to version, if that is lower; the security counter stays. Only for an order whose signature has been
// verified; an HF_RECORD_OVERRIDE tells of it from then on. It lasts until an image that is not on trial is started. HF_OK,
// a flash error, or HF_E_ORDER where no floor is kept.
hf_err hf_floor_override(uint32_t version);

#endif
