// SPDX-License-Identifier: MIT
// libholdfast's side of the fast protocol. This file knows the host's headers, the others the bootloader's.
#include "fast_host.h"

#include <string.h>

#include "bytes.h"
#include "classic.h"
#include "fast.h"
#include "host_line.h"

fast_result fast_update(const void *image, size_t size, fast_wish wish)
{
    hf_transport transport = host_line();
    hf_fast_options options = {.baud = 115200, .faster = wish.faster, .wait_ms = wish.wait_ms ? wish.wait_ms : 10000,
                               .pack = wish.pack, .boot = wish.boot, .force = wish.force};
    hf_flash_report report = {0};
    hf_problem problem = {0};
    hf_fast_meeting meeting;
    fast_result result = {0};
    result.error = hf_fast_meet(&transport, &options, NULL, &meeting, &problem);
    if (result.error == HF_OK && !meeting.speaks) {
        result.error = hf_fail(&problem, HF_E_STRANGER, "the fast protocol is not spoken here");
    }
    if (result.error == HF_OK) {
        result.error = hf_flash_fast(&transport, &meeting, image, size, &options, NULL, &report, &problem);
    }
    memcpy(result.what, problem.what, sizeof result.what);
    result.wire = report.wire;
    result.frames = report.frames;
    result.resent = report.resent;
    result.skipped = report.skipped;
    result.resumed = report.resumed;
    result.packed = report.packed;
    result.rounds = report.restarts;
    result.timeouts = report.timeouts;
    result.baud = report.baud;
    result.total_ms = report.total_ms;
    result.unchanged = report.unchanged;
    result.booted = report.booted;
    return result;
}

uint16_t fast_crc16(const void *bytes, size_t size)
{
    return hf_crc16(bytes, size);
}

size_t fast_frame(uint8_t *frame, uint8_t type, uint8_t tag, uint32_t argument, const void *payload, size_t size)
{
    frame[0] = HF_FAST_LEAD;
    frame[1] = type;
    frame[2] = tag;
    hf_put16(frame + 3, (uint16_t)size);
    hf_put32(frame + 5, argument);
    hf_put16be(frame + 9, hf_crc16(frame + 1, 8));
    if (size == 0) {
        return 11;
    }
    memcpy(frame + 11, payload, size);
    hf_put16be(frame + 11 + size, hf_crc16(payload, size));
    return 13 + size;
}
