// SPDX-License-Identifier: MIT
// Linker scripts of the bootloader and of applications.
#include "derive.h"
#include "emit.h"
#include "hf_image.h"

#define BOOT_STACK_MIN 1024u

static void memory(FILE *out, hf_span flash, hf_span ram)
{
    fprintf(out,
            "ENTRY(Reset_Handler)\n"
            "\n"
            "MEMORY\n"
            "{\n"
            "    FLASH (rx) : ORIGIN = 0x%08X, LENGTH = 0x%X\n"
            "    RAM (rwx)  : ORIGIN = 0x%08X, LENGTH = 0x%X\n"
            "}\n"
            "\n"
            "_estack = ORIGIN(RAM) + LENGTH(RAM);\n"
            "\n",
            (unsigned)flash.address, (unsigned)flash.size, (unsigned)ram.address,
            (unsigned)ram.size);
}

// Initialised data, then zeroed data: the symbols every STM32 start-up file uses.
static const char data[] = "    .data : ALIGN(4)\n"
                           "    {\n"
                           "        _sdata = .;\n"
                           "        *(.ramfunc .ramfunc.*)\n"
                           "        *(.data .data.*)\n"
                           "        . = ALIGN(4);\n"
                           "        _edata = .;\n"
                           "    } > RAM AT > FLASH\n"
                           "    _sidata = LOADADDR(.data);\n"
                           "\n";

static const char bss[] = "    .bss (NOLOAD) : ALIGN(4)\n"
                          "    {\n"
                          "        _sbss = .;\n"
                          "        __bss_start__ = .;\n"
                          "        *(.bss .bss.* COMMON)\n"
                          "        . = ALIGN(4);\n"
                          "        _ebss = .;\n"
                          "        __bss_end__ = .;\n"
                          "    } > RAM\n";

void hf_emit_boot_linker(const hf_board *board, FILE *out)
{
    const hf_area *boot = hf_board_area(board, HF_USE_BOOT);
    hf_span flash = boot == NULL ? (hf_span){0} : (hf_span){boot->address, boot->size};
    fprintf(out,
            "/* Bootloader of %s. Made by `holdfast layout`: change the board file, not this. */\n",
            board->name);
    memory(out, flash, hf_main_ram(&board->chip));
    fprintf(out,
            "SECTIONS\n"
            "{\n"
            "    .text :\n"
            "    {\n"
            "        KEEP(*(.vectors))\n"
            "        _evectors = .;\n"
            "        *(.text .text.*)\n"
            "        *(.rodata .rodata.*)\n"
            "        . = ALIGN(4);\n"
            "    } > FLASH\n"
            "\n"
            "    /* Stays empty: start-up copies nothing. */\n"
            "    .data : { *(.data .data.*) } > RAM\n"
            "\n"
            "%s"
            "\n"
            "    /* Buffers that nobody needs cleared: clearing takes time at each start. */\n"
            "    .noinit (NOLOAD) : ALIGN(4)\n"
            "    {\n"
            "        *(.noinit .noinit.*)\n"
            "        . = ALIGN(4);\n"
            "        _enoinit = .;\n"
            "    } > RAM\n"
            "\n"
            "    /* Nothing unwinds a stack here. */\n"
            "    /DISCARD/ : { *(.ARM.exidx .ARM.exidx.* .ARM.extab .ARM.extab.*) }\n"
            "}\n"
            "\n"
            "_boot_size = SIZEOF(.text);\n"
            "ASSERT(SIZEOF(.data) == 0, \"a variable of the bootloader has an initial value: nobody would store it\")\n"
            "ASSERT(_evectors - ORIGIN(FLASH) >= 64, \"no vector table: section .vectors is "
            "missing or too short\")\n"
            "ASSERT(_boot_size <= %u, \"the bootloader is larger than its budget of %u bytes\")\n"
            "ASSERT(_estack - _enoinit >= %u, \"less than %u bytes of RAM are left for the stack\")\n",
            bss, (unsigned)board->budget, (unsigned)board->budget, BOOT_STACK_MIN, BOOT_STACK_MIN);
}

// The payload ends where an aligned trailer still fits.
static uint32_t payload_max(uint32_t area_size, uint32_t trailer)
{
    return area_size < trailer ? 0 : (area_size - trailer) / HF_IMAGE_ALIGN * HF_IMAGE_ALIGN;
}

void hf_emit_app_linker(const hf_board *board, FILE *out)
{
    const hf_area *app = hf_board_area(board, HF_USE_APPLICATION);
    hf_span flash = app == NULL
                        ? (hf_span){0}
                        : (hf_span){app->address, payload_max(hf_board_app_room(board), hf_board_trailer_size(board))};
    fprintf(out,
            "/* Applications of %s. Made by `holdfast layout`: change the board file, not this.\n"
            " * FLASH ends before the area does: %u bytes are kept for the trailer of the sealed "
            "image. */\n",
            board->name, app == NULL ? 0u : (unsigned)(app->size - flash.size));
    memory(out, flash, hf_main_ram(&board->chip));
    fprintf(out,
            "SECTIONS\n"
            "{\n"
            "    .isr_vector :\n"
            "    {\n"
            "        KEEP(*(.isr_vector))\n"
            "        KEEP(*(.vectors))\n"
            "        . = ALIGN(4);\n"
            "    } > FLASH\n"
            "\n"
            "    .text : ALIGN(4)\n"
            "    {\n"
            "        *(.text .text.*)\n"
            "        KEEP(*(.init))\n"
            "        KEEP(*(.fini))\n"
            "        *(.rodata .rodata.*)\n"
            "        . = ALIGN(4);\n"
            "        _etext = .;\n"
            "    } > FLASH\n"
            "\n"
            "    .ARM.extab : ALIGN(4) { *(.ARM.extab .ARM.extab.*) } > FLASH\n"
            "    .ARM.exidx : ALIGN(4)\n"
            "    {\n"
            "        __exidx_start = .;\n"
            "        *(.ARM.exidx .ARM.exidx.*)\n"
            "        __exidx_end = .;\n"
            "    } > FLASH\n"
            "\n"
            "    .init_array : ALIGN(4)\n"
            "    {\n"
            "        __preinit_array_start = .;\n"
            "        KEEP(*(.preinit_array*))\n"
            "        __preinit_array_end = .;\n"
            "        __init_array_start = .;\n"
            "        KEEP(*(SORT(.init_array.*)))\n"
            "        KEEP(*(.init_array))\n"
            "        __init_array_end = .;\n"
            "        __fini_array_start = .;\n"
            "        KEEP(*(SORT(.fini_array.*)))\n"
            "        KEEP(*(.fini_array))\n"
            "        __fini_array_end = .;\n"
            "    } > FLASH\n"
            "\n"
            "%s%s"
            "\n"
            "    /* The heap of a C library grows from here. */\n"
            "    end = .;\n"
            "    _end = .;\n"
            "}\n"
            "\n"
            "ASSERT(SIZEOF(.isr_vector) >= 64, \"no vector table: section .isr_vector is missing "
            "or too short\")\n",
            data, bss);
}
