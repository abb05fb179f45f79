// SPDX-License-Identifier: MIT
// board.cmake: what the firmware build must know, the choice of source files above all.
#include <string.h>

#include "derive.h"
#include "emit.h"

// -- cores ----------------------------------------------------------------------------------------

// The bootloader computes in integers: the floating-point unit stays as reset left it.
static const struct {
    const char *core, *flags;
} cores[] = {
    {"cortex-m0", "-mcpu=cortex-m0 -mthumb"},   {"cortex-m0plus", "-mcpu=cortex-m0plus -mthumb"},
    {"cortex-m3", "-mcpu=cortex-m3 -mthumb"},   {"cortex-m4", "-mcpu=cortex-m4 -mthumb"},
    {"cortex-m4f", "-mcpu=cortex-m4 -mthumb"},  {"cortex-m7f", "-mcpu=cortex-m7 -mthumb"},
    {"cortex-m33", "-mcpu=cortex-m33 -mthumb"}, {"cortex-m33f", "-mcpu=cortex-m33 -mthumb"},
};

const char *hf_core_flags(const char *core)
{
    for (size_t i = 0; i < sizeof cores / sizeof cores[0]; i++) {
        if (strcmp(cores[i].core, core) == 0) {
            return cores[i].flags;
        }
    }
    return NULL;
}

// -- source files ---------------------------------------------------------------------------------

static bool always(const hf_board *board)
{
    return board != NULL;
}

static bool checks_crc(const hf_board *board)
{
    return board->validation >= HF_VALIDATION_CRC;
}

static bool checks_signature(const hf_board *board)
{
    return board->validation == HF_VALIDATION_SIGNED;
}

// Against faults that lead out of the bootloader's own code.
static bool has_fence(const hf_board *board)
{
    const char *core = board->chip.core;
    return checks_signature(board) && (strncmp(core, "cortex-m4", 9) == 0 || strncmp(core, "cortex-m7", 9) == 0);
}

static bool has_no_fence(const hf_board *board)
{
    return !has_fence(board);
}

static bool crc_only(const hf_board *board)
{
    return board->validation == HF_VALIDATION_CRC;
}

static bool keeps_all_keys(const hf_board *board)
{
    return checks_signature(board) && !hf_board_revokes(board);
}

static bool knows_images(const hf_board *board)
{
    return board->boot_check == HF_BOOT_CHECK_CRC;
}

static bool knows_no_images(const hf_board *board)
{
    return !knows_images(board);
}

static bool takes_no_orders(const hf_board *board)
{
    return !hf_board_takes_orders(board);
}

static bool takes_orders_by_wire(const hf_board *board)
{
    return hf_board_takes_orders(board) && board->uart.instance[0] != '\0';
}

static bool is_provisioned(const hf_board *board)
{
    return board->provision;
}

static bool travels_in_the_clear(const hf_board *board)
{
    return !hf_board_enciphers(board);
}

static bool unsigned_too(const hf_board *board)
{
    return !checks_signature(board);
}

static bool protects(const hf_board *board)
{
    return board->protection.write || board->protection.read;
}

static bool protects_nothing(const hf_board *board)
{
    return !protects(board);
}

static bool sanity_only(const hf_board *board)
{
    return !checks_crc(board);
}

static bool swaps(const hf_board *board)
{
    return board->strategy == HF_STRATEGY_SWAP;
}

static bool overwrites(const hf_board *board)
{
    return board->strategy == HF_STRATEGY_OVERWRITE;
}

static bool stages_outside(const hf_board *board)
{
    return board->strategy == HF_STRATEGY_EXTERNAL;
}

static bool stores_inside(const hf_board *board)
{
    return !stages_outside(board);
}

static bool stages(const hf_board *board)
{
    return board->strategy == HF_STRATEGY_OVERWRITE || board->strategy == HF_STRATEGY_SWAP || stages_outside(board);
}

static bool confirmed_by_journal(const hf_board *board)
{
    return stages(board) && !hf_board_records_in_application(board);
}

static bool confirmed_by_word(const hf_board *board)
{
    return stages(board) && hf_board_records_in_application(board);
}

static bool swaps_banks(const hf_board *board)
{
    return board->strategy == HF_STRATEGY_BANK_SWAP;
}

static bool in_place(const hf_board *board)
{
    return board->strategy == HF_STRATEGY_SINGLE;
}

static bool has_no_floor(const hf_board *board)
{
    return board->downgrade == HF_DOWNGRADE_UNCHECKED;
}

static bool has_floor_in_banks(const hf_board *board)
{
    return !has_no_floor(board) && board->strategy == HF_STRATEGY_BANK_SWAP;
}

static bool has_floor_in_journal(const hf_board *board)
{
    return !has_no_floor(board) && board->strategy != HF_STRATEGY_BANK_SWAP;
}

// Journal and staging area where an application reaches them: in the chip's own flash.
static bool app_has_records(const hf_board *board)
{
    return hf_board_keeps_records(board) && !hf_board_records_in_application(board);
}

static bool app_has_no_records(const hf_board *board)
{
    return !app_has_records(board);
}

static bool app_stages(const hf_board *board)
{
    return stages(board) && !stages_outside(board);
}

static bool stages_by_crc(const hf_board *board)
{
    return app_stages(board) && crc_only(board);
}

static bool stages_signed(const hf_board *board)
{
    return app_stages(board) && checks_signature(board);
}

static bool stages_revoking(const hf_board *board)
{
    return stages_signed(board) && hf_board_revokes(board);
}

static bool stages_with_all_keys(const hf_board *board)
{
    return stages_signed(board) && keeps_all_keys(board);
}

static bool stages_with_floor(const hf_board *board)
{
    return app_stages(board) && has_floor_in_journal(board);
}

static bool stages_without_floor(const hf_board *board)
{
    return app_stages(board) && has_no_floor(board);
}

static bool tries_by_records(const hf_board *board)
{
    return board->trial && app_has_records(board);
}

static bool tries_nothing(const hf_board *board)
{
    return !board->trial && !hf_board_records_in_application(board);
}

static bool has_uart(const hf_board *board)
{
    return board->uart.instance[0] != '\0';
}

static bool speaks_classic(const hf_board *board)
{
    return has_uart(board) && board->uart.classic;
}

static bool speaks_classroom(const hf_board *board)
{
    return has_uart(board) && board->uart.classroom;
}

static bool speaks_an3155(const hf_board *board)
{
    return has_uart(board) && board->uart.an3155;
}

static bool speaks_fast(const hf_board *board)
{
    return has_uart(board) && board->uart.fast;
}

static bool tells_status(const hf_board *board)
{
    return speaks_fast(board) && hf_board_keeps_records(board);
}

static bool tells_no_status(const hf_board *board)
{
    return speaks_fast(board) && !hf_board_keeps_records(board);
}

static bool checks_frames(const hf_board *board)
{
    return speaks_classic(board) || speaks_fast(board);
}

static bool has_usb(const hf_board *board)
{
    return board->usb.instance[0] != '\0';
}

// The core goes on while the other bank works, and may sleep until that is done.
static bool sleeps_while_busy(const hf_board *board)
{
    return strcmp(board->chip.flash.generation, "flash_h7") == 0;
}

static bool has_led(const hf_board *board)
{
    return board->led.port != 0;
}

static bool has_no_led(const hf_board *board)
{
    return !has_led(board);
}

static bool has_button(const hf_board *board)
{
    return board->button.port != 0;
}

static bool has_no_button(const hf_board *board)
{
    return !has_button(board);
}

// Either a file, or a peripheral whose generation names the driver in port/stm32. "uart", "usb" and "external" are the
// board's. A name in app/ that ends in "_" goes on with the family's.
typedef struct source {
    bool (*wanted)(const hf_board *board);
    const char *file, *peripheral;
} source;

static const source boot_sources[] = {
    {always, "boot/boot.c", NULL},
    {swaps_banks, "boot/install_banks.c", NULL},
    {hf_board_records_in_application, "boot/bank_records.c", NULL},
    {swaps_banks, "boot/bank_copy.c", NULL},
    {swaps_banks, "port/stm32/bank_swap_h7.c", NULL},
    {always, "boot/image.c", NULL},
    {always, "boot/slot.c", NULL},
    {travels_in_the_clear, "boot/transit_none.c", NULL},
    {hf_board_enciphers, "boot/transit.c", NULL},
    {hf_board_enciphers, "boot/chacha20.c", NULL},
    {hf_board_keeps_records, "boot/records.c", NULL},
    {hf_board_keeps_records, "boot/state.c", NULL},
    {in_place, "boot/install_none.c", NULL},
    {stages, "boot/install.c", NULL},
    {stages, "boot/receive.c", NULL},
    {stages, "boot/copy.c", NULL},
    {swaps, "boot/steps_swap.c", NULL},
    {overwrites, "boot/steps_overwrite.c", NULL},
    {stages_outside, "boot/steps_external.c", NULL},
    {confirmed_by_journal, "boot/trial_journal.c", NULL},
    {confirmed_by_word, "boot/trial_word.c", NULL},
    {has_floor_in_journal, "boot/floor.c", NULL},
    {has_floor_in_banks, "boot/floor_banks.c", NULL},
    {has_no_floor, "boot/floor_none.c", NULL},
    {always, "boot/update.c", NULL},
    {sanity_only, "boot/validate_sanity.c", NULL},
    {checks_crc, "boot/trailer.c", NULL},
    {crc_only, "boot/validate_crc.c", NULL},
    {checks_signature, "boot/validate_signed.c", NULL},
    {checks_signature, "boot/signature.c", NULL},
    {checks_signature, "boot/keys.c", NULL},
    {hf_board_revokes, "boot/revoke.c", NULL},
    {keeps_all_keys, "boot/revoke_none.c", NULL},
    {knows_images, "boot/known.c", NULL},
    {knows_no_images, "boot/known_none.c", NULL},
    {checks_signature, "boot/sha256.c", NULL},
    {checks_signature, "boot/p256.c", NULL},
    {hf_board_takes_orders, "boot/order.c", NULL},
    {takes_no_orders, "boot/order_none.c", NULL},
    {takes_orders_by_wire, "boot/order_serial.c", NULL},
    {is_provisioned, "boot/provision.c", NULL},
    {is_provisioned, "boot/provision_serial.c", NULL},
    {protects, "boot/protect.c", NULL},
    {protects_nothing, "boot/protect_none.c", NULL},
    {protects, "port/stm32/protect_flash_f4.c", NULL},
    {unsigned_too, "boot/start.c", NULL},
    {checks_signature, "boot/start_hardened.c", NULL},
    {always, "boot/led.c", NULL},
    {has_uart, "boot/serial.c", NULL},
    {has_uart, "port/stm32/interrupts.c", NULL},
    {has_uart, "boot/classic.c", NULL},
    {speaks_classic, "boot/frame_crc16.c", NULL},
    {speaks_classroom, "boot/frame_plain.c", NULL},
    {speaks_an3155, "boot/an3155.c", NULL},
    {speaks_fast, "boot/fast.c", NULL},
    {speaks_fast, "boot/unpack.c", NULL},
    {tells_status, "boot/status.c", NULL},
    {tells_no_status, "boot/status_none.c", NULL},
    {checks_frames, "boot/crc16.c", NULL},
    {has_usb, "boot/usb.c", NULL},
    {has_usb, "boot/usb_descriptors.c", NULL},
    {has_usb, "boot/dfu.c", NULL},
    {has_usb, "boot/dfu_work.c", NULL},
    {always, "port/stm32/startup.c", NULL},
    {has_fence, "port/stm32/fence_mpu.c", NULL},
    {has_no_fence, "port/stm32/fence_none.c", NULL},
    {always, "port/stm32/memory.c", NULL},
    {checks_signature, "port/stm32/memset.c", NULL},
    {always, "port/stm32/jump.S", NULL},
    {always, "port/stm32/port.c", NULL},
    {always, "port/stm32/time_systick.c", NULL},
    {has_led, "port/stm32/led_gpio.c", NULL},
    {has_no_led, "port/stm32/led_none.c", NULL},
    {has_button, "port/stm32/button_gpio.c", NULL},
    {has_no_button, "port/stm32/button_none.c", NULL},
    {always, NULL, "rcc"},
    {always, NULL, "flash"},
    {stores_inside, "port/stm32/store_internal.c", NULL},
    {stages_outside, "port/stm32/store_external.c", NULL},
    {stages_outside, "port/stm32/nor_w25q.c", NULL},
    {stages_outside, NULL, "external"},
    {sleeps_while_busy, "port/stm32/sleep.c", NULL},
    {always, NULL, "gpioa"},
    {always, NULL, "pwr"},
    {always, NULL, "rtc"},
    {always, NULL, "iwdg"},
    {checks_crc, NULL, "crc"},
    {has_uart, NULL, "uart"},
    {has_usb, "port/stm32/otg_core.c", NULL},
    {has_usb, NULL, "usb"},
    {0},
};

// What an application of the board compiles in: its API, and the bootloader's files that answer it.
static const source app_sources[] = {
    {always, "app/version.c", NULL},
    {always, "app/feed.c", NULL},
    {always, "app/request_", NULL},
    {always, "app/escape.c", NULL},
    {always, "boot/crc16.c", NULL},
    {hf_board_records_in_application, "app/confirm_bank_h7.c", NULL},
    {tries_by_records, "app/confirm_records.c", NULL},
    {tries_nothing, "app/confirm_none.c", NULL},
    {always, "app/status.c", NULL},
    {app_has_no_records, "boot/status_none.c", NULL},
    {app_has_records, "boot/status.c", NULL},
    {app_has_records, "boot/state.c", NULL},
    {app_has_records, "boot/records.c", NULL},
    {app_has_records, "app/port.c", NULL},
    {app_has_records, "app/crc32.c", NULL},
    {app_has_records, "app/cache_", NULL},
    {app_has_records, NULL, "flash"},
    {is_provisioned, "app/provision.c", NULL},
    {is_provisioned, "boot/provision.c", NULL},
    {app_stages, "app/stage.c", NULL},
    {app_stages, "boot/slot.c", NULL},
    {app_stages, "boot/transit_none.c", NULL}, // it stages what it has deciphered itself, if it was enciphered
    {app_stages, "boot/receive.c", NULL},
    {app_stages, "boot/image.c", NULL},
    {app_stages, "boot/trailer.c", NULL},
    {stages_by_crc, "boot/validate_crc.c", NULL},
    {stages_signed, "boot/validate_signed.c", NULL},
    {stages_signed, "boot/known_none.c", NULL}, // it judges what was received, which nobody knows yet
    {stages_signed, "boot/signature.c", NULL},
    {stages_signed, "boot/keys.c", NULL},
    {stages_revoking, "boot/revoke.c", NULL},
    {stages_with_all_keys, "boot/revoke_none.c", NULL},
    {stages_signed, "boot/sha256.c", NULL},
    {stages_signed, "boot/p256.c", NULL},
    {stages_with_floor, "boot/floor.c", NULL},
    {stages_without_floor, "boot/floor_none.c", NULL},
    {0},
};

static const hf_peripheral *driven(const hf_board *board, const char *name)
{
    if (strcmp(name, "uart") == 0) {
        name = board->uart.instance;
    } else if (strcmp(name, "usb") == 0) {
        name = board->usb.instance;
    } else if (strcmp(name, "external") == 0) {
        name = board->external.instance;
    }
    return hf_chip_peripheral(&board->chip, name);
}

static void print_source(const hf_board *board, const source *from, FILE *out)
{
    if (from->file != NULL) {
        bool of_family = from->file[strlen(from->file) - 1] == '_';
        fprintf(out, "    %s%s%s\n", from->file, of_family ? board->chip.family : "", of_family ? ".c" : "");
        return;
    }
    const hf_peripheral *peripheral = driven(board, from->peripheral);
    if (peripheral != NULL) {
        bool takes_speed = strcmp(from->peripheral, "uart") == 0 && hf_uart_takes_speed(board);
        fprintf(out, "    port/stm32/%s%s.c\n", peripheral->generation, takes_speed ? "_auto" : "");
    }
}

static void print_sources(const hf_board *board, const char *name, const source *from, FILE *out)
{
    fprintf(out, "set(%s\n", name);
    for (; from->wanted != NULL; from++) {
        if (from->wanted(board)) {
            print_source(board, from, out);
        }
    }
    fprintf(out, ")\n");
}

void hf_emit_cmake(const hf_board *board, FILE *out)
{
    const hf_area *app = hf_board_area(board, HF_USE_APPLICATION);
    const char *flags = hf_core_flags(board->chip.core);
    fprintf(out, "# Made by `holdfast layout` from the board and chip files: change those, not this.\n");
    fprintf(out, "set(HF_BOARD_NAME \"%s\")\n", board->name);
    fprintf(out, "set(HF_CHIP_NAME \"%s\")\n", board->chip.name);
    fprintf(out, "set(HF_FAMILY \"%s\")\n", board->chip.family);
    fprintf(out, "separate_arguments(HF_CPU_FLAGS UNIX_COMMAND \"%s\")\n", flags == NULL ? "" : flags);
    fprintf(out, "set(HF_APP_ADDRESS 0x%08X)\n", app == NULL ? 0u : (unsigned)app->address);
    fprintf(out, "set(HF_APP_SIZE 0x%X)\n", (unsigned)hf_board_app_room(board));
    fprintf(out, "set(HF_PRODUCT_ID 0x%08X)\n", (unsigned)board->product_id);
    fprintf(out, "set(HF_BUDGET %u)\n", (unsigned)board->budget);
    fprintf(out, "set(HF_SIGNED %s)\n", checks_signature(board) ? "ON" : "OFF");
    fprintf(out, "set(HF_TRANSIT_KEY \"%s\")\n", board->transit_key_file);
    fprintf(out, "set(HF_TEST_KEYS %s)\n", hf_board_trusts_test_key(board) ? "ON" : "OFF");
    print_sources(board, "HF_BOOT_SOURCES", boot_sources, out);
    print_sources(board, "HF_APP_SOURCES", app_sources, out);
}
