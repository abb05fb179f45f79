// SPDX-License-Identifier: MIT
#include "listener.h"

#include <stdarg.h>
#include <stdio.h>

const char *hf_phase_name(hf_phase phase)
{
    static const char *const names[] = {"sync", "enter", "compare", "erase", "write", "verify", "boot"};
    return names[phase];
}

void hf_tell_log(const hf_listener *listener, const char *format, ...)
{
    if (listener == NULL || listener->log == NULL) {
        return;
    }
    char text[200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    listener->log(listener->context, text);
}

void hf_tell_progress(const hf_listener *listener, hf_phase phase, uint32_t done, uint32_t total)
{
    if (listener != NULL && listener->progress != NULL) {
        listener->progress(listener->context, phase, done, total);
    }
}

void hf_tell_trace(const hf_listener *listener, bool sent, const void *bytes, size_t size)
{
    if (listener != NULL && listener->trace != NULL) {
        listener->trace(listener->context, sent, bytes, size);
    }
}

bool hf_cancelled(const hf_listener *listener)
{
    return listener != NULL && listener->cancelled != NULL && listener->cancelled(listener->context);
}
