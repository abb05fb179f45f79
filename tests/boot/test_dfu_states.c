// SPDX-License-Identifier: MIT
// Every state of DFU 1.1 that a device in DFU mode can be in, and every request in it: the table of its A.2, with what
// DfuSe and this bootloader add. appIDLE and appDETACH belong to applications; dfuMANIFEST-WAIT-RESET does not come up,
// for the board resets by itself.
#include <string.h>

#include "bench_assert.h"
#include "bench_board.h"
#include "bench_usb.h"
#include "images.h"

static image good;
static uint8_t block[HF_DFU_TRANSFER_SIZE];

// -- ways into each state ---------------------------------------------------------------------------------------------

static void enter_idle(void)
{
}

static void enter_dnload_sync(void)
{
    assert_int_equal(dfu_download(2, block, 64), USB_DONE);
}

static void enter_dnbusy(void)
{
    static const uint8_t set_address[] = {HF_DFUSE_SET_ADDRESS, 0, 0, 1, 8};
    dfu_status status;
    assert_int_equal(dfu_download(0, set_address, sizeof set_address), USB_DONE);
    assert_int_equal(dfu_get_status(&status), USB_DONE);
    assert_int_equal(status.status, HF_DFU_OK);
}

static void enter_dnload_idle(void)
{
    enter_dnload_sync();
    assert_int_equal(dfu_settle().status, HF_DFU_OK);
}

static void enter_manifest_sync(void)
{
    assert_int_equal(dfu_download(2, NULL, 0), USB_DONE);
}

static void enter_manifest(void)
{
    assert_int_equal(dfu_leave(), USB_DONE);
}

static void enter_upload_idle(void)
{
    assert_int_equal(dfu_request(HF_DFU_UPLOAD, 2, block, sizeof block, NULL), USB_DONE);
}

static void enter_error(void)
{
    assert_int_equal(dfu_request(HF_DFU_CLRSTATUS, 0, NULL, 0, NULL), USB_STALLED);
}

static const struct {
    hf_dfu_state state;
    void (*enter)(void);
} states[] = {
    {HF_DFU_IDLE, enter_idle},
    {HF_DFU_DNLOAD_SYNC, enter_dnload_sync},
    {HF_DFU_DNBUSY, enter_dnbusy},
    {HF_DFU_DNLOAD_IDLE, enter_dnload_idle},
    {HF_DFU_MANIFEST_SYNC, enter_manifest_sync},
    {HF_DFU_MANIFEST, enter_manifest},
    {HF_DFU_UPLOAD_IDLE, enter_upload_idle},
    {HF_DFU_ERROR, enter_error},
};
#define STATES (sizeof states / sizeof states[0])

static void enter(size_t row)
{
    board_new();
    board.led_blinks_on = true;
    image_install(&good);
    board_power_on_into_update_mode();
    usb_plug();
    states[row].enter();
    assert_int_equal(dfu_state(), states[row].state);
}

// -- the table --------------------------------------------------------------------------------------------------------

typedef enum request {
    DETACH,
    DNLOAD_DATA,
    DNLOAD_EMPTY,
    UPLOAD,
    GETSTATUS,
    CLRSTATUS,
    GETSTATE,
    ABORT,
    UNKNOWN,
    REQUESTS
} request;

static const struct {
    const char *name;
    uint8_t type, number;
    uint16_t value, length;
} requests[REQUESTS] = {
    [DETACH] = {"DETACH", 0x21, HF_DFU_DETACH, 1000, 0},
    [DNLOAD_DATA] = {"DNLOAD", 0x21, HF_DFU_DNLOAD, 2, 64},
    [DNLOAD_EMPTY] = {"DNLOAD of nothing", 0x21, HF_DFU_DNLOAD, 2, 0},
    [UPLOAD] = {"UPLOAD", 0xA1, HF_DFU_UPLOAD, 2, 64},
    [GETSTATUS] = {"GETSTATUS", 0xA1, HF_DFU_GETSTATUS, 0, 6},
    [CLRSTATUS] = {"CLRSTATUS", 0x21, HF_DFU_CLRSTATUS, 0, 0},
    [GETSTATE] = {"GETSTATE", 0xA1, HF_DFU_GETSTATE, 0, 1},
    [ABORT] = {"ABORT", 0x21, HF_DFU_ABORT, 0, 0},
    [UNKNOWN] = {"request 7", 0x21, 7, 0, 0},
};

// What the state is afterwards; NO: refused with a STALL, and dfuERROR.
#define NO 0xFF
static const uint8_t table[STATES][REQUESTS] = {
    /*                    DETACH DNLOAD empty UPLOAD GETSTATUS CLRSTATUS GETSTATE ABORT unknown */
    /* dfuIDLE          */ {7,   3,     6,    9,     2,        NO,       2,       2,    NO},
    /* dfuDNLOAD-SYNC   */ {NO,  NO,    NO,   NO,    4,        NO,       3,       2,    NO},
    /* dfuDNBUSY        */ {NO,  NO,    NO,   NO,    5,        NO,       4,       2,    NO},
    /* dfuDNLOAD-IDLE   */ {NO,  3,     6,    NO,    5,        NO,       5,       2,    NO},
    /* dfuMANIFEST-SYNC */ {NO,  NO,    NO,   NO,    7,        NO,       6,       2,    NO},
    /* dfuMANIFEST      */ {NO,  NO,    NO,   NO,    7,        NO,       7,       NO,   NO},
    /* dfuUPLOAD-IDLE   */ {NO,  NO,    NO,   9,     9,        NO,       9,       2,    NO},
    /* dfuERROR         */ {NO,  NO,    NO,   NO,    10,       2,        10,      NO,   NO},
};

static usb_end send(request which)
{
    uint8_t data[64];
    memcpy(data, block, sizeof data);
    return usb_control(requests[which].type, requests[which].number, requests[which].value, 0, data,
                       requests[which].length, NULL);
}

static void check(size_t row, request which, usb_end end)
{
    uint8_t expected = table[row][which];
    hf_dfu_state after = dfu_state();
    if (end != (expected == NO ? USB_STALLED : USB_DONE) || after != (expected == NO ? HF_DFU_ERROR : expected)) {
        fail_msg("%s in state %d ended with %d and led to state %d", requests[which].name, states[row].state, end, after);
    }
}

static void every_state_and_every_request(void **state)
{
    (void)state;
    for (size_t row = 0; row < STATES; row++) {
        for (int which = 0; which < REQUESTS; which++) {
            enter(row);
            check(row, which, send(which));
            dfu_status status;
            if (table[row][which] == NO) {
                assert_int_equal(dfu_get_status(&status), USB_DONE);
                assert_int_equal(status.status, HF_DFU_ERR_STALLEDPKT);
                assert_int_equal(dfu_request(HF_DFU_CLRSTATUS, 0, NULL, 0, NULL), USB_DONE);
                assert_int_equal(dfu_state(), HF_DFU_IDLE);
            }
        }
    }
}

// The other direction, data where there is none, none where there is.
static void malformed_requests(void **state)
{
    (void)state;
    static const uint16_t lengths[] = {0, 1, 5, 6, 64, 65, 2048, 2049, 4096, 0xFFFF};
    static uint8_t data[0x10000];
    for (int which = DETACH; which < UNKNOWN; which++) {
        for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
            for (unsigned reversed = 0; reversed < 2; reversed++) {
                bool reads = requests[which].type == 0xA1;
                bool good_length = reads ? lengths[i] > 0 : requests[which].number == HF_DFU_DNLOAD || lengths[i] == 0;
                bool too_long = (requests[which].number == HF_DFU_DNLOAD || which == UPLOAD) && lengths[i] > 2048;
                if (!reversed && good_length && !too_long) {
                    continue; // well-formed
                }
                enter(0);
                usb_end end = usb_control(requests[which].type ^ (reversed ? 0x80 : 0), requests[which].number,
                                          requests[which].value, 0, data, lengths[i], NULL);
                if (end != USB_STALLED || dfu_state() != HF_DFU_ERROR) {
                    fail_msg("%s, length %u, %s: ended with %d, state %d", requests[which].name, lengths[i],
                             reversed ? "reversed" : "straight", end, dfu_state());
                }
            }
        }
    }
}

static void uploads_and_downloads_of_any_size(void **state)
{
    (void)state;
    for (uint16_t size = 1; size <= HF_DFU_TRANSFER_SIZE; size += size < 70 ? 1 : 97) {
        size_t actual;
        enter(0);
        memset(board_flash(HF_APP_ADDRESS), 0xFF, sizeof block);
        assert_int_equal(dfu_download(2, block, size), USB_DONE);
        assert_int_equal(dfu_settle().state, HF_DFU_DNLOAD_IDLE);
        assert_int_equal(dfu_request(HF_DFU_ABORT, 0, NULL, 0, NULL), USB_DONE);
        assert_int_equal(dfu_request(HF_DFU_UPLOAD, 2, block, size, &actual), USB_DONE);
        assert_int_equal(actual, size);
    }
}

// The host may break any request off at any packet; the device stays in a state of the table and goes on.
static void every_request_broken_off(void **state)
{
    (void)state;
    for (size_t row = 0; row < STATES; row++) {
        for (int which = 0; which < REQUESTS; which++) {
            for (uint32_t packets = 1; packets < 3; packets++) {
                enter(row);
                usb_cut_after(packets);
                (void)send(which);
                usb_cut_after(USB_ALL);
                hf_dfu_state after = dfu_state();
                uint8_t expected = table[row][which] == NO ? HF_DFU_ERROR : table[row][which];
                if (after != expected && after != states[row].state) {
                    fail_msg("%s in state %d, broken off after %u packets, led to %d", requests[which].name,
                             states[row].state, packets, after);
                }
            }
        }
    }
}

static void a_bus_reset_leads_back_to_idle(void **state)
{
    (void)state;
    for (size_t row = 0; row < STATES; row++) {
        if (states[row].state == HF_DFU_MANIFEST) {
            continue; // there it means that the host has moved on
        }
        enter(row);
        usb_plug();
        dfu_status status;
        assert_int_equal(dfu_get_status(&status), USB_DONE);
        assert_int_equal(status.state, HF_DFU_IDLE);
        assert_int_equal(status.status, HF_DFU_OK);
    }
}

static int make_image(void **state)
{
    (void)state;
    good = image_make(320, 1);
    memset(block, 0xFF, sizeof block);
    memcpy(block, good.bytes, good.size); // what is written changes nothing
    return 0;
}

static int leave_clean(void **state)
{
    (void)state;
    board_new();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_and_every_request),
        cmocka_unit_test(malformed_requests),
        cmocka_unit_test(uploads_and_downloads_of_any_size),
        cmocka_unit_test(every_request_broken_off),
        cmocka_unit_test(a_bus_reset_leads_back_to_idle),
    };
    return cmocka_run_group_tests(tests, make_image, leave_clean);
}
