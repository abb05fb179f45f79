// SPDX-License-Identifier: MIT
// What the command line of `vboard run` says.
#ifndef VB_CMD_CONFIG_H
#define VB_CMD_CONFIG_H

#include "cmd.h"
#include "port.h"

#define CONFIG_LOADS 16
#define CONFIG_PORTS 8

typedef struct load_spec {
    char path[512];
    bool raw; // a file of bytes for this address; else an ELF file, which knows its own
    uint32_t address;
} load_spec;

typedef struct run_config {
    const char *board_path, *chips_dir;                            // chips_dir may be NULL
    const char *state_path, *led_trace, *pin_trace, *control_path; // NULL: none
    size_t loads_count, ports_count;
    load_spec loads[CONFIG_LOADS];
    port_spec ports[CONFIG_PORTS];
    bool button_pressed, trace_reports, strict;
    double speed; // times real time; 0: as fast as the host can
    bool gdb;
    uint16_t gdb_port; // 0: the system chooses
    bool usbip;
    uint16_t usbip_port; // 0: the system chooses
    vb_time duration;    // 0: until somebody ends it
    uint64_t cut;        // flash operation in which the supply is cut; 0: none
    uint32_t cut_done;   // where in it, see vb_cut_at_operation
    vb_cut_kind cut_by;
    uint64_t seed;
} run_config;

// "N[:WHERE]", of --cut and the control command.
bool config_read_cut(const char *text, uint64_t *number, uint32_t *done);

// Negative: go on. Else the exit code, everything has been said.
int config_read(run_config *config, int argc, char **argv);

#endif
