// SPDX-License-Identifier: MIT
// The far end of the serial line, without sense: bytes, and pieces of what the protocols are made of.
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "board.h"
#include "hf_an3155.h"
#include "hf_classic.h"
#include "hf_fast.h"
#include "hf_packed.h"
#include "machine.h"
#include "port.h"

#define ROOM 65536u
#define BURST  32u // bytes that have come when the machine looks
#define GAP_MS 12u // longer than the quiet the dispatcher waits for

// What is on its way: bytes, and gaps between them.
static struct {
    int16_t items[ROOM]; // GAP: silence
    uint32_t in, out, gap_ms;
    uint32_t frame; // the next of a classic transfer
    unsigned image; // which it is of
} line;

#define GAP (-2)

// -- the machine's side -----------------------------------------------------------------------------------------------

static void serial_open(void)
{
}

static uint32_t serial_receive(uint8_t *to, uint32_t size)
{
    uint32_t count = 0, most = size < BURST ? size : BURST;
    if (line.gap_ms > 0) {
        line.gap_ms--;
    } else if (line.out < line.in) {
        while (count < most && line.out < line.in && line.items[line.out] != GAP) {
            to[count++] = (uint8_t)line.items[line.out++];
        }
        if (count > 0) {
            return count;
        }
        line.out++;
        line.gap_ms = GAP_MS;
    } else {
        line.in = line.out = 0;
    }
    machine_idle();
    return 0;
}

static void serial_send(uint8_t byte)
{
    (void)byte;
}

static void serial_nothing(void)
{
}

static bool serial_set_baud(uint32_t baud)
{
    return baud <= 3000000;
}

static void serial_bulk(bool on)
{
    (void)on;
}

const struct hf_serial_port hf_serial_port = {.open = serial_open, .receive = serial_receive, .send = serial_send,
                                              .flush = serial_nothing, .listen = serial_nothing};
const struct hf_serial_line hf_serial_line = {.match_parity = serial_nothing, .set_baud = serial_set_baud,
                                              .restore_baud = serial_nothing, .bulk = serial_bulk};

// -- sending ----------------------------------------------------------------------------------------------------------

static void put_item(int item)
{
    if (line.in < ROOM) {
        line.items[line.in++] = (int16_t)item;
    }
}

static void put(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        put_item(bytes[i]);
    }
}

static void put_byte(unsigned byte)
{
    put_item((uint8_t)byte);
}

static void put_command(unsigned code)
{
    put_byte(code);
    put_item(GAP);
}

// What an image holds there; behind its end FF, as a host pads.
static uint8_t byte_of(unsigned image, uint32_t offset)
{
    return offset < images[image].size ? images[image].bytes[offset] : 0xFF;
}

static uint32_t frames_of(unsigned image)
{
    return (images[image].size + HF_CLASSIC_PAYLOAD - 1) / HF_CLASSIC_PAYLOAD;
}

// -- the classic protocol ---------------------------------------------------------------------------------------------

static void put_frame(unsigned image, uint32_t number)
{
    uint16_t crc = HF_CRC16_INIT;
    put_byte(HF_CLASSIC_DATA);
    for (uint32_t i = 0; i < HF_CLASSIC_PAYLOAD; i++) {
        uint8_t byte = byte_of(image, number * HF_CLASSIC_PAYLOAD + i);
        crc ^= (uint16_t)(byte << 8);
        for (int bit = 0; bit < 8; bit++) {
            crc = (uint16_t)((crc & 0x8000u) != 0 ? crc << 1 ^ HF_CRC16_POLY : crc << 1);
        }
        put_byte(byte);
    }
    put_byte(crc >> 8);
    put_byte(crc);
}

static void put_verify(unsigned image, uint32_t frames)
{
    uint32_t crc = 0;
    for (uint32_t i = 0; i < frames * HF_CLASSIC_PAYLOAD; i++) {
        uint8_t byte = byte_of(image, i);
        crc = (uint32_t)crc32(crc, &byte, 1);
    }
    put_byte(HF_CLASSIC_VERIFY);
    for (int shift = 24; shift >= 0; shift -= 8) {
        put_byte(crc >> shift);
    }
    put_item(GAP);
}

// The same items each time: encoded once.
static void update(unsigned image)
{
    static struct {
        int16_t *items;
        uint32_t count;
    } encoded[IMAGES];
    uint32_t from = line.in;
    if (encoded[image].items != NULL && line.in + encoded[image].count <= ROOM) {
        memcpy(line.items + line.in, encoded[image].items, encoded[image].count * sizeof *line.items);
        line.in += encoded[image].count;
        return;
    }
    put_item(GAP);
    put_command(HF_CLASSIC_SYNC);
    put_command(HF_CLASSIC_ERASE);
    for (uint32_t i = 0; i < frames_of(image); i++) {
        put_frame(image, i);
    }
    put_verify(image, frames_of(image));
    put_command(HF_CLASSIC_BOOT);
    if (line.in < ROOM) {
        size_t size = (line.in - from) * sizeof *line.items;
        encoded[image].count = line.in - from;
        encoded[image].items = memcpy(malloc(size), line.items + from, size);
    }
}

// -- AN3155 -----------------------------------------------------------------------------------------------------------

static void put_with_complement(uint8_t code)
{
    put_byte(code);
    put_byte(~code);
}

static void put_summed(const uint8_t *bytes, size_t size, uint8_t sum)
{
    for (size_t i = 0; i < size; i++) {
        put_byte(bytes[i]);
        sum ^= bytes[i];
    }
    put_byte(sum);
}

static void put_word(uint32_t word)
{
    const uint8_t bytes[] = {(uint8_t)(word >> 24), (uint8_t)(word >> 16), (uint8_t)(word >> 8), (uint8_t)word};
    put_summed(bytes, sizeof bytes, 0);
}

static void put_block(unsigned image, uint32_t offset, uint8_t count)
{
    uint8_t sum = count;
    put_with_complement(HF_AN3155_WRITE);
    put_word(HF_APP_ADDRESS + offset);
    put_byte(count);
    for (uint32_t i = 0; i <= count; i++) {
        put_byte(byte_of(image, offset + i));
        sum ^= byte_of(image, offset + i);
    }
    put_byte(sum);
}

static void put_image(unsigned image)
{
    for (uint32_t offset = 0; offset < images[image].size; offset += 256) {
        uint32_t left = images[image].size - offset;
        put_block(image, offset, (uint8_t)((left < 256 ? left : 256) - 1));
    }
}

// -- the fast protocol ------------------------------------------------------------------------------------------------

static void put_crc16(const uint8_t *bytes, size_t size)
{
    uint16_t crc = HF_CRC16_INIT;
    for (size_t i = 0; i < size; i++) {
        crc ^= (uint16_t)(bytes[i] << 8);
        for (int bit = 0; bit < 8; bit++) {
            crc = (uint16_t)((crc & 0x8000u) != 0 ? crc << 1 ^ HF_CRC16_POLY : crc << 1);
        }
    }
    put_byte(crc >> 8);
    put_byte(crc);
}

static void put_request(uint8_t type, uint32_t argument, const uint8_t *payload, size_t size)
{
    const uint8_t head[] = {type, 0, (uint8_t)size, (uint8_t)(size >> 8), (uint8_t)argument, (uint8_t)(argument >> 8),
                            (uint8_t)(argument >> 16), (uint8_t)(argument >> 24)};
    put_byte(HF_FAST_LEAD);
    put(head, sizeof head);
    put_crc16(head, sizeof head);
    if (size > 0) {
        put(payload, size);
        put_crc16(payload, size);
    }
}

static void open_session(void)
{
    put_item(GAP);
    put_command(HF_CLASSIC_SYNC);
    put_request(HF_FAST_HELLO, 0, NULL, 0);
    put_item(GAP);
}

// A whole image in frames of odd sizes; the last makes whole words of it.
static void put_fast_image(unsigned image, uint32_t frame)
{
    uint8_t payload[HF_FAST_PAYLOAD];
    frame = 4 * (1 + frame % (HF_FAST_PAYLOAD / 4));
    put_request(HF_FAST_BEGIN, HF_APP_ADDRESS, NULL, 0);
    for (uint32_t at = 0; at < images[image].size; at += frame) {
        uint32_t left = (images[image].size - at + 3) / 4 * 4, size = left < frame ? left : frame;
        for (uint32_t i = 0; i < size; i++) {
            payload[i] = byte_of(image, at + i);
        }
        put_request(HF_FAST_DATA, HF_APP_ADDRESS + at, payload, size);
    }
    put_request(HF_FAST_START, 0, NULL, 0);
    put_item(GAP);
}

// Content that is packed, or says so, from an address on that the device awaits; where it then stands.
static uint32_t put_packed(uint32_t at, struct script *script)
{
    size_t size;
    const uint8_t *bytes = script_bytes(script, 1 + script_byte(script), &size);
    put_request(HF_FAST_PACKED, at, bytes, size);
    return size > 0 ? at + HF_PACKED_SIZE(bytes[0]) : at;
}

// -- lines of the script ----------------------------------------------------------------------------------------------

static void act(uint8_t code, struct script *script)
{
    static const uint8_t orders[] = {HF_CLASSIC_SYNC, HF_CLASSIC_ERASE, HF_CLASSIC_BOOT, HF_CLASSIC_VERIFY};
    size_t size;
    const uint8_t *bytes;
    switch (code % 20) {
    case 0: // a byte, and more of them
        put_byte(script_byte(script));
        break;
    case 1:
        bytes = script_bytes(script, 1 + script_byte(script) % 64, &size);
        put(bytes, size);
        break;
    case 2: put_command(script_byte(script)); break;
    case 3: put_command(orders[script_byte(script) % sizeof orders]); break;
    case 4: // another transfer
        line.image = script_byte(script) % IMAGES;
        line.frame = 0;
        break;
    case 5: put_frame(line.image, line.frame++); break;
    case 6: put_frame(script_byte(script) % IMAGES, script_byte(script)); break;
    case 7: put_verify(line.image, line.frame < 64 ? line.frame : 64); break;
    case 8: put_with_complement(script_byte(script)); break;
    case 9: put_word(HF_APP_ADDRESS + script_half(script)); break;
    case 10: put_word(script_word(script)); break;
    case 11: {
        uint8_t count = script_byte(script);
        put_byte(count);
        bytes = script_bytes(script, count + 1u, &size);
        put_summed(bytes, size, count);
        break;
    }
    case 12: {
        unsigned image = script_byte(script) % IMAGES;
        uint32_t offset = script_half(script);
        put_block(image, offset, script_byte(script));
        break;
    }
    case 13: put_image(script_byte(script) % IMAGES); break;
    case 14: { // erase, by numbers
        uint8_t count = script_byte(script) % 8;
        put_with_complement(HF_AN3155_EXTENDED_ERASE);
        uint8_t pages[2 + 16] = {0, count};
        for (unsigned i = 0; i <= count; i++) {
            pages[2 + 2 * i + 1] = script_byte(script) % 16;
        }
        put_summed(pages, 2 + 2u * (count + 1u), 0);
        break;
    }
    case 15: open_session(); break;
    case 16: {
        uint8_t type = script_byte(script);
        uint32_t argument = HF_APP_ADDRESS + 4u * script_half(script);
        bytes = script_bytes(script, script_byte(script), &size);
        put_request(type % (HF_FAST_REQUESTS + 1), argument, bytes, size);
        break;
    }
    case 17: { // first a session and a place, then content that follows on itself
        open_session();
        uint32_t at = HF_APP_ADDRESS;
        put_request(HF_FAST_BEGIN, at, NULL, 0);
        for (unsigned frames = 1 + script_byte(script) % 8; frames > 0; frames--) {
            at = put_packed(at, script);
        }
        break;
    }
    case 18: {
        unsigned image = script_byte(script) % IMAGES;
        open_session();
        put_fast_image(image, script_byte(script));
        break;
    }
    default: put_item(GAP); break;
    }
}

static void power_on(void)
{
    line.in = line.out = line.gap_ms = 0;
}

static bool done(void)
{
    return line.out == line.in && line.gap_ms == 0;
}

const struct host serial_host = {power_on, act, update, done};
