// SPDX-License-Identifier: MIT
// Walks the way instruction by instruction. At each chosen place the process forks: the child injects the fault and
// runs to its end, the parent goes on as if nothing had happened. So each fault costs what is left of the way.
#include "campaign.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "thumb.h"

#define PATIENCE   (700 * VB_MS) // two boots with two checks each take less
#define CHILDREN   2
#define FLASH_SIZE 0x100000u
#define SLOT_FILLED 0x20000u // as far as a flipped bit of a return address leads
#define PC         15u
#define PC_BITS    20u
#define OFTEN      4u // executions of one instruction that are tried before it counts as deep in a loop

const char *const fault_names[FAULT_KINDS] = {"skipped", "inverted", "zeroed", "one bit", "return address"};

// Called thousands of times, each call thousands of instructions: a fault there gives a wrong number.
static const char *const arithmetic[] = {"multiply", "add", "subtract", "copy", "is_zero", "add_points",
                                         "memcpy",   "memset", "add_mod", "subtract_mod"};

typedef struct single_fault {
    fault_kind kind;
    unsigned target; // register, or bit of the program counter
} single_fault;

typedef struct child {
    pid_t pid;
    single_fault fault;
    uint32_t pc;
} child;

typedef struct walker {
    campaign *campaign;
    vb_board *board;
    uint32_t update_mode;
    uint32_t random;
    uint16_t executions[FLASH_SIZE / 2]; // of the instruction at each half-word of flash
    child children[CHILDREN];
} walker;

static uint32_t *slot_of(vb_cpu *cpu, unsigned reg)
{
    return reg < 13 ? &cpu->r[reg] : reg == PC ? &cpu->pc : &cpu->lr;
}

static uint16_t half_word(const walker *it, uint32_t address)
{
    uint8_t bytes[2] = {0};
    (void)vb_read(it->board, address, bytes, sizeof bytes);
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

// -- the child --------------------------------------------------------------------------------------------------------

static void skip(walker *it, vb_cpu *cpu)
{
    cpu->pc += thumb_size(half_word(it, cpu->pc));
    cpu->xpsr = thumb_skip_it(cpu->xpsr);
    vb_cpu_write(it->board, cpu);
}

static void corrupt(walker *it, const single_fault *fault)
{
    vb_cpu cpu;
    (void)vb_step(it->board);
    vb_cpu_read(it->board, &cpu);
    if (fault->kind == FAULT_PC) {
        cpu.pc ^= 2u << fault->target;
    } else {
        uint32_t *value = slot_of(&cpu, fault->target);
        *value = fault->kind == FAULT_ZERO ? 0 : *value ^ (fault->kind == FAULT_INVERT ? 0xFFFFFFFFu : 1u);
    }
    vb_cpu_write(it->board, &cpu);
}

static outcome outcome_of(const walker *it, vb_stop stop)
{
    const hf_area *slot = hf_board_area(it->campaign->description, HF_USE_APPLICATION);
    vb_cpu cpu;
    vb_cpu_read(it->board, &cpu);
    if (cpu.pc - slot->address < slot->size) {
        return OUTCOME_STARTED;
    }
    if (stop == VB_STOP_LOCKUP) {
        return OUTCOME_LOCKUP;
    }
    if (stop == VB_STOP_ENGINE) {
        return OUTCOME_BROKEN;
    }
    return stop == VB_STOP_ASKED && cpu.pc == it->update_mode ? OUTCOME_REFUSED : OUTCOME_STUCK;
}

static outcome suffer(walker *it, const single_fault *fault)
{
    vb_cpu cpu;
    vb_cpu_read(it->board, &cpu);
    if (fault->kind == FAULT_SKIP) {
        skip(it, &cpu);
    } else {
        corrupt(it, fault);
    }
    vb_break_at(it->board, it->update_mode);
    vb_time until = vb_now(it->board) + PATIENCE;
    return outcome_of(it, vb_run(it->board, until));
}

// -- the parent -------------------------------------------------------------------------------------------------------

static void book(walker *it, const child *ended, int status)
{
    campaign *c = it->campaign;
    outcome how = WIFEXITED(status) && WEXITSTATUS(status) < OUTCOMES ? (outcome)WEXITSTATUS(status) : OUTCOME_BROKEN;
    c->count[ended->fault.kind][how]++;
    if ((how == OUTCOME_STARTED || how == OUTCOME_BROKEN) && c->report != NULL) {
        const symbol *function = symbols_at(c->functions, ended->pc);
        fprintf(c->report, "%s: 0x%08X in %s, %s %u\n", how == OUTCOME_STARTED ? "started" : "board failed",
                (unsigned)ended->pc, function == NULL ? "?" : function->name, fault_names[ended->fault.kind],
                ended->fault.target);
    }
}

static child *free_child(walker *it)
{
    for (size_t i = 0; i < CHILDREN; i++) {
        if (it->children[i].pid == 0) {
            return &it->children[i];
        }
    }
    return NULL;
}

static bool wait_for_one(walker *it)
{
    int status;
    pid_t pid = wait(&status);
    for (size_t i = 0; i < CHILDREN; i++) {
        if (pid > 0 && it->children[i].pid == pid) {
            book(it, &it->children[i], status);
            it->children[i].pid = 0;
        }
    }
    return pid > 0;
}

static bool inject(walker *it, single_fault fault, uint32_t pc)
{
    child *place = free_child(it);
    while (place == NULL && wait_for_one(it)) {
        place = free_child(it);
    }
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        _exit((int)suffer(it, &fault));
    }
    if (pid > 0 && place != NULL) {
        *place = (child){pid, fault, pc};
    }
    return pid > 0;
}

static bool inject_into_load(walker *it, const vb_cpu *before, const vb_cpu *after, uint32_t pc)
{
    bool good = true;
    for (unsigned reg = 0; reg < PC && good; reg++) {
        if (reg == 13 || *slot_of((vb_cpu *)before, reg) == *slot_of((vb_cpu *)after, reg)) {
            continue;
        }
        for (fault_kind kind = FAULT_INVERT; kind <= FAULT_ONE_BIT && good; kind++) {
            good = inject(it, (single_fault){kind, reg}, pc);
        }
    }
    return good;
}

static bool inject_into_return(walker *it, uint32_t pc)
{
    bool good = true;
    for (unsigned bit = 0; bit < PC_BITS && good; bit++) {
        good = inject(it, (single_fault){FAULT_PC, bit}, pc);
    }
    return good;
}

// Which registers a load changes is known when a child of its own has executed it.
static bool look_ahead(walker *it, vb_cpu *after)
{
    int ends[2];
    if (pipe(ends) != 0) {
        return false;
    }
    pid_t pid = fork();
    if (pid == 0) {
        (void)vb_step(it->board);
        vb_cpu_read(it->board, after);
        _exit(write(ends[1], after, sizeof *after) != sizeof *after);
    }
    close(ends[1]);
    bool good = pid > 0 && read(ends[0], after, sizeof *after) == sizeof *after;
    close(ends[0]);
    int status;
    return pid > 0 && waitpid(pid, &status, 0) == pid && good;
}

static bool inject_all(walker *it, const vb_cpu *cpu)
{
    it->campaign->places++;
    uint16_t first = half_word(it, cpu->pc);
    if (!inject(it, (single_fault){FAULT_SKIP, 0}, cpu->pc)) {
        return false;
    }
    if (!thumb_loads(first)) {
        return true;
    }
    vb_cpu after;
    if (!look_ahead(it, &after)) {
        return false;
    }
    bool returns = after.pc != cpu->pc + thumb_size(first);
    return inject_into_load(it, cpu, &after, cpu->pc) && (!returns || inject_into_return(it, cpu->pc));
}

// -- the way ----------------------------------------------------------------------------------------------------------

static bool is_arithmetic(const walker *it, uint32_t pc)
{
    const symbol *function = symbols_at(it->campaign->functions, pc);
    for (size_t i = 0; function != NULL && i < sizeof arithmetic / sizeof arithmetic[0]; i++) {
        if (strcmp(function->name, arithmetic[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool by_chance(walker *it, unsigned one_of)
{
    it->random = it->random * 1664525u + 1013904223u;
    return one_of <= 1 || it->random / 65536 % one_of == 0;
}

// A place is tried each time it is reached, or every so many times when it is reached often.
static bool chosen(walker *it, uint32_t pc)
{
    uint16_t *executions = &it->executions[pc % FLASH_SIZE / 2];
    *executions += *executions < UINT16_MAX;
    return *executions <= OFTEN ? by_chance(it, it->campaign->every)
                                : by_chance(it, it->campaign->every * it->campaign->inside);
}

// Runs a function of the arithmetic to its end without looking, but for one of many.
static bool step_over(walker *it, const vb_cpu *cpu)
{
    bool entered = symbols_at(it->campaign->functions, cpu->pc)->address == cpu->pc;
    if (!entered || by_chance(it, 64 * it->campaign->inside)) {
        return false;
    }
    vb_break_at(it->board, cpu->lr & ~1u);
    (void)vb_run(it->board, vb_now(it->board) + PATIENCE);
    return true;
}

static bool walk(walker *it)
{
    vb_cpu cpu;
    vb_time limit = vb_now(it->board) + PATIENCE;
    while (vb_now(it->board) < limit) {
        vb_cpu_read(it->board, &cpu);
        if (cpu.pc == it->update_mode) {
            return true;
        }
        if (is_arithmetic(it, cpu.pc) && step_over(it, &cpu)) {
            continue;
        }
        if (chosen(it, cpu.pc) && !inject_all(it, &cpu)) {
            return false;
        }
        it->campaign->executed++;
        (void)vb_step(it->board);
    }
    return false;
}

// Everything behind the image, too: a core that strays into the slot stays there and is seen.
static bool fill_slot(vb_board *board, const hf_area *slot)
{
    static const uint8_t here[4] = {0xFE, 0xE7, 0xFE, 0xE7}; // b .
    bool good = true;
    for (uint32_t at = 0; at < SLOT_FILLED && good; at += sizeof here) {
        good = vb_write(board, slot->address + at, here, sizeof here) == VB_OK;
    }
    return good;
}

static bool prepare(walker *it)
{
    campaign *c = it->campaign;
    const hf_area *slot = hf_board_area(c->description, HF_USE_APPLICATION);
    const symbol *update_mode = symbols_named(c->functions, "hf_update_mode");
    char why[256];
    it->board = vb_create(c->description, why, sizeof why);
    if (it->board == NULL || update_mode == NULL || vb_load_elf(it->board, c->boot_elf) != VB_OK ||
        !fill_slot(it->board, slot) ||
        vb_write(it->board, slot->address, c->image->bytes, c->image->size) != VB_OK) {
        return false;
    }
    it->update_mode = update_mode->address;
    vb_power_on(it->board);
    return true;
}

bool campaign_run(campaign *it)
{
    walker *goes = calloc(1, sizeof *goes);
    if (goes == NULL) {
        return false;
    }
    goes->campaign = it;
    goes->random = 1;
    bool good = prepare(goes) && walk(goes);
    while (wait_for_one(goes)) {
    }
    vb_destroy(goes->board);
    free(goes);
    return good;
}
