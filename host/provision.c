// SPDX-License-Identifier: MIT
// TELL and PROVISION on the serial line, and UUIDs as text.
#include "provision.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <zlib.h>

#include "bytes.h"
#include "classic_session.h"
#include "hf_image.h"
#include "hf_provision.h"

#define ANSWER_MS 5000u // a sector of the journal may have to be erased
#define AT(field) offsetof(struct hf_provision, field)
#define SIZE      sizeof(struct hf_provision)

// -- on the wire ------------------------------------------------------------------------------------------------------

static uint32_t crc_of(const uint8_t *bytes)
{
    return (uint32_t)crc32(0, bytes, AT(crc32));
}

static void pack(const hf_identity_card *card, uint8_t bytes[SIZE])
{
    memcpy(bytes + AT(uuid), card->uuid, HF_UUID_SIZE);
    hf_put32(bytes + AT(hardware), card->hardware);
    hf_put32(bytes + AT(crc32), crc_of(bytes));
}

static bool is_blank(const uint8_t *bytes)
{
    size_t i = 0;
    while (i < SIZE && bytes[i] == 0xFF) {
        i++;
    }
    return i == SIZE;
}

static hf_error ask(session *s, uint8_t command)
{
    answer got = ANSWER_NONE;
    hf_error error = session_ask(s, command, ANSWER_MS, &got);
    return error || got == ANSWER_ACK
               ? error
               : hf_fail(s->problem, HF_E_NO_PROVISION, "the device's bootloader has no place for a UUID");
}

static hf_error tell(session *s, hf_identity_card *card, bool *found)
{
    uint8_t bytes[SIZE];
    hf_error error = ask(s, HF_SERIAL_TELL);
    error = error ? error : session_receive_all(s, bytes, sizeof bytes, ANSWER_MS);
    *found = !error && !is_blank(bytes);
    if (!*found) {
        return error;
    }
    memcpy(card->uuid, bytes + AT(uuid), HF_UUID_SIZE);
    card->hardware = hf_get32(bytes + AT(hardware));
    return hf_get32(bytes + AT(crc32)) == crc_of(bytes)
               ? HF_OK
               : hf_fail(s->problem, HF_E_SILENT, "the device's answer was damaged on the line");
}

static hf_error send(session *s, const hf_identity_card *card)
{
    uint8_t bytes[SIZE];
    answer got = ANSWER_NONE;
    pack(card, bytes);
    hf_error error = ask(s, HF_SERIAL_PROVISION);
    error = error ? error : session_send(s, bytes, sizeof bytes);
    error = error ? error : session_answer(s, ANSWER_MS, &got);
    if (!error && got == ANSWER_NONE) {
        return hf_fail(s->problem, HF_E_SILENT, "what was sent was not answered");
    }
    return error; // what a NAK means, reading it back will show
}

static bool are_same(const hf_identity_card *a, const hf_identity_card *b)
{
    return memcmp(a->uuid, b->uuid, HF_UUID_SIZE) == 0 && a->hardware == b->hardware;
}

static hf_error read_back(session *s, const hf_identity_card *card)
{
    hf_identity_card there;
    bool found;
    hf_error error = tell(s, &there, &found);
    if (error || (found && are_same(&there, card))) {
        return error;
    }
    if (!found) {
        return hf_fail(s->problem, HF_E_SILENT, "the device did not take it");
    }
    char text[HF_UUID_TEXT];
    hf_uuid_text(there.uuid, text);
    return hf_fail(s->problem, HF_E_PROVISIONED, "the device has the UUID %s and hardware %u.%u.%u already", text,
                   (unsigned)HF_VERSION_MAJOR(there.hardware), (unsigned)HF_VERSION_MINOR(there.hardware),
                   (unsigned)HF_VERSION_PATCH(there.hardware));
}

static hf_error refuse_usb(const hf_order_link *link, hf_problem *problem)
{
    return link->transport != NULL ? HF_OK : hf_fail(problem, HF_E_USAGE, "devices are provisioned over their serial line");
}

hf_error hf_provision_tell(const hf_order_link *link, hf_identity_card *card, bool *found, hf_problem *problem)
{
    hf_flash_report report = {0};
    session s = {.transport = link->transport, .options = link->options, .listener = link->listener, .report = &report,
                 .problem = problem};
    hf_error error = refuse_usb(link, problem);
    return error ? error : tell(&s, card, found);
}

hf_error hf_provision_write(const hf_order_link *link, const hf_identity_card *card, hf_problem *problem)
{
    hf_flash_report report = {0};
    session s = {.transport = link->transport, .options = link->options, .listener = link->listener, .report = &report,
                 .problem = problem};
    hf_error error = refuse_usb(link, problem);
    error = error ? error : send(&s, card);
    return error ? error : read_back(&s, card);
}

// -- UUIDs ------------------------------------------------------------------------------------------------------------

static bool has_hyphen_before(unsigned byte)
{
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

void hf_uuid_text(const uint8_t uuid[HF_UUID_SIZE], char text[HF_UUID_TEXT])
{
    for (unsigned i = 0; i < HF_UUID_SIZE; i++) {
        if (has_hyphen_before(i)) {
            *text++ = '-';
        }
        text += sprintf(text, "%02x", uuid[i]);
    }
}

bool hf_uuid_parse(const char *text, uint8_t uuid[HF_UUID_SIZE])
{
    for (unsigned i = 0; i < HF_UUID_SIZE; i++, text += 2) {
        unsigned byte;
        if (has_hyphen_before(i) && *text++ != '-') {
            return false;
        }
        if (!isxdigit((unsigned char)text[0]) || !isxdigit((unsigned char)text[1])) {
            return false;
        }
        sscanf(text, "%2x", &byte);
        uuid[i] = (uint8_t)byte;
    }
    return *text == '\0';
}

hf_error hf_uuid_make(uint8_t uuid[HF_UUID_SIZE], hf_problem *problem)
{
    if (getrandom(uuid, HF_UUID_SIZE, 0) != HF_UUID_SIZE) {
        return hf_fail(problem, HF_E_READ, "the system gives no random numbers");
    }
    uuid[6] = (uint8_t)((uuid[6] & 0x0F) | 0x40); // RFC 9562, 5.4
    uuid[8] = (uint8_t)((uuid[8] & 0x3F) | 0x80);
    return HF_OK;
}
