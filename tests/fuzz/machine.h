// SPDX-License-Identifier: MIT
// A machine made of memory for the bootloader's core, quick enough for thousands of lives a second.
//
// One life: a machine of a certain content is powered on, and a script from the fuzzer says what hosts send, when time
// passes, when flash fails, when the power is cut. Whatever it says,
//   - nothing but the areas that may change is erased or programmed, and while links are served nothing but those that
//     may be received into;
//   - nothing is started that libholdfast would not accept;
//   - nothing is started from a machine that has served links;
//   - the machine does not reset for ever, and feeds its watchdog;
//   - and when the script is over, a host in its right mind updates it.
// A life that breaks one of these ends the program as a crash does.
#ifndef HF_FUZZ_MACHINE_H
#define HF_FUZZ_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "judge.h"
#include "script.h"

// Ends the program with these words.
void violate(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

// A link has nothing to do: the next line of the script, or time passes. Comes back, or the machine loses its power.
void machine_idle(void);

// -- a host, one per link ---------------------------------------------------------------------------------------------

struct host {
    void (*power_on)(void);                   // of the machine: whatever was under way is gone
    void (*act)(uint8_t code, struct script *script); // one line of the script that is for this link
    void (*update)(unsigned image);           // sends all of an update, as a host in its right mind would
    bool (*done)(void);                       // nothing of what it wanted to send is left
};

extern const struct host *const hosts[]; // by the target; NULL behind the last one

#endif
