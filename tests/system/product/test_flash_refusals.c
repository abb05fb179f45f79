// SPDX-License-Identifier: MIT
// Flash that refuses, on the real firmware: write protection by option bytes, the controller's error flags, cells that do
// not hold what was written. Each is answered with NAK, leaves the controller locked and without flags, and is not the end.
#include "product.h"

#include "hf_classic.h"
#include "hf_mailbox.h"

#define FLASH_OPTKEYR    0x40023C08u
#define FLASH_SR         0x40023C0Cu
#define FLASH_CR         0x40023C10u
#define FLASH_OPTCR      0x40023C14u
#define CR_PG            (1u << 0)
#define CR_PSIZE_WORD    (2u << 8)
#define CR_ERRIE         (1u << 25)
#define CR_LOCK          (1u << 31)
#define SR_FLAGS         0x000001F3u // EOP, OPERR, WRPERR, PGAERR, PGPERR, PGSERR, RDERR
#define SR_OPERR         (1u << 1)
#define SR_WRPERR        (1u << 4)
#define SR_PGAERR        (1u << 5)
#define SR_PGPERR        (1u << 6)
#define SR_PGSERR        (1u << 7)
#define SR_RDERR         (1u << 8)
#define OPTCR_DELIVERED  0x0FFFAAEDu
#define PROTECTED(sector) (OPTCR_DELIVERED & ~(1u << (16 + (sector))))

static product *in_update_mode(void)
{
    product *it = test_calloc(1, sizeof *it);
    product_make(it, PRODUCT_REFERENCE);
    vb_power_on(it->board);
    product_wait(it, 100 * VB_MS);
    product_discard(it);
    assert_int_equal(product_sync(it), HF_CLASSIC_ACK);
    return it;
}

static void expect_locked(product *it)
{
    assert_int_equal(product_peek(it, FLASH_CR), CR_LOCK);
    assert_int_equal(product_peek(it, FLASH_SR) & SR_FLAGS, 0);
}

// A whole update succeeds afterwards, and the controller is locked after that, too.
static void end(product *it)
{
    hf_flash_report report;
    hf_image v2 = product_image(it, "blink-v2.bin");
    hf_classic_options options = hf_classic_defaults(&it->description);
    options.boot = false;
    product_wait(it, 50 * VB_MS);
    product_discard(it);
    assert_int_equal(product_flash(it, &v2, &options, &report), HF_OK);
    assert_true(product_holds(it, &v2));
    expect_locked(it);
    hf_image_free(&v2);
    product_free(it);
    test_free(it);
}

// Resets into update mode with other option bytes.
static void with_options(product *it, uint32_t options)
{
    product_provision(it, HF_REQUEST_UPDATE, options);
    vb_reset_pin(it->board);
    product_wait(it, 100 * VB_MS);
    product_discard(it);
    assert_int_equal(product_sync(it), HF_CLASSIC_ACK);
}

static void write_protected_sectors_are_not_erased(void **state)
{
    (void)state;
    product *it = in_update_mode();
    hf_image v1 = product_image(it, "blink-v1.bin");
    product_install(it, &v1);
    with_options(it, PROTECTED(4));
    assert_int_equal(product_erase(it), HF_CLASSIC_NAK);
    assert_true(product_holds(it, &v1));
    expect_locked(it);
    with_options(it, PROTECTED(11)); // the last one: everything before it is gone, and the answer is NAK all the same
    assert_int_equal(product_erase(it), HF_CLASSIC_NAK);
    assert_false(product_holds(it, &v1));
    expect_locked(it);
    assert_int_equal(product_send_frame(it, &v1, 0, false), HF_CLASSIC_NAK); // nothing was announced as erased
    with_options(it, OPTCR_DELIVERED);
    hf_image_free(&v1);
    end(it);
}

// The host says what happened, with the exit status that stands for a refusing device.
static void host_names_the_refused_erase(void **state)
{
    (void)state;
    product *it = in_update_mode();
    hf_flash_report report;
    hf_image v1 = product_image(it, "blink-v1.bin");
    hf_classic_options options = hf_classic_defaults(&it->description);
    with_options(it, PROTECTED(4));
    assert_int_equal(product_flash(it, &v1, &options, &report), HF_E_ERASE);
    assert_int_equal(hf_error_about(HF_E_ERASE)->exit_status, 6);
    with_options(it, OPTCR_DELIVERED);
    hf_image_free(&v1);
    end(it);
}

// The protection comes between ERASE and DATA: by the registers, as a debugger would.
static void protection_comes_in_between(void **state)
{
    (void)state;
    product *it = in_update_mode();
    hf_image v1 = product_image(it, "blink-v1.bin");
    assert_int_equal(product_erase(it), HF_CLASSIC_ACK);
    product_poke(it, FLASH_OPTKEYR, 0x08192A3Bu);
    product_poke(it, FLASH_OPTKEYR, 0x4C5D6E7Fu);
    product_poke(it, FLASH_OPTCR, PROTECTED(4) & ~3u);
    product_poke(it, FLASH_OPTCR, (PROTECTED(4) & ~3u) | 2u);
    product_wait(it, 4 * VB_S);
    product_poke(it, FLASH_OPTCR, PROTECTED(4) | 1u);
    product_discard(it);
    assert_int_equal(product_send_frame(it, &v1, 0, false), HF_CLASSIC_NAK);
    expect_locked(it);
    with_options(it, OPTCR_DELIVERED);
    hf_image_free(&v1);
    end(it);
}

// Sends a frame and, while it is being programmed, changes FLASH_CR under the driver's hands.
static void frame_with_another_cr(uint32_t cr)
{
    product *it = in_update_mode();
    hf_image v1 = product_image(it, "blink-v1.bin");
    assert_int_equal(product_erase(it), HF_CLASSIC_ACK);
    uint8_t frame[1 + HF_CLASSIC_PAYLOAD + 2] = {HF_CLASSIC_DATA};
    for (unsigned i = 0; i < HF_CLASSIC_PAYLOAD; i++) {
        frame[1 + i] = v1.bytes[i];
    }
    uint16_t crc = hf_crc16(frame + 1, HF_CLASSIC_PAYLOAD);
    frame[sizeof frame - 2] = (uint8_t)(crc >> 8);
    frame[sizeof frame - 1] = (uint8_t)crc;
    product_send(it, frame, sizeof frame);
    vb_time until = vb_now(it->board) + 30 * VB_MS;
    while ((product_peek(it, FLASH_CR) & CR_PG) == 0 && vb_now(it->board) < until) {
        product_wait(it, 40 * VB_US);
    }
    assert_true((product_peek(it, FLASH_CR) & CR_PG) != 0);
    product_poke(it, FLASH_CR, cr);
    uint8_t answer = 0;
    assert_int_equal(product_hear(it, &answer, 1, VB_S), 1);
    assert_int_equal(answer, HF_CLASSIC_NAK);
    assert_false(product_holds(it, &v1));
    expect_locked(it);
    hf_image_free(&v1);
    end(it);
}

static void pgserr_without_pg(void **state)
{
    (void)state;
    frame_with_another_cr(CR_PSIZE_WORD | CR_ERRIE);
}

static void pgperr_with_another_width(void **state)
{
    (void)state;
    frame_with_another_cr(CR_PG | CR_ERRIE);
}

static void locked_in_the_middle(void **state)
{
    (void)state;
    frame_with_another_cr(CR_LOCK);
}

// A cell that holds a 0 already: nothing in the controller objects, the driver's read-back does.
static void read_back_finds_a_wrong_cell(void **state)
{
    (void)state;
    product *it = in_update_mode();
    it->provokes[VB_REPORT_MISUSE] = true;
    hf_image v1 = product_image(it, "blink-v1.bin");
    assert_int_equal(product_erase(it), HF_CLASSIC_ACK);
    uint32_t worn = 0;
    vb_write(it->board, product_application(it) + 4, &worn, sizeof worn);
    assert_int_equal(product_send_frame(it, &v1, 0, false), HF_CLASSIC_NAK);
    assert_true(vb_reports(it->board, VB_REPORT_MISUSE) > 0);
    expect_locked(it);
    hf_image_free(&v1);
    end(it);
}

// An erase that leaves a cell behind: found at the very end of the sector.
static void erase_that_leaves_a_cell(void **state)
{
    (void)state;
    product *it = in_update_mode();
    hf_image v1 = product_image(it, "blink-v1.bin");
    product_install(it, &v1);
    product_send(it, (uint8_t[]){HF_CLASSIC_ERASE}, 1);
    uint32_t first = 0, stubborn = 0xFFFFFFFEu;
    vb_time until = vb_now(it->board) + 5 * VB_S;
    while (first != 0xFFFFFFFFu && vb_now(it->board) < until) {
        product_wait(it, 50 * VB_US);
        vb_read(it->board, product_application(it), &first, sizeof first);
    }
    vb_write(it->board, product_application(it) + 0xFFFC, &stubborn, sizeof stubborn);
    uint8_t answer = 0;
    assert_int_equal(product_hear(it, &answer, 1, 10 * VB_S), 1);
    assert_int_equal(answer, HF_CLASSIC_NAK);
    expect_locked(it);
    hf_image_free(&v1);
    end(it);
}

// Whatever flag the controller raises, in whichever sector and frame: one NAK, and the same session can begin again.
static void each_flag_of_an_erase(void **state)
{
    (void)state;
    static const uint32_t flags[] = {SR_OPERR, SR_WRPERR, SR_PGAERR, SR_PGPERR, SR_PGSERR};
    product *it = in_update_mode();
    for (unsigned i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        uint64_t failing = vb_flash_operations(it->board) + 1 + i; // another sector each time
        assert_int_equal(vb_fail_at_operation(it->board, failing, flags[i]), VB_OK);
        assert_int_equal(product_erase(it), HF_CLASSIC_NAK);
        assert_int_equal(vb_flash_failures(it->board), i + 1);
        assert_int_equal(vb_flash_operations(it->board), failing); // the rest is left alone
        expect_locked(it);
    }
    end(it);
}

static void each_flag_of_a_program_operation(void **state)
{
    (void)state;
    static const uint32_t flags[] = {SR_OPERR, SR_WRPERR, SR_PGAERR, SR_PGPERR, SR_PGSERR};
    product *it = in_update_mode();
    hf_image v1 = product_image(it, "blink-v1.bin");
    assert_int_equal(product_erase(it), HF_CLASSIC_ACK);
    for (unsigned i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        assert_int_equal(vb_fail_at_operation(it->board, vb_flash_operations(it->board) + 1 + i, flags[i]), VB_OK);
        assert_int_equal(product_send_frame(it, &v1, 0, false), HF_CLASSIC_NAK);
        assert_int_equal(vb_flash_failures(it->board), i + 1);
        expect_locked(it);
    }
    hf_image_free(&v1);
    end(it);
}

// Where the erase of a sector in the second bank begins, counted from the host's ERASE.
typedef struct search {
    uint32_t bank;
    uint64_t first;
} search;

static void look_for_second_bank(void *context, const vb_flash_operation *operation)
{
    search *it = context;
    if (it->first == 0 && operation->kind == VB_FLASH_ERASE && operation->address >= it->bank) {
        it->first = operation->number;
    }
}

// An erase that never ends. Where there are two banks the core goes on and finds out; with one it stands still, as
// silicon does, until the watchdog bites. RDERR, too, is for the parts with two banks.
static void an_erase_that_never_ends(void **state)
{
    (void)state;
    product *it = test_calloc(1, sizeof *it);
    product_make(it, "two-banks-slow");
    const hf_flash *flash = &it->description.chip.flash;
    search at = {.bank = flash->address + flash->size / 2};
    vb_power_on(it->board);
    product_wait(it, 100 * VB_MS);
    product_discard(it);
    assert_int_equal(product_sync(it), HF_CLASSIC_ACK);
    vb_on_flash_operation(it->board, look_for_second_bank, &at);
    uint64_t before = vb_flash_operations(it->board);
    assert_int_equal(product_erase(it), HF_CLASSIC_ACK);
    assert_true(at.first > before);
    static const uint32_t failures[] = {SR_RDERR, VB_FLASH_HANGS};
    for (unsigned i = 0; i < 2; i++) {
        uint64_t failing = vb_flash_operations(it->board) + at.first - before;
        assert_int_equal(vb_fail_at_operation(it->board, failing, failures[i]), VB_OK);
        assert_int_equal(product_ask(it, (uint8_t[]){HF_CLASSIC_ERASE}, 1, 200 * VB_S), HF_CLASSIC_NAK);
        assert_int_equal(vb_flash_failures(it->board), i + 1);
        assert_int_equal(vb_flash_operations(it->board), failing);
        if (failures[i] != VB_FLASH_HANGS) {
            expect_locked(it);
        }
    }
    assert_int_equal(product_erase(it), HF_CLASSIC_NAK); // it goes on, and a reset helps
    vb_reset_pin(it->board);
    product_wait(it, 100 * VB_MS);
    product_discard(it);
    assert_int_equal(product_sync(it), HF_CLASSIC_ACK);
    assert_int_equal(product_erase(it), HF_CLASSIC_ACK);
    expect_locked(it);
    product_free(it);
    test_free(it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(write_protected_sectors_are_not_erased),
        cmocka_unit_test(host_names_the_refused_erase),
        cmocka_unit_test(protection_comes_in_between),
        cmocka_unit_test(pgserr_without_pg),
        cmocka_unit_test(pgperr_with_another_width),
        cmocka_unit_test(locked_in_the_middle),
        cmocka_unit_test(read_back_finds_a_wrong_cell),
        cmocka_unit_test(erase_that_leaves_a_cell),
        cmocka_unit_test(each_flag_of_an_erase),
        cmocka_unit_test(each_flag_of_a_program_operation),
        cmocka_unit_test(an_erase_that_never_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
