// SPDX-License-Identifier: MIT
// An update over a serial line by the best protocol that the device speaks.
#include "update_serial.h"

static hf_error flash_classic(hf_transport *transport, const void *image, size_t size, const hf_serial_options *options,
                              const hf_listener *listener, hf_flash_report *report, hf_problem *problem)
{
    hf_error error = hf_flash_classic(transport, image, size, &options->classic, listener, report, problem);
    report->protocol = "classic";
    report->baud = options->classic.baud;
    return error;
}

hf_error hf_flash_serial(hf_transport *transport, const void *image, size_t size, const hf_serial_options *options,
                         const hf_listener *listener, hf_flash_report *report, hf_problem *problem)
{
    *report = (hf_flash_report){.bytes = (uint32_t)size};
    if (options->protocol == HF_PROTOCOL_CLASSIC) {
        return flash_classic(transport, image, size, options, listener, report, problem);
    }
    hf_fast_meeting meeting;
    hf_error error = hf_fast_meet(transport, &options->fast, listener, &meeting, problem);
    if (error) {
        return error;
    }
    if (meeting.speaks) {
        return hf_flash_fast(transport, &meeting, image, size, &options->fast, listener, report, problem);
    }
    if (options->protocol == HF_PROTOCOL_FAST) {
        return hf_fail(problem, HF_E_PROTOCOL, "the bootloader does not speak the fast protocol");
    }
    return flash_classic(transport, image, size, options, listener, report, problem);
}
