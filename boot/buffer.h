// SPDX-License-Identifier: MIT
// Large memory that is written before it is read. It is not cleared at start, which would cost each boot most of a
// millisecond, and stands apart from the variables: close together, those are reached from one address by short instructions.
#ifndef HF_BUFFER_H
#define HF_BUFFER_H

#define HF_BUFFER __attribute__((section(".noinit")))

#endif
