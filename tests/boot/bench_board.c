// SPDX-License-Identifier: MIT
// The bench board: its core in a thread, its clock, and everything of the machine that is neither
// flash nor line.
#include "bench_board.h"

#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>

#include "bench_assert.h"
#include "bench_port.h"

#define FIRST_MS    (UINT32_MAX - 1000u) // of the core's clock at power-on
#define WATCHDOG_US 5000000ull           // the slowed watchdog is fed more often than this

bench_board board;

static struct {
    void *library; // the core: loaded anew at every power-on, so that its variables are as after
                   // start-up
    pthread_t thread;
    bool alive, power;
    sem_t board_turn, host_turn;
    uint64_t now_us, deadline_us, fed_us;
    bool listening;
    char violation[128];
} inside;

// -- rules ----------------------------------------------------------------------------------------

void violate(const char *format, ...)
{
    if (inside.violation[0] != '\0') {
        return; // the first one tells most
    }
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(inside.violation, sizeof inside.violation, format, arguments);
    va_end(arguments);
}

void board_check(void)
{
    if (inside.violation[0] != '\0') {
        char text[sizeof inside.violation];
        memcpy(text, inside.violation, sizeof text);
        inside.violation[0] = '\0';
        fail_msg("%s", text);
    }
}

// -- clock ----------------------------------------------------------------------------------------

uint64_t clock_us(void)
{
    return inside.now_us;
}

void clock_advance_us(uint64_t us)
{
    inside.now_us += us;
    if (board.update_mode && inside.now_us - inside.fed_us > WATCHDOG_US) {
        violate("the watchdog was not fed for too long");
    }
}

uint32_t board_ms(void)
{
    return (uint32_t)(inside.now_us / 1000u);
}

static uint32_t now_ms(void)
{
    return FIRST_MS + board_ms();
}

// -- two threads, one at a time -------------------------------------------------------------------

static void wait_for_turn(sem_t *turn)
{
    while (sem_wait(turn) != 0) {
    }
}

void thread_meet_host(bool heard)
{
    bool due = (heard && inside.listening) || inside.now_us >= inside.deadline_us;
    if (!due || !inside.alive) {
        return;
    }
    sem_post(&inside.host_turn);
    wait_for_turn(&inside.board_turn);
    if (!inside.power) {
        pthread_exit(NULL);
    }
}

void thread_end(board_state state)
{
    board.state = state;
    inside.alive = false;
    sem_post(&inside.host_turn);
    pthread_exit(NULL);
}

void thread_run(uint64_t deadline_us, bool listen)
{
    if (inside.alive) {
        inside.deadline_us = deadline_us;
        inside.listening = listen;
        sem_post(&inside.board_turn);
        wait_for_turn(&inside.host_turn);
    }
    if (!inside.alive && inside.now_us < deadline_us) {
        inside.now_us = deadline_us; // nobody is left to say or do anything
    }
    board_check();
}

void board_run(uint32_t ms)
{
    thread_run(inside.now_us + ms * 1000ull, false);
}

// -- power ----------------------------------------------------------------------------------------

static void *run_core(void *unused)
{
    (void)unused;
    wait_for_turn(&inside.board_turn);
    void (*boot)(void) = (void (*)(void))board_function("hf_boot");
    boot();
    return NULL;
}

static void load_core(void)
{
    if (inside.library == NULL) {
        inside.library = dlopen(HF_CORE_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    }
    if (inside.library == NULL) {
        fail_msg("%s", dlerror());
    }
}

static void unload_core(void)
{
    if (inside.library != NULL) {
        dlclose(inside.library);
        inside.library = NULL;
    }
}

void *board_function(const char *name)
{
    load_core();
    void *found = dlsym(inside.library, name);
    if (found == NULL) {
        fail_msg("the core has no %s", name);
    }
    return found;
}

void board_power_off(void)
{
    if (inside.power) {
        inside.power = false;
        sem_post(&inside.board_turn);
        pthread_join(inside.thread, NULL);
        sem_destroy(&inside.board_turn);
        sem_destroy(&inside.host_turn);
    }
    inside.alive = false;
    board.state = BOARD_OFF;
    board.update_mode = false;
    unload_core();
}

void board_power_on(void)
{
    board_power_off();
    load_core();
    line_new();
    inside.now_us = 0;
    inside.fed_us = 0;
    board.led_changes = 0;
    board.takes = 0;
    board.state = BOARD_RUNNING;
    sem_init(&inside.board_turn, 0, 0);
    sem_init(&inside.host_turn, 0, 0);
    assert_int_equal(pthread_create(&inside.thread, NULL, run_core, NULL), 0);
    inside.power = inside.alive = true;
    thread_run(0, false);
}

void board_power_on_into_update_mode(void)
{
    board.button = true;
    board_power_on();
    board.button = false;
}

void board_new(void)
{
    board_power_off();
    board_check();
    memset(&board, 0, sizeof board);
    memset(board.flash, 0xFF, sizeof board.flash);
}

// -- the machine ----------------------------------------------------------------------------------

static void feed_watchdog(void)
{
    inside.fed_us = inside.now_us;
}

static void led(bool on)
{
    if (!board.update_mode) {
        violate("the LED was switched before it was driven");
    }
    if (board.led_changes == LED_CHANGES) {
        if (!board.led_blinks_on) {
            violate("the LED does not come to rest");
        }
        return;
    }
    board.led[board.led_changes++] = (led_change){board_ms(), on};
}

static bool button(void)
{
    return board.button;
}

// 01 02 ... 0B FF
static void unique_id(uint8_t uid[12])
{
    for (uint8_t i = 0; i < 12; i++) {
        uid[i] = i < 11 ? i + 1 : 0xFF;
    }
}

static uint32_t take_request(void)
{
    uint32_t request = board.mailbox;
    board.mailbox = 0;
    board.takes++;
    return request;
}

static void put_request(uint32_t request)
{
    board.mailbox = request;
}

static void enter_update_mode(void)
{
    if (board.update_mode) {
        violate("update mode was entered twice");
    }
    board.update_mode = true;
    feed_watchdog();
}

static __attribute__((noreturn)) void reset(void)
{
    thread_end(BOARD_RESET);
}

static __attribute__((noreturn)) void start(uint32_t vectors)
{
    if (board.update_mode) {
        violate("an application was started from a used machine");
    }
    board.started_at = vectors;
    thread_end(BOARD_STARTED);
}

const struct hf_port hf_port = {
    .flash = {.erase = flash_erase,
              .program = flash_program,
              .sector_end = flash_sector_end,
              .erase_ms = flash_erase_ms,
              .read = flash_read,
              .crc32 = flash_crc32},
    .system = {.now_ms = now_ms,
               .feed_watchdog = feed_watchdog,
               .led = led,
               .unique_id = unique_id,
               .button = button,
               .take_request = take_request,
               .put_request = put_request,
               .enter_update_mode = enter_update_mode,
               .reset = reset,
               .start = start},
};
