/* SPDX-License-Identifier: MIT
 *
 * Bank swap (boot/install_banks.c, bank_records.c, bank_copy.c) as a model for SPIN. Power may fail before, inside and after
 * every change of flash and of the option bytes. What is proved for every order of events:
 *   - the bank the core starts from holds a bootloader;
 *   - what is started is whole and not below the floor; what was confirmed is never followed by something older; what failed
 *     its trial is started again only when somebody asks for it;
 *   - there is always something to start, or a whole image that failed and waits for somebody;
 *   - no circle without power failing: every boot ends.
 * A record has four places, and each cut in writing it spoils one: it reads as it likes from then on. -DTEARS=n: so many of
 * them between two updates. With any, circles are not looked for (who reads a coin for ever is not in the silicon), and an
 * image whose mark "wanted" was torn may be taken for one that was never on trial. */

#define LAST  3 /* versions are 1 to 3 */
#define JUNK  0

#define here  swapped
#define peer  (1 - swapped)

/* hf_bank_record, the kinds that tell of a trial */
#define WANTED    0
#define TRIED     1
#define CONFIRMED 2
#define REJECTED  3
#define PASSED    4
#define KINDS     5
#define record(b, k) records[(b) * KINDS + (k)]

#define BLANK  0
#define TORN   1 /* reads well, badly, or as blank */
#define STRONG 2

byte image[2];             /* by bank: the version that stands there whole, or JUNK */
byte records[2 * KINDS];
byte floors[2];
bool boots[2];             /* a whole bootloader stands there */
bit swapped = 0;           /* option byte: the bank that is seen first */

byte sent = 1, told = 0, failed = 0, tears = 0;
bool asked = false;        /* somebody wants this start */
bool r, known;

#define highest    (floors[0] > floors[1] -> floors[0] : floors[1])
#define sound(b)   (image[b] != JUNK && image[b] >= highest)
#define untouched(b) (record(b, WANTED) == BLANK && record(b, TRIED) == BLANK && record(b, CONFIRMED) == BLANK && \
                      record(b, REJECTED) == BLANK)
#define touched(b) (record(b, WANTED) == STRONG || record(b, TRIED) == STRONG || record(b, CONFIRMED) == STRONG || \
                    record(b, REJECTED) == STRONG)

inline cut_here() { if :: true :: goto progress_cut fi }

inline has(b, k) { /* hf_bank_has */
    atomic {
        if
        :: record(b, k) == STRONG || record(b, k) == TORN -> r = true
        :: record(b, k) == BLANK || record(b, k) == TORN -> r = false
        fi
    }
}

inline is_fresh(b) { /* hf_bank_is_fresh */
    if
    :: !touched(b) -> r = true
    :: !untouched(b) -> r = false
    fi
}

inline put(b, k) { /* hf_bank_put */
    cut_here();
    if
    :: record(b, k) = STRONG
    :: tears < TEARS -> tears++; record(b, k) = (record(b, k) == STRONG -> STRONG : TORN); goto progress_cut
    fi;
    cut_here()
}

inline settle(b, k) { /* hf_bank_settle: STRONG stands for one that was written in peace, or two */
    has(b, k);
    if
    :: r && record(b, k) == TORN -> put(b, k)
    :: else
    fi
}

inline is_usable(b) {
    atomic { has(b, REJECTED); r = !r && sound(b) }
}

inline is_pending() {
    atomic {
        has(peer, WANTED);
        if :: r -> has(peer, TRIED); r = !r :: else fi;
        if :: r -> has(peer, CONFIRMED); r = !r :: else fi;
        if :: r -> has(peer, PASSED); r = !r :: else fi;
        if :: r -> is_usable(peer) :: else fi
    }
}

inline trial_failed() {
    atomic {
        has(here, WANTED);
        if :: r -> has(here, TRIED) :: else fi;
        if :: r -> has(here, CONFIRMED); r = !r :: else fi
    }
}

inline swap() {
    is_fresh(here);
    if
    :: r -> put(here, CONFIRMED)
    :: else ->
#ifdef BREAK_PASSED /* a fault on purpose: both are wanted, and the banks change places for ever */
        skip
#else
        settle(here, PASSED);
        if :: !r -> put(here, PASSED) :: else fi
#endif
    fi;
#ifndef BREAK_COPY /* another one: the other bank's bootloader is forgotten */
    if
    :: !boots[peer] -> cut_here(); boots[peer] = true; cut_here()
    :: boots[peer] /* as is found by comparing */
    fi;
#endif
    cut_here();
    swapped = 1 - swapped; /* a cut inside leaves the old value, or the new one */
    asked = false;
    goto power_on
}

active proctype board() {
    d_step { image[0] = 1; boots[0] = true };

power_on:
    atomic { r = false; known = false };
    assert(boots[here]);
    /* hf_install_run */
    is_pending();
    if :: r -> settle(peer, WANTED) :: else fi;
    if :: r -> swap() :: else fi;
    trial_failed();
    if
    :: r ->
        failed = (record(here, CONFIRMED) == TORN || image[peer] == image[here] -> failed : image[here]);
        put(here, REJECTED);
        is_usable(peer);
        if :: r -> swap() :: else fi
    :: else
    fi;
    if
    :: sound(here)
    :: else -> is_usable(peer); if :: r -> swap() :: else -> assert(false) fi
    fi;
    /* hf_boot */
    if
    :: goto progress_received /* button, magic word, or somebody in the window */
    :: true
    fi;
    if
    :: !asked -> trial_failed(); if :: r -> goto progress_waiting :: else fi
    :: asked
    fi;
    /* hf_install_starting */
    has(here, CONFIRMED);
    known = r;
    if
    :: known -> settle(here, CONFIRMED)
    :: else -> has(here, WANTED); known = !r
    fi;
    if
    :: known -> /* hf_floor_raise */
        if
        :: floors[here] < image[here] -> cut_here(); floors[here] = image[here]; cut_here()
        :: else
        fi
    :: else ->
        has(here, TRIED);
        if :: r :: else -> put(here, TRIED) fi
    fi;

progress_started:
    assert(sound(here));
    assert(image[here] >= told);
#if TEARS == 0
    assert(image[here] != failed || asked || record(here, CONFIRMED) != BLANK);
#endif
    asked = false;
    if
    :: put(here, CONFIRMED); told = image[here]; failed = (failed == told -> 0 : failed); tears = 0 /* hf_app_confirm */
    :: true /* it hangs, is reset, or has nothing to say */
    fi;
    goto power_on;

progress_waiting:
    asked = true; /* a host says BOOT; who sends something is below */
    if :: goto power_on :: goto progress_received fi;

progress_received:
    asked = false;
    if
    :: sent < LAST -> sent++
    :: sent == LAST /* the same once more */
    fi;
    failed = (failed == sent -> 0 : failed); /* asked for again */
    is_fresh(peer);
    if
    :: !r || !untouched(peer) -> /* hf_install_receiving: a sector the image may not reach to. Places that only look blank */
        cut_here();               /* fail when they are written, and are erased with the image */
        d_step {
            record(peer, WANTED) = BLANK; record(peer, TRIED) = BLANK; record(peer, CONFIRMED) = BLANK;
            record(peer, REJECTED) = BLANK; record(peer, PASSED) = BLANK; floors[peer] = 0; tears = 0
        };
        cut_here()
    :: r && untouched(peer)
    fi;
    image[peer] = JUNK; cut_here();
    if :: image[peer] = sent :: true /* the host dies */ fi;
    cut_here();
    if
    :: sound(peer) -> put(peer, WANTED) /* hf_install_request */
    :: else
    fi;
    goto power_on;

progress_cut:
    asked = false;
    goto power_on
}
