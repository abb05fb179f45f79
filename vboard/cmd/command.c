// SPDX-License-Identifier: MIT
// The commands of the control socket.
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "session.h"

#define WORDS_MAX 6

typedef struct command {
    const char *name, *words, *help;
    int min, max; // words behind the name
    void (*run)(cmd_session *session, char **words, int count, command_answer *answer);
} command;

__attribute__((format(printf, 2, 3))) static void refuse(command_answer *answer, const char *format,
                                                         ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(answer->text, sizeof answer->text, format, list);
    va_end(list);
    answer->ok = false;
}

static bool is(const char *word, const char *what)
{
    return strcmp(word, what) == 0;
}

static void do_button(cmd_session *session, char **words, int count, command_answer *answer)
{
    (void)count;
    bool press = is(words[0], "press");
    if (!press && !is(words[0], "release")) {
        refuse(answer, "button %s: write press or release", words[0]);
        return;
    }
    if (session->description.button.port == 0) {
        refuse(answer, "this board has no button");
        return;
    }
    vb_button(session->board, press);
}

static void do_reset(cmd_session *session, char **words, int count, command_answer *answer)
{
    (void)words;
    (void)count;
    if (!session->powered) {
        refuse(answer, "the board is switched off: power on first");
        return;
    }
    vb_reset_pin(session->board);
    session->locked = false;
}

static void power_off(cmd_session *session, bool vbat, command_answer *answer)
{
    if (!session->powered) {
        refuse(answer, "the board is switched off already");
        return;
    }
    vb_power_off(session->board, vbat);
    session->powered = false;
    session->locked = false;
}

static void power_on(cmd_session *session, command_answer *answer)
{
    if (session->powered) {
        refuse(answer, "the board is switched on already");
        return;
    }
    vb_power_on(session->board);
    session->powered = true;
}

static void do_power(cmd_session *session, char **words, int count, command_answer *answer)
{
    if (is(words[0], "on") && count == 1) {
        power_on(session, answer);
    } else if (is(words[0], "off") && count == 1) {
        power_off(session, true, answer);
    } else if (is(words[0], "off") && is(words[1], "--no-vbat")) {
        power_off(session, false, answer);
    } else {
        refuse(answer, "power: write on, off, or off --no-vbat");
    }
}

static void do_cut(cmd_session *session, char **words, int count, command_answer *answer)
{
    uint64_t number;
    uint32_t done;
    (void)count;
    if (is(words[0], "never")) {
        vb_cut_never(session->board);
        return;
    }
    if (!config_read_cut(words[0], &number, &done)) {
        refuse(answer, "cut %s: write the number of a flash operation, e.g. cut 12:inside, or never", words[0]);
        return;
    }
    if (vb_cut_at_operation(session->board, number, done) != VB_OK) {
        refuse(answer, "cut %s: %s", words[0], vb_error(session->board));
    }
}

static void do_fail(cmd_session *session, char **words, int count, command_answer *answer)
{
    uint32_t number = 0, flags = VB_FLASH_HANGS;
    bool forget = count == 1 && is(words[0], "never");
    bool known = count == 2 && read_u32(words[0], &number) && number != 0 &&
                 (is(words[1], "hang") || (read_u32(words[1], &flags) && flags != 0));
    if (!forget && !known) {
        refuse(answer, "fail: write the number of a flash operation and its flags in the status register or hang, "
                       "e.g. fail 12 0x10, or fail never");
        return;
    }
    if (vb_fail_at_operation(session->board, number, flags) != VB_OK) {
        refuse(answer, "fail %s: %s", words[0], vb_error(session->board));
    }
}

static bool read_level(const char *word, vb_level *level)
{
    static const char *const names[] = {"low", "high", "float"};
    static const vb_level levels[] = {VB_LOW, VB_HIGH, VB_FLOATING};
    for (size_t i = 0; i < 3; i++) {
        if (is(word, names[i])) {
            *level = levels[i];
            return true;
        }
    }
    return false;
}

static void do_pin(cmd_session *session, char **words, int count, command_answer *answer)
{
    static const char *const shown[] = {
        [VB_LOW] = "low", [VB_HIGH] = "high", [VB_FLOATING] = "float"};
    hf_pin pin;
    if (!hf_pin_parse(words[0], &pin)) {
        refuse(answer, "pin %s: pins are written PA0 to PK15", words[0]);
        return;
    }
    if (count == 1) {
        snprintf(answer->text, sizeof answer->text, "%s", shown[vb_pin_level(session->board, pin)]);
        return;
    }
    vb_level level;
    if (!read_level(words[1], &level)) {
        refuse(answer, "pin %s %s: levels are high, low and float", words[0], words[1]);
        return;
    }
    if (vb_pin_drive(session->board, pin, level) != VB_OK) {
        refuse(answer, "pin %s: %s", words[0], vb_error(session->board));
    }
}

static void do_crystal(cmd_session *session, char **words, int count, command_answer *answer)
{
    (void)count;
    bool on = is(words[0], "on");
    if (!on && !is(words[0], "off")) {
        refuse(answer, "crystal %s: write on or off", words[0]);
        return;
    }
    if (session->description.hse_hz == 0) {
        refuse(answer, "this board has no crystal");
        return;
    }
    vb_crystal(session->board, on);
}

static void do_break(cmd_session *session, char **words, int count, command_answer *answer)
{
    for (size_t i = 0; i < session->ports_count; i++) {
        if (count == 0 || is(words[0], port_uart(session->ports[i]))) {
            vb_uart_break(session->board, port_uart(session->ports[i]));
            return;
        }
    }
    refuse(answer, "no such UART is connected");
}

static const char *describe_cpu(const cmd_session *session, const vb_cpu *cpu)
{
    if (!session->powered) {
        return "off";
    }
    return cpu->lockup ? "locked-up" : cpu->sleeping ? "sleeping" : "running";
}

static void do_status(cmd_session *session, char **words, int count, command_answer *answer)
{
    (void)words;
    (void)count;
    vb_board *board = session->board;
    vb_cpu cpu = {0};
    if (session->powered) {
        vb_cpu_read(board, &cpu);
    }
    char seconds[SECONDS_TEXT];
    snprintf(answer->text, sizeof answer->text,
             "time=%s power=%s cpu=%s pc=0x%08" PRIx32 " instructions=%" PRIu64
             " flash_operations=%" PRIu64 " led=%d unmodelled=%u unclocked=%u misuse=%u fault=%u",
             write_seconds(vb_now(board), seconds), session->powered ? "on" : "off",
             describe_cpu(session, &cpu), cpu.pc, vb_instructions(board), vb_flash_operations(board),
             session->description.led.port != 0 && vb_led(board),
             vb_reports(board, VB_REPORT_UNMODELLED), vb_reports(board, VB_REPORT_UNCLOCKED),
             vb_reports(board, VB_REPORT_MISUSE), vb_reports(board, VB_REPORT_FAULT));
}

static void do_usb(cmd_session *session, char **words, int count, command_answer *answer)
{
    if (session->usb.server == NULL) {
        refuse(answer, "USB is not connected: start with --usbip PORT");
        return;
    }
    if (count == 0) {
        char text[32];
        snprintf(answer->text, sizeof answer->text, "%s", cmd_usb_describe(&session->usb, text));
        return;
    }
    bool plug = is(words[0], "plug");
    if (!plug && !is(words[0], "unplug")) {
        refuse(answer, "usb %s: write plug or unplug", words[0]);
        return;
    }
    if (plug == cmd_usb_plugged(&session->usb)) {
        refuse(answer, "the cable is %s already", plug ? "plugged in" : "unplugged");
        return;
    }
    cmd_usb_plug(&session->usb, plug);
}

static void do_wait(cmd_session *session, char **words, int count, command_answer *answer)
{
    (void)count;
    vb_time duration;
    if (!read_seconds(words[0], &duration)) {
        refuse(answer, "wait %s: write virtual seconds, e.g. wait 0.5", words[0]);
        return;
    }
    if (session->locked) {
        refuse(answer, "the core is locked up: virtual time stands still until a reset");
        return;
    }
    answer->later = true;
    answer->when = vb_now(session->board) + duration;
    char seconds[SECONDS_TEXT];
    snprintf(answer->text, sizeof answer->text, "time=%s", write_seconds(answer->when, seconds));
}

static void do_save(cmd_session *session, char **words, int count, command_answer *answer)
{
    (void)words;
    (void)count;
    if (session->config->state_path == NULL) {
        refuse(answer, "there is no state file: start with --flash-file FILE");
        return;
    }
    if (session_save(session) != VB_OK) {
        refuse(answer, "%s could not be written: %s", session->config->state_path,
               vb_error(session->board));
    }
}

static void do_quit(cmd_session *session, char **words, int count, command_answer *answer)
{
    (void)words;
    (void)count;
    (void)answer;
    session_end(session, CMD_OK);
}

static const command commands[] = {
    {"status", "", "time, power, core, LED, counts of reports, as name=value", 0, 0, do_status},
    {"button", "press|release", "the board's button", 1, 1, do_button},
    {"reset", "", "a pulse on NRST", 0, 0, do_reset},
    {"power", "on|off [--no-vbat]",
     "the supply; with --no-vbat the backup domain loses its own, too", 1, 2, do_power},
    {"cut", "N[:WHERE]|never", "plans a cut of the supply in the N-th flash operation, as --cut", 1, 1, do_cut},
    {"fail", "N FLAGS|hang, or never",
     "the flash controller gives the N-th operation up with these status flags, or never ends it", 1, 2, do_fail},
    {"pin", "NAME [high|low|float]", "drives a pin from outside, lets it go, or tells its level", 1,
     2, do_pin},
    {"crystal", "on|off", "the crystal of the board", 1, 1, do_crystal},
    {"break", "[UART]", "sends a break condition to a connected UART", 0, 1, do_break},
    {"usb", "[plug|unplug]", "the USB cable, or tells what is at its end", 0, 1, do_usb},
    {"wait", "SECONDS", "answers when so much virtual time has passed", 1, 1, do_wait},
    {"save", "", "writes the state file now", 0, 0, do_save},
    {"quit", "", "ends the run as Ctrl-C does", 0, 0, do_quit},
};

static const command *find(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (is(name, commands[i].name)) {
            return &commands[i];
        }
    }
    return NULL;
}

void command_help(FILE *out)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        fprintf(out, "  %-7s %-21s %s\n", commands[i].name, commands[i].words, commands[i].help);
    }
}

void command_do(cmd_session *session, char *line, command_answer *answer)
{
    char *words[WORDS_MAX], *rest;
    int count = 0;
    for (char *word = strtok_r(line, " \t\r", &rest); word != NULL;
         word = strtok_r(NULL, " \t\r", &rest)) {
        if (count == WORDS_MAX) {
            refuse(answer, "too many words");
            return;
        }
        words[count++] = word;
    }
    const command *found = count > 0 ? find(words[0]) : NULL;
    if (found == NULL) {
        refuse(answer, "there is no command '%s'; vboard ctl --help lists them",
               count > 0 ? words[0] : "");
        return;
    }
    if (count - 1 < found->min || count - 1 > found->max) {
        refuse(answer, "write: %s %s", found->name, found->words);
        return;
    }
    found->run(session, words + 1, count - 1, answer);
}
