// SPDX-License-Identifier: MIT
// Makes a board out of its description: engine, memory, one device per peripheral, and what is soldered around the chip.
#include "core.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Everything that is no memory: bit-band alias of RAM, peripherals with theirs, FSMC registers, the private bus.
static const struct {
    uint32_t address, size;
} windows[] = {
    {0x22000000u, 0x02000000u}, {0x40000000u, 0x20000000u}, {0xA0000000u, 0x00001000u}, {0xE0000000u, 0x00100000u},
};

__attribute__((format(printf, 3, 4))) static bool refuse(char *why, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(why, size, format, args);
    va_end(args);
    return false;
}

core_device *core_of(const vb_device *device)
{
    return &device->board->devices[device->index];
}

const hf_board *vb_description(const vb_board *board)
{
    return &board->description;
}

vb_device *vb_device_named(const vb_board *board, const char *name)
{
    for (size_t i = 0; i < board->devices_count; i++) {
        if (strcmp(board->devices[i].device.info->name, name) == 0) {
            return &board->devices[i].device;
        }
    }
    return NULL;
}

void vb_supply(vb_board *board, uint32_t mv)
{
    board->supply_mv = mv;
}

uint32_t vb_supply_mv(const vb_board *board)
{
    return board->supply_mv;
}

void vb_external(vb_board *board, bool works)
{
    board->external = works;
}

bool vb_external_works(const vb_board *board)
{
    return board->external;
}

void vb_set_seed(vb_board *board, uint64_t seed)
{
    board->seed = seed;
}

uint64_t vb_seed(const vb_board *board)
{
    return board->seed;
}

static const vb_model *model_of(const char *generation)
{
    for (const vb_model *const *model = vb_models; *model != NULL; model++) {
        if (strcmp((*model)->generation, generation) == 0) {
            return *model;
        }
    }
    return NULL;
}

// Index of the bus whose RCC registers hold the device's gate; -1 when it has none.
static int bus_of(vb_board *board, const hf_peripheral *info)
{
    if (info->bus[0] == '\0') {
        return -1;
    }
    for (size_t i = 0; i < board->buses_count; i++) {
        if (strcmp(board->buses[i].name, info->bus) == 0) {
            return (int)i;
        }
    }
    if (board->buses_count == CORE_MAX_BUSES) {
        return -1;
    }
    snprintf(board->buses[board->buses_count].name, sizeof board->buses[0].name, "%s", info->bus);
    return (int)board->buses_count++;
}

static bool add_device(vb_board *board, const hf_peripheral *info, char *why, size_t size)
{
    const vb_model *model = model_of(info->generation);
    if (model == NULL) {
        return refuse(why, size, "chip %s: nobody modelled the generation \"%s\" of peripheral \"%s\"",
                      board->description.chip.name, info->generation, info->name);
    }
    core_device *device = &board->devices[board->devices_count];
    device->device = (vb_device){.model = model, .board = board, .info = info, .index = (unsigned)board->devices_count};
    device->device.state = calloc(1, model->state_size != 0 ? model->state_size : 1);
    device->bus = bus_of(board, info);
    board->devices_count++;
    return device->device.state != NULL || refuse(why, size, "out of memory");
}

static bool add_devices(vb_board *board, char *why, size_t size)
{
    const hf_chip *chip = &board->description.chip;
    size_t slots = chip->peripherals_count + 1; // the last is SysTick's
    board->devices = calloc(slots, sizeof *board->devices);
    board->heap = calloc(slots * CORE_EVENTS, sizeof *board->heap);
    if (board->devices == NULL || board->heap == NULL) {
        return refuse(why, size, "out of memory");
    }
    for (size_t i = 0; i < chip->peripherals_count; i++) {
        if (!add_device(board, &chip->peripherals[i], why, size)) {
            return false;
        }
    }
    return true;
}

static bool make_engine(vb_board *board, char *why, size_t size)
{
    engine_bus bus = {.context = board, .read = core_bus_read, .write = core_bus_write, .store = core_bus_store,
                      .fetch = core_may_fetch};
    bool m7 = strncmp(board->description.chip.core, "cortex-m7", 9) == 0;
    board->engine = engine_create(&bus, m7 ? ENGINE_CORTEX_M7 : ENGINE_CORTEX_M4);
    board->bit_bands = !m7;
    if (board->engine == NULL) {
        return refuse(why, size, "the CPU engine (Unicorn) cannot be started");
    }
    for (size_t i = 0; i < sizeof windows / sizeof windows[0]; i++) {
        if (!engine_map_device(board->engine, windows[i].address, windows[i].size)) {
            return refuse(why, size, "the CPU engine has no room for the device window at 0x%08X",
                          (unsigned)windows[i].address);
        }
    }
    return core_memory_create(board) || refuse(why, size, "the CPU engine has no room for the chip's memory");
}

static bool create_models(vb_board *board, char *why, size_t size)
{
    for (size_t i = 0; i < board->devices_count; i++) {
        vb_device *device = &board->devices[i].device;
        if (device->model->create != NULL && device->model->create(device) != VB_OK) {
            return refuse(why, size, "%s: %s", device->info->name, board->error);
        }
    }
    return true;
}

vb_board *vb_create(const hf_board *description, char *why, size_t size)
{
    vb_board *board = calloc(1, sizeof *board);
    if (board == NULL) {
        refuse(why, size, "out of memory");
        return NULL;
    }
    board->description = *description;
    board->crystal = description->hse_hz != 0;
    board->supply_mv = (description->supply_min_mv + description->supply_max_mv) / 2;
    board->external = true;
    board->backup_lost = true;
    board->run_until = CORE_NEVER;
    board->cut.at = CORE_NEVER;
    core_pins_reset(board);
    if (!make_engine(board, why, size) || !add_devices(board, why, size) || !create_models(board, why, size)) {
        vb_destroy(board);
        return NULL;
    }
    vb_button(board, false);
    return board;
}

void vb_destroy(vb_board *board)
{
    if (board == NULL) {
        return;
    }
    for (size_t i = 0; i < board->devices_count; i++) {
        vb_device *device = &board->devices[i].device;
        if (device->model->destroy != NULL && device->state != NULL) {
            device->model->destroy(device);
        }
        core_uart_destroy(&board->devices[i].uart);
        free(device->state);
    }
    engine_destroy(board->engine);
    core_memory_destroy(board);
    free(board->devices);
    free(board->heap);
    free(board);
}
