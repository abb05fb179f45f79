// SPDX-License-Identifier: MIT
// The memory map as boxes and texts in a unit square, for every format to draw in its own way.
import type { ChipFile } from '../model/chip.ts';
import type { Board } from '../model/design.ts';
import { hex, sizeWords } from '../model/numbers.ts';
import { colourOf, picture, spread } from '../model/picture.ts';

export interface Box {
    x: number; y: number; width: number; height: number; // shares of the picture
    fill: string; // "#rrggbb", "" for none
    label: string; // what it is, for a reader of the document
}

export interface Label {
    x: number; y: number; // y is the middle
    text: string;
    size: 'small' | 'large';
    right?: boolean; // ends at x
}

export interface Shapes {
    boxes: Box[];
    labels: Label[];
    rows: number;
}

const SECTOR = { x: 0.16, width: 0.2 }, AREA = { x: 0.37, width: 0.33 };

/** Equal rows: at true scale the small sectors of a bootloader would be a line. */
export function mapShapes(board: Board, chip: ChipFile): Shapes {
    const drawn = picture(board, chip, false), boxes: Box[] = [], labels: Label[] = [];
    for (const row of drawn.rows) {
        const middle = row.top + row.height / 2;
        const words = row.count === 1 ? `sector ${row.first}` : `sectors ${row.first} to ${row.first + row.count - 1}`;
        const size = row.count === 1 ? sizeWords(row.sectorSize) : `${row.count} × ${sizeWords(row.sectorSize)}`;
        boxes.push({ ...SECTOR, y: row.top, height: row.height, fill: '', label: words });
        labels.push({ x: SECTOR.x - 0.01, y: middle, text: hex(row.address), size: 'small', right: true });
        labels.push({ x: SECTOR.x + 0.01, y: middle, text: words, size: 'small' });
        labels.push({ x: SECTOR.x + SECTOR.width - 0.01, y: middle, text: size, size: 'small', right: true });
    }
    const places = spread(drawn.blocks.map(block => block.top + block.height / 2), 1 / Math.max(drawn.rows.length, 1));
    drawn.blocks.forEach((block, nth) => {
        const fill = colourOf(block.span.use);
        boxes.push({ ...AREA, y: block.top, height: block.height, fill, label: block.span.use });
        if (block.image > 0) {
            boxes.push({ x: AREA.x + AREA.width - 0.05, width: 0.04, y: block.top, height: block.height * block.image, fill: '#8a7a5c', label: 'expected image' });
        }
        labels.push({ x: AREA.x + AREA.width + 0.02, y: places[nth], text: `${block.span.use}, ${sizeWords(block.span.size)}`, size: 'large' });
    });
    return { boxes, labels, rows: drawn.rows.length };
}
