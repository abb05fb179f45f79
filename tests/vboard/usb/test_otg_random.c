// SPDX-License-Identifier: MIT
// OTG_FS under a driver without sense and a host without mercy: any register, any value, any
// packet. Nothing to expect but that the model survives it (the sanitizers watch) and works again
// after a core reset.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

static uint32_t chance(uint32_t below)
{
    return (uint32_t)rand() % below;
}

static uint32_t any_word(void)
{
    static const uint32_t shapes[] = {0, UINT32_MAX, EPENA | CNAK, USBAEP | BULK | 64,
                                      PKTCNT(1u) | 64};
    uint32_t noise = (uint32_t)rand() << 16 ^ (uint32_t)rand();
    return chance(3) == 0 ? shapes[chance(5)] : noise;
}

static uint32_t any_offset(void)
{
    static const uint32_t starts[] = {0x000, 0x100,  0x800,  0x900, 0xB00,
                                      0xE00, 0x1000, 0x2000, 0x4000};
    return starts[chance(9)] + 4 * chance(48);
}

static void driver(usb_bench *bench)
{
    uint32_t offset = any_offset();
    if (chance(3) == 0) {
        peek(bench, offset);
    } else if (offset != DCTL && offset != GCCFG && offset != GRSTCTL && offset != GUSBCFG) {
        poke(bench, offset, any_word());
    }
}

static void host(usb_bench *bench)
{
    vb_usb_packet packet = {.address = (uint8_t)chance(2),
                            .endpoint = (uint8_t)chance(5),
                            .data1 = chance(2),
                            .size = chance(65)};
    vb_usb_token token = (vb_usb_token)chance(3);
    packet.size = token == VB_USB_SETUP ? 8 : packet.size;
    for (size_t i = 0; i < packet.size; i++) {
        packet.data[i] = (uint8_t)rand();
    }
    vb_usb_transaction(bench->host, token, &packet);
    assert_true(packet.size <= VB_USB_PACKET);
}

static void anything(void **state)
{
    usb_bench *bench = *state;
    const char *given = getenv("HF_SEED");
    unsigned seed = given != NULL ? (unsigned)strtoul(given, NULL, 0) : 407;
    printf("HF_SEED=%u\n", seed);
    srand(seed);
    connect(bench);
    for (unsigned i = 0; i < 20000; i++) {
        if (chance(8) == 0) {
            host(bench);
        } else {
            driver(bench);
        }
    }
    vb_usb_unplug(bench->host);
    connect(bench);
    uint8_t got[8];
    assert_int_equal(VB_USB_ACK, host_setup(bench, get_device_descriptor));
    expect_entry(bench, ENTRY_SETUP, 0, 8);
    pop_data(bench, got, 8);
    assert_memory_equal(get_device_descriptor, got, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(anything)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
