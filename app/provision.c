// SPDX-License-Identifier: MIT
// What production has written into the device, for the application.
#include "provision.h"

#include "holdfast.h"

bool hf_app_provision(struct hf_provision *to)
{
    return hf_provision_read(to);
}
