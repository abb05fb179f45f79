// SPDX-License-Identifier: MIT
// Fix buttons. A fix is a changed design; it is only offered when the rule book then no longer finds that fault, and
// finds no new error.
import type { Finding, Verdict } from '../rulebook.ts';
import { bordersOf, flashSize, flashStart, type ChipFile } from './chip.ts';
import { getAt, parsePath, setAt, spansOf, type Area, type Board, type Span } from './design.ts';
import { fileSize, hex, parseNumber } from './numbers.ts';

export interface Fix {
    words: string; // on the button
    board: Board;
}

type Judge = (board: Board) => Verdict;

export function fixesFor(board: Board, chip: ChipFile | undefined, finding: Finding, judge: Judge): Fix[] {
    const before = judge(board);
    const proposals = [...literalFixes(board, finding), ...(chip ? ruleFixes(board, chip, finding) : [])];
    const good = proposals.filter(fix => helps(before, judge(fix.board), finding));
    return good.filter((fix, nth) => good.findIndex(other => other.words === fix.words) === nth).slice(0, 3);
}

function helps(before: Verdict, after: Verdict, finding: Finding): boolean {
    if (after.status !== 0) {
        return false;
    }
    const count = (verdict: Verdict, rule: string) => verdict.findings.filter(f => f.rule === rule).length;
    const worse = after.findings.some(f => f.error && count(after, f.rule) > count(before, f.rule));
    return count(after, finding.rule) < count(before, finding.rule) && !worse;
}

// What the rule book proposes in so many words: write "0x08010000" or "0x08020000"; write 168000000; leave the key out.
function literalFixes(board: Board, finding: Finding): Fix[] {
    const path = parsePath(finding.key), fixes: Fix[] = [];
    const words = /write (.*)/.exec(finding.fix)?.[1] ?? '';
    for (const [, quoted, bare] of words.matchAll(/"([^"]+)"|(?:^|at most |for example |or )([0-9]+)/g)) {
        const value = quoted ?? Number(bare);
        fixes.push({ words: `Set ${finding.key} to ${value}`, board: setAt(board, path, shaped(board, path, value)) });
    }
    const flag = /write (true|false)/.exec(finding.fix)?.[1];
    if (flag !== undefined) {
        fixes.push({ words: `Set ${finding.key} to ${flag}`, board: setAt(board, path, flag === 'true') });
    }
    if (/leave .*out/.test(finding.fix)) {
        const named = /leave "?([a-z_.]+)"? out/.exec(finding.fix)?.[1];
        const target = named === undefined || named === 'the' ? path : parsePath(named);
        fixes.push({ words: `Remove ${target.join('.')}`, board: setAt(board, target, undefined) });
    }
    return fixes;
}

function shaped(board: Board, path: (string | number)[], value: string | number): unknown {
    return Array.isArray(getAt(board, path)) ? [value] : value;
}

// -- fixes that need more than one value ----------------------------------------------------------

function ruleFixes(board: Board, chip: ChipFile, finding: Finding): Fix[] {
    switch (finding.rule) {
        case 'areas-apart': return separate(board, finding);
        case 'whole-flash': return fillGap(board, finding);
        case 'area-in-flash': return moveInside(board, chip, finding);
        case 'area-borders': return snap(board, chip, finding);
        case 'area-not-empty': return dropArea(board, finding);
        case 'one-boot-area': return addArea(board, chip, finding, 'boot');
        case 'one-application-area': return addArea(board, chip, finding, 'application');
        case 'one-boot-data-area': return reserve(board, finding);
        case 'boot-data-present': return addArea(board, chip, finding, 'boot_data');
        case 'staging-area': return stage(board, chip);
        case 'supply-order': return [{ words: 'Exchange the two', board: exchangeSupply(board) }];
        case 'budget': return [{ words: 'Use the boot area’s size', board: setAt(board, ['budget'], undefined) }];
        default: return [];
    }
}

function withArea(board: Board, index: number, area: Partial<Area>): Board {
    return setAt(board, ['layout', index], { ...board.layout[index], ...area });
}

function areaIndex(finding: Finding): number {
    return Number(parsePath(finding.key)[1]);
}

function separate(board: Board, finding: Finding): Fix[] {
    const other = Number(/layout\[([0-9]+)\] too/.exec(finding.text)?.[1]);
    const spans = spansOf(board).filter(span => span.index === areaIndex(finding) || span.index === other);
    if (spans.length < 2) {
        return [];
    }
    const [lower, upper] = spans, end = lower.address + lower.size;
    return [
        { words: `Shorten layout[${lower.index}]`, board: withArea(board, lower.index, { size: fileSize(upper.address - lower.address) }) },
        { words: `Move layout[${upper.index}] behind it`, board: withArea(board, upper.index, startAt(upper, end)) },
    ];
}

function startAt(span: Span, address: number): Partial<Area> {
    return { address: hex(address), size: fileSize(Math.max(0, span.address + span.size - address)) };
}

function fillGap(board: Board, finding: Finding): Fix[] {
    const match = /(0x[0-9A-F]+) to (0x[0-9A-F]+)/.exec(finding.text);
    if (match === null) {
        return [];
    }
    const start = parseNumber(match[1]), size = parseNumber(match[2]) + 1 - start;
    const before = spansOf(board).find(span => span.address + span.size === start);
    const reserved = { use: 'reserved', address: hex(start), size: fileSize(size) };
    const fixes = [{ words: 'Reserve it', board: setAt(board, ['layout'], [...board.layout, reserved]) }];
    if (before !== undefined) {
        const larger = { size: fileSize(before.size + size) };
        fixes.unshift({ words: `Add it to ${before.use}`, board: withArea(board, before.index, larger) });
    }
    return fixes;
}

function moveInside(board: Board, chip: ChipFile, finding: Finding): Fix[] {
    const span = spansOf(board).find(one => one.index === areaIndex(finding));
    const start = flashStart(chip), end = start + flashSize(chip);
    if (span === undefined || span.address >= end) {
        return dropArea(board, finding);
    }
    const from = Math.max(span.address, start);
    const fit = { address: hex(from), size: fileSize(Math.min(span.address + span.size, end) - from) };
    return [{ words: 'Cut it to the flash', board: withArea(board, span.index, fit) }, ...dropArea(board, finding)];
}

function snap(board: Board, chip: ChipFile, finding: Finding): Fix[] {
    const span = spansOf(board).find(one => one.index === areaIndex(finding));
    if (span === undefined) {
        return [];
    }
    const borders = bordersOf(chip), end = span.address + span.size;
    const start = borders.filter(border => border <= span.address).pop() ?? span.address;
    const stop = borders.find(border => border >= end) ?? end;
    const whole = { address: hex(start), size: fileSize(stop - start) };
    return [{ words: 'Snap it to whole sectors', board: withArea(board, span.index, whole) }];
}

function dropArea(board: Board, finding: Finding): Fix[] {
    return [{ words: `Remove layout[${areaIndex(finding)}]`, board: setAt(board, ['layout', areaIndex(finding)], undefined) }];
}

function reserve(board: Board, finding: Finding): Fix[] {
    const index = areaIndex(finding);
    return Number.isInteger(index) ? [{ words: 'Make it reserved', board: withArea(board, index, { use: 'reserved' }) }] : [];
}

// From free sectors, else from the sectors at the start of the application.
function addArea(board: Board, chip: ChipFile, finding: Finding, use: string): Fix[] {
    const borders = bordersOf(chip), spans = spansOf(board), fixes = reserve(board, finding);
    const isFree = (at: number) => !spans.some(span => at >= span.address && at < span.address + span.size);
    const from = borders.slice(0, -1).findIndex(isFree);
    if (from >= 0) {
        let to = from + 1;
        while (use === 'application' && to < borders.length - 1 && isFree(borders[to])) {
            to++;
        }
        const area = { use, address: hex(borders[from]), size: fileSize(borders[to] - borders[from]) };
        fixes.push({ words: `Add ${use} in free sectors`, board: setAt(board, ['layout'], [...board.layout, area]) });
    }
    const largest = [...spans].sort((a, b) => b.size - a.size)[0];
    if (use === 'application' && largest?.use === 'reserved') {
        fixes.push({ words: 'Make the largest reserved area the application', board: withArea(board, largest.index, { use }) });
    }
    if (use === 'boot' && spans[0]?.use === 'reserved') {
        fixes.push({ words: 'Make the first area the bootloader', board: withArea(board, spans[0].index, { use }) });
    }
    return fixes;
}

function exchangeSupply(board: Board): Board {
    const { min, max } = board.supply_mv;
    return setAt(board, ['supply_mv'], { min: max, max: min });
}

// A strategy that stages has one area for it, the others have none: give it one, or free it.
function stage(board: Board, chip: ChipFile): Fix[] {
    const spans = spansOf(board), staging = spans.find(span => span.use === 'staging');
    if (staging !== undefined) {
        const others = ['overwrite', 'swap'].map(strategy => ({ words: `Use ${strategy}`, board: setAt(board, ['strategy'], strategy) }));
        return [{ words: 'Make staging reserved', board: withArea(board, staging.index, { use: 'reserved' }) }, ...others];
    }
    const reserved = spans.filter(span => span.use === 'reserved').sort((a, b) => b.size - a.size)[0];
    const app = spans.find(span => span.use === 'application');
    return [
        ...(reserved ? [{ words: 'Stage in the reserved area', board: withArea(board, reserved.index, { use: 'staging' }) }] : []),
        ...(app ? splits(board, chip, app) : []),
        { words: 'Use single', board: setAt(board, ['strategy'], 'single') },
    ];
}

// The application keeps its first sectors, staging gets the rest: the largest application that the rules allow.
function splits(board: Board, chip: ChipFile, app: Span): Fix[] {
    const end = app.address + app.size;
    const places = bordersOf(chip).filter(border => border > app.address && border < end).reverse();
    return places.map(place => {
        const shorter = withArea(board, app.index, { size: fileSize(place - app.address) });
        const area = { use: 'staging', address: hex(place), size: fileSize(end - place) };
        return { words: 'Split the application for staging', board: setAt(shorter, ['layout'], [...shorter.layout, area]) };
    });
}
