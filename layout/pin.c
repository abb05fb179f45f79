// SPDX-License-Identifier: MIT
// Pin names.
#include "hf_layout.h"

bool hf_pin_parse(const char *text, hf_pin *pin)
{
    if (text[0] != 'P' || text[1] < 'A' || text[1] > 'K') {
        return false;
    }
    bool leading_zero = text[2] == '0' && text[3] != '\0';
    unsigned number = 0;
    const char *digit = text + 2;
    for (; *digit >= '0' && *digit <= '9' && digit - text < 4; digit++) {
        number = number * 10 + (unsigned)(*digit - '0');
    }
    if (digit == text + 2 || *digit != '\0' || number > 15 || leading_zero) {
        return false;
    }
    *pin = (hf_pin){.port = text[1], .number = (uint8_t)number};
    return true;
}
