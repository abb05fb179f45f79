// SPDX-License-Identifier: MIT
// ST's USART bootloader protocol (AN3155), device side: what stm32flash and its kin need, and not a byte outside the
// application. Commands that change protection are not ours to obey: unknown to the dispatcher, they are refused.
#include "board.h"
#include "boot.h"
#include "buffer.h"
#include "hf_an3155.h"
#include "hf_classic.h"
#include "port.h"
#include "serial.h"
#include "slot.h"

#define PAGES_MAX 512u // of one erase command

#define BYTES_MS HF_AN3155_BYTES_MS

static uint8_t block[1 + HF_AN3155_BLOCK + 1] HF_BUFFER; // length, data, checksum
static uint32_t reset_stub; // where a host believes to have put code that resets; 0: nowhere

static void forget(void)
{
    reset_stub = 0;
}

// The command's second byte is the complement of its first.
static bool begin(uint8_t code)
{
    bool good = hf_serial_receive(BYTES_MS) == (code ^ 0xFF) && hf_session_begin(&hf_serial);
    if (good) {
        hf_serial_line.match_parity();
    }
    return hf_serial_answer(good);
}

static uint8_t sum(const uint8_t *bytes, uint32_t size)
{
    uint8_t result = 0;
    while (size > 0) {
        result ^= bytes[--size];
    }
    return result;
}

// A number of `width` bytes, and what it adds to the checksum.
static bool receive_number(uint32_t width, uint32_t *number, uint8_t *checksum)
{
    *number = 0;
    for (; width > 0; width--) {
        int byte = hf_serial_receive(BYTES_MS);
        if (byte < 0) {
            return false;
        }
        *number = *number << 8 | (uint32_t)byte;
        *checksum ^= (uint8_t)byte;
    }
    return true;
}

static bool receive_word(uint32_t *word)
{
    uint8_t checksum = 0;
    return receive_number(sizeof *word, word, &checksum) && hf_serial_receive(BYTES_MS) == checksum;
}

static bool is_ram(uint32_t address)
{
    return address - HF_RAM_ADDRESS < HF_RAM_SIZE;
}

// Every address is of the application, or of RAM, where a host may believe to write. Asks for it, and answers.
static bool receive_address(uint32_t *address)
{
    return hf_serial_answer(receive_word(address) && (hf_slot_holds(*address, 1) || is_ram(*address)));
}

// -- who are you --------------------------------------------------------------------------------------------------

static const uint8_t told[] = {
    9, HF_AN3155_VERSION, HF_AN3155_GET, HF_AN3155_GET_VERSION, HF_AN3155_GET_ID, HF_AN3155_READ, HF_AN3155_GO,
    HF_AN3155_WRITE, HF_AN3155_ERASE, HF_AN3155_EXTENDED_ERASE, HF_AN3155_CHECKSUM, HF_CLASSIC_ACK,
};
_Static_assert(sizeof told == 9 + 3, "length byte: the bytes that follow, but one");

static bool knows(uint8_t code)
{
    for (unsigned i = 2; i < sizeof told - 1; i++) {
        if (told[i] == code) {
            return true;
        }
    }
    return false;
}

static void serve_version(void)
{
    static const uint8_t reply[] = {HF_AN3155_VERSION, 0, 0, HF_CLASSIC_ACK};
    hf_serial_send_all(reply, sizeof reply);
}

static void serve_id(void)
{
    static const uint8_t reply[] = {1, HF_CHIP_ID >> 8 & 0xFF, HF_CHIP_ID & 0xFF, HF_CLASSIC_ACK};
    hf_serial_send_all(reply, sizeof reply);
}

// -- read and write -----------------------------------------------------------------------------------------------

static void send_content(uint32_t address, uint32_t size)
{
    for (; size > 0; size--, address++) {
        hf_serial_send(hf_slot_byte(address));
    }
}

static void serve_read(void)
{
    uint32_t address;
    if (!receive_address(&address)) {
        return;
    }
    bool good = hf_serial_receive_all(block, 2, BYTES_MS) && (block[0] ^ block[1]) == 0xFF &&
                hf_slot_holds(address, block[0] + 1u) && hf_slot_shows();
    if (hf_serial_answer(good)) {
        send_content(address, block[0] + 1u);
    }
}

// stm32flash resets a part by writing this code to RAM and starting it. Nothing is written: that it came is enough.
static bool take_reset_stub(uint32_t address, const uint8_t *data, uint32_t size)
{
    uint32_t last[2];
    if (size != HF_AN3155_STUB_SIZE) {
        return false;
    }
    __builtin_memcpy(last, data + size - sizeof last, sizeof last);
    if (last[0] != HF_AN3155_STUB_AIRCR || last[1] != HF_AN3155_STUB_RESET) {
        return false;
    }
    reset_stub = address;
    return true;
}

static bool write(uint32_t address, uint8_t *data, uint32_t size)
{
    if (is_ram(address)) {
        return take_reset_stub(address, data, size);
    }
    for (; size % HF_PROGRAM_BYTES != 0; size++) {
        data[size] = 0xFF; // the block has been checked: what stands behind the data is free
    }
    hf_transfer_pending(true);
    return hf_slot_write(address, data, size) == HF_OK;
}

static void serve_write(void)
{
    uint32_t address;
    if (!receive_address(&address)) {
        return;
    }
    bool whole = hf_serial_receive_all(block, 1, BYTES_MS) &&
                 hf_serial_receive_all(block + 1, block[0] + 2u, BYTES_MS) && sum(block, block[0] + 3u) == 0;
    (void)hf_serial_answer(whole && write(address, block + 1, block[0] + 1u));
}

static void serve_go(void)
{
    uint32_t address;
    bool known = receive_word(&address);
    bool resets = known && reset_stub != 0 && address == reset_stub;
    bool starts = known && address == HF_APP_ADDRESS && hf_slot_finish() == HF_OK;
    if (!hf_serial_answer(resets || starts)) {
        return;
    }
    hf_serial_port.flush();
    if (resets) {
        hf_port.system.reset();
    }
    hf_leave_update_mode();
}

// -- erase ----------------------------------------------------------------------------------------------------------

// Address of a sector by the reference manual's number; 0 when the part has no such sector.
static uint32_t sector_address(uint32_t number)
{
#define HF_RUN(first, count, size, address, erase_ms)                                                                  \
    if (number - (first) < (count)) {                                                                                  \
        return (address) + (number - (first)) * (size);                                                                \
    }
    HF_SECTOR_RUNS(HF_RUN)
#undef HF_RUN
    return 0;
}

static bool erase_all(void)
{
    hf_transfer_pending(true);
    return hf_slot_erase() == HF_OK;
}

// How many pages, less one, and their numbers, each of `width` bytes; then the checksum, which covers all of that. ERASE and
// EXTENDED ERASE differ in nothing else. "Bank 1" and "bank 2" would reach more than the application: too many pages.
// Nothing is erased unless all of it may be.
static bool erase(uint32_t width)
{
    static uint32_t pages[PAGES_MAX] HF_BUFFER;
    uint32_t last, page;
    uint8_t checksum = 0;
    if (!receive_number(width, &last, &checksum)) {
        return false;
    }
    if (last == (width == 1 ? HF_AN3155_ALL : HF_AN3155_EXTENDED_ALL)) {
        return hf_serial_receive(BYTES_MS) == 0 && erase_all();
    }
    for (uint32_t i = 0; i <= last; i++) {
        if (i == PAGES_MAX || !receive_number(width, &page, &checksum)) {
            return false;
        }
        pages[i] = sector_address(page);
        if (!hf_slot_holds(pages[i], 1)) {
            return false;
        }
    }
    if (hf_serial_receive(BYTES_MS) != checksum) {
        return false;
    }
    hf_transfer_pending(true);
    hf_err err = HF_OK;
    for (uint32_t i = 0; i <= last && err == HF_OK; i++) {
        err = hf_slot_erase_sector(pages[i]);
    }
    return err == HF_OK;
}

// -- checksum -------------------------------------------------------------------------------------------------------

// What the CRC unit of these parts computes from whole words: CRC-32/MPEG-2, the most significant bit first.
static uint32_t crc_of_words(uint32_t address, uint32_t size)
{
    uint32_t crc = 0xFFFFFFFFu;
    for (; size > 0; size -= 4, address += 4) {
        uint32_t word = 0;
        hf_slot_read(address, &word, sizeof word);
        crc ^= word;
        for (unsigned bit = 0; bit < 32; bit++) {
            crc = crc << 1 ^ ((crc & 0x80000000u) != 0 ? 0x04C11DB7u : 0);
        }
    }
    return crc;
}

static void serve_checksum(void)
{
    uint32_t address, size;
    if (!receive_address(&address)) {
        return;
    }
    bool good = receive_word(&size) && (address | size) % 4 == 0 && hf_slot_holds(address, size) && hf_slot_shows();
    if (!hf_serial_answer(good)) {
        return;
    }
    uint32_t crc = __builtin_bswap32(crc_of_words(address, size));
    hf_serial_send(HF_CLASSIC_ACK);
    hf_serial_send_all(&crc, sizeof crc);
    hf_serial_send(sum((const uint8_t *)&crc, sizeof crc));
}

// -- all of it ------------------------------------------------------------------------------------------------------

static bool serve(uint8_t code)
{
    if (!knows(code)) {
        return false;
    }
    if (!begin(code)) {
        return true;
    }
    switch (code) {
    case HF_AN3155_GET: hf_serial_send_all(told, sizeof told); break;
    case HF_AN3155_GET_VERSION: serve_version(); break;
    case HF_AN3155_GET_ID: serve_id(); break;
    case HF_AN3155_READ: serve_read(); break;
    case HF_AN3155_GO: serve_go(); break;
    case HF_AN3155_WRITE: serve_write(); break;
    case HF_AN3155_ERASE: (void)hf_serial_answer(erase(1)); break;
    case HF_AN3155_EXTENDED_ERASE: (void)hf_serial_answer(erase(2)); break;
    default: serve_checksum(); break;
    }
    return true;
}

const struct hf_serial_protocol hf_an3155 = {serve, forget};
