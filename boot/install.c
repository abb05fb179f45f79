// SPDX-License-Identifier: MIT
// The installation engine. The journal holds state and step; each is recorded when all before it is done, and each step
// may be repeated. What is read from the journal is acted upon only once it is settled: see records.h.
#include "install.h"

#include "board.h"
#include "floor.h"
#include "image.h"
#include "port.h"
#include "records.h"
#include "steps.h"
#include "trial.h"

static bool received; // since update mode began

static hf_state load_state(uint32_t *step)
{
    uint32_t words[2] = {HF_STATE_IDLE, 0};
    (void)hf_record_find(HF_RECORD_INSTALL, words);
    *step = words[1];
    return words[0] < HF_STATES ? (hf_state)words[0] : HF_STATE_IDLE;
}

static hf_state state_now(void)
{
    uint32_t step;
    return load_state(&step);
}

static hf_err enter(hf_state state)
{
    return hf_record_append(HF_RECORD_INSTALL, state, 0);
}

static hf_err fail(hf_err why, hf_state then)
{
    hf_err err = hf_record_append(HF_RECORD_FAILURE, why, 0);
    return err == HF_OK ? enter(then) : err;
}

// -- images -----------------------------------------------------------------------------------------------------------

static hf_err judge(uint32_t base)
{
    hf_err err = hf_image_check_at(base);
    return err == HF_OK ? hf_floor_check(base) : err;
}

static bool can_go_back(void)
{
    return hf_backup_address != 0 && judge(hf_backup_address) == HF_OK;
}

// -- states -----------------------------------------------------------------------------------------------------------

static hf_err run_steps(hf_state state, uint32_t step)
{
    hf_err err = HF_OK;
    while (step < hf_steps && err == HF_OK) {
        err = hf_step(state == HF_STATE_REVERTING, step++);
        err = err == HF_OK ? hf_record_append(HF_RECORD_INSTALL, state, step) : err;
    }
    return err;
}

static hf_err begin_installing(void)
{
    hf_err fault = judge(HF_RECEIVE_ADDRESS);
    return fault == HF_OK ? enter(HF_STATE_INSTALLING) : fail(fault, HF_STATE_IDLE);
}

static hf_err go_back(hf_err why, hf_state otherwise)
{
    return fail(why, can_go_back() ? HF_STATE_REVERTING : otherwise);
}

static hf_err install(uint32_t step)
{
    hf_err err = run_steps(HF_STATE_INSTALLING, step);
    if (err != HF_OK) {
        return err;
    }
    hf_err fault = judge(HF_APP_ADDRESS);
    return fault == HF_OK ? enter(HF_TRIAL ? HF_STATE_TRIAL : HF_STATE_IDLE) : go_back(fault, HF_STATE_IDLE);
}

static hf_err revert(uint32_t step)
{
    hf_err err = run_steps(HF_STATE_REVERTING, step);
    return err == HF_OK ? enter(HF_STATE_IDLE) : err;
}

// How an application that is damaged can be fetched back. It was whole once: something else than an update did it.
static hf_state way_to_restore(void)
{
    if (judge(HF_RECEIVE_ADDRESS) == HF_OK) {
        return HF_STATE_STAGED;
    }
    return can_go_back() ? HF_STATE_REVERTING : HF_STATE_IDLE;
}

// The application has said that it works, outside the journal; meanwhile it may have been damaged.
static hf_err accept(void)
{
    return enter(judge(HF_APP_ADDRESS) == HF_OK ? HF_STATE_IDLE : way_to_restore());
}

static hf_err act(hf_state state, uint32_t step)
{
    switch (state) {
    case HF_STATE_STAGED: return begin_installing();
    case HF_STATE_INSTALLING: return install(step);
    case HF_STATE_TRIED: return hf_trial_confirmed() ? accept() : go_back(HF_E_TRIAL, HF_STATE_REJECTED);
    case HF_STATE_REVERTING: return revert(step);
    default: return enter(way_to_restore());
    }
}

static bool rests(hf_state state)
{
    return state == HF_STATE_IDLE || state == HF_STATE_TRIAL || state == HF_STATE_REJECTED;
}

hf_err hf_install_run(bool *worked)
{
    uint32_t step;
    hf_state state = load_state(&step);
    *worked = false;
    if (rests(state)) {
        hf_err fault = judge(HF_APP_ADDRESS);
        if (fault == HF_OK || way_to_restore() == HF_STATE_IDLE) {
            return fault;
        }
    }
    *worked = true;
    hf_err err = hf_records_settle();
    do {
        state = load_state(&step);
        err = err == HF_OK ? act(state, step) : err;
    } while (err == HF_OK && !rests(state_now()));
    return err == HF_OK ? judge(HF_APP_ADDRESS) : err;
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
    hf_err err = enter(HF_STATE_TRIED);
    if (err == HF_OK && HF_TRIAL_WATCHDOG_MS != 0) {
        hf_port.system.start_watchdog(HF_TRIAL_WATCHDOG_MS);
    }
    return err;
}

// -- the links' side --------------------------------------------------------------------------------------------------

hf_err hf_install_receiving(void)
{
    if (received) {
        return HF_OK;
    }
    hf_err err = state_now() == HF_STATE_IDLE ? HF_OK : enter(HF_STATE_IDLE);
    received = err == HF_OK;
    return err;
}

hf_err hf_install_received(void)
{
    return judge(received ? HF_RECEIVE_ADDRESS : HF_APP_ADDRESS);
}

void hf_install_request(void)
{
    if (received && judge(HF_RECEIVE_ADDRESS) == HF_OK) {
        (void)enter(HF_STATE_STAGED); // when that fails, the old application starts
    }
}
