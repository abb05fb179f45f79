// SPDX-License-Identifier: MIT
// An update by the classic protocol, phase by phase.
#include "classic.h"

#include <string.h>

#include "bytes.h"
#include "classic_session.h"
#include "image_check.h"
#include "listener.h"

#define VERIFY_MS       5000u // reading 1 MB takes a slow core less
#define QUIET_MS        100u // what comes within it belongs to an earlier question
#define LATE_MS         1000u // an answer this late may be an earlier question's
#define BOOT_MS         5000u // the device validates the image first
#define ERASE_MS        40000u // 1 MB on a low supply, and some
#define RESTARTS        2u
#define MAX_IMAGE       (16u * 1024 * 1024)

// The slowest program width counts: the device may know of a lower supply than the board file does.
static uint32_t erase_ms(const hf_board *board, const hf_area *slot)
{
    const hf_flash *flash = &board->chip.flash;
    uint32_t total = 0;
    uint16_t number;
    uint32_t start, size;
    for (uint32_t at = slot->address; at - slot->address < slot->size && hf_chip_sector(&board->chip, at, &number,
                                                                                        &start, &size); at += size) {
        for (size_t i = 0; i < flash->erase_count; i++) {
            total += flash->erase[i].size == size ? flash->erase[i].max_ms[0] : 0;
        }
    }
    return total;
}

hf_classic_options hf_classic_defaults(const hf_board *board)
{
    hf_classic_options options = {
        .baud = 115200, .pipeline = true, .boot = true, .wait_ms = 10000, .erase_ms = ERASE_MS};
    if (board == NULL) {
        return options;
    }
    if (board->uart.baud != 0) {
        options.baud = board->uart.baud;
    }
    options.classroom = board->uart.classroom && !board->uart.classic;
    const hf_area *slot = hf_board_area(board, HF_USE_APPLICATION);
    uint32_t worst = slot ? erase_ms(board, slot) : 0;
    options.erase_ms = worst + worst / 4 > ERASE_MS ? worst + worst / 4 : ERASE_MS;
    return options;
}

static hf_error erase(session *s)
{
    static const uint8_t command = HF_CLASSIC_ERASE;
    answer got;
    s->doubt = false;
    hf_tell_progress(s->listener, HF_PHASE_ERASE, 0, 0);
    hf_error error = session_command(s, &command, 1, s->options->erase_ms, HF_CLASSIC_RETRIES, 1, &got);
    if (error || got == ANSWER_ACK) {
        return error;
    }
    return got == ANSWER_NAK
               ? hf_fail(s->problem, HF_E_ERASE, "the device refused to erase the application's flash")
               : hf_fail(s->problem, HF_E_SILENT, "the device did not answer ERASE within %u s",
                         (unsigned)s->options->erase_ms / 1000);
}

static uint32_t crc_of_frames(const session *s)
{
    uint32_t crc = hf_crc32(0, s->image, s->size);
    static const uint8_t blank = 0xFF;
    for (uint32_t at = s->size; at % s->payload != 0; at++) {
        crc = hf_crc32(crc, &blank, 1);
    }
    return crc;
}

static void verify_command(const session *s, bool right, uint8_t command[5])
{
    command[0] = HF_CLASSIC_VERIFY;
    hf_put32be(command + 1, right ? s->report->crc32 : ~s->report->crc32);
}

// An answer that comes seconds late makes each later one look like the answer to the next question. So after a doubt
// the device is asked about right and wrong CRC-32 values in turn: with other content than ours, every single answer
// would have to be a late one, and in this order.
static hf_error verify_in_doubt(session *s)
{
    static const bool questions[] = {false, true, false, false, true, true};
    unsigned acks;
    hf_tell_log(s->listener, "answers came late or not at all: verifying several times");
    hf_error error = session_settle(s, HF_CLASSIC_FRAME_MS, &acks);
    for (size_t i = 0; i < sizeof questions / sizeof questions[0] && !error; i++) {
        uint8_t command[5];
        answer got;
        verify_command(s, questions[i], command);
        error = session_command(s, command, sizeof command, VERIFY_MS, 0, 0, &got);
        if (!error && got != (questions[i] ? ANSWER_ACK : ANSWER_NAK)) {
            error = HF_E_VERIFY;
        }
    }
    return error;
}

static hf_error verify_once(session *s)
{
    uint8_t command[5];
    answer got;
    unsigned acks;
    verify_command(s, true, command);
    uint64_t asked = session_now(s);
    hf_error error =
        session_command(s, command, sizeof command, VERIFY_MS, HF_CLASSIC_RETRIES, HF_CLASSIC_RETRIES, &got);
    s->doubt |= session_now(s) - asked > LATE_MS;
    if (error) {
        return error;
    }
    if (got == ANSWER_NONE) {
        return hf_fail(s->problem, HF_E_SILENT, "the device did not answer VERIFY");
    }
    return got == ANSWER_ACK ? session_settle(s, QUIET_MS, &acks) : HF_E_VERIFY;
}

static hf_error verify(session *s)
{
    hf_tell_progress(s->listener, HF_PHASE_VERIFY, 0, 0);
    unsigned acks; // one that comes now belongs to a frame
    hf_error error = session_settle(s, QUIET_MS, &acks);
    if (!error && !s->doubt) {
        error = verify_once(s);
    }
    return !error && s->doubt ? verify_in_doubt(s) : error;
}

// A frame that was lost or doubled unnoticed shows at VERIFY at the latest. What helps then is to begin again.
static hf_error write_and_verify(session *s)
{
    for (;;) {
        hf_error error = erase(s);
        error = error ? error : session_transfer(s);
        error = error ? error : verify(s);
        if (error != HF_E_VERIFY) {
            return error;
        }
        if (s->report->restarts == RESTARTS) {
            return hf_fail(s->problem, HF_E_VERIFY, "verification failed %u times: the device's flash does not match "
                           "CRC-32 0x%08X", RESTARTS + 1, (unsigned)s->report->crc32);
        }
        s->report->restarts++;
        hf_tell_log(s->listener, "the device holds something else than was sent: starting over from ERASE");
    }
}

static hf_error boot(session *s)
{
    static const uint8_t command = HF_CLASSIC_BOOT;
    answer got = ANSWER_NONE;
    hf_tell_progress(s->listener, HF_PHASE_BOOT, 0, 0);
    // After silence the application may be running, and gets the second byte; one is no harm.
    unsigned acks;
    hf_error error = session_settle(s, QUIET_MS, &acks);
    error = error ? error : session_command(s, &command, 1, BOOT_MS, HF_CLASSIC_RETRIES, 1, &got);
    if (error) {
        return error;
    }
    s->report->booted = got == ANSWER_ACK;
    switch (got) {
    case ANSWER_ACK:
        return HF_OK;
    case ANSWER_NAK:
        return hf_fail(s->problem, HF_E_BOOT, "the image was written and verified, but the device refuses to start it");
    default:
        return hf_fail(s->problem, HF_E_SILENT, "the image was written and verified, but BOOT was not answered");
    }
}

static hf_error refuse(const session *s, size_t size)
{
    if (size == 0 || size > MAX_IMAGE) {
        return hf_fail(s->problem, HF_E_USAGE, "an image of %zu bytes cannot be sent", size);
    }
    uint32_t frames = (uint32_t)((size + s->payload - 1) / s->payload);
    if (s->options->inject_frame > frames) {
        return hf_fail(s->problem, HF_E_USAGE, "there is no frame %u to damage: the image has %u",
                       (unsigned)s->options->inject_frame, (unsigned)frames);
    }
    return HF_OK;
}

hf_error hf_flash_classic(hf_transport *transport, const void *image, size_t size, const hf_classic_options *options,
                          const hf_listener *listener, hf_flash_report *report, hf_problem *problem)
{
    session s = {
        .transport = transport,
        .options = options,
        .listener = listener,
        .report = report,
        .problem = problem,
        .image = image,
        .size = (uint32_t)size,
        .payload = options->classroom ? HF_CLASSIC_CLASSROOM_PAYLOAD : HF_CLASSIC_PAYLOAD,
        .window = options->pipeline && !options->classroom ? 2 : 1,
    };
    *report = (hf_flash_report){.bytes = (uint32_t)size};
    hf_error error = refuse(&s, size);
    if (error) {
        return error;
    }
    uint64_t start = session_now(&s);
    report->crc32 = crc_of_frames(&s);
    error = session_sync(&s);
    error = error ? error : write_and_verify(&s);
    if (!error && options->boot) {
        error = boot(&s);
    }
    report->total_ms = (uint32_t)(session_now(&s) - start);
    return error;
}
