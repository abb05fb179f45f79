// SPDX-License-Identifier: MIT
// One dispatcher for the line: the first byte of a command selects the protocol. After anything it does not understand
// it waits until the line is quiet and says NAK once, so both sides agree again on where a frame begins.
#include "serial.h"

#include "board.h"
#include "hf_classic.h"
#include "port.h"
#include "slot.h"

// So many bytes in a row that are no command, and nobody is understood here: another host may have come, with another speed.
#define STRANGERS_MAX 5u

#define HF_DECLARE_PROTOCOL(name) extern const struct hf_serial_protocol hf_##name;
HF_SERIAL_PROTOCOLS(HF_DECLARE_PROTOCOL)

#define HF_LIST_PROTOCOL(name) &hf_##name,
static const struct hf_serial_protocol *const protocols[] = {HF_SERIAL_PROTOCOLS(HF_LIST_PROTOCOL)};
#define PROTOCOLS (sizeof protocols / sizeof protocols[0])

static uint32_t patience_ms;
static uint32_t waiting_since; // for the command that patience_ms is about
static bool serving;           // a command is being served: what comes now is its business
static uint8_t put_back;       // the next command's first byte; 0: it is still to come
static uint8_t strangers;      // bytes that were no command, since the last that was one

void hf_serial_send(uint8_t byte)
{
    hf_serial_port.send(byte);
}

void hf_serial_send_all(const void *bytes, uint32_t size)
{
    const uint8_t *byte = bytes;
    for (uint32_t i = 0; i < size; i++) {
        hf_serial_send(byte[i]);
    }
}

static void print(const char *text)
{
    while (*text != '\0') {
        hf_serial_send((uint8_t)*text++);
    }
}

bool hf_serial_receive_all(void *to, size_t size, uint32_t timeout_ms)
{
    uint8_t *at = to;
    uint32_t start = hf_port.system.now_ms();
    for (;;) {
        uint32_t count = hf_serial_port.receive(at, size);
        size -= count;
        if (size == 0) {
            hf_activity(&hf_serial);
            return true;
        }
        at += count;
        if (hf_port.system.now_ms() - start >= timeout_ms) {
            return false;
        }
        hf_background();
    }
}

int hf_serial_receive(uint32_t timeout_ms)
{
    uint8_t byte;
    return hf_serial_receive_all(&byte, 1, timeout_ms) ? byte : -1;
}

bool hf_serial_is_quiet(void)
{
    return hf_serial_receive(HF_SERIAL_QUIET_MS) < 0;
}

void hf_serial_refuse(void)
{
    while (!hf_serial_is_quiet()) {
    }
    hf_serial_send(HF_CLASSIC_NAK);
}

bool hf_serial_answer(bool good)
{
    hf_activity(&hf_serial); // an erase may have taken longer than a silence lasts
    if (good) {
        hf_serial_send(HF_CLASSIC_ACK);
    } else {
        hf_serial_refuse();
    }
    return good;
}

void hf_serial_expect(uint32_t ms)
{
    patience_ms = ms;
}

static void dispatch(uint8_t code)
{
    for (size_t i = 0; i < PROTOCOLS; i++) {
        if (protocols[i]->serve(code)) {
            strangers = 0;
            return;
        }
    }
    hf_serial_refuse();
    if (++strangers == STRANGERS_MAX) {
        strangers = 0;
        hf_serial_port.listen();
    }
}

void hf_serial_put_back(uint8_t code)
{
    put_back = code;
}

static bool receive_command(uint8_t *code)
{
    *code = put_back;
    put_back = 0;
    return *code != 0 || hf_serial_port.receive(code, 1) != 0;
}

static void poll(void)
{
    if (serving) {
        return;
    }
    uint8_t code;
    bool received = receive_command(&code);
    uint32_t now = hf_port.system.now_ms();
    if (!received) {
        if (now - waiting_since >= patience_ms) {
            hf_serial_send(HF_CLASSIC_NAK);
            waiting_since = now;
        }
        return;
    }
    hf_activity(&hf_serial);
    serving = true;
    dispatch(code);
    serving = false;
    waiting_since = hf_port.system.now_ms();
}

// Where an image is to be received outside the chip, somebody should look whether there is anything.
static bool nowhere_to_receive(void)
{
    uint32_t word;
    hf_err err = HF_EXTERNAL ? hf_slot_read(HF_APP_ADDRESS, &word, sizeof word) : HF_OK;
    return err == HF_E_NO_CHIP || err == HF_E_WRONG_CHIP;
}

static void open(hf_reason reason)
{
    hf_serial_port.open();
    patience_ms = HF_CLASSIC_SYNC_MS;
    waiting_since = hf_port.system.now_ms();
    if (reason == HF_REASON_BAD_IMAGE) {
        print("APP INVALID\r\n");
    }
    if (nowhere_to_receive()) {
        print("NO STAGING CHIP\r\n");
    }
}

static void forget(void)
{
    patience_ms = HF_CLASSIC_SYNC_MS;
    hf_serial_port.listen();
    for (size_t i = 0; i < PROTOCOLS; i++) {
        protocols[i]->forget();
    }
    hf_session_end(&hf_serial);
}

const struct hf_link hf_serial = {open, poll, forget};
