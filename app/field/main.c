// SPDX-License-Identifier: MIT
// Field: an application that is updated while it works. It blinks, confirms itself, and takes a new image over its own
// serial line in the classic protocol, so that `holdfast flash` is all a service technician needs: no button, no update
// mode. What comes is staged; the bootloader installs it when the image is whole and the host says BOOT. The serial escape
// brings it into update mode all the same.
//
// For the sake of brevity it answers only what a host does in order (docs/uart-protocol.md): a damaged frame is refused
// after the line was quiet for 10 ms.
#include <stdbool.h>

#include "beat.h"
#include "crc16.h"
#include "hf_classic.h"
#include "holdfast.h"
#include "line.h"

#define SCB_AIRCR  (*(volatile uint32_t *)0xE000ED0Cu)
#define CONFIRM_MS 1000u
#define QUIET_MS   10u

static uint32_t next; // offset of the next frame

int main(void);

// A byte, or -1 when none comes within ms.
static int receive(uint32_t ms)
{
    static struct hf_app_escape escape;
    uint32_t start = beat_ms();
    do {
        int byte = line_receive();
        if (byte >= 0) {
            if (hf_app_escape_heard(&escape, (uint8_t)byte)) {
                hf_app_request_update();
            }
            return byte;
        }
        hf_app_feed_watchdog();
    } while (beat_ms() - start < ms);
    return -1;
}

static bool receive_all(uint8_t *to, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        int byte = receive(HF_CLASSIC_FRAME_MS);
        if (byte < 0) {
            return false;
        }
        to[i] = (uint8_t)byte;
    }
    return true;
}

static void answer(bool good)
{
    while (!good && receive(QUIET_MS) >= 0) {
    }
    line_send(good ? HF_CLASSIC_ACK : HF_CLASSIC_NAK);
}

static bool take_frame(void)
{
    uint8_t frame[HF_CLASSIC_PAYLOAD + 2];
    if (!receive_all(frame, sizeof frame) || hf_serial_crc16(frame, sizeof frame) != 0 ||
        hf_stage_write(next, frame, HF_CLASSIC_PAYLOAD) != HF_OK) {
        return false;
    }
    next += HF_CLASSIC_PAYLOAD;
    return true;
}

static bool compare(void)
{
    uint8_t wire[4];
    uint32_t crc;
    return receive_all(wire, sizeof wire) && hf_stage_crc32(&crc) == HF_OK &&
           crc == ((uint32_t)wire[0] << 24 | (uint32_t)wire[1] << 16 | (uint32_t)wire[2] << 8 | wire[3]);
}

static void finish(void)
{
    bool good = hf_stage_finish() == HF_OK;
    answer(good);
    if (good) {
        __asm__ volatile("dsb");
        SCB_AIRCR = 0x05FA0004u; // VECTKEY, SYSRESETREQ
    }
}

static void serve(int command)
{
    switch (command) {
    case HF_CLASSIC_SYNC: answer(true); break;
    case HF_CLASSIC_ERASE:
        next = 0;
        answer(hf_stage_begin() == HF_OK);
        break;
    case HF_CLASSIC_DATA: answer(take_frame()); break;
    case HF_CLASSIC_VERIFY: answer(compare()); break;
    case HF_CLASSIC_BOOT: finish(); break;
    default: answer(false); break;
    }
}

int main(void)
{
    beat_start();
    line_open();
    for (bool confirmed = false;;) {
        int command = receive(1);
        if (command >= 0) {
            serve(command);
        }
        if (!confirmed && beat_ms() >= CONFIRM_MS) {
            confirmed = hf_app_confirm();
        }
    }
}
