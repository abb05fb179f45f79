// SPDX-License-Identifier: MIT
// Between models: shared words, DMA requests, and who is busy.
#include "core.h"

#include <string.h>

void vb_link_set(vb_board *board, vb_link link, uint64_t value)
{
    board->links[link] = value;
}

uint64_t vb_link_get(const vb_board *board, vb_link link)
{
    return board->links[link];
}

void vb_on_dma(vb_device *controller, vb_dma_fn fn)
{
    vb_board *board = controller->board;
    if (board->dma_count < sizeof board->dma / sizeof board->dma[0]) {
        board->dma[board->dma_count].controller = controller;
        board->dma[board->dma_count++].fn = fn;
    }
}

void vb_dma_request(vb_device *device, const hf_dma_line *line, bool level)
{
    vb_board *board = device->board;
    for (size_t i = 0; i < board->dma_count; i++) {
        if (strcmp(board->dma[i].controller->info->name, line->controller) == 0) {
            board->dma[i].fn(board->dma[i].controller, line->stream, line->channel, level);
        }
    }
}

void vb_in_flight(vb_device *device, bool busy)
{
    core_device *mine = core_of(device);
    if (mine->in_flight != busy) {
        mine->in_flight = busy;
        device->board->in_flight += busy ? 1u : (size_t)-1;
    }
}
