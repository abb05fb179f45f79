// SPDX-License-Identifier: MIT
// Every way the bootloader can fail, by name.
#ifndef HF_ERROR_H
#define HF_ERROR_H

typedef enum hf_err {
    HF_OK = 0,

    // Images, in the order they are checked (docs/image-format.md).
    HF_E_ERASED,        // first word is all ones or zero: nothing there
    HF_E_STACK,         // initial stack pointer outside every RAM
    HF_E_RESET_VECTOR,  // reset vector outside the image, or without the Thumb bit
    HF_E_MARK,          // not a sealed image
    HF_E_LENGTH,        // length and complement disagree, or it does not fit the slot
    HF_E_TRAILER,       // no trailer where the length says, or one of another format
    HF_E_LOAD_ADDRESS,  // sealed for another address
    HF_E_PRODUCT,       // sealed for another product
    HF_E_CHIP,          // sealed for another chip
    HF_E_CRC,           // content and CRC-32 disagree
    HF_E_KEY,           // not signed, or by a key that is not the board's
    HF_E_DIGEST,        // content and SHA-256 disagree
    HF_E_SIGNATURE,     // the signature is not one of this content by that key

    // Updates.
    HF_E_VERSION,       // older than the floor: a downgrade
    HF_E_COUNTER,       // its security counter is below the floor
    HF_E_TRIAL,         // its trial ended without a confirmation

    HF_E_ORDER,         // an order for another device, of a kind that this board does not take, or obeyed before

    // Slots.
    HF_E_ADDRESS,       // outside the slot, or not aligned to the program unit

    // Flash: the controller's flags under the reference manual's names, then our own read-back.
    HF_E_LOCKED,        // the keys did not unlock the controller
    HF_E_PGSERR,        // programming sequence
    HF_E_PGPERR,        // programming parallelism
    HF_E_PGAERR,        // programming alignment
    HF_E_WRPERR,        // write-protected
    HF_E_RDERR,         // read-protected (PCROP)
    HF_E_STRBERR,       // the same byte of a word was written twice
    HF_E_INCERR,        // a word was left incomplete
    HF_E_OPERR,         // the operation failed for another reason
    HF_E_TIMEOUT,       // still busy long after the worst case of the data sheet
    HF_E_NOT_ERASED,    // read-back after erase found a programmed bit
    HF_E_VERIFY,        // read-back after programming differs
    HF_E_SUPPLY,        // the supply is too low to change anything
    HF_E_OPTION,        // the option bytes did not take a change
    HF_E_NO_CHIP,       // no external flash answers
    HF_E_WRONG_CHIP,    // it is too small, or cannot erase blocks of 64 KB
    HF_E_ECC,           // a word with more wrong bits than its error correction can mend
} hf_err;

#endif
