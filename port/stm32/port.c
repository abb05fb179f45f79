// SPDX-License-Identifier: MIT
// Ties the drivers of a build to the core's port.
#include "port.h"

#include "board.h"
#include "drivers.h"
#include "regs/cortex_m.h"

hf_err flash_read(uint32_t address, void *to, uint32_t size)
{
    uint32_t *word = to;
    flash_guard();
    for (uint32_t i = 0; i < size; i += 4) {
        *word++ = *(const volatile uint32_t *)(address + i);
    }
    return flash_unguard();
}

// Chosen once: links and time count on the clock as it came up, and a PLL that did not lock is not asked again.
static bool clock_chosen;

static void choose_quick_clock(void)
{
    if (!clock_chosen) {
        clock_chosen = true;
        clock_quick(); // at reset speed a full slot would take a tenth of a second
    }
}

static void read_much(bool on)
{
    choose_quick_clock();
    flash_cache(on);
}

hf_err flash_crc32(uint32_t address, uint32_t size, uint32_t *crc)
{
    read_much(true);
    flash_guard();
    crc32_begin();
    crc32_add((const uint32_t *)address, size / 4);
    *crc = crc32_end();
    hf_err err = flash_unguard();
    read_much(false);
    return err;
}

static void enter_update_mode(void)
{
    watchdog_slow_down();
    clock_chosen = true;
    clock_precise();
    time_start();
    led_begin();
}

static void begin_work(void)
{
    watchdog_slow_down();
    choose_quick_clock();
}

static __attribute__((noreturn)) void reset(void)
{
    __asm__ volatile("dsb");
    SCB->AIRCR = SCB_AIRCR_VECTKEY | SCB_AIRCR_SYSRESETREQ;
    for (;;) {
    }
}

static __attribute__((noreturn)) void start(uint32_t vectors)
{
    __asm__ volatile("cpsid i");
    store_close();
    supply_release();
    clock_reset();
    clock_gates_reset();
    time_stop();
    for (unsigned i = 0; i < 8; i++) {
        NVIC->ICER[i] = 0xFFFFFFFFu;
        NVIC->ICPR[i] = 0xFFFFFFFFu;
    }
    SCB->ICSR = SCB_ICSR_PENDSTCLR | SCB_ICSR_PENDSVCLR;
    fence_down();
    jump(vectors);
}

static void unique_id(uint8_t uid[12])
{
    __builtin_memcpy(uid, (const void *)HF_UID_ADDRESS, 12);
}

const struct hf_port hf_port = {
    .flash = {store_erase, store_program, store_sector_end, store_erase_ms, store_read, store_crc32, read_much},
    .system = {time_now_ms, watchdog_feed, led_set, unique_id, button_held, mailbox_take, mailbox_put,
               enter_update_mode, begin_work, watchdog_start, reset, start},
};
