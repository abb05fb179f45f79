// SPDX-License-Identifier: MIT
// The classic UART protocol, device side (docs/uart-protocol.md): SYNC, ERASE, DATA, VERIFY, BOOT.
//
// Frames carry no address: they follow one another from the start of the slot. VERIFY compares what stands in flash,
// so a frame that arrived twice because its ACK was lost is found there at the latest.
#include "board.h"
#include "boot.h"
#include "frame.h"
#include "hf_classic.h"
#include "port.h"
#include "serial.h"
#include "slot.h"

static bool synced;
static uint32_t next; // where the next frame goes; 0: nothing has been erased, no frame is welcome

static void forget(void)
{
    synced = false;
    next = 0;
}

static void serve_sync(void)
{
    synced = hf_session_begin(&hf_serial);
    next = 0;
    if (synced) {
        hf_serial_expect(HF_SERIAL_NO_HURRY);
    }
    (void)hf_serial_answer(synced);
}

static bool erase(void)
{
    if (!synced) {
        return false;
    }
    hf_transfer_pending(true);
    return hf_slot_erase() == HF_OK;
}

static void serve_erase(void)
{
    bool erased = erase();
    next = erased ? HF_APP_ADDRESS : 0;
    if (erased) {
        hf_serial_expect(HF_CLASSIC_FRAME_MS);
    }
    (void)hf_serial_answer(erased);
}

static void serve_data(void)
{
    uint8_t frame[HF_FRAME_MAX] __attribute__((aligned(4)));
    bool whole = hf_serial_receive_all(frame, hf_frame_size, HF_CLASSIC_FRAME_MS) && hf_frame_is_whole(frame);
    bool written = whole && next != 0 && hf_slot_write(next, frame, hf_frame_payload) == HF_OK;
    if (written) {
        next += hf_frame_payload;
    }
    (void)hf_serial_answer(written);
}

static void serve_verify(void)
{
    uint8_t wire[4];
    bool same = false;
    if (hf_serial_receive_all(wire, sizeof wire, HF_CLASSIC_FRAME_MS) && next > HF_APP_ADDRESS) {
        uint32_t expected = (uint32_t)wire[0] << 24 | (uint32_t)wire[1] << 16 | (uint32_t)wire[2] << 8 | wire[3];
        uint32_t found;
        same = hf_slot_crc32(HF_APP_ADDRESS, next - HF_APP_ADDRESS, &found) == HF_OK && found == expected;
    }
    if (same) {
        hf_serial_expect(HF_SERIAL_NO_HURRY); // the transfer is over
        hf_transfer_pending(false);
    }
    (void)hf_serial_answer(same);
}

static void serve_boot(void)
{
    if (hf_serial_answer(synced && hf_slot_finish() == HF_OK)) {
        hf_serial_port.flush();
        hf_leave_update_mode();
    }
}

// Commands of a single byte count only when nothing follows them.
static bool is_lone(uint8_t code)
{
    return code == HF_CLASSIC_SYNC || code == HF_CLASSIC_ERASE || code == HF_CLASSIC_BOOT;
}

static bool serve(uint8_t code)
{
    if (is_lone(code) && !hf_serial_is_quiet()) {
        return false;
    }
    switch (code) {
    case HF_CLASSIC_SYNC: serve_sync(); return true;
    case HF_CLASSIC_ERASE: serve_erase(); return true;
    case HF_CLASSIC_DATA: serve_data(); return true;
    case HF_CLASSIC_VERIFY: serve_verify(); return true;
    case HF_CLASSIC_BOOT: serve_boot(); return true;
    default: return false;
    }
}

const struct hf_serial_protocol hf_classic = {serve, forget};
