// SPDX-License-Identifier: MIT
// The links of this fuzzer.
#include <stddef.h>

#include "machine.h"

extern const struct host usb_host;
const struct host *const hosts[] = {&usb_host, NULL};
