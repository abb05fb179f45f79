// SPDX-License-Identifier: MIT
// The design as a PDF. The embedded font knows Latin, Greek and Cyrillic; a line in another script is drawn by the
// browser, which has fonts for it, and placed as a picture, and the title stands in the file's information as text.
import { jsPDF } from 'jspdf';
import autoTable from 'jspdf-autotable';
import { drawText, type Pixels } from './canvas.ts';
import type { Block, Content, Section } from './content.ts';
import type { Shapes } from './mapshapes.ts';

const FONT = 'Embedded', LEFT = 20, RIGHT = 190, TOP = 22, BOTTOM = 275; // millimetres on A4
const INK = '#1b2733', LINE_FACTOR = 0.42; // millimetres a line takes for each point of the font

// Every character the embedded font draws; build.mjs subsets it to the same ranges.
const KNOWN = /^[\u0020-\u007e\u00a0-\u017f\u0192\u0218-\u021b\u0370-\u045f\u0490\u0491\u2010-\u2027\u2030\u2032\u2033\u2039\u203a\u20ac\u2116\u2122\u2126\u2190-\u2193\u2212\u2248\u2260\u2264\u2265\u2610\n]*$/;

export async function pdf(content: Content, shapes: Shapes, font: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    const pictures = await picturesFor(content);
    const page = new Page(content, font, pictures);
    page.title();
    content.sections.forEach(section => page.section(section, shapes));
    return page.finish();
}

/** Every text that needs the browser's fonts, drawn beforehand. */
async function picturesFor(content: Content): Promise<Map<string, Pixels>> {
    const texts = new Set<string>(), pictures = new Map<string, Pixels>();
    JSON.stringify(content, (_, value) => {
        if (typeof value === 'string' && !KNOWN.test(value)) {
            texts.add(value);
        }
        return value;
    });
    for (const text of texts) {
        pictures.set(text, await drawText(text, 64, INK));
    }
    return pictures;
}

class Page {
    private readonly doc = new jsPDF({ unit: 'mm', format: 'a4', compress: true, putOnlyUsedFonts: true });
    private y = TOP;

    constructor(private readonly content: Content, font: Uint8Array, private readonly pictures: Map<string, Pixels>) {
        let binary = '';
        font.forEach(byte => { binary += String.fromCharCode(byte); });
        this.doc.addFileToVFS('embedded.ttf', btoa(binary));
        this.doc.addFont('embedded.ttf', FONT, 'normal');
        this.doc.setFont(FONT, 'normal');
        this.doc.setTextColor(INK);
        this.doc.setProperties({ title: content.title, author: content.author, subject: content.subtitle, creator: 'Holdfast' });
        this.doc.setCreationDate("D:20000101000000+00'00'");
        this.doc.setFileId('00000000000000000000000000000000');
    }

    title(): void {
        this.y = 90;
        this.text(this.content.title, 28, true);
        this.y += 3;
        this.text(this.content.subtitle, 15);
        this.y += 5;
        this.text(this.content.state, 13, true);
        this.y += 6;
        this.content.facts.forEach(([name, value]) => this.pair(name, value));
        this.doc.addPage();
        this.y = TOP;
    }

    section(section: Section, shapes: Shapes): void {
        this.room(40);
        this.y += 5;
        this.text(section.title, 16, true);
        this.y += 2;
        section.blocks.forEach(block => this.block(block, shapes));
    }

    private block(block: Block, shapes: Shapes): void {
        switch (block.kind) {
            case 'text': this.text(block.text, 10); this.y += 1.5; break;
            case 'list': block.items.forEach(item => this.text(`• ${item}`, 10)); break;
            case 'checks': block.items.forEach(item => { this.text(`☐ ${item}`, 10); this.y += 0.8; }); break;
            case 'code': block.lines.forEach(line => this.code(line)); this.y += 2; break;
            case 'map': this.map(shapes); break;
            case 'table': this.table(block); break;
        }
    }

    /** Makes sure that this much fits on the page. */
    private room(height: number): void {
        if (this.y + height > BOTTOM) {
            this.doc.addPage();
            this.y = TOP;
        }
    }

    // There is one weight of the font: bold is drawn with an outline.
    private text(text: string, size: number, bold = false, x = LEFT): void {
        const picture = this.pictures.get(text), height = size * LINE_FACTOR;
        this.doc.setFontSize(size);
        if (picture !== undefined) {
            this.room(height);
            this.picture(text, picture, x, this.y, height);
            this.y += height;
            return;
        }
        for (const line of this.doc.splitTextToSize(text, RIGHT - x) as string[]) {
            this.room(height);
            this.line(line, x, this.y + height * 0.78, bold, size);
            this.y += height;
        }
    }

    private line(text: string, x: number, y: number, bold: boolean, size: number): void {
        this.doc.setLineWidth(size * 0.012);
        this.doc.setDrawColor(INK);
        this.doc.text(text, x, y, { renderingMode: bold ? 'fillThenStroke' : 'fill' });
    }

    private picture(name: string, picture: Pixels, x: number, y: number, height: number): void {
        const width = Math.min(RIGHT - x, (height * picture.width) / picture.height);
        this.doc.addImage(picture.bytes, 'JPEG', x, y, width, (width * picture.height) / picture.width, name, 'FAST');
    }

    private pair(name: string, value: string): void {
        this.doc.setFontSize(11);
        const at = this.y;
        this.line(name, LEFT, at + 3.6, true, 11);
        this.text(value, 11, false, LEFT + 38);
        this.y = Math.max(this.y, at + 5.2) + 1;
    }

    private code(line: string): void {
        const comment = line.startsWith('#');
        this.doc.setTextColor(comment ? '#5a6675' : INK);
        this.text(line, comment ? 8.5 : 9);
        this.doc.setTextColor(INK);
        this.y += comment ? 0 : 1.6;
    }

    private map(shapes: Shapes): void {
        const width = RIGHT - LEFT, height = Math.min(120, Math.max(6, shapes.rows) * 7.5);
        this.room(height + 4);
        this.doc.setDrawColor('#555555');
        this.doc.setLineWidth(0.2);
        for (const box of shapes.boxes) {
            this.doc.setFillColor(box.fill || '#ffffff');
            this.doc.rect(LEFT + box.x * width, this.y + box.y * height, box.width * width, box.height * height, 'FD');
        }
        for (const label of shapes.labels) {
            const size = label.size === 'large' ? 10.5 : 8;
            this.doc.setFontSize(size);
            const shift = label.right ? this.doc.getTextWidth(label.text) : 0;
            this.line(label.text, LEFT + label.x * width - shift, this.y + label.y * height + size * 0.12, label.size === 'large', size);
        }
        this.y += height + 5;
    }

    private table(block: Extract<Block, { kind: 'table' }>): void {
        const width = RIGHT - LEFT;
        autoTable(this.doc, {
            startY: this.y, margin: { left: LEFT, right: 210 - RIGHT, top: TOP, bottom: 297 - BOTTOM },
            head: [block.head], body: block.rows, theme: 'grid',
            styles: { font: FONT, fontStyle: 'normal', fontSize: 8.5, textColor: INK, lineColor: '#b8c0ca', lineWidth: 0.15, cellPadding: 1.4, overflow: 'linebreak' },
            headStyles: { fillColor: '#e4eaf2', textColor: INK, fontStyle: 'normal' },
            columnStyles: Object.fromEntries(block.widths.map((share, nth) => [nth, { cellWidth: (share * width) / 100 }])),
            rowPageBreak: 'avoid',
            willDrawCell: data => { data.cell.text = this.pictures.has(String(data.cell.raw)) ? [] : data.cell.text; },
            didDrawCell: data => {
                const raw = String(data.cell.raw), picture = this.pictures.get(raw);
                if (picture !== undefined) {
                    const height = Math.min(4, ((data.cell.width - 3) * picture.height) / picture.width);
                    this.doc.addImage(picture.bytes, 'JPEG', data.cell.x + 1.4, data.cell.y + 1.2, (height * picture.width) / picture.height, height, raw, 'FAST');
                }
            },
        });
        this.y = (this.doc as any).lastAutoTable.finalY + 5;
    }

    finish(): Uint8Array<ArrayBuffer> {
        const count = this.doc.getNumberOfPages();
        for (let nth = 2; nth <= count; nth++) {
            this.doc.setPage(nth);
            this.doc.setFontSize(8);
            this.line(`${nth} / ${count}`, RIGHT - 12, 287, false, 8);
        }
        return new Uint8Array(this.doc.output('arraybuffer'));
    }
}
