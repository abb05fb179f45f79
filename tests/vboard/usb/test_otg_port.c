// SPDX-License-Identifier: MIT
// OTG_FS as a device: identity, core reset, attachment, VBUS, bus reset, suspend, resume, frames.
#include "bench.h"

static void runs_until(usb_bench *bench, vb_usb_state state, unsigned at_least_ms,
                       unsigned at_most_ms)
{
    unsigned ms = 0;
    for (; vb_usb_port(bench->host) != state && ms <= at_most_ms; ms++) {
        run(bench, VB_MS);
    }
    assert_in_range(ms, at_least_ms, at_most_ms);
}

static void identity_and_reset_values(void **state)
{
    usb_bench *bench = *state;
    assert_int_equal(0x00001200, peek(bench, CID));
    assert_int_equal(0x4F54281A, peek(bench, 0x040));
    assert_int_equal(0x229DCD20, peek(bench, 0x048));
    assert_int_equal(0x04000020, peek(bench, GINTSTS));
    assert_int_equal(0x200, peek(bench, GRXFSIZ));
    assert_int_equal(0x02000400, peek(bench, DIEPTXF(1)));
    assert_int_equal(USBAEP, peek(bench, DOEPCTL(0)));
    assert_true(peek(bench, GRSTCTL) & BIT(31));
    assert_int_equal(0, vb_reports(bench->board, VB_REPORT_UNMODELLED));
    peek(bench, 0x440); // a host-mode register
    assert_int_equal(1, vb_reports(bench->board, VB_REPORT_UNMODELLED));
}

static void core_reset_clears_itself_and_spares_the_transceiver(void **state)
{
    usb_bench *bench = *state;
    core_init(bench);
    poke(bench, GINTMSK, UINT32_MAX);
    poke(bench, DCFG, 3 | 5 << 4);
    poke(bench, GRSTCTL, BIT(0));
    assert_int_equal(BIT(31), peek(bench, GRSTCTL));
    assert_int_equal(0, peek(bench, GINTMSK));
    assert_int_equal(3, peek(bench, DCFG) & 0x7F3);
    assert_int_equal(BIT(16) | BIT(21), peek(bench, GCCFG));
    assert_int_equal(0x200, peek(bench, GRXFSIZ));
}

static void nobody_is_there_before_the_transceiver_is_on(void **state)
{
    usb_bench *bench = *state;
    vb_usb_plug(bench->host);
    run(bench, 200 * VB_MS);
    assert_int_equal(VB_USB_EMPTY, vb_usb_port(bench->host));
    poke(bench, GCCFG, BIT(16)); // no session: sensing neither on nor waived
    run(bench, 200 * VB_MS);
    assert_int_equal(VB_USB_EMPTY, vb_usb_port(bench->host));
    poke(bench, GCCFG, BIT(16) | BIT(21));
    runs_until(bench, VB_USB_ATTACHED, 99, 101);
}

static void soft_disconnect(void **state)
{
    usb_bench *bench = *state;
    core_init(bench);
    poke(bench, DCTL, BIT(1));
    vb_usb_plug(bench->host);
    run(bench, 300 * VB_MS);
    assert_int_equal(VB_USB_EMPTY, vb_usb_port(bench->host));
    poke(bench, DCTL, 0);
    runs_until(bench, VB_USB_ATTACHED, 99, 101);
    poke(bench, DCTL, BIT(1));
    assert_int_equal(VB_USB_EMPTY, vb_usb_port(bench->host));
    poke(bench, DCTL, 0); // a pulse shorter than the host's debouncing starts it anew
    run(bench, 50 * VB_MS);
    poke(bench, DCTL, BIT(1));
    poke(bench, DCTL, 0);
    runs_until(bench, VB_USB_ATTACHED, 99, 101);
}

static void sensed_vbus_makes_and_ends_the_session(void **state)
{
    usb_bench *bench = *state;
    core_init(bench);
    poke(bench, GCCFG, BIT(16) | BIT(19));
    poke(bench, GINTSTS, UINT32_MAX);
    poke(bench, GOTGINT, UINT32_MAX);
    assert_false(peek(bench, GOTGCTL) & BIT(19));
    vb_usb_plug(bench->host);
    assert_true(peek(bench, GOTGCTL) & BIT(19));
    assert_true(peek(bench, GINTSTS) & SRQINT);
    runs_until(bench, VB_USB_ATTACHED, 99, 101);
    vb_usb_unplug(bench->host);
    assert_false(peek(bench, GOTGCTL) & BIT(19));
    assert_int_equal(BIT(2), peek(bench, GOTGINT)); // SEDET
    assert_true(peek(bench, GINTSTS) & BIT(2));     // OTGINT
    poke(bench, GOTGINT, BIT(2));
    assert_false(peek(bench, GINTSTS) & BIT(2));
}

static void bus_reset_then_enumeration_done(void **state)
{
    usb_bench *bench = *state;
    core_init(bench);
    activate_bulk(bench, 1);
    vb_usb_plug(bench->host);
    runs_until(bench, VB_USB_ATTACHED, 99, 101);
    vb_usb_reset(bench->host);
    assert_true(peek(bench, GINTSTS) & USBRST);
    assert_false(peek(bench, GINTSTS) & ENUMDNE);
    assert_false(peek(bench, DIEPCTL(1)) & USBAEP);
    assert_false(peek(bench, DOEPCTL(1)) & USBAEP);
    poke(bench, GINTSTS, USBRST);
    run(bench, 45 * VB_MS);
    assert_false(peek(bench, GINTSTS) & (USBRST | ENUMDNE));
    run(bench, 10 * VB_MS);
    assert_true(peek(bench, GINTSTS) & ENUMDNE);
    assert_int_equal(3, peek(bench, DSTS) >> 1 & 3);
    runs_until(bench, VB_USB_ENABLED, 4, 6);
    assert_int_equal(0, misuse(bench));
}

static void suspend_is_six_idle_milliseconds(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    run(bench, 20 * VB_MS);
    assert_false(peek(bench, GINTSTS) & (ESUSP | USBSUSP));
    vb_usb_suspend(bench->host);
    run(bench, 3500 * VB_US);
    assert_true(peek(bench, GINTSTS) & ESUSP);
    assert_false(peek(bench, GINTSTS) & USBSUSP);
    assert_false(peek(bench, DSTS) & BIT(0));
    run(bench, 3 * VB_MS);
    assert_true(peek(bench, GINTSTS) & USBSUSP);
    assert_true(peek(bench, DSTS) & BIT(0));
    poke(bench, PCGCCTL, BIT(0) | BIT(1));
    assert_true(peek(bench, PCGCCTL) & BIT(4)); // PHYSUSP
    poke(bench, GINTSTS, UINT32_MAX);

    vb_usb_resume(bench->host);
    assert_true(peek(bench, GINTSTS) & WKUINT);
    assert_false(peek(bench, DSTS) & BIT(0));
    runs_until(bench, VB_USB_ENABLED, 29, 31);
    assert_true(peek(bench, GINTSTS) & SOF);
}

static void nobody_resets_an_attached_device_for_a_while(void **state)
{
    usb_bench *bench = *state;
    core_init(bench);
    vb_usb_plug(bench->host);
    poke(bench, GINTSTS, UINT32_MAX);
    run(bench, 10 * VB_MS);
    assert_true(peek(bench, GINTSTS) & USBSUSP); // pulled up, and the bus is idle
    poke(bench, DCTL, BIT(1));
    poke(bench, GINTSTS, UINT32_MAX);
    run(bench, 200 * VB_MS);
    assert_false(peek(bench, GINTSTS) & (ESUSP | USBSUSP)); // detached: not a word
    assert_false(peek(bench, DSTS) & BIT(0));
}

static void remote_wakeup(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    set(bench, DCTL, BIT(0)); // not suspended: nothing
    poke(bench, DCTL, 0);
    assert_int_equal(VB_USB_ENABLED, vb_usb_port(bench->host));
    vb_usb_suspend(bench->host);
    run(bench, 10 * VB_MS);
    set(bench, DCTL, BIT(0));
    assert_int_equal(VB_USB_RESUMING, vb_usb_port(bench->host));
    run(bench, 5 * VB_MS);
    poke(bench, DCTL, 0);
    runs_until(bench, VB_USB_ENABLED, 24, 26);
}

static void a_frame_each_millisecond(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    uint32_t first = peek(bench, DSTS) >> 8;
    run(bench, 100 * VB_MS);
    assert_int_equal(100, ((peek(bench, DSTS) >> 8) - first) & 2047);
    assert_true(peek(bench, GINTSTS) & SOF);
    poke(bench, GINTSTS, SOF);
    assert_false(peek(bench, GINTSTS) & SOF);
    run(bench, VB_MS);
    assert_true(peek(bench, GINTSTS) & SOF);
    assert_int_equal(vb_usb_frame(bench->host), peek(bench, DSTS) >> 8 & 2047);
}

static void a_peripheral_reset_detaches(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    vb_bus_write(bench->board, 0x40023814, 4, BIT(7)); // AHB2RSTR
    vb_bus_write(bench->board, 0x40023814, 4, 0);
    assert_int_equal(VB_USB_EMPTY, vb_usb_port(bench->host));
    assert_int_equal(0, peek(bench, GCCFG));
}

static void a_wrong_clock_is_told(void **state)
{
    usb_bench *bench = *state;
    core_init(bench);
    poke(bench, DCTL, BIT(1));
    vb_bus_write(bench->board, 0x40023808, 4, 0); // back to HSI
    vb_bus_write(bench->board, 0x40023800, 4, 0x83);
    run(bench, VB_MS);
    assert_int_equal(0, misuse(bench));
    poke(bench, DCTL, 0);
    assert_int_equal(1, misuse(bench));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(identity_and_reset_values),
        TEST(core_reset_clears_itself_and_spares_the_transceiver),
        TEST(nobody_is_there_before_the_transceiver_is_on),
        TEST(soft_disconnect),
        TEST(sensed_vbus_makes_and_ends_the_session),
        TEST(bus_reset_then_enumeration_done),
        TEST(suspend_is_six_idle_milliseconds),
        TEST(nobody_resets_an_attached_device_for_a_while),
        TEST(remote_wakeup),
        TEST(a_frame_each_millisecond),
        TEST(a_peripheral_reset_detaches),
        TEST(a_wrong_clock_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
