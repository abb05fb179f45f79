// SPDX-License-Identifier: MIT
// The document makers, as the page gets them when the first document is asked for.
import type { DocumentKind, Exporters } from '../exporters.ts';
import type { ChipFile } from '../model/chip.ts';
import type { Board } from '../model/design.ts';
import type { Verdict } from '../rulebook.ts';
import { drawMap } from './canvas.ts';
import { contentOf } from './content.ts';
import { mapShapes } from './mapshapes.ts';
import { pdf } from './pdf.ts';
import { sheet } from './sheet.ts';
import { slides } from './slides.ts';
import { word } from './word.ts';

async function make(font: Uint8Array, kind: DocumentKind, board: Board, chip: ChipFile | undefined, verdict: Verdict | null) {
    if (chip === undefined) {
        throw new Error('choose a chip first');
    }
    const content = contentOf(board, chip, verdict), shapes = mapShapes(board, chip);
    switch (kind) {
        case 'docx': return word(content, await drawMap(shapes));
        case 'xlsx': return sheet(content, await drawMap(shapes));
        case 'pptx': return slides(content, shapes);
        case 'pdf': return pdf(content, shapes, font);
    }
}

globalThis.holdfastExporters = (font): Exporters => ({
    make: async (kind, board, chip, verdict) => new Uint8Array(await make(font, kind, board, chip, verdict)),
});
