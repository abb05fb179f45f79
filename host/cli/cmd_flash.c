// SPDX-License-Identifier: MIT
// holdfast flash: the image is checked first, the port is opened last.
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "dfu.h"
#include "enter.h"
#include "gang.h"
#include "image_check.h"
#include "image_file.h"
#include "order.h"
#include "progress.h"
#include "transit.h"
#include "transport.h"
#include "update_serial.h"

typedef struct flash_job {
    const cli *context;
    hf_board board;
    bool have_board;
    const char *file, *device; // device: which of several at USB, or NULL
    hf_image image;
    hf_serial_options options;
    hf_enter_options enter;
    uint32_t contact_baud; // of the line when it is opened
    uint8_t token[HF_ORDER_SIZE];
    uint32_t load_address; // a sealed image tells it; else 0
} flash_job;

// NULL without --board.
static const hf_board *board_of(const flash_job *job)
{
    return job->have_board ? &job->board : NULL;
}

static hf_protocol choose_protocol(const flash_job *job)
{
    const cli *context = job->context;
    const char *wanted = context->values[OPT_PROTOCOL];
    bool lesson = context->counts[OPT_CLASSROOM] + context->counts[OPT_NO_PIPELINE] + context->counts[OPT_INJECT_ERROR] > 0;
    if (wanted != NULL && strcmp(wanted, "fast") == 0) {
        return HF_PROTOCOL_FAST;
    }
    bool known = job->have_board && !job->board.uart.fast;
    return lesson || known || (wanted != NULL && strcmp(wanted, "classic") == 0) ? HF_PROTOCOL_CLASSIC : HF_PROTOCOL_ANY;
}

// Where the board file says that the device can change its speed, it is met at the usual one.
static void choose_speed(flash_job *job, uint32_t wanted)
{
    uint32_t usual = job->options.classic.baud;
    bool changes = job->have_board && job->board.uart.fast && job->options.protocol != HF_PROTOCOL_CLASSIC;
    job->contact_baud = changes ? usual : wanted;
    job->options.classic.baud = job->options.fast.baud = job->contact_baud;
    job->options.fast.faster = changes ? wanted : 0;
}

// What only the classic protocol knows, with a protocol that would leave it out.
static hf_error check_lesson(const cli *context, hf_problem *problem)
{
    static const cli_option_id lessons[] = {OPT_INJECT_ERROR, OPT_NO_PIPELINE, OPT_CLASSROOM};
    const char *wanted = context->values[OPT_PROTOCOL];
    bool fast = wanted != NULL && strcmp(wanted, "fast") == 0;
    for (size_t i = 0; i < sizeof lessons / sizeof lessons[0]; i++) {
        if (context->counts[lessons[i]] > 0 && (fast || context->counts[OPT_USB] > 0)) {
            return hf_fail(problem, HF_E_USAGE, "--%s belongs to the classic protocol: leave out %s",
                           cli_options[lessons[i]].name, fast ? "--protocol fast" : "--usb");
        }
    }
    return HF_OK;
}

static hf_error read_options(flash_job *job, hf_problem *problem)
{
    const cli *context = job->context;
    hf_classic_options *classic = &job->options.classic;
    hf_fast_options *fast = &job->options.fast;
    *classic = hf_classic_defaults(board_of(job));
    classic->classroom |= context->counts[OPT_CLASSROOM] > 0;
    classic->pipeline = context->counts[OPT_NO_PIPELINE] == 0;
    classic->boot = fast->boot = context->counts[OPT_NO_BOOT] == 0;
    fast->pack = context->counts[OPT_NO_COMPRESS] == 0;
    fast->force = context->counts[OPT_FORCE] > 0;
    job->options.protocol = choose_protocol(job);
    uint32_t seconds, baud;
    hf_error error = check_lesson(context, problem);
    error = error ? error : cli_number(context, OPT_BAUD, 4000000, classic->baud, &baud, problem);
    error = error ? error : cli_number(context, OPT_INJECT_ERROR, UINT32_MAX, 0, &classic->inject_frame, problem);
    error = error ? error : cli_number(context, OPT_WAIT, 86400, classic->wait_ms / 1000, &seconds, problem);
    if (!error && context->counts[OPT_INJECT_ERROR] > 0 && classic->inject_frame == 0) {
        error = hf_fail(problem, HF_E_USAGE, "--inject-error takes the number of a frame: the first is 1");
    }
    if (!error) {
        classic->wait_ms = fast->wait_ms = seconds * 1000;
        choose_speed(job, baud);
    }
    return error;
}

static const struct {
    const char *name;
    hf_way_in way;
    hf_modem_line reset, button;
} ways_in[] = { // as --enter calls them
    [HF_ENTRY_BY_HAND] = {"hand", HF_WAY_BY_HAND, HF_LINE_NONE, HF_LINE_NONE},
    [HF_ENTRY_ESCAPE] = {"escape", HF_WAY_ESCAPE, HF_LINE_NONE, HF_LINE_NONE},
    [HF_ENTRY_DTR] = {"dtr", HF_WAY_LINES, HF_LINE_DTR, HF_LINE_NONE},
    [HF_ENTRY_RTS] = {"rts", HF_WAY_LINES, HF_LINE_RTS, HF_LINE_NONE},
    [HF_ENTRY_DTR_RTS] = {"dtr-rts", HF_WAY_LINES, HF_LINE_DTR, HF_LINE_RTS},
    [HF_ENTRY_RTS_DTR] = {"rts-dtr", HF_WAY_LINES, HF_LINE_RTS, HF_LINE_DTR},
};

// The command line's word counts; else the board file's, which is about a serial port.
static hf_entry entry_of(const flash_job *job)
{
    const cli *context = job->context;
    for (hf_entry entry = HF_ENTRY_BY_HAND; context->counts[OPT_ENTER] > 0 && entry <= HF_ENTRY_RTS_DTR; entry++) {
        if (strcmp(context->values[OPT_ENTER], ways_in[entry].name) == 0) {
            return entry;
        }
    }
    return job->have_board && context->counts[OPT_USB] == 0 ? job->board.uart.enter : HF_ENTRY_BY_HAND;
}

// The escape is for the product of the image, which is the board's when there is a board file.
static hf_error choose_way_in(flash_job *job, const hf_inspection *found, hf_problem *problem)
{
    const cli *context = job->context;
    hf_enter_options *enter = &job->enter;
    hf_entry entry = entry_of(job);
    *enter = (hf_enter_options){.way = ways_in[entry].way, .reset = ways_in[entry].reset, .button = ways_in[entry].button};
    enter->baud = job->contact_baud;
    enter->wait_ms = job->options.fast.wait_ms;
    enter->product_id = job->have_board ? job->board.product_id : found->product_id;
    if (enter->way != HF_WAY_BY_HAND && context->counts[OPT_USB] > 0) {
        return hf_fail(problem, HF_E_USAGE, "--enter works on a serial port: leave out --usb");
    }
    if (enter->way == HF_WAY_LINES && context->counts[OPT_MONITOR] > 0) {
        return hf_fail(problem, HF_E_USAGE, "--monitor opens the port again, which moves DTR and RTS and so resets the board that was just "
                                            "updated: leave it out, or give --enter hand");
    }
    if (enter->way != HF_WAY_ESCAPE && context->counts[OPT_APP_BAUD] > 0) {
        return hf_fail(problem, HF_E_USAGE, "--app-baud goes with --enter escape");
    }
    if (enter->way == HF_WAY_ESCAPE && !job->have_board && !found->have_trailer) {
        return hf_fail(problem, HF_E_USAGE, "--enter escape needs --board: %s does not say for which product it is", job->file);
    }
    uint32_t usual = job->have_board && job->board.uart.app_baud != 0 ? job->board.uart.app_baud : enter->baud;
    hf_error error = cli_number(context, OPT_APP_BAUD, 4000000, usual, &enter->app_baud, problem);
    return error || enter->app_baud > 0 ? error : hf_fail(problem, HF_E_USAGE, "--app-baud takes bits per second, not 0");
}

// A product that validates by plausibility only starts unsealed images too.
static bool may_be_unsealed(const flash_job *job, const hf_inspection *found)
{
    return job->have_board && job->board.validation == HF_VALIDATION_SANITY && found->error == HF_E_NOT_SEALED &&
           found->failed == HF_CHECK_MARK;
}

static hf_error check_image(flash_job *job, hf_problem *problem)
{
    hf_inspect_context around = {board_of(job), job->image.has_address, job->image.address};
    hf_inspection found;
    hf_image_inspect(job->image.bytes, job->image.size, &around, &found);
    job->load_address = found.load_address;
    if (job->have_board && job->context->counts[OPT_FORCE] == 0 && !found.error &&
        hf_transit_refuse(job->image.bytes, job->image.size, hf_board_enciphers(&job->board), problem)) {
        return problem->error;
    }
    if (!found.error || job->context->counts[OPT_FORCE] > 0 || may_be_unsealed(job, &found)) {
        return choose_way_in(job, &found, problem);
    }
    return hf_fail(problem, found.error, "%s will not be sent: %s: %s", job->file,
                   hf_check_name(found.failed), found.checks[found.failed].words);
}

static hf_error prepare(flash_job *job, hf_problem *problem)
{
    const cli *context = job->context;
    const char *board = context->values[OPT_BOARD];
    if (context->values[OPT_PORT] == NULL && context->counts[OPT_USB] == 0) {
        return hf_fail(problem, HF_E_USAGE, "flash needs --port PORT or --usb");
    }
    if (context->ports_count > 1 && context->counts[OPT_TOKEN] + context->counts[OPT_MONITOR] > 0) {
        return hf_fail(problem, HF_E_USAGE, "--token and --monitor are for one device: give one --port");
    }
    if (board != NULL && (cli_read_board(context, board, &job->board, problem) ||
                          cli_check_board(&job->board, problem))) {
        return problem->error;
    }
    job->have_board = board != NULL;
    hf_error error = read_options(job, problem);
    if (!error && context->values[OPT_TOKEN] != NULL) {
        error = hf_order_load(context->values[OPT_TOKEN], job->token, problem);
    }
    error = error ? error : hf_image_load(&job->image, job->file, problem);
    return error ? error : check_image(job, problem);
}

static const char *injection(const hf_flash_report *report)
{
    if (!report->injected) {
        return "";
    }
    return report->injected_nak ? "; the damaged frame was refused with NAK, sent again and accepted"
                                : "; the damaged frame was noticed by VERIFY";
}

// What the fast protocol saved.
static void print_savings(const hf_flash_report *report)
{
    if (report->unchanged) {
        printf("; it was there already");
    } else if (report->skipped > 0) {
        printf("; %u B of it were there already", (unsigned)report->skipped);
    }
    if (report->resumed > 0) {
        printf("; an earlier update had left %u B", (unsigned)report->resumed);
    }
    if (report->packed > 0) {
        printf("; %u B travelled as %u", (unsigned)report->packed, (unsigned)report->wire);
    }
}

static const char *checked(const cli *context, const hf_flash_report *report)
{
    if (context->counts[OPT_USB] > 0) { // the device reads back what it programs
        return report->booted ? ", checked by the device" : "";
    }
    return cli_device_judged(report) ? ", verified"
                                     : ", compared; the device was not asked whether it would start it";
}

// Without a board file nobody here knows the product, and a device that was not asked has not looked either.
static void warn_unjudged(const cli *context, const hf_flash_report *report)
{
    if (context->values[OPT_BOARD] == NULL && context->counts[OPT_USB] == 0 && !cli_device_judged(report)) {
        fputs("warning: without --board nothing but the device checks that the image is for this product, and it does so when it "
              "starts\n", stderr);
    }
}

static void print_verdict(const cli *context, const hf_flash_report *report)
{
    double seconds = report->write_ms / 1000.0;
    double rate = seconds > 0 ? report->bytes / seconds / 1000 : 0;
    if (context->counts[OPT_JSON] > 0) {
        cli_print_json(json_pack("{s:s, s:b, s:i, s:I, s:f, s:f, s:I, s:I, s:I, s:I, s:I, s:b, s:b, s:b, s:s, s:I, s:I, s:I, s:I, s:I, s:b, s:b}", "event", "result",
                                 "ok", 1, "exit", 0, "bytes", (json_int_t)report->bytes, "write_seconds", seconds,
                                 "total_seconds", report->total_ms / 1000.0, "frames", (json_int_t)report->frames,
                                 "resent", (json_int_t)report->resent, "naks", (json_int_t)report->naks, "restarts",
                                 (json_int_t)report->restarts, "crc32", (json_int_t)report->crc32, "injected",
                                 (int)report->injected, "booted", (int)report->booted, "judged", (int)cli_device_judged(report), "protocol", report->protocol, "baud",
                                 (json_int_t)report->baud, "skipped", (json_int_t)report->skipped, "resumed",
                                 (json_int_t)report->resumed, "packed", (json_int_t)report->packed, "wire",
                                 (json_int_t)report->wire, "unchanged", (int)report->unchanged, "entered", (int)report->entered));
    } else if (context->counts[OPT_QUIET] == 0) {
        printf("wrote %u B in %.1f s (%.1f kB/s)%s%s%s", (unsigned)report->bytes, seconds, rate, checked(context, report),
               report->booted ? ", started" : "", injection(report));
        print_savings(report);
        printf("\n");
        warn_unjudged(context, report);
    }
}

static hf_error send_token(const flash_job *job, const hf_order_link *link, hf_problem *problem)
{
    return job->context->values[OPT_TOKEN] == NULL ? HF_OK : hf_order_send(link, job->token, problem);
}

// Where the image belongs: the board's word counts most, then the file's, then the seal's.
static uint32_t address_of(const flash_job *job)
{
    if (job->have_board) {
        return hf_board_area(&job->board, HF_USE_APPLICATION)->address;
    }
    return job->image.has_address ? job->image.address : job->load_address;
}

// A product says the name of its board file; somebody else's device is not to be erased.
static hf_error check_device(const flash_job *job, const hf_dfu_device *device, hf_problem *problem)
{
    unsigned vid = job->board.usb.vid, pid = job->board.usb.pid;
    bool same = vid == device->vid && pid == device->pid && strcmp(job->board.name, device->product) == 0;
    return !job->have_board || same || job->context->counts[OPT_FORCE] > 0
               ? HF_OK
               : hf_fail(problem, HF_E_WRONG_TARGET, "the device is %s (%04x:%04x), and the board file describes %s "
                         "(%04x:%04x)", device->product, device->vid, device->pid, job->board.name, vid, pid);
}

static hf_error flash_usb(const flash_job *job, hf_flash_report *report, hf_problem *problem)
{
    const cli *context = job->context;
    hf_dfu_device device;
    hf_error error = hf_dfu_open(&device, job->device, problem);
    if (error) {
        return cli_advise_step(board_of(job), error, problem);
    }
    cli_progress progress;
    hf_listener listener = cli_listen(&progress, context);
    hf_dfu_options options = {.address = address_of(job), .boot = job->options.classic.boot, .force = context->counts[OPT_FORCE] > 0};
    cli_catch_interrupt();
    error = check_device(job, &device, problem);
    error = error ? error : send_token(job, &(hf_order_link){.usb = &device, .listener = &listener}, problem);
    error = error ? error : hf_flash_dfu(&device, job->image.bytes, job->image.size, &options, &listener, report, problem);
    cli_progress_end(&progress);
    hf_dfu_close(&device);
    return error;
}

static hf_error flash_once(const flash_job *job, const char *port, const hf_listener *listener, hf_flash_report *report,
                           hf_problem *problem)
{
    hf_transport transport;
    bool entered;
    hf_error error = hf_transport_open(&transport, port, job->contact_baud, problem);
    if (error) {
        return error;
    }
    error = hf_enter(&transport, &job->enter, listener, &entered, problem);
    error = error ? error : send_token(job, &(hf_order_link){.transport = &transport, .options = &job->options.classic, .listener = listener}, problem);
    error = error ? error : hf_flash_serial(&transport, job->image.bytes, job->image.size, &job->options, listener, report, problem);
    report->entered = entered;
    hf_transport_close(&transport);
    return cli_advise_step(board_of(job), error, problem);
}

static bool is_worth_another_try(hf_error error)
{
    return error == HF_E_LINK_LOST || error == HF_E_SILENT || error == HF_E_NO_PORT || error == HF_E_NO_ANSWER ||
           error == HF_E_UNREACHABLE;
}

// Seconds since any moment.
static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

// With --resume a connection that breaks is waited for, as long as for a bootloader; the first must be there at once.
static hf_error flash_port(const void *context, const char *port, const hf_listener *listener, hf_flash_report *report,
                           hf_problem *problem)
{
    const flash_job *job = context;
    *report = (hf_flash_report){0};
    hf_error error = flash_once(job, port, listener, report, problem);
    bool begun = error == HF_E_LINK_LOST || error == HF_E_SILENT;
    double end = now() + job->options.fast.wait_ms / 1000.0;
    uint32_t reconnects = 0;
    bool entered = report->entered;
    while (begun && job->context->counts[OPT_RESUME] > 0 && is_worth_another_try(error) && now() < end && !cli_interrupted()) {
        if (listener->log != NULL && reconnects == 0) {
            listener->log(listener->context, "the connection broke: waiting for it to come back");
        }
        nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
        error = flash_once(job, port, listener, report, problem);
        report->reconnects = ++reconnects;
        entered = report->entered = entered || report->entered;
    }
    return error;
}

static hf_error flash(const flash_job *job, hf_flash_report *report, hf_problem *problem)
{
    cli_progress progress;
    hf_listener listener = cli_listen(&progress, job->context);
    cli_catch_interrupt();
    hf_error error = flash_port(job, job->context->values[OPT_PORT], &listener, report, problem);
    cli_progress_end(&progress);
    return error;
}

// FILE, or with --usb DEVICE FILE.
static hf_error read_operands(flash_job *job, hf_problem *problem)
{
    const cli *context = job->context;
    bool two = context->operands_count == 2;
    job->file = context->operands[two ? 1 : 0];
    job->device = two ? context->operands[0] : context->values[OPT_DEVICE];
    return two && (context->counts[OPT_USB] == 0 || context->counts[OPT_DEVICE] > 0)
               ? hf_fail(problem, HF_E_USAGE, "one file is sent, not %s and %s; a device before it takes --usb, and no --device",
                         context->operands[0], context->operands[1])
               : HF_OK;
}

int cli_run_flash(const cli *context)
{
    flash_job job = {.context = context};
    hf_flash_report report;
    hf_problem problem;
    hf_error error = read_operands(&job, &problem);
    error = error ? error : prepare(&job, &problem);
    if (!error && context->ports_count > 1 && context->counts[OPT_USB] == 0) {
        int status = cli_gang(context, flash_port, &job);
        hf_image_free(&job.image);
        return status;
    }
    error = error ? error : context->counts[OPT_USB] > 0 ? flash_usb(&job, &report, &problem) : flash(&job, &report, &problem);
    hf_image_free(&job.image);
    if (error) {
        return cli_fail(context, &problem);
    }
    print_verdict(context, &report);
    return context->counts[OPT_MONITOR] > 0 ? cli_run_monitor(context) : 0;
}
