// SPDX-License-Identifier: MIT
// OTG_FS as a device: endpoint 0. SETUP packets, STUPCNT, the three stages, STALL, the address.
#include <string.h>

#include "bench.h"

static void take_setup(usb_bench *bench, uint8_t setup[8])
{
    expect_entry(bench, ENTRY_SETUP, 0, 8);
    pop_data(bench, setup, 8);
}

static void a_setup_packet_arrives_whatever_the_endpoint_does(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    set(bench, DIEPCTL(0), STALL);
    set(bench, DOEPCTL(0), STALL | SNAK);
    assert_int_equal(VB_USB_ACK, host_setup(bench, get_device_descriptor));
    assert_int_equal(0, peek(bench, DIEPCTL(0)) & STALL);
    assert_int_equal(0, peek(bench, DOEPCTL(0)) & STALL);
    assert_true(peek(bench, DIEPCTL(0)) & NAKSTS);
    assert_true(peek(bench, DOEPCTL(0)) & NAKSTS);
    uint8_t got[8];
    take_setup(bench, got);
    assert_memory_equal(get_device_descriptor, got, 8);
    assert_false(peek(bench, GINTSTS) & RXFLVL);
}

static void the_next_token_ends_the_setup_stage(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    set(bench, DOEPCTL(0), EPENA);
    poke(bench, DOEPMSK, XFRC | STUP);
    poke(bench, DAINTMSK, BIT(0) | BIT(16));
    uint8_t got[8];
    vb_usb_packet packet;
    host_setup(bench, get_device_descriptor);
    assert_false(peek(bench, DOEPCTL(0)) & EPENA);
    take_setup(bench, got);
    set(bench, DOEPCTL(0), EPENA | CNAK); // there are drivers that do so right away
    run(bench, 5 * VB_MS);
    assert_false(peek(bench, GINTSTS) & RXFLVL);
    assert_int_equal(VB_USB_NAK, host_in(bench, 0, &packet));
    assert_false(peek(bench, DOEPINT(0)) & STUP);
    assert_false(peek(bench, GINTSTS) & OEPINT);
    expect_entry(bench, ENTRY_SETUP_DONE, 0, 0);
    assert_true(peek(bench, DOEPINT(0)) & STUP);
    assert_int_equal(BIT(16), peek(bench, DAINT));
    assert_true(peek(bench, GINTSTS) & OEPINT);
    assert_true(peek(bench, DOEPCTL(0)) & EPENA);
    poke(bench, DOEPINT(0), STUP);
    assert_false(peek(bench, GINTSTS) & OEPINT);
}

static void stupcnt_counts_down_and_nobody_restores_it(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    uint8_t got[8];
    for (unsigned left = 3; left-- > 0;) {
        assert_int_equal(VB_USB_ACK, host_setup(bench, set_address_5));
        assert_int_equal(left, peek(bench, DOEPTSIZ(0)) >> 29);
        take_setup(bench, got);
    }
    assert_false(peek(bench, DOEPINT(0)) & BIT(6));
    assert_int_equal(VB_USB_ACK, host_setup(bench, get_device_descriptor)); // taken all the same
    assert_int_equal(0, peek(bench, DOEPTSIZ(0)) >> 29);
    assert_true(peek(bench, DOEPINT(0)) & BIT(6)); // B2BSTUP
    take_setup(bench, got);
    arm_ep0(bench);
    host_setup(bench, get_device_descriptor);
    assert_int_equal(2, peek(bench, DOEPTSIZ(0)) >> 29);
}

static void three_setup_packets_fit_however_full_the_fifo(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    activate_bulk(bench, 1);
    device_arm(bench, 1, 8);
    uint8_t data[64] = {0};
    for (bool data1 = false; host_out(bench, 1, data1, data, 64) == VB_USB_ACK; data1 = !data1) {
    }
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(VB_USB_ACK, host_setup(bench, get_device_descriptor));
    }
    vb_usb_packet packet;
    assert_int_equal(VB_USB_NAK, host_in(bench, 0, &packet));
    while ((peek(bench, GRXSTSR) >> 17 & 15) == ENTRY_OUT) {
        expect_entry(bench, ENTRY_OUT, 1, 64);
        pop_data(bench, data, 64);
    }
    for (unsigned i = 0; i < 3; i++) {
        take_setup(bench, data);
    }
    expect_entry(bench, ENTRY_SETUP_DONE, 0, 0);
    assert_int_equal(0, misuse(bench));
}

static void answer_setup(usb_bench *bench, const uint8_t setup[8])
{
    uint8_t got[8];
    vb_usb_packet packet;
    assert_int_equal(VB_USB_ACK, host_setup(bench, setup));
    take_setup(bench, got);
    assert_int_equal(VB_USB_NAK, host_in(bench, 0, &packet));
    expect_entry(bench, ENTRY_SETUP_DONE, 0, 0);
    poke(bench, DOEPINT(0), STUP);
    arm_ep0(bench);
}

static void control_read_in_three_stages(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    answer_setup(bench, get_device_descriptor);
    uint8_t descriptor[18] = {18, 1, 0, 2, 0, 0, 0, 64, 9, 0x12, 1, 0};
    device_send(bench, 0, descriptor, 18);
    vb_usb_packet packet;
    assert_int_equal(VB_USB_ACK, host_in(bench, 0, &packet));
    assert_true(packet.data1);
    assert_int_equal(18, packet.size);
    assert_memory_equal(descriptor, packet.data, 18);
    assert_int_equal(XFRC, peek(bench, DIEPINT(0)) & XFRC);
    assert_int_equal(0, peek(bench, DIEPTSIZ(0)));
    assert_int_equal(VB_USB_NAK, host_out(bench, 0, true, NULL, 0));
    device_arm(bench, 0, 1);
    assert_int_equal(VB_USB_ACK, host_out(bench, 0, true, NULL, 0));
    expect_entry(bench, ENTRY_OUT, 0, 0);
    expect_entry(bench, ENTRY_OUT_DONE, 0, 0);
    assert_true(peek(bench, DOEPINT(0)) & XFRC);
    assert_false(peek(bench, DOEPCTL(0)) & EPENA);
    assert_int_equal(0, misuse(bench));
}

static void control_write_with_data(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    const uint8_t setup[8] = {0x21, 1, 2, 0, 0, 0, 70, 0};
    answer_setup(bench, setup);
    uint8_t data[70], got[70];
    for (unsigned i = 0; i < 70; i++) {
        data[i] = (uint8_t)(i * 7);
    }
    device_arm(bench, 0, 1);
    assert_int_equal(VB_USB_ACK, host_out(bench, 0, true, data, 64));
    assert_int_equal(VB_USB_NAK, host_out(bench, 0, false, data + 64, 6));
    expect_entry(bench, ENTRY_OUT, 0, 64);
    assert_int_equal(0, peek(bench, DOEPTSIZ(0)) & 0x7F);
    pop_data(bench, got, 64);
    expect_entry(bench, ENTRY_OUT_DONE, 0, 0);
    poke(bench, DOEPINT(0), XFRC);
    device_arm(bench, 0, 1);
    assert_int_equal(VB_USB_ACK, host_out(bench, 0, false, data + 64, 6));
    expect_entry(bench, ENTRY_OUT, 0, 6);
    assert_int_equal(64 - 6, peek(bench, DOEPTSIZ(0)) & 0x7F);
    pop_data(bench, got + 64, 6);
    assert_memory_equal(data, got, 70);
    expect_entry(bench, ENTRY_OUT_DONE, 0, 0);
    device_send(bench, 0, NULL, 0);
    vb_usb_packet packet;
    assert_int_equal(VB_USB_ACK, host_in(bench, 0, &packet));
    assert_int_equal(0, packet.size);
    assert_true(packet.data1);
}

static void stall_stands_until_the_next_setup(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    answer_setup(bench, get_device_descriptor);
    set(bench, DIEPCTL(0), STALL);
    set(bench, DOEPCTL(0), STALL);
    poke(bench, DIEPCTL(0), 0); // software cannot take it back
    vb_usb_packet packet;
    assert_int_equal(VB_USB_STALL, host_in(bench, 0, &packet));
    assert_int_equal(VB_USB_STALL, host_out(bench, 0, true, NULL, 0));
    assert_int_equal(VB_USB_STALL, host_in(bench, 0, &packet));
    answer_setup(bench, get_device_descriptor);
    assert_int_equal(VB_USB_NAK, host_in(bench, 0, &packet));
}

static void a_status_stage_with_data_is_stalled_when_asked_for(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    set(bench, DCFG, BIT(2)); // NZLSOHSK
    answer_setup(bench, get_device_descriptor);
    device_arm(bench, 0, 1);
    assert_int_equal(VB_USB_STALL, host_out(bench, 0, true, "xyz", 3));
    poke(bench, DCFG, peek(bench, DCFG) & ~BIT(2));
    assert_int_equal(VB_USB_ACK, host_out(bench, 0, true, "xyz", 3));
}

static vb_usb_answer setup_at(usb_bench *bench, uint8_t address)
{
    vb_usb_packet packet = {.address = address, .size = 8};
    memcpy(packet.data, get_device_descriptor, 8);
    return vb_usb_transaction(bench->host, VB_USB_SETUP, &packet);
}

static void an_address_is_in_force_behind_the_status_stage(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    assert_int_equal(VB_USB_SILENCE, setup_at(bench, 5));
    answer_setup(bench, set_address_5);
    poke(bench, DCFG, 3 | 5 << 4);
    device_send(bench, 0, NULL, 0);
    vb_usb_packet packet;
    assert_int_equal(VB_USB_ACK, host_in(bench, 0, &packet)); // still at address 0
    assert_int_equal(VB_USB_SILENCE, setup_at(bench, 0));
    assert_int_equal(VB_USB_ACK, setup_at(bench, 5));
}

static void an_address_behind_the_status_stage_is_too_late(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    answer_setup(bench, set_address_5);
    device_send(bench, 0, NULL, 0);
    vb_usb_packet packet;
    assert_int_equal(VB_USB_ACK, host_in(bench, 0, &packet));
    poke(bench, DCFG, 3 | 5 << 4);
    assert_int_equal(VB_USB_SILENCE, setup_at(bench, 5));
}

static void packet_sizes_of_endpoint_0(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    for (uint32_t code = 0; code < 4; code++) {
        uint32_t max = 64u >> code;
        poke(bench, DIEPCTL(0), code);
        assert_int_equal(code, peek(bench, DOEPCTL(0)) & 3);
        answer_setup(bench, get_device_descriptor);
        uint8_t data[64] = {1};
        poke(bench, DIEPTSIZ(0), PKTCNT(1u) | max);
        set(bench, DIEPCTL(0), EPENA | CNAK);
        push(bench, 0, data, max);
        vb_usb_packet packet;
        assert_int_equal(VB_USB_ACK, host_in(bench, 0, &packet));
        assert_int_equal(max, packet.size);
        device_arm(bench, 0, 1);
        if (max < 64) {
            assert_int_equal(VB_USB_SILENCE, host_out(bench, 0, true, data, max + 1));
        }
    }
}

static void data_left_by_an_aborted_transfer_is_told(void **state)
{
    usb_bench *bench = *state;
    connect(bench);
    answer_setup(bench, get_device_descriptor);
    uint8_t data[18] = {0};
    device_send(bench, 0, data, 18); // and the host begins anew without fetching it
    answer_setup(bench, get_device_descriptor);
    assert_int_equal(0, misuse(bench));
    poke(bench, GRSTCTL, BIT(5)); // flush FIFO 0
    device_send(bench, 0, data, 8);
    assert_int_equal(0, misuse(bench));
    answer_setup(bench, get_device_descriptor);
    device_send(bench, 0, data, 8);
    assert_int_equal(1, misuse(bench));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_setup_packet_arrives_whatever_the_endpoint_does),
        TEST(the_next_token_ends_the_setup_stage),
        TEST(stupcnt_counts_down_and_nobody_restores_it),
        TEST(three_setup_packets_fit_however_full_the_fifo),
        TEST(control_read_in_three_stages),
        TEST(control_write_with_data),
        TEST(stall_stands_until_the_next_setup),
        TEST(a_status_stage_with_data_is_stalled_when_asked_for),
        TEST(an_address_is_in_force_behind_the_status_stage),
        TEST(an_address_behind_the_status_stage_is_too_late),
        TEST(packet_sizes_of_endpoint_0),
        TEST(data_left_by_an_aborted_transfer_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
