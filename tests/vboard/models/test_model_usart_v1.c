// SPDX-License-Identifier: MIT
// USART of the F4: sending and receiving at the wire's pace, every receive error, clearing of flags, interrupts, DMA.
// RM0090 Rev 21, 30.3, 30.4 and 30.6; DMA streams: table 42.
#include "rig.h"

enum { SR = RIG_USART2, DR = SR + 4, BRR = SR + 8, CR1 = SR + 0x0C, CR2 = SR + 0x10, CR3 = SR + 0x14 };
enum { PE = 1, FE = 2, NE = 4, ORE = 8, IDLE = 16, RXNE = 32, TC = 64, TXE = 128 };
enum { SBK = 1, RE = 4, TE = 8, RXNEIE = 32, PS = 1 << 9, PCE = 1 << 10, M = 1 << 12, UE = 1 << 13 };
enum { BAUD = 115200, DIVIDER = 139, IRQ = 38, BUFFER = 0x20004000 };
#define BIT (VB_S / BAUD)

typedef struct far_end {
    unsigned count, damaged;
    uint8_t bytes[16];
    vb_time last;
} far_end;

static far_end heard;

static void hear(void *context, vb_time when, uint8_t byte, bool damaged)
{
    far_end *far = context;
    far->bytes[far->count++ % sizeof(far->bytes)] = byte;
    far->damaged += damaged;
    far->last = when;
}

static void set_line(rig *r, uint32_t baud, vb_parity parity)
{
    vb_line line = {.baud = baud, .parity = parity, .stop_bits = 1};
    assert_int_equal(vb_uart_set_line(r->board, "usart2", &line), VB_OK);
}

static rig *listening(uint32_t cr1)
{
    rig *r = rig_new();
    vb_line line = {.baud = BAUD, .parity = VB_PARITY_NONE, .stop_bits = 1};
    heard = (far_end){0};
    assert_int_equal(vb_uart_connect(r->board, "usart2", &line, hear, &heard), VB_OK);
    rig_clock_on(r, RIG_RCC_AHB1ENR, 0);
    rig_clock_on(r, RIG_RCC_APB1ENR, 17);
    rig_write(r, RIG_GPIOA + 0x20, 0x7700);                              // PA2, PA3: AF7
    rig_write(r, RIG_GPIOA, (rig_read(r, RIG_GPIOA) & ~0xF0u) | 0xA0u); // alternate
    rig_write(r, BRR, DIVIDER);
    rig_write(r, CR1, UE | TE | RE | cr1);
    rig_pass(r, 12 * BIT); // the idle frame that TE sends
    return r;
}

static void far_sends(rig *r, uint8_t byte)
{
    vb_uart_send(r->board, "usart2", &byte, 1);
    rig_pass(r, 12 * BIT);
}

static void starts_as_the_manual_says(void **state)
{
    (void)state;
    rig *r = rig_new();
    rig_clock_on(r, RIG_RCC_APB1ENR, 17);
    rig_expect(r, SR, TXE | TC);
    rig_expect(r, BRR, 0);
    rig_expect(r, CR1, 0);
    rig_expect(r, CR2, 0);
    rig_expect(r, CR3, 0);
    rig_end(r);
}

static void a_byte_takes_ten_bits(void **state)
{
    (void)state;
    rig *r = listening(0);
    assert_int_equal(rig_read(r, SR) & (TXE | TC), TXE | TC); // reading it is the first half of clearing TC
    vb_time start = vb_now(r->board);
    rig_write(r, DR, 0xA5);
    assert_int_equal(rig_read(r, SR) & (TXE | TC), TXE); // in the shift register already; not complete
    rig_await(r, SR, TC, TC, VB_US, VB_MS);
    assert_int_equal(heard.count, 1);
    assert_int_equal(heard.bytes[0], 0xA5);
    assert_int_equal(heard.damaged, 0);
    assert_in_range(heard.last - start, 10 * BIT - VB_US, 10 * BIT + 12 * VB_US);
    rig_end(r);
}

static void the_data_register_holds_one_more(void **state)
{
    (void)state;
    rig *r = listening(0);
    assert_int_equal(rig_read(r, SR) & (TXE | TC), TXE | TC);
    rig_write(r, DR, 1);
    rig_write(r, DR, 2);
    assert_int_equal(rig_read(r, SR) & (TXE | TC), 0); // both full
    rig_pass(r, 22 * BIT);
    assert_int_equal(heard.count, 2);
    assert_int_equal(heard.bytes[1], 2);
    rig_end(r);
}

static void a_received_byte_is_there_until_read(void **state)
{
    (void)state;
    rig *r = listening(0);
    far_sends(r, 0x5A);
    assert_int_equal(rig_read(r, SR) & (RXNE | ORE | FE | NE | PE), RXNE);
    rig_expect(r, DR, 0x5A);
    assert_int_equal(rig_read(r, SR) & RXNE, 0);
    rig_end(r);
}

static void an_overrun_keeps_the_first_byte(void **state)
{
    (void)state;
    rig *r = listening(0);
    far_sends(r, 1);
    far_sends(r, 2);
    assert_int_equal(rig_read(r, SR) & (RXNE | ORE), RXNE | ORE);
    rig_expect(r, DR, 1); // SR, then DR: clears both
    assert_int_equal(rig_read(r, SR) & (RXNE | ORE), 0);
    rig_end(r);
}

static void another_speed_is_a_framing_error(void **state)
{
    (void)state;
    rig *r = listening(0);
    set_line(r, BAUD / 2, VB_PARITY_NONE);
    far_sends(r, 0);
    assert_int_equal(rig_read(r, SR) & FE, FE);
    rig_end(r);
}

static void parity_is_checked(void **state)
{
    (void)state;
    rig *r = listening(M | PCE); // 8 bits and even parity
    set_line(r, BAUD, VB_PARITY_EVEN);
    far_sends(r, 0x31);
    assert_int_equal(rig_read(r, SR) & (RXNE | PE | FE), RXNE);
    assert_int_equal(rig_read(r, DR) & 0xFF, 0x31);
    set_line(r, BAUD, VB_PARITY_ODD);
    far_sends(r, 0x31);
    assert_int_equal(rig_read(r, SR) & (RXNE | PE | FE), RXNE | PE);
    rig_end(r);
}

static void a_break_is_a_zero_with_a_framing_error(void **state)
{
    (void)state;
    rig *r = listening(0);
    vb_uart_break(r->board, "usart2");
    rig_pass(r, 16 * BIT);
    assert_int_equal(rig_read(r, SR) & (RXNE | FE), RXNE | FE);
    rig_expect(r, DR, 0);
    rig_end(r);
}

static void a_silent_frame_after_a_byte_is_idle(void **state)
{
    (void)state;
    rig *r = listening(0);
    far_sends(r, 7);
    rig_pass(r, 12 * BIT);
    assert_int_equal(rig_read(r, SR) & IDLE, IDLE);
    (void)rig_read(r, DR);
    assert_int_equal(rig_read(r, SR) & IDLE, 0);
    rig_pass(r, 30 * BIT);
    assert_int_equal(rig_read(r, SR) & IDLE, 0); // once, until another byte has come
    rig_end(r);
}

static void a_received_byte_interrupts(void **state)
{
    (void)state;
    rig *r = listening(RXNEIE);
    assert_false(rig_irq_pending(r, IRQ));
    far_sends(r, 7);
    assert_true(rig_irq_pending(r, IRQ));
    rig_end(r);
}

// DMA1 stream 5, channel 4, into a ring of four bytes.
static void dma_takes_bytes_in_a_circle(void **state)
{
    (void)state;
    enum { HISR = RIG_DMA1 + 4, HIFCR = RIG_DMA1 + 0x0C, S5 = RIG_DMA1 + 0x10 + 5 * 0x18, HTIF = 1 << 10, TCIF = 1 << 11 };
    rig *r = listening(0);
    rig_clock_on(r, RIG_RCC_AHB1ENR, 21);
    rig_write(r, S5 + 4, 4);
    rig_write(r, S5 + 8, DR);
    rig_write(r, S5 + 0x0C, BUFFER);
    rig_write(r, S5, 4u << 25 | 1u << 10 | 1u << 8 | 1u); // channel 4, MINC, CIRC, EN
    rig_write(r, CR3, 1u << 6);
    far_sends(r, 0x11);
    rig_expect(r, S5 + 4, 3);
    rig_expect(r, HISR, 0);
    far_sends(r, 0x22);
    rig_expect(r, HISR, HTIF);
    far_sends(r, 0x33);
    far_sends(r, 0x44);
    rig_expect(r, HISR, HTIF | TCIF);
    rig_expect(r, S5 + 4, 4); // reloaded
    rig_expect(r, BUFFER, 0x44332211);
    rig_write(r, HIFCR, HTIF | TCIF);
    far_sends(r, 0x55);
    rig_expect(r, BUFFER, 0x44332255);
    rig_expect(r, HISR, 0);
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(starts_as_the_manual_says),
        rig_test(a_byte_takes_ten_bits),
        rig_test(the_data_register_holds_one_more),
        rig_test(a_received_byte_is_there_until_read),
        rig_test(an_overrun_keeps_the_first_byte),
        rig_test(another_speed_is_a_framing_error),
        rig_test(parity_is_checked),
        rig_test(a_break_is_a_zero_with_a_framing_error),
        rig_test(a_silent_frame_after_a_byte_is_idle),
        rig_test(a_received_byte_interrupts),
        rig_test(dma_takes_bytes_in_a_circle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
