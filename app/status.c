// SPDX-License-Identifier: MIT
// What the bootloader remembers, for the application.
#include "status.h"

#include "holdfast.h"

void hf_app_status(struct hf_status *status)
{
    hf_status_read(status);
}

hf_boot_reason hf_app_boot_reason(void)
{
    struct hf_status status;
    hf_status_read(&status);
    return (hf_boot_reason)status.boot_reason;
}

hf_err hf_app_last_failure(uint32_t *version)
{
    struct hf_status status;
    hf_status_read(&status);
    *version = status.failed_version;
    return (hf_err)status.failure;
}
