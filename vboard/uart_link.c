// SPDX-License-Identifier: MIT
// Serial lines: the far end's settings and its queue. What happens on the wire is the UART model's business.
#include "core.h"

#include <stdlib.h>
#include <string.h>

#define UART_BREAK 0x100u

static core_device *uart_named(const vb_board *board, const char *name)
{
    vb_device *device = vb_device_named(board, name);
    core_device *found = device != NULL ? core_of(device) : NULL;
    return found != NULL && found->uart.ops != NULL ? found : NULL;
}

void core_uart_destroy(core_uart *uart)
{
    free(uart->queue);
}

void vb_uart_register(vb_device *device, const vb_uart_ops *ops)
{
    core_of(device)->uart.ops = ops;
}

static vb_status set_line(core_device *device, const vb_line *line)
{
    device->uart.line = *line;
    device->uart.ops->line_changed(&device->device);
    return VB_OK;
}

vb_status vb_uart_connect(vb_board *board, const char *name, const vb_line *line, vb_uart_fn fn, void *context)
{
    core_device *device = uart_named(board, name);
    if (device == NULL) {
        return core_fail(board, VB_E_NAME, "the chip has no UART named %s", name);
    }
    device->uart.fn = fn;
    device->uart.context = context;
    device->uart.connected = true;
    return set_line(device, line);
}

vb_status vb_uart_set_line(vb_board *board, const char *name, const vb_line *line)
{
    core_device *device = uart_named(board, name);
    if (device == NULL) {
        return core_fail(board, VB_E_NAME, "the chip has no UART named %s", name);
    }
    return set_line(device, line);
}

// Makes room for one more. The queue is a ring; growing unrolls it.
static bool make_room(core_uart *uart)
{
    if (uart->count < uart->capacity) {
        return true;
    }
    size_t capacity = uart->capacity != 0 ? 2 * uart->capacity : 256;
    uint16_t *queue = malloc(capacity * sizeof *queue);
    if (queue == NULL) {
        return false;
    }
    for (size_t i = 0; i < uart->count; i++) {
        queue[i] = uart->queue[(uart->first + i) % uart->capacity];
    }
    free(uart->queue);
    uart->queue = queue;
    uart->first = 0;
    uart->capacity = capacity;
    return true;
}

static void enqueue(core_uart *uart, uint16_t what)
{
    if (make_room(uart)) {
        uart->queue[(uart->first + uart->count++) % uart->capacity] = what;
    }
}

size_t vb_uart_send(vb_board *board, const char *name, const void *bytes, size_t size)
{
    core_device *device = uart_named(board, name);
    if (device == NULL) {
        return 0;
    }
    for (size_t i = 0; i < size; i++) {
        enqueue(&device->uart, ((const uint8_t *)bytes)[i]);
    }
    device->uart.ops->bytes_waiting(&device->device);
    return device->uart.count;
}

size_t vb_uart_pending(const vb_board *board, const char *name)
{
    const core_device *device = uart_named(board, name);
    return device != NULL ? device->uart.count : 0;
}

void vb_uart_break(vb_board *board, const char *name)
{
    core_device *device = uart_named(board, name);
    if (device != NULL) {
        enqueue(&device->uart, UART_BREAK);
        device->uart.ops->bytes_waiting(&device->device);
    }
}

bool vb_uart_far_line(const vb_device *device, vb_line *line)
{
    const core_uart *uart = &core_of(device)->uart;
    *line = uart->line;
    return uart->connected;
}

vb_wire vb_uart_next(vb_device *device, uint8_t *byte)
{
    core_uart *uart = &core_of(device)->uart;
    if (uart->count == 0) {
        return VB_WIRE_NOTHING;
    }
    uint16_t what = uart->queue[uart->first];
    uart->first = (uart->first + 1) % uart->capacity;
    uart->count--;
    *byte = (uint8_t)what;
    return what == UART_BREAK ? VB_WIRE_BREAK : VB_WIRE_BYTE;
}

void vb_uart_deliver(vb_device *device, vb_time when, uint8_t byte, bool damaged)
{
    const core_uart *uart = &core_of(device)->uart;
    if (uart->fn != NULL) {
        uart->fn(uart->context, when, byte, damaged);
    }
}
