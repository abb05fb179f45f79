// SPDX-License-Identifier: MIT
// A DFU host on the bench's cable, which does what dfu-util does.
#include <string.h>

#include "bench_assert.h"
#include "bench_board.h"
#include "bench_usb.h"

usb_end dfu_request(uint8_t request, uint16_t value, void *data, uint16_t length, size_t *actual)
{
    bool in = request == HF_DFU_UPLOAD || request == HF_DFU_GETSTATUS || request == HF_DFU_GETSTATE;
    return usb_control(in ? 0xA1 : 0x21, request, value, 0, data, length, actual);
}

usb_end dfu_get_status(dfu_status *status)
{
    uint8_t bytes[6] = {0xFF};
    size_t actual;
    usb_end end = dfu_request(HF_DFU_GETSTATUS, 0, bytes, sizeof bytes, &actual);
    if (end == USB_DONE) {
        assert_int_equal(actual, 6);
        assert_int_equal(bytes[5], 0);
    }
    *status = (dfu_status){bytes[0], bytes[1] | (uint32_t)bytes[2] << 8 | (uint32_t)bytes[3] << 16, bytes[4]};
    return end;
}

hf_dfu_state dfu_state(void)
{
    uint8_t state = 0xFF;
    assert_int_equal(dfu_request(HF_DFU_GETSTATE, 0, &state, 1, NULL), USB_DONE);
    return state;
}

usb_end dfu_download(uint16_t number, const void *data, uint16_t size)
{
    return dfu_request(HF_DFU_DNLOAD, number, (void *)(uintptr_t)data, size, NULL);
}

// As long as it says, from when it was asked on.
static void wait_as_told(uint32_t asked_ms, const dfu_status *status)
{
    uint32_t passed = board_ms() - asked_ms;
    if (passed < status->poll_ms) {
        board_run(status->poll_ms - passed);
    }
}

dfu_status dfu_settle(void)
{
    dfu_status status;
    for (unsigned polls = 0;; polls++) {
        assert_true(polls < 100);
        uint32_t asked = board_ms();
        assert_int_equal(dfu_get_status(&status), USB_DONE);
        if (status.state != HF_DFU_DNBUSY) {
            return status;
        }
        wait_as_told(asked, &status);
    }
}

dfu_status dfu_command(uint8_t command, uint32_t address)
{
    const uint8_t bytes[5] = {command, (uint8_t)address, (uint8_t)(address >> 8), (uint8_t)(address >> 16),
                              (uint8_t)(address >> 24)};
    dfu_status status;
    assert_int_equal(dfu_download(0, bytes, sizeof bytes), USB_DONE);
    uint32_t asked = board_ms();
    assert_int_equal(dfu_get_status(&status), USB_DONE);
    if (status.state != HF_DFU_DNBUSY) {
        assert_int_equal(status.state, HF_DFU_ERROR); // dfu-util gives up on anything else
        return status;
    }
    wait_as_told(asked, &status);
    return dfu_settle();
}

dfu_status dfu_write(uint32_t address, const void *data, uint32_t size)
{
    dfu_status status = {0};
    for (uint32_t at = 0; at < size && status.status == HF_DFU_OK; at += HF_DFU_TRANSFER_SIZE) {
        uint32_t piece = size - at < HF_DFU_TRANSFER_SIZE ? size - at : HF_DFU_TRANSFER_SIZE;
        status = dfu_command(HF_DFUSE_SET_ADDRESS, address + at);
        if (status.status == HF_DFU_OK) {
            assert_int_equal(dfu_download(2, (const uint8_t *)data + at, (uint16_t)piece), USB_DONE);
            status = dfu_settle();
        }
    }
    return status;
}

dfu_status dfu_update(const void *image, uint32_t size)
{
    dfu_status status = {0};
    dfu_get_status(&status);
    if (status.state == HF_DFU_ERROR) {
        dfu_request(HF_DFU_CLRSTATUS, 0, NULL, 0, NULL);
    } else if (status.state != HF_DFU_IDLE) {
        dfu_request(HF_DFU_ABORT, 0, NULL, 0, NULL);
    }
    status = dfu_command(HF_DFUSE_ERASE, HF_APP_ADDRESS);
    if (status.status == HF_DFU_OK) {
        status = dfu_write(HF_APP_ADDRESS, image, size);
    }
    if (status.status == HF_DFU_OK && dfu_request(HF_DFU_ABORT, 0, NULL, 0, NULL) == USB_DONE) {
        dfu_get_status(&status);
    }
    return status;
}

usb_end dfu_leave(void)
{
    usb_end end = dfu_download(2, NULL, 0);
    dfu_status status;
    if (end == USB_DONE) {
        assert_int_equal(dfu_get_status(&status), USB_DONE);
        assert_int_equal(status.status, HF_DFU_OK);
        assert_int_equal(status.state, HF_DFU_MANIFEST);
    }
    return end;
}
