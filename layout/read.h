// SPDX-License-Identifier: MIT
// Steps of hf_board_read, for tests and for whoever has the text in memory.
#ifndef HF_READ_H
#define HF_READ_H

#include "hf_layout.h"

// Reads a board's own file; of the chip only the name is known afterwards. file is for messages.
bool hf_board_parse(hf_board *board, const char *text, size_t size, const char *file,
                    hf_complaint *why);

// Reads a chip file and checks that its facts don't contradict each other.
bool hf_chip_parse(hf_chip *chip, const char *text, size_t size, const char *file,
                   hf_complaint *why);

// The same for a file that hf_chip_parse has accepted before, without that second look.
bool hf_chip_parse_proven(hf_chip *chip, const char *text, size_t size, const char *file,
                          hf_complaint *why);

// Joins the two: what a board leaves open and the chip decides.
void hf_board_join(hf_board *board, const hf_chip *chip);

// Says that there is no chip file of the name the board gives.
hf_layout_status hf_chip_missing(const hf_board *board, hf_complaint *why);

// Looks for contradictions inside a chip's facts (chip_facts.c).
bool hf_chip_facts_agree(const hf_chip *chip, const char *file, hf_complaint *why);

#endif
