// SPDX-License-Identifier: MIT
// See an3155_host.h. AN3155, 3; stm32flash 0.7, stm32.c, for the order of things.
#include "an3155_host.h"

#include "hf_an3155.h"
#include "hf_classic.h"

#define ANSWER_MS 2000u
#define ERASE_MS  60000u

static bool send(hf_transport *t, const uint8_t *bytes, size_t size)
{
    return t->ops->write(t->context, bytes, size, NULL) == HF_OK;
}

static bool acknowledged(hf_transport *t, uint32_t timeout_ms)
{
    uint8_t byte = 0;
    size_t got = 0;
    return t->ops->read(t->context, &byte, 1, timeout_ms, &got, NULL) == HF_OK && got == 1 && byte == HF_CLASSIC_ACK;
}

static bool command(hf_transport *t, uint8_t code)
{
    const uint8_t bytes[] = {code, (uint8_t)~code};
    return send(t, bytes, sizeof bytes) && acknowledged(t, ANSWER_MS);
}

static uint8_t put_summed(uint8_t *to, uint32_t value, unsigned bytes)
{
    uint8_t sum = 0;
    for (unsigned i = 0; i < bytes; i++) {
        to[i] = (uint8_t)(value >> 8 * (bytes - 1 - i));
        sum ^= to[i];
    }
    return sum;
}

static bool address(hf_transport *t, uint32_t where)
{
    uint8_t bytes[5];
    bytes[4] = put_summed(bytes, where, 4);
    return send(t, bytes, sizeof bytes) && acknowledged(t, ANSWER_MS);
}

static bool erase(hf_transport *t, const hf_board *board, uint32_t from, uint32_t size)
{
    uint8_t bytes[2 + 2 * 64 + 1];
    size_t count = 0;
    uint16_t number;
    uint32_t start, sector;
    for (uint32_t at = from; at < from + size && count < 64 && hf_chip_sector(&board->chip, at, &number, &start, &sector);
         at = start + sector) {
        put_summed(bytes + 2 + 2 * count++, number, 2);
    }
    put_summed(bytes, (uint32_t)count - 1, 2);
    uint8_t sum = 0;
    for (size_t i = 0; i < 2 + 2 * count; i++) {
        sum ^= bytes[i];
    }
    bytes[2 + 2 * count] = sum;
    return command(t, HF_AN3155_EXTENDED_ERASE) && send(t, bytes, 3 + 2 * count) && acknowledged(t, ERASE_MS);
}

static bool write_block(hf_transport *t, uint32_t where, const uint8_t *data, uint32_t size)
{
    uint8_t bytes[HF_AN3155_BLOCK + 2] = {(uint8_t)(size - 1)}, sum = bytes[0];
    for (uint32_t i = 0; i < size; i++) {
        bytes[1 + i] = data[i];
        sum ^= data[i];
    }
    bytes[1 + size] = sum;
    return command(t, HF_AN3155_WRITE) && address(t, where) && send(t, bytes, size + 2) && acknowledged(t, ANSWER_MS);
}

bool an3155_update(hf_transport *t, const hf_board *board, const hf_image *image, const hf_listener *listener)
{
    uint32_t base = hf_board_area(board, HF_USE_APPLICATION)->address, total = (uint32_t)image->size;
    const uint8_t sync = HF_CLASSIC_SYNC;
    bool good = send(t, &sync, 1) && acknowledged(t, ANSWER_MS) && erase(t, board, base, total);
    for (uint32_t at = 0; at < total && good; at += HF_AN3155_BLOCK) {
        good = write_block(t, base + at, image->bytes + at, total - at < HF_AN3155_BLOCK ? total - at : HF_AN3155_BLOCK);
        listener->progress(listener->context, HF_PHASE_WRITE, at, total);
    }
    return good && command(t, HF_AN3155_GO) && address(t, base);
}
