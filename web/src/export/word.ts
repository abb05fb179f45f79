// SPDX-License-Identifier: MIT
// The design as a Word document.
import {
    AlignmentType, BorderStyle, Document, Footer, Header, HeadingLevel, ImageRun, Packer, PageNumber, Paragraph, ShadingType, Table,
    TableCell, TableRow, TextRun, WidthType,
} from 'docx';
import type { Pixels } from './canvas.ts';
import type { Block, Content, Section } from './content.ts';
import { repack, withoutTimes } from './zip.ts';

const FONT = 'Calibri', MONO = 'Consolas';
const TEXT_WIDTH = 9360; // twentieths of a point between the margins

export async function word(content: Content, map: Pixels): Promise<Uint8Array> {
    const document = new Document({
        title: content.title, creator: content.author || 'Holdfast', description: content.subtitle, lastModifiedBy: content.author || 'Holdfast',
        styles: { default: { document: { run: { font: FONT, size: 21 }, paragraph: { spacing: { after: 100 } } } } },
        sections: [
            { children: titlePage(content) },
            {
                headers: { default: new Header({ children: [new Paragraph({ text: content.title, alignment: AlignmentType.RIGHT })] }) },
                footers: { default: new Footer({ children: [pageNumber()] }) },
                children: content.sections.flatMap(section => sectionParts(section, map)),
            },
        ],
    });
    return repack(new Uint8Array(await Packer.toArrayBuffer(document)), reproducible());
}

// docx numbers pictures across documents of one visit: here they count from 1 in each.
function reproducible(): (name: string, xml: string) => string {
    let picture = 0;
    const counted = (xml: string) => xml.replace(/(<wp:docPr id=")[0-9]+/g, (_, start) => `${start}${++picture}`);
    return (name, xml) => (name === 'docProps/core.xml' ? withoutTimes(xml) : counted(xml));
}

function titlePage(content: Content): Paragraph[] {
    return [
        new Paragraph({ spacing: { before: 3200 }, heading: HeadingLevel.TITLE, children: [new TextRun({ text: content.title, bold: true, size: 56 })] }),
        new Paragraph({ children: [new TextRun({ text: content.subtitle, size: 30, color: '444444' })] }),
        new Paragraph({ spacing: { before: 300, after: 500 }, children: [new TextRun({ text: content.state, size: 26, bold: true })] }),
        ...content.facts.map(([name, value]) => new Paragraph({ children: [new TextRun({ text: `${name}: `, bold: true }), new TextRun(value)] })),
    ];
}

function pageNumber(): Paragraph {
    return new Paragraph({ alignment: AlignmentType.CENTER, children: [new TextRun({ children: [PageNumber.CURRENT, ' / ', PageNumber.TOTAL_PAGES] })] });
}

function sectionParts(section: Section, map: Pixels): (Paragraph | Table)[] {
    const heading = new Paragraph({ text: section.title, heading: HeadingLevel.HEADING_1, spacing: { before: 320, after: 120 }, keepNext: true });
    return [heading, ...section.blocks.flatMap(block => parts(block, map))];
}

function parts(block: Block, map: Pixels): (Paragraph | Table)[] {
    switch (block.kind) {
        case 'text': return [new Paragraph(block.text)];
        case 'list': return block.items.map(item => new Paragraph({ text: item, bullet: { level: 0 } }));
        case 'checks': return block.items.map(item => new Paragraph(`☐  ${item}`));
        case 'code': return block.lines.map(codeLine);
        case 'map': return [picture(map)];
        case 'table': return [table(block), new Paragraph('')];
    }
}

function codeLine(line: string): Paragraph {
    const comment = line.startsWith('#');
    return new Paragraph({
        spacing: { after: comment ? 0 : 100 }, shading: { type: ShadingType.CLEAR, fill: 'F2F4F7' },
        children: [new TextRun({ text: line, font: MONO, size: 18, color: comment ? '5A6675' : '000000' })],
    });
}

function picture(map: Pixels): Paragraph {
    const width = 620;
    return new Paragraph({
        children: [new ImageRun({
            type: 'png', data: map.bytes, transformation: { width, height: Math.round((width * map.height) / map.width) },
            altText: { name: 'Memory map', title: 'Memory map', description: 'The areas of the flash; the table below says the same.' },
        })],
    });
}

function table(block: Extract<Block, { kind: 'table' }>): Table {
    const line = { style: BorderStyle.SINGLE, size: 4, color: 'B8C0CA' };
    const widths = block.widths.map(width => Math.round((width * TEXT_WIDTH) / 100));
    const cell = (text: string, nth: number, head: boolean) => new TableCell({
        width: { size: widths[nth], type: WidthType.DXA }, margins: { top: 50, bottom: 50, left: 90, right: 90 },
        shading: head ? { type: ShadingType.CLEAR, fill: 'E4EAF2' } : undefined,
        children: [new Paragraph({ spacing: { after: 0 }, children: [new TextRun({ text, bold: head, size: 19 })] })],
    });
    return new Table({
        columnWidths: widths, width: { size: TEXT_WIDTH, type: WidthType.DXA },
        borders: { top: line, bottom: line, left: line, right: line, insideHorizontal: line, insideVertical: line },
        rows: [
            new TableRow({ tableHeader: true, cantSplit: true, children: block.head.map((text, nth) => cell(text, nth, true)) }),
            ...block.rows.map(row => new TableRow({ cantSplit: true, children: row.map((text, nth) => cell(text, nth, false)) })),
        ],
    });
}
