// SPDX-License-Identifier: MIT
// A small OTG_FS device driver for guests, written for these tests alone. Everything happens in
// otg_service.
#ifndef GUEST_OTG_H
#define GUEST_OTG_H

#include <stdbool.h>
#include <stdint.h>

#define OTG_PACKET 64

void otg_start(void);   // clocks, pins, core; the pull-up rises
void otg_service(void); // the interrupt handler, or called again and again
void otg_detach(void);
void otg_attach(void);
bool otg_suspended(void);
void otg_wake_host(bool drive);

void otg_activate(unsigned address, unsigned type,
                  unsigned max); // address with direction bit; resets the toggle
void otg_stall(unsigned address, bool stall);
bool otg_stalled(unsigned address);
bool otg_in_idle(unsigned endpoint);
void otg_send(unsigned endpoint, const void *data, unsigned size); // one transfer; fits the FIFO
void otg_receive(unsigned endpoint, unsigned packets);
void otg_set_address(unsigned address);

// The firmware's part.
void on_reset(void);
void on_setup(const uint8_t setup[8]);
void on_received(unsigned endpoint, const uint8_t *data, unsigned size);
void on_receive_done(unsigned endpoint);
void on_sent(unsigned endpoint);

#endif
