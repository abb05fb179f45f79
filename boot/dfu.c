// SPDX-License-Identifier: MIT
// DFU 1.1 in DFU mode (states: its A.1) with the DfuSe 1.1a commands (UM0424): docs/usb-dfu.md.
//
// Nothing is erased inside a control transfer. A block that has come is programmed while the next one is on its way:
// GETSTATUS says dfuDNLOAD-IDLE as soon as there is room for it, and what goes wrong with the block puts the device into
// dfuERROR before the next request.
#include <stddef.h>

#include "board.h"
#include "boot.h"
#include "dfu_work.h"
#include "order.h"
#include "port.h"
#include "slot.h"
#include "usb.h"

// A host that has read dfuMANIFEST closes the device before the board leaves the bus.
#define LEAVE_MS 50u

#define CLASS_TO_DEVICE 0x21u // bmRequestType (DFU 1.1, table 3.1)
#define CLASS_TO_HOST   0xA1u

static hf_dfu_state state;
static hf_dfu_status status;
static uint16_t taken_number, taken_size; // of the last DNLOAD

static bool leaving;
static uint32_t leave_since;

static void fail(hf_dfu_status why)
{
    if (status == HF_DFU_OK) {
        status = why;
    }
    if (status != HF_DFU_OK) {
        state = HF_DFU_ERROR;
    }
}

static hf_usb_answer refuse(hf_dfu_status why)
{
    fail(why);
    hf_dfu_drop();
    return HF_USB_STALL;
}

// -- requests ---------------------------------------------------------------------------------------------------------

// The end of a download, and the way to the application. DFU 1.1 has the device refuse it when it does not agree that
// all is there (A.2.6), and unlike a status that is a failure dfu-util ends with.
static hf_usb_answer leave(hf_dfu_state next)
{
    if (hf_dfu_writing()) {
        return HF_USB_LATER;
    }
    if (hf_slot_finish() != HF_OK) {
        return refuse(HF_DFU_ERR_FIRMWARE);
    }
    state = next;
    return HF_USB_STATUS;
}

static hf_usb_answer download(const struct hf_usb_setup *setup, struct hf_usb_reply *reply)
{
    bool welcome = state == HF_DFU_IDLE || state == HF_DFU_DNLOAD_IDLE;
    if (!welcome || setup->wLength > HF_DFU_TRANSFER_SIZE || !hf_session_begin(&hf_usb)) {
        return refuse(HF_DFU_ERR_STALLEDPKT);
    }
    if (setup->wLength == 0) {
        return leave(HF_DFU_MANIFEST_SYNC);
    }
    reply->data = hf_dfu_block();
    return HF_USB_TAKE;
}

static hf_usb_answer upload(const struct hf_usb_setup *setup, struct hf_usb_reply *reply)
{
    static const uint8_t commands[] = {HF_DFUSE_GET_COMMANDS, HF_DFUSE_SET_ADDRESS, HF_DFUSE_ERASE};
    bool welcome = state == HF_DFU_IDLE || state == HF_DFU_UPLOAD_IDLE;
    if (!welcome || setup->wLength > HF_DFU_TRANSFER_SIZE ||
        (!HF_TAKES_ORDERS && setup->wValue == HF_DFUSE_IDENTITY)) {
        return refuse(HF_DFU_ERR_STALLEDPKT);
    }
    reply->data = hf_dfu_block();
    reply->size = setup->wLength;
    if (setup->wValue == 0) {
        __builtin_memcpy(reply->data, commands, sizeof commands);
        reply->size = sizeof commands;
    } else if (setup->wValue == HF_DFUSE_IDENTITY) {
        reply->size = (uint16_t)hf_order_identify(reply->data);
    } else {
        hf_dfu_status read = hf_dfu_read(setup->wValue, &reply->size);
        if (read != HF_DFU_OK) {
            return refuse(read);
        }
    }
    state = reply->size < setup->wLength ? HF_DFU_IDLE : HF_DFU_UPLOAD_IDLE;
    return HF_USB_SEND;
}

static uint32_t poll_timeout_ms(void)
{
    switch (state) {
    case HF_DFU_DNBUSY: return hf_dfu_busy_ms();
    case HF_DFU_MANIFEST: return LEAVE_MS;
    default: return 0;
    }
}

// What GETSTATUS answers (DFU 1.1, 6.1.2): status, three bytes of milliseconds, state, a string nobody wrote.
enum { STATE = 4 };
static uint8_t answer[6];

static hf_usb_answer send_state(struct hf_usb_reply *reply, uint8_t *from, uint16_t size)
{
    answer[STATE] = (uint8_t)state;
    return hf_usb_send(reply, from, size);
}

static hf_usb_answer get_status(struct hf_usb_reply *reply)
{
    if (state == HF_DFU_DNLOAD_SYNC) {
        state = HF_DFU_DNBUSY; // commands show it once, whatever they do: dfu-util waits for it
        fail(hf_dfu_order(taken_number, taken_size));
        if (state == HF_DFU_DNBUSY && taken_number != 0 && !hf_dfu_busy()) {
            state = HF_DFU_DNLOAD_IDLE;
        }
    } else if (state == HF_DFU_DNBUSY && !hf_dfu_busy()) {
        state = HF_DFU_DNLOAD_IDLE;
    } else if (state == HF_DFU_MANIFEST_SYNC) {
        state = HF_DFU_MANIFEST;
    }
    uint32_t ms = poll_timeout_ms();
    answer[0] = (uint8_t)status;
    __builtin_memcpy(answer + 1, &ms, 3);
    return send_state(reply, answer, sizeof answer);
}

static hf_usb_answer clear_status(void)
{
    if (state != HF_DFU_ERROR) {
        return refuse(HF_DFU_ERR_STALLEDPKT);
    }
    status = HF_DFU_OK;
    state = HF_DFU_IDLE;
    return HF_USB_STATUS;
}

static hf_usb_answer get_state(struct hf_usb_reply *reply)
{
    return send_state(reply, answer + STATE, 1);
}

// Ends what the host was doing. What it has sent goes into flash first, an erase that has not begun is dropped.
static hf_usb_answer abort_transfer(void)
{
    if (state == HF_DFU_ERROR || state == HF_DFU_MANIFEST) {
        return refuse(HF_DFU_ERR_STALLEDPKT);
    }
    if (hf_dfu_writing()) {
        return HF_USB_LATER;
    }
    if (state == HF_DFU_DNLOAD_IDLE) {
        hf_transfer_pending(false); // the last thing dfu-util does with a file that is not to be started
    }
    hf_dfu_drop();
    hf_session_end(&hf_usb);
    state = HF_DFU_IDLE;
    return HF_USB_STATUS;
}

// Not in DFU 1.1's table for DFU mode, but a way for hosts to be rid of a bootloader without writing anything.
static hf_usb_answer detach(void)
{
    if (state != HF_DFU_IDLE || !hf_session_begin(&hf_usb)) {
        return refuse(HF_DFU_ERR_STALLEDPKT);
    }
    return leave(HF_DFU_MANIFEST);
}

// Three requests read, one brings data, the others have none (DFU 1.1, table 3.2).
static bool well_formed(const struct hf_usb_setup *setup)
{
    const uint32_t readers = 1u << HF_DFU_UPLOAD | 1u << HF_DFU_GETSTATUS | 1u << HF_DFU_GETSTATE;
    bool reads = setup->bRequest <= HF_DFU_ABORT && (readers >> setup->bRequest & 1u) != 0;
    bool has_data = setup->wLength != 0;
    return setup->bmRequestType == (reads ? CLASS_TO_HOST : CLASS_TO_DEVICE) &&
           (has_data == reads || setup->bRequest == HF_DFU_DNLOAD);
}

hf_usb_answer hf_dfu_request(const struct hf_usb_setup *setup, struct hf_usb_reply *reply)
{
    if (!well_formed(setup)) {
        return refuse(HF_DFU_ERR_STALLEDPKT);
    }
    switch (setup->bRequest) {
    case HF_DFU_DETACH: return detach();
    case HF_DFU_DNLOAD: return download(setup, reply);
    case HF_DFU_UPLOAD: return upload(setup, reply);
    case HF_DFU_GETSTATUS: return get_status(reply);
    case HF_DFU_CLRSTATUS: return clear_status();
    case HF_DFU_GETSTATE: return get_state(reply);
    case HF_DFU_ABORT: return abort_transfer();
    default: return refuse(HF_DFU_ERR_STALLEDPKT);
    }
}

// -- around transfers -------------------------------------------------------------------------------------------------

void hf_dfu_taken(const struct hf_usb_setup *setup)
{
    taken_number = setup->wValue;
    taken_size = setup->wLength;
    state = HF_DFU_DNLOAD_SYNC;
}

void hf_dfu_done(void)
{
    hf_dfu_allow();
    hf_order_finish();
    if (state == HF_DFU_MANIFEST && !leaving) {
        leaving = true;
        leave_since = hf_port.system.now_ms();
    }
}

void hf_dfu_poll(bool between_transfers)
{
    fail(hf_dfu_work(between_transfers));
    if (leaving && hf_port.system.now_ms() - leave_since >= LEAVE_MS) {
        hf_usb_port.close();
        hf_leave_update_mode();
    }
}

void hf_dfu_forget(void)
{
    hf_session_end(&hf_usb);
    hf_dfu_drop();
    state = HF_DFU_IDLE;
    status = HF_DFU_OK;
}

void hf_dfu_reset(void)
{
    if (leaving) {
        hf_leave_update_mode(); // the host has moved on
    }
    hf_dfu_restart();
    hf_dfu_forget();
}
