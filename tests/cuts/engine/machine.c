// SPDX-License-Identifier: MIT
// The core runs on the caller's stack. What never returns on the chip (start, reset, update mode) leaves by longjmp; its
// variables are put back to what the module was loaded with at each reset.
#define _GNU_SOURCE // where a module is loaded
#include "machine.h"

#include <dlfcn.h>
#include <link.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot.h"
#include "flash.h"
#include "hf_bank.h"
#include "hf_mailbox.h"
#include "port.h"

#define RESETS_MAX 8         // an installation ends in one; more than a few are a circle
#define WORK_MAX   20000000u // reads of one boot
#define FRAME      128u
#define BLOCK      2048u

machine m;

static jmp_buf *way_out;

static struct {
    uint8_t *start, *fresh;
    size_t size;
} variables;

// -- the port ---------------------------------------------------------------------------------------------------------

static bool may_change(uint32_t address)
{
    const core *c = m.core;
    bool swaps = c->bank_size != 0;
    bool peer = swaps && address - c->flash - c->bank_size < c->bank_size;
    bool records = (c->records != 0 && address - c->records < HF_BANK_RECORDS_SIZE) ||
                   (swaps && c->app - address - 1 < HF_BANK_COPIED_SIZE); // and that of the bootloader's copy
    return address - c->app < c->app_size || records || address - c->staging < c->staging_size || peer ||
           address - c->journal < 2 * c->journal_sector;
}

static void announce(operation_kind kind, uint32_t address, const uint8_t *data)
{
    if (kind != OPERATION_OPTION && !may_change(address)) {
        fprintf(stderr, "%s: the core changes 0x%08X, which is not its to change\n", m.core->board, (unsigned)address);
        abort();
    }
    if (m.on_operation != NULL) {
        m.on_operation(&(operation){kind, address, data});
    }
}

static void count_work(void)
{
    if (++m.work > WORK_MAX) {
        longjmp(*way_out, 1 + ENDED_NOWHERE);
    }
}

static hf_err erase(uint32_t address)
{
    count_work();
    announce(OPERATION_ERASE, flash_sector(address).start, NULL);
    return flash_erase_sector(address);
}

static hf_err program(uint32_t address, const uint8_t *data, uint32_t size)
{
    uint32_t unit = address - m.core->flash < m.core->flash_size ? m.core->unit : 4;
    hf_err err = (address | size) % unit == 0 ? HF_OK : HF_E_PGAERR;
    for (uint32_t i = 0; i < size && err == HF_OK; i += unit) {
        count_work();
        announce(OPERATION_PROGRAM, address + i, data + i);
        err = flash_program_unit(address + i, data + i);
    }
    return err;
}

static hf_err read(uint32_t address, void *to, uint32_t size)
{
    count_work();
    return flash_read(address, to, size);
}

static uint32_t sector_end(uint32_t address)
{
    sector which = flash_sector(address);
    return which.start + which.size;
}

static uint32_t erase_ms(uint32_t address)
{
    (void)address;
    return 1;
}

static void nothing(void)
{
}

static void nothing_of(uint32_t ms)
{
    (void)ms;
}

static void nothing_on(bool on)
{
    (void)on;
}

static uint32_t now_ms(void)
{
    return 0;
}

static void unique_id(uint8_t uid[12])
{
    memset(uid, 0x5A, 12);
}

static bool button(void)
{
    return m.button;
}

static uint32_t take_request(void)
{
    uint32_t request = m.mailbox;
    m.mailbox = 0;
    return request;
}

static void put_request(uint32_t request)
{
    m.mailbox = request;
}

static __attribute__((noreturn)) void reset(void)
{
    longjmp(*way_out, 1 + ENDED_RESET);
}

static __attribute__((noreturn)) void start(uint32_t vectors)
{
    longjmp(*way_out, 1 + (vectors == m.core->app ? ENDED_STARTED : ENDED_NOWHERE));
}

const struct hf_port hf_port = {
    .flash = {erase, program, sector_end, erase_ms, read, flash_crc, nothing_on},
    .system = {.now_ms = now_ms,
               .feed_watchdog = nothing,
               .led = nothing_on,
               .unique_id = unique_id,
               .button = button,
               .take_request = take_request,
               .put_request = put_request,
               .enter_update_mode = nothing,
               .begin_work = nothing,
               .start_watchdog = nothing_of,
               .reset = reset,
               .start = start},
};

static hf_err swap_banks(void)
{
    if (!m.swap_due) {
        announce(OPERATION_OPTION, 0, NULL);
        m.swap_due = true;
    }
    return HF_OK;
}

static uint32_t boot_size(void)
{
    return MACHINE_BOOT_SIZE;
}

const struct hf_bank_port hf_bank_port = {swap_banks, boot_size};

// The campaign is the host at every link: what the core does there begins where update mode does.
void hf_update_mode(hf_reason reason)
{
    (void)reason;
    longjmp(*way_out, 1 + ENDED_UPDATE_MODE);
}

// -- the module -------------------------------------------------------------------------------------------------------

// The one writable segment, less what is read-only once the module is loaded.
static int find_variables(struct dl_phdr_info *info, size_t size, void *module)
{
    (void)size;
    if (info->dlpi_addr != *(const ElfW(Addr) *)module) {
        return 0;
    }
    uintptr_t from = 0, end = 0, fixed = 0;
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        if (part->p_type == PT_LOAD && (part->p_flags & PF_W) != 0) {
            from = info->dlpi_addr + part->p_vaddr;
            end = from + part->p_memsz;
        } else if (part->p_type == PT_GNU_RELRO) {
            fixed = info->dlpi_addr + part->p_vaddr + part->p_memsz;
        }
    }
    fixed = (fixed + 4095) & ~(uintptr_t)4095;
    variables.start = (uint8_t *)(fixed > from && fixed < end ? fixed : from);
    variables.size = end - (uintptr_t)variables.start;
    return 1;
}

void machine_load(const char *module)
{
    static void *library;
    if (library != NULL) {
        dlclose(library); // loaded again, its variables are fresh
    }
    library = dlopen(module, RTLD_NOW | RTLD_LOCAL);
    const core *found = library != NULL ? dlsym(library, "hf_core") : NULL;
    struct link_map *map = NULL;
    if (found == NULL || dlinfo(library, RTLD_DI_LINKMAP, &map) != 0) {
        fprintf(stderr, "%s\n", dlerror());
        exit(3);
    }
    dl_iterate_phdr(find_variables, &map->l_addr);
    free(variables.fresh);
    variables.fresh = malloc(variables.size);
    if (variables.size == 0 || variables.fresh == NULL) {
        fprintf(stderr, "%s: no variables found\n", module);
        exit(3);
    }
    machine_keep(variables.fresh);
    m = (machine){.core = found};
}

size_t machine_variables(void)
{
    return variables.size;
}

void machine_keep(void *kept)
{
    memcpy(kept, variables.start, variables.size);
}

void machine_bring_back(const void *kept)
{
    memcpy(variables.start, kept, variables.size);
}

// -- life -------------------------------------------------------------------------------------------------------------

static void bootloader_of(uint8_t bytes[MACHINE_BOOT_SIZE])
{
    for (uint32_t i = 0; i < MACHINE_BOOT_SIZE; i++) {
        bytes[i] = (uint8_t)(i * 37 + 11);
    }
}

void machine_put_bootloader(void)
{
    uint8_t bytes[MACHINE_BOOT_SIZE];
    bootloader_of(bytes);
    for (uint32_t at = 0; at < sizeof bytes && m.core->bank_size != 0; at += m.core->unit) {
        (void)flash_program_unit(m.core->flash + at, bytes + at);
    }
}

// Where banks change places the core starts from what stands first, and that must be the bootloader: whole, and certain.
static bool machine_has_bootloader(void)
{
    uint8_t bytes[MACHINE_BOOT_SIZE];
    bootloader_of(bytes);
    return m.core->bank_size == 0 || (flash_holds(m.core->flash, bytes, sizeof bytes) &&
                                      flash_certain_in(m.core->flash, sizeof bytes));
}

static ending boot_once(void)
{
    jmp_buf *outer = way_out, here;
    machine_bring_back(variables.fresh);
    m.work = 0;
    if (m.swap_due) {
        flash_swap();
        m.swap_due = false;
    }
    if (!machine_has_bootloader()) {
        return ENDED_NOWHERE;
    }
    way_out = &here;
    int why = setjmp(here);
    if (why == 0) {
        m.core->boot();
    }
    way_out = outer;
    return (ending)(why - 1);
}

ending machine_reset(void)
{
    ending how = ENDED_RESET;
    for (unsigned i = 0; i < RESETS_MAX && how == ENDED_RESET; i++) {
        how = boot_once();
    }
    return how == ENDED_RESET ? ENDED_NOWHERE : how;
}

static bool is_blank(const uint8_t *bytes, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        if (bytes[i] != 0xFF) {
            return false;
        }
    }
    return true;
}

static hf_err write_piece(const uint8_t *image, uint32_t size, uint32_t at, uint32_t piece)
{
    uint8_t bytes[BLOCK];
    uint32_t part = size - at < piece ? size - at : piece, room = m.core->app_size - at;
    memset(bytes, 0xFF, sizeof bytes);
    memcpy(bytes, image + at, part);
    return is_blank(bytes, part) ? HF_OK : m.core->write(m.core->app + at, bytes, piece < room ? piece : room);
}

hf_err machine_receive(const uint8_t *image, uint32_t size)
{
    hf_err err = m.core->erase();
    for (uint32_t at = 0; at < size && err == HF_OK; at += FRAME) {
        err = write_piece(image, size, at, FRAME);
    }
    return err == HF_OK ? m.core->check() : err;
}

static hf_err erase_unit(uint32_t address)
{
    hf_err err = HF_OK;
    for (uint32_t end = m.core->unit_end(address); address < end && err == HF_OK; address = flash_sector(address).start + flash_sector(address).size) {
        err = m.core->erase_sector(address);
    }
    return err;
}

// Erases no sector that the image does not reach.
static hf_err receive_sparing(const uint8_t *image, uint32_t size, uint32_t piece)
{
    uint32_t erased = m.core->app;
    hf_err err = HF_OK;
    for (uint32_t at = 0; at < size && err == HF_OK; at += piece) {
        while (err == HF_OK && erased < m.core->app + at + piece && erased < m.core->app + m.core->app_size) {
            err = erase_unit(erased);
            erased = m.core->unit_end(erased);
        }
        err = err == HF_OK ? write_piece(image, size, at, piece) : err;
    }
    return err == HF_OK ? m.core->check() : err;
}

hf_err machine_receive_by_dfu(const uint8_t *image, uint32_t size)
{
    return receive_sparing(image, size, BLOCK);
}

hf_err machine_receive_sparing(const uint8_t *image, uint32_t size)
{
    return receive_sparing(image, size, FRAME);
}

void machine_leave_update_mode(void)
{
    m.core->request();
    m.mailbox = HF_REQUEST_START;
}

bool machine_confirm(void)
{
    machine_bring_back(variables.fresh);
    return m.core->confirm != NULL && m.core->confirm();
}

hf_err machine_stage(const uint8_t *image, uint32_t size)
{
    machine_bring_back(variables.fresh);
    return m.core->stage(image, size);
}
