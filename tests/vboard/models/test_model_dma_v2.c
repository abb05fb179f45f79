// SPDX-License-Identifier: MIT
// DMA streams of the F4: memory to memory, widths, what may not change while a stream is on, errors. RM0090 Rev 21, 10.3
// and 10.5. Transfers on request: test_model_usart_v1.c.
#include "rig.h"

enum { LISR = RIG_DMA2, LIFCR = RIG_DMA2 + 8, CR = RIG_DMA2 + 0x10, NDTR = CR + 4, PAR = CR + 8, M0AR = CR + 0x0C };
enum { FCR = CR + 0x14, IRQ = 56, FROM = 0x20004000, TO = 0x20005000 };
enum { EN = 1, TCIE = 1 << 4, TO_MEMORY = 2 << 6, PINC = 1 << 9, MINC = 1 << 10, PWORD = 2 << 11, MWORD = 2 << 13 };
enum { TEIF = 1 << 3, HTIF = 1 << 4, TCIF = 1 << 5 };

static rig *prepared(uint32_t count)
{
    rig *r = rig_new();
    rig_clock_on(r, RIG_RCC_AHB1ENR, 22);
    for (uint32_t i = 0; i < 8; i++) {
        uint32_t words[2] = {0x01010101u * (i + 1), 0};
        assert_int_equal(vb_write(r->board, FROM + 4 * i, &words[0], 4), VB_OK);
        assert_int_equal(vb_write(r->board, TO + 4 * i, &words[1], 4), VB_OK);
    }
    rig_write(r, NDTR, count);
    rig_write(r, PAR, FROM);
    rig_write(r, M0AR, TO);
    return r;
}

static void starts_as_the_manual_says(void **state)
{
    (void)state;
    rig *r = rig_new();
    rig_clock_on(r, RIG_RCC_AHB1ENR, 22);
    rig_expect(r, LISR, 0);
    rig_expect(r, CR, 0);
    rig_expect(r, NDTR, 0);
    rig_expect(r, FCR, 0x21);
    rig_end(r);
}

static void copies_memory(void **state)
{
    (void)state;
    rig *r = prepared(8);
    rig_write(r, CR, TO_MEMORY | PINC | MINC | PWORD | MWORD | TCIE | EN);
    rig_await(r, LISR, TCIF, TCIF, VB_US, VB_MS);
    rig_expect(r, LISR, TCIF | HTIF);
    assert_int_equal(rig_read(r, CR) & EN, 0); // a stream that is done is off
    rig_expect(r, NDTR, 0);
    rig_expect(r, TO, 0x01010101);
    rig_expect(r, TO + 28, 0x08080808);
    assert_true(rig_irq_pending(r, IRQ));
    rig_write(r, LIFCR, TCIF | HTIF);
    rig_expect(r, LISR, 0);
    rig_end(r);
}

static void without_increment_one_place_gets_all(void **state)
{
    (void)state;
    rig *r = prepared(4);
    rig_write(r, CR, TO_MEMORY | PINC | PWORD | MWORD | EN);
    rig_await(r, LISR, TCIF, TCIF, VB_US, VB_MS);
    rig_expect(r, TO, 0x04040404);
    rig_expect(r, TO + 4, 0);
    rig_end(r);
}

static void an_address_without_memory_is_a_transfer_error(void **state)
{
    (void)state;
    rig *r = prepared(4);
    rig_write(r, PAR, 0x10000000); // CCM: no DMA controller reaches it
    rig_write(r, CR, TO_MEMORY | PINC | MINC | PWORD | MWORD | EN);
    rig_await(r, LISR, TEIF, TEIF, VB_US, VB_MS);
    assert_int_equal(rig_read(r, CR) & EN, 0);
    rig_expect(r, TO, 0);
    (void)rig_said(r, VB_REPORT_MISUSE);
    (void)rig_said(r, VB_REPORT_UNMODELLED);
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(starts_as_the_manual_says),
        rig_test(copies_memory),
        rig_test(without_increment_one_place_gets_all),
        rig_test(an_address_without_memory_is_a_transfer_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
