// SPDX-License-Identifier: MIT
// Telling a listener (update.h), whichever of its functions it has. The listener itself may be NULL, too.
#ifndef HF_LISTENER_H
#define HF_LISTENER_H

#include "update.h"

void hf_tell_log(const hf_listener *listener, const char *format, ...) __attribute__((format(printf, 2, 3)));
void hf_tell_progress(const hf_listener *listener, hf_phase phase, uint32_t done, uint32_t total);
void hf_tell_trace(const hf_listener *listener, bool sent, const void *bytes, size_t size);
bool hf_cancelled(const hf_listener *listener); // it wants everything to stop soon

#endif
