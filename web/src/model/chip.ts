// SPDX-License-Identifier: MIT
// A chip file as the page uses it: sectors with addresses, pins, times.
import { parseNumber, type Num } from './numbers.ts';

export interface ChipFile {
    name: string;
    family: string;
    core: string;
    supply_mv: { min: number; max: number };
    ram: { name: string; address: Num; size: Num }[];
    flash: {
        address: Num;
        sectors: { bank: number; first: number; count: number; size: Num }[];
        program: { bytes: number; min_mv: number; typ_ns: number; max_ns: number }[];
        erase: { size: Num; typ_ms: number[]; max_ms: number[] }[];
        option_change_ms: number;
        endurance_cycles: number;
    };
    clocks: Record<string, number | string>;
    peripherals: Record<string, { generation: string }>;
    signals: Record<string, { pin: string; af: number }[]>;
}

export interface Sector {
    number: number;
    bank: number;
    address: number;
    size: number;
}

export function sectorsOf(chip: ChipFile): Sector[] {
    const sectors: Sector[] = [];
    let address = parseNumber(chip.flash.address);
    for (const run of chip.flash.sectors) {
        const size = parseNumber(run.size);
        for (let nth = 0; nth < run.count; nth++) {
            sectors.push({ number: run.first + nth, bank: run.bank, address, size });
            address += size;
        }
    }
    return sectors;
}

export function flashStart(chip: ChipFile): number {
    return parseNumber(chip.flash.address);
}

export function flashSize(chip: ChipFile): number {
    return chip.flash.sectors.reduce((sum, run) => sum + run.count * parseNumber(run.size), 0);
}

/** Where an area may start or end: every sector's start, and the end of the flash. */
export function bordersOf(chip: ChipFile): number[] {
    const sectors = sectorsOf(chip);
    const last = sectors[sectors.length - 1];
    return [...sectors.map(sector => sector.address), last.address + last.size];
}

/** Sectors that an area touches. */
export function sectorsWithin(chip: ChipFile, address: number, size: number): Sector[] {
    return sectorsOf(chip).filter(s => s.address < address + size && address < s.address + s.size);
}

/** "sector 4", "sectors 5 to 11" */
export function sectorWords(sectors: Sector[]): string {
    if (sectors.length === 0) {
        return 'no sector';
    }
    const first = sectors[0].number, last = sectors[sectors.length - 1].number;
    return first === last && sectors.length === 1 ? `sector ${first}` : `sectors ${first} to ${last}`;
}

/** Peripherals that bring all these signals to pins: ["tx", "rx"] gives the serial ports. */
export function instancesWith(chip: ChipFile, signals: string[]): string[] {
    return Object.keys(chip.peripherals)
        .filter(name => signals.every(signal => chip.signals[`${name}_${signal}`] !== undefined))
        .sort();
}

export function pinsFor(chip: ChipFile, instance: string, signal: string): string[] {
    return (chip.signals[`${instance}_${signal}`] ?? []).map(entry => entry.pin);
}

/** The program width the supply allows, as an index of flash.program; widths_count when none. */
export function programWidth(chip: ChipFile, supplyMillivolts: number): number {
    let best = -1;
    chip.flash.program.forEach((way, index) => {
        const better = best < 0 || way.bytes > chip.flash.program[best].bytes;
        best = way.min_mv <= supplyMillivolts && better ? index : best;
    });
    return best;
}

/** Seconds to erase one sector of this size, typical and longest. */
export function eraseSeconds(chip: ChipFile, sectorSize: number, width: number): { typ: number; max: number } {
    const row = chip.flash.erase.find(entry => parseNumber(entry.size) === sectorSize);
    const column = Math.max(width, 0);
    return { typ: (row?.typ_ms[column] ?? NaN) / 1000, max: (row?.max_ms[column] ?? NaN) / 1000 };
}
