// SPDX-License-Identifier: MIT
// ST's USART bootloader protocol (AN3155), device side: what stm32flash and its kin need, and not a byte outside the
// application. Commands that change protection are not ours to obey: unknown to the dispatcher, they are refused.
#include "board.h"
#include "boot.h"
#include "hf_an3155.h"
#include "hf_classic.h"
#include "port.h"
#include "serial.h"
#include "slot.h"

#define PAGES_MAX 512u // of one erase command

#define BYTES_MS HF_AN3155_BYTES_MS

static uint8_t block[1 + HF_AN3155_BLOCK + 1]; // length, data, checksum
static uint32_t reset_stub; // where a host believes to have put code that resets; 0: nowhere

static void ack(void)
{
    hf_activity(); // an erase may have taken longer than a silence lasts
    hf_serial_send(HF_CLASSIC_ACK);
}

static void answer(bool good)
{
    if (good) {
        ack();
    } else {
        hf_serial_refuse();
    }
}

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
    answer(good);
    return good;
}

static uint8_t sum(const uint8_t *bytes, uint32_t size)
{
    uint8_t result = 0;
    while (size > 0) {
        result ^= bytes[--size];
    }
    return result;
}

// Bytes with their checksum behind them.
static bool receive_summed(uint8_t *to, uint32_t size)
{
    return hf_serial_receive_all(to, size, BYTES_MS) && sum(to, size) == 0;
}

static uint32_t big_endian(const uint8_t *bytes)
{
    uint32_t word;
    __builtin_memcpy(&word, bytes, sizeof word);
    return __builtin_bswap32(word);
}

static bool receive_word(uint32_t *word)
{
    uint8_t bytes[5];
    if (!receive_summed(bytes, sizeof bytes)) {
        return false;
    }
    *word = big_endian(bytes);
    return true;
}

static bool is_ram(uint32_t address)
{
    return address - HF_RAM_ADDRESS < HF_RAM_SIZE;
}

// Every address is of the application, or of RAM, where a host may believe to write. Asks for it, and answers.
static bool receive_address(uint32_t *address)
{
    bool good = receive_word(address) && (hf_slot_holds(*address, 1) || is_ram(*address));
    answer(good);
    return good;
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
        uint32_t word = 0;
        hf_slot_read(address & ~3u, &word, sizeof word);
        hf_serial_send((uint8_t)(word >> 8 * (address & 3u)));
    }
}

static void serve_read(void)
{
    uint32_t address;
    if (!receive_address(&address)) {
        return;
    }
    bool good = hf_serial_receive_all(block, 2, BYTES_MS) && (block[0] ^ block[1]) == 0xFF &&
                hf_slot_holds(address, block[0] + 1u);
    answer(good);
    if (good) {
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
    answer(whole && write(address, block + 1, block[0] + 1u));
}

static void serve_go(void)
{
    uint32_t address;
    bool known = receive_word(&address);
    bool resets = known && reset_stub != 0 && address == reset_stub;
    bool starts = known && address == HF_APP_ADDRESS && hf_slot_check() == HF_OK;
    answer(resets || starts);
    hf_serial_port.flush();
    if (resets) {
        hf_port.system.reset();
    }
    if (starts) {
        hf_leave_update_mode();
    }
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

// Nothing is erased unless all of it may be.
static bool erase_pages(const uint16_t *pages, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!hf_slot_holds(sector_address(pages[i]), 1)) {
            return false;
        }
    }
    hf_transfer_pending(true);
    bool good = true;
    for (uint32_t i = 0; i < count && good; i++) {
        good = hf_slot_erase_sector(sector_address(pages[i])) == HF_OK;
    }
    return good;
}

// Page numbers of `width` bytes each, then the checksum, which covers the count (of `width` bytes) too.
static bool erase_listed(uint32_t count, uint32_t width, uint8_t checksum)
{
    static uint16_t pages[PAGES_MAX];
    uint8_t bytes[2];
    if (count > PAGES_MAX) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!hf_serial_receive_all(bytes, width, BYTES_MS)) {
            return false;
        }
        checksum ^= sum(bytes, width);
        pages[i] = (uint16_t)(width == 1 ? bytes[0] : bytes[0] << 8 | bytes[1]);
    }
    return hf_serial_receive(BYTES_MS) == checksum && erase_pages(pages, count);
}

static bool erase(void)
{
    int count = hf_serial_receive(BYTES_MS);
    if (count == HF_AN3155_ALL) {
        return hf_serial_receive(BYTES_MS) == 0 && erase_all();
    }
    return count >= 0 && erase_listed((uint32_t)count + 1, 1, (uint8_t)count);
}

static bool extended_erase(void)
{
    uint8_t bytes[2];
    if (!hf_serial_receive_all(bytes, sizeof bytes, BYTES_MS)) {
        return false;
    }
    uint32_t count = (uint32_t)bytes[0] << 8 | bytes[1];
    if (count >= HF_AN3155_EXTENDED_SPECIAL) {
        // "Bank 1" and "bank 2" would reach more than the application: refused.
        return hf_serial_receive(BYTES_MS) == sum(bytes, 2) && count == HF_AN3155_EXTENDED_ALL && erase_all();
    }
    return erase_listed(count + 1, 2, sum(bytes, 2));
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
    bool good = receive_word(&size) && (address | size) % 4 == 0 && hf_slot_holds(address, size);
    answer(good);
    if (!good) {
        return;
    }
    uint8_t reply[6] = {HF_CLASSIC_ACK};
    uint32_t crc = __builtin_bswap32(crc_of_words(address, size));
    __builtin_memcpy(reply + 1, &crc, sizeof crc);
    reply[5] = sum(reply + 1, sizeof crc);
    hf_serial_send_all(reply, sizeof reply);
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
    case HF_AN3155_ERASE: answer(erase()); break;
    case HF_AN3155_EXTENDED_ERASE: answer(extended_erase()); break;
    default: serve_checksum(); break;
    }
    return true;
}

const struct hf_serial_protocol hf_an3155 = {serve, forget};
