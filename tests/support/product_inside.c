// SPDX-License-Identifier: MIT
// Behind the scenes of a product: registers by way of the real bus, mailbox and option bytes by way of a real program.
#include "core.h"
#include "product.h"

#define INSERTED 0x2001C000u // SRAM2: no program of ours keeps anything there
#define LDR_R0   0x6800u     // ldr r0, [r0]
#define STR_R1   0x6001u     // str r1, [r0]
#define BRANCH   0xE7FEu     // b .
#define MPU_CTRL 0xD94u      // of the system control space

// What the provisioning program (tests/system/product/provision.c) finds in the second flash sector, and leaves in RAM.
#define WISHES  0x08004000u
#define RESULTS 0x20000000u
#define DONE    0x600D600Du

static vb_cpu insert(product *it, uint16_t instruction, uint32_t address, uint32_t value)
{
    const uint16_t code[] = {instruction, BRANCH};
    uint8_t kept[sizeof code];
    vb_cpu before, after;
    uint32_t fence = 0; // a bootloader's, behind which no code in RAM may be executed
    vb_cpu_read(it->board, &before);
    core_mpu_read(it->board, MPU_CTRL, &fence);
    core_mpu_write(it->board, MPU_CTRL, 0);
    assert_int_equal(vb_read(it->board, INSERTED, kept, sizeof kept), VB_OK);
    assert_int_equal(vb_write(it->board, INSERTED, code, sizeof code), VB_OK);
    vb_cpu during = before;
    during.pc = INSERTED;
    during.primask = 1;
    during.xpsr = (before.xpsr & ~0x0600FC00u) | 0x01000000u; // Thumb, in no IT block
    during.r[0] = address;
    during.r[1] = value;
    vb_cpu_write(it->board, &during);
    vb_time until = vb_now(it->board) + VB_S;
    do { // the bus may be busy: until the instruction is behind us
        vb_step(it->board);
        vb_cpu_read(it->board, &after);
    } while (after.pc == INSERTED && vb_now(it->board) < until);
    assert_int_equal(after.pc, INSERTED + 2);
    core_mpu_write(it->board, MPU_CTRL, fence);
    assert_int_equal(vb_write(it->board, INSERTED, kept, sizeof kept), VB_OK);
    vb_cpu_write(it->board, &before);
    return after;
}

uint32_t product_peek(product *it, uint32_t address)
{
    return insert(it, LDR_R0, address, 0).r[0];
}

void product_poke(product *it, uint32_t address, uint32_t value)
{
    insert(it, STR_R1, address, value);
}

static void word(product *it, uint32_t address, uint32_t value)
{
    assert_int_equal(vb_write(it->board, address, &value, sizeof value), VB_OK);
}

static uint32_t word_at(const product *it, uint32_t address)
{
    uint32_t value;
    assert_int_equal(vb_read(it->board, address, &value, sizeof value), VB_OK);
    return value;
}

static void run_program(product *it, uint32_t write_mailbox, uint32_t mailbox, uint32_t options)
{
    uint8_t kept[4096], wishes[12];
    const hf_area *boot = hf_board_area(&it->description, HF_USE_BOOT);
    vb_read(it->board, WISHES, wishes, sizeof wishes);
    vb_read(it->board, boot->address, kept, sizeof kept);
    assert_int_equal(vb_load_elf(it->board, HF_GUEST_DIR "/provision.elf"), VB_OK);
    word(it, WISHES, write_mailbox);
    word(it, WISHES + 4, mailbox);
    word(it, WISHES + 8, options);
    vb_power_on(it->board);
    word(it, RESULTS, 0);
    vb_reset_pin(it->board);
    for (unsigned i = 0; i < 300 && word_at(it, RESULTS) != DONE; i++) {
        product_wait(it, 10 * VB_MS);
    }
    assert_int_equal(word_at(it, RESULTS), DONE);
    assert_int_equal(vb_write(it->board, boot->address, kept, sizeof kept), VB_OK);
    assert_int_equal(vb_write(it->board, WISHES, wishes, sizeof wishes), VB_OK);
}

void product_provision(product *it, uint32_t mailbox, uint32_t options)
{
    run_program(it, 1, mailbox, options);
    assert_int_equal(word_at(it, RESULTS + 4), mailbox);
}

uint32_t product_mailbox(product *it)
{
    run_program(it, 0, 0, 0);
    return word_at(it, RESULTS + 4);
}
