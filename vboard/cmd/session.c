// SPDX-License-Identifier: MIT
// Sets a run up and puts it away again.
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "session.h"

#define FINDINGS_MAX 16

static const char *const report_names[VB_REPORT_KINDS] = {
    [VB_REPORT_UNMODELLED] = "unmodelled",
    [VB_REPORT_UNCLOCKED] = "unclocked",
    [VB_REPORT_MISUSE] = "misuse",
    [VB_REPORT_FAULT] = "fault",
};

void session_end(cmd_session *session, int code)
{
    if (!session->done) {
        session->code = code;
    }
    session->done = true;
}

// -- what the board tells -------------------------------------------------------------------------

static void on_report(void *context, vb_time when, vb_report kind, const char *words)
{
    cmd_session *session = context;
    // A fault may be what the firmware wants (probing for a device); the others never are.
    bool ends = session->config->strict && kind != VB_REPORT_FAULT && !session->done;
    if (session->config->trace_reports || ends) {
        char seconds[SECONDS_TEXT];
        fprintf(stderr, "%s %s: %s\n", write_seconds(when, seconds), report_names[kind], words);
    }
    if (ends) {
        complain("--strict: the run ends here");
        session_end(session, CMD_GUEST);
        vb_stop_now(session->board);
    }
}

static void on_pin(void *context, vb_time when, hf_pin pin, vb_level level)
{
    cmd_session *session = context;
    char name[PIN_TEXT];
    trace_line(&session->pin_trace, when, write_pin(pin, name), level);
    hf_pin led = session->description.led;
    if (pin.port != led.port || pin.number != led.number) {
        return;
    }
    bool lit = vb_led(session->board);
    if (lit != session->led) {
        trace_line(&session->led_trace, when, "LED", lit ? VB_HIGH : VB_LOW);
    }
    session->led = lit;
}

// -- setting up -----------------------------------------------------------------------------------

static int read_board(cmd_session *session)
{
    hf_complaint why;
    if (hf_board_read(&session->description, session->config->board_path,
                      session->config->chips_dir, &why) != HF_LAYOUT_OK) {
        complain("%s", why.text);
        return CMD_FILE;
    }
    hf_finding findings[FINDINGS_MAX];
    size_t count = hf_board_check(&session->description, findings, FINDINGS_MAX);
    bool sound = true;
    for (size_t i = 0; i < count && i < FINDINGS_MAX; i++) {
        if (findings[i].error) {
            complain("%s: %s: %s; %s", session->config->board_path, findings[i].key,
                     findings[i].text, findings[i].fix);
            sound = false;
        }
    }
    return sound ? CMD_OK : CMD_FILE;
}

static int make_board(cmd_session *session)
{
    char why[400];
    session->board = vb_create(&session->description, why, sizeof why);
    if (session->board == NULL) {
        complain("%s: cannot make this board: %s", session->config->board_path, why);
        return CMD_FILE;
    }
    vb_on_report(session->board, on_report, session);
    vb_on_pin(session->board, on_pin, session);
    vb_set_seed(session->board, session->config->seed);
    vb_cut_by(session->board, session->config->cut_by);
    if (session->config->cut != 0) {
        vb_cut_at_operation(session->board, session->config->cut, session->config->cut_done);
    }
    return CMD_OK;
}

static int load_state(cmd_session *session)
{
    const char *path = session->config->state_path;
    if (path == NULL || (access(path, F_OK) != 0 && errno == ENOENT)) {
        return CMD_OK;
    }
    if (vb_state_load(session->board, path) == VB_OK) {
        return CMD_OK;
    }
    complain("%s: %s; delete the file to start with erased flash, or name another one", path,
             vb_error(session->board));
    return CMD_FILE;
}

static bool is_elf(const char *path)
{
    char magic[4] = "";
    FILE *file = fopen(path, "rbe");
    if (file == NULL) {
        return false;
    }
    size_t got = fread(magic, 1, sizeof magic, file);
    fclose(file);
    return got == sizeof magic && memcmp(magic, "\177ELF", sizeof magic) == 0;
}

static int load_file(cmd_session *session, const load_spec *load)
{
    if (access(load->path, R_OK) != 0) {
        complain("--load %s: %s", load->path, strerror(errno));
        return CMD_FILE;
    }
    if (!load->raw && !is_elf(load->path)) {
        complain("--load %s: not an ELF file; raw bytes need an address: --load %s@0x08000000",
                 load->path, load->path);
        return CMD_FILE;
    }
    vb_status status = load->raw ? vb_load_bin(session->board, load->path, load->address)
                                 : vb_load_elf(session->board, load->path);
    if (status != VB_OK) {
        complain("--load %s: %s", load->path, vb_error(session->board));
        return CMD_FILE;
    }
    return CMD_OK;
}

static int load_files(cmd_session *session)
{
    int code = CMD_OK;
    for (size_t i = 0; i < session->config->loads_count && code == CMD_OK; i++) {
        code = load_file(session, &session->config->loads[i]);
    }
    return code;
}

static int open_traces(cmd_session *session)
{
    const run_config *config = session->config;
    if (config->led_trace != NULL && session->description.led.port == 0) {
        complain("--led-trace: %s has no LED", config->board_path);
        return CMD_USAGE;
    }
    if (!trace_open(&session->led_trace, config->led_trace)) {
        complain("--led-trace %s: %s", config->led_trace, strerror(errno));
        return CMD_FILE;
    }
    if (!trace_open(&session->pin_trace, config->pin_trace)) {
        complain("--pin-trace %s: %s", config->pin_trace, strerror(errno));
        return CMD_FILE;
    }
    return CMD_OK;
}

static bool connected(const cmd_session *session, const char *uart)
{
    for (size_t i = 0; i < session->ports_count; i++) {
        if (strcmp(port_uart(session->ports[i]), uart) == 0) {
            return true;
        }
    }
    return false;
}

static int open_ports(cmd_session *session)
{
    char why[400];
    for (size_t i = 0; i < session->config->ports_count; i++) {
        cmd_port *port = port_open(session->board, &session->description,
                                   &session->config->ports[i], why, sizeof why);
        if (port == NULL) {
            complain("--uart: %s", why);
            return CMD_FILE;
        }
        if (connected(session, port_uart(port))) {
            complain("--uart: %s is connected twice; a UART has one far end", port_uart(port));
            port_close(port);
            return CMD_USAGE;
        }
        session->ports[session->ports_count++] = port;
        fprintf(stderr, "uart %s: %s\n", port_uart(port), port_place(port));
    }
    return CMD_OK;
}

static int open_control(cmd_session *session)
{
    const char *path = session->config->control_path;
    char why[400];
    if (path == NULL) {
        return CMD_OK;
    }
    if (!control_open(&session->control, path, why, sizeof why)) {
        complain("--control: %s", why);
        return CMD_FILE;
    }
    fprintf(stderr, "control: %s\n", path);
    return CMD_OK;
}

static int open_gdb(cmd_session *session)
{
    uint16_t port = session->config->gdb_port;
    if (!session->config->gdb) {
        return CMD_OK;
    }
    if (!gdb_open(&session->gdb, &port)) {
        complain("--gdb %u: cannot listen on 127.0.0.1: %s", port, strerror(errno));
        return CMD_FILE;
    }
    fprintf(stderr, "gdb: 127.0.0.1:%u\n", port);
    return CMD_OK;
}

static int open_usb(cmd_session *session)
{
    char why[400];
    uint16_t port = session->config->usbip_port;
    if (!session->config->usbip) {
        return CMD_OK;
    }
    if (!cmd_usb_open(&session->usb, session->board, &port, why, sizeof why)) {
        complain("--usbip: %s", why);
        return CMD_FILE;
    }
    fprintf(stderr, "usbip: 127.0.0.1:%u, bus id " VB_USBIP_BUSID "\n", port);
    return CMD_OK;
}

// Signals become readable: a run always ends through session_close. A client that leaves is no
// reason to die.
static int catch_signals(cmd_session *session)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    signal(SIGPIPE, SIG_IGN);
    if (sigprocmask(SIG_BLOCK, &set, NULL) == 0) {
        session->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    }
    if (session->signals < 0) {
        complain("cannot catch signals: %s", strerror(errno));
        return CMD_FAILED;
    }
    return CMD_OK;
}

static int switch_on(cmd_session *session)
{
    if (session->config->button_pressed && session->description.button.port == 0) {
        complain("--button: %s has no button", session->config->board_path);
        return CMD_USAGE;
    }
    if (session->description.button.port != 0) {
        vb_button(session->board, session->config->button_pressed);
    }
    session->led = vb_led(session->board);
    vb_power_on(session->board);
    session->powered = session->began = true;
    fputs("ready\n", stderr);
    return CMD_OK;
}

int session_open(cmd_session *session, const run_config *config)
{
    static int (*const steps[])(cmd_session *) = {
        read_board,   make_board, load_state, load_files,    open_traces, open_ports,
        open_control, open_gdb,   open_usb,   catch_signals, switch_on};
    *session = (cmd_session){
        .config = config, .signals = -1, .pace = {.speed = config->speed > 0 ? config->speed : 1}};
    control_init(&session->control);
    gdb_init(&session->gdb);
    int code = CMD_OK;
    for (size_t i = 0; i < sizeof steps / sizeof *steps && code == CMD_OK; i++) {
        code = steps[i](session);
    }
    return code;
}

// -- putting away ---------------------------------------------------------------------------------

vb_status session_save(cmd_session *session)
{
    char fresh[4096];
    const char *path = session->config->state_path;
    if (snprintf(fresh, sizeof fresh, "%s.new", path) >= (int)sizeof fresh) {
        return VB_E_FILE;
    }
    vb_status status = vb_state_save(session->board, fresh);
    if (status == VB_OK && rename(fresh, path) == 0) {
        return VB_OK;
    }
    unlink(fresh);
    return status != VB_OK ? status : VB_E_FILE;
}

// A run that never began must not touch the file.
static void save_at_end(cmd_session *session)
{
    if (!session->began || session->config->state_path == NULL ||
        session_save(session) == VB_OK) {
        return;
    }
    complain("%s: could not be written (%s); the board's flash is lost",
             session->config->state_path, vb_error(session->board));
    session->code = CMD_FILE;
}

static void close_trace(cmd_session *session, cmd_trace *trace)
{
    if (!trace_close(trace, session->board != NULL ? vb_now(session->board) : 0)) {
        complain("%s: not all of it could be written", trace->path);
        session->code = CMD_FILE;
    }
}

// Silence would hide that the model and the firmware disagree.
static void sum_up(const cmd_session *session)
{
    unsigned all = 0;
    for (int kind = 0; kind < VB_REPORT_KINDS; kind++) {
        unsigned count = vb_reports(session->board, (vb_report)kind);
        if (count > 0) {
            fprintf(stderr, "reports, %s: %u\n", report_names[kind], count);
        }
        all += count;
    }
    if (all > 0 && !session->config->trace_reports) {
        fputs("run with --trace-reports to see them\n", stderr);
    }
    for (size_t i = 0; i < session->ports_count; i++) {
        if (port_lost(session->ports[i]) > 0) {
            complain("%s: its reader was too slow and lost %llu bytes",
                     port_uart(session->ports[i]),
                     (unsigned long long)port_lost(session->ports[i]));
        }
    }
}

// A cut that never came would pass for one that did no harm.
static void expect_cut(cmd_session *session)
{
    if (session->config->cut == 0 || vb_cuts(session->board) != 0 || session->code != CMD_OK) {
        return;
    }
    complain("--cut %llu: the run had %llu flash operations, the supply was never cut",
             (unsigned long long)session->config->cut,
             (unsigned long long)vb_flash_operations(session->board));
    session->code = CMD_FAILED;
}

int session_close(cmd_session *session)
{
    if (session->board != NULL && session->began) {
        expect_cut(session);
        sum_up(session);
        save_at_end(session);
    }
    close_trace(session, &session->led_trace);
    close_trace(session, &session->pin_trace);
    control_close(&session->control);
    gdb_close(&session->gdb);
    for (size_t i = 0; i < session->ports_count; i++) {
        port_close(session->ports[i]);
    }
    if (session->signals >= 0) {
        close(session->signals);
    }
    cmd_usb_close(&session->usb);
    if (session->board != NULL) {
        vb_destroy(session->board);
    }
    return session->code;
}
