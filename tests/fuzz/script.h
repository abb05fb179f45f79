// SPDX-License-Identifier: MIT
// What the fuzzer has written, read as a script: numbers and choices, from the front. Behind its end all is 0.
#ifndef HF_FUZZ_SCRIPT_H
#define HF_FUZZ_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct script {
    const uint8_t *at, *end;
};

static inline bool script_over(const struct script *script)
{
    return script->at == script->end;
}

static inline uint8_t script_byte(struct script *script)
{
    return script_over(script) ? 0 : *script->at++;
}

static inline uint16_t script_half(struct script *script)
{
    uint8_t low = script_byte(script);
    return (uint16_t)(low | script_byte(script) << 8);
}

static inline uint32_t script_word(struct script *script)
{
    uint32_t low = script_half(script);
    return low | (uint32_t)script_half(script) << 16;
}

// What the script holds of the next size bytes; *got is how many. They are not copied.
static inline const uint8_t *script_bytes(struct script *script, size_t size, size_t *got)
{
    const uint8_t *bytes = script->at;
    size_t left = (size_t)(script->end - script->at);
    *got = size < left ? size : left;
    script->at += *got;
    return bytes;
}

#endif
