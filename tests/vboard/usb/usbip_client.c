// SPDX-License-Identifier: MIT
// A scripted USB/IP client.
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "usbip_client.h"

int dial(usbip_bed *bed)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(bed->port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(0, connect(fd, (struct sockaddr *)&address, sizeof address));
    return fd;
}

void turn(usbip_bed *bed)
{
    vb_usbip_serve(bed->server);
    plug_run(&bed->plug, 100 * VB_US);
    vb_usbip_serve(bed->server);
}

// Receives size bytes; less when the server closes the connection. Fails when nothing comes for 2
// virtual seconds.
size_t hear(usbip_bed *bed, int fd, void *data, size_t size)
{
    size_t got = 0;
    for (unsigned idle = 0; got < size; idle++) {
        assert_true(idle < 20000);
        turn(bed);
        ssize_t more = recv(fd, (uint8_t *)data + got, size - got, MSG_DONTWAIT);
        if (more == 0 || (more < 0 && errno == ECONNRESET)) {
            return got;
        }
        if (more > 0) {
            got += (size_t)more;
            idle = 0;
        }
    }
    return got;
}

void say(usbip_bed *bed, int fd, const void *data, size_t size)
{
    for (size_t sent = 0; sent < size;) {
        ssize_t more =
            send(fd, (const uint8_t *)data + sent, size - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (more < 0 && (errno == EPIPE || errno == ECONNRESET)) {
            return;
        }
        sent += more > 0 ? (size_t)more : 0;
        turn(bed);
    }
}

void expect_closed(usbip_bed *bed, int fd)
{
    uint8_t byte;
    assert_int_equal(0, hear(bed, fd, &byte, 1));
    close(fd);
}

void put32(uint8_t *at, uint32_t value)
{
    uint32_t big = htonl(value);
    memcpy(at, &big, 4);
}

uint32_t get32(const uint8_t *at)
{
    uint32_t big;
    memcpy(&big, at, 4);
    return ntohl(big);
}

void ask(usbip_bed *bed, int fd, uint16_t version, uint16_t code, const char *busid)
{
    uint8_t request[40] = {(uint8_t)(version >> 8), (uint8_t)version, (uint8_t)(code >> 8),
                           (uint8_t)code};
    if (busid != NULL) {
        strncpy((char *)request + 8, busid, 31);
    }
    say(bed, fd, request, busid != NULL ? 40 : 8);
}

int import(usbip_bed *bed)
{
    int fd = dial(bed);
    uint8_t reply[320];
    ask(bed, fd, 0x0111, 0x8003, "1-1");
    assert_int_equal(8, hear(bed, fd, reply, 8));
    assert_int_equal(0x01110003, get32(reply));
    assert_int_equal(0, get32(reply + 4));
    assert_int_equal(312, hear(bed, fd, reply + 8, 312));
    assert_string_equal("1-1", (char *)reply + 8 + 256);
    return fd;
}

// -- transfers of the client --------------------------------------------------------------------

uint32_t submit(usbip_bed *bed, int fd, const usbip_request *request)
{
    uint8_t message[48 + 2048] = {0};
    bool in = (request->endpoint & 0x80) != 0;
    put32(message, 1);
    put32(message + 4, ++bed->sequence);
    put32(message + 8, request->device != 0 ? request->device : 0x10001);
    put32(message + 12, in);
    put32(message + 16, request->endpoint & 0x7F);
    put32(message + 20, request->flags);
    put32(message + 24, request->size);
    put32(message + 32, request->packets != 0 ? request->packets : UINT32_MAX);
    if (request->setup != NULL) {
        memcpy(message + 40, request->setup, 8);
    }
    size_t data = in ? 0 : request->size;
    if (data > 0) {
        memcpy(message + 48, request->data, data);
    }
    say(bed, fd, message, 48 + data + 16 * (size_t)request->packets);
    return bed->sequence;
}

void listen_to(usbip_bed *bed, int fd, usbip_answer *answer, bool in)
{
    uint8_t header[48];
    assert_int_equal(48, hear(bed, fd, header, 48));
    answer->code = get32(header);
    answer->sequence = get32(header + 4);
    answer->status = (int32_t)get32(header + 20);
    answer->size = get32(header + 24);
    if (in && answer->code == 3) {
        assert_true(answer->size <= sizeof answer->data);
        assert_int_equal(answer->size, hear(bed, fd, answer->data, answer->size));
    }
}

int32_t transfer(usbip_bed *bed, int fd, const usbip_request *request, usbip_answer *answer)
{
    uint32_t sequence = submit(bed, fd, request);
    listen_to(bed, fd, answer, (request->endpoint & 0x80) != 0);
    assert_int_equal(3, answer->code);
    assert_int_equal(sequence, answer->sequence);
    return answer->status;
}

int32_t control_in(usbip_bed *bed, int fd, uint8_t type, uint8_t code, uint16_t value,
                   uint16_t size, usbip_answer *answer)
{
    const uint8_t setup[8] = {type, code, (uint8_t)value, (uint8_t)(value >> 8),
                              0,    0,    (uint8_t)size,  (uint8_t)(size >> 8)};
    return transfer(bed, fd, &(usbip_request){.endpoint = 0x80, .setup = setup, .size = size},
                    answer);
}

int32_t control_out(usbip_bed *bed, int fd, uint8_t type, uint8_t code, uint16_t value,
                    uint16_t index)
{
    usbip_answer answer;
    const uint8_t setup[8] = {
        type, code, (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)index, (uint8_t)(index >> 8)};
    return transfer(bed, fd, &(usbip_request){.endpoint = 0, .setup = setup}, &answer);
}

void check_loop(usbip_bed *bed, int fd)
{
    usbip_answer answer;
    uint8_t data[200];
    memset(data, 0xA5, sizeof data);
    assert_int_equal(
        0, transfer(bed, fd, &(usbip_request){.endpoint = 1, .data = data, .size = 200}, &answer));
    assert_int_equal(200, answer.size);
    for (uint32_t got = 0; got < 200; got += answer.size) {
        assert_int_equal(
            0, transfer(bed, fd, &(usbip_request){.endpoint = 0x81, .size = 512}, &answer));
        assert_memory_equal(data, answer.data, answer.size);
    }
}

void configure(usbip_bed *bed, int fd)
{
    assert_int_equal(0, control_out(bed, fd, 0, 9, 1, 0));
}

void give_up(usbip_bed *bed, int fd, uint32_t sequence)
{
    uint8_t message[48] = {0};
    put32(message, 2);
    put32(message + 4, ++bed->sequence);
    put32(message + 8, 0x10001);
    put32(message + 20, sequence);
    say(bed, fd, message, 48);
}
