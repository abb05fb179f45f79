// SPDX-License-Identifier: MIT
// Pictures for formats that want pixels: the memory map, and words in scripts the embedded font lacks.
import type { Shapes } from './mapshapes.ts';

export interface Pixels {
    bytes: Uint8Array<ArrayBuffer>; // of the file
    width: number;
    height: number;
}

const SANS = 'DejaVu Sans, Noto Sans, Arial, sans-serif';

async function pixelsOf(canvas: HTMLCanvasElement, type: 'image/png' | 'image/jpeg'): Promise<Pixels> {
    const blob = await new Promise<Blob | null>(done => canvas.toBlob(done, type, 0.95));
    if (blob === null) {
        throw new Error('the browser draws no picture');
    }
    return { bytes: new Uint8Array(await blob.arrayBuffer()), width: canvas.width, height: canvas.height };
}

function sheet(width: number, height: number): [HTMLCanvasElement, CanvasRenderingContext2D] {
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext('2d')!;
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    return [canvas, context];
}

export async function drawMap(shapes: Shapes, width = 1600): Promise<Pixels> {
    const height = Math.max(6, shapes.rows) * 64 + 8;
    const [canvas, context] = sheet(width, height);
    context.strokeStyle = '#444';
    context.lineWidth = 2;
    for (const box of shapes.boxes) {
        const place: [number, number, number, number] =
            [box.x * width, 4 + box.y * (height - 8), box.width * width, box.height * (height - 8)];
        context.fillStyle = box.fill || '#fff';
        context.fillRect(...place);
        context.strokeRect(...place);
    }
    context.fillStyle = '#111';
    context.textBaseline = 'middle';
    for (const label of shapes.labels) {
        context.font = `${label.size === 'large' ? 'bold 27' : '22'}px ${SANS}`;
        context.textAlign = label.right ? 'right' : 'left';
        context.fillText(label.text, label.x * width, 4 + label.y * (height - 8));
    }
    return pixelsOf(canvas, 'image/png');
}

/** A line of text as JPEG, which a PDF takes as it is, four times as large as it is to be shown. */
export async function drawText(text: string, pixelHeight: number, colour: string): Promise<Pixels> {
    const font = `${pixelHeight}px ${SANS}`;
    const [, ruler] = sheet(1, 1);
    ruler.font = font;
    const [canvas, context] = sheet(Math.ceil(ruler.measureText(text).width) + 2, Math.ceil(pixelHeight * 1.3));
    context.font = font;
    context.fillStyle = colour;
    context.textBaseline = 'middle';
    context.fillText(text, 1, canvas.height / 2);
    return pixelsOf(canvas, 'image/jpeg');
}
