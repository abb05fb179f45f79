// SPDX-License-Identifier: MIT
// The way to flash alone, of a board that receives an image elsewhere: any request, any address, any size. The engine that
// installs what was received is none of its business: it may refuse.
#include "machine.h"

#include "board.h"
#include "install.h"
#include "slot.h"

static uint8_t bytes[HF_APP_SIZE];

hf_err hf_install_receiving(void)
{
    if (machine_maybe()) {
        return HF_E_VERIFY;
    }
    return HF_OK;
}

hf_err hf_install_received(void)
{
    return hf_install_receiving();
}

hf_err hf_install_request(void)
{
    return hf_install_receiving();
}

int main(void)
{
    uint32_t address = machine_any(), size = machine_any(), word;
    switch (machine_any()) {
    case 0: (void)hf_slot_erase(); break;
    case 1: (void)hf_slot_erase_sector(address); break;
    case 2: (void)(size <= sizeof bytes && hf_slot_write(address, bytes, size)); break;
    case 3: (void)(size <= sizeof bytes && hf_slot_read(address, bytes, size)); break;
    case 4: (void)hf_slot_byte(address); break;
    case 5: (void)hf_slot_crc32(address, size, &word); break;
    case 6: (void)hf_slot_digest(address, size, &word); break;
    case 7: (void)hf_slot_unit_end(address); break;
    case 8: (void)hf_slot_erase_ms(address); break;
    case 9: (void)hf_slot_check(); break;
    case 10: (void)hf_slot_finish(); break;
    default: (void)hf_slot_shows(); break;
    }
    return 0;
}
