// SPDX-License-Identifier: MIT
// Bringing a running application into the bootloader.
#include "enter.h"

#include "classic_session.h"
#include "escape.h"
#include "listener.h"

#define SILENCE_MS 20u   // behind the escape, until its last byte has been heard and the reset is over
#define RESET_MS   50u   // NRST is held low: a capacitor of 100 nF behind it wants 10
#define BUTTON_MS  200u  // the button is held on from there: the bootloader looks at it within milliseconds
#define ANSWER_MS  1200u // a bootloader answers SYNC at once; then it is tried again

typedef struct entrance {
    const hf_enter_options *options;
    hf_transport *transport;
    hf_listener listener;
    hf_problem *problem;
} entrance;

static session make_session(const entrance *e, const hf_classic_options *classic, hf_flash_report *report)
{
    return (session){.transport = e->transport, .options = classic, .listener = &e->listener, .report = report, .problem = e->problem};
}

// Time passes, and whatever comes is ignored.
static hf_error rest(session *s, uint32_t ms)
{
    uint64_t end = session_now(s) + ms;
    hf_error error = HF_OK;
    for (uint64_t now = session_now(s); !error && now < end; now = session_now(s)) {
        int byte;
        error = session_receive(s, (uint32_t)(end - now), &byte);
    }
    return error;
}

static hf_error set_speed(session *s, uint32_t from, uint32_t to)
{
    const hf_transport_ops *ops = s->transport->ops;
    if (from == to) {
        return HF_OK;
    }
    if (ops->set_baud == NULL) {
        return hf_fail(s->problem, HF_E_LINE, "this connection has no speed that could change from %u to %u bit/s", (unsigned)from,
                       (unsigned)to);
    }
    return ops->set_baud(s->transport->context, to, s->problem);
}

static hf_error send_escape(session *s, const hf_enter_options *o)
{
    uint8_t escape[HF_ESCAPE_SIZE];
    hf_escape_make(o->product_id, escape);
    hf_error error = set_speed(s, o->baud, o->app_baud);
    error = error ? error : session_send(s, escape, sizeof escape);
    error = error ? error : rest(s, sizeof escape * 10000u / o->app_baud + SILENCE_MS);
    return error ? error : set_speed(s, o->app_baud, o->baud);
}

static hf_error pull(session *s, const hf_enter_options *o, bool reset, bool button)
{
    const hf_transport_ops *ops = s->transport->ops;
    if (ops->set_lines == NULL) {
        return hf_fail(s->problem, HF_E_NO_LINES, "this connection has no lines DTR and RTS");
    }
    bool dtr = (o->reset == HF_LINE_DTR && reset) || (o->button == HF_LINE_DTR && button);
    bool rts = (o->reset == HF_LINE_RTS && reset) || (o->button == HF_LINE_RTS && button);
    return ops->set_lines(s->transport->context, dtr, rts, s->problem);
}

static hf_error reset_with_button(session *s, const hf_enter_options *o)
{
    hf_error error = pull(s, o, true, true);
    error = error ? error : rest(s, RESET_MS);
    error = error ? error : pull(s, o, false, true);
    error = error || o->button == HF_LINE_NONE ? error : rest(s, BUTTON_MS); // a recovery window is not waited away
    hf_error released = pull(s, o, false, false);                           // also when interrupted
    return error ? error : released;
}

static hf_error bring_about(session *s, const hf_enter_options *o)
{
    return o->way == HF_WAY_ESCAPE ? send_escape(s, o) : reset_with_button(s, o);
}

static void tell(session *s, const hf_enter_options *o)
{
    static const char *const resets[] = {"", "DTR", "RTS"};
    static const char *const buttons[] = {"", ", with its button held by DTR", ", with its button held by RTS"};
    if (o->way == HF_WAY_ESCAPE) {
        hf_tell_log(s->listener, "no bootloader answers: sending the escape of product 0x%08X at %u bit/s", (unsigned)o->product_id,
                    (unsigned)o->app_baud);
    } else {
        hf_tell_log(s->listener, "no bootloader answers: resetting the board by %s%s", resets[o->reset], buttons[o->button]);
    }
}

static bool is_silent(hf_error error)
{
    return error == HF_E_NO_ANSWER || error == HF_E_STRANGER;
}

// HF_OK: a bootloader answered, or one is there that serves another host.
static hf_error look(const entrance *e, uint32_t ms)
{
    hf_flash_report report = {0};
    hf_classic_options classic = {.baud = e->options->baud, .wait_ms = ms};
    session s = make_session(e, &classic, &report);
    hf_error error = session_sync(&s);
    return error == HF_E_OCCUPIED ? HF_OK : error;
}

// What was heard goes into the words of the last look; that all was tried belongs there too.
static hf_error fail_after(const hf_enter_options *o, unsigned tries, hf_error error, hf_problem *problem)
{
    if (problem == NULL) {
        return error;
    }
    hf_problem last = *problem;
    const char *done = o->way == HF_WAY_ESCAPE ? "the escape was sent" : "the board was reset by the lines";
    if (error == HF_E_NO_ANSWER) {
        return hf_fail(problem, error, "no bootloader answered, though %s %u time%s", done, tries, tries == 1 ? "" : "s");
    }
    return hf_fail(problem, error, "%s, though %s %u time%s", last.what, done, tries, tries == 1 ? "" : "s");
}

hf_error hf_enter(hf_transport *transport, const hf_enter_options *options, const hf_listener *listener, bool *entered,
                  hf_problem *problem)
{
    entrance e = {options, transport, listener != NULL ? *listener : (hf_listener){0}, problem};
    e.listener.progress = NULL; // the update tells its phases
    hf_flash_report report = {0};
    hf_classic_options classic = {.baud = options->baud};
    session s = make_session(&e, &classic, &report);
    *entered = false;
    if (options->way == HF_WAY_BY_HAND) {
        return HF_OK;
    }
    uint64_t end = session_now(&s) + options->wait_ms;
    hf_error error = options->way == HF_WAY_LINES ? pull(&s, options, false, false) : HF_OK; // opening a port asserts both
    if (!error || error == HF_E_NO_LINES) { // who answers needs none
        error = look(&e, 0);
    }
    if (is_silent(error)) {
        hf_tell_progress(listener, HF_PHASE_ENTER, 0, 0);
        tell(&s, options);
    }
    unsigned tries = 0;
    while (is_silent(error) && (tries == 0 || session_now(&s) < end)) {
        *entered = true;
        tries++;
        error = bring_about(&s, options);
        error = error ? error : look(&e, ANSWER_MS);
    }
    return is_silent(error) ? fail_after(options, tries, error, problem) : error;
}
