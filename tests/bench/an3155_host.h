// SPDX-License-Identifier: MIT
// A host for AN3155 that asks what stm32flash asks for `-w`, in the same order, without its delays.
#ifndef HF_BENCH_AN3155_HOST_H
#define HF_BENCH_AN3155_HOST_H

#include <stdbool.h>

#include "hf_layout.h"
#include "image_file.h"
#include "transport.h"
#include "update.h"

// Erases what the image needs, writes it in blocks of 256 bytes and starts it. False when the device refuses anything.
bool an3155_update(hf_transport *transport, const hf_board *board, const hf_image *image, const hf_listener *listener);

#endif
