// SPDX-License-Identifier: MIT
// Every way the bootloader can fail: X(name, number, what it means). The numbers are kept in records and told to hosts, so
// they never change; a new one takes a free number of its group. hf_err.h makes the enum.
#ifndef HF_FAILURES_H
#define HF_FAILURES_H

#define HF_FAILURES(X) \
    /* Images, in the order they are checked (docs/image-format.md). */ \
    X(ERASED, 0x01, "first word is all ones or zero: nothing there") \
    X(STACK, 0x02, "initial stack pointer outside every RAM") \
    X(RESET_VECTOR, 0x03, "reset vector outside the image, or without the Thumb bit") \
    X(MARK, 0x04, "not a sealed image") \
    X(LENGTH, 0x05, "length and complement disagree, or it does not fit the slot") \
    X(TRAILER, 0x06, "no trailer where the length says, or one of another format") \
    X(LOAD_ADDRESS, 0x07, "sealed for another address") \
    X(PRODUCT, 0x08, "sealed for another product") \
    X(CHIP, 0x09, "sealed for another chip") \
    X(CRC, 0x0A, "content and CRC-32 disagree") \
    X(KEY, 0x0B, "not signed, or by a key that is not the board's") \
    X(DIGEST, 0x0C, "content and SHA-256 disagree") \
    X(SIGNATURE, 0x0D, "the signature is not one of this content by that key") \
    /* Updates. */ \
    X(VERSION, 0x20, "older than the floor: a downgrade") \
    X(COUNTER, 0x21, "its security counter is below the floor") \
    X(TRIAL, 0x22, "its trial ended without a confirmation") \
    X(UNCONFIRMED, 0x23, "the application is on trial itself: it must confirm before it stages another image") \
    X(SEQUENCE, 0x24, "out of order: begin, write from the start without gaps, finish") \
    X(ORDER, 0x26, "an order for another device, of a kind that this board does not take, or obeyed before") \
    X(PLAIN, 0x27, "not enciphered, and this board takes images that are") \
    X(PROVISIONED, 0x25, "provisioned already, with other data") \
    /* Slots. */ \
    X(ADDRESS, 0x30, "outside the slot, or not aligned to the program unit") \
    X(HIDDEN, 0x31, "a board that deciphers images shows nothing of them") \
    /* Flash: the controller's flags under the reference manual's names, then our own read-back. */ \
    X(LOCKED, 0x40, "the keys did not unlock the controller") \
    X(PGSERR, 0x41, "programming sequence") \
    X(PGPERR, 0x42, "programming parallelism") \
    X(PGAERR, 0x43, "programming alignment") \
    X(WRPERR, 0x44, "write-protected") \
    X(RDERR, 0x45, "read-protected (PCROP)") \
    X(STRBERR, 0x46, "the same byte of a word was written twice") \
    X(INCERR, 0x47, "a word was left incomplete") \
    X(OPERR, 0x48, "the operation failed for another reason") \
    X(TIMEOUT, 0x49, "still busy long after the worst case of the data sheet") \
    X(NOT_ERASED, 0x4A, "read-back after erase found a programmed bit") \
    X(VERIFY, 0x4B, "read-back after programming differs") \
    X(SUPPLY, 0x4C, "the supply is too low to change anything") \
    X(OPTION, 0x4D, "the option bytes did not take a change") \
    X(ECC, 0x4E, "a word with more wrong bits than its error correction can mend") \
    X(NO_CHIP, 0x4F, "no external flash answers") \
    X(WRONG_CHIP, 0x50, "the external flash is too small, or cannot erase blocks of 64 KB")

#endif
