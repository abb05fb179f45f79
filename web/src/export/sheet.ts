// SPDX-License-Identifier: MIT
// The design as an Excel workbook: a sheet for each section, wide enough to read, with the map as picture and cells.
import writeExcelFile from 'write-excel-file/browser';
import { colourOf } from '../model/picture.ts';
import type { Pixels } from './canvas.ts';
import type { Block, Content, Section } from './content.ts';
import { repack, withoutTimes } from './zip.ts';

const FONT = { fontFamily: 'Calibri', fontSize: 11 }; // on every cell: a cell with a style of its own loses it
const PATIENCE_MS = 20000;
const SHARE = 1.2; // letters for each hundredth of the width
const LINE = 15; // points

type Cell = Record<string, unknown> | null;

export async function sheet(content: Content, map: Pixels): Promise<Uint8Array> {
    const sheets = [overview(content), ...content.sections.map(section => sectionSheet(section, map))];
    const write = (writeExcelFile as any)(sheets).toBlob() as Promise<Blob>;
    const late = new Promise<never>((_, fail) => setTimeout(() => fail(new Error('the workbook took too long')), PATIENCE_MS));
    const blob = await Promise.race([write, late]);
    return repack(new Uint8Array(await blob.arrayBuffer()), mend);
}

// Printed, each sheet is as wide as the paper.
function mend(name: string, xml: string): string {
    const fitted = name.includes('/worksheets/sheet')
        ? xml.replace(/(<worksheet[^>]*>)/, '$1<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>')
            .replace('<pageSetup ', '<pageSetup fitToWidth="1" fitToHeight="0" ')
        : xml;
    return name.endsWith('core.xml') ? withoutTimes(fitted) : fitted;
}

function text(value: string, style: Record<string, unknown> = {}): Cell {
    return { value, type: String, wrap: true, alignVertical: 'top', ...FONT, ...style };
}

function head(value: string): Cell {
    return text(value, { fontWeight: 'bold', backgroundColor: '#e4eaf2', borderStyle: 'thin', borderColor: '#b8c0ca' });
}

function body(value: string, area: boolean): Cell {
    const style = { borderStyle: 'thin', borderColor: '#b8c0ca' };
    return text(value, area ? { ...style, backgroundColor: colourOf(value), fontWeight: 'bold' } : style);
}

function overview(content: Content) {
    const data = [
        [text(content.title, { fontSize: 20, fontWeight: 'bold', wrap: false, height: 30 })], [text(content.subtitle, { wrap: false })],
        [text(content.state, { fontWeight: 'bold', wrap: false })], [],
        ...content.facts.map(([name, value]) => [head(name), body(value, false)]),
    ];
    return { data, sheet: 'Overview', columns: [{ width: 22 }, { width: 100 }], orientation: 'landscape' };
}

function sectionSheet(section: Section, map: Pixels) {
    const tables = section.blocks.filter(block => block.kind === 'table'), widths = tables[0]?.widths ?? [100];
    const data = section.blocks.flatMap(block => rows(block, widths)), hasMap = section.blocks.some(block => block.kind === 'map');
    return {
        data, sheet: section.title.replace(/[\\/?*[\]:]/g, ' ').slice(0, 31),
        columns: widths.map(width => ({ width: Math.round(width * SHARE) })), orientation: 'landscape',
        stickyRowsCount: section.blocks[0]?.kind === 'table' ? 1 : undefined,
        images: hasMap ? [picture(map, data.length + 2)] : undefined,
    };
}

function picture(map: Pixels, row: number) {
    return {
        content: new Blob([map.bytes], { type: 'image/png' }), contentType: 'image/png', width: map.width, height: map.height,
        dpi: 230, anchor: { row, column: 1 }, title: 'Memory map', description: 'The areas of the flash',
    };
}

function rows(block: Block, widths: number[]): Cell[][] {
    switch (block.kind) {
        case 'table': {
            const areas = block.head[0] === 'Area', cell = (value: string, nth: number) => body(value, areas && nth === 0);
            return [filled(block.head.map(head), block.head, widths), ...block.rows.map(row => filled(row.map(cell), row, widths)), []];
        }
        case 'text': return [[text(block.text, { wrap: false })]];
        case 'code': return block.lines.map(line => [text(line, { fontFamily: 'Consolas', fontSize: 10, wrap: false })]);
        case 'checks': return block.items.map(item => [text(`☐ ${item}`)]);
        case 'list': return block.items.map(item => [text(item)]);
        case 'map': return [];
    }
}

// A row as high as its longest text needs, its last cell as wide as the sheet.
function filled(cells: Cell[], texts: string[], widths: number[]): Cell[] {
    const last = cells.length - 1;
    const room = (nth: number) => (nth < last ? widths[nth] : widths.slice(nth).reduce((sum, width) => sum + width, 0));
    const lines = Math.max(1, ...texts.map((text, nth) => Math.ceil(text.length / (room(nth) * SHARE * 0.95))));
    const span = widths.length - last;
    const spread = Array.from({ length: span - 1 }, () => null);
    return [...cells.map((cell, nth) => ({ ...cell, height: lines * LINE, ...(nth === last && span > 1 ? { columnSpan: span } : {}) })), ...spread];
}
