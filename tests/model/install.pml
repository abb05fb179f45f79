/* SPDX-License-Identifier: MIT
 *
 * The installation engine (boot/install.c, receive.c, steps_*.c) as a model for SPIN. Power may fail before and after every
 * change of flash, inside it, and again and again. What is proved for every order of events:
 *   - what is started is whole, of one version, and not below the floor;
 *   - what was confirmed is never followed by something older; what failed its trial does not come back by itself;
 *   - what is started without a trial has proved itself, or was there before: nothing that happens around an image whose trial
 *     has failed, or that has had none yet, makes it a good one;
 *   - there is always something to start. Update mode for want of an image is never reached; where the way back is gone, an
 *     image that failed its trial waits for somebody (REJECTED), and is whole;
 *   - no circle without power failing: every boot ends.
 * States, functions and their order are those of the code. -DSWAP, -DOVERWRITE or -DEXTERNAL; -DHF_TRIAL=1 or 0; -DWORD:
 * the application confirms outside the journal (trial_word.c). */

#define BLOCKS 2

/* Flash in blocks: the application, then the staging area. */
#ifdef SWAP
#define STAGING (BLOCKS + 1)
#define RECEIVE (BLOCKS + 1)
#define STEPS   (2 * BLOCKS)
#define BACKUP  BLOCKS
#endif
#ifdef OVERWRITE
#define STAGING BLOCKS
#define RECEIVE BLOCKS
#define STEPS   BLOCKS
#endif
#ifdef EXTERNAL
#define STAGING (2 * BLOCKS)
#define RECEIVE BLOCKS
#define STEPS   (2 * BLOCKS)
#define BACKUP  (2 * BLOCKS)
#endif
#define APP    0
#define LAST   3 /* versions are 1 to 3 */

mtype:hf_state = { IDLE, STAGED, INSTALLING, TRIAL, TRIED, REVERTING, REJECTED };

#define JUNK              0
#define content(v, i)     ((v) * BLOCKS + (i) + 1)
#define version(base)     ((flash[base] - 1) / BLOCKS)
#define whole(base)       (flash[base] != JUNK && flash[base] == content(version(base), 0) && \
                           flash[base + 1] == content(version(base), 1))
#define judge(base)       (whole(base) && version(base) >= floor)
#define rests             (state == IDLE || state == TRIAL || state == REJECTED)
#define restorable        (state != REJECTED && !(state == IDLE && step == REVERTED) && judge(RECEIVE))
#ifdef OVERWRITE
#define can_go_back       false
#define same_in_backup    false
#else
#define can_go_back       judge(BACKUP)
#define same_in_backup    (can_go_back && version(BACKUP) == version(APP))
#endif

byte flash[BLOCKS + STAGING];
mtype:hf_state state = IDLE; /* the journal's latest record */
byte step = 0, floor = 0;    /* step: of INSTALLING and REVERTING; with IDLE the reason */
bool mark = false;           /* UNPROVEN: what the update replaces had not proved itself */
bool weak = false; /* a record that a cut has left: it reads as it likes until the journal is settled */
mtype:hf_state weak_state = IDLE;
byte weak_step = 0;
bool weak_mark = false;

#define REVERTED 1

byte sent = 1;                  /* the latest version that a host has sent */
byte confirmed = 0, failed = 0; /* what must not be undone */
byte proven = 1 << 1;           /* versions that may be started without a trial: a bit each */
byte block;
#ifdef WORD
mtype = { NONE, TORN, SAID }; /* the application's word of flash: torn, it reads as it likes */
mtype word = NONE;
#endif

inline allow(v) { proven = proven | (1 << (v)) }

inline cut_here() { if :: true :: goto progress_cut fi }

inline append_marked(new_state, new_step, new_mark) {
    cut_here();
    if
    :: d_step { mark = new_mark; step = new_step; state = new_state }
    :: d_step { weak = true; weak_state = new_state; weak_step = new_step; weak_mark = new_mark }; goto progress_cut
    fi;
    cut_here()
}

inline append(new_state, new_step) { append_marked(new_state, new_step, mark) } /* hf_state_enter */

inline as_before(reason) { /* hf_state_as_before */
    if
    :: mark -> append(REJECTED, 0)
    :: else -> append(IDLE, reason)
    fi
}

inline hf_copy(to, from) {
    cut_here();
    flash[to] = JUNK;
    cut_here();
    flash[to] = flash[from];
    cut_here()
}

inline forget(n) { /* hf_trial_forget */
#ifdef WORD
    if
    :: n == 0 && word != NONE -> cut_here(); flash[BLOCKS - 1] = JUNK; word = NONE; cut_here()
    :: else
    fi
#else
    skip
#endif
}

inline hf_step(back, n) {
#ifdef SWAP
    block = (back -> BLOCKS - 1 - n / 2 : n / 2);
    if
    :: n % 2 == 0 && !back -> hf_copy(BLOCKS + block, block)
    :: n % 2 == 0 && back  -> hf_copy(BLOCKS + block + 1, block)
    :: n % 2 == 1 && !back -> hf_copy(block, BLOCKS + block + 1)
    :: n % 2 == 1 && back  -> hf_copy(block, BLOCKS + block)
    fi
#endif
#ifdef OVERWRITE
    block = n;
    hf_copy(block, RECEIVE + block)
#endif
#ifdef EXTERNAL
    block = n % BLOCKS;
    if
    :: !back && n < BLOCKS -> hf_copy(BACKUP + block, block)
    :: !back && n >= BLOCKS -> forget(block); hf_copy(block, RECEIVE + block)
    :: back && n < BLOCKS -> forget(block); hf_copy(block, BACKUP + block)
    :: back && n >= BLOCKS
    fi
#endif
}

inline run_steps(back, in_state) {
#ifdef BREAK_STEPS /* a fault on purpose, so that the check is seen to find one: the step is recorded before it is done */
    do
    :: step < STEPS -> append(in_state, step + 1); hf_step(back, step - 1)
    :: else -> break
    od
#else
    do
    :: step < STEPS -> hf_step(back, step); append(in_state, step + 1)
    :: else -> break
    od
#endif
}

inline go_back(otherwise) {
    if
    :: can_go_back -> append(REVERTING, 0)
    :: else -> append(otherwise, 0)
    fi
}

active proctype board() {
    d_step {
        flash[APP] = content(1, 0);
        flash[APP + 1] = content(1, 1)
    };

power_on:
    /* hf_install_run: the journal is settled before anything is asked */
#ifdef BREAK_SETTLE /* another one: the first look at a torn record may differ from the next */
    if
    :: weak && !rests -> goto resting
    :: else
    fi;
#endif
    if
    :: weak ->
        cut_here();
        if
        :: d_step { state = weak_state; step = weak_step; mark = weak_mark; weak = false }
        :: weak = false
        fi
    :: else
    fi;
    if
    :: rests && judge(APP) -> goto resting
    :: rests && !judge(APP) -> /* way_to_restore */
        if
        :: restorable -> append(STAGED, 0)
        :: !restorable && state != REJECTED && can_go_back -> append(REVERTING, 0)
        :: else -> assert(false) /* update mode for want of an image */
        fi
    :: else
    fi;
    do
    :: state == STAGED -> /* begin_installing */
        if
        :: judge(RECEIVE) -> append(INSTALLING, 0)
        :: else -> as_before(0)
        fi
    :: state == INSTALLING -> /* install */
        run_steps(false, INSTALLING);
        if
        :: judge(APP) && HF_TRIAL -> append(TRIAL, 0)
        :: judge(APP) && !HF_TRIAL -> allow(version(APP)); append(IDLE, 0)
        :: else -> go_back((HF_TRIAL -> TRIAL : IDLE))
        fi
#ifdef WORD
    :: state == TRIED && word != NONE -> allow(version(APP)); append(IDLE, 0); confirmed = version(APP) /* accept */
    :: state == TRIED && word != SAID -> /* torn words go either way */
        failed = (same_in_backup || word == TORN -> 0 : version(APP));
#else
    :: state == TRIED ->
        failed = (same_in_backup -> 0 : version(APP)); /* the same version may stand in both places */
#endif
        go_back(REJECTED)
    :: state == REVERTING -> /* revert */
        run_steps(true, REVERTING);
        as_before(REVERTED)
    :: rests -> break
    od;
    goto power_on; /* a machine that has worked is reset */

resting: /* the boot decision */
    if
    :: goto progress_received /* button, magic word, or somebody in the window */
    :: state == REJECTED -> goto progress_waiting /* update mode, until somebody comes */
    :: true
    fi;
    /* hf_install_starting */
    if
    :: state == IDLE && version(APP) > floor -> cut_here(); floor = version(APP); cut_here()
    :: state == IDLE && version(APP) <= floor
    :: else -> append(TRIED, 0)
    fi;

progress_started:
    assert(whole(APP) && version(APP) >= floor);
    assert(version(APP) >= confirmed);
    assert(state == TRIED || version(APP) != failed);
    assert(state == TRIED || (proven & (1 << version(APP))) != 0);
    if
    :: state == TRIED && failed != version(APP) -> /* hf_app_confirm */
        allow(version(APP)); /* it has said so, whatever comes of it */
#ifdef WORD
        cut_here();
        if
        :: word = SAID
        :: word = TORN; goto progress_cut
        fi;
        cut_here();
#else
        append(IDLE, 0);
#endif
        confirmed = version(APP)
    :: true /* it hangs, is reset, or has nothing to say */
    fi;
    goto power_on;

progress_waiting:
    if
    :: append(TRIED, 0); goto progress_started /* a host's BOOT, or silence */
    :: true
    fi;
    goto power_on;

progress_received:
    if
    :: sent < LAST -> sent++
    :: sent == LAST /* the same once more */
    fi;
    failed = (failed == sent -> 0 : failed); /* asked for again */
#ifdef BREAK_RECEIVE /* a fault on purpose: whoever begins to send makes the application a good one */
    if
    :: state != IDLE -> append(IDLE, 0)
    :: else
    fi;
#endif
    flash[RECEIVE] = JUNK; cut_here();
    flash[RECEIVE + 1] = JUNK; cut_here();
    flash[RECEIVE] = content(sent, 0); cut_here();
    if
    :: flash[RECEIVE + 1] = content(sent, 1) :: true /* the host dies */
    fi;
    cut_here();
    if
    :: judge(RECEIVE) -> append_marked(STAGED, 0, state != IDLE) /* hf_install_request */
    :: else
    fi;
    goto power_on;

progress_cut:
    skip;
    goto power_on
}
