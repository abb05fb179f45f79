// SPDX-License-Identifier: MIT
// The links of this fuzzer.
#include <stddef.h>

#include "machine.h"

extern const struct host serial_host;
const struct host *const hosts[] = {&serial_host, NULL};
