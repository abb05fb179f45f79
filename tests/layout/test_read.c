// SPDX-License-Identifier: MIT
// Reading: what good files mean, and one sentence for each way a file can be wrong.
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "complain.h"
#include "support.h"

// -- good files -------------------------------------------------------------------------------------

static void reads_the_reference_board(void **state)
{
    (void)state;
    hf_board board;
    good_board(&board);
    assert_string_equal(board.name, "stm32f407-discovery");
    assert_string_equal(board.chip.name, "stm32f407vg");
    assert_int_equal(board.product_id, 0x407);
    assert_int_equal(board.supply_min_mv, 2700);
    assert_int_equal(board.supply_max_mv, 3600);
    assert_int_equal(board.hse_hz, 8000000);
    assert_int_equal(board.hclk_hz, 168000000);
    assert_int_equal(board.led.port, 'D');
    assert_int_equal(board.led.number, 12);
    assert_true(board.led_active_high);
    assert_int_equal(board.button.port, 'A');
    assert_int_equal(board.button.number, 0);
    assert_int_equal(board.button_pull, HF_PULL_DOWN);
    assert_string_equal(board.uart.instance, "usart2");
    assert_int_equal(board.uart.tx.number, 2);
    assert_int_equal(board.uart.rx.number, 3);
    assert_int_equal(board.uart.baud, 115200);
    assert_true(board.uart.classic);
    assert_false(board.uart.classroom);
    assert_int_equal(board.areas_count, 3);
    assert_int_equal(board.areas[2].use, HF_USE_APPLICATION);
    assert_int_equal(board.areas[2].address, 0x08010000);
    assert_int_equal(board.areas[2].size, 960 * 1024);
    assert_int_equal(board.validation, HF_VALIDATION_CRC);
    assert_int_equal(board.budget, 16384); // not in the file: the boot area's size
}

static void reads_the_chip(void **state)
{
    (void)state;
    hf_board board;
    good_board(&board);
    const hf_chip *chip = &board.chip;
    assert_int_equal(chip->dev_id, 0x413);
    assert_int_equal(chip->vectors, 98);
    assert_int_equal(chip->flash.size, 1024 * 1024);
    assert_int_equal(chip->flash.runs[2].address, 0x08020000);
    assert_true(chip->ram[0].dma);
    assert_true(chip->ram[0].executable);
    assert_false(chip->ram[2].dma);
    assert_false(chip->ram[2].executable);
    assert_int_equal(chip->flash.erase[2].max_ms[2], 2000);
    assert_false(chip->flash.wait_states[3].prefetch);
    const hf_peripheral *uart = hf_chip_peripheral(chip, "usart2");
    assert_non_null(uart);
    assert_string_equal(uart->bus, "apb1");
    assert_int_equal(uart->bit, 17);
    assert_int_equal(uart->irqs_count, 1);
    assert_int_equal(uart->irqs[0], 38);
    assert_string_equal(uart->dma_rx.controller, "dma1");
    assert_int_equal(uart->dma_rx.stream, 5);
    assert_int_equal(uart->dma_rx.channel, 4);
    assert_int_equal(hf_chip_peripheral(chip, "dma1")->irqs_count, 8);
    assert_null(hf_chip_peripheral(chip, "usart9"));
}

static void numbers_have_three_spellings(void **state)
{
    (void)state;
    static const struct {
        const char *spelling;
        uint32_t value;
    } good[] = {{"983040", 983040},   {"\"0xF0000\"", 983040}, {"\"960K\"", 983040},
                {"\"1M\"", 1u << 20}, {"1", 1},                {"\"0x0000000001\"", 1},
                {"4294967295", 0xFFFFFFFF}, {"\"0xffffFFFF\"", 0xFFFFFFFF}};
    file_text board_text = load_text(BOARD_FILE), chip_text = load_text(CHIP_FILE);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        hf_board board;
        hf_complaint why = {""};
        file_text edited = edit_text(&board_text, "\"960K\"", good[i].spelling);
        assert_int_equal(parse_texts(&board, &edited, &chip_text, &why), HF_LAYOUT_OK);
        assert_int_equal(board.areas[2].size, good[i].value);
        free(edited.bytes);
    }
    free(board_text.bytes);
    free(chip_text.bytes);
}

static void finds_chips_elsewhere(void **state)
{
    (void)state;
    char folder[] = "/tmp/hf-layout-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/mine.json", folder);
    file_text board_text = load_text(BOARD_FILE);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fwrite(board_text.bytes, 1, board_text.size, file);
    fclose(file);
    hf_board board;
    hf_complaint why = {""};
    assert_int_equal(hf_board_read(&board, path, HF_SOURCE_DIR "/chips", &why), HF_LAYOUT_OK);
    assert_int_equal(hf_board_read(&board, path, NULL, &why), HF_LAYOUT_MALFORMED);
    assert_non_null(strstr(why.text, ": chip: there is no chip file of the name stm32f407vg."));
    unlink(path);
    rmdir(folder);
    free(board_text.bytes);
}

static void says_which_file_is_missing(void **state)
{
    (void)state;
    hf_board board;
    hf_complaint why = {""};
    assert_int_equal(hf_board_read(&board, "/nowhere/x.json", NULL, &why), HF_LAYOUT_UNREADABLE);
    assert_string_equal(why.text, "/nowhere/x.json: No such file or directory. "
                                  "Fix: name a file that exists and that you may read.");
    assert_int_equal(hf_board_read(&board, "/", NULL, &why), HF_LAYOUT_UNREADABLE);
    assert_int_equal(hf_board_read(&board, "/nowhere/x.json", NULL, NULL), HF_LAYOUT_UNREADABLE);
}

// -- broken files -----------------------------------------------------------------------------------

typedef struct mistake {
    const char *from, *to;
    const char *sentence;
} mistake;

static const mistake board_mistakes[] = {
    {"\"budget\"", "\"x", "board: line "},
    {"\"single\",", "\"single\"", "board: line 18, column 14: this is not JSON: "},
    {"\"strategy\": \"single\",", "\"name\": \"b\",",
     "board: line 17, column 8: a key stands twice in one object. Fix: remove one of them."},
    {"\"size\": \"48K\"", "\"sise\": \"48K\"",
     "board: layout[1].sise: this key is unknown. Fix: did you mean \"size\"?"},
    {"\"validation\"", "\"keys\": [{\"name\": \"a\", \"point\": \"0412\"}], \"validation\"",
     "board: keys[0].point: this is not a public key. Fix: write 04 and 128 hexadecimal digits"},
    {"\"validation\"",
     "\"keys\": [{\"name\": \"a\", \"point\": \"0475cecd915a02cc5a16d5ab4786284b975366d54a98418b4fb9a5320b4664254b"
     "8153dc0f776e7859d1438bd717826b7406b7a061f8a8c707d89ab63799db46f1\"}], \"validation\"",
     "board: keys[0].point: these coordinates are no point of the curve P-256. Fix: copy the line"},
    {"\"validation\"", "\"zebra\"",
     "board: zebra: this key is unknown. Fix: remove it; known keys are $schema, name, "},
    {"\"size\": \"48K\"", "\"size\": \"48Q\"",
     "board: layout[1].size: \"48Q\" is not a number. "
     "Fix: write an integer, or a string such as \"0x4000\" or \"16K\"."},
    {"\"size\": \"48K\"", "\"size\": \"0x\"", "board: layout[1].size: \"0x\" is not a number."},
    {"\"size\": \"48K\"", "\"size\": \"K\"", "board: layout[1].size: \"K\" is not a number."},
    {"\"size\": \"48K\"", "\"size\": \"-1K\"", "board: layout[1].size: \"-1K\" is not a number."},
    {"\"size\": \"48K\"", "\"size\": \"48\"", "board: layout[1].size: \"48\" is not a number."},
    {"\"size\": \"48K\"", "\"size\": 1.5", "board: layout[1].size: whole numbers only."},
    {"\"size\": \"48K\"", "\"size\": true", "board: layout[1].size: a number is expected here."},
    {"\"size\": \"48K\"", "\"size\": -1",
     "board: layout[1].size: the number is outside 1 to 0xFFFFFFFF."},
    {"\"size\": \"48K\"", "\"size\": 0", "board: layout[1].size: the number is outside"},
    {"\"size\": \"48K\"", "\"size\": 4294967296", "board: layout[1].size: the number is outside"},
    {"\"size\": \"48K\"", "\"size\": \"0x100000000\"",
     "board: layout[1].size: the number is outside"},
    {"\"size\": \"48K\"", "\"size\": \"9999999999M\"",
     "board: layout[1].size: the number is outside"},
    {"\"size\": \"48K\"", "\"size\": \"0x11111111111\"", "is not a number."},
    {"8000000", "\"8M\"",
     "board: clock.hse_hz: \"8M\" is not a number. "
     "Fix: write an integer, or a string such as \"0x4000\"."},
    {", \"size\": \"48K\"", "",
     "board: layout[1]: the key \"size\" is missing. "
     "Fix: add \"size\": \"960K\" (Size in bytes; the area ends where a sector ends)."},
    {"\"instance\": \"usart2\"", "\"instance\": \"usart2\", \"app_baud\": 9600",
     "board: uart: the key \"enter\" is missing. Fix: add \"enter\": \"escape\" (How holdfast flash gets an application "
     "into update mode)."},
    {"\"use\": \"boot_data\"", "\"use\": \"spare\"",
     "board: layout[1].use: \"spare\" is not known here. "
     "Fix: write \"boot\" or \"boot_data\" or \"application\" or \"staging\" or \"reserved\"."},
    {"\"PD12\"", "\"D12\"",
     "board: led.pin: \"D12\" is not a pin. "
     "Fix: write P, the port letter and a number from 0 to 15, such as \"PA2\"."},
    {"\"PD12\"", "\"PD16\"", "board: led.pin: \"PD16\" is not a pin."},
    {"\"PD12\"", "\"PD\"", "board: led.pin: \"PD\" is not a pin."},
    {"\"PD12\"", "\"PD012\"", "board: led.pin: \"PD012\" is not a pin."},
    {"\"PD12\"", "\"\"", "board: led.pin: \"\" is not a pin."},
    {"\"PD12\"", "12",
     "board: led.pin: text is expected here. Fix: write for example \"PD12\"."},
    {"\"pull\": \"down\"", "\"pull\": \"left\"",
     "board: button.pull: \"left\" is not known here. "
     "Fix: write \"none\" or \"up\" or \"down\"."},
    {"[\"classic\"]", "[\"modern\"]",
     "board: uart.protocols[0]: \"modern\" is not known here. "
     "Fix: write \"classic\" or \"classroom\" or \"an3155\" or \"fast\"."},
    {"[\"classic\"]", "[\"classic\", \"classic\"]",
     "board: uart.protocols[1]: \"classic\" stands here twice. Fix: remove one of them."},
    {"[\"classic\"]", "[7]", "board: uart.protocols[0]: text is expected here."},
    {"[\"classic\"]", "\"classic\"",
     "board: uart.protocols: a list [ ... ] is expected here. "
     "Fix: write for example [\"classic\"]."},
    {"{ \"min\": 2700, \"max\": 3600 }", "3300",
     "board: supply_mv: an object { ... } is expected here."},
    {"\"name\": \"stm32f407-discovery\"", "\"name\": \"../x\"",
     "board: name: \"../x\" is not a name. Fix: use 1 to 31 lower-case letters, "},
    {"\"name\": \"stm32f407-discovery\"", "\"name\": \"a23456789012345678901234567890123\"",
     "is not a name."},
    {"\"chip\": \"stm32f407vg\"", "\"chip\": \"../../etc/passwd\"", "board: chip: "},
    {"STM32F4DISCOVERY", "a\\nb", "board: description: the text holds a control character."},
    {"\"stm32f407-discovery\"", "\"\\u0007bell\"", "board: name: \"?bell\" is not a name."},
    {"\"single\"", "\"double\"",
     "board: strategy: \"double\" is not known here. Fix: write \"single\" or \"overwrite\" or \"swap\" or \"bank_swap\" or \"external\"."},
};

static const mistake chip_mistakes[] = {
    {"\"size\": \"64K\" },", "\"size\": \"48K\" },",
     "chip: flash.sectors[1].size: sector sizes are powers of two."},
    {"\"first\": 5", "\"first\": 4",
     "chip: flash.sectors[2].first: this number belongs to a sector before it."},
    {"\"address\": \"0x08000000\"", "\"address\": \"0xFFFF0000\"",
     "chip: flash.sectors[0]: the flash ends above 0xFFFFFFFF."},
    {"\"bytes\": 2", "\"bytes\": 3", "chip: flash.program[1].bytes: this is no power of two."},
    {"\"bytes\": 2", "\"bytes\": 8",
     "chip: flash.program[2]: widths and their supplies must rise."},
    {"[400, 300, 250]", "[400, 300]",
     "chip: flash.erase[0]: there are not as many times as program widths."},
    {"[800, 600, 500]", "[800, 600, 500, 400]",
     "chip: flash.erase[0]: there are not as many times as program widths."},
    {"[800, 600, 500]", "[800, 600, 500, 400, 300]",
     "chip: flash.erase[0].max_ms: 5 entries where 1 to 4 are allowed. Fix: shorten the list."},
    {"[800, 600, 500]", "[]", "chip: flash.erase[0].max_ms: 0 entries where 1 to 4 are allowed."},
    {"{ \"size\": \"64K\", \"typ_ms\"", "{ \"size\": \"32K\", \"typ_ms\"",
     "chip: flash.sectors[1].size: the erase times of this sector size are missing."},
    {"\"min_mv\": 2400", "\"min_mv\": 2700",
     "chip: flash.wait_states[1].min_mv: supplies must fall."},
    {"\"min\": 1800", "\"min\": 4000", "chip: supply_mv: min is above max."},
    {"\"hse_min_hz\": 4000000", "\"hse_min_hz\": 40000000",
     "chip: clocks.hse_min_hz: it is above hse_max_hz."},
    {"\"vco_min_hz\": 100000000", "\"vco_min_hz\": 500000000",
     "chip: clocks.vco_min_hz: it is above vco_max_hz."},
    {"\"0x2001C000\"", "\"0x20010000\"", "chip: ram[1]: the region overlaps one before it."},
    {"\"0x2001C000\"", "\"0xFFFFF000\"", "chip: ram[1]: the region ends above 0xFFFFFFFF."},
    {"\"dma1.5.4\"", "\"dma9.5.4\"",
     "chip: peripherals.usart2.dma_rx: no peripheral has this controller's name."},
    {"\"dma1.5.4\"", "\"dma1.5\"",
     "chip: peripherals.usart2.dma_rx: \"dma1.5\" is not a DMA request line."},
    {"\"dma1.5.4\"", "\"dma1.5.256\"", "is not a DMA request line."},
    {"\"dma1.5.4\"", "\"dma1.05.4\"", "is not a DMA request line."},
    {"\"dma1.5.4\"", "\".5.4\"", "is not a DMA request line."},
    {"\"irq\": 38", "\"irq\": 82",
     "chip: peripherals.usart2.irq: it has no entry in the vector table."},
    {"\"irq\": 38", "\"irq\": 38, \"irqs\": [38]",
     "chip: peripherals.usart2.irqs: this was already given by another key."},
    {"\"bus\": \"apb1\", \"bit\": 17", "\"bus\": \"apb1\"",
     "chip: peripherals.usart2: the key \"bit\" is missing."},
    {"\"usart1_tx\"", "\"usart7_tx\"", "chip: signals.usart7_tx: no peripheral has this name."},
    {"\"usart1_tx\"", "\"usart1\"", "chip: signals.usart1: no peripheral has this name."},
    {"\"usart1_tx\"", "\"USART1_TX\"", "chip: signals.USART1_TX: this is not a name."},
    {"[{ \"pin\": \"PC6\", \"af\": 8 }]", "[]",
     "chip: signals.usart6_tx: a list of pins is expected here."},
    {"\"pin\": \"PC6\", \"af\": 8", "\"pin\": \"PC6\", \"af\": 16",
     "chip: signals.usart6_tx[0].af: the number is outside 0 to 15."},
    {"\"swdio\": \"PA13\"", "\"swdio\": 13", "chip: system_pins.swdio: text is expected here."},
    {"\"dma\": false", "\"dma\": 0", "chip: ram[2].dma: true or false is expected here."},
    {"\"source\": \"RM 2.3.1\"", "\"source\": 7", "chip: ram[2].source: text is expected here."},
    {"\"RM\": \"RM0090", "\"RM\": 5, \"X\": \"", "chip: sources.RM: text is expected here."},
};

// Complaints may not lose their end: every one says what to do.
static void assert_sentence(const mistake *m, const hf_complaint *why)
{
    if (strstr(why->text, m->sentence) == NULL || strstr(why->text, ". Fix: ") == NULL) {
        fail_msg("%s -> %s: expected \"%s\" and a fix, got \"%s\"", m->from, m->to, m->sentence,
                 why->text);
    }
}

static void names_each_mistake_in_a_board(void **state)
{
    (void)state;
    file_text board_text = load_text("boards/stm32f407-classic.json");
    file_text full = edit_text(&board_text, "The smallest product", "STM32F4DISCOVERY");
    file_text named = edit_text(&full, "stm32f407-classic", "stm32f407-discovery");
    file_text chip_text = load_text(CHIP_FILE);
    for (size_t i = 0; i < sizeof board_mistakes / sizeof board_mistakes[0]; i++) {
        hf_board board;
        hf_complaint why = {""};
        file_text edited = edit_text(&named, board_mistakes[i].from, board_mistakes[i].to);
        assert_int_equal(parse_texts(&board, &edited, &chip_text, &why), HF_LAYOUT_MALFORMED);
        assert_sentence(&board_mistakes[i], &why);
        free(edited.bytes);
    }
    free(board_text.bytes);
    free(full.bytes);
    free(named.bytes);
    free(chip_text.bytes);
}

static void names_each_mistake_in_a_chip(void **state)
{
    (void)state;
    file_text board_text = load_text(BOARD_FILE), chip_text = load_text(CHIP_FILE);
    for (size_t i = 0; i < sizeof chip_mistakes / sizeof chip_mistakes[0]; i++) {
        hf_board board;
        hf_complaint why = {""};
        file_text edited = edit_text(&chip_text, chip_mistakes[i].from, chip_mistakes[i].to);
        assert_int_equal(parse_texts(&board, &board_text, &edited, &why), HF_LAYOUT_MALFORMED);
        assert_sentence(&chip_mistakes[i], &why);
        free(edited.bytes);
    }
    free(board_text.bytes);
    free(chip_text.bytes);
}

static void refuses_what_is_no_object(void **state)
{
    (void)state;
    static const char *const roots[] = {"[]", "7", "\"x\"", "null", "", "{", "{}x", "\xFF\xFE"};
    file_text chip_text = load_text(CHIP_FILE);
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++) {
        hf_board board;
        hf_complaint why = {""};
        file_text root = {.bytes = (char *)roots[i], .size = strlen(roots[i])};
        assert_int_equal(parse_texts(&board, &root, &chip_text, &why), HF_LAYOUT_MALFORMED);
        assert_non_null(strstr(why.text, "Fix: "));
    }
    free(chip_text.bytes);
}

static void too_many_entries_are_refused(void **state)
{
    (void)state;
    char map[8192] = "\"system_pins\": {";
    for (unsigned i = 0; i <= HF_MAX_SYSTEM_PINS; i++) {
        hf_append(map, sizeof map, "%s \"pin%u\": \"PA1\"", i == 0 ? "" : ",", i);
    }
    hf_append(map, sizeof map, " }, \"signals\"");
    file_text board_text = load_text(BOARD_FILE), chip_text = load_text(CHIP_FILE);
    file_text bare = edit_text(&chip_text, "\"system_pins\": { \"swdio\": \"PA13\", \"swclk\": "
                                      "\"PA14\", \"osc_in\": \"PH0\", \"osc_out\": \"PH1\" },",
                          "");
    file_text edited = edit_text(&bare, "\"signals\"", map);
    hf_board board;
    hf_complaint why = {""};
    assert_int_equal(parse_texts(&board, &board_text, &edited, &why), HF_LAYOUT_MALFORMED);
    assert_non_null(strstr(why.text, "chip: system_pins.pin8: more than 8 entries."));
    free(board_text.bytes);
    free(chip_text.bytes);
    free(bare.bytes);
    free(edited.bytes);
}

// -- words ------------------------------------------------------------------------------------------

static void quotes_are_fit_to_print(void **state)
{
    (void)state;
    assert_string_equal(hf_quote("plain").text, "plain");
    assert_string_equal(hf_quote("a\nb\x7F").text, "a?b?");
    // A parser that stops inside a character shows half of it.
    assert_string_equal(hf_quote("\"H\xC3\xA9\\\xD0").text, "\"H\xC3\xA9\\?");
    assert_string_equal(hf_quote("\xE2\x86").text, "??");
    char longer[200];
    memset(longer, 'x', sizeof longer);
    longer[199] = '\0';
    assert_int_equal(strlen(hf_quote(longer).text), 47);
    // 22 two-byte letters would end at byte 44; half a letter never remains.
    char letters[101] = "";
    for (int i = 0; i < 50; i++) {
        strcat(letters, "\xC3\xA4");
    }
    hf_quoted cut = hf_quote(letters);
    assert_int_equal(strlen(cut.text) % 2, 1); // pairs and three dots
    assert_non_null(strstr(cut.text, "\xA4..."));
}

static void distances_between_words(void **state)
{
    (void)state;
    assert_int_equal(hf_word_distance("size", "size"), 0);
    assert_int_equal(hf_word_distance("sise", "size"), 1);
    assert_int_equal(hf_word_distance("szie", "size"), 2);
    assert_int_equal(hf_word_distance("", "size"), 4);
    assert_int_equal(hf_word_distance("kitten", "sitting"), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_reference_board),
        cmocka_unit_test(reads_the_chip),
        cmocka_unit_test(numbers_have_three_spellings),
        cmocka_unit_test(finds_chips_elsewhere),
        cmocka_unit_test(says_which_file_is_missing),
        cmocka_unit_test(names_each_mistake_in_a_board),
        cmocka_unit_test(names_each_mistake_in_a_chip),
        cmocka_unit_test(refuses_what_is_no_object),
        cmocka_unit_test(too_many_entries_are_refused),
        cmocka_unit_test(quotes_are_fit_to_print),
        cmocka_unit_test(distances_between_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
