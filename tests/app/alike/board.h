// SPDX-License-Identifier: MIT
// A product whose id repeats the first bytes of the escape: 1B 48 6F 6C.
#define HF_PRODUCT_ID 0x1B486F6Cu
