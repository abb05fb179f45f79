// SPDX-License-Identifier: MIT
// cmocka wants these before itself.
#ifndef HF_TEST_BENCH_ASSERT_H
#define HF_TEST_BENCH_ASSERT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
