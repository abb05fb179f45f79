// SPDX-License-Identifier: MIT
// Update mode: the links are served until one of them, or 30 s of silence, has a valid application started.
#include "boot.h"

#include <stddef.h>

#include "board.h"
#include "hf_classic.h"
#include "hf_mailbox.h"
#include "image.h"
#include "install.h"
#include "led.h"
#include "port.h"
#include "slot.h"

#define FEED_EVERY_MS 100u

#define HF_DECLARE_LINK(name) extern const struct hf_link hf_##name;
HF_LINKS(HF_DECLARE_LINK)

#define HF_LIST_LINK(name) &hf_##name,
static const struct hf_link *const links[] = {HF_LINKS(HF_LIST_LINK)};
#define LINKS (sizeof links / sizeof links[0])

static const struct hf_link *session_owner;
static bool transfer_pending;
static uint32_t last_activity;
static uint32_t last_feed;
static uint32_t silence_ms; // after which a valid application is started

bool hf_session_begin(const struct hf_link *owner)
{
    silence_ms = HF_CLASSIC_IDLE_MS; // somebody came: the window stays open
    if (LINKS == 1) {
        return true;
    }
    if (session_owner == NULL) {
        session_owner = owner;
    }
    return session_owner == owner;
}

void hf_session_end(const struct hf_link *owner)
{
    if (session_owner == owner) {
        session_owner = NULL;
    }
}

void hf_transfer_pending(bool pending)
{
    transfer_pending = pending;
}

void hf_activity(const struct hf_link *link)
{
    if (session_owner == NULL || session_owner == link) { // always, where there is one link
        last_activity = hf_port.system.now_ms();
    }
}

void hf_leave_update_mode(void)
{
    (void)hf_install_request(); // when that fails, the old application starts
    hf_port.system.put_request(HF_REQUEST_START);
    hf_port.system.reset();
}

static bool can_start(void)
{
    if (HF_RECEIVE_ADDRESS == HF_APP_ADDRESS) {
        return !transfer_pending && hf_slot_check() == HF_OK;
    }
    return hf_slot_check() == HF_OK || hf_image_check() == HF_OK; // half an image elsewhere does no harm
}

static void start_after_silence(uint32_t now)
{
    if (now - last_activity < silence_ms) {
        return;
    }
    for (size_t i = 0; i < LINKS; i++) {
        links[i]->forget();
    }
    last_activity = now;
    if (can_start()) {
        hf_leave_update_mode();
    }
}

void hf_background(void)
{
    uint32_t now = hf_port.system.now_ms();
    if (now - last_feed >= FEED_EVERY_MS) {
        last_feed = now;
        hf_port.system.feed_watchdog();
    }
    hf_led_show(now);
    start_after_silence(now);
    for (size_t i = 0; i < LINKS; i++) {
        links[i]->poll();
    }
}

void hf_update_mode(hf_reason reason)
{
    hf_port.system.enter_update_mode();
    last_activity = hf_port.system.now_ms();
    silence_ms = reason == HF_REASON_WINDOW ? HF_RECOVERY_WINDOW_MS : HF_CLASSIC_IDLE_MS;
    if (reason != HF_REASON_WINDOW) {
        hf_led_begin(last_activity);
    }
    for (size_t i = 0; i < LINKS; i++) {
        links[i]->open(reason);
    }
    for (;;) {
        hf_background();
    }
}
