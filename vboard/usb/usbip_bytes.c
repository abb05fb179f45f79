// SPDX-License-Identifier: MIT
// A queue of bytes that grows.
#include <stdlib.h>
#include <string.h>

#include "usbip_impl.h"

static bool make_room(usbip_bytes *buffer, size_t needed)
{
    if (needed <= buffer->room) {
        return true;
    }
    size_t room = needed < 2 * buffer->room ? 2 * buffer->room : needed;
    uint8_t *bytes = realloc(buffer->bytes, room);
    if (bytes == NULL) {
        buffer->lost = true;
        return false;
    }
    buffer->bytes = bytes;
    buffer->room = room;
    return true;
}

uint8_t *usbip_grow(usbip_bytes *buffer, size_t size)
{
    if (buffer->lost || !make_room(buffer, buffer->used + size)) {
        return NULL;
    }
    uint8_t *at = buffer->bytes + buffer->used;
    memset(at, 0, size);
    buffer->used += size;
    return at;
}

void usbip_drop(usbip_bytes *buffer, size_t size)
{
    buffer->used -= size;
    if (buffer->used > 0) {
        memmove(buffer->bytes, buffer->bytes + size, buffer->used);
    }
}

void usbip_free(usbip_bytes *buffer)
{
    free(buffer->bytes);
    *buffer = (usbip_bytes){0};
}
