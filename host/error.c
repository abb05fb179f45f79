// SPDX-License-Identifier: MIT
// The table of errors.
#include "error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

const hf_exit_status hf_exit_statuses[] = {
    {0, "done"},
    {1, "internal failure: a bug or no memory; please report it"},
    {2, "wrong usage: unknown command, option or value"},
    {3, "a file is unreadable, malformed, or cannot become a sealed image"},
    {4, "no device: port missing, forbidden or busy, or nothing answers on it"},
    {5, "link lost while working; trying again is sensible"},
    {6, "the device refused"},
    {7, "verification failed: the device holds something else than the image"},
    {8, "the image was refused: not sealed, damaged, or for another product"},
    {130, "interrupted"},
    {0, NULL},
};

static const hf_error_info table[HF_ERRORS] = {
    [HF_E_MEMORY] = {"E0101", 1, "the machine is out of memory", "close other programs and try again"},
    [HF_E_USAGE] = {"E0201", 2, "a mistyped command line", "see holdfast --help, or holdfast COMMAND --help"},
    [HF_E_READ] = {"E0301", 3, "a mistyped name, or the build did not produce the file",
                   "check the path; run the build again"},
    [HF_E_WRITE] = {"E0302", 3, "the folder is missing, read-only or full", "choose another place to write to"},
    [HF_E_EXISTS] = {"E0322", 3, "the command was given before, or the name belongs to something else",
                     "choose another name, or move the old file away; a key is never written over"},
    [HF_E_MALFORMED] = {"E0303", 3, "the file was cut short or edited", "build or download it again"},
    [HF_E_NOT_ARM] = {"E0304", 3, "an object file, or a program for another processor",
                      "give the linked application, usually NAME.elf"},
    [HF_E_SPREAD] = {"E0305", 3, "a section is placed in RAM, option bytes or another memory",
                     "look at the load addresses with arm-none-eabi-readelf -l; remove what does not belong into "
                     "the application's flash"},
    [HF_E_EMPTY] = {"E0306", 3, "a dump of erased flash, or a link without content",
                    "check that the vector table is kept: KEEP(*(.isr_vector)) in the linker script"},
    [HF_E_BOARD] = {"E0307", 3, "a mistake in the board or chip file", "correct the key named above"},
    [HF_E_LAYOUT] = {"E0308", 3, "the board file contradicts itself or the chip", "correct the keys named above"},
    [HF_E_LINK_ADDRESS] = {"E0311", 3, "the linker script starts at another address, often the start of flash",
                           "set the ORIGIN of FLASH to the application's address; holdfast layout BOARD --emit DIR "
                           "writes a fitting app.ld"},
    [HF_E_STACK] = {"E0312", 3, "the vector table is not first in the image, or _estack is wrong",
                    "put .isr_vector first and _estack at the end of a RAM"},
    [HF_E_RESET] = {"E0313", 3, "the vector table is not first, or the image was linked for another address",
                    "put .isr_vector first and link for the application's address"},
    [HF_E_TOO_BIG] = {"E0314", 3, "the application has outgrown its slot",
                      "build with -Os, or give the application more room in the board file"},
    [HF_E_TOO_SMALL] = {"E0315", 3, "not an application, or a cut file", "check what the build produced"},
    [HF_E_RESERVED_USED] = {"E0316", 3, "start-up code fills the vectors that the architecture reserves",
                            "set the vector that is named above to 0"},
    [HF_E_SEALED_TWICE] = {"E0317", 3, "the output of an earlier seal was given as input",
                           "seal the file that the linker wrote"},
    [HF_E_KEY_FILE] = {"E0318", 3, "a public key, a certificate, or a key of another kind was given",
                       "make a key with holdfast keygen KEY.pem"},
    [HF_E_PASSPHRASE] = {"E0319", 3, "a mistyped or missing passphrase",
                         "type it when asked, or give it in the environment variable HOLDFAST_PASSPHRASE"},
    [HF_E_TOKEN] = {"E0320", 3, "the engine or the module is not installed, or URI or PIN are wrong",
                    "apt install libengine-pkcs11-openssl; name the module with PKCS11_MODULE_PATH; try the URI with "
                    "pkcs11-tool"},
    [HF_E_FOREIGN_KEY] = {"E0321", 3, "the key of another product was given, or the board file has another public key",
                          "give the right key, or put its public half into the board file: holdfast keygen KEY --show"},
    [HF_E_TRANSIT_KEY] = {"E0323", 3, "a mistyped name, or a key that signs was given",
                          "make a key with holdfast keygen --transit KEY"},
    [HF_E_NO_PORT] = {"E0401", 4, "the adapter is not plugged in, or has another name",
                      "list the ports: ls /dev/ttyUSB* /dev/ttyACM*"},
    [HF_E_PERMISSION] = {"E0402", 4, "your user is not in the group that owns the port, usually dialout",
                         "sudo usermod -aG dialout $USER, then log in again"},
    [HF_E_BUSY] = {"E0403", 4, "a terminal program or another update has the port open",
                   "close it; fuser PORT tells who it is"},
    [HF_E_NOT_TERMINAL] = {"E0404", 4, "the name belongs to a file, not to a serial port",
                           "give a port such as /dev/ttyUSB0, or tcp:HOST:PORT"},
    [HF_E_LINE] = {"E0405", 4, "the adapter does not know this speed", "leave out --baud, or use 115200"},
    [HF_E_UNREACHABLE] = {"E0406", 4, "nothing listens there", "start the other end first; check host and port"},
    [HF_E_NO_ANSWER] = {"E0407", 4, "the application is running, TX and RX are swapped, or the speed differs",
                        "hold the board's button while you reset it, then run the same command again; --board tells which button "
                        "that is, and what to do where there is none"},
    [HF_E_STRANGER] = {"E0408", 4, "the application is running and prints text, or the speed differs",
                       "hold the board's button while you reset it, then run the same command again; --board tells which button "
                       "that is, and what to do where there is none"},
    [HF_E_PROTOCOL] = {"E0409", 4, "its board file has no \"fast\" among uart.protocols",
                       "leave out --protocol; holdfast then uses what the device speaks"},
    [HF_E_OCCUPIED] = {"E0410", 4, "a host at the board's USB socket has begun an update, or died in one",
                       "let it finish; 30 s after its last word the board is free. A longer --wait does it"},
    [HF_E_NO_USB] = {"E0411", 4, "the board is not in update mode, or the cable only charges",
                     "hold the board's button while you reset it; holdfast list shows what is there"},
    [HF_E_USB_PERMISSION] = {"E0412", 4, "no udev rule lets your user open the device",
                             "add one: docs/usb-dfu.md has it; or run as root"},
    [HF_E_NO_LINES] = {"E0413", 4, "a network connection, a pseudo-terminal, or an adapter with three wires",
                       "leave out --enter (or give --enter hand where the board file asks for it), hold the board's button while you "
                       "reset it, and run the same command again"},
    [HF_E_LINK_LOST] = {"E0501", 5, "the adapter was unplugged, or the peer closed the connection",
                        "plug it in and run the same command again: the bootloader waits"},
    [HF_E_SILENT] = {"E0502", 5, "the board lost power or was reset, or a wire is loose",
                     "run the same command again: the bootloader waits"},
    [HF_E_ERASE] = {"E0601", 6, "the application's flash is write-protected",
                    "remove the write protection of the application's sectors and reset the board"},
    [HF_E_NAK] = {"E0602", 6, "a noisy line, a classroom bootloader fed with standard frames, or flash that cannot "
                  "be programmed",
                  "check the cable, try --no-pipeline or --classroom, or a lower --baud on both sides"},
    [HF_E_BOOT] = {"E0603", 6, "the bootloader's own check of the image failed: wrong chip, product or address",
                   "run holdfast inspect FILE --board BOARD"},
    [HF_E_NO_ORDERS] = {"E0604", 6, "the bootloader was built from another board file",
                        "build it from this one: orders need keys, and a floor for versions or \"ordered\" protection"},
    [HF_E_ORDER_REFUSED] = {"E0605", 6, "the order is for another device, was obeyed before, or its key is revoked",
                            "make another one for this device: holdfast token"},
    [HF_E_UNPROTECTED] = {"E0606", 6, "the chip's option bytes did not take the change",
                          "check the supply, reset the board and run the same command again"},
    [HF_E_NO_PROVISION] = {"E0607", 6, "the bootloader was built from a board file without \"provision\"",
                           "add \"provision\": true to the board file and write the new bootloader"},
    [HF_E_PROVISIONED] = {"E0608", 6, "the device was provisioned before, which is done once",
                          "keep what it has: holdfast provision --show tells it"},
    [HF_E_UNPROVISIONED] = {"E0609", 6, "the device has not been on the production line's last step",
                            "run holdfast provision --hardware X.Y.Z"},
    [HF_E_VERIFY] = {"E0701", 7, "frames were lost or doubled, or the flash is worn out",
                     "run the same command again with --no-pipeline"},
    [HF_E_NOT_SEALED] = {"E0801", 8, "the linker's output was given instead of the sealed file",
                         "run holdfast seal FILE --board BOARD --version X.Y.Z -o OUT"},
    [HF_E_DAMAGED] = {"E0802", 8, "the file was changed after it was sealed", "seal it again, or download it again"},
    [HF_E_WRONG_TARGET] = {"E0803", 8, "the file belongs to another product", "choose the file for this board"},
    [HF_E_UNTRUSTED] = {"E0804", 8, "the file was not signed, by another key, or changed after it was signed",
                        "seal it with --key and the private half of a key of the board file"},
    [HF_E_TRANSIT] = {"E0805", 8, "--transit-key was forgotten, or given for a board without \"transit_key\"",
                      "seal it again, with --transit-key and the board's key where its board file has \"transit_key\", else without"},
    [HF_E_INTERRUPTED] = {"E1301", 130, "you pressed Ctrl-C",
                          "run the same command again; until then the board stays in update mode"},
};

const hf_error_info *hf_error_about(hf_error error)
{
    assert(error > HF_OK && error < HF_ERRORS);
    return &table[error];
}

hf_error hf_fail(hf_problem *problem, hf_error error, const char *format, ...)
{
    if (problem == NULL) {
        return error;
    }
    problem->error = error;
    problem->next[0] = '\0';
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(problem->what, sizeof problem->what, format, arguments);
    va_end(arguments);
    return error;
}

void hf_advise(hf_problem *problem, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(problem->next, sizeof problem->next, format, arguments);
    va_end(arguments);
}

const char *hf_problem_next(const hf_problem *problem)
{
    return problem->next[0] != '\0' ? problem->next : hf_error_about(problem->error)->next;
}
