// SPDX-License-Identifier: MIT
// The machine around a boot core on the host: port, resets, and a host that sends images. Everything that changes flash is
// announced first, so that a campaign can let the supply fail there.
#ifndef HF_CUTS_MACHINE_H
#define HF_CUTS_MACHINE_H

#include "core.h"

typedef enum operation_kind { OPERATION_PROGRAM, OPERATION_ERASE, OPERATION_OPTION } operation_kind; // option: the banks

typedef struct operation {
    operation_kind kind;
    uint32_t address;
    const uint8_t *data; // of a program unit
} operation;

typedef enum ending { ENDED_STARTED, ENDED_UPDATE_MODE, ENDED_RESET, ENDED_NOWHERE } ending; // nowhere: it never rests

typedef struct machine {
    const core *core;
    uint32_t mailbox;
    bool button;
    bool swap_due; // the option bytes hold it, the next reset does it
    void (*on_operation)(const operation *what); // nothing has changed yet
    uint64_t work;                               // reads since the last reset: one that never rests is found out
} machine;

extern machine m;

#define MACHINE_BOOT_SIZE 256u // of the bootloader that stands for the real one where it must be copied

void machine_put_bootloader(void); // as the factory does it, into empty flash

// Loads the module, exits with words when that cannot be done.
void machine_load(const char *module);

// Reset, and the decision, until something rests: the application starts, or update mode is entered.
ending machine_reset(void);

// The core's variables: kept in *kept (machine_variables bytes), and brought back.
size_t machine_variables(void);
void machine_keep(void *kept);
void machine_bring_back(const void *kept);

// In update mode: what a link does with a host that sends an image and then says that it is done. The core may take it or
// refuse it; the reset that follows is machine_reset.
hf_err machine_receive(const uint8_t *image, uint32_t size);
// The same as dfu-util does it: a sector is erased when it is reached, and blocks are larger.
hf_err machine_receive_by_dfu(const uint8_t *image, uint32_t size);
// The same in frames, which take fewer operations: nothing but what stands in its way is erased before the image.
hf_err machine_receive_sparing(const uint8_t *image, uint32_t size);
void machine_leave_update_mode(void);

// The application that was started says that it works. It is the bootloader's code that does it, with fresh variables.
bool machine_confirm(void);
// And it receives an image while it runs.
hf_err machine_stage(const uint8_t *image, uint32_t size);

#endif
