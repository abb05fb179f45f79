// SPDX-License-Identifier: MIT
// Clocks of the chip and gates of its peripherals, as the RCC model sets them.
#include "core.h"

#include <string.h>

void core_set_hz(vb_board *board, vb_clock clock, uint32_t hz)
{
    if (clock != VB_CLOCK_HCLK) {
        board->hz[clock] = hz;
        return;
    }
    // Cycles so far were of the old length.
    uint64_t cycles = engine_cycles(board->engine);
    board->base_time = core_time_at(board, cycles);
    board->base_cycles = cycles;
    board->hz[clock] = hz;
}

void vb_set_clock(vb_board *board, vb_clock clock, uint32_t hz)
{
    if (board->hz[clock] == hz) {
        return;
    }
    core_set_hz(board, clock, hz);
    if (clock == VB_CLOCK_HCLK) {
        core_systick_clock_changed(board);
        engine_interrupt(board->engine);
    }
    core_update_deadline(board);
    for (size_t i = 0; i < board->devices_count; i++) {
        vb_device *device = &board->devices[i].device;
        if (device->model->clock_changed != NULL) {
            device->model->clock_changed(device);
        }
    }
}

uint32_t vb_clock_hz(const vb_board *board, vb_clock clock)
{
    return board->hz[clock];
}

static bool on_bus(const vb_device *device, const char *bus)
{
    return strncmp(device->info->bus, bus, strlen(bus)) == 0;
}

uint32_t vb_device_clock(const vb_device *device)
{
    const uint32_t *hz = device->board->hz;
    if (on_bus(device, "apb1")) {
        return hz[VB_CLOCK_APB1];
    }
    if (on_bus(device, "apb2")) {
        return hz[VB_CLOCK_APB2];
    }
    if (device->info->bus[0] != '\0') {
        return hz[VB_CLOCK_AHB] != 0 ? hz[VB_CLOCK_AHB] : hz[VB_CLOCK_HCLK];
    }
    // Without a gate of its own the address tells: each APB owns 64 KB from 0x40000000 on.
    uint32_t block = (device->info->address - 0x40000000u) >> 16;
    return block == 0 ? hz[VB_CLOCK_APB1] : block == 1 ? hz[VB_CLOCK_APB2] : hz[VB_CLOCK_HCLK];
}

static int bus_named(const vb_board *board, const char *name)
{
    for (size_t i = 0; i < board->buses_count; i++) {
        if (strcmp(board->buses[i].name, name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

void vb_set_gate(vb_board *board, const char *bus, uint32_t enabled_bits)
{
    int index = bus_named(board, bus);
    if (index >= 0) {
        board->buses[index].gates = enabled_bits;
    }
}

void vb_reset_devices(vb_board *board, const char *bus, uint32_t bits)
{
    int index = bus_named(board, bus);
    for (size_t i = 0; i < board->devices_count && index >= 0; i++) {
        vb_device *device = &board->devices[i].device;
        bool meant = board->devices[i].bus == index && (bits & (1u << device->info->bit)) != 0;
        if (meant && device->model->reset != NULL) {
            device->model->reset(device, VB_RESET_PERIPHERAL);
        }
    }
}

bool vb_crystal_works(const vb_board *board)
{
    return board->crystal;
}

void vb_crystal(vb_board *board, bool works)
{
    board->crystal = works && board->description.hse_hz != 0;
    for (size_t i = 0; i < board->devices_count; i++) {
        vb_device *device = &board->devices[i].device;
        if (device->model->crystal_changed != NULL) {
            device->model->crystal_changed(device);
        }
    }
}
