// SPDX-License-Identifier: MIT
// The core fails in the ways that applications and hosts are told about: formats/hf_failures.h lists them.
#ifndef HF_ERROR_H
#define HF_ERROR_H

#include "hf_err.h"

#endif
