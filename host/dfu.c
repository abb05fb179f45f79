// SPDX-License-Identifier: MIT
// The update over DFU: what dfu-util does, without setting the address before each block, and with words for errors.
#include "dfu.h"

#include <string.h>

#include "bytes.h"
#include "hf_dfu.h"
#include "image_file.h"
#include "listener.h"
#include "transit.h"

#define TO_DEVICE 0x21
#define TO_HOST   0xA1

#define PATIENCE 200u // answers of a busy device that wants no time

typedef struct session {
    hf_dfu_device *device;
    const hf_dfu_options *options;
    const hf_listener *listener;
    hf_flash_report *report;
    hf_problem *problem;
    uint8_t status, state;
    uint32_t poll_ms;
} session;

static const char *status_words(uint8_t status)
{
    static const char *const words[] = {"no error", "errTARGET", "errFILE", "errWRITE: write-protected",
                                        "errERASE: the erase failed", "errCHECK_ERASED",
                                        "errPROG: programming failed", "errVERIFY: flash differs from what was written",
                                        "errADDRESS: outside the application", "errNOTDONE",
                                        "errFIRMWARE: the image does not pass the device's check", "errVENDOR",
                                        "errUSBR", "errPOR", "errUNKNOWN", "errSTALLEDPKT"};
    return status < sizeof words / sizeof words[0] ? words[status] : "an unknown status";
}

static hf_error request(session *s, uint8_t type, uint8_t number, uint16_t value, const void *data, uint16_t length)
{
    size_t actual;
    if (length > 0 && type == TO_DEVICE) {
        hf_tell_trace(s->listener, true, data, length);
    }
    return s->device->ops->control(s->device->context, type, number, value, (void *)(uintptr_t)data, length, &actual,
                                   s->problem);
}

static hf_error get_status(session *s)
{
    uint8_t bytes[6];
    size_t actual = 0;
    hf_error error = s->device->ops->control(s->device->context, TO_HOST, HF_DFU_GETSTATUS, 0, bytes, sizeof bytes,
                                             &actual, s->problem);
    if (error) {
        return error;
    }
    if (actual != sizeof bytes) {
        return hf_fail(s->problem, HF_E_STRANGER, "the device's status has %zu bytes instead of 6", actual);
    }
    s->status = bytes[0];
    s->poll_ms = hf_get32(bytes) >> 8;
    s->state = bytes[4];
    return HF_OK;
}

// Waits as long as the device says it is busy. otherwise: the error that a bad status means here.
static hf_error settle(session *s, hf_error otherwise, const char *what, uint32_t address)
{
    for (unsigned hurried = 0; hurried < PATIENCE; hurried += s->poll_ms == 0) {
        hf_error error = get_status(s);
        if (error) {
            return error;
        }
        if (s->status != HF_DFU_OK) {
            return hf_fail(s->problem, otherwise, "the device refused to %s 0x%08X: %s", what, (unsigned)address,
                           status_words(s->status));
        }
        if (s->state != HF_DFU_DNBUSY) {
            return HF_OK;
        }
        s->device->ops->wait(s->device->context, s->poll_ms);
    }
    return hf_fail(s->problem, HF_E_SILENT, "the device stays busy without saying for how long");
}

// Whatever the last host left behind, dfuIDLE is reached.
static hf_error go_idle(session *s)
{
    for (unsigned tries = 0; tries < 4; tries++) {
        hf_error error = get_status(s);
        if (error || (s->state == HF_DFU_IDLE && s->status == HF_DFU_OK)) {
            return error;
        }
        uint8_t way = s->state == HF_DFU_ERROR ? HF_DFU_CLRSTATUS : HF_DFU_ABORT;
        error = request(s, TO_DEVICE, way, 0, NULL, 0);
        if (error && error != HF_E_NAK) {
            return error;
        }
    }
    return hf_fail(s->problem, HF_E_STRANGER, "the device does not become idle: state %u, %s", s->state,
                   status_words(s->status));
}

// A download, and how it went: what is refused at once is told by the status, too.
static hf_error download(session *s, uint16_t number, const uint8_t *bytes, uint16_t size, hf_error otherwise,
                         const char *what, uint32_t address)
{
    hf_error error = request(s, TO_DEVICE, HF_DFU_DNLOAD, number, bytes, size);
    return error && error != HF_E_NAK ? error : settle(s, otherwise, what, address);
}

static hf_error command(session *s, uint8_t code, uint32_t address, hf_error otherwise, const char *what)
{
    uint8_t bytes[5] = {code};
    hf_put32(bytes + 1, address);
    return download(s, 0, bytes, sizeof bytes, otherwise, what, address);
}

static hf_error check_cancelled(const session *s)
{
    return hf_cancelled(s->listener) ? hf_fail(s->problem, HF_E_INTERRUPTED, "interrupted") : HF_OK;
}

// Before anything is erased: the device is the one that the image was sealed for, as far as its memory tells.
static hf_error check_memory(const session *s, uint32_t size)
{
    uint32_t begin = s->options->address, start, sector;
    if (!hf_dfu_sector(s->device->memory, begin, &start, &sector) || start != begin ||
        hf_dfu_sector(s->device->memory, begin - 1, &start, &sector)) {
        return hf_fail(s->problem, HF_E_WRONG_TARGET, "the image belongs at 0x%08X, but that is not where this device's "
                       "memory begins: %s", (unsigned)begin, s->device->memory);
    }
    for (uint32_t at = begin; at < begin + size; at = start + sector) {
        if (!hf_dfu_sector(s->device->memory, at, &start, &sector)) {
            return hf_fail(s->problem, HF_E_TOO_BIG, "the image has %u bytes, and the device lists no writable sector at "
                           "0x%08X: %s", (unsigned)size, (unsigned)at, s->device->memory);
        }
    }
    return HF_OK;
}

static hf_error erase(session *s, uint32_t size)
{
    uint32_t begin = s->options->address, start, sector;
    for (uint32_t at = begin; at < begin + size; at = start + sector) {
        if (!hf_dfu_sector(s->device->memory, at, &start, &sector)) {
            return hf_fail(s->problem, HF_E_USAGE, "the device lists no writable sector at 0x%08X", (unsigned)at);
        }
        hf_tell_progress(s->listener, HF_PHASE_ERASE, at - begin, size);
        hf_error error = check_cancelled(s);
        error = error ? error : command(s, HF_DFUSE_ERASE, at, HF_E_ERASE, "erase");
        if (error) {
            return error;
        }
    }
    hf_tell_progress(s->listener, HF_PHASE_ERASE, size, size);
    return HF_OK;
}

static hf_error write_block(session *s, const uint8_t *image, uint32_t at, uint16_t size)
{
    uint32_t address = s->options->address + at;
    bool addressed = at == 0 || s->options->address_each_block;
    hf_error error = check_cancelled(s);
    if (!error && addressed) {
        error = command(s, HF_DFUSE_SET_ADDRESS, address, HF_E_NAK, "go to");
    }
    uint32_t number = s->options->address_each_block ? 0 : at / HF_DFU_TRANSFER_SIZE;
    return error ? error
                 : download(s, (uint16_t)(HF_DFUSE_FIRST_BLOCK + number), image + at, size, HF_E_NAK, "program", address);
}

static hf_error write(session *s, const uint8_t *image, uint32_t size)
{
    uint64_t begin = s->device->ops->now_ms(s->device->context);
    for (uint32_t at = 0; at < size; at += HF_DFU_TRANSFER_SIZE) {
        hf_tell_progress(s->listener, HF_PHASE_WRITE, at, size);
        uint32_t left = size - at;
        hf_error error = write_block(s, image, at, (uint16_t)(left < HF_DFU_TRANSFER_SIZE ? left : HF_DFU_TRANSFER_SIZE));
        if (error) {
            return error;
        }
        s->report->frames++;
    }
    hf_error error = request(s, TO_DEVICE, HF_DFU_ABORT, 0, NULL, 0); // answered when the last block is in flash
    error = error && error != HF_E_NAK ? error : settle(s, HF_E_NAK, "program the end of the image at", s->options->address);
    s->report->write_ms = (uint32_t)(s->device->ops->now_ms(s->device->context) - begin);
    hf_tell_progress(s->listener, HF_PHASE_WRITE, size, size);
    return error;
}

static hf_error leave(session *s)
{
    hf_tell_progress(s->listener, HF_PHASE_BOOT, 0, 1);
    hf_error error = download(s, HF_DFUSE_FIRST_BLOCK, NULL, 0, HF_E_BOOT, "start the image at", s->options->address);
    if (!error && s->state != HF_DFU_MANIFEST) {
        return hf_fail(s->problem, HF_E_BOOT, "the device does not start the image: state %u", s->state);
    }
    s->report->booted = !error;
    return error;
}

static hf_error run(session *s, const uint8_t *image, uint32_t size)
{
    hf_tell_progress(s->listener, HF_PHASE_SYNC, 0, 1);
    hf_error error = go_idle(s);
    error = error ? error : check_memory(s, size);
    error = error || s->options->force ? error : hf_transit_refuse(image, size, !hf_dfu_shows(s->device->memory), s->problem);
    error = error ? error : erase(s, size);
    error = error ? error : write(s, image, size);
    return error || !s->options->boot ? error : leave(s);
}

hf_error hf_flash_dfu(hf_dfu_device *device, const void *image, size_t size, const hf_dfu_options *options,
                      const hf_listener *listener, hf_flash_report *report, hf_problem *problem)
{
    *report = (hf_flash_report){.bytes = (uint32_t)size, .protocol = "dfu"};
    if (size == 0 || size > HF_IMAGE_MAX_SPAN) {
        return hf_fail(problem, HF_E_USAGE, "nothing to send, or too much: %zu bytes", size);
    }
    session s = {.device = device, .options = options, .listener = listener, .report = report, .problem = problem};
    uint64_t begin = device->ops->now_ms(device->context);
    hf_error error = run(&s, image, (uint32_t)size);
    report->total_ms = (uint32_t)(device->ops->now_ms(device->context) - begin);
    return error;
}

void hf_dfu_close(hf_dfu_device *device)
{
    if (device->ops != NULL && device->ops->close != NULL) {
        device->ops->close(device->context);
    }
    device->ops = NULL;
}
