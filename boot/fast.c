// SPDX-License-Identifier: MIT
// The fast protocol, device side (docs/uart-protocol.md): frames that carry where their content belongs, answers that
// tell how far it has come. The host sends on while flash is busy; what is missing it sends again.
//
// The device is the one that knows where it stands: data is taken at `next` and nowhere else, into flash that has been
// erased for it. So a frame that comes twice, late or after a gap is looked at and forgotten.
#include <stddef.h>

#include "board.h"
#include "boot.h"
#include "buffer.h"
#include "crc16.h"
#include "hf_classic.h"
#include "hf_fast.h"
#include "hf_image.h"
#include "image.h"
#include "order.h"
#include "port.h"
#include "serial.h"
#include "slot.h"
#include "status.h"
#include "unpack.h"

#define WINDOW    (HF_UART_BULK - 2u * HF_FAST_PAYLOAD) // the rest is for a host's polls
#define ACK_BYTES (WINDOW / 8) // data after which an answer is due, though more is waiting

static struct hf_fast_request request;
static uint8_t payload[HF_FAST_PAYLOAD + 2] __attribute__((aligned(4)));

static struct {
    struct hf_fast_answer head;
    uint32_t payload[HF_FAST_ANSWER_MAX / 4 + 1]; // and the CRC-16
} answer;

static uint32_t next;     // where data is awaited
static uint32_t erased;   // from next to here flash is erased, and has not been written since
static uint32_t unacked;  // bytes taken that no answer has told about
static uint32_t heard_ms; // when the last good frame came
static bool on_trial;     // at a new speed the host has not been heard at yet

// -- frames -----------------------------------------------------------------------------------------------------------

static bool receive(void *to, uint32_t size)
{
    return hf_serial_receive_all(to, size, HF_FAST_FRAME_MS) && hf_serial_crc16(to, size) == 0;
}

static void send(hf_err status, uint32_t size)
{
    answer.head.tag = request.tag;
    answer.head.status = (uint8_t)status;
    answer.head.size = (uint16_t)size;
    answer.head.next = next;
    size += sizeof answer.head;
    uint8_t *bytes = (uint8_t *)&answer;
    uint16_t crc = __builtin_bswap16(hf_serial_crc16(bytes, size));
    __builtin_memcpy(bytes + size, &crc, sizeof crc);
    hf_serial_send(HF_FAST_LEAD);
    hf_serial_send_all(bytes, size + 2);
    unacked = 0;
}

// -- who are you ------------------------------------------------------------------------------------------------------

static void tell(void)
{
    static const struct hf_fast_info info = {
        .version = HF_FAST_VERSION,
        .program_bytes = HF_PROGRAM_BYTES,
        .chip_id = HF_CHIP_ID,
        .window = WINDOW,
        .product_id = HF_PRODUCT_ID,
        .address = HF_APP_ADDRESS,
        .size = HF_APP_SIZE,
        .erase_ms = HF_ERASE_MAX_MS,
        .received_apart = HF_RECEIVE_ADDRESS != HF_APP_ADDRESS,
        .enciphered = HF_ENCIPHERED,
    };
    struct hf_fast_info *told = (struct hf_fast_info *)answer.payload;
    __builtin_memcpy(told, &info, offsetof(struct hf_fast_info, unique_id));
    hf_port.system.unique_id(told->unique_id);
    send(HF_OK, sizeof info);
}

static void tell_image(void)
{
    uint32_t base = request.argument == 0 ? HF_APP_ADDRESS : HF_RECEIVE_ADDRESS;
    struct hf_fast_image *told = (struct hf_fast_image *)answer.payload;
    hf_err err = hf_image_check_at(base);
    if (err == HF_OK) {
        err = hf_image_trailer(base, &told->trailer);
    }
    uint32_t size = told->trailer.payload_length + told->trailer.size;
    if (err == HF_OK) { // at level "sanity" what looks like a trailer may be anything
        err = hf_slot_holds(HF_APP_ADDRESS, size) ? hf_flash_digest(base, size & ~3u, &told->digest) : HF_E_LENGTH;
    }
    send(err, sizeof *told);
}

// Of sectors that are erased together, or as much of them as the host asks about.
static void tell_digest(void)
{
    struct hf_fast_digest *digest = (struct hf_fast_digest *)answer.payload;
    uint32_t size = hf_slot_unit_end(request.argument) - request.argument;
    uint32_t wanted;
    __builtin_memcpy(&wanted, payload, sizeof wanted);
    digest->size = size < wanted ? size : wanted;
    send(hf_slot_digest(request.argument, digest->size, &digest->digest), sizeof *digest);
}

// -- content ----------------------------------------------------------------------------------------------------------

// Erases, where that has not been done, what the next bytes go to.
static hf_err make_room(uint32_t size)
{
    hf_err err = HF_OK;
    while (err == HF_OK && erased - next < size) {
        hf_transfer_pending(true);
        err = hf_slot_erase_sector(erased);
        erased = err == HF_OK ? hf_slot_sector_end(erased) : next;
    }
    return err;
}

static hf_err put(const uint8_t *data, uint32_t size)
{
    hf_err err = make_room(size);
    err = err == HF_OK ? hf_slot_write(next, data, size) : err;
    next += size;
    if (err != HF_OK) {
        next = erased = 0; // the host has to begin anew
    }
    unacked += size;
    return err;
}

static hf_err put_payload(void)
{
    static uint8_t unpacked[HF_FAST_PAYLOAD] HF_BUFFER __attribute__((aligned(4)));
    if (request.type == HF_FAST_DATA) {
        return put(payload, request.size);
    }
    return put(unpacked, hf_unpack(next, payload, request.size, unpacked));
}

static void take_data(void)
{
    bool fits = request.argument == next;
    hf_err err = fits ? put_payload() : HF_OK;
    // When nothing was taken the host must know at once, else it does as well a little later.
    if (!fits || err != HF_OK || unacked >= ACK_BYTES) {
        send(err, 0);
    }
}

// The erase begins before there is data: that comes meanwhile.
static void begin(void)
{
    if (request.argument != next) {
        next = erased = request.argument;
    }
    send(HF_OK, 0);
    (void)make_room(1); // when that fails it will again, with data
}

// -- the end ----------------------------------------------------------------------------------------------------------

static void check(void)
{
    bool starts = request.type == HF_FAST_START;
    hf_err err = starts ? hf_slot_finish() : hf_slot_check();
    if (err == HF_OK) {
        hf_transfer_pending(false);
    }
    send(err, 0);
    if (err == HF_OK && starts) {
        hf_serial_port.flush();
        hf_leave_update_mode();
    }
}

// -- a session --------------------------------------------------------------------------------------------------------

// From the answer on; the old speed again when the host is not heard.
static void change_speed(void)
{
    send(HF_OK, 0);
    on_trial = hf_serial_line.set_baud(request.argument);
}

// Inlined by order: the compiler believes that it costs bytes, and it saves 24.
static inline __attribute__((always_inline)) void obey(void)
{
    switch (request.type) {
    case HF_FAST_HELLO: tell(); break;
    case HF_FAST_DIGEST: tell_digest(); break;
    case HF_FAST_BEGIN: begin(); break;
    case HF_FAST_DATA:
    case HF_FAST_PACKED: take_data(); break;
    case HF_FAST_IMAGE: tell_image(); break;
    case HF_FAST_CHECK:
    case HF_FAST_START: check(); break;
    case HF_FAST_BAUD: change_speed(); break;
    case HF_FAST_STATUS: send(HF_OK, hf_status_tell(answer.payload)); break;
    case HF_FAST_IDENTITY: send(HF_OK, hf_order_identify((uint8_t *)answer.payload)); break;
    default: send(HF_OK, 0); break;
    }
}

// What follows a lead-in; false when that was no frame.
static bool serve_frame(void)
{
    if (!receive(&request, HF_FAST_REQUEST_SIZE)) {
        return false;
    }
    on_trial = false;
    if (request.size == 0 || (request.size <= HF_FAST_PAYLOAD && receive(payload, request.size + 2u))) {
        obey();
    } else {
        send(HF_OK, 0); // damaged: `next` tells the host that it is missing
    }
    heard_ms = hf_port.system.now_ms();
    return true;
}

static void idle(void)
{
    if (unacked > 0) {
        send(HF_OK, 0);
    }
    if (on_trial && hf_port.system.now_ms() - heard_ms >= HF_FAST_TRIAL_MS) {
        on_trial = false;
        hf_serial_line.restore_baud();
    }
}

// A host says HELLO and waits for the answer: nothing is on the line while reception changes over to bulk.
static void serve_session(void)
{
    if (!hf_session_begin(&hf_serial) || !serve_frame()) {
        hf_serial_refuse();
        return;
    }
    hf_serial_line.bulk(true);
    while (hf_port.system.now_ms() - heard_ms < HF_FAST_SILENCE_MS) {
        uint8_t byte;
        if (hf_serial_port.receive(&byte, 1) == 0) {
            idle();
        } else if (byte == HF_FAST_LEAD) {
            (void)serve_frame();
        } else if (byte == HF_CLASSIC_SYNC && hf_serial_is_quiet()) {
            hf_serial_line.bulk(false); // another host, or the same one anew
            hf_serial_put_back(HF_CLASSIC_SYNC);
            return;
        }
        hf_background();
    }
    hf_serial_port.listen();
}

// Where the data has come to stays known: a host that comes back goes on from there.
static void forget(void)
{
}

static bool serve(uint8_t code)
{
    if (code != HF_FAST_LEAD) {
        return false;
    }
    serve_session();
    return true;
}

const struct hf_serial_protocol hf_fast = {serve, forget};
