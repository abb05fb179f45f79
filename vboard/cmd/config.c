// SPDX-License-Identifier: MIT
// The command line of `vboard run`.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"

enum {
    RUN_LOAD = 1,
    RUN_STATE,
    RUN_UART,
    RUN_BUTTON,
    RUN_LED_TRACE,
    RUN_PIN_TRACE,
    RUN_REPORTS,
    RUN_STRICT,
    RUN_SPEED,
    RUN_FOR,
    RUN_CONTROL,
    RUN_GDB,
    RUN_USBIP,
    RUN_CHIPS,
    RUN_CUT,
    RUN_CUT_BY,
    RUN_SEED,
    RUN_HELP
};

static const option_row rows[] = {
    {RUN_LOAD, "load", "FILE[@ADDRESS]",
     "writes an ELF file, or raw bytes at an address, into flash or RAM\n"
     "before the start; several are written in this order"},
    {RUN_STATE, "flash-file", "FILE",
     "keeps flash, option bytes and backup domain: read at the start if\n"
     "it exists (--load writes on top of it), written at the end"},
    {RUN_UART, "uart", "[NAME=]PLACE",
     "connects a UART (default: the one of the board file) to a place:\n"
     "pty:PATH  a pseudo-terminal, with a link at PATH\n"
     "tcp:PORT  a port of 127.0.0.1; 0 picks a free one and prints it\n"
     ",baud=N ,parity=none|even|odd ,stop=1|2 behind it fix the far\n"
     "end's settings; a pty's are otherwise read from the terminal"},
    {RUN_BUTTON, "button", "pressed|released", "the button at power-on (default: released)"},
    {RUN_LED_TRACE, "led-trace", "FILE",
     "writes each change of the LED: SECONDS LED 0|1; - is stdout"},
    {RUN_PIN_TRACE, "pin-trace", "FILE", "writes each change of any pin: SECONDS PA0 0|1|z"},
    {RUN_SPEED, "speed", "N|max",
     "virtual seconds per real second (default: 1). max: as fast as the\n"
     "host can, but at real time while the guest waits for a client"},
    {RUN_FOR, "for", "SECONDS", "ends the run at this virtual time"},
    {RUN_CONTROL, "control", "PATH", "listens there for `vboard ctl`"},
    {RUN_GDB, "gdb", "PORT",
     "waits for GDB (target remote :PORT) before the first instruction;\n"
     "0 picks a free port and prints it"},
    {RUN_USBIP, "usbip", "PORT",
     "plugs the board into USB: `usbip attach` on a Linux machine makes\n"
     "it a device there; 0 picks a free port of 127.0.0.1 and prints it"},
    {RUN_REPORTS, "trace-reports", NULL,
     "prints what the model finds wrong at the moment it happens"},
    {RUN_STRICT, "strict", NULL,
     "ends with exit code 4 at the first access that is unmodelled,\n"
     "unclocked, or forbidden by the manual"},
    {RUN_CUT, "cut", "N[:WHERE]",
     "cuts the supply in the N-th flash operation (program unit, erase or\n"
     "change of option bytes) and ends the run, or waits for `power on`\n"
     "with --control. WHERE: before, inside (default), after, or how much\n"
     "of it is done, 0 to 1. Never reached: exit code 1"},
    {RUN_CUT_BY, "cut-by", "HOW",
     "what a cut is: supply (default), or a reset by pin or watchdog, after\n"
     "which the run goes on: flash is torn, RAM keeps its content"},
    {RUN_SEED, "seed", "NUMBER", "decides what a torn operation leaves (default: 0)"},
    {RUN_CHIPS, "chips", "FOLDER",
     "where chip files are, if not in ../chips beside the board's folder"},
    {RUN_HELP, "help", NULL, "prints this"},
    {0, NULL, NULL, NULL},
};

static void help(void)
{
    puts("usage: vboard run BOARD.json [options]\n\n"
         "Powers a virtual board on and runs it until --for, `vboard ctl ... quit`, Ctrl-C or\n"
         "SIGTERM. Prints one line per connection and then \"ready\" on stderr.\n\noptions:");
    option_help(rows, stdout);
    puts("\nexample:\n"
         "  vboard run boards/stm32f407-discovery.json --load boot.elf --load blink-v1.elf \\\n"
         "      --flash-file state.bin --uart pty:/tmp/uart --led-trace led.trace \\\n"
         "      --control /tmp/board\n\n"
         "exit codes: 0 the run ended as asked; 1 a bug of vboard; 2 wrong usage; 3 a file,\n"
         "socket or terminal could not be used; 4 the guest locked up, or --strict and a report");
}

// "FILE@0xADDRESS". A file name may hold an @ of its own: only a number behind the last one counts.
static bool read_load(run_config *config, const char *text)
{
    if (config->loads_count == CONFIG_LOADS) {
        complain("--load %s: %d files are the limit", text, CONFIG_LOADS);
        return false;
    }
    load_spec *load = &config->loads[config->loads_count++];
    const char *at = strrchr(text, '@');
    load->raw = at != NULL && read_u32(at + 1, &load->address);
    size_t length = load->raw ? (size_t)(at - text) : strlen(text);
    if (length == 0 || length >= sizeof load->path) {
        complain("--load %s: this is no file name", text);
        return false;
    }
    memcpy(load->path, text, length);
    load->path[length] = '\0';
    return true;
}

static bool read_port(run_config *config, const char *text)
{
    if (config->ports_count == CONFIG_PORTS) {
        complain("--uart %s: %d connections are the limit", text, CONFIG_PORTS);
        return false;
    }
    char why[400];
    if (!port_spec_read(&config->ports[config->ports_count++], text, why, sizeof why)) {
        complain("%s", why);
        return false;
    }
    return true;
}

static bool read_button(run_config *config, const char *text)
{
    config->button_pressed = strcmp(text, "pressed") == 0;
    if (!config->button_pressed && strcmp(text, "released") != 0) {
        complain("--button %s: write pressed or released", text);
        return false;
    }
    return true;
}

static bool read_speed(run_config *config, const char *text)
{
    if (strcmp(text, "max") == 0) {
        config->speed = 0;
        return true;
    }
    if (!read_positive(text, &config->speed) || config->speed > 1e6 || config->speed < 1e-3) {
        complain("--speed %s: write a number from 0.001 to 1000000, or max", text);
        return false;
    }
    return true;
}

static bool read_duration(run_config *config, const char *text)
{
    if (!read_seconds(text, &config->duration) || config->duration == 0) {
        complain("--for %s: write virtual seconds above 0, e.g. --for 2.5", text);
        return false;
    }
    return true;
}

bool config_read_cut(const char *text, uint64_t *number, uint32_t *done)
{
    static const struct {
        const char *word;
        uint32_t done;
    } places[] = {{"before", VB_CUT_BEFORE}, {"inside", VB_CUT_INSIDE}, {"after", VB_CUT_AFTER}};
    char *end;
    errno = 0;
    *number = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || errno != 0 || *number == 0 || (*end != '\0' && *end != ':')) {
        return false;
    }
    *done = VB_CUT_INSIDE;
    if (*end == '\0') {
        return true;
    }
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (strcmp(end + 1, places[i].word) == 0) {
            *done = places[i].done;
            return true;
        }
    }
    double fraction;
    if (!read_positive(end + 1, &fraction) || fraction > 1) {
        return false;
    }
    *done = (uint32_t)(fraction * VB_CUT_AFTER);
    return true;
}

static bool read_cut_by(run_config *config, const char *text)
{
    static const char *const words[] = {[VB_CUT_SUPPLY] = "supply", [VB_CUT_PIN] = "pin", [VB_CUT_WATCHDOG] = "watchdog"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(text, words[i]) == 0) {
            config->cut_by = (vb_cut_kind)i;
            return true;
        }
    }
    complain("--cut-by %s: write supply, pin or watchdog", text);
    return false;
}

static bool read_cut(run_config *config, const char *text)
{
    if (!config_read_cut(text, &config->cut, &config->cut_done)) {
        complain("--cut %s: write the number of a flash operation and, behind a colon, before, inside, after "
                 "or a fraction, e.g. --cut 12:inside",
                 text);
        return false;
    }
    return true;
}

static bool read_seed(run_config *config, const char *text)
{
    char *end;
    errno = 0;
    config->seed = strtoull(text, &end, 0);
    if (*text < '0' || *text > '9' || *end != '\0' || errno != 0) {
        complain("--seed %s: write a number", text);
        return false;
    }
    return true;
}

static bool read_tcp_port(const char *option, const char *text, bool *given, uint16_t *port)
{
    uint32_t number;
    if (!read_u32(text, &number) || number > UINT16_MAX) {
        complain("--%s %s: write a TCP port, e.g. --%s 3333", option, text, option);
        return false;
    }
    *given = true;
    *port = (uint16_t)number;
    return true;
}

static bool read_board(run_config *config, const char *text)
{
    if (config->board_path != NULL) {
        complain("%s: one board at a time, %s is the first; firmware is loaded with --load", text,
                 config->board_path);
        return false;
    }
    config->board_path = text;
    return true;
}

static bool apply(run_config *config, int id, const char *value)
{
    switch (id) {
    case RUN_LOAD: return read_load(config, value);
    case RUN_UART: return read_port(config, value);
    case RUN_BUTTON: return read_button(config, value);
    case RUN_SPEED: return read_speed(config, value);
    case RUN_FOR: return read_duration(config, value);
    case RUN_GDB: return read_tcp_port("gdb", value, &config->gdb, &config->gdb_port);
    case RUN_USBIP: return read_tcp_port("usbip", value, &config->usbip, &config->usbip_port);
    case RUN_CUT: return read_cut(config, value);
    case RUN_CUT_BY: return read_cut_by(config, value);
    case RUN_SEED: return read_seed(config, value);
    case RUN_STATE: config->state_path = value; return true;
    case RUN_LED_TRACE: config->led_trace = value; return true;
    case RUN_PIN_TRACE: config->pin_trace = value; return true;
    case RUN_CONTROL: config->control_path = value; return true;
    case RUN_CHIPS: config->chips_dir = value; return true;
    case RUN_REPORTS: config->trace_reports = true; return true;
    case RUN_STRICT: config->strict = true; return true;
    case OPTION_WORD: return read_board(config, value);
    default: return false; // OPTION_WRONG, complained already
    }
}

int config_read(run_config *config, int argc, char **argv)
{
    *config = (run_config){.speed = 1};
    option_reader reader = {.rows = rows, .next = argv + 1, .end = argv + argc};
    const char *value = NULL;
    for (int id; (id = option_next(&reader, &value)) != OPTION_END;) {
        if (id == RUN_HELP) {
            help();
            return CMD_OK;
        }
        if (!apply(config, id, value)) {
            return CMD_USAGE;
        }
    }
    if (config->board_path == NULL) {
        complain("which board? vboard run boards/NAME.json ...; --help explains");
        return CMD_USAGE;
    }
    return -1;
}
