// SPDX-License-Identifier: MIT
// The serial line of the proof: any byte, at any time, at any speed. Whoever waits for more than one byte gets what
// hf_serial_receive_all promises, with anything going on meanwhile; that the real one keeps it is receive_all.c's.
#include "machine.h"

#include "port.h"

// The real one serves serial.c itself, for single bytes.
#define hf_serial_receive_all hf_serial_receive_all_proper
#include "serial.c"
#undef hf_serial_receive_all

bool hf_serial_receive_all(void *to, size_t size, uint32_t timeout_ms)
{
    (void)timeout_ms;
    //@ assert has_room: size != 0 && \valid((uint8_t *)to + (0 .. size - 1));
    Frama_C_make_unknown(to, size);
    while (machine_maybe()) {
        hf_background();
    }
    hf_activity(&hf_serial);
    return machine_maybe();
}

uint32_t machine_received; // Eva follows each value of it apart

static uint32_t machine_receive(uint8_t *to, uint32_t size)
{
    //@ assert has_room_for_one: size == 1 && \valid(to);
    machine_received = 0;
    if (machine_maybe()) {
        *to = (uint8_t)Frama_C_interval(0, 0xFF);
        machine_received = 1;
    }
    return machine_received;
}

static void machine_send(uint8_t byte)
{
    (void)byte;
}

static void machine_quiet(void)
{
}

static void machine_bulk(bool on)
{
    (void)on;
}

static bool machine_set_baud(uint32_t baud)
{
    (void)baud;
    return machine_maybe();
}

const struct hf_serial_port hf_serial_port = {machine_quiet, machine_receive, machine_send, machine_quiet, machine_quiet};
const struct hf_serial_line hf_serial_line = {machine_quiet, machine_set_baud, machine_quiet, machine_bulk};
