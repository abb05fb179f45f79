// SPDX-License-Identifier: MIT
// GPIO: reset values, every way to drive and read a pin, set and reset, narrow accesses, the lock.
#include "rig.h"

enum {
    MODER = 0x00, OTYPER = 0x04, OSPEEDR = 0x08, PUPDR = 0x0C, IDR = 0x10, ODR = 0x14, BSRR = 0x18, LCKR = 0x1C,
    AFRL = 0x20, AFRH = 0x24
};

static rig *with_clocks(void)
{
    rig *r = rig_new();
    rig_set(r, RIG_RCC_AHB1ENR, 0x0B);
    return r;
}

static vb_level level(rig *r, char port, uint8_t number)
{
    return vb_pin_level(r->board, (hf_pin){.port = port, .number = number});
}

static void reset_values(void **state)
{
    (void)state;
    rig *r = with_clocks();
    rig_expect(r, RIG_GPIOA + MODER, 0xA8000000);
    rig_expect(r, RIG_GPIOA + OSPEEDR, 0x0C000000);
    rig_expect(r, RIG_GPIOA + PUPDR, 0x64000000);
    rig_expect(r, RIG_GPIOB + MODER, 0x00000280);
    rig_expect(r, RIG_GPIOB + OSPEEDR, 0x000000C0);
    rig_expect(r, RIG_GPIOB + PUPDR, 0x00000100);
    for (uint32_t offset = MODER; offset <= AFRH; offset += 4) {
        if (offset != IDR) {
            rig_expect(r, RIG_GPIOD + offset, 0);
        }
    }
    rig_end(r);
}

static void push_pull_and_open_drain(void **state)
{
    (void)state;
    rig *r = with_clocks();
    rig_write(r, RIG_GPIOD + MODER, 1u << 24); // PD12 output
    assert_int_equal(level(r, 'D', 12), VB_LOW);
    rig_write(r, RIG_GPIOD + BSRR, 1u << 12);
    assert_int_equal(level(r, 'D', 12), VB_HIGH);
    rig_expect(r, RIG_GPIOD + ODR, 1u << 12);
    assert_int_equal(rig_read(r, RIG_GPIOD + IDR) & (1u << 12), 1u << 12);
    rig_write(r, RIG_GPIOD + OTYPER, 1u << 12);
    assert_int_equal(level(r, 'D', 12), VB_FLOATING);
    rig_write(r, RIG_GPIOD + PUPDR, 1u << 24);
    assert_int_equal(level(r, 'D', 12), VB_HIGH);
    rig_write(r, RIG_GPIOD + BSRR, 1u << 28);
    assert_int_equal(level(r, 'D', 12), VB_LOW);
    rig_end(r);
}

static void inputs_pulls_and_analog(void **state)
{
    (void)state;
    rig *r = with_clocks();
    hf_pin pin = {.port = 'D', .number = 3};
    rig_write(r, RIG_GPIOD + PUPDR, 1u << 6);
    assert_int_equal(rig_read(r, RIG_GPIOD + IDR) & 8u, 8u);
    rig_write(r, RIG_GPIOD + PUPDR, 2u << 6);
    assert_int_equal(rig_read(r, RIG_GPIOD + IDR) & 8u, 0);
    vb_pin_drive(r->board, pin, VB_HIGH); // stronger than the pull
    assert_int_equal(rig_read(r, RIG_GPIOD + IDR) & 8u, 8u);
    rig_write(r, RIG_GPIOD + MODER, 3u << 6);
    assert_int_equal(rig_read(r, RIG_GPIOD + IDR) & 8u, 0); // the input stage is off
    rig_end(r);
}

static void set_wins_over_reset(void **state)
{
    (void)state;
    rig *r = with_clocks();
    rig_write(r, RIG_GPIOD + ODR, 0xF0);
    rig_write(r, RIG_GPIOD + BSRR, 0x00F0000F | 0x10);
    rig_expect(r, RIG_GPIOD + ODR, 0x1F);
    rig_expect(r, RIG_GPIOD + BSRR, 0);
    rig_end(r);
}

static void bytes_and_half_words(void **state)
{
    (void)state;
    rig *r = with_clocks();
    rig_write_part(r, RIG_GPIOD + BSRR, 2, 0x8001);
    rig_expect(r, RIG_GPIOD + ODR, 0x8001);
    rig_write_part(r, RIG_GPIOD + BSRR + 2, 2, 0x8000);
    rig_expect(r, RIG_GPIOD + ODR, 0x0001);
    rig_write_part(r, RIG_GPIOD + ODR + 1, 1, 0x5A);
    rig_expect(r, RIG_GPIOD + ODR, 0x5A01);
    assert_int_equal(rig_read_part(r, RIG_GPIOD + ODR + 1, 1), 0x5A);
    assert_int_equal(rig_read_part(r, RIG_GPIOA + MODER + 2, 2), 0xA800);
    rig_end(r);
}

static void lock(rig *r, uint32_t pins)
{
    rig_write(r, RIG_GPIOD + LCKR, 0x10000 | pins);
    rig_write(r, RIG_GPIOD + LCKR, pins);
    rig_write(r, RIG_GPIOD + LCKR, 0x10000 | pins);
}

static void the_lock_holds_configuration_not_output(void **state)
{
    (void)state;
    rig *r = with_clocks();
    rig_write(r, RIG_GPIOD + MODER, 0x5);
    lock(r, 0x0001);
    rig_expect(r, RIG_GPIOD + LCKR, 0x10001);
    rig_write(r, RIG_GPIOD + MODER, 0xA);
    rig_expect(r, RIG_GPIOD + MODER, 0x9);
    rig_write(r, RIG_GPIOD + PUPDR, 0x5);
    rig_expect(r, RIG_GPIOD + PUPDR, 0x4);
    rig_write(r, RIG_GPIOD + OTYPER, 0x3);
    rig_expect(r, RIG_GPIOD + OTYPER, 0x2);
    rig_write(r, RIG_GPIOD + AFRL, 0x77);
    rig_expect(r, RIG_GPIOD + AFRL, 0x70);
    rig_write(r, RIG_GPIOD + ODR, 1);
    rig_expect(r, RIG_GPIOD + ODR, 1);
    lock(r, 0xFFFF); // no second lock before a reset
    rig_expect(r, RIG_GPIOD + LCKR, 0x10001);
    rig_end(r);
}

static void a_wrong_lock_sequence_locks_nothing(void **state)
{
    (void)state;
    rig *r = with_clocks();
    rig_write(r, RIG_GPIOD + LCKR, 0x10001);
    rig_write(r, RIG_GPIOD + LCKR, 0x00003);
    rig_write(r, RIG_GPIOD + LCKR, 0x10001);
    assert_int_equal(rig_read(r, RIG_GPIOD + LCKR) & 0x10000, 0);
    rig_write(r, RIG_GPIOD + MODER, 1);
    rig_expect(r, RIG_GPIOD + MODER, 1);
    rig_end(r);
}

static void the_boards_button_and_led(void **state)
{
    (void)state;
    rig *r = with_clocks();
    assert_int_equal(rig_read(r, RIG_GPIOA + IDR) & 1u, 0);
    vb_button(r->board, true);
    assert_int_equal(rig_read(r, RIG_GPIOA + IDR) & 1u, 1);
    rig_write(r, RIG_GPIOD + MODER, 1u << 24);
    assert_false(vb_led(r->board));
    rig_write(r, RIG_GPIOD + BSRR, 1u << 12);
    assert_true(vb_led(r->board));
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(reset_values),
        rig_test(push_pull_and_open_drain),
        rig_test(inputs_pulls_and_analog),
        rig_test(set_wins_over_reset),
        rig_test(bytes_and_half_words),
        rig_test(the_lock_holds_configuration_not_output),
        rig_test(a_wrong_lock_sequence_locks_nothing),
        rig_test(the_boards_button_and_led),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
