// SPDX-License-Identifier: MIT
// The design as a PowerPoint presentation; the map is made of shapes one can edit.
import PptxGenJS from 'pptxgenjs';
import type { Block, Content, Section } from './content.ts';
import type { Shapes } from './mapshapes.ts';
import { repack, withoutTimes } from './zip.ts';

const FONT = 'Calibri', WIDTH = 13.33, MARGIN = 0.6, INK = '1B2733';
const ROOM = 30; // lines of text on a slide
const LETTERS = 140; // of small text across a slide
const LINE_HEIGHT = 0.2; // inches

type TableBlock = Extract<Block, { kind: 'table' }>;

export async function slides(content: Content, shapes: Shapes): Promise<Uint8Array> {
    const deck = new PptxGenJS();
    deck.layout = 'LAYOUT_WIDE';
    deck.title = content.title;
    deck.author = content.author || 'Holdfast';
    deck.company = ' ';
    deck.subject = content.subtitle;
    titleSlide(deck, content);
    content.sections.forEach(section => sectionSlides(deck, section, shapes));
    const packed = await deck.write({ outputType: 'uint8array' }) as Uint8Array;
    return repack(packed, (name, xml) => (name === 'docProps/core.xml' ? withoutTimes(xml) : xml));
}

function titleSlide(deck: PptxGenJS, content: Content): void {
    const slide = deck.addSlide();
    slide.addText(content.title, { x: MARGIN, y: 1.6, w: WIDTH - 2 * MARGIN, h: 1.2, fontSize: 40, bold: true, fontFace: FONT, color: INK });
    slide.addText(content.subtitle, { x: MARGIN, y: 2.8, w: WIDTH - 2 * MARGIN, h: 0.6, fontSize: 22, fontFace: FONT, color: '4A5868' });
    slide.addText(content.state, { x: MARGIN, y: 3.5, w: WIDTH - 2 * MARGIN, h: 0.6, fontSize: 20, bold: true, fontFace: FONT, color: INK });
    const facts = content.facts.map(([name, value]) => ({ text: `${name}: ${value}`, options: { breakLine: true } }));
    slide.addText(facts, { x: MARGIN, y: 4.4, w: WIDTH - 2 * MARGIN, h: 2.4, fontSize: 15, fontFace: FONT, color: INK, valign: 'top' });
}

function newSlide(deck: PptxGenJS, title: string): PptxGenJS.Slide {
    const slide = deck.addSlide();
    slide.addText(title, { x: MARGIN, y: 0.3, w: WIDTH - 2 * MARGIN, h: 0.7, fontSize: 28, bold: true, fontFace: FONT, color: INK });
    slide.slideNumber = { x: WIDTH - 0.9, y: 7.05, fontFace: FONT, fontSize: 10, color: '6B7785' };
    return slide;
}

function sectionSlides(deck: PptxGenJS, section: Section, shapes: Shapes): void {
    const of = <K extends Block['kind']>(kind: K) =>
        section.blocks.filter((block): block is Extract<Block, { kind: K }> => block.kind === kind);
    of('map').forEach(() => drawMap(newSlide(deck, section.title), shapes));
    addTables(deck, section.title, of('table'));
    lineSlides(deck, section.title, of('code').flatMap(block => block.lines), 'Consolas', 13);
    lineSlides(deck, section.title, [...of('checks'), ...of('list')].flatMap(block => block.items.map(item => `☐  ${item}`)), FONT, 16);
    if (section.blocks.every(block => block.kind === 'text')) { // elsewhere sentences stand in the documents: a slide is no page
        lineSlides(deck, section.title, of('text').map(block => block.text), FONT, 18);
    }
}

function lineSlides(deck: PptxGenJS, title: string, lines: string[], font: string, size: number): void {
    chunks(lines, line => Math.ceil(line.length / 105), 19).forEach(part => addLines(newSlide(deck, title), part, font, size));
}

/** Tables one below the other, as long as there is room on the slide. */
function addTables(deck: PptxGenJS, title: string, tables: TableBlock[]): void {
    let slide: PptxGenJS.Slide | undefined, used = ROOM;
    for (const table of tables) {
        for (const rows of chunks(table.rows, row => rowLines(row, table.widths), ROOM - 4)) {
            const lines = rows.reduce((all, row) => all + rowLines(row, table.widths), 3);
            if (slide === undefined || used + lines > ROOM) {
                slide = newSlide(deck, title);
                used = 0;
            }
            addTable(slide, table, rows, 1.15 + used * LINE_HEIGHT);
            used += lines;
        }
    }
}

function rowLines(row: string[], widths: number[]): number {
    return Math.max(...row.map((text, nth) => Math.ceil(text.length / ((LETTERS * widths[nth]) / 100)))) + 0.6;
}

/** Parts of a list that fit a slide each. */
function chunks<T>(items: T[], lines: (item: T) => number, room: number): T[][] {
    const parts: T[][] = [];
    let used = Infinity;
    for (const item of items) {
        if (used + lines(item) > room) {
            parts.push([]);
            used = 0;
        }
        parts[parts.length - 1].push(item);
        used += lines(item);
    }
    return parts;
}

function addTable(slide: PptxGenJS.Slide, { head, widths }: TableBlock, rows: string[][], y: number): void {
    const width = WIDTH - 2 * MARGIN, shared = { fontFace: FONT, fontSize: 13, color: INK, valign: 'top' as const };
    const cells = [
        head.map(text => ({ text, options: { ...shared, bold: true, fill: { color: 'E4EAF2' } } })),
        ...rows.map(row => row.map(text => ({ text, options: shared }))),
    ];
    slide.addTable(cells, { x: MARGIN, y, w: width, colW: widths.map(share => (share * width) / 100), border: { type: 'solid', pt: 0.75, color: 'B8C0CA' } });
}

function addLines(slide: PptxGenJS.Slide, lines: string[], font: string, size: number): void {
    const runs = lines.map(text => ({ text, options: { breakLine: true, color: text.startsWith('# ') ? '5A6675' : INK } }));
    slide.addText(runs, { x: MARGIN, y: 1.15, w: WIDTH - 2 * MARGIN, h: 5.8, fontFace: font, fontSize: size, valign: 'top', paraSpaceAfter: 4 });
}

function drawMap(slide: PptxGenJS.Slide, shapes: Shapes): void {
    const left = MARGIN, top = 1.15, width = 11.5, height = Math.min(5.8, shapes.rows * 0.48);
    for (const box of shapes.boxes) {
        slide.addShape('rect', {
            x: left + box.x * width, y: top + box.y * height, w: box.width * width, h: box.height * height,
            fill: { color: (box.fill || '#FFFFFF').slice(1) }, line: { color: '555555', width: 0.75 }, objectName: box.label,
        });
    }
    for (const label of shapes.labels) {
        const large = label.size === 'large', w = large ? 3.4 : 2.2;
        slide.addText(label.text, {
            x: left + label.x * width - (label.right ? w : 0), y: top + label.y * height - 0.15, w, h: 0.3, margin: 0,
            align: label.right ? 'right' : 'left', fontFace: FONT, fontSize: large ? 14 : 10, bold: large, color: INK, valign: 'middle',
        });
    }
}
