// SPDX-License-Identifier: MIT
// hf_serial_receive_all with bytes that come in amounts of any size: it never writes beyond its room, and what it calls
// received has been written, every byte. While the largest frame has more than ANY_AMOUNTS to come, which is more
// than any buffer on the stack, it comes byte by byte or all at once; from there on in each amount that is possible.
#include "machine.h"

#include "hf_fast.h"
#include "port.h"
#include "serial.h"

#define ANY_AMOUNTS 132u
#define SIZE        (HF_FAST_PAYLOAD + 2u)

uint32_t machine_left; // Eva follows each value of it apart

static uint32_t machine_receive(uint8_t *to, uint32_t size)
{
    //@ assert has_room: size != 0 && \valid(to + (0 .. size - 1));
    uint32_t least = size > ANY_AMOUNTS && machine_maybe() ? size - 1 : 0;
    uint32_t most = size > ANY_AMOUNTS && least == 0 ? 0 : size;
    machine_left = Frama_C_unsigned_int_interval(least, most);
    uint32_t count = size - machine_left;
    Frama_C_make_unknown((char *)to, count);
    return count;
}

const struct hf_port hf_port = {.system = {.now_ms = machine_any}};
const struct hf_serial_port hf_serial_port = {.receive = machine_receive};

void hf_background(void)
{
}

void hf_activity(const struct hf_link *link)
{
    (void)link;
}

int main(void)
{
    uint8_t room[SIZE];
    if (hf_serial_receive_all(room, sizeof room, machine_any())) {
        //@ assert received_is_written: \initialized(room + (0 .. SIZE - 1));
    }
    return 0;
}
