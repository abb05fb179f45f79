// SPDX-License-Identifier: MIT
// The machine: see machine.h. Everything in it that is neither link nor host.
#include "machine.h"

#include <sanitizer/asan_interface.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "board.h"
#include "boot.h"
#include "core_memory.h"
#include "hf_mailbox.h"
#include "port.h"

#define FIRST_MS     (UINT32_MAX - 1000u) // the clock wraps in every life
#define WATCHDOG_MS  5000u
#define SILENCE_MS   33000u // longer than the one after which an application is started
#define STEP_MS      400u   // of the clock at most: the core looks at it at least twice a second
#define LIVES_MAX    64u    // resets in one life that only a machine which hangs in them needs
#define PAGE         512u
#define PAGES        (HF_FLASH_SIZE / PAGE)

enum way_out { POWERED, RESET, STARTED, CUT, OVER };

static struct {
    union {
        uint8_t flash[HF_FLASH_SIZE];
        uint32_t words[HF_FLASH_SIZE / 4];
    };
    bool dirty[PAGES]; // not erased any more
    uint32_t mailbox;
    bool button;
} kept; // what survives a power cut

static struct {
    struct script script;
    uint32_t clock_ms, pause_ms, fed_ms;
    bool update_mode; // links are served
    bool silent;      // the script is over, and the silence after it has begun
    int updating;     // link by which a host in its right mind will update, as soon as it is listened to; -1: none
    uint32_t operations_left, faults; // until the power is cut, 0: not at all; flash errors to come
    jmp_buf out;
} now;

void violate(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputs("\n", stderr);
    abort();
}

// -- the way out of a life ---------------------------------------------------------------------------------------------

// Whatever does not come back has the address sanitizer forget what it has marked on the stack. Its own way asks the kernel
// where the stacks are, a dozen times a life; here there is one, and what leaves a life leaves the frames below power_on's.
static uint8_t *life_frame;

void __wrap___asan_handle_no_return(void);
void __wrap___asan_handle_no_return(void)
{
    uint8_t *here = __builtin_frame_address(0);
    if (here < life_frame) {
        __asan_unpoison_memory_region(here, (size_t)(life_frame - here));
    }
}

// -- flash ------------------------------------------------------------------------------------------------------------

static bool within(uint32_t address, uint32_t size, uint32_t from, uint32_t room)
{
    return address >= from && address - from <= room && size <= room - (address - from);
}

static bool in_journal(uint32_t address, uint32_t size)
{
#ifdef HF_JOURNAL_ADDRESS
    return within(address, size, HF_JOURNAL_ADDRESS, 2 * HF_JOURNAL_SECTOR);
#else
    (void)address, (void)size;
    return false;
#endif
}

static bool in_staging(uint32_t address, uint32_t size)
{
#ifdef HF_STAGING_ADDRESS
    return within(address, size, HF_STAGING_ADDRESS, HF_STAGING_SIZE);
#else
    (void)address, (void)size;
    return false;
#endif
}

static bool in_app(uint32_t address, uint32_t size)
{
    return within(address, size, HF_APP_ADDRESS, HF_APP_SIZE);
}

static void must_be_changeable(const char *what, uint32_t address, uint32_t size)
{
    bool received_there = HF_RECEIVE_ADDRESS == HF_APP_ADDRESS
                              ? in_app(address, size)
                              : in_staging(address, size) && within(address, size, HF_RECEIVE_ADDRESS, HF_APP_SIZE);
    bool installed_there = !now.update_mode && (in_app(address, size) || in_staging(address, size));
    if (!received_there && !installed_there && !in_journal(address, size)) {
        violate("%s of %u bytes at 0x%08X %s", what, size, address, now.update_mode ? "by a link" : "at boot");
    }
}

static void must_be_readable(const char *what, uint32_t address, uint32_t size)
{
    if ((address | size) % 4 != 0 || !(in_app(address, size) || in_staging(address, size) || in_journal(address, size))) {
        violate("%s of %u bytes at 0x%08X", what, size, address);
    }
}

static uint8_t *content(uint32_t address)
{
    return kept.flash + (address - HF_FLASH_BASE);
}

struct sector {
    uint32_t start, size, erase_ms;
};

static struct sector find_sector(uint32_t address)
{
#define RUN(first, count, bytes, from, typ_ms)                                                                         \
    if (address - (from) < (count) * (bytes)) {                                                                        \
        return (struct sector){address - (address - (from)) % (bytes), (bytes), (typ_ms)};                             \
    }
    HF_SECTOR_RUNS(RUN)
#undef RUN
    violate("no sector holds 0x%08X", address);
}

static void blank(uint32_t offset, uint32_t size)
{
    for (uint32_t page = offset / PAGE; page < (offset + size) / PAGE; page++) {
        if (kept.dirty[page]) {
            memset(kept.flash + page * PAGE, 0xFF, PAGE);
            kept.dirty[page] = false;
        }
    }
}

static void burn(uint32_t address, const uint8_t *data, uint32_t size)
{
    uint32_t offset = address - HF_FLASH_BASE;
    for (uint32_t page = offset / PAGE; page <= (offset + size - 1) / PAGE; page++) {
        kept.dirty[page] = true;
    }
    for (uint32_t i = 0; i < size; i += 4) {
        uint32_t word;
        memcpy(&word, data + i, sizeof word);
        kept.words[(offset + i) / 4] &= word; // bits only fall
    }
}

// What becomes of the operation that begins now: HF_OK, or an error with half of it done; or the power fails in it.
static hf_err fate(bool *cut)
{
    *cut = now.operations_left != 0 && --now.operations_left == 0;
    if (*cut || now.faults == 0) {
        return *cut ? HF_E_OPERR : HF_OK;
    }
    now.faults--;
    return HF_E_OPERR;
}

static hf_err erase(uint32_t address)
{
    struct sector sector = find_sector(address);
    must_be_changeable("erase", sector.start, sector.size);
    bool cut;
    hf_err err = fate(&cut);
    now.clock_ms += sector.erase_ms;
    blank(sector.start - HF_FLASH_BASE, err == HF_OK ? sector.size : sector.size / 2);
    if (cut) {
        longjmp(now.out, CUT);
    }
    return err;
}

static hf_err program(uint32_t address, const uint8_t *data, uint32_t size)
{
    must_be_changeable("program", address, size);
    if ((address | size) % HF_PROGRAM_BYTES != 0) {
        violate("program of %u bytes at 0x%08X: not whole units", size, address);
    }
    if (size == 0) {
        return HF_OK; // a driver has nothing to do, then
    }
    bool cut;
    hf_err err = fate(&cut);
    if (err != HF_OK) {
        uint32_t torn;
        uint32_t whole = size / 2 / HF_PROGRAM_BYTES * HF_PROGRAM_BYTES;
        if (whole > 0) {
            burn(address, data, whole);
        }
        memcpy(&torn, data + whole, sizeof torn);
        torn |= 0x55AA33CCu; // some of its zeros are there
        burn(address + whole, (const uint8_t *)&torn, sizeof torn);
        if (cut) {
            longjmp(now.out, CUT);
        }
        return err;
    }
    burn(address, data, size);
    return memcmp(content(address), data, size) == 0 ? HF_OK : HF_E_VERIFY;
}

static uint32_t sector_end(uint32_t address)
{
    struct sector sector = find_sector(address);
    return sector.start + sector.size;
}

static uint32_t erase_ms(uint32_t address)
{
    return find_sector(address).erase_ms;
}

static hf_err read_words(uint32_t address, void *to, uint32_t size)
{
    must_be_readable("read", address, size);
    uint32_t *words = to;
    for (uint32_t i = 0; i < size / 4; i++) { // a few mostly: quicker than memcpy, which the sanitizer makes a call of two checks
        words[i] = kept.words[(address - HF_FLASH_BASE) / 4 + i];
    }
    return HF_OK;
}

static hf_err crc_of(uint32_t address, uint32_t size, uint32_t *crc)
{
    must_be_readable("CRC", address, size);
    *crc = (uint32_t)crc32(0, content(address), size);
    return HF_OK;
}

static void read_much(bool on)
{
    (void)on;
}

// -- the rest of the machine ------------------------------------------------------------------------------------------

static uint32_t now_ms(void)
{
    return FIRST_MS + now.clock_ms;
}

static void feed_watchdog(void)
{
    now.fed_ms = now.clock_ms;
}

static void led(bool on)
{
    (void)on;
    if (!now.update_mode) {
        violate("the LED was switched before it was driven");
    }
}

static bool button(void)
{
    return kept.button;
}

static void unique_id(uint8_t uid[12])
{
    memset(uid, 0xA5, 12);
}

static uint32_t take_request(void)
{
    uint32_t request = kept.mailbox;
    kept.mailbox = 0;
    return request;
}

static void put_request(uint32_t request)
{
    kept.mailbox = request;
}

static void enter_update_mode(void)
{
    now.update_mode = true;
    now.fed_ms = now.clock_ms;
}

static void begin_work(void)
{
}

static void start_watchdog(uint32_t ms)
{
    (void)ms;
}

static __attribute__((noreturn)) void reset(void)
{
    longjmp(now.out, RESET);
}

static __attribute__((noreturn)) void start(uint32_t vectors)
{
    const char *why;
    if (now.update_mode) {
        violate("an application was started from a used machine");
    }
    if (vectors != HF_APP_ADDRESS || !judge_accepts(content(HF_APP_ADDRESS), HF_APP_SIZE, &why)) {
        violate("something was started at 0x%08X: %s", vectors, vectors == HF_APP_ADDRESS ? why : "not the application");
    }
    longjmp(now.out, STARTED);
}

const struct hf_port hf_port = {
    .flash = {.erase = erase, .program = program, .sector_end = sector_end, .erase_ms = erase_ms, .read = read_words,
              .crc32 = crc_of, .read_much = read_much},
    .system = {.now_ms = now_ms, .feed_watchdog = feed_watchdog, .led = led, .unique_id = unique_id, .button = button,
               .take_request = take_request, .put_request = put_request, .enter_update_mode = enter_update_mode,
               .begin_work = begin_work, .start_watchdog = start_watchdog, .reset = reset, .start = start},
};

// -- the script -------------------------------------------------------------------------------------------------------

// Lines are a byte of code and what it takes. Below 0xE0 they are a host's, its number in the lowest bit when there are
// two; the others are the machine's.
static void act(uint8_t code)
{
    static const uint32_t pauses[] = {1, 11, 600, 2100, 5100, 15000, 31000, 100};
    struct script *script = &now.script;
    if (code < 0xE0) {
        unsigned links = hosts[1] != NULL ? 2 : 1;
        hosts[code % links]->act(code / links, script);
    } else if (code < 0xE8) {
        now.pause_ms = pauses[code - 0xE0];
    } else if (code < 0xEC) {
        now.operations_left = 1 + script_half(script) % 2048;
    } else if (code < 0xEE) {
        longjmp(now.out, CUT);
    } else if (code < 0xF0) {
        now.faults = 1 + script_byte(script) % 4;
    } else if (code < 0xF2) {
        kept.button = !kept.button;
    } else if (code < 0xF4) {
        kept.mailbox = HF_REQUEST_UPDATE;
    } else {
        hosts[code % 2 != 0 && hosts[1] != NULL]->update(script_byte(script) % IMAGES);
    }
}

static void pass_time(void)
{
    uint32_t step = 1 + now.pause_ms / 4; // less and less: what is to happen about its end is seen to the millisecond
    step = step < STEP_MS ? step : STEP_MS;
    now.clock_ms += step;
    now.pause_ms -= step < now.pause_ms ? step : now.pause_ms;
    if (now.update_mode && now.clock_ms - now.fed_ms > WATCHDOG_MS) {
        violate("the watchdog was not fed for too long");
    }
}

static bool hosts_done(void)
{
    bool done = true;
    for (unsigned i = 0; hosts[i] != NULL; i++) {
        done = done && hosts[i]->done();
    }
    return done;
}

void machine_idle(void)
{
    pass_time();
    if (now.pause_ms != 0 || !hosts_done()) {
        return;
    }
    if (now.updating >= 0) {
        hosts[now.updating]->update(1);
        now.updating = -1;
    } else if (!script_over(&now.script)) {
        act(script_byte(&now.script));
    } else if (now.silent) {
        longjmp(now.out, OVER);
    } else {
        now.silent = true;
        now.pause_ms = SILENCE_MS;
    }
}

// -- a life -----------------------------------------------------------------------------------------------------------

static enum way_out power_on(void)
{
    power_on_core();
    now.clock_ms = now.fed_ms = now.pause_ms = 0;
    now.update_mode = false;
    for (unsigned i = 0; hosts[i] != NULL; i++) {
        hosts[i]->power_on();
    }
    life_frame = __builtin_frame_address(0);
    enum way_out way = (enum way_out)setjmp(now.out);
    if (way == POWERED) {
        hf_boot();
    }
    if (way == CUT) {
        now.operations_left = 0;
    }
    return way;
}

// An application does one of the few things that concern a bootloader, and there is a reset.
static void run_application(void)
{
    uint8_t does = script_byte(&now.script);
    kept.mailbox = (does & 1) != 0 ? HF_REQUEST_UPDATE : 0;
    kept.button = (does & 2) != 0;
}

// From power-on until an application runs with nothing left to happen to it, or the script is over in update mode.
static void live(void)
{
    enum way_out way = RESET;
    // Two bytes of the script are an update: received, installed, on trial, taken back, each with its reset.
    for (size_t lives = LIVES_MAX + 4 * (size_t)(now.script.end - now.script.at); way != OVER; lives--) {
        if (lives == 0) {
            violate("it resets and resets");
        }
        way = power_on();
        if (way == STARTED && script_over(&now.script)) {
            return;
        }
        if (way == STARTED) {
            run_application();
        }
    }
}

// However it was treated, a host in its right mind gets a good image in and running.
static void must_be_updatable(unsigned link)
{
    enum way_out way = RESET;
    now.faults = now.operations_left = 0;
    now.silent = false;
    now.updating = (int)link;
    kept.button = false;
    kept.mailbox = HF_REQUEST_UPDATE;
    for (unsigned lives = 0; lives < LIVES_MAX && way != STARTED && way != OVER; lives++) {
        way = power_on();
    }
    if (way != STARTED || memcmp(content(HF_APP_ADDRESS), images[1].bytes, images[1].size) != 0) {
        violate("link %u cannot update it any more", link);
    }
}

static void new_machine(uint8_t how)
{
    blank(0, HF_FLASH_SIZE);
    kept.mailbox = 0;
    kept.button = how & 1;
    if (how & 2) {
        burn(HF_APP_ADDRESS, images[how >> 4 & 1].bytes, images[how >> 4 & 1].size);
    }
    if (how & 4) {
        burn(HF_RECEIVE_ADDRESS, images[how >> 5 & 3].bytes, images[how >> 5 & 3].size);
    }
}

int LLVMFuzzerInitialize(int *count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count, (void)arguments;
    judge_begin(HF_FUZZ_BOARD);
    memset(kept.flash, 0xFF, sizeof kept.flash);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    now.script = (struct script){data, data + size};
    now.faults = now.operations_left = 0;
    now.silent = false;
    now.updating = -1;
    new_machine(script_byte(&now.script));
    live();
    must_be_updatable(hosts[1] != NULL && size % 2 != 0);
    return 0;
}
