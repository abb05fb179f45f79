// SPDX-License-Identifier: MIT
// The list of spoilt images.
#include "malformed.h"

#include <stddef.h>
#include <string.h>

#include "hf_image.h"
#include "image_check.h"

static uint32_t get(const hf_image *image, uint32_t offset)
{
    uint32_t word;
    memcpy(&word, image->bytes + offset, sizeof word);
    return word;
}

static void put(hf_image *image, uint32_t offset, uint32_t word)
{
    memcpy(image->bytes + offset, &word, sizeof word);
}

static struct hf_trailer *trailer(hf_image *image)
{
    return (void *)(image->bytes + image->size - sizeof(struct hf_trailer));
}

static void put_length(hf_image *image, uint32_t length)
{
    put(image, HF_IMAGE_OFFSET_LENGTH, length);
    put(image, HF_IMAGE_OFFSET_LENGTH_NOT, ~length);
}

#define SPOIL(name, ...)                                                                                               \
    static void name(const product *it, hf_image *image)                                                               \
    {                                                                                                                  \
        (void)it;                                                                                                      \
        __VA_ARGS__;                                                                                                   \
    }

SPOIL(cut_to_a_table, image->size = 48)
SPOIL(cut_in_the_payload, image->size -= sizeof(struct hf_trailer) + 32)
SPOIL(cut_in_the_trailer, image->size -= 4)
SPOIL(first_word_erased, put(image, 0, 0xFFFFFFFFu))
SPOIL(first_word_zero, put(image, 0, 0))
SPOIL(wrong_mark, put(image, HF_IMAGE_OFFSET_MARK, HF_IMAGE_MARK ^ 1u))
SPOIL(complement_wrong, put(image, HF_IMAGE_OFFSET_LENGTH_NOT, 0))
SPOIL(length_not_aligned, put_length(image, get(image, HF_IMAGE_OFFSET_LENGTH) + 4))
SPOIL(length_zero, put_length(image, 0))
SPOIL(length_behind_the_slot, put_length(image, hf_board_area(&it->description, HF_USE_APPLICATION)->size))
SPOIL(length_wraps, put_length(image, 0xFFFFFFE0u))
SPOIL(length_wraps_with_the_trailer, put_length(image, 0xFFFFFFC0u))
SPOIL(length_wraps_with_the_address, put_length(image, 0u - product_application(it)))
SPOIL(no_trailer, trailer(image)->magic ^= 1u)
SPOIL(format_unknown, trailer(image)->format = 99)
SPOIL(trailer_of_another_size, trailer(image)->size = 60)
SPOIL(length_repeated_wrongly, trailer(image)->payload_length -= 32)
SPOIL(content_changed, image->bytes[image->size / 2] ^= 0x10)
SPOIL(crc_changed, trailer(image)->crc32 ^= 0x80000000u)
SPOIL(stack_in_flash, put(image, 0, product_application(it)))
SPOIL(stack_behind_the_ram, put(image, 0, 0x20020004u))
SPOIL(stack_at_the_start_of_the_ram, put(image, 0, 0x20000000u))
SPOIL(stack_not_aligned, put(image, 0, 0x2001FFFEu))
SPOIL(reset_without_thumb, put(image, 4, get(image, 4) & ~1u))
SPOIL(reset_in_the_bootloader, put(image, 4, 0x08000201u))
SPOIL(reset_behind_the_payload, put(image, 4, product_application(it) + get(image, HF_IMAGE_OFFSET_LENGTH) + 1))
SPOIL(reset_in_ram, put(image, 4, 0x20000101u))
SPOIL(load_address_alone, trailer(image)->load_address += 0x10000)
SPOIL(made_for_another_slot, trailer(image)->load_address += 0x10000; put(image, 4, get(image, 4) + 0x10000))
SPOIL(another_chip, trailer(image)->chip_id ^= 0x400)
SPOIL(another_product, trailer(image)->product_id += 1)

const malformed malformed_images[] = {
    {"cut to 48 bytes", cut_to_a_table, "48 bytes: too short for a vector table", 8, false},
    {"payload cut short", cut_in_the_payload, "payload length", 8, false},
    {"trailer cut short", cut_in_the_trailer, "payload length", 8, false},
    {"first word erased", first_word_erased, "content", 8, true},
    {"first word zero", first_word_zero, "content", 8, true},
    {"wrong mark", wrong_mark, "mark", 8, true},
    {"length without its complement", complement_wrong, "payload length", 8, true},
    {"length not aligned", length_not_aligned, "payload length", 8, true},
    {"length zero", length_zero, "payload length", 8, true},
    {"length beyond the slot", length_behind_the_slot, "payload length", 8, true},
    {"length wraps", length_wraps, "payload length", 8, true},
    {"length wraps with the trailer", length_wraps_with_the_trailer, "payload length", 8, true},
    {"length wraps with the address", length_wraps_with_the_address, "payload length", 8, true},
    {"no trailer", no_trailer, "trailer", 8, true},
    {"unknown format", format_unknown, "trailer format", 8, true},
    {"trailer of another size", trailer_of_another_size, "trailer format", 8, true},
    {"length repeated wrongly", length_repeated_wrongly, "trailer format", 8, true},
    {"content changed", content_changed, "CRC-32", 8, false},
    {"CRC changed", crc_changed, "CRC-32", 8, false},
    {"stack pointer in flash", stack_in_flash, "stack pointer", 8, true},
    {"stack pointer behind the RAM", stack_behind_the_ram, "stack pointer", 8, true},
    {"stack pointer at the start of the RAM", stack_at_the_start_of_the_ram, "stack pointer", 8, true},
    {"stack pointer not aligned", stack_not_aligned, "stack pointer", 8, true},
    {"reset vector without the Thumb bit", reset_without_thumb, "reset vector", 8, true},
    {"reset vector in the bootloader", reset_in_the_bootloader, "reset vector", 8, true},
    {"reset vector behind the payload", reset_behind_the_payload, "reset vector", 8, true},
    {"reset vector in RAM", reset_in_ram, "reset vector", 8, true},
    {"load address of another slot alone", load_address_alone, "reset vector", 8, true},
    {"made for another slot", made_for_another_slot, "load address", 8, true},
    {"another chip", another_chip, "chip", 8, true},
    {"another product", another_product, "product", 8, true},
};
const size_t malformed_count = sizeof malformed_images / sizeof malformed_images[0];

hf_image malformed_make(const product *it, const malformed *how)
{
    hf_image image = product_image(it, "blink-v1.bin");
    how->spoil(it, &image);
    if (how->reseal) {
        uint32_t covered = (uint32_t)(image.size - sizeof(struct hf_trailer) + offsetof(struct hf_trailer, crc32));
        trailer(&image)->crc32 = hf_crc32(0, image.bytes, covered);
    }
    return image;
}
