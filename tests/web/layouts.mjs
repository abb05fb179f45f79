// SPDX-License-Identifier: MIT
// Layouts that shipped wrong in projects of others, carried over to our chips, and what must be said of each.

const area = (use, address, size) => ({ use, address, size });

export const layouts = [
    {
        name: 'a 12 KB bootloader and an application at 0x08002000, as a form without checks exports it',
        layout: [area('boot', '0x08000000', '12K'), area('application', '0x08002000', '1016K')],
        rule: /inside sector 0/,
    },
    {
        name: 'two partitions overlap',
        layout: [area('boot', '0x08000000', '32K'), area('boot_data', '0x08004000', '48K'), area('application', '0x08010000', '960K')],
        rule: /belongs to layout\[0\] too/,
    },
    {
        name: 'a slot of 384 KB minus something, not on 128 KB sectors',
        layout: [area('boot', '0x08000000', '16K'), area('boot_data', '0x08004000', '48K'), area('application', '0x08010000', '384K'), area('reserved', '0x08070000', '576K')],
        rule: /inside sector 7/,
    },
    {
        name: 'the slot starts in the middle of a sector',
        layout: [area('boot', '0x08000000', '16K'), area('boot_data', '0x08004000', '48K'), area('application', '0x08018000', '928K')],
        rule: /inside sector 4/,
    },
    {
        name: 'the application shares the bootloader’s 128 KB sector on the H743',
        chip: 'stm32h743zi',
        layout: [area('boot', '0x08000000', '32K'), area('application', '0x08008000', '992K'), area('reserved', '0x08100000', '1M')],
        rule: /inside sector 0/,
    },
    {
        name: 'memory that the part does not have',
        layout: [area('boot', '0x08000000', '16K'), area('boot_data', '0x08004000', '48K'), area('application', '0x08010000', '1984K')],
        rule: /leaves the flash/,
    },
    {
        name: 'the bootloader is not where the core starts',
        layout: [area('boot_data', '0x08000000', '16K'), area('boot', '0x08004000', '48K'), area('application', '0x08010000', '960K')],
        rule: /core would not find the bootloader/,
    },
];
