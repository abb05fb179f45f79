// SPDX-License-Identifier: MIT
// How large an image is, from the file a linker or objcopy made: ELF, Intel HEX or plain binary.

export interface Measured {
    kind: 'ELF' | 'HEX' | 'BIN';
    start: number | null; // null: a plain binary says nothing of its place
    bytes: number; // from the first to the last byte, as it goes on a link
}

class NotAnImage extends Error {}

/** Throws an Error with a sentence for the person when the file is damaged. */
export function measure(bytes: Uint8Array): Measured {
    if (bytes.length === 0) {
        throw new NotAnImage('The file is empty.');
    }
    if (bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46) {
        return measureElf(bytes);
    }
    return bytes[0] === 0x3a && looksLikeHex(bytes) ? measureHex(bytes) : { kind: 'BIN', start: null, bytes: bytes.length };
}

function measureElf(bytes: Uint8Array): Measured {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < 52 || bytes[4] !== 1 || bytes[5] !== 1 || view.getUint16(18, true) !== 40) {
        throw new NotAnImage('This ELF file is not a 32-bit little-endian Arm image.');
    }
    const table = view.getUint32(28, true), entry = view.getUint16(42, true), count = view.getUint16(44, true);
    if (table + entry * count > bytes.length || entry < 32) {
        throw new NotAnImage('This ELF file is cut off.');
    }
    let start = Infinity, end = 0;
    for (let nth = 0; nth < count; nth++) {
        const at = table + nth * entry;
        const address = view.getUint32(at + 12, true), size = view.getUint32(at + 16, true);
        if (view.getUint32(at, true) === 1 && size > 0) { // PT_LOAD, by load address
            start = Math.min(start, address);
            end = Math.max(end, address + size);
        }
    }
    return finished('ELF', start, end);
}

function looksLikeHex(bytes: Uint8Array): boolean {
    return /^:[0-9A-Fa-f]{10,}\r?\n?/.test(String.fromCharCode(...bytes.subarray(0, 64)));
}

function measureHex(bytes: Uint8Array): Measured {
    let base = 0, start = Infinity, end = 0, ended = false;
    new TextDecoder().decode(bytes).split(/\r?\n/).forEach((line, index) => {
        if (line.trim() === '' || ended) {
            return;
        }
        const record = hexRecord(line.trim(), index + 1);
        const address = (record[1] << 8) | record[2], length = record[0];
        if (record[3] === 0) {
            start = Math.min(start, base + address);
            end = Math.max(end, base + address + length);
        }
        base = record[3] === 4 ? ((record[4] << 8) | record[5]) * 65536 : base;
        base = record[3] === 2 ? ((record[4] << 8) | record[5]) * 16 : base;
        ended = record[3] === 1;
    });
    if (!ended) {
        throw new NotAnImage('This HEX file is cut off: its end record is missing.');
    }
    return finished('HEX', start, end);
}

function hexRecord(line: string, number: number): Uint8Array {
    const digits = line.slice(1);
    const bytes = Uint8Array.from(digits.match(/../g) ?? [], pair => parseInt(pair, 16));
    const sum = bytes.reduce((total, byte) => total + byte, 0) & 0xff;
    if (!/^:([0-9A-Fa-f]{2}){5,}$/.test(line) || bytes.length !== bytes[0] + 5 || sum !== 0) {
        throw new NotAnImage(`Line ${number} of this HEX file is damaged.`);
    }
    return bytes;
}

function finished(kind: 'ELF' | 'HEX', start: number, end: number): Measured {
    if (end <= start) {
        throw new NotAnImage(`This ${kind} file holds nothing to load.`);
    }
    return { kind, start, bytes: end - start };
}
