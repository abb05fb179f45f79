// SPDX-License-Identifier: MIT
// What GDB asks and what the board answers (GDB manual, E.2 packets, G.5.3 ARM features).
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gdb.h"
#include "session.h"

#define REG(name, type) "<reg name=\"" name "\" bitsize=\"32\" type=\"" type "\"/>"
#define INT(name)       REG(name, "int")

// Registers in the order of this description, which is the order of a g packet.
static const char target_xml[] =
    "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target version=\"1.0\">"
    "<architecture>arm</architecture>"
    "<feature name=\"org.gnu.gdb.arm.m-profile\">"
    INT("r0") INT("r1") INT("r2") INT("r3") INT("r4") INT("r5") INT("r6") INT("r7")
    INT("r8") INT("r9") INT("r10") INT("r11") INT("r12")
    REG("sp", "data_ptr") INT("lr") REG("pc", "code_ptr") INT("xpsr")
    "</feature>"
    "<feature name=\"org.gnu.gdb.arm.m-system\">"
    REG("msp", "data_ptr") REG("psp", "data_ptr")
    INT("primask") INT("basepri") INT("faultmask") INT("control")
    "</feature></target>";

#define REGISTERS 23

static uint32_t *register_of(vb_cpu *cpu, unsigned number)
{
    uint32_t *rest[] = {&cpu->sp,  &cpu->lr,      &cpu->pc,      &cpu->xpsr,      &cpu->msp,
                        &cpu->psp, &cpu->primask, &cpu->basepri, &cpu->faultmask, &cpu->control};
    return number < 13 ? &cpu->r[number] : rest[number - 13];
}

// -- hexadecimal ----------------------------------------------------------------------------------

static void put_bytes(char *text, const void *bytes, size_t size)
{
    const uint8_t *byte = bytes;
    for (size_t i = 0; i < size; i++) {
        sprintf(text + 2 * i, "%02x", byte[i]);
    }
}

// False unless text begins with that many bytes.
static bool get_bytes(const char *text, uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++, text += 2) {
        if (strspn(text, "0123456789abcdefABCDEF") < 2) {
            return false;
        }
        char pair[3] = {text[0], text[1], '\0'};
        bytes[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return true;
}

// A number and the character behind it; the rest of the text, NULL when it is not so.
static const char *get_number(const char *text, char behind, uint32_t *value)
{
    char *end;
    unsigned long number = strtoul(text, &end, 16);
    if (end == text || *end != behind || number > UINT32_MAX) {
        return NULL;
    }
    *value = (uint32_t)number;
    return behind == '\0' ? end : end + 1;
}

// -- registers and memory -------------------------------------------------------------------------

static void read_registers(cmd_session *session, char *answer)
{
    vb_cpu cpu;
    vb_cpu_read(session->board, &cpu);
    for (unsigned i = 0; i < REGISTERS; i++) {
        put_bytes(answer + 8 * i, register_of(&cpu, i), 4); // host and target are little-endian
    }
}

static bool write_registers(cmd_session *session, const char *text)
{
    vb_cpu cpu;
    vb_cpu_read(session->board, &cpu);
    for (unsigned i = 0; i < REGISTERS; i++) {
        if (!get_bytes(text + 8 * i, (uint8_t *)register_of(&cpu, i), 4)) {
            return false;
        }
    }
    vb_cpu_write(session->board, &cpu);
    return true;
}

static bool write_register(cmd_session *session, const char *text)
{
    uint32_t number;
    vb_cpu cpu;
    text = get_number(text, '=', &number);
    if (text == NULL || number >= REGISTERS) {
        return false;
    }
    vb_cpu_read(session->board, &cpu);
    if (!get_bytes(text, (uint8_t *)register_of(&cpu, number), 4)) {
        return false;
    }
    vb_cpu_write(session->board, &cpu);
    return true;
}

#define MEMORY_MAX ((GDB_PACKET - 32) / 2) // bytes of memory in a packet

// Peripherals are left alone: reading some of their registers changes them.
static bool read_memory(cmd_session *session, const char *text, char *answer)
{
    uint32_t address, size;
    uint8_t bytes[MEMORY_MAX];
    text = get_number(text, ',', &address);
    if (text == NULL || get_number(text, '\0', &size) == NULL || size > sizeof bytes ||
        vb_read(session->board, address, bytes, size) != VB_OK) {
        return false;
    }
    put_bytes(answer, bytes, size);
    return true;
}

static bool write_memory(cmd_session *session, const char *text)
{
    uint32_t address, size;
    uint8_t bytes[MEMORY_MAX];
    text = get_number(text, ',', &address);
    text = text != NULL ? get_number(text, ':', &size) : NULL;
    return text != NULL && size <= sizeof bytes && get_bytes(text, bytes, size) &&
           vb_write(session->board, address, bytes, size) == VB_OK;
}

// -- breakpoints ----------------------------------------------------------------------------------

static bool set_break(cmd_gdb *gdb, cmd_session *session, uint32_t address)
{
    for (size_t i = 0; i < gdb->breaks_count; i++) {
        if (gdb->breaks[i] == address) {
            return true;
        }
    }
    if (gdb->breaks_count == GDB_BREAKS || vb_break_add(session->board, address) != VB_OK) {
        return false;
    }
    gdb->breaks[gdb->breaks_count++] = address;
    return true;
}

static void clear_break(cmd_gdb *gdb, cmd_session *session, uint32_t address)
{
    for (size_t i = 0; i < gdb->breaks_count; i++) {
        if (gdb->breaks[i] == address) {
            vb_break_remove(session->board, address);
            gdb->breaks[i] = gdb->breaks[--gdb->breaks_count];
            return;
        }
    }
}

// "Z0,ADDRESS,KIND". Software and hardware breakpoints are the same here: flash is not changed for
// either.
static const char *change_break(cmd_gdb *gdb, cmd_session *session, const char *packet)
{
    uint32_t address;
    if (packet[1] != '0' && packet[1] != '1') {
        return "";
    }
    if (packet[2] != ',' || get_number(packet + 3, ',', &address) == NULL) {
        return "E01";
    }
    if (packet[0] == 'z') {
        clear_break(gdb, session, address);
        return "OK";
    }
    return set_break(gdb, session, address) ? "OK" : "E28";
}

// -- running --------------------------------------------------------------------------------------

// A breakpoint at the present instruction must not stop it again.
static void resume(cmd_gdb *gdb, cmd_session *session, bool step)
{
    if (!step) {
        vb_step(session->board);
    }
    gdb->doing = step ? GDB_STEPS : GDB_RUNS;
}

// "c" and "s", each with or without an address.
static void resume_at(cmd_gdb *gdb, cmd_session *session, const char *packet)
{
    vb_cpu cpu;
    if (packet[1] != '\0') {
        vb_cpu_read(session->board, &cpu);
        cpu.pc = (uint32_t)strtoul(packet + 1, NULL, 16);
        vb_cpu_write(session->board, &cpu);
    }
    resume(gdb, session, packet[0] == 's');
}

// "vCont?", or "vCont;s:1;c" and the like: there is one thread, so the first action is its own. GDB
// steps the core by itself only when it has learnt from here that it can; else it works with
// breakpoints on what it thinks comes next. False: nothing is answered.
static bool continue_with(cmd_gdb *gdb, cmd_session *session, const char *packet, char *answer)
{
    if (strcmp(packet, "vCont?") == 0) {
        strcpy(answer, "vCont;c;C;s;S");
        return true;
    }
    if (strncmp(packet, "vCont;", 6) != 0 || packet[6] == '\0' ||
        strchr("cCsS", packet[6]) == NULL) {
        return true;
    }
    resume(gdb, session, packet[6] == 's' || packet[6] == 'S');
    return false;
}

// -- queries --------------------------------------------------------------------------------------

// "qXfer:features:read:target.xml:OFFSET,LENGTH": a part of the description, 'm' in front when more
// follows.
static void send_target(const char *text, char *answer)
{
    uint32_t offset, length;
    text = get_number(text, ',', &offset);
    if (text == NULL || get_number(text, '\0', &length) == NULL || offset > sizeof target_xml - 1) {
        strcpy(answer, "E01");
        return;
    }
    size_t left = sizeof target_xml - 1 - offset;
    size_t most = length < GDB_PACKET - 8 ? length : GDB_PACKET - 8;
    size_t size = left < most ? left : most;
    answer[0] = left > size ? 'm' : 'l';
    memcpy(answer + 1, target_xml + offset, size);
    answer[1 + size] = '\0';
}

// "monitor ..." takes the commands of the control socket.
static void monitor(cmd_session *session, const char *text, char *answer)
{
    char line[CONTROL_LINE] = "";
    size_t size = strlen(text) / 2;
    if (size >= sizeof line || !get_bytes(text, (uint8_t *)line, size)) {
        strcpy(answer, "E01");
        return;
    }
    command_answer said = {.ok = true};
    if (strncmp(line, "wait", 4) == 0) {
        snprintf(said.text, sizeof said.text, "time stands still while GDB waits");
    } else {
        command_do(session, line, &said);
    }
    size_t length = strlen(said.text);
    put_bytes(answer, said.text, length);
    strcpy(answer + 2 * length, "0a");
}

static void query(cmd_session *session, const char *packet, char *answer)
{
    static const char target[] = "qXfer:features:read:target.xml:";
    if (strncmp(packet, "qSupported", 10) == 0) {
        sprintf(answer, "PacketSize=%x;qXfer:features:read+;QStartNoAckMode+;vContSupported+",
                GDB_PACKET - 8);
    } else if (strncmp(packet, target, sizeof target - 1) == 0) {
        send_target(packet + sizeof target - 1, answer);
    } else if (strncmp(packet, "qRcmd,", 6) == 0) {
        monitor(session, packet + 6, answer);
    } else if (strcmp(packet, "qAttached") == 0) {
        strcpy(answer, "1");
    }
}

static const char *verdict(bool good)
{
    return good ? "OK" : "E01";
}

bool gdb_do(cmd_gdb *gdb, cmd_session *session, char *packet, char answer[GDB_PACKET])
{
    answer[0] = '\0'; // "not supported", unless a case says otherwise
    switch (packet[0]) {
    case '?': strcpy(answer, "S05"); break;
    case 'g': read_registers(session, answer); break;
    case 'G': strcpy(answer, verdict(write_registers(session, packet + 1))); break;
    case 'P': strcpy(answer, verdict(write_register(session, packet + 1))); break;
    case 'm':
        if (!read_memory(session, packet + 1, answer)) {
            strcpy(answer, "E14");
        }
        break;
    case 'M': strcpy(answer, verdict(write_memory(session, packet + 1))); break;
    case 'Z':
    case 'z': strcpy(answer, change_break(gdb, session, packet)); break;
    case 'H': strcpy(answer, "OK"); break; // the only thread
    case 'q': query(session, packet, answer); break;
    case 'Q': strcpy(answer, strcmp(packet, "QStartNoAckMode") == 0 ? "OK" : ""); break;
    case 'c':
    case 's': resume_at(gdb, session, packet); return false;
    case 'v': return continue_with(gdb, session, packet, answer);
    case 'D':
        strcpy(answer, "OK");
        gdb->doing = GDB_RUNS;
        break;
    case 'k': session_end(session, CMD_OK); return false;
    default: break;
    }
    return true;
}
