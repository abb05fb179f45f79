// SPDX-License-Identifier: MIT
// The flash map as rectangles, one picture for the page and for every document. No DOM: whoever draws decides how.
import { flashSize, flashStart, sectorsOf, type ChipFile, type Sector } from './chip.ts';
import { imageBytes, spansOf, type Board, type Span } from './design.ts';

export interface Row {
    address: number;
    bytes: number;
    count: number; // equal sectors drawn as one row
    first: number; // number of the first sector
    sectorSize: number;
    bank: number;
    top: number; // 0..1 of the picture's height
    height: number;
}

export interface Block {
    span: Span;
    top: number;
    height: number;
    image: number; // share of the area that the expected image fills, 0..1; 0 when none goes here
}

export interface Picture {
    rows: Row[];
    blocks: Block[];
    start: number;
    end: number;
    banks: { bank: number; top: number; height: number }[];
    /** Where an address is, 0..1. */
    place(address: number): number;
    /** The address at a place. */
    addressAt(place: number): number;
}

const SEPARATE = 24; // more sectors than this and equal ones of an area become one row

export function picture(board: Board, chip: ChipFile, toScale: boolean): Picture {
    const start = flashStart(chip), end = start + flashSize(chip);
    const spans = spansOf(board).filter(span => span.size > 0 && span.address < end && span.address + span.size > start);
    const rows = rowsOf(chip, spans);
    let at = 0;
    for (const row of rows) {
        row.top = at;
        row.height = toScale ? row.bytes / (end - start) : 1 / rows.length;
        at += row.height;
    }
    const place = (address: number) => placeOf(rows, address);
    const blocks = spans.map(span => blockOf(span, board, start, end, place));
    return { rows, blocks, start, end, banks: banksOf(rows), place, addressAt: p => addressOf(rows, p) };
}

function rowsOf(chip: ChipFile, spans: Span[]): Row[] {
    const sectors = sectorsOf(chip), rows: Row[] = [];
    const cuts = new Set(spans.flatMap(span => [span.address, span.address + span.size]));
    for (const sector of sectors) {
        const last = rows[rows.length - 1];
        if (sectors.length > SEPARATE && last !== undefined && joins(last, sector, cuts)) {
            last.count++;
            last.bytes += sector.size;
        } else {
            rows.push({
                address: sector.address, bytes: sector.size, count: 1, first: sector.number, sectorSize: sector.size,
                bank: sector.bank, top: 0, height: 0,
            });
        }
    }
    return rows;
}

function joins(row: Row, sector: Sector, cuts: Set<number>): boolean {
    return row.sectorSize === sector.size && row.bank === sector.bank && !cuts.has(sector.address);
}

function placeOf(rows: Row[], address: number): number {
    const row = rows.find(one => address < one.address + one.bytes);
    return row === undefined ? 1 : row.top + (Math.max(0, address - row.address) / row.bytes) * row.height;
}

function addressOf(rows: Row[], place: number): number {
    const row = rows.find(one => place < one.top + one.height) ?? rows[rows.length - 1];
    return row.address + Math.min(1, Math.max(0, (place - row.top) / row.height)) * row.bytes;
}

function blockOf(span: Span, board: Board, start: number, end: number, place: (address: number) => number): Block {
    const top = place(Math.max(span.address, start)), bottom = place(Math.min(span.address + span.size, end));
    const holds = span.use === 'application' || span.use === 'staging';
    const filled = holds ? place(Math.min(span.address + imageBytes(board), span.address + span.size)) - top : 0;
    return { span, top, height: bottom - top, image: bottom > top ? Math.min(1, filled / (bottom - top)) : 0 };
}

function banksOf(rows: Row[]): { bank: number; top: number; height: number }[] {
    const banks: { bank: number; top: number; height: number }[] = [];
    for (const row of rows) {
        const last = banks[banks.length - 1];
        if (last?.bank === row.bank) {
            last.height += row.height;
        } else {
            banks.push({ bank: row.bank, top: row.top, height: row.height });
        }
    }
    return banks;
}

/** Places for labels of a given height (as a share) that don't cover each other, in the order of the wanted ones. */
export function spread(wanted: number[], height: number): number[] {
    const places: number[] = [];
    for (const place of wanted) {
        const previous = places[places.length - 1];
        places.push(previous === undefined ? Math.max(place, height / 2) : Math.max(place, previous + height));
    }
    for (let i = places.length - 1, limit = 1 - height / 2; i >= 0; i--, limit -= height) {
        places[i] = Math.min(places[i], limit);
    }
    return places;
}

/** Fill colours that go with black text, the same in page and documents. */
export const COLOURS: Record<string, string> = {
    boot: '#9ec5fe', boot_data: '#a3dfb8', application: '#ffd699', staging: '#d6c1f5', reserved: '#d5d9de',
};

export function colourOf(use: string): string {
    return COLOURS[use] ?? '#f5c2d5';
}
