// SPDX-License-Identifier: MIT
// What to type and what to look at: command lines and the bring-up checklist of a design.
import { links } from '../data.ts';
import { sectorsWithin, sectorWords, type ChipFile } from './chip.ts';
import { areaOf, type Board } from './design.ts';
import { hex, parseNumber, sizeWords } from './numbers.ts';

export interface Command {
    purpose: string;
    line: string;
}

export function commands(board: Board): Command[] {
    const name = board.name, file = `boards/${name}.json`, folder = `build/boards/${name}`;
    const key = (board.validation === 'signed' ? ' --key KEY.pem' : '') + (board.transit_key ? ' --transit-key TRANSIT.key' : '');
    const start = address(board, 'application');
    const lines: Command[] = [
        { purpose: 'Check the design', line: `build/bin/holdfast layout ${file}` },
        { purpose: 'Build the bootloader', line: `make BOARD=${file}` },
        { purpose: 'Write the bootloader once, with an ST-Link', line: `st-flash write ${folder}/boot.bin ${address(board, 'boot')}` },
        { purpose: 'Seal an application', line: `build/bin/holdfast seal --board ${file} --version 1.0.0${key} -o app.sealed.bin app.elf` },
        { purpose: 'Look at a sealed image', line: 'build/bin/holdfast inspect app.sealed.bin' },
    ];
    if (board.uart !== undefined) {
        lines.push({ purpose: 'Update over the serial line', line: `build/bin/holdfast flash --port /dev/ttyUSB0 --board ${file} app.sealed.bin` });
    }
    if (board.uart?.protocols?.includes?.('an3155')) {
        lines.push({ purpose: 'The same with stm32flash', line: `stm32flash -b ${board.uart.baud} -S ${start} -w app.sealed.bin -g ${start} /dev/ttyUSB0` });
    }
    if (board.usb !== undefined) {
        lines.push({ purpose: 'Update over USB', line: `dfu-util -d ${usbId(board)} -a 0 -s ${start}:leave -D app.sealed.bin` });
    }
    return lines;
}

function address(board: Board, use: string): string {
    const area = areaOf(board, use);
    return area ? hex(parseNumber(area.address)) : '?';
}

function usbId(board: Board): string {
    const part = (key: string) => (parseNumber(board.usb?.[key]) || 0).toString(16).padStart(4, '0');
    return `${part('vid')}:${part('pid')}`;
}

/** How production closes the door behind the bootloader: by the bootloader itself, or by hand. */
export function protection(board: Board, chip: ChipFile): Command[] {
    const own = Array.isArray(board.protection) ? board.protection : [];
    const byHand = optionBytes(board, chip).filter(one => !own.includes(one.word));
    const itself = own.includes('ordered')
        ? { purpose: `Order the bootloader to protect its chip (${own.join(', ')})`, line: `build/bin/holdfast protect --port /dev/ttyUSB0 --board boards/${board.name}.json --key KEY.pem` }
        : { purpose: `The bootloader protects its chip at its first start (${own.join(', ')}). Look at the option bytes`, line: 'STM32_Programmer_CLI -c port=SWD -ob displ' };
    return own.length > 0 ? [itself, ...byHand] : byHand;
}

function optionBytes(board: Board, chip: ChipFile): (Command & { word: string })[] {
    const boot = areaOf(board, 'boot');
    const sectors = boot ? sectorsWithin(chip, parseNumber(boot.address), parseNumber(boot.size)) : [];
    const cubeFlags = sectors.map(sector => `nWRP${sector.number}=0`).join(' ');
    return [
        { word: 'write', purpose: `Write-protect the bootloader (${sectorWords(sectors)})`, line: `STM32_Programmer_CLI -c port=SWD -ob ${cubeFlags}` },
        { word: 'read', purpose: 'Read protection level 1: the debugger no longer reads flash. Going back erases the chip', line: 'STM32_Programmer_CLI -c port=SWD -ob RDP=0xBB' },
    ];
}

/** Bring-up, in the order in which things are found out. */
export function checklist(board: Board, chip: ChipFile): string[] {
    const app = areaOf(board, 'application'), items = [
        `The chip is a ${chip.name}: read its identity with the debugger before the first write.`,
        `The supply stays within ${board.supply_mv?.min} to ${board.supply_mv?.max} mV while flash is erased and written.`,
        board.clock?.hse_hz ? `The crystal of ${board.clock.hse_hz} Hz starts over the whole temperature range; without it the bootloader runs on.`
            : 'There is no crystal: the serial line’s baud rate holds over the whole temperature range.',
        'Bootloader written, no application: the LED blinks for update mode, and the link answers.',
    ];
    items.push(...indicators(board), ...linkChecks(board));
    items.push(
        `An application linked at ${app ? hex(parseNumber(app.address)) : '?'} and sealed starts after reset.`,
        'A damaged image (one byte changed) is refused, and update mode is entered.',
        'Power is removed ten times at random moments of an update; each time the board comes back as the table of power cuts says.',
        'The watchdog the application uses is longer than the longest erase, or is fed by the bootloader.',
        'Write protection of the bootloader is set, and an update still works.',
        'A production board went through a complete update from the host computer that will be used in the field.',
    );
    return items;
}

function indicators(board: Board): string[] {
    const pin = (key: string) => (board[key] as { pin?: string } | undefined)?.pin;
    return [
        ...(pin('button') ? [`The button on ${pin('button')} held during reset leads to update mode, and released does not.`] : []),
        ...(pin('led') ? [`The LED on ${pin('led')} is off while the application has not switched it on.`] : []),
    ];
}

function linkChecks(board: Board): string[] {
    const protocols = Array.isArray(board.uart?.protocols) ? board.uart!.protocols : [];
    const serial = protocols.map(name => `${links[name]?.title ?? name}: an image is sent, verified and started at ${board.uart?.baud} baud.`);
    const usb = board.usb ? [`dfu-util lists the device (${usbId(board)}) and sends an image.`] : [];
    return [...serial, ...usb];
}

/** What a reviewer should ask about: risks that no rule forbids. */
export function risks(board: Board, chip: ChipFile): string[] {
    const found: string[] = [];
    if (board.strategy === 'single') {
        found.push('While an update is under way there is no application: a product in the field needs someone, or something, to send it again after a power cut.');
    }
    if (board.strategy === 'bank_swap') {
        found.push(`A swap changes option bytes, for up to ${chip.flash.option_change_ms} ms: the supply must last that long after power is lost.`);
    }
    if (board.validation !== 'signed') {
        found.push('The check finds damage, not intent: whoever reaches the link can install an image of their own.');
    }
    if (board.button === undefined) {
        found.push('Without a button, an application that runs but never asks for an update locks the product to itself.');
    }
    const baud = board.uart ? Number(board.uart.baud) : 0;
    if (baud > 460800) {
        found.push(`${baud} baud is much for cables and adapters in the field; keep a slower rate as a way back.`);
    }
    if (board.usb !== undefined && parseNumber(board.usb.vid) === 0x1209) {
        found.push('The USB vendor id 0x1209 is for tests until a product id is registered.');
    }
    return found;
}

export function sizeOf(board: Board, use: string): string {
    const area = areaOf(board, use);
    return area ? sizeWords(parseNumber(area.size)) : 'none';
}
