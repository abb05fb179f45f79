// SPDX-License-Identifier: MIT
// An update by the fast protocol: meet, compare, send what differs, compare again, start.
#include "fast.h"

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "classic_session.h"
#include "fast_link.h"
#include "image_check.h"
#include "listener.h"
#include "transit.h"

#define MEET_TRY_MS   400u // a live bootloader answers within 10 ms and the latency of an adapter
#define CHECK_MS      5000u // reading 1 MB and a signature on a slow core take less
#define ROUNDS        4u   // of comparing and sending
#define PIECES_MAX    512u
#define REFUSALS      2u   // NAKs to HELLO that prove a bootloader without the fast protocol
#define PACK_BAUD_MAX 460800u // above it flash is what takes time, and unpacking would add to it
#define FAST_TRIES_MS 450u // HF_FAST_TRIAL_MS less the answer's way

// Sectors that are erased together, as far as the image reaches into them.
typedef struct piece {
    uint32_t from, to; // offsets
    uint32_t start;    // where sending begins: behind what an earlier transfer has left
    bool differs;
} piece;

typedef struct update {
    fast_link link;
    uint8_t *image; // padded to whole program units
    uint32_t size;
    piece pieces[PIECES_MAX];
    uint32_t count;
    bool sent; // something, since the device was asked to begin
    uint32_t next; // offset at which the device awaits data, as it has last told; one outside the image: nowhere
} update;

static fast_link make_link(hf_transport *transport, const hf_fast_options *options, const hf_listener *listener,
                           hf_flash_report *report, hf_problem *problem)
{
    return (fast_link){.transport = transport, .options = options, .listener = listener, .report = report,
                       .problem = problem, .baud = options->baud ? options->baud : 115200};
}

// -- meeting ------------------------------------------------------------------------------------------------------------

static hf_error say_hello(fast_link *link, uint32_t patience_ms, fast_answer *reply, bool *heard)
{
    hf_error error = fast_ask(link, HF_FAST_HELLO, 0, NULL, 0, sizeof link->info, patience_ms, reply);
    *heard = !error;
    if (!error) {
        memcpy(&link->info, reply->payload, sizeof link->info); // the host is little-endian, or the build refuses
    }
    return error == HF_E_SILENT ? HF_OK : error;
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "structures of the protocol are little-endian");

hf_error hf_fast_meet(hf_transport *transport, const hf_fast_options *options, const hf_listener *listener,
                      hf_fast_meeting *meeting, hf_problem *problem)
{
    hf_flash_report report = {0};
    fast_link link = make_link(transport, options, listener, &report, problem);
    hf_classic_options classic = {.baud = link.baud, .wait_ms = options->wait_ms};
    session s = {.transport = transport, .options = &classic, .listener = listener, .report = &report, .problem = problem};
    uint64_t end = fast_now(&link) + options->wait_ms;
    unsigned acks = 0;
    *meeting = (hf_fast_meeting){0};
    hf_tell_progress(link.listener, HF_PHASE_SYNC, 0, 0);
    for (;;) {
        bool synced, heard = false;
        fast_answer reply;
        hf_error error = session_knock(&s, MEET_TRY_MS, &synced);
        if (!error && synced) {
            error = say_hello(&link, 0, &reply, &heard);
        }
        if (error) {
            return error;
        }
        acks += synced && !heard;
        *meeting = (hf_fast_meeting){heard, link.info, link.tag};
        if (heard || acks > REFUSALS) {
            return HF_OK;
        }
        if (fast_now(&link) >= end) {
            return acks > 0 ? HF_OK : session_explain_silence(&s);
        }
    }
}

// What not every device has to tell.
static hf_error ask_more(fast_link *link, uint8_t type, void *to, uint32_t size, bool *told)
{
    fast_answer reply;
    hf_error error = fast_ask(link, type, 0, NULL, 0, 0, CHECK_MS, &reply);
    *told = !error && reply.head.size == size;
    if (*told) {
        memcpy(to, reply.payload, size);
    }
    return error;
}

hf_error hf_fast_ask_device(hf_transport *transport, const hf_fast_options *options, const hf_listener *listener,
                            hf_fast_device *device, hf_problem *problem)
{
    hf_flash_report report = {0};
    fast_link link = make_link(transport, options, listener, &report, problem);
    fast_answer reply;
    *device = (hf_fast_device){0};
    hf_error error = fast_ask(&link, HF_FAST_HELLO, 0, NULL, 0, sizeof device->info, MEET_TRY_MS, &reply);
    if (error) {
        return error;
    }
    memcpy(&device->info, reply.payload, sizeof device->info);
    device->next = reply.head.next;
    struct hf_trailer *trailers[] = {&device->installed_trailer, &device->received_trailer};
    uint8_t *states[] = {&device->installed, &device->received};
    for (uint32_t which = 0; which < 2 && !error; which++) {
        error = fast_ask(&link, HF_FAST_IMAGE, which, NULL, 0, sizeof(struct hf_fast_image), CHECK_MS, &reply);
        if (!error) {
            *states[which] = reply.head.status;
            memcpy(trailers[which], reply.payload, sizeof *trailers[which]);
        }
    }
    error = error ? error : ask_more(&link, HF_FAST_STATUS, &device->status, sizeof device->status, &device->keeps_records);
    return error ? error
                 : ask_more(&link, HF_FAST_IDENTITY, &device->identity, sizeof device->identity, &device->takes_orders);
}

// -- the speed ------------------------------------------------------------------------------------------------------------

static bool set_speed(fast_link *link, uint32_t baud)
{
    const hf_transport_ops *ops = link->transport->ops;
    if (ops->set_baud == NULL || ops->set_baud(link->transport->context, baud, NULL) != HF_OK) {
        return false;
    }
    link->baud = baud;
    return true;
}

// The device answers at the old speed, then changes; when it hears nothing it changes back, and so does the host.
static hf_error go_faster(fast_link *link)
{
    uint32_t old = link->baud, wanted = link->options->faster;
    fast_answer reply;
    if (wanted == 0 || wanted == old || link->transport->ops->set_baud == NULL) {
        return HF_OK;
    }
    hf_error error = fast_ask(link, HF_FAST_BAUD, wanted, NULL, 0, 0, MEET_TRY_MS, &reply);
    if (error) {
        return error == HF_E_SILENT ? HF_OK : error;
    }
    bool heard = false;
    if (set_speed(link, wanted)) {
        error = say_hello(link, FAST_TRIES_MS, &reply, &heard);
    }
    if (error || heard) {
        return error;
    }
    hf_tell_log(link->listener, "the device is not heard at %u bit/s: staying at %u", (unsigned)wanted, (unsigned)old);
    set_speed(link, old);
    error = fast_ignore(link);
    return error ? error : fast_ask(link, HF_FAST_POLL, 0, NULL, 0, 0, 4 * HF_FAST_TRIAL_MS, &reply);
}

// -- comparing ------------------------------------------------------------------------------------------------------------

// Learns where the device awaits data, too: each answer tells.
static hf_error ask_digest(update *u, uint32_t from, uint32_t size, struct hf_fast_digest *digest)
{
    uint8_t wanted[4];
    fast_answer reply;
    hf_put32(wanted, size);
    hf_error error = fast_ask(&u->link, HF_FAST_DIGEST, u->link.info.address + from, wanted, sizeof wanted, sizeof *digest,
                              fast_erase_ms(&u->link), &reply);
    if (error) {
        return error;
    }
    if (reply.head.status != 0) {
        return fast_refused(&u->link, reply.head.status, "reading");
    }
    u->next = reply.head.next - u->link.info.address;
    memcpy(digest, reply.payload, sizeof *digest);
    return HF_OK;
}

static uint32_t digest_of(const update *u, uint32_t from, uint32_t size)
{
    uint32_t digest = HF_FAST_DIGEST_START;
    for (uint32_t i = 0; i < size; i += 4) {
        digest = hf_fast_digest_step(digest, hf_get32(u->image + from + i));
    }
    return digest;
}

static bool is_same(const update *u, uint32_t from, const struct hf_fast_digest *digest)
{
    return digest_of(u, from, digest->size) == digest->digest;
}

// An earlier transfer stopped inside this piece: does what it left belong to this image?
static hf_error find_start(update *u, piece *p)
{
    struct hf_fast_digest digest;
    uint32_t next = u->next;
    if (next <= p->from || next >= p->to) {
        return HF_OK;
    }
    hf_error error = ask_digest(u, p->from, next - p->from, &digest);
    if (!error && digest.size == next - p->from && is_same(u, p->from, &digest)) {
        p->start = next;
    }
    return error;
}

static hf_error compare(update *u, hf_phase phase)
{
    hf_error error = HF_OK;
    u->count = 0;
    for (uint32_t at = 0; !error && at < u->size; at = u->pieces[u->count++].to) {
        struct hf_fast_digest digest;
        hf_tell_progress(u->link.listener, phase, at, u->size);
        error = u->count == PIECES_MAX ? hf_fail(u->link.problem, HF_E_USAGE, "the device has too many sectors")
                                       : ask_digest(u, at, u->size - at, &digest);
        if (error) {
            return error;
        }
        if (digest.size == 0 || digest.size % 4 != 0 || digest.size > u->size - at) {
            return hf_fail(u->link.problem, HF_E_STRANGER, "the device answers what makes no sense");
        }
        piece *p = &u->pieces[u->count];
        *p = (piece){.from = at, .to = at + digest.size, .start = at, .differs = !is_same(u, at, &digest)};
        error = p->differs ? find_start(u, p) : HF_OK;
    }
    return error;
}

static uint32_t differing(const update *u)
{
    uint32_t bytes = 0;
    for (uint32_t i = 0; i < u->count; i++) {
        bytes += u->pieces[i].differs ? u->pieces[i].to - u->pieces[i].start : 0;
    }
    return bytes;
}

// -- sending --------------------------------------------------------------------------------------------------------------

static hf_error send_pieces(update *u)
{
    hf_error error = HF_OK;
    for (uint32_t i = 0; i < u->count && !error; i++) {
        if (!u->pieces[i].differs) {
            continue;
        }
        uint32_t from = u->pieces[i].start;
        while (i + 1 < u->count && u->pieces[i + 1].differs && u->pieces[i + 1].start == u->pieces[i].to) {
            i++;
        }
        error = fast_send_run(&u->link, u->image, from, u->pieces[i].to);
        u->sent = true;
    }
    return error;
}

static void count_what_stood_there(update *u)
{
    hf_flash_report *report = u->link.report;
    for (uint32_t i = 0; i < u->count; i++) {
        const piece *p = &u->pieces[i];
        report->skipped += p->differs ? 0 : p->to - p->from;
        report->resumed += p->differs ? p->start - p->from : 0;
    }
}

// A device that installs from elsewhere begins only when something is received.
static void send_at_least_one(update *u)
{
    if (u->link.info.received_apart && !u->sent && differing(u) == 0) {
        u->pieces[u->count - 1].differs = true;
    }
}

static void send_all(update *u)
{
    for (uint32_t i = 0; i < u->count; i++) {
        u->pieces[i].differs = true;
        u->pieces[i].start = u->pieces[i].from;
    }
}

static hf_error send_and_compare(update *u)
{
    uint64_t start = fast_now(&u->link);
    hf_error error = compare(u, HF_PHASE_COMPARE);
    if (error) {
        return error;
    }
    if (u->link.options->force) {
        send_all(u);
    }
    send_at_least_one(u);
    count_what_stood_there(u);
    u->link.report->unchanged = differing(u) == 0;
    hf_tell_progress(u->link.listener, HF_PHASE_WRITE, 0, u->size);
    for (unsigned round = 0; round < ROUNDS && differing(u) > 0; round++) {
        u->link.report->restarts = round;
        error = send_pieces(u);
        u->link.report->write_ms = (uint32_t)(fast_now(&u->link) - start);
        if (!error || error == HF_E_VERIFY) {
            error = compare(u, HF_PHASE_VERIFY);
        }
        if (error) {
            return error;
        }
    }
    return differing(u) == 0 ? HF_OK
                             : hf_fail(u->link.problem, HF_E_VERIFY, "what the device holds differs after %u rounds", ROUNDS);
}

// A device that shows nothing gets all of it, from the start and in order. It reads back what it programs, and nothing but
// its own check, in the end, tells that the image is the one.
static hf_error send_blind(update *u)
{
    uint64_t start = fast_now(&u->link);
    hf_error error = HF_E_VERIFY;
    hf_tell_progress(u->link.listener, HF_PHASE_WRITE, 0, u->size);
    for (unsigned round = 0; round < ROUNDS && error == HF_E_VERIFY; round++) {
        u->link.report->restarts = round;
        error = fast_send_run(&u->link, u->image, 0, u->size);
    }
    u->link.report->write_ms = (uint32_t)(fast_now(&u->link) - start);
    return error == HF_E_VERIFY ? hf_fail(u->link.problem, error, "the device has lost its place %u times", ROUNDS) : error;
}

// -- around it ------------------------------------------------------------------------------------------------------------

static const struct hf_trailer *trailer_of(const update *u)
{
    if (u->size < HF_IMAGE_OFFSET_LENGTH + 8 || hf_get32(u->image + HF_IMAGE_OFFSET_MARK) != HF_IMAGE_MARK) {
        return NULL;
    }
    uint32_t length = hf_get32(u->image + HF_IMAGE_OFFSET_LENGTH);
    return length <= u->size && u->size - length >= sizeof(struct hf_trailer) && length % 4 == 0
               ? (const struct hf_trailer *)(const void *)(u->image + length)
               : NULL;
}

static hf_error check_target(update *u)
{
    const struct hf_fast_info *info = &u->link.info;
    const struct hf_trailer *trailer = trailer_of(u);
    if (u->size > info->size) {
        return hf_fail(u->link.problem, HF_E_TOO_BIG, "the image has %u bytes, the device has room for %u", (unsigned)u->size,
                       (unsigned)info->size);
    }
    if (u->link.options->force) {
        return HF_OK;
    }
    if (hf_transit_refuse(u->image, u->size, info->enciphered, u->link.problem)) {
        return HF_E_TRANSIT;
    }
    if (trailer == NULL) {
        return HF_OK;
    }
    if (trailer->product_id != info->product_id) {
        return hf_fail(u->link.problem, HF_E_WRONG_TARGET, "the image is for product 0x%08X, the device is product 0x%08X",
                       (unsigned)trailer->product_id, (unsigned)info->product_id);
    }
    if (trailer->chip_id != info->chip_id || trailer->load_address != info->address) {
        return hf_fail(u->link.problem, HF_E_WRONG_TARGET,
                       "the image is for chip 0x%03X at 0x%08X, the device is chip 0x%03X with its application at 0x%08X",
                       (unsigned)trailer->chip_id, (unsigned)trailer->load_address, info->chip_id, (unsigned)info->address);
    }
    return HF_OK;
}

// Installed, valid and the same. Where an image is received in place the comparison of its sectors finds that out.
static hf_error find_unchanged(update *u)
{
    const struct hf_trailer *trailer = trailer_of(u);
    fast_answer reply;
    if (!u->link.info.received_apart || u->link.info.enciphered || trailer == NULL || u->link.options->force) {
        return HF_OK;
    }
    hf_error error = fast_ask(&u->link, HF_FAST_IMAGE, 0, NULL, 0, sizeof(struct hf_fast_image), CHECK_MS, &reply);
    struct hf_fast_image installed;
    memcpy(&installed, reply.payload, sizeof installed);
    u->link.report->unchanged = !error && reply.head.status == 0 &&
                                memcmp(&installed.trailer, trailer, sizeof *trailer) == 0 &&
                                installed.digest == digest_of(u, 0, trailer->payload_length + trailer->size);
    return error;
}

static hf_error finish(update *u)
{
    bool start = u->link.options->boot;
    fast_answer reply;
    const char *so_far = u->link.info.enciphered ? "written" : "written and verified";
    hf_tell_progress(u->link.listener, start ? HF_PHASE_BOOT : HF_PHASE_VERIFY, 0, 0);
    hf_error error = fast_ask(&u->link, start ? HF_FAST_START : HF_FAST_CHECK, 0, NULL, 0, 0, CHECK_MS, &reply);
    if (error == HF_E_SILENT) {
        return hf_fail(u->link.problem, error, "the image was %s, but the device stopped answering", so_far);
    }
    if (!error && reply.head.status != 0) {
        return hf_fail(u->link.problem, HF_E_BOOT, "the image was %s, but the device refuses it: %s", so_far,
                       hf_device_error(reply.head.status));
    }
    u->link.report->booted = !error && start;
    return error;
}

static hf_error prepare_packing(update *u)
{
    if (!u->link.options->pack || u->link.info.enciphered || u->link.baud > PACK_BAUD_MAX) {
        return HF_OK;
    }
    u->link.packer = packer_new(u->image, u->size);
    return u->link.packer != NULL ? HF_OK : hf_fail(u->link.problem, HF_E_MEMORY, "no memory to pack the image");
}

static hf_error run(update *u)
{
    hf_error error = check_target(u);
    error = error ? error : go_faster(&u->link);
    error = error ? error : prepare_packing(u);
    error = error ? error : find_unchanged(u);
    if (!error && !u->link.report->unchanged) {
        error = u->link.info.enciphered ? send_blind(u) : send_and_compare(u);
    }
    return error ? error : finish(u);
}

static bool pad(update *u, const void *image, size_t size)
{
    u->size = (uint32_t)((size + HF_IMAGE_ALIGN - 1) / HF_IMAGE_ALIGN * HF_IMAGE_ALIGN);
    u->image = malloc(u->size);
    if (u->image != NULL) {
        memset(u->image, 0xFF, u->size);
        memcpy(u->image, image, size);
    }
    return u->image != NULL;
}

hf_error hf_flash_fast(hf_transport *transport, const hf_fast_meeting *meeting, const void *image, size_t size,
                       const hf_fast_options *options, const hf_listener *listener, hf_flash_report *report, hf_problem *problem)
{
    hf_problem unwanted;
    *report = (hf_flash_report){.bytes = (uint32_t)size, .protocol = "fast"};
    if (size == 0 || size > UINT32_MAX / 2) {
        return hf_fail(problem, HF_E_USAGE, "an image of %zu bytes cannot be sent", size);
    }
    update *u = calloc(1, sizeof *u);
    if (u == NULL || !pad(u, image, size)) {
        free(u);
        return hf_fail(problem, HF_E_MEMORY, "no memory for an image of %zu bytes", size);
    }
    u->link = make_link(transport, options, listener, report, problem != NULL ? problem : &unwanted);
    u->link.info = meeting->info;
    u->link.tag = meeting->tag;
    uint64_t start = fast_now(&u->link);
    hf_error error = run(u);
    report->crc32 = hf_crc32(0, u->image, u->size);
    report->baud = u->link.baud;
    report->total_ms = (uint32_t)(fast_now(&u->link) - start);
    packer_free(u->link.packer);
    free(u->image);
    free(u);
    return error;
}
