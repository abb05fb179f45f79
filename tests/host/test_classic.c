// SPDX-License-Identifier: MIT
// The host side of the classic protocol against a scripted device in virtual time.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "classic.h"
#include "fake_device.h"
#include "hf_classic.h"
#include "random.h"

#define MAX_IMAGE 8192

static fake_device device;
static uint8_t image[MAX_IMAGE];
static hf_flash_report report;
static hf_problem problem;
static const fake_habits healthy = {.erase_us = 3000000, .program_us = 600};

static void fill_image(void)
{
    for (size_t i = 0; i < sizeof image; i++) {
        image[i] = (uint8_t)(i * 31 + i / 256);
    }
}

static hf_error update_with(const hf_classic_options *options, size_t size)
{
    hf_transport transport = fake_transport(&device);
    return hf_flash_classic(&transport, image, size, options, NULL, &report, &problem);
}

static hf_error update(size_t size)
{
    hf_classic_options options = hf_classic_defaults(NULL);
    return update_with(&options, size);
}

static void start(const fake_habits *habits)
{
    fill_image();
    fake_start(&device, habits);
}

static void expect_content(size_t size)
{
    assert_memory_equal(device.flash, image, size);
    for (size_t i = size; i < device.next; i++) {
        assert_int_equal(device.flash[i], 0xFF);
    }
}

static void crc16_has_its_known_value(void **state)
{
    (void)state;
    assert_int_equal(hf_crc16("123456789", 9), 0x29B1);
    assert_int_equal(hf_crc16("", 0), 0xFFFF);
}

static void a_clean_update(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 127, 128, 129, 5000, MAX_IMAGE};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        start(&healthy);
        assert_int_equal(update(sizes[i]), HF_OK);
        expect_content(sizes[i]);
        assert_true(device.started);
        assert_true(report.booted);
        assert_int_equal(report.frames, (sizes[i] + 127) / 128);
        assert_int_equal(device.frames, report.frames);
        assert_int_equal(device.erases, 1);
        assert_int_equal(report.resent + report.naks + report.timeouts + report.restarts, 0);
    }
}

static void the_pipeline_fills_the_wire(void **state)
{
    (void)state;
    start(&healthy);
    assert_int_equal(update(MAX_IMAGE), HF_OK);
    uint32_t wire_ms = 64 * 131 * 87 / 1000;
    assert_in_range(report.write_ms, wire_ms, wire_ms * 103 / 100);

    hf_classic_options options = hf_classic_defaults(NULL);
    options.pipeline = false;
    start(&healthy);
    assert_int_equal(update_with(&options, MAX_IMAGE), HF_OK);
    assert_in_range(report.write_ms, wire_ms + 64 * 600 / 1000, wire_ms * 3 / 2);
}

static void the_classroom_profile(void **state)
{
    (void)state;
    fake_habits habits = healthy;
    habits.classroom = true;
    start(&habits);
    hf_classic_options options = hf_classic_defaults(NULL);
    options.classroom = true;
    assert_int_equal(update_with(&options, 1000), HF_OK);
    expect_content(1000);
    assert_int_equal(report.frames, 16);
}

static void staying_in_update_mode(void **state)
{
    (void)state;
    start(&healthy);
    hf_classic_options options = hf_classic_defaults(NULL);
    options.boot = false;
    assert_int_equal(update_with(&options, 500), HF_OK);
    assert_false(device.started);
    assert_false(report.booted);
}

static void boot_text_and_stray_naks_do_not_disturb(void **state)
{
    (void)state;
    fake_habits habits = healthy;
    habits.text = "APP INVALID\r\n";
    start(&habits);
    assert_int_equal(update(1000), HF_OK);
    expect_content(1000);

    start(&habits);
    device.now = 5 * 1000000 - 3000; // its first NAK is about to come
    assert_int_equal(update(1000), HF_OK);
    expect_content(1000);
}

static void a_session_that_was_cut_is_picked_up(void **state)
{
    (void)state;
    start(&healthy);
    hf_transport transport = fake_transport(&device);
    static const uint8_t sync[] = {0x7F};
    static const uint8_t half_a_frame[] = {0xDA, 1, 2, 3, 4, 5};
    size_t got;
    uint8_t answer[4];
    transport.ops->write(&device, sync, 1, &problem);
    transport.ops->read(&device, answer, 4, 100, &got, &problem);
    assert_int_equal(got, 1);
    transport.ops->write(&device, half_a_frame, sizeof half_a_frame, &problem);
    assert_int_equal(update(1000), HF_OK);
    expect_content(1000);
}

static void an_injected_error_is_repaired(void **state)
{
    (void)state;
    for (int pipeline = 0; pipeline < 2; pipeline++) {
        for (uint32_t frame = 1; frame <= 8; frame++) {
            start(&healthy);
            hf_classic_options options = hf_classic_defaults(NULL);
            options.inject_frame = frame;
            options.pipeline = pipeline;
            assert_int_equal(update_with(&options, 1000), HF_OK);
            expect_content(1000);
            assert_true(report.injected);
            assert_true(report.injected_nak);
            assert_int_equal(report.naks, 1);
            assert_int_equal(report.restarts, 0);
            assert_in_range(report.resent, 1, 2);
            assert_int_equal(device.frames, 8);
        }
    }
}

static void an_injected_error_needs_a_frame(void **state)
{
    (void)state;
    start(&healthy);
    hf_classic_options options = hf_classic_defaults(NULL);
    options.inject_frame = 9;
    assert_int_equal(update_with(&options, 1000), HF_E_USAGE);
    assert_int_equal(device.in.count, 0);
    assert_int_equal(update(0), HF_E_USAGE);
}

static void without_crc_verify_finds_an_injected_error(void **state)
{
    (void)state;
    fake_habits habits = healthy;
    habits.classroom = true;
    start(&habits);
    hf_classic_options options = hf_classic_defaults(NULL);
    options.classroom = true;
    options.inject_frame = 3;
    assert_int_equal(update_with(&options, 1000), HF_OK);
    expect_content(1000);
    assert_false(report.injected_nak);
    assert_int_equal(report.restarts, 1);
}

// Every single fault on every byte of a short session is survived, pipelined or not.
static void every_single_fault_is_survived(void **state)
{
    (void)state;
    enum { SIZE = 3 * 128 - 5 };
    start(&healthy);
    assert_int_equal(update(SIZE), HF_OK);
    uint32_t counts[] = {device.in.count, device.out.count};
    static const fake_fault_kind kinds[] = {FAULT_DROP, FAULT_FLIP, FAULT_DOUBLE};
    hf_classic_options options = hf_classic_defaults(NULL);
    for (int pipeline = 0; pipeline < 2; pipeline++) {
        for (int to_host = 0; to_host < 2; to_host++) {
            for (uint32_t index = 0; index < counts[to_host]; index++) {
                for (size_t kind = 0; kind < 3; kind++) {
                    start(&healthy);
                    device.faults[0] = (fake_fault){kinds[kind], to_host, index, 1u << index % 8};
                    options.pipeline = pipeline;
                    hf_error error = update_with(&options, SIZE);
                    // The answer to BOOT is the one that nothing can repair.
                    bool lost_boot = to_host && index == counts[1] - 1 && kinds[kind] != FAULT_DOUBLE;
                    if (error != (lost_boot ? HF_E_SILENT : HF_OK)) {
                        print_error("pipeline %d to_host %d byte %u kind %zu: %s\n", pipeline, to_host, index, kind,
                                    problem.what);
                    }
                    assert_int_equal(error, lost_boot ? HF_E_SILENT : HF_OK);
                    expect_content(SIZE);
                    assert_int_equal(device.next, 3 * 128);
                    assert_true(device.started);
                }
            }
        }
    }
}

// Many faults: it may fail, but success is never claimed for other content, and it always ends.
static void success_is_never_claimed_wrongly(void **state)
{
    (void)state;
    hf_random random = hf_random_from_environment("success_is_never_claimed_wrongly");
    unsigned succeeded = 0;
    for (int run = 0; run < 600; run++) {
        start(&healthy);
        hf_classic_options options = hf_classic_defaults(NULL);
        options.pipeline = hf_random_below(&random, 2);
        for (size_t i = 0; i < FAKE_FAULTS; i++) {
            bool to_host = hf_random_below(&random, 3) == 0;
            device.faults[i] = (fake_fault){
                .kind = (fake_fault_kind)(1 + hf_random_below(&random, 4)),
                .to_host = to_host,
                .index = hf_random_below(&random, to_host ? 20 : 1500),
                .value = hf_random_below(&random, 4) ? 1u << hf_random_below(&random, 8) : 3000000,
            };
        }
        hf_error error = update_with(&options, 1000);
        if (error == HF_OK) {
            succeeded++;
            expect_content(1000);
            assert_int_equal(device.next, 1024);
        }
        assert_true(device.now < 600ull * 1000000);
    }
    assert_in_range(succeeded, 300, 600);
}

static void a_device_that_cannot_be_pipelined_is_served_anyway(void **state)
{
    (void)state;
    fake_habits habits = healthy;
    habits.slow_to_receive = true;
    start(&habits);
    assert_int_equal(update(1000), HF_OK);
    expect_content(1000);
    assert_true(report.resent > 0);
}

static void a_lost_ack_doubles_a_frame_and_verify_finds_it(void **state)
{
    (void)state;
    start(&healthy);
    device.faults[0] = (fake_fault){FAULT_DROP, true, 4, 0}; // SYNC, ERASE, frames 1 2 [3]
    hf_classic_options options = hf_classic_defaults(NULL);
    options.pipeline = false;
    assert_int_equal(update_with(&options, 1000), HF_OK);
    expect_content(1000);
    assert_int_equal(report.naks, 3); // impatience; the false CRC-32; the right one
    assert_int_equal(report.restarts, 1);
    assert_int_equal(device.erases, 2);
}

static void a_doubled_frame_at_the_end_of_the_slot_starts_over(void **state)
{
    (void)state;
    static uint8_t full[FAKE_SLOT];
    memset(full, 0xA5, sizeof full);
    start(&healthy);
    device.faults[0] = (fake_fault){FAULT_DROP, true, 100, 0};
    hf_classic_options options = hf_classic_defaults(NULL);
    options.pipeline = false;
    hf_transport transport = fake_transport(&device);
    assert_int_equal(hf_flash_classic(&transport, full, sizeof full, &options, NULL, &report, &problem), HF_OK);
    assert_memory_equal(device.flash, full, sizeof full);
    assert_int_equal(report.restarts, 1);
}

static void nobody_answers(void **state)
{
    (void)state;
    fake_habits habits = {.mute = true};
    start(&habits);
    assert_int_equal(update(1000), HF_E_NO_ANSWER);
    assert_in_range(device.now / 1000, 10000, 10500);
    assert_string_equal(problem.what, "no bootloader answered within 10 s");
}

static void another_link_has_the_board(void **state)
{
    (void)state;
    fake_habits habits = healthy;
    habits.refuse_sync = true;
    start(&habits);
    assert_int_equal(update(1000), HF_E_OCCUPIED);
    assert_non_null(strstr(problem.what, "NAK to SYNC"));
}

static void somebody_else_answers(void **state)
{
    (void)state;
    fake_habits habits = {.mute = true, .text = "hello, yes: y"};
    start(&habits);
    habits.text = "shell> yes\r\n";
    device.habits = habits;
    assert_int_equal(update(1000), HF_E_STRANGER);
    assert_non_null(strstr(problem.what, "shell> yes"));
}

static void erase_is_refused(void **state)
{
    (void)state;
    fake_habits habits = healthy;
    habits.refuse_erase = true;
    start(&habits);
    assert_int_equal(update(1000), HF_E_ERASE);
}

static void a_frame_is_refused_for_ever(void **state)
{
    (void)state;
    fake_habits habits = healthy;
    habits.refuse_frame = 3;
    start(&habits);
    assert_int_equal(update(1000), HF_E_NAK);
    assert_string_equal(problem.what, "NAK after retries: the device refused frame 3 of 8 4 times");
    assert_int_equal(device.frames, 2);
    assert_int_equal(report.naks, 4);
}

static void the_device_dies(void **state)
{
    (void)state;
    fake_habits habits = healthy;
    habits.die_at_frame = 4;
    start(&habits);
    assert_int_equal(update(1000), HF_E_SILENT);
    assert_int_equal(report.timeouts, 4);
}

static void flash_that_does_not_hold(void **state)
{
    (void)state;
    fake_habits habits = healthy;
    habits.forgets = true;
    start(&habits);
    assert_int_equal(update(1000), HF_E_VERIFY);
    assert_int_equal(report.restarts, 2);
    assert_int_equal(device.erases, 3);
    assert_false(device.started);
}

static void boot_is_refused(void **state)
{
    (void)state;
    fake_habits habits = healthy;
    habits.refuse_boot = true;
    start(&habits);
    assert_int_equal(update(1000), HF_E_BOOT);
    expect_content(1000);
}

static void a_slow_erase_is_awaited(void **state)
{
    (void)state;
    fake_habits habits = healthy;
    habits.erase_us = 39000000;
    start(&habits);
    assert_int_equal(update(1000), HF_OK);
    assert_int_equal(device.erases, 1);
}

static bool after_a_while(void *context)
{
    return ++*(int *)context > 40;
}

static void it_can_be_interrupted(void **state)
{
    (void)state;
    int asked = 0;
    hf_listener listener = {.context = &asked, .cancelled = after_a_while};
    hf_classic_options options = hf_classic_defaults(NULL);
    start(&healthy);
    hf_transport transport = fake_transport(&device);
    assert_int_equal(hf_flash_classic(&transport, image, 8000, &options, &listener, &report, &problem),
                     HF_E_INTERRUPTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crc16_has_its_known_value),
        cmocka_unit_test(a_clean_update),
        cmocka_unit_test(the_pipeline_fills_the_wire),
        cmocka_unit_test(the_classroom_profile),
        cmocka_unit_test(staying_in_update_mode),
        cmocka_unit_test(boot_text_and_stray_naks_do_not_disturb),
        cmocka_unit_test(a_session_that_was_cut_is_picked_up),
        cmocka_unit_test(an_injected_error_is_repaired),
        cmocka_unit_test(an_injected_error_needs_a_frame),
        cmocka_unit_test(without_crc_verify_finds_an_injected_error),
        cmocka_unit_test(every_single_fault_is_survived),
        cmocka_unit_test(success_is_never_claimed_wrongly),
        cmocka_unit_test(a_device_that_cannot_be_pipelined_is_served_anyway),
        cmocka_unit_test(a_lost_ack_doubles_a_frame_and_verify_finds_it),
        cmocka_unit_test(a_doubled_frame_at_the_end_of_the_slot_starts_over),
        cmocka_unit_test(nobody_answers),
        cmocka_unit_test(another_link_has_the_board),
        cmocka_unit_test(somebody_else_answers),
        cmocka_unit_test(erase_is_refused),
        cmocka_unit_test(a_frame_is_refused_for_ever),
        cmocka_unit_test(the_device_dies),
        cmocka_unit_test(flash_that_does_not_hold),
        cmocka_unit_test(boot_is_refused),
        cmocka_unit_test(a_slow_erase_is_awaited),
        cmocka_unit_test(it_can_be_interrupted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
