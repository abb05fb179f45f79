// SPDX-License-Identifier: MIT
// A chip file's facts against each other: what no schema can say.
#include <stdarg.h>
#include <string.h>

#include "complain.h"
#include "read.h"

typedef struct facts {
    const hf_chip *chip;
    const char *file;
    hf_complaint *why;
} facts;

static bool wrong(const facts *f, const char *fix, const char *what, const char *key_format, ...)
    __attribute__((format(printf, 4, 5)));

static bool wrong(const facts *f, const char *fix, const char *what, const char *key_format, ...)
{
    char key[96];
    va_list arguments;
    va_start(arguments, key_format);
    vsnprintf(key, sizeof key, key_format, arguments);
    va_end(arguments);
    hf_complain(f->why, f->file, key, what, fix);
    return false;
}

static bool power_of_two(uint32_t number)
{
    return number != 0 && (number & (number - 1)) == 0;
}

// -- flash ----------------------------------------------------------------------------------------

static bool runs_hold(const facts *f)
{
    const hf_flash *flash = &f->chip->flash;
    uint64_t end = flash->address;
    uint32_t next_number = 0;
    for (size_t i = 0; i < flash->runs_count; i++) {
        const hf_sector_run *run = &flash->runs[i];
        if (!power_of_two(run->size)) {
            return wrong(f, "write the sector size of the reference manual",
                         "sector sizes are powers of two", "flash.sectors[%zu].size", i);
        }
        bool same_bank = i > 0 && flash->runs[i - 1].bank == run->bank; // each bank may count from 0
        if (run->first < next_number && same_bank) {
            return wrong(f, "write runs by address, with the numbers of the reference manual",
                         "this number belongs to a sector before it", "flash.sectors[%zu].first",
                         i);
        }
        end += (uint64_t)run->size * run->count;
        next_number = (uint32_t)run->first + run->count;
        if (end > UINT32_MAX) {
            return wrong(f, "correct address, count or size", "the flash ends above 0xFFFFFFFF",
                         "flash.sectors[%zu]", i);
        }
    }
    return true;
}

static bool widths_hold(const facts *f)
{
    const hf_flash *flash = &f->chip->flash;
    for (size_t i = 0; i < flash->widths_count; i++) {
        if (!power_of_two(flash->widths[i].bytes)) {
            return wrong(f, "write 1, 2, 4, 8, 16 or 32", "this is no power of two",
                         "flash.program[%zu].bytes", i);
        }
        if (i > 0 && (flash->widths[i].bytes <= flash->widths[i - 1].bytes ||
                      flash->widths[i].min_mv < flash->widths[i - 1].min_mv)) {
            return wrong(f, "order them: narrowest and lowest supply first",
                         "widths and their supplies must rise", "flash.program[%zu]", i);
        }
    }
    return true;
}

static const hf_erase_time *erase_of(const hf_flash *flash, uint32_t size)
{
    for (size_t i = 0; i < flash->erase_count; i++) {
        if (flash->erase[i].size == size) {
            return &flash->erase[i];
        }
    }
    return NULL;
}

// A list of times has as many figures as there are widths: zero stands for no figure.
static bool columns_fit(const uint32_t times[HF_MAX_WIDTHS], size_t widths)
{
    size_t columns = 0;
    while (columns < HF_MAX_WIDTHS && times[columns] != 0) {
        columns++;
    }
    return columns == widths;
}

static bool erase_times_hold(const facts *f)
{
    const hf_flash *flash = &f->chip->flash;
    for (size_t i = 0; i < flash->erase_count; i++) {
        if (!columns_fit(flash->erase[i].typ_ms, flash->widths_count) ||
            !columns_fit(flash->erase[i].max_ms, flash->widths_count)) {
            return wrong(f, "write one figure per entry of flash.program",
                         "there are not as many times as program widths", "flash.erase[%zu]", i);
        }
    }
    for (size_t i = 0; i < flash->runs_count; i++) {
        if (erase_of(flash, flash->runs[i].size) == NULL) {
            return wrong(f, "add its row", "the erase times of this sector size are missing",
                         "flash.sectors[%zu].size", i);
        }
    }
    return true;
}

static bool wait_states_hold(const facts *f)
{
    const hf_flash *flash = &f->chip->flash;
    for (size_t i = 1; i < flash->wait_states_count; i++) {
        if (flash->wait_states[i].min_mv >= flash->wait_states[i - 1].min_mv) {
            return wrong(f, "order them: highest supply first", "supplies must fall",
                         "flash.wait_states[%zu].min_mv", i);
        }
    }
    return true;
}

// -- the rest -------------------------------------------------------------------------------------

static bool ranges_hold(const facts *f)
{
    const hf_chip *chip = f->chip;
    const hf_clocks *clocks = &chip->clocks;
    if (chip->supply_min_mv > chip->supply_max_mv) {
        return wrong(f, "exchange them", "min is above max", "supply_mv");
    }
    if (clocks->hse_min_hz > clocks->hse_max_hz) {
        return wrong(f, "exchange them", "it is above hse_max_hz", "clocks.hse_min_hz");
    }
    if (clocks->vco_min_hz > clocks->vco_max_hz) {
        return wrong(f, "exchange them", "it is above vco_max_hz", "clocks.vco_min_hz");
    }
    return true;
}

static bool regions_hold(const facts *f, const char *key, const hf_region *regions, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t end = (uint64_t)regions[i].address + regions[i].size;
        if (end > UINT32_MAX) {
            return wrong(f, "correct address or size", "the region ends above 0xFFFFFFFF",
                         "%s[%zu]", key, i);
        }
        for (size_t j = 0; j < i; j++) {
            uint64_t other_end = (uint64_t)regions[j].address + regions[j].size;
            if (regions[i].address < other_end && regions[j].address < end) {
                return wrong(f, "correct address or size", "the region overlaps one before it",
                             "%s[%zu]", key, i);
            }
        }
    }
    return true;
}

static bool memories_hold(const facts *f)
{
    return regions_hold(f, "ram", f->chip->ram, f->chip->ram_count) &&
           regions_hold(f, "rom", f->chip->rom, f->chip->rom_count);
}

static bool dma_holds(const facts *f, const hf_peripheral *peripheral, const char *key,
                      const hf_dma_line *line)
{
    if (line->controller[0] == '\0' || hf_chip_peripheral(f->chip, line->controller) != NULL) {
        return true;
    }
    return wrong(f, "name a DMA controller of this file",
                 "no peripheral has this controller's name", "peripherals.%s.%s", peripheral->name,
                 key);
}

static bool peripherals_hold(const facts *f)
{
    for (size_t i = 0; i < f->chip->peripherals_count; i++) {
        const hf_peripheral *p = &f->chip->peripherals[i];
        if ((uint64_t)p->address + p->size > UINT32_MAX + (uint64_t)1) {
            return wrong(f, "correct address or size", "the block ends above 0xFFFFFFFF",
                         "peripherals.%s", p->name);
        }
        if (!dma_holds(f, p, "dma_rx", &p->dma_rx) || !dma_holds(f, p, "dma_tx", &p->dma_tx)) {
            return false;
        }
        for (size_t n = 0; n < p->irqs_count; n++) {
            if (p->irqs[n] + 16 >= f->chip->vectors) {
                return wrong(f, "correct the number, or vectors",
                             "it has no entry in the vector table", "peripherals.%s.irq%s", p->name,
                             p->irqs_count > 1 ? "s" : "");
            }
        }
    }
    return true;
}

static bool signals_hold(const facts *f)
{
    for (size_t i = 0; i < f->chip->signals_count; i++) {
        char owner[HF_NAME_MAX];
        snprintf(owner, sizeof owner, "%s", f->chip->signals[i].name);
        char *underscore = strrchr(owner, '_');
        if (underscore != NULL) {
            *underscore = '\0';
        }
        if (underscore == NULL || hf_chip_peripheral(f->chip, owner) == NULL) {
            return wrong(f, "write the peripheral's name, an underscore and the signal",
                         "no peripheral has this name", "signals.%s", f->chip->signals[i].name);
        }
    }
    return true;
}

bool hf_chip_facts_agree(const hf_chip *chip, const char *file, hf_complaint *why)
{
    facts f = {.chip = chip, .file = file, .why = why};
    return runs_hold(&f) && widths_hold(&f) && erase_times_hold(&f) && wait_states_hold(&f) && ranges_hold(&f) &&
           memories_hold(&f) && peripherals_hold(&f) && signals_hold(&f);
}
