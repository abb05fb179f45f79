// SPDX-License-Identifier: MIT
// The bench board's line as a transport of libholdfast. For files that know the host's headers: the bootloader's error.h is
// another one.
#ifndef HF_TEST_HOST_LINE_H
#define HF_TEST_HOST_LINE_H

#include "transport.h"

hf_transport host_line(void);

#endif
