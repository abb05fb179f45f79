// SPDX-License-Identifier: MIT
// What must survive a power cut: a journal of small records in two sectors, of which one is current.
//
// A record is written once, checks itself, and counts from when it is whole: one that was torn is absent. The latest of
// a kind is the one in force; older ones are history and vanish when the journal moves to its other sector.
//
// Torn cells are treated with distrust. A record may read well once and badly the next time, a cell may read blank and
// not be. So before the first record of a boot is written, and before anything is done on the strength of one that was
// read, the journal is *settled*: the last record is programmed once more (the same bits, which makes weak ones strong)
// or, if it is not valid, overwritten with zeros like the cell behind it. Reading needs none of that.
#ifndef HF_RECORDS_H
#define HF_RECORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

// The kinds. A new one is a line here; its two words are its own business.
typedef enum hf_record_kind {
    HF_RECORD_OPENING = 1, // first of a sector: its generation. The journal's own
    HF_RECORD_INSTALL,     // where an update stands (state.h)
    HF_RECORD_FLOOR,       // lowest version, lowest security counter that may be installed or started
    HF_RECORD_FAILURE,     // what went wrong last: an hf_err, and the version it went wrong with; 0: that of half an image
    HF_RECORD_REVOKED,     // id of the key that no longer counts
    HF_RECORD_KNOWN,       // CRC-32 and payload length of the application whose signature was verified
    HF_RECORD_ORDER,       // number of the last order that was obeyed; 1: one of them was to protect the chip
    HF_RECORD_OVERRIDE,    // the floor was lowered on purpose: its version before and after
    HF_RECORD_PROVISION,   // the device's provision (provision.h), two words after two words, up to ...
    HF_RECORD_PROVISION_END = HF_RECORD_PROVISION + 3,
    HF_RECORD_KINDS = 16,  // kinds are below this
} hf_record_kind;

// The latest record of a kind. False when there is none; the words are 0 then.
bool hf_record_find(hf_record_kind kind, uint32_t words[2]);

// Makes the last record certain, before something is done that cannot be undone. Cheap when it has been done already.
hf_err hf_records_settle(void);

// Has the journal been settled since its last record was written? Reads only.
bool hf_records_certain(void);

// Appends a record, settling first; a full sector moves the latest of each kind to the other one. It is in force, and
// will be, when this returns HF_OK; after an error or a cut it is or is not. Errors are those of the flash.
hf_err hf_record_append(hf_record_kind kind, uint32_t first, uint32_t second);

#endif
