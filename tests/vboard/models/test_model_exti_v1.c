// SPDX-License-Identifier: MIT
// EXTI: edges of pins, ports chosen by SYSCFG, software edges, one interrupt per group of lines.
#include "rig.h"

enum { IMR = RIG_EXTI, RTSR = RIG_EXTI + 8, FTSR = RIG_EXTI + 12, SWIER = RIG_EXTI + 16, PR = RIG_EXTI + 20 };
enum { EXTICR1 = RIG_SYSCFG + 8 };

static rig *with_pins(void)
{
    rig *r = rig_new();
    rig_clock_on(r, RIG_RCC_AHB1ENR, 0);
    rig_clock_on(r, RIG_RCC_AHB1ENR, 3);
    rig_clock_on(r, RIG_RCC_APB2ENR, 14);
    return r;
}

static void drive(rig *r, char port, uint8_t number, vb_level level)
{
    assert_int_equal(vb_pin_drive(r->board, (hf_pin){.port = port, .number = number}, level), VB_OK);
    rig_pass(r, VB_US);
}

static void sees_the_edges_it_was_asked_for(void **state)
{
    (void)state;
    rig *r = with_pins();
    drive(r, 'A', 1, VB_LOW);
    rig_write(r, RTSR, 1u << 1);
    drive(r, 'A', 1, VB_HIGH);
    rig_expect(r, PR, 1u << 1); // pending whether masked or not
    rig_write(r, PR, 1u << 1);
    rig_expect(r, PR, 0);
    drive(r, 'A', 1, VB_LOW);
    rig_expect(r, PR, 0);
    rig_write(r, FTSR, 1u << 1);
    drive(r, 'A', 1, VB_HIGH);
    rig_write(r, PR, 1u << 1);
    drive(r, 'A', 1, VB_LOW);
    rig_expect(r, PR, 1u << 1);
    rig_end(r);
}

static void listens_to_the_port_of_exticr(void **state)
{
    (void)state;
    rig *r = with_pins();
    drive(r, 'A', 2, VB_LOW);
    drive(r, 'D', 2, VB_LOW);
    rig_write(r, EXTICR1, 3u << 8); // line 2: port D
    rig_write(r, RTSR, 1u << 2);
    drive(r, 'A', 2, VB_HIGH);
    rig_expect(r, PR, 0);
    drive(r, 'D', 2, VB_HIGH);
    rig_expect(r, PR, 1u << 2);
    rig_end(r);
}

static void each_group_has_its_interrupt(void **state)
{
    (void)state;
    static const struct {
        unsigned line, irq;
    } cases[] = {{0, 6}, {1, 7}, {2, 8}, {3, 9}, {4, 10}, {5, 23}, {9, 23}, {10, 40}, {15, 40}};
    rig *r = with_pins();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint32_t bit = 1u << cases[i].line;
        rig_write(r, IMR, bit);
        assert_false(rig_irq_pending(r, cases[i].irq));
        rig_write(r, SWIER, bit);
        assert_true(rig_irq_pending(r, cases[i].irq));
        rig_expect(r, PR, bit);
        rig_write(r, PR, bit);
        rig_expect(r, SWIER, 0); // clears with the pending bit
        assert_false(rig_irq_pending(r, cases[i].irq));
    }
    rig_end(r);
}

static void masked_lines_do_not_interrupt(void **state)
{
    (void)state;
    rig *r = with_pins();
    drive(r, 'A', 0, VB_LOW);
    rig_write(r, RTSR, 1);
    drive(r, 'A', 0, VB_HIGH);
    assert_false(rig_irq_pending(r, 6));
    rig_write(r, IMR, 1);
    assert_true(rig_irq_pending(r, 6));
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(sees_the_edges_it_was_asked_for),
        rig_test(listens_to_the_port_of_exticr),
        rig_test(each_group_has_its_interrupt),
        rig_test(masked_lines_do_not_interrupt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
