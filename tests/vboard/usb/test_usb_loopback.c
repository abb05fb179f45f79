// SPDX-License-Identifier: MIT
// A guest's own USB driver against the virtual host, once with interrupts and once polling:
// enumeration, control transfers, bulk both ways, interrupt endpoint, alternate settings, halt,
// detach, reset, suspend.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plug.h"

static int up(void **state, const char *elf)
{
    usb_plug *plug = malloc(sizeof *plug);
    assert_non_null(plug);
    plug_open(plug, elf);
    *state = plug;
    return 0;
}

static int up_irq(void **state)
{
    return up(state, HF_GUEST_DIR "/guest_usb_irq.elf");
}

static int up_poll(void **state)
{
    return up(state, HF_GUEST_DIR "/guest_usb_poll.elf");
}

static int down(void **state)
{
    plug_close(*state);
    free(*state);
    return 0;
}

static void enumerates(void **state)
{
    usb_plug *plug = *state;
    vb_time start = vb_now(plug->board);
    plug_enumerate(plug);
    const vb_usb_known *known = &plug->enumeration.known;
    assert_int_equal(1, known->configurations);
    assert_int_equal(0x1209, known->device[8] | known->device[9] << 8);
    size_t size;
    assert_non_null(vb_usb_configuration(known, 1, &size));
    assert_int_equal(known->descriptors[0][2], size);
    assert_in_range(vb_now(plug->board) - start, 200 * VB_MS, 500 * VB_MS);
    assert_int_equal(2, plug_result(plug, 2)); // bus resets
    plug_expect_clean(plug);
}

static void control_transfers(void **state)
{
    usb_plug *plug = *state;
    plug_enumerate(plug);
    uint8_t data[256], got[256];
    size_t actual;
    for (unsigned i = 0; i < 256; i++) {
        data[i] = (uint8_t)(255 - i);
    }
    const uint16_t sizes[] = {1, 63, 64, 65, 128, 200, 256};
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        assert_int_equal(VB_USB_DONE, plug_control(plug, 0x40, 2, 0, 0, data, sizes[i], &actual));
        assert_int_equal(VB_USB_DONE, plug_control(plug, 0xC0, 1, 0, 0, got, 256, &actual));
        assert_int_equal(sizes[i], actual);
        assert_memory_equal(data, got, sizes[i]);
        assert_int_equal(VB_USB_DONE, plug_control(plug, 0xC0, 1, 0, 0, got, 1, &actual));
        assert_int_equal(1, actual);
    }
    assert_int_equal(VB_USB_STALLED, plug_control(plug, 0x80, 6, 0x0301 + 7, 0, got, 255, NULL));
    assert_int_equal(VB_USB_DONE, plug_control(plug, 0x80, 6, 0x0302, 0x0409, got, 255, &actual));
    assert_int_equal(18, actual);
    assert_int_equal('L', got[2]);
    for (unsigned i = 0; i < 20;
         i++) { // requests without data never touch DOEPTSIZ in a careless driver
        assert_int_equal(VB_USB_DONE, plug_control(plug, 0x00, 3, 1, 0, NULL, 0, NULL));
    }
    plug_expect_clean(plug);
}

// Both directions at once. Returns bytes per virtual second, one way.
static double loop_back(usb_plug *plug, size_t size, unsigned seed)
{
    uint8_t *sent = malloc(size), *got = malloc(size);
    assert_non_null(sent);
    assert_non_null(got);
    srand(seed);
    for (size_t i = 0; i < size; i++) {
        sent[i] = (uint8_t)rand();
    }
    vb_urb out = plug_bulk(0x01, sent, size), in = plug_bulk(0x81, got, size);
    vb_time start = vb_now(plug->board);
    vb_usb_submit(plug->host, &in);
    vb_usb_submit(plug->host, &out);
    for (unsigned i = 0; in.status == VB_USB_PENDING || out.status == VB_USB_PENDING; i++) {
        assert_true(i < 10000);
        plug_run(plug, 100 * VB_US);
    }
    assert_int_equal(VB_USB_DONE, out.status);
    assert_int_equal(VB_USB_DONE, in.status);
    assert_int_equal(size, in.actual);
    assert_memory_equal(sent, got, size);
    free(sent);
    free(got);
    return (double)size * (double)VB_S / (double)(vb_now(plug->board) - start);
}

static void bulk_both_ways(void **state)
{
    usb_plug *plug = *state;
    plug_enumerate(plug);
    const char *given = getenv("HF_SEED");
    unsigned seed = given != NULL ? (unsigned)strtoul(given, NULL, 0) : 20240611u;
    printf("HF_SEED=%u\n", seed);
    double rate = loop_back(plug, 64 * 512 + 5, seed);
    printf("loop back: %.0f bytes/s each way\n", rate);
    assert_true(rate > 200000);
    assert_int_equal(64 * 512 + 5, plug_result(plug, 4));
    plug_expect_clean(plug);
}

static void an_interrupt_endpoint_counts(void **state)
{
    usb_plug *plug = *state;
    plug_enumerate(plug);
    uint32_t value = 0;
    vb_urb urb = plug_bulk(0x82, &value, 4);
    urb.kind = VB_USB_INTERRUPT;
    urb.interval = 4;
    urb.max_packet = 8;
    vb_time before = 0;
    for (uint32_t i = 1; i <= 10; i++) {
        assert_int_equal(VB_USB_DONE, vb_usb_transfer(plug->host, &urb));
        assert_int_equal(i, value);
        vb_time now = vb_now(plug->board);
        if (before != 0) {
            assert_in_range(now - before, 3900 * VB_US, 4100 * VB_US);
        }
        before = now;
    }
    plug_expect_clean(plug);
}

static void alternate_setting_with_a_source(void **state)
{
    usb_plug *plug = *state;
    plug_enumerate(plug);
    uint8_t data[1024];
    vb_urb urb = plug_bulk(0x83, data, sizeof data);
    assert_int_equal(VB_USB_NO_ANSWER, vb_usb_transfer(plug->host, &urb));
    assert_int_equal(VB_USB_DONE, plug_control(plug, 0x01, 11, 1, 0, NULL, 0, NULL));
    vb_usb_toggle_reset(plug->host, 0x01);
    vb_usb_toggle_reset(plug->host, 0x81);
    vb_usb_toggle_reset(plug->host, 0x82);
    vb_usb_toggle_reset(plug->host, 0x83);
    vb_time start = vb_now(plug->board);
    assert_int_equal(VB_USB_DONE, vb_usb_transfer(plug->host, &urb));
    for (unsigned i = 0; i < sizeof data; i++) {
        assert_int_equal((uint8_t)i, data[i]);
    }
    double rate = 1024.0 * (double)VB_S / (double)(vb_now(plug->board) - start);
    printf("source: %.0f bytes/s\n", rate);
    assert_true(rate > 300000);
    loop_back(plug, 640, 1);
    plug_expect_clean(plug);
}

static void halt_and_clear(void **state)
{
    usb_plug *plug = *state;
    plug_enumerate(plug);
    uint8_t data[64] = {1}, status[2];
    vb_urb out = plug_bulk(0x01, data, 64);
    loop_back(plug, 64, 3); // toggles stand at DATA1
    assert_int_equal(VB_USB_DONE, plug_control(plug, 0x40, 3, 0, 0, NULL, 0, NULL));
    assert_int_equal(VB_USB_STALLED, vb_usb_transfer(plug->host, &out));
    assert_int_equal(VB_USB_DONE, plug_control(plug, 0x82, 0, 0, 0x01, status, 2, NULL));
    assert_int_equal(1, status[0]);
    assert_int_equal(VB_USB_DONE, plug_control(plug, 0x02, 1, 0, 0x01, NULL, 0, NULL));
    assert_int_equal(VB_USB_DONE, plug_control(plug, 0x02, 1, 0, 0x81, NULL, 0, NULL));
    assert_int_equal(VB_USB_DONE, plug_control(plug, 0x82, 0, 0, 0x01, status, 2, NULL));
    assert_int_equal(0, status[0]);
    loop_back(plug, 640, 4);
    plug_expect_clean(plug);
}

static void detaches_and_comes_back(void **state)
{
    usb_plug *plug = *state;
    plug_enumerate(plug);
    uint8_t data[64];
    vb_urb in = plug_bulk(0x81, data, 64);
    vb_usb_submit(plug->host, &in);
    assert_int_equal(VB_USB_DONE, plug_control(plug, 0x40, 4, 0, 0, NULL, 0, NULL));
    plug_wait(plug, VB_USB_EMPTY);
    assert_int_equal(VB_USB_GONE, in.status);
    plug_enumerate(plug);
    loop_back(plug, 640, 5);
    assert_int_equal(VB_USB_DONE,
                     plug_control(plug, 0x40, 5, 0, 0, NULL, 0, NULL)); // resets the chip
    plug_wait(plug, VB_USB_EMPTY);
    plug_enumerate(plug);
    loop_back(plug, 640, 6);
    vb_usb_unplug(plug->host);
    plug_run(plug, 20 * VB_MS);
    plug_enumerate(plug);
    loop_back(plug, 640, 7);
    plug_expect_clean(plug);
}

static void sleeps_and_is_woken_or_wakes(void **state)
{
    usb_plug *plug = *state;
    plug_enumerate(plug);
    vb_usb_suspend(plug->host);
    plug_run(plug, 50 * VB_MS);
    vb_usb_resume(plug->host);
    plug_wait(plug, VB_USB_ENABLED);
    loop_back(plug, 640, 8);
    assert_int_equal(VB_USB_DONE, plug_control(plug, 0x40, 6, 0, 0, NULL, 0, NULL)); // wake us up
    vb_usb_suspend(plug->host);
    plug_run(plug, 20 * VB_MS);
    assert_int_equal(VB_USB_RESUMING, vb_usb_port(plug->host));
    plug_wait(plug, VB_USB_ENABLED);
    loop_back(plug, 640, 9);
    plug_expect_clean(plug);
}

static void power_goes_and_comes(void **state)
{
    usb_plug *plug = *state;
    plug_enumerate(plug);
    vb_power_off(plug->board, false);
    plug_wait(plug, VB_USB_EMPTY);
    plug_run(plug, 50 * VB_MS);
    vb_power_on(plug->board);
    plug_enumerate(plug);
    loop_back(plug, 640, 10);
    plug_expect_clean(plug);
}

#define BOTH(name)                                                                                 \
    {#name ", interrupts", name, up_irq, down, NULL},                                              \
    {                                                                                              \
#name ", polling", name, up_poll, down, NULL                                               \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(enumerates),
        BOTH(control_transfers),
        BOTH(bulk_both_ways),
        BOTH(an_interrupt_endpoint_counts),
        BOTH(alternate_setting_with_a_source),
        BOTH(halt_and_clear),
        BOTH(detaches_and_comes_back),
        BOTH(sleeps_and_is_woken_or_wakes),
        BOTH(power_goes_and_comes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
