// SPDX-License-Identifier: MIT
// Reads what --uart says.
#include <string.h>

#include "port.h"

#define ITEM_MAX 256

static bool refuse(char *why, size_t size, const char *text, const char *fix)
{
    snprintf(why, size, "--uart %s: %s", text, fix);
    return false;
}

static bool read_parity(const char *value, vb_parity *parity)
{
    static const char *const names[] = {"none", "even", "odd"};
    static const vb_parity values[] = {VB_PARITY_NONE, VB_PARITY_EVEN, VB_PARITY_ODD};
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(value, names[i]) == 0) {
            *parity = values[i];
            return true;
        }
    }
    return false;
}

static bool read_setting(port_spec *spec, const char *item)
{
    uint32_t number;
    if (strncmp(item, "baud=", 5) == 0 && read_u32(item + 5, &number) && number > 0) {
        spec->baud_given = true;
        spec->line.baud = number;
        return true;
    }
    if (strncmp(item, "stop=", 5) == 0 && read_u32(item + 5, &number) &&
        (number == 1 || number == 2)) {
        spec->stop_given = true;
        spec->line.stop_bits = (uint8_t)number;
        return true;
    }
    if (strncmp(item, "parity=", 7) == 0 && read_parity(item + 7, &spec->line.parity)) {
        spec->parity_given = true;
        return true;
    }
    return false;
}

static bool read_place(port_spec *spec, const char *item)
{
    uint32_t number;
    if (strcmp(item, "pty") == 0) {
        spec->kind = PORT_PTY;
        return true;
    }
    if (strncmp(item, "pty:", 4) == 0 && item[4] != '\0' && strlen(item + 4) < sizeof spec->path) {
        spec->kind = PORT_PTY;
        strcpy(spec->path, item + 4);
        return true;
    }
    if (strncmp(item, "tcp:", 4) == 0 && read_u32(item + 4, &number) && number <= UINT16_MAX) {
        spec->kind = PORT_TCP;
        spec->number = (uint16_t)number;
        return true;
    }
    return false;
}

// The name in front of "pty" or "tcp", if there is one.
static const char *read_name(port_spec *spec, const char *text)
{
    size_t length = strcspn(text, "=:,");
    if (text[length] != '=' || length >= sizeof spec->uart) {
        return text;
    }
    memcpy(spec->uart, text, length);
    return text + length + 1;
}

// Copies up to the next comma and steps behind it; NULL at the end or when an item is too long.
static const char *next_item(const char *text, char item[ITEM_MAX])
{
    size_t length = strcspn(text, ",");
    if (length >= ITEM_MAX) {
        return NULL;
    }
    memcpy(item, text, length);
    item[length] = '\0';
    return text[length] == ',' ? text + length + 1 : text + length;
}

bool port_spec_read(port_spec *spec, const char *text, char *why, size_t size)
{
    *spec = (port_spec){.line = {.parity = VB_PARITY_NONE, .stop_bits = 1}};
    char item[ITEM_MAX];
    const char *rest = next_item(read_name(spec, text), item);
    if (rest == NULL || !read_place(spec, item)) {
        return refuse(why, size, text,
                      "write [NAME=]pty:PATH or [NAME=]tcp:PORT, e.g. usart2=pty:/tmp/uart");
    }
    while (*rest != '\0') {
        rest = next_item(rest, item);
        if (rest == NULL || !read_setting(spec, item)) {
            return refuse(why, size, text,
                          "settings are baud=N, parity=none|even|odd and stop=1|2");
        }
    }
    return true;
}
