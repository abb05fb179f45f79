// SPDX-License-Identifier: MIT
// Intel HEX, after Intel's "Hexadecimal Object File Format Specification", revision A (1988).
#include <stdlib.h>
#include <string.h>

#include "chunks.h"

enum { RECORD_DATA, RECORD_END, RECORD_SEGMENT, RECORD_START_SEGMENT, RECORD_LINEAR, RECORD_START_LINEAR };

#define RECORD_MAX (4 + 255 + 1) // length, address, type; data; sum
#define LINE_BYTES 16u           // data bytes per line written

typedef struct parser {
    const uint8_t *at, *end;
    const char *name;
    unsigned line;
    uint32_t base;   // from the last segment or linear record
    bool segmented;  // addresses of data wrap at 64 KB
    uint8_t *store;  // decoded data; never longer than half of the text
    size_t stored;
    hf_chunks chunks;
    hf_problem *problem;
} parser;

static int digit(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static hf_error bad_line(parser *p, const char *what)
{
    return hf_fail(p->problem, HF_E_MALFORMED, "%s line %u: %s", p->name, p->line, what);
}

// Decodes the pairs of digits after ':' up to the end of the line.
static hf_error read_record(parser *p, uint8_t *record, size_t *size)
{
    *size = 0;
    while (p->end - p->at >= 2 && digit(p->at[0]) >= 0 && digit(p->at[1]) >= 0) {
        if (*size == RECORD_MAX) {
            return bad_line(p, "longer than a record can be");
        }
        record[(*size)++] = (uint8_t)(digit(p->at[0]) << 4 | digit(p->at[1]));
        p->at += 2;
    }
    if (p->at < p->end && *p->at != '\r' && *p->at != '\n') {
        return bad_line(p, "a character that is no hexadecimal digit");
    }
    if (*size < 5 || *size != 5u + record[0]) {
        return bad_line(p, "the length does not fit the record: the line was cut or joined");
    }
    uint8_t sum = 0;
    for (size_t i = 0; i < *size; i++) {
        sum = (uint8_t)(sum + record[i]);
    }
    return sum == 0 ? HF_OK : bad_line(p, "the checksum is wrong");
}

static hf_error add_data(parser *p, const uint8_t *data, uint8_t length, uint16_t offset)
{
    if (p->segmented && offset + length > 0x10000) {
        return bad_line(p, "data wraps around at the end of a 64 KB segment");
    }
    memcpy(p->store + p->stored, data, length);
    hf_error error = hf_chunks_add(&p->chunks, p->base + offset, p->store + p->stored, length, p->problem);
    p->stored += length;
    return error;
}

static hf_error take_record(parser *p, const uint8_t *record, bool *ended)
{
    const uint8_t *data = record + 4;
    uint8_t length = record[0];
    uint16_t offset = (uint16_t)(record[1] << 8 | record[2]);
    switch (record[3]) {
    case RECORD_DATA:
        return add_data(p, data, length, offset);
    case RECORD_END:
        *ended = true;
        return HF_OK;
    case RECORD_SEGMENT:
    case RECORD_LINEAR:
        if (length != 2) {
            return bad_line(p, "an address record must have two bytes");
        }
        p->segmented = record[3] == RECORD_SEGMENT;
        p->base = (uint32_t)(data[0] << 8 | data[1]) << (p->segmented ? 4 : 16);
        return HF_OK;
    case RECORD_START_SEGMENT:
    case RECORD_START_LINEAR:
        return HF_OK; // an entry point; a Cortex-M takes it from the vector table
    default:
        return bad_line(p, "an unknown record type");
    }
}

static hf_error parse(parser *p)
{
    bool ended = false;
    while (!ended) {
        while (p->at < p->end && (*p->at == '\r' || *p->at == '\n' || *p->at == ' ' || *p->at == '\t')) {
            p->line += *p->at++ == '\n';
        }
        if (p->at == p->end) {
            return bad_line(p, "the end record is missing: the file was cut short");
        }
        if (*p->at++ != ':') {
            return bad_line(p, "does not start with ':'");
        }
        uint8_t record[RECORD_MAX];
        size_t size;
        hf_error error = read_record(p, record, &size);
        if (!error) {
            error = take_record(p, record, &ended);
        }
        if (error) {
            return error;
        }
    }
    return HF_OK;
}

hf_error hf_hex_read(hf_image *image, const uint8_t *file, size_t size, const char *name, hf_problem *problem)
{
    parser p = {.at = file, .end = file + size, .name = name, .line = 1, .problem = problem};
    p.store = malloc(size / 2 + 1);
    if (p.store == NULL) {
        return hf_fail(problem, HF_E_MEMORY, "no memory to decode %s", name);
    }
    hf_error error = parse(&p);
    if (!error) {
        error = hf_chunks_flatten(&p.chunks, image, name, problem);
    }
    hf_chunks_free(&p.chunks);
    free(p.store);
    return error;
}

static char *put_byte(char *out, uint8_t byte, uint8_t *sum)
{
    static const char digits[] = "0123456789ABCDEF";
    *out++ = digits[byte >> 4];
    *out++ = digits[byte & 15];
    *sum = (uint8_t)(*sum + byte);
    return out;
}

static char *put_record(char *out, uint8_t type, uint16_t offset, const uint8_t *data, size_t length)
{
    uint8_t sum = 0;
    *out++ = ':';
    out = put_byte(out, (uint8_t)length, &sum);
    out = put_byte(out, (uint8_t)(offset >> 8), &sum);
    out = put_byte(out, (uint8_t)offset, &sum);
    out = put_byte(out, type, &sum);
    for (size_t i = 0; i < length; i++) {
        out = put_byte(out, data[i], &sum);
    }
    out = put_byte(out, (uint8_t)-sum, &sum);
    *out++ = '\r';
    *out++ = '\n';
    return out;
}

hf_error hf_hex_write(const hf_image *image, uint8_t **file, size_t *size, hf_problem *problem)
{
    // A line of 16 bytes takes 45 characters, an address record 17: three per data byte and some are plenty.
    char *text = malloc(image->size * 3 + image->size / 0x10000 * 32 + 256);
    if (text == NULL) {
        return hf_fail(problem, HF_E_MEMORY, "no memory to encode %zu bytes", image->size);
    }
    char *out = text;
    uint32_t upper = UINT32_MAX;
    for (size_t done = 0; done < image->size;) {
        uint32_t address = image->address + (uint32_t)done;
        if (address >> 16 != upper) {
            upper = address >> 16;
            out = put_record(out, RECORD_LINEAR, 0, (uint8_t[]){(uint8_t)(upper >> 8), (uint8_t)upper}, 2);
        }
        // Lines end at multiples of their length, so none crosses a 64 KB border.
        size_t length = LINE_BYTES - address % LINE_BYTES;
        length = length < image->size - done ? length : image->size - done;
        out = put_record(out, RECORD_DATA, (uint16_t)address, image->bytes + done, length);
        done += length;
    }
    out = put_record(out, RECORD_END, 0, NULL, 0);
    *file = (uint8_t *)text;
    *size = (size_t)(out - text);
    return HF_OK;
}
