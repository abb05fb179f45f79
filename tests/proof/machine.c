// SPDX-License-Identifier: MIT
// The machine the proof runs the core on: port.h with drivers that may do anything their contract allows. Flash holds
// anything and any operation may fail; time jumps; the assertions are what the core promises the drivers.
#include "machine.h"

#include "board.h"
#include "port.h"

// Bounds are computed in C: of relations between variables Eva knows nothing when it looks at ACSL terms.
#define RECEIVE_END (HF_RECEIVE_ADDRESS + HF_APP_SIZE)
#define FLASH_END   (HF_FLASH_BASE + HF_FLASH_SIZE)

static hf_err machine_error(void)
{
    if (machine_maybe()) {
        return HF_E_VERIFY;
    }
    return HF_OK;
}

// -- flash ------------------------------------------------------------------------------------------------------------

static hf_err machine_erase(uint32_t address)
{
    //@ assert erases_in_slot: HF_RECEIVE_ADDRESS <= address < RECEIVE_END;
    return machine_error();
}

static hf_err machine_program(uint32_t address, const uint8_t *data, uint32_t size)
{
    uint32_t rest = RECEIVE_END - address;
    bool inside = address >= HF_RECEIVE_ADDRESS && address <= RECEIVE_END && size <= rest;
    //@ assert programs_in_slot: inside == 1;
    //@ assert programs_what_is_there: \initialized(data + (0 .. size - 1));
    return machine_error();
}

static uint32_t machine_sector_end(uint32_t address)
{
#define RUN(first, count, size, start, erase_ms)                                                                       \
    if (address - (start) < (count) * (size)) {                                                                        \
        return address - (address - (start)) % (size) + (size);                                                        \
    }
    HF_SECTOR_RUNS(RUN)
#undef RUN
    return address;
}

static uint32_t machine_erase_ms(uint32_t address)
{
    return HF_ERASE_TYP_MS;
}

static hf_err machine_read(uint32_t address, void *to, uint32_t size)
{
    uint32_t rest = FLASH_END - address;
    bool inside = address >= HF_FLASH_BASE && address <= FLASH_END && size <= rest;
    //@ assert reads_flash: inside == 1;
    if (machine_maybe()) {
        return HF_E_VERIFY; // nothing has been read
    }
    Frama_C_make_unknown(to, size);
    return HF_OK;
}

static hf_err machine_crc32(uint32_t address, uint32_t size, uint32_t *crc)
{
    uint32_t rest = FLASH_END - address;
    bool inside = address >= HF_FLASH_BASE && address <= FLASH_END && size <= rest;
    //@ assert sums_flash: inside == 1;
    if (machine_maybe()) {
        return HF_E_VERIFY;
    }
    *crc = machine_any();
    return HF_OK;
}

static void machine_bool(bool on)
{
    (void)on;
}

// -- the rest of the system -------------------------------------------------------------------------------------------

static void machine_nothing(void)
{
}

static void machine_word(uint32_t word)
{
    (void)word;
}

static void machine_unique_id(uint8_t uid[12])
{
    Frama_C_make_unknown((char *)uid, 12);
}

static void machine_reset(void)
{
    for (;;) {
    }
}

static void machine_start(uint32_t vectors)
{
    //@ assert starts_the_application: vectors == HF_APP_ADDRESS;
    for (;;) {
    }
}

const struct hf_port hf_port = {
    .flash = {machine_erase, machine_program, machine_sector_end, machine_erase_ms, machine_read, machine_crc32,
              machine_bool},
    .system = {machine_any, machine_nothing, machine_bool, machine_unique_id, machine_maybe, machine_any, machine_word,
               machine_nothing, machine_nothing, machine_word, machine_reset, machine_start},
};
