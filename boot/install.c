// SPDX-License-Identifier: MIT
// The installation engine. The journal holds state and step; each is recorded when all before it is done, and each step
// may be repeated. What is read from the journal is acted upon only once it is settled: see records.h.
#include "install.h"

#include "board.h"
#include "floor.h"
#include "hf_image.h"
#include "image.h"
#include "port.h"
#include "records.h"
#include "state.h"
#include "steps.h"
#include "trial.h"

static hf_state state_now(void)
{
    uint32_t detail;
    return hf_state_now(&detail);
}

// What an image that is not even whole says about itself is not worth keeping.
static uint32_t version_at(uint32_t base)
{
    struct hf_trailer trailer;
    return hf_image_check_at(base) == HF_OK && hf_image_trailer(base, &trailer) == HF_OK ? trailer.version : 0;
}

static hf_err note_failure(hf_err why, uint32_t base)
{
    return hf_record_append(HF_RECORD_FAILURE, why, version_at(base));
}

static hf_err refuse(hf_err why)
{
    hf_err err = note_failure(why, HF_RECEIVE_ADDRESS);
    return err == HF_OK ? hf_state_as_before(HF_BOOT_REFUSED) : err;
}

static bool can_go_back(void)
{
    return hf_backup_address != 0 && hf_install_judge(hf_backup_address) == HF_OK;
}

// -- states -----------------------------------------------------------------------------------------------------------

static hf_err run_steps(hf_state state, uint32_t step)
{
    hf_err err = HF_OK;
    while (step < hf_steps && err == HF_OK) {
        err = hf_step(state == HF_STATE_REVERTING, step++);
        err = err == HF_OK ? hf_state_enter(state, step) : err;
    }
    return err;
}

static hf_err begin_installing(void)
{
    hf_err fault = hf_install_judge(HF_RECEIVE_ADDRESS);
    return fault == HF_OK ? hf_state_enter(HF_STATE_INSTALLING, 0) : refuse(fault);
}

static hf_err go_back(hf_err why, hf_state otherwise)
{
    hf_state then = can_go_back() ? HF_STATE_REVERTING : otherwise;
    hf_err err = note_failure(why, HF_APP_ADDRESS);
    return err == HF_OK ? hf_state_enter(then, then == HF_STATE_IDLE ? HF_BOOT_REFUSED : 0) : err;
}

static hf_err install(uint32_t step)
{
    hf_err err = run_steps(HF_STATE_INSTALLING, step);
    if (err != HF_OK) {
        return err;
    }
    hf_err fault = hf_install_judge(HF_APP_ADDRESS);
    if (fault != HF_OK) {
        return go_back(fault, HF_STATE_INSTALLED);
    }
    return hf_state_enter(HF_STATE_INSTALLED, HF_TRIAL ? 0 : HF_BOOT_INSTALLED);
}

static hf_err revert(uint32_t step)
{
    hf_err err = run_steps(HF_STATE_REVERTING, step);
    return err == HF_OK ? hf_state_as_before(HF_BOOT_REVERTED) : err;
}

// How an application that is damaged can be fetched back. It was whole once: something else than an update did it. Where the
// last trial has failed, the received image is the one that failed it.
static hf_state way_to_restore(void)
{
    uint32_t detail;
    hf_state state = hf_state_now(&detail);
    if (state == HF_STATE_REJECTED) {
        return HF_STATE_IDLE;
    }
    if (!(state == HF_STATE_IDLE && detail == HF_BOOT_REVERTED) && hf_install_judge(HF_RECEIVE_ADDRESS) == HF_OK) {
        return HF_STATE_STAGED;
    }
    return can_go_back() ? HF_STATE_REVERTING : HF_STATE_IDLE;
}

// The application has said that it works, outside the journal; meanwhile it may have been damaged.
static hf_err accept(void)
{
    return hf_install_judge(HF_APP_ADDRESS) == HF_OK ? hf_state_enter(HF_STATE_IDLE, HF_BOOT_CONFIRMED)
                                                     : hf_state_enter(way_to_restore(), 0);
}

static hf_err act(hf_state state, uint32_t step)
{
    switch (state) {
    case HF_STATE_STAGED: return begin_installing();
    case HF_STATE_INSTALLING: return install(step);
    case HF_STATE_TRIED: return hf_trial_confirmed() ? accept() : go_back(HF_E_TRIAL, HF_STATE_REJECTED);
    default: return revert(step);
    }
}

hf_err hf_install_run(bool *worked)
{
    uint32_t step;
    // What one look at the journal finds must be what the next one does, here and wherever the boot decision asks later.
    // Where it cannot be made so, nothing can be written at all, and an application that is whole may start.
    *worked = !hf_records_certain() && hf_records_settle() == HF_OK;
    hf_state state = hf_state_now(&step);
    hf_err err = HF_OK;
    if (hf_state_rests(state)) {
        hf_err fault = hf_install_judge(HF_APP_ADDRESS);
        if (fault == HF_OK || way_to_restore() == HF_STATE_IDLE) {
            return fault;
        }
        err = hf_state_enter(way_to_restore(), 0);
    }
    *worked = true;
    while (err == HF_OK && !hf_state_rests(state = hf_state_now(&step))) {
        err = act(state, step);
    }
    return err == HF_OK ? hf_install_judge(HF_APP_ADDRESS) : err;
}

// -- the boot decision's questions ------------------------------------------------------------------------------------

bool hf_install_rejected(void)
{
    return state_now() == HF_STATE_REJECTED;
}

hf_err hf_install_starting(void)
{
    hf_state state = state_now();
    if (state == HF_STATE_IDLE) {
        hf_err err = hf_floor_raise();
        return err == HF_OK ? hf_image_proven() : err;
    }
    hf_err err = hf_state_enter(HF_STATE_TRIED, 0);
    if (err == HF_OK && HF_TRIAL_WATCHDOG_MS != 0) {
        hf_port.system.start_watchdog(HF_TRIAL_WATCHDOG_MS);
    }
    return err;
}
