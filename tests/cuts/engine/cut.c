// SPDX-License-Identifier: MIT
#include "cut.h"

#include <setjmp.h>
#include <stddef.h>

static struct {
    uint64_t left; // operations until the cut
    unsigned way;
    jmp_buf dark;
} cut;

void cut_tear(const operation *what, unsigned way, uint64_t seed)
{
    bool ended = way == FLASH_TEARS;
    if (what->kind == OPERATION_OPTION) { // the old values stand, or the new ones: RM0433, 4.4.3
        m.swap_due = way == FLASH_TEARS || way == FLASH_TEARS - 1;
    } else if (what->kind == OPERATION_ERASE && ended) {
        (void)flash_erase_sector(what->address);
    } else if (what->kind == OPERATION_ERASE) {
        flash_tear_erase(what->address, way, seed);
    } else if (ended) {
        (void)flash_program_unit(what->address, what->data);
    } else {
        flash_tear_program(what->address, what->data, way, seed);
    }
}

static void on_operation(const operation *what)
{
    if (cut.left-- > 1) {
        return;
    }
    cut_tear(what, cut.way, cut.left);
    longjmp(cut.dark, 1);
}

bool cut_in(void (*act)(void), uint64_t nth, unsigned way)
{
    cut.left = nth;
    cut.way = way;
    m.on_operation = on_operation;
    bool fired = setjmp(cut.dark) != 0;
    if (!fired) {
        act();
    }
    m.on_operation = NULL;
    m.button = false;
    m.mailbox = 0;
    return fired;
}
