// SPDX-License-Identifier: MIT
// How long things take and how long the flash lasts, with the term that decides. Modelled: data-sheet times, the
// protocol's own bytes, and a turn-around of the host; nobody has measured it on silicon.
import { checks, links, strategies, type Link } from '../data.ts';
import { eraseSeconds, programWidth, sectorsWithin, type ChipFile } from './chip.ts';
import { areaOf, imageBytes, updatesPerYear, type Board } from './design.ts';
import { parseNumber } from './numbers.ts';

export interface Term {
    name: string;
    typ: number; // seconds
    max: number;
}

export interface Estimate {
    name: string;
    typ: number;
    max: number;
    terms: Term[];
    dominant: string;
    note: string;
}

export interface Wear {
    years: number;
    updates: number; // that the flash is good for
    note: string;
}

export interface Estimates {
    updates: Estimate[];
    install: Estimate | null;
    boot: Estimate;
    timeouts: { name: string; seconds: number; note: string }[];
    wear: Wear | null;
}

const USB_BYTES_PER_SECOND = 600000; // bulk-free control transfers at full speed, 64-byte packets
const WORST_TURNAROUND = 16; // times the typical: a USB serial adapter with a latency timer of 16 ms
const RETRIES = 0.01; // of the frames, when a line is bad
const MARGIN = 1.5;
// A NOR flash of the W25Q kind (data sheet of the W25Q64JV, 9.6): bytes, and seconds.
const NOR = { block: 65536, page: 256, erase: { typ: 0.15, max: 2 }, program: { typ: 0.0004, max: 0.003 } };

function sum(name: string, terms: Term[], note: string): Estimate {
    const counted = terms.filter(term => term.max > 0);
    const dominant = counted.reduce((best, term) => (term.typ > best.typ ? term : best),
        counted[0] ?? { name: 'nothing', typ: 0, max: 0 });
    const total = (pick: 'typ' | 'max') => counted.reduce((all, term) => all + term[pick], 0);
    return { name, typ: total('typ'), max: total('max'), terms: counted, dominant: dominant.name, note };
}

// -- flash ----------------------------------------------------------------------------------------

/** Erasing what an image of this size covers, as the bootloader does: whole sectors. */
function eraseTerm(board: Board, chip: ChipFile, bytes: number, use: string): Term {
    const area = areaOf(board, use) ?? areaOf(board, 'application');
    const width = programWidth(chip, board.supply_mv?.min);
    const sectors = area ? sectorsWithin(chip, parseNumber(area.address), Math.min(bytes, parseNumber(area.size))) : [];
    const times = sectors.map(sector => eraseSeconds(chip, sector.size, width));
    return {
        name: `erasing ${sectors.length} sector${sectors.length === 1 ? '' : 's'}`,
        typ: times.reduce((all, time) => all + time.typ, 0), max: times.reduce((all, time) => all + time.max, 0),
    };
}

function programTerm(board: Board, chip: ChipFile, bytes: number): Term {
    const way = chip.flash.program[programWidth(chip, board.supply_mv?.min)];
    const units = way === undefined ? NaN : Math.ceil(bytes / way.bytes);
    return { name: 'programming', typ: units * way?.typ_ns * 1e-9, max: units * way?.max_ns * 1e-9 };
}

/** What an image costs in the external flash: erased blocks, written pages. */
function norTerms(bytes: number): Term[] {
    const blocks = Math.ceil(bytes / NOR.block), pages = Math.ceil(bytes / NOR.page);
    return [
        { name: `erasing ${blocks} block${blocks === 1 ? '' : 's'} outside`, typ: blocks * NOR.erase.typ, max: blocks * NOR.erase.max },
        { name: 'programming', typ: pages * NOR.program.typ, max: pages * NOR.program.max },
    ];
}

/** Erasing and writing the place an image is received into. */
function receiving(board: Board, chip: ChipFile, bytes: number): Term[] {
    const use = (strategies[board.strategy]?.uses ?? []).includes('staging') ? 'staging' : 'application';
    return board.strategy === 'external' ? norTerms(bytes) : [eraseTerm(board, chip, bytes, use), programTerm(board, chip, bytes)];
}

function checkTerm(board: Board, bytes: number, level = board.validation): Term {
    const check = checks[level] ?? { cycles: 0, cycles_per_byte: 0 };
    const seconds = (check.cycles + check.cycles_per_byte * bytes) / board.clock?.hclk_hz;
    return { name: 'checking the image', typ: seconds, max: seconds * 2 };
}

// -- links ----------------------------------------------------------------------------------------

function wireSeconds(link: Link, baud: number, bytes: number): number {
    return link.wire === 'usb' ? bytes / USB_BYTES_PER_SECOND : (bytes * 10) / baud;
}

/** On the wire alone, and what waiting for answers adds; programming hides behind the line when frames overlap. */
function linkTerms(board: Board, link: Link, bytes: number, program: Term): Term[] {
    const frames = Math.ceil(bytes / link.payload), baud = Number(board.uart?.baud) || 115200;
    const wire = wireSeconds(link, baud, bytes + frames * (link.overhead + (link.in_flight > 1 ? 0 : link.answer)));
    const waits = link.in_flight > 1 ? 0 : (frames * link.turnaround_us) / 1e6;
    const worstWaits = (frames * link.turnaround_us * WORST_TURNAROUND) / 1e6 / link.in_flight;
    const hidden = link.in_flight > 1 ? Math.min(program.typ, wire) : 0;
    return [
        { name: link.wire === 'usb' ? 'the bus' : 'the line', typ: wire, max: wire * (1 + RETRIES) },
        { name: 'waiting for answers', typ: waits, max: worstWaits },
        { name: 'programming', typ: program.typ - hidden, max: program.max },
    ];
}

function spoken(board: Board): string[] {
    const serial = Array.isArray(board.uart?.protocols) ? board.uart.protocols : [];
    return [...serial, ...(board.usb !== undefined ? ['dfu'] : [])].filter(name => links[name] !== undefined);
}

function updateBy(board: Board, chip: ChipFile, name: string): Estimate {
    const bytes = imageBytes(board), link = links[name];
    const [erase, program] = receiving(board, chip, bytes);
    const terms = [erase, ...linkTerms(board, link, bytes, program), { ...checkTerm(board, bytes), name: 'verifying' }];
    return sum(link.title, terms, link.source);
}

// -- the rest -------------------------------------------------------------------------------------

function installation(board: Board, chip: ChipFile): Estimate | null {
    const strategy = strategies[board.strategy];
    if (strategy === undefined || strategy.copies === 0) {
        return null;
    }
    const bytes = imageBytes(board), erase = eraseTerm(board, chip, bytes, 'application');
    const program = programTerm(board, chip, bytes), times = strategy.copies;
    const keeps = board.strategy === 'external' && board.trial === true; // the old image, outside
    return sum('Installing at the next start', [
        { ...erase, typ: erase.typ * times, max: erase.max * times },
        { ...program, typ: program.typ * times, max: program.max * times },
        ...(keeps ? norTerms(bytes).map(term => ({ ...term, name: `${term.name}, to keep the old image` })) : []),
        checkTerm(board, bytes),
    ], strategy.summary);
}

function bootTime(board: Board, chip: ChipFile): Estimate {
    const level = board.validation === 'signed' && board.boot_check === 'crc' ? 'crc' : board.validation;
    const micro = (key: string) => (Number(chip.clocks[key]) || 0) / 1e6;
    const start = micro('hsi_startup_us') + micro('pll_lock_us');
    return sum('From reset to the application', [
        { name: 'starting the clock', typ: start, max: start * 2 },
        { name: 'the recovery window', typ: Number(board.recovery_window_ms) / 1000 || 0, max: Number(board.recovery_window_ms) / 1000 || 0 },
        checkTerm(board, imageBytes(board), level),
    ], 'internal oscillator through the PLL; the crystal is not waited for');
}

function timeouts(board: Board, chip: ChipFile): { name: string; seconds: number; note: string }[] {
    const app = areaOf(board, 'application');
    const whole = app ? eraseTerm(board, chip, parseNumber(app.size), 'application') : { max: NaN };
    const check = checkTerm(board, app ? parseNumber(app.size) : NaN);
    return [
        { name: 'Answer to ERASE', seconds: whole.max * MARGIN, note: 'longest erase of the whole application, and half as much again' },
        { name: 'Answer to a frame', seconds: 2, note: 'what both sides of the classic protocol keep' },
        { name: 'Answer to VERIFY', seconds: Math.max(1, check.max * MARGIN), note: 'a check of the whole application area' },
    ];
}

function wear(board: Board, chip: ChipFile): Wear | null {
    const cycles = chip.flash.endurance_cycles, per = strategies[board.strategy]?.erases_per_update ?? 1;
    const updates = Math.floor(cycles / per), years = updates / updatesPerYear(board);
    return { years, updates, note: `${cycles} erase cycles a sector, ${per} an update, ${updatesPerYear(board)} updates a year` };
}

export function estimate(board: Board, chip: ChipFile): Estimates {
    return {
        updates: spoken(board).map(name => updateBy(board, chip, name)),
        install: installation(board, chip),
        boot: bootTime(board, chip),
        timeouts: timeouts(board, chip),
        wear: wear(board, chip),
    };
}
