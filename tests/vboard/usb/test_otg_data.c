// SPDX-License-Identifier: MIT
// OTG_FS as a device: bulk endpoints. FIFOs, toggles, NAK and STALL, disabling, global NAK, and
// what is misuse.
#include <string.h>

#include "bench.h"

static void fill(uint8_t *data, size_t size, unsigned seed)
{
    for (size_t i = 0; i < size; i++) {
        data[i] = (uint8_t)(i * 31 + seed);
    }
}

static void in_is_nak_until_the_whole_packet_is_written(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    activate_bulk(bench, 1);
    uint8_t data[10];
    fill(data, sizeof data, 1);
    vb_usb_packet packet;
    assert_int_equal(VB_USB_NAK, host_in(bench, 1, &packet));
    assert_false(peek(bench, DIEPINT(1)) & ITTXFE); // not enabled: not worth a word
    poke(bench, DIEPTSIZ(1), PKTCNT(1u) | 10);
    set(bench, DIEPCTL(1), EPENA | CNAK);
    assert_int_equal(VB_USB_NAK, host_in(bench, 1, &packet));
    assert_true(peek(bench, DIEPINT(1)) & ITTXFE);
    push(bench, 1, data, 8);
    assert_int_equal(VB_USB_NAK, host_in(bench, 1, &packet));
    push(bench, 1, data + 8, 2);
    assert_int_equal(0, peek(bench, DIEPTSIZ(1)) & 0x7FFFF);
    assert_int_equal(1, peek(bench, DIEPTSIZ(1)) >> 19);
    assert_int_equal(VB_USB_ACK, host_in(bench, 1, &packet));
    assert_int_equal(10, packet.size);
    assert_memory_equal(data, packet.data, 10);
    assert_false(packet.data1);
    assert_true(peek(bench, DIEPINT(1)) & XFRC);
    assert_int_equal(0, peek(bench, DIEPTSIZ(1)));
    assert_false(peek(bench, DIEPCTL(1)) & EPENA);
    assert_true(peek(bench, DIEPCTL(1)) & EONUM_DPID);
    assert_int_equal(VB_USB_NAK, host_in(bench, 1, &packet));
}

static void an_in_transfer_of_several_packets_and_an_empty_one(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    activate_bulk(bench, 1);
    poke(bench, DIEPTXF(1), 48u << 16 | 80);
    uint8_t data[128];
    fill(data, sizeof data, 2);
    poke(bench, DIEPTSIZ(1), PKTCNT(3u) | 128);
    set(bench, DIEPCTL(1), EPENA | CNAK);
    push(bench, 1, data, 128);
    assert_int_equal(48 - 32, peek(bench, DTXFSTS(1)));
    vb_usb_packet packet;
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(VB_USB_ACK, host_in(bench, 1, &packet));
        assert_int_equal(i, packet.data1);
        assert_memory_equal(data + 64 * i, packet.data, 64);
        assert_false(peek(bench, DIEPINT(1)) & XFRC);
    }
    assert_int_equal(VB_USB_ACK, host_in(bench, 1, &packet));
    assert_int_equal(0, packet.size);
    assert_true(peek(bench, DIEPINT(1)) & XFRC);
    assert_int_equal(48, peek(bench, DTXFSTS(1)));
    assert_int_equal(0, misuse(bench));
}

static void txfe_at_half_empty_or_empty(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    activate_bulk(bench, 1);
    uint8_t data[64] = {0};
    poke(bench, DIEPTSIZ(1), PKTCNT(1u) | 64);
    set(bench, DIEPCTL(1), EPENA | CNAK);
    push(bench, 1, data, 32);
    assert_true(peek(bench, DIEPINT(1)) & TXFE);
    poke(bench, GAHBCFG, BIT(7));
    assert_false(peek(bench, DIEPINT(1)) & TXFE);
    poke(bench, GAHBCFG, 0);
    push(bench, 1, data, 4);
    assert_false(peek(bench, DIEPINT(1)) & TXFE);
    push(bench, 1, data, 28);
    poke(bench, DAINTMSK, BIT(1));
    poke(bench, DIEPEMPMSK, BIT(1));
    assert_false(peek(bench, GINTSTS) & IEPINT);
    vb_usb_packet packet;
    assert_int_equal(VB_USB_ACK, host_in(bench, 1, &packet));
    assert_true(peek(bench, GINTSTS) & IEPINT);
    poke(bench, DIEPINT(1), TXFE); // a level: writing does not clear it
    assert_true(peek(bench, GINTSTS) & IEPINT);
    poke(bench, DIEPEMPMSK, 0);
    assert_false(peek(bench, GINTSTS) & IEPINT);
}

static void out_data_waits_in_order_in_the_shared_fifo(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    poke(bench, DOEPMSK, XFRC);
    poke(bench, DAINTMSK, 0xF000F);
    activate_bulk(bench, 1);
    activate_bulk(bench, 2);
    device_arm(bench, 1, 2);
    device_arm(bench, 2, 1);
    uint8_t one[64], two[5], got[64];
    fill(one, sizeof one, 3);
    fill(two, sizeof two, 4);
    assert_int_equal(VB_USB_ACK, host_out(bench, 1, false, one, 64));
    assert_int_equal(VB_USB_ACK, host_out(bench, 2, false, two, 5));
    assert_true(peek(bench, DOEPCTL(2)) & NAKSTS);
    assert_int_equal(VB_USB_ACK, host_out(bench, 1, true, one, 63));
    assert_int_equal(0, peek(bench, DOEPTSIZ(1)) >> 19);       // counted as they come
    assert_int_equal(128, peek(bench, DOEPTSIZ(1)) & 0x7FFFF); // counted as they are taken
    expect_entry(bench, ENTRY_OUT, 1, 64);
    pop_data(bench, got, 64);
    assert_memory_equal(one, got, 64);
    assert_int_equal(64, peek(bench, DOEPTSIZ(1)) & 0x7FFFF);
    expect_entry(bench, ENTRY_OUT, 2, 5);
    pop_data(bench, got, 5);
    assert_memory_equal(two, got, 5);
    assert_false(peek(bench, DOEPINT(2)) & XFRC);
    expect_entry(bench, ENTRY_OUT_DONE, 2, 0);
    assert_true(peek(bench, DOEPINT(2)) & XFRC);
    assert_int_equal(BIT(18), peek(bench, DAINT));
    expect_entry(bench, ENTRY_OUT, 1, 63);
    pop_data(bench, got, 63);
    assert_int_equal(1, peek(bench, DOEPTSIZ(1)) & 0x7FFFF);
    expect_entry(bench, ENTRY_OUT_DONE, 1, 0);
    assert_true(peek(bench, DOEPINT(1)) & XFRC);
    assert_int_equal(0, misuse(bench));
}

static void a_full_fifo_is_nak(void **state)
{
    usb_bench *bench = *state;
    connect(bench); // 64 words: 10 for SETUP packets, so 3 packets of 16 + 1 words and a completion
    activate_bulk(bench, 1);
    device_arm(bench, 1, 8);
    uint8_t data[64] = {0};
    unsigned taken = 0;
    for (bool data1 = false; taken < 8 && host_out(bench, 1, data1, data, 64) == VB_USB_ACK;
         data1 = !data1) {
        taken++;
    }
    assert_int_equal(3, taken);
    expect_entry(bench, ENTRY_OUT, 1, 64);
    assert_int_equal(VB_USB_NAK, host_out(bench, 1, true, data, 64)); // its data is still there
    pop_data(bench, data, 64);
    assert_int_equal(VB_USB_ACK, host_out(bench, 1, true, data, 64));
    poke(bench, GRSTCTL, BIT(4)); // flush
    assert_false(peek(bench, GINTSTS) & RXFLVL);
}

static void a_repeated_packet_is_acknowledged_and_dropped(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    activate_bulk(bench, 1);
    device_arm(bench, 1, 4);
    uint8_t data[64] = {0};
    assert_int_equal(VB_USB_ACK, host_out(bench, 1, false, data, 64));
    assert_int_equal(VB_USB_ACK, host_out(bench, 1, false, data, 64)); // our ACK got lost
    assert_int_equal(3, peek(bench, DOEPTSIZ(1)) >> 19);
    expect_entry(bench, ENTRY_OUT, 1, 64);
    pop_data(bench, data, 64);
    assert_false(peek(bench, GINTSTS) & RXFLVL);
    set(bench, DOEPCTL(1), SD0PID);
    assert_int_equal(VB_USB_ACK, host_out(bench, 1, false, data, 64));
    assert_true(peek(bench, GINTSTS) & RXFLVL);
}

static void an_endpoint_without_a_size_takes_a_packet_at_a_time(void **state)
{
    usb_bench *bench = *state; // there are drivers that never write DOEPTSIZ
    connect(bench);
    activate_bulk(bench, 1);
    uint8_t data[64] = {0};
    for (unsigned i = 0; i < 3; i++) {
        set(bench, DOEPCTL(1), EPENA | CNAK);
        assert_int_equal(VB_USB_ACK, host_out(bench, 1, i & 1, data, 64));
        assert_int_equal(VB_USB_NAK, host_out(bench, 1, !(i & 1), data, 64));
        expect_entry(bench, ENTRY_OUT, 1, 64);
        pop_data(bench, data, 64);
        expect_entry(bench, ENTRY_OUT_DONE, 1, 0);
    }
}

static void stall_goes_before_nak_and_stays(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    activate_bulk(bench, 1);
    vb_usb_packet packet;
    set(bench, DIEPCTL(1), STALL | SNAK);
    set(bench, DOEPCTL(1), STALL | SNAK);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(VB_USB_STALL, host_in(bench, 1, &packet));
        assert_int_equal(VB_USB_STALL, host_out(bench, 1, false, "x", 1));
    }
    host_setup(bench, get_device_descriptor);
    assert_int_equal(VB_USB_STALL, host_in(bench, 1, &packet));
    poke(bench, DIEPCTL(1), peek(bench, DIEPCTL(1)) & ~STALL);
    assert_int_equal(VB_USB_NAK, host_in(bench, 1, &packet));
}

static void inactive_endpoints_are_silent(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    vb_usb_packet packet;
    assert_int_equal(VB_USB_SILENCE, host_in(bench, 1, &packet));
    assert_int_equal(VB_USB_SILENCE, host_out(bench, 3, false, "x", 1));
    assert_int_equal(VB_USB_SILENCE, host_in(bench, 4, &packet));
}

static void disabling_an_in_endpoint(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    activate_bulk(bench, 1);
    uint8_t data[64] = {0};
    device_send(bench, 1, data, 64);
    set(bench, DIEPCTL(1), SNAK);
    assert_true(peek(bench, DIEPINT(1)) & INEPNE);
    vb_usb_packet packet;
    assert_int_equal(VB_USB_NAK, host_in(bench, 1, &packet));
    set(bench, DIEPCTL(1), EPDIS);
    assert_false(peek(bench, DIEPCTL(1)) & (EPENA | EPDIS));
    assert_true(peek(bench, DIEPINT(1)) & EPDISD);
    assert_int_equal(0, peek(bench, DTXFSTS(1)));
    poke(bench, GRSTCTL, BIT(5) | 1 << 6);
    assert_int_equal(16, peek(bench, DTXFSTS(1)));
    poke(bench, DIEPINT(1), EPDISD);
    set(bench, DIEPCTL(1), EPDIS); // not enabled: nothing happens
    assert_false(peek(bench, DIEPINT(1)) & EPDISD);
    device_send(bench, 1, data, 3);
    assert_int_equal(VB_USB_ACK, host_in(bench, 1, &packet));
    assert_int_equal(3, packet.size);
    assert_int_equal(0, misuse(bench));
}

static void global_naks(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    activate_bulk(bench, 1);
    device_arm(bench, 1, 1);
    device_send(bench, 1, "abcd", 4);
    vb_usb_packet packet;
    set(bench, DCTL, BIT(7) | BIT(9));
    assert_int_equal(BIT(2) | BIT(3), peek(bench, DCTL) & (BIT(2) | BIT(3)));
    assert_true(peek(bench, GINTSTS) & GINAKEFF);
    assert_false(peek(bench, GINTSTS) & GONAKEFF);
    assert_int_equal(VB_USB_NAK, host_in(bench, 1, &packet));
    assert_int_equal(VB_USB_NAK, host_out(bench, 1, false, "x", 1));
    assert_int_equal(VB_USB_ACK, host_setup(bench, get_device_descriptor));
    expect_entry(bench, ENTRY_GONAK, 0, 0);
    assert_true(peek(bench, GINTSTS) & GONAKEFF);
    set(bench, DOEPCTL(1), SNAK | EPDIS);
    assert_true(peek(bench, DOEPINT(1)) & EPDISD);
    set(bench, DCTL, BIT(8) | BIT(10));
    assert_false(peek(bench, GINTSTS) & (GINAKEFF | GONAKEFF));
    assert_int_equal(VB_USB_ACK, host_in(bench, 1, &packet));
}

// -- misuse -------------------------------------------------------------------------------------

static void too_much_for_a_transmit_fifo(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    activate_bulk(bench, 1);
    uint8_t data[128] = {0};
    poke(bench, DIEPTSIZ(1), PKTCNT(2u) | 128);
    set(bench, DIEPCTL(1), EPENA | CNAK);
    push(bench, 1, data, 64);
    assert_int_equal(0, misuse(bench));
    push(bench, 1, data, 4);
    assert_int_equal(1, misuse(bench));
    assert_non_null(strstr(bench->words, "full"));
}

static void more_than_announced(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    activate_bulk(bench, 1);
    device_send(bench, 1, "ab", 2);
    push(bench, 1, "c", 1);
    assert_int_equal(1, misuse(bench));
    assert_non_null(strstr(bench->words, "DIEPTSIZ"));
}

static void fifos_that_overlap(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    activate_bulk(bench, 1);
    poke(bench, GRXFSIZ, 100);
    device_send(bench, 1, "ab", 2);
    assert_int_equal(1, misuse(bench));
    assert_non_null(strstr(bench->words, "overlaps"));
}

static void reading_more_or_less_than_a_packet(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    activate_bulk(bench, 1);
    device_arm(bench, 1, 2);
    assert_int_equal(0, peek(bench, FIFO(0)));
    assert_int_equal(1, misuse(bench));
    host_out(bench, 1, false, "abcdefgh", 8);
    expect_entry(bench, ENTRY_OUT, 1, 8);
    peek(bench, FIFO(0));
    peek(bench, GRXSTSP); // the second word of data
    assert_int_equal(2, misuse(bench));
    expect_entry(bench, ENTRY_OUT_DONE, 1, 0);
}

static void an_endpoint_register_between_the_words_of_a_packet(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    activate_bulk(bench, 1);
    poke(bench, DIEPTSIZ(1), PKTCNT(1u) | 8);
    set(bench, DIEPCTL(1), EPENA | CNAK);
    push(bench, 1, "abcd", 4);
    assert_int_equal(0, misuse(bench));
    peek(bench, DOEPINT(0));
    assert_int_equal(1, misuse(bench));
    push(bench, 1, "abcd", 4);
    peek(bench, DOEPINT(0));
    assert_int_equal(1, misuse(bench));
}

static void parts_of_a_register(void **state)
{
    usb_bench *bench = *state;
    uint32_t value;
    vb_bus_read(bench->board, 0x50000000 + CID + 1, 1, &value);
    assert_int_equal(0x12, value);
    assert_int_equal(1, misuse(bench));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(in_is_nak_until_the_whole_packet_is_written),
        TEST(an_in_transfer_of_several_packets_and_an_empty_one),
        TEST(txfe_at_half_empty_or_empty),
        TEST(out_data_waits_in_order_in_the_shared_fifo),
        TEST(a_full_fifo_is_nak),
        TEST(a_repeated_packet_is_acknowledged_and_dropped),
        TEST(an_endpoint_without_a_size_takes_a_packet_at_a_time),
        TEST(stall_goes_before_nak_and_stays),
        TEST(inactive_endpoints_are_silent),
        TEST(disabling_an_in_endpoint),
        TEST(global_naks),
        TEST(too_much_for_a_transmit_fifo),
        TEST(more_than_announced),
        TEST(fifos_that_overlap),
        TEST(reading_more_or_less_than_a_packet),
        TEST(an_endpoint_register_between_the_words_of_a_packet),
        TEST(parts_of_a_register),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
