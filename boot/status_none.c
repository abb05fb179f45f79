// SPDX-License-Identifier: MIT
// Without records nothing is remembered.
#include "status.h"

void hf_status_read(struct hf_status *status)
{
    *status = (struct hf_status){0};
}

uint32_t hf_status_tell(void *to)
{
    (void)to;
    return 0;
}
