// SPDX-License-Identifier: MIT
// Records of a trial with bank swap: docs/dual-bank.md. They fill the end of each bank's application area, are erased with
// it, and cost no sector. The bootloader and the application write them.
//
// There is room for several generations, one for each image that is received. What counts is the last one that was opened, or
// the first when none was; what stands in those before it is about images that are gone.
//
// A record is one word of flash (32 bytes on the H7) in which a pattern alternates with its complement; that of the floor
// has its two numbers, each followed by its complement, in the middle. Each kind has several places in each generation,
// written from the first: a place that a cut has spoilt is passed over.
#ifndef HF_BANK_H
#define HF_BANK_H

#include <stdint.h>

#define HF_BANK_RECORD_SIZE  32u
#define HF_BANK_PLACES       4u // of each kind
#define HF_BANK_GENERATIONS  8u

typedef enum hf_bank_record {
    HF_BANK_WANTED,    // verified, and to be started: a swap follows
    HF_BANK_TRIED,     // started for the first time
    HF_BANK_CONFIRMED, // by the application: it works
    HF_BANK_REJECTED,  // its trial failed: never swapped to again
    HF_BANK_PASSED,    // left for another image: no longer swapped to for being wanted
    HF_BANK_FLOOR,     // lowest version and security counter that may be started, as known when it was written
    HF_BANK_OPENED,    // the generations before this one are void; the first needs none
    HF_BANK_KINDS,
    HF_BANK_COPIED = HF_BANK_KINDS, // at the end of the bootloader's area instead: the bootloader in this bank is whole
} hf_bank_record;

// First word of a record; the second is its complement, and so on.
#define HF_BANK_TRIAL_KINDS HF_BANK_FLOOR // the kinds in front of it tell of the image's trial
#define HF_BANK_PATTERN(kind) (0x48465230u + (uint32_t)(kind)) // "0RFH" and the following

#define HF_BANK_RECORDS_SIZE 7168u // as the linker script of an application knows it

// Offset of a record's place from the end of the application area, and of a copied bootloader's from the end of its own.
#define HF_BANK_PLACE(generation, kind, place) \
    (HF_BANK_RECORDS_SIZE -                     \
     (((generation) * HF_BANK_KINDS + (uint32_t)(kind)) * HF_BANK_PLACES + (place)) * HF_BANK_RECORD_SIZE)
#define HF_BANK_COPIED_SIZE         (HF_BANK_PLACES * HF_BANK_RECORD_SIZE)
#define HF_BANK_COPIED_PLACE(place) (HF_BANK_COPIED_SIZE - (place) * HF_BANK_RECORD_SIZE)

_Static_assert(HF_BANK_GENERATIONS * HF_BANK_KINDS * HF_BANK_PLACES * HF_BANK_RECORD_SIZE == HF_BANK_RECORDS_SIZE,
               "all of them fit");

#endif
