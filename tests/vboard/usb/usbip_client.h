// SPDX-License-Identifier: MIT
// A scripted USB/IP client beside the board and the server, all in one program.
#ifndef USBIP_CLIENT_H
#define USBIP_CLIENT_H

#include "plug.h"
#include "usb/usbip.h"

typedef struct usbip_bed {
    usb_plug plug;
    vb_usbip *server;
    uint16_t port;
    uint32_t sequence;
} usbip_bed;

typedef struct usbip_request {
    uint8_t endpoint; // with direction bit
    const uint8_t *setup;
    const void *data;
    uint32_t size;
    uint32_t flags, device, packets;
} usbip_request;

typedef struct usbip_answer {
    uint32_t code, sequence, size;
    int32_t status;
    uint8_t data[2048];
} usbip_answer;

int dial(usbip_bed *bed);
void turn(usbip_bed *bed); // lets server and board do something
// Receives size bytes; less when the server closes the connection. Fails when nothing comes for 2
// virtual seconds.
size_t hear(usbip_bed *bed, int fd, void *data, size_t size);
void say(usbip_bed *bed, int fd, const void *data, size_t size);
void expect_closed(usbip_bed *bed, int fd); // and closes fd
void put32(uint8_t *at, uint32_t value);
uint32_t get32(const uint8_t *at);

// A request before the import; busid NULL: it has none.
void ask(usbip_bed *bed, int fd, uint16_t version, uint16_t code, const char *busid);
int import(usbip_bed *bed);

// Sends a request, returns its sequence number.
uint32_t submit(usbip_bed *bed, int fd, const usbip_request *request);
void give_up(usbip_bed *bed, int fd, uint32_t sequence); // CMD_UNLINK
// Receives one answer; in: its data follows.
void listen_to(usbip_bed *bed, int fd, usbip_answer *answer, bool in);
// Sends, receives, returns the status.
int32_t transfer(usbip_bed *bed, int fd, const usbip_request *request, usbip_answer *answer);
int32_t control_in(usbip_bed *bed, int fd, uint8_t type, uint8_t code, uint16_t value,
                   uint16_t size, usbip_answer *answer);
int32_t control_out(usbip_bed *bed, int fd, uint8_t type, uint8_t code, uint16_t value,
                    uint16_t index);
void configure(usbip_bed *bed, int fd);
void check_loop(usbip_bed *bed, int fd); // 200 bytes out and in

#endif
