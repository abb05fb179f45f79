// SPDX-License-Identifier: MIT
// Installing by bank swap: the received image is in the other bank already, and one option bit makes that bank the one
// that runs. docs/dual-bank.md has the table.
//
// Everything is read from what the banks hold, nothing is remembered elsewhere: after a cut the same content leads to the
// same step, and each step may be repeated.
#include "bank.h"
#include "floor.h"
#include "image.h"
#include "install.h"
#include "port.h"

static bool receiving; // since this reset something was, so the other bank is what a host asks about
static bool failed;    // the trial of the image here, as found at this reset: a torn record may read differently the next time

// May be installed, or started.
static hf_err judge(uint32_t bank)
{
    hf_err err = hf_image_check_at(HF_APP_ADDRESS + bank);
    return err == HF_OK ? hf_floor_check(HF_APP_ADDRESS + bank) : err;
}

static bool is_sound(uint32_t bank)
{
    return judge(bank) == HF_OK;
}

// Something to go to, or to go back to.
static bool is_usable(uint32_t bank)
{
    return !hf_bank_has(bank, HF_BANK_REJECTED) && is_sound(bank);
}

// Verified and wanted, and never started so far, nor left for another. One that was, and whose records an erase that was cut has
// spoilt but for the first, is neither.
static bool is_pending(uint32_t bank)
{
    return hf_bank_has(bank, HF_BANK_WANTED) && !hf_bank_was_begun(bank, HF_BANK_TRIED) &&
           !hf_bank_was_begun(bank, HF_BANK_CONFIRMED) && !hf_bank_was_begun(bank, HF_BANK_PASSED) && is_usable(bank);
}

// It was started, and the next reset has come without its having begun to say that it works. A cut in these words leaves them
// spoilt, and that is read the same way each time where their being valid is not.
static bool trial_failed(void)
{
    return hf_bank_has(HF_BANK_HERE, HF_BANK_WANTED) && hf_bank_has(HF_BANK_HERE, HF_BANK_TRIED) &&
           !hf_bank_was_begun(HF_BANK_HERE, HF_BANK_CONFIRMED);
}

// What is left behind must not be swapped to for being wanted, or the banks would change places for ever.
static hf_err leave(uint32_t bank)
{
    // An image without records is one that was never on trial. From now on it must not look as if it had been received.
    if (hf_bank_is_fresh(bank)) {
        return hf_bank_put(bank, HF_BANK_CONFIRMED);
    }
    return hf_bank_settle(bank, HF_BANK_PASSED) ? HF_OK : hf_bank_put(bank, HF_BANK_PASSED);
}

// True: the banks will have changed places after the next reset. Else all is as before, and this one goes on.
static bool swap(void)
{
    return leave(HF_BANK_HERE) == HF_OK && hf_bank_copy_boot() == HF_OK && hf_bank_port.swap() == HF_OK;
}

static bool go_back(void)
{
    return is_usable(HF_BANK_PEER) && swap();
}

hf_err hf_install_run(bool *worked)
{
    hf_bank_find(HF_BANK_HERE);
    hf_bank_find(HF_BANK_PEER);
    (void)hf_bank_settle(HF_BANK_HERE, HF_BANK_OPENED); // what the application will record is read at every reset, or at none
    *worked = is_pending(HF_BANK_PEER) && hf_bank_settle(HF_BANK_PEER, HF_BANK_WANTED) && swap();
    failed = !*worked && trial_failed();
    if (failed) {
        (void)hf_bank_put(HF_BANK_HERE, HF_BANK_REJECTED); // it was tried, and that is on record already
        *worked = go_back();
    }
    hf_err fault = *worked ? HF_OK : judge(HF_BANK_HERE);
    if (fault != HF_OK && go_back()) {
        *worked = true;
        return HF_OK;
    }
    return fault;
}

bool hf_install_rejected(void)
{
    return failed;
}

// Begins the trial of an image that is to have one. When that cannot be put on record it must not be started.
hf_err hf_install_starting(void)
{
    bool confirmed = hf_bank_was_begun(HF_BANK_HERE, HF_BANK_CONFIRMED);
    if (confirmed && !hf_bank_settle(HF_BANK_HERE, HF_BANK_CONFIRMED)) {
        (void)hf_bank_put(HF_BANK_HERE, HF_BANK_CONFIRMED);
    }
    if (confirmed || !hf_bank_has(HF_BANK_HERE, HF_BANK_WANTED)) {
        (void)hf_floor_raise(); // a product that runs is worth more than a floor that could not be put on record today
        return HF_OK;
    }
    if (failed) {
        return HF_OK; // and a host asks for it all the same
    }
    bool known = hf_bank_settle(HF_BANK_HERE, HF_BANK_TRIED); // by a cut in what follows here
    hf_err err = known ? HF_OK : hf_bank_put(HF_BANK_HERE, HF_BANK_TRIED);
    if (err == HF_OK && HF_TRIAL_WATCHDOG_MS != 0) {
        hf_port.system.start_watchdog(HF_TRIAL_WATCHDOG_MS);
    }
    return err;
}

// The floor before anything that bears it is voided: that of an image that has proved itself, though it was not started since, or else
// the one it stands on.
static hf_err keep_floor(void)
{
    bool proven = !hf_bank_has(HF_BANK_HERE, HF_BANK_WANTED) || hf_bank_has(HF_BANK_HERE, HF_BANK_CONFIRMED);
    bool raised = proven && is_sound(HF_BANK_HERE) && hf_floor_raise() == HF_OK; // not by one that reads well at times
    return raised ? HF_OK : hf_floor_keep();
}

// Records of the image that is about to be overwritten are voided first: a host that sends a short image never erases their
// sector. What was wanted is not any more, should an erase of theirs be cut that brings older ones to light.
hf_err hf_install_receiving(void)
{
    if (receiving) {
        return HF_OK;
    }
    hf_err err = keep_floor();
    if (err != HF_OK) {
        return err; // or the next image might be one that was left behind for its holes
    }
    if (hf_bank_has(HF_BANK_PEER, HF_BANK_WANTED)) {
        (void)leave(HF_BANK_PEER);
    }
    err = hf_bank_renew(HF_BANK_PEER);
    receiving = err == HF_OK;
    return err;
}

hf_err hf_install_received(void)
{
    return judge(receiving ? HF_BANK_PEER : HF_BANK_HERE);
}

hf_err hf_install_request(void)
{
    hf_bank_find(HF_BANK_PEER); // the host may have erased them all with its image's last sector
    if (!receiving || !hf_bank_is_fresh(HF_BANK_PEER)) {
        return HF_OK;
    }
    hf_err err = judge(HF_BANK_PEER);
    return err == HF_OK ? hf_bank_put(HF_BANK_PEER, HF_BANK_WANTED) : err;
}
