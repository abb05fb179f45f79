/* SPDX-License-Identifier: MIT
 *
 * Bank swap (boot/install_banks.c, bank_records.c, bank_copy.c) as a model for SPIN. Power may fail before, inside and after
 * every change of flash and of the option bytes. What is proved for every order of events:
 *   - the bank the core starts from holds a bootloader;
 *   - what is started is whole and not below the floor; what was confirmed is never followed by something older; what failed
 *     its trial is started again only when somebody asks for it;
 *   - there is always something to start, or a whole image that failed and waits for somebody;
 *   - nothing is known of an image that was just received, and nothing that a cut has left can change that;
 *   - no circle without power failing: every boot ends.
 * Of the generations of records two are of interest: the one that counts, and one whose opening was cut. Whether another one is
 * left or all are erased is open each time; an erase that is cut may leave any of the records.
 * A record has four places, and each cut in writing it spoils one: it reads as it likes from then on. -DTEARS=n: so many of
 * them between two updates. With any, circles are not looked for (who reads a coin for ever is not in the silicon), and an
 * image whose mark "wanted" was torn may be taken for one that was never on trial. -DOPENINGS=n: so many cuts in opening a generation, or
 * in erasing all. */

#ifndef OPENINGS
#define OPENINGS 0
#endif

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
#define OPENED    5
#define KINDS     5 /* the opening is in opened */
#define record(b, k) records[((b) * 2 + at[b]) * KINDS + (k)]
#define floor(b)     floors[(b) * 2 + at[b]]

#define BLANK  0
#define TORN   1 /* reads well, badly, or as blank */
#define STRONG 2

byte image[2];             /* by bank: the version that stands there whole, or JUNK */
byte records[4 * KINDS];   /* by bank and generation */
byte floors[4];
byte opened[2];            /* TORN: there is a second generation for who reads it so */
bit at[2];                 /* the generation that counts, as found at this reset */
bool boots[2];             /* a whole bootloader stands there */
bit swapped = 0;           /* option byte: the bank that is seen first */

byte sent = 1, told = 0, failed = 0, tears = 0, openings = 0;
bool asked = false;        /* somebody wants this start */
bool r, known;

#define highest    (floor(0) > floor(1) -> floor(0) : floor(1))
#define sound(b)   (image[b] != JUNK && image[b] >= highest)
#define untouched(b) (record(b, WANTED) == BLANK && record(b, TRIED) == BLANK && record(b, CONFIRMED) == BLANK && \
                      record(b, REJECTED) == BLANK && record(b, PASSED) == BLANK)
#define touched(b) (record(b, WANTED) == STRONG || record(b, TRIED) == STRONG || record(b, CONFIRMED) == STRONG || \
                    record(b, REJECTED) == STRONG || record(b, PASSED) == STRONG)

inline cut_here() { if :: true :: goto progress_cut fi }

inline has(b, k) { /* hf_bank_has */
    atomic {
        if
        :: record(b, k) == STRONG || record(b, k) == TORN -> r = true
        :: record(b, k) == BLANK || record(b, k) == TORN -> r = false
        fi
    }
}

inline find(b) { /* hf_bank_find, once after each reset */
    atomic {
        if
        :: at[b] = 0
        :: opened[b] == TORN -> at[b] = 1
        fi
    }
}

/* A new generation counts, and nothing in it is known; what was before it will never be read again. */
inline forget(b) {
    d_step {
        at[b] = 1;
        record(b, WANTED) = BLANK; record(b, TRIED) = BLANK; record(b, CONFIRMED) = BLANK; record(b, REJECTED) = BLANK;
        record(b, PASSED) = BLANK; floor(b) = 0;
        at[b] = 0;
        record(b, WANTED) = BLANK; record(b, TRIED) = BLANK; record(b, CONFIRMED) = BLANK; record(b, REJECTED) = BLANK;
        record(b, PASSED) = BLANK; floor(b) = 0;
        opened[b] = BLANK; tears = 0; openings = 0
    }
}

/* The opening is written once more: from now on everybody reads it. */
inline hold(b) {
    if
    :: at[b] == 1 ->
        cut_here();
#ifndef BREAK_HOLD /* a fault on purpose: an application confirms itself where nobody may look later */
        d_step {
            records[b * 2 * KINDS + WANTED] = record(b, WANTED);
            records[b * 2 * KINDS + TRIED] = record(b, TRIED);
            records[b * 2 * KINDS + CONFIRMED] = record(b, CONFIRMED);
            records[b * 2 * KINDS + REJECTED] = record(b, REJECTED);
            records[b * 2 * KINDS + PASSED] = record(b, PASSED);
            floors[b * 2] = floor(b);
            record(b, WANTED) = BLANK; record(b, TRIED) = BLANK; record(b, CONFIRMED) = BLANK; record(b, REJECTED) = BLANK;
            record(b, PASSED) = BLANK; floor(b) = 0;
            at[b] = 0; opened[b] = BLANK
        };
#endif
        failed = (failed == image[b] -> 0 : failed); /* as with all of its records */
        cut_here()
    :: else
    fi
}

/* What an erase that was cut leaves of the records, of whichever generation: any of them. */
inline bring_to_light(b) {
    if :: record(b, WANTED) = STRONG :: true fi;
    if :: record(b, TRIED) = STRONG :: true fi;
    if :: record(b, CONFIRMED) = STRONG :: true fi;
    if :: record(b, REJECTED) = STRONG :: true fi;
    if :: record(b, PASSED) = STRONG :: true fi
}

inline renew(b) { /* hf_bank_renew */
    cut_here();
    if
    :: forget(b) /* opened well */
    :: openings < OPENINGS -> openings++; opened[b] = TORN; goto progress_cut
    :: true -> /* start_over */
#ifndef BREAK_ERASE /* a fault on purpose: the records are erased while the image they are about still stands */
        image[b] = JUNK; cut_here();
#endif
        if
        :: forget(b)
        :: openings < OPENINGS -> forget(b); openings = OPENINGS; bring_to_light(b); goto progress_cut
        fi
    fi;
    cut_here()
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
    atomic { r = false; known = false; at[0] = 0; at[1] = 0 };
    assert(boots[here]);
    /* hf_install_run */
    find(here);
    hold(here);
    find(peer);
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
        :: floor(here) < image[here] -> cut_here(); floor(here) = image[here]; cut_here()
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
    /* hf_install_receiving */
    has(peer, WANTED);
    if
    :: r -> settle(peer, PASSED); if :: !r -> put(peer, PASSED) :: else fi
    :: else
    fi;
    is_fresh(peer);
    if
#ifndef BREAK_RENEW /* a fault on purpose: what is known of the last image is taken for this one's */
#ifdef BREAK_OPENING /* another one: an opening that was cut is taken for one */
    :: (!r || !untouched(peer)) && at[peer] == 0 -> renew(peer)
#else
    :: !r || !untouched(peer) || at[peer] == 1 -> renew(peer) /* places that only look blank fail when they are written */
#endif
#endif
    :: else
    fi;
    image[peer] = JUNK; cut_here();
    if
    :: atomic { image[peer] = sent; assert(untouched(peer) && opened[peer] == BLANK) }
    :: true /* the host dies */
    fi;
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
