// SPDX-License-Identifier: MIT
// A design is a board file: the same JSON that `holdfast layout` checks and the build reads. What only people need
// (title, author, notes, the expected image) stands in its "design" object.
import { flashSize, flashStart, sectorsOf, type ChipFile } from './chip.ts';
import { fileSize, hex, parseNumber, type Num } from './numbers.ts';

export interface Area {
    use: string;
    address: Num;
    size: Num;
}

export interface Board {
    name: string;
    description?: string;
    chip: string;
    layout: Area[];
    strategy: string;
    validation: string;
    supply_mv: { min: number; max: number };
    clock: { hse_hz?: number; hclk_hz: number };
    uart?: { instance: string; baud: number; protocols: string[]; [key: string]: unknown };
    usb?: { instance: string; [key: string]: unknown };
    design?: Record<string, string>;
    [key: string]: unknown;
}

export type Path = (string | number)[];

/** "layout[1].size" as ["layout", 1, "size"] */
export function parsePath(key: string): Path {
    return [...key.matchAll(/[^.[\]]+/g)].map(part => (/^[0-9]+$/.test(part[0]) ? Number(part[0]) : part[0]));
}

export function pathKey(path: Path): string {
    return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
}

export function getAt(value: unknown, path: Path): unknown {
    return path.reduce((at: any, part) => (at === undefined || at === null ? undefined : at[part]), value);
}

/** A copy with the value at path set; undefined removes the key. */
export function setAt<T>(value: T, path: Path, to: unknown): T {
    if (path.length === 0) {
        return to as T;
    }
    const [part, ...rest] = path;
    const copy: any = Array.isArray(value) ? [...value] : { ...(value as object) };
    const inner = setAt(copy[part], rest, to);
    if (inner === undefined) {
        if (Array.isArray(copy)) {
            copy.splice(part as number, 1);
        } else {
            delete copy[part];
        }
        return copy;
    }
    copy[part] = inner;
    return copy;
}

/** The text of the file, in the manner of boards/: "$schema" first, one line for each area and small object. */
export function boardText(board: Board): string {
    const ordered = { $schema: 'schema/board.schema.json', ...board };
    const lines = Object.entries(ordered).map(([key, value]) => `  ${JSON.stringify(key)}: ${member(value)}`);
    return `{\n${lines.join(',\n')}\n}\n`;
}

function member(value: unknown): string {
    if (Array.isArray(value) && value.some(item => typeof item === 'object')) {
        return `[\n${value.map(item => `    ${oneLine(item)}`).join(',\n')}\n  ]`;
    }
    return oneLine(value);
}

function oneLine(value: unknown): string {
    if (Array.isArray(value)) {
        return `[${value.map(oneLine).join(', ')}]`;
    }
    if (typeof value !== 'object' || value === null) {
        return JSON.stringify(value);
    }
    const members = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}: ${oneLine(inner)}`);
    return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

export function title(board: Board): string {
    return board.design?.title?.trim() || board.name;
}

export function areaOf(board: Board, use: string): Area | undefined {
    return areasOf(board).find(area => area.use === use);
}

export function areasOf(board: Board): Area[] {
    return Array.isArray(board.layout) ? board.layout : [];
}

export interface Span {
    index: number; // in board.layout
    use: string;
    address: number;
    size: number;
}

/** Areas with numbers for address and size, by address. Those that have none are left out. */
export function spansOf(board: Board): Span[] {
    return areasOf(board)
        .map((area, index) => ({
            index, use: area?.use, address: parseNumber(area?.address), size: parseNumber(area?.size),
        }))
        .filter(span => Number.isFinite(span.address) && Number.isFinite(span.size))
        .sort((a, b) => a.address - b.address);
}

/** The image that is expected: what was measured or typed, else half of the application area. */
export function imageBytes(board: Board): number {
    const given = parseNumber(board.design?.image_bytes);
    const app = areaOf(board, 'application');
    return given > 0 ? given : Math.floor((app ? parseNumber(app.size) || 0 : 0) / 2);
}

export function updatesPerYear(board: Board): number {
    const given = Number(board.design?.updates_per_year);
    return given > 0 ? given : 12;
}

/** A layout for a chip nobody has laid out yet: bootloader, data, application, in sectors that are large enough. */
export function defaultLayout(chip: ChipFile): Area[] {
    const sectors = sectorsOf(chip), end = flashStart(chip) + flashSize(chip);
    const bootEnd = sectors.find(s => s.address >= flashStart(chip) + 16384)?.address ?? end;
    const dataEnd = sectors.find(s => s.address >= bootEnd + Math.min(49152, 3 * sectors[0].size))?.address ?? end;
    return [
        { use: 'boot', address: hex(flashStart(chip)), size: fileSize(bootEnd - flashStart(chip)) },
        { use: 'boot_data', address: hex(bootEnd), size: fileSize(dataEnd - bootEnd) },
        { use: 'application', address: hex(dataEnd), size: fileSize(end - dataEnd) },
    ];
}
