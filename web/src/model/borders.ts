// SPDX-License-Identifier: MIT
// Moving the borders of areas from sector to sector, for the handles of the map and the buttons of the table.
import { bordersOf, type ChipFile } from './chip.ts';
import { setAt, spansOf, type Board, type Span } from './design.ts';
import { fileSize, hex } from './numbers.ts';

export interface Border {
    address: number;
    below?: Span; // ends here
    above?: Span; // starts here
    min: number; // may be moved to min..max
    max: number;
}

/** Every border that can be moved: where an area ends, or starts behind a gap. */
export function movableBorders(board: Board, chip: ChipFile): Border[] {
    const spans = spansOf(board).filter(span => span.size > 0), all = bordersOf(chip);
    const start = all[0], end = all[all.length - 1];
    const addresses = new Set(spans.flatMap(span => [span.address, span.address + span.size]));
    return [...addresses].filter(address => address > start && address <= end).sort((a, b) => a - b)
        .map(address => borderAt(address, spans, start, end))
        .filter(border => border.min < border.max);
}

function borderAt(address: number, spans: Span[], start: number, end: number): Border {
    const below = spans.find(span => span.address + span.size === address);
    const above = spans.find(span => span.address === address);
    const previous = spans.filter(span => span.address + span.size <= address && span !== below);
    const next = spans.filter(span => span.address >= address && span !== above);
    const min = below ? below.address + 1 : Math.max(start, ...previous.map(span => span.address + span.size));
    const max = above ? above.address + above.size - 1 : Math.min(end, ...next.map(span => span.address));
    return { address, below, above, min, max };
}

/** The nearest place of a sector border that this border may go to. */
export function nearestStop(chip: ChipFile, border: Border, wanted: number): number {
    const stops = bordersOf(chip).filter(at => at >= border.min && at <= border.max);
    return stops.reduce((best, at) => (Math.abs(at - wanted) < Math.abs(best - wanted) ? at : best), border.address);
}

/** One sector up (+1) or down (-1). */
export function nextStop(chip: ChipFile, border: Border, direction: number): number {
    const stops = bordersOf(chip).filter(at => at >= border.min && at <= border.max);
    const beyond = direction > 0 ? stops.find(at => at > border.address) : stops.filter(at => at < border.address).pop();
    return beyond ?? border.address;
}

export function moveBorder(board: Board, border: Border, to: number): Board {
    let next = board;
    if (border.below !== undefined) {
        next = setAt(next, ['layout', border.below.index, 'size'], fileSize(to - border.below.address));
    }
    if (border.above !== undefined) {
        const size = border.above.address + border.above.size - to;
        next = setAt(next, ['layout', border.above.index, 'address'], hex(to));
        next = setAt(next, ['layout', border.above.index, 'size'], fileSize(size));
    }
    return next;
}
