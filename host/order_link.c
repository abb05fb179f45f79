// SPDX-License-Identifier: MIT
// Orders on their way: over the serial line beside the classic protocol, over USB as commands of DfuSe.
#include <string.h>

#include "bytes.h"
#include "classic_session.h"
#include "hf_dfu.h"
#include "order.h"

#define ANSWER_MS 3000u // checking a signature twice takes less, and the wire at 9600 baud too

static void take_identity(const uint8_t *bytes, struct hf_identity *identity)
{
    memcpy(identity, bytes, sizeof *identity);
    identity->last_number = hf_get32(bytes + offsetof(struct hf_identity, last_number));
}

static hf_error refused(hf_problem *problem)
{
    return hf_fail(problem, HF_E_ORDER_REFUSED, "the device does not obey the order");
}

static hf_error takes_none(hf_problem *problem)
{
    return hf_fail(problem, HF_E_NO_ORDERS, "the device's bootloader does not know of orders");
}

// -- serial line ------------------------------------------------------------------------------------------------------

static hf_error ask(session *s, uint8_t command)
{
    answer got = ANSWER_NONE;
    hf_error error = session_ask(s, command, ANSWER_MS, &got);
    return error || got == ANSWER_ACK ? error : takes_none(s->problem);
}

static hf_error identify_serial(session *s, struct hf_identity *identity)
{
    uint8_t bytes[sizeof *identity];
    hf_error error = ask(s, HF_SERIAL_IDENTIFY);
    error = error ? error : session_receive_all(s, bytes, sizeof bytes, ANSWER_MS);
    if (!error) {
        take_identity(bytes, identity);
    }
    return error;
}

static hf_error send_serial(session *s, const uint8_t *order)
{
    answer got = ANSWER_NONE;
    hf_error error = ask(s, HF_SERIAL_ORDER);
    error = error ? error : session_send(s, order, HF_ORDER_SIZE);
    error = error ? error : session_answer(s, ANSWER_MS, &got);
    if (error || got == ANSWER_ACK) {
        return error;
    }
    return got == ANSWER_NAK ? refused(s->problem) : hf_fail(s->problem, HF_E_SILENT, "the order was not answered");
}

// -- USB --------------------------------------------------------------------------------------------------------------

#define TO_DEVICE 0x21
#define TO_HOST   0xA1

static hf_error control(const hf_order_link *link, uint8_t type, uint8_t request, uint16_t value, void *data, uint16_t size,
                        size_t *actual, hf_problem *problem)
{
    return link->usb->ops->control(link->usb->context, type, request, value, data, size, actual, problem);
}

// Status and state of the device.
static hf_error get_status(const hf_order_link *link, uint8_t status[6], hf_problem *problem)
{
    size_t actual = 0;
    hf_error error = control(link, TO_HOST, HF_DFU_GETSTATUS, 0, status, 6, &actual, problem);
    return error || actual == 6 ? error : hf_fail(problem, HF_E_STRANGER, "the device's status has %zu bytes", actual);
}

static hf_error go_idle(const hf_order_link *link, hf_problem *problem)
{
    uint8_t status[6];
    size_t actual;
    for (unsigned tries = 0; tries < 4; tries++) {
        hf_error error = get_status(link, status, problem);
        if (error || status[4] == HF_DFU_IDLE) {
            return error;
        }
        uint8_t way = status[4] == HF_DFU_ERROR ? HF_DFU_CLRSTATUS : HF_DFU_ABORT;
        error = control(link, TO_DEVICE, way, 0, NULL, 0, &actual, problem);
        if (error && error != HF_E_NAK) {
            return error;
        }
    }
    return hf_fail(problem, HF_E_STRANGER, "the device does not become idle: state %u", status[4]);
}

static hf_error identify_usb(const hf_order_link *link, struct hf_identity *identity, hf_problem *problem)
{
    uint8_t bytes[sizeof *identity];
    size_t actual = 0;
    hf_error error = go_idle(link, problem);
    error = error ? error : control(link, TO_HOST, HF_DFU_UPLOAD, HF_DFUSE_IDENTITY, bytes, sizeof bytes, &actual, problem);
    if (error == HF_E_NAK || (!error && actual != sizeof bytes)) {
        return takes_none(problem);
    }
    if (!error) {
        take_identity(bytes, identity);
    }
    return error ? error : go_idle(link, problem);
}

static hf_error send_usb(const hf_order_link *link, const uint8_t *order, hf_problem *problem)
{
    uint8_t command[1 + HF_ORDER_SIZE] = {HF_DFUSE_ORDER}, status[6];
    size_t actual;
    memcpy(command + 1, order, HF_ORDER_SIZE);
    hf_error error = go_idle(link, problem);
    error = error ? error : control(link, TO_DEVICE, HF_DFU_DNLOAD, 0, command, sizeof command, &actual, problem);
    error = error ? error : get_status(link, status, problem);
    if (error == HF_E_NAK || (!error && status[0] != HF_DFU_OK)) {
        return refused(problem);
    }
    return error;
}

// -- either -----------------------------------------------------------------------------------------------------------

hf_error hf_order_identify(const hf_order_link *link, struct hf_identity *identity, hf_problem *problem)
{
    hf_flash_report report = {0};
    session s = {.transport = link->transport, .options = link->options, .listener = link->listener, .report = &report,
                 .problem = problem};
    return link->transport == NULL ? identify_usb(link, identity, problem) : identify_serial(&s, identity);
}

hf_error hf_order_send(const hf_order_link *link, const uint8_t order[HF_ORDER_SIZE], hf_problem *problem)
{
    hf_flash_report report = {0};
    session s = {.transport = link->transport, .options = link->options, .listener = link->listener, .report = &report,
                 .problem = problem};
    return link->transport == NULL ? send_usb(link, order, problem) : send_serial(&s, order);
}
