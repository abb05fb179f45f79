// SPDX-License-Identifier: MIT
// Images that travel enciphered, on the real firmware: over every link they arrive as what was signed; what is changed, made with
// another key or in the clear does not. test_transit_secrets.c: what a device gives away meanwhile.
#include <string.h>

#include "tapped.h"

// -- updates ----------------------------------------------------------------------------------------------------------

static void arrives(way_in way)
{
    sealed image = make(1);
    assert_int_equal(update(way, &image.travels, false), HF_OK);
    expect_installed(&image);
    done_with(&image);
}

static void arrives_by_fast(void **state)
{
    (void)state;
    arrives(FAST);
}

static void arrives_by_classic(void **state)
{
    (void)state;
    arrives(CLASSIC);
}

static void arrives_by_an3155(void **state)
{
    (void)state;
    arrives(AN3155);
}

static void arrives_by_usb(void **state)
{
    (void)state;
    arrives(USB);
}

// -- refusals ---------------------------------------------------------------------------------------------------------

// Over whichever link it comes.
static void expect_refused(const sealed *bad, way_in first, way_in last)
{
    for (way_in way = first; way <= last; way++) {
        assert_int_equal(update(way, &bad->travels, true), way == AN3155 ? HF_E_NAK : HF_E_BOOT);
        assert_false(holds(bad));
        expect_secret(bad);
        again();
    }
}

static void a_changed_bit_is_refused(void **state)
{
    (void)state;
    sealed bad = make(2);
    bad.travels.bytes[bad.length - 100] ^= 0x10;
    expect_refused(&bad, AN3155, USB);
    done_with(&bad);
}

static void another_key_is_refused(void **state)
{
    (void)state;
    hf_board board = it->description;
    hf_transit_key key = board.transit_key;
    key.bytes[31] ^= 1;
    board.has_transit_key = false; // or sealing would notice
    sealed bad = make_for(&board, &key, 2);
    expect_refused(&bad, FAST, FAST);
    done_with(&bad);
}

// The host looks first, and erases nothing; told to send it all the same, it hears no from the device.
static void an_image_in_the_clear_is_refused(void **state)
{
    (void)state;
    static uint8_t before[64], after[64];
    sealed good = make(1), bad = make_for(&it->description, NULL, 2);
    assert_int_equal(update(FAST, &good.travels, false), HF_OK);
    expect_installed(&good);
    again();
    uint32_t staging = hf_board_area(&it->description, HF_USE_STAGING)->address;
    assert_int_equal(vb_read(it->board, staging, before, sizeof before), VB_OK);
    assert_int_equal(update(FAST, &bad.travels, false), HF_E_TRANSIT);
    assert_int_equal(update(USB, &bad.travels, false), HF_E_TRANSIT);
    assert_int_equal(vb_read(it->board, staging, after, sizeof after), VB_OK);
    assert_memory_equal(before, after, sizeof before);
    for (way_in way = FAST; way <= CLASSIC; way++) {
        again();
        assert_int_equal(update(way, &bad.travels, true), HF_E_NAK);
    }
    assert_true(signed_boots(it));
    assert_true(holds(&good));
    done_with(&good);
    done_with(&bad);
}

// -- cuts -------------------------------------------------------------------------------------------------------------

static uint32_t cut_at;

static void cut(void *context, hf_phase phase, uint32_t done, uint32_t total)
{
    (void)context;
    if (phase == HF_PHASE_WRITE && total > 0 && done >= cut_at && cut_at != 0) {
        cut_at = 0;
        vb_power_off(it->board, true);
    }
}

// The old application goes on, and the next try brings the new one.
static void a_cut_costs_no_more_than_a_try(void **state)
{
    (void)state;
    sealed old = make(1), new = make(2);
    assert_int_equal(update(FAST, &old.travels, false), HF_OK);
    expect_installed(&old);
    again();
    cut_at = new.length / 2;
    assert_int_not_equal(update_by_wire(HF_PROTOCOL_FAST, &new.travels, false, &(hf_listener){.progress = cut}), HF_OK);
    assert_int_equal(cut_at, 0);
    assert_true(signed_boots(it));
    assert_true(holds(&old));
    again();
    assert_int_equal(update(FAST, &new.travels, false), HF_OK);
    expect_installed(&new);
    done_with(&old);
    done_with(&new);
}

// -- the reverse ------------------------------------------------------------------------------------------------------

static void a_board_without_a_key_gets_no_enciphered_image(void **state)
{
    (void)state;
    sealed enciphered = make(1);
    product *encrypting = it;
    it = signed_make("stm32f407-uart");
    vb_power_on(it->board);
    product_wait(it, 200 * VB_MS);
    product_discard(it);
    tapped.context = it->transport.context;
    assert_int_equal(update_by_wire(HF_PROTOCOL_FAST, &enciphered.travels, false, &(hf_listener){0}), HF_E_TRANSIT);
    signed_end(it);
    it = encrypting;
    done_with(&enciphered);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(arrives_by_fast),
        TEST(arrives_by_classic),
        TEST(arrives_by_an3155),
        TEST(arrives_by_usb),
        TEST(a_changed_bit_is_refused),
        TEST(another_key_is_refused),
        TEST(an_image_in_the_clear_is_refused),
        TEST(a_cut_costs_no_more_than_a_try),
        TEST(a_board_without_a_key_gets_no_enciphered_image),
    };
    return cmocka_run_group_tests(tests, signed_load_keys, signed_free_keys);
}
