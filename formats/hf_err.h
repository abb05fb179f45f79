// SPDX-License-Identifier: MIT
// Every way the bootloader can fail, by name: HF_E_ERASED and so on, as hf_failures.h lists and explains them.
#ifndef HF_ERR_H
#define HF_ERR_H

#include "hf_failures.h"

typedef enum hf_err {
    HF_OK = 0,
#define HF_AS_ENUMERATOR(name, number, words) HF_E_##name = (number),
    HF_FAILURES(HF_AS_ENUMERATOR)
#undef HF_AS_ENUMERATOR
} hf_err;

#endif
