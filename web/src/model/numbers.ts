// SPDX-License-Identifier: MIT
// Numbers as board and chip files write them: integers, "0x..." and "16K"; and as people read them.

export type Num = number | string;

/** The value of a number of a board file; NaN when it is none. */
export function parseNumber(value: unknown): number {
    if (typeof value === 'number') {
        return Number.isInteger(value) && value >= 0 ? value : NaN;
    }
    if (typeof value !== 'string') {
        return NaN;
    }
    if (/^0x[0-9a-fA-F]{1,10}$/.test(value)) {
        return parseInt(value, 16);
    }
    const match = /^([0-9]{1,10})([KM]?)$/.exec(value);
    if (match === null) {
        return NaN;
    }
    return Number(match[1]) * (match[2] === 'M' ? 1 << 20 : match[2] === 'K' ? 1024 : 1);
}

/** 0x08010000 */
export function hex(value: number): string {
    return '0x' + value.toString(16).toUpperCase().padStart(8, '0');
}

/** A size as a board file writes it best: "16K", or the bare number. */
export function fileSize(bytes: number): Num {
    return bytes > 0 && bytes % 1024 === 0 ? `${bytes / 1024}K` : bytes;
}

/** 16 KB, 1 MB, 500 B */
export function sizeWords(bytes: number): string {
    if (bytes >= 1 << 20 && bytes % (1 << 20) === 0) {
        return `${bytes >> 20} MB`;
    }
    if (bytes >= 1024) {
        return `${trim(bytes / 1024, 1)} KB`;
    }
    return `${bytes} B`;
}

function trim(value: number, digits: number): string {
    return String(Number(value.toFixed(digits)));
}

/** Seconds, in a unit that suits: 350 µs, 12 ms, 4.2 s, 3 min 20 s */
export function timeWords(seconds: number): string {
    if (!Number.isFinite(seconds)) {
        return 'unknown';
    }
    if (seconds < 0.001) {
        return `${trim(seconds * 1e6, 0)} µs`;
    }
    if (seconds < 1) {
        return `${trim(seconds * 1e3, seconds < 0.01 ? 1 : 0)} ms`;
    }
    if (seconds < 120) {
        return `${trim(seconds, seconds < 10 ? 1 : 0)} s`;
    }
    const whole = Math.round(seconds);
    return whole < 7200 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${trim(seconds / 3600, 1)} h`;
}

/** What a person typed into a number field: kept as typed when it is a number of a board file, else left as text. */
export function typedNumber(text: string): Num {
    const clean = text.trim();
    return /^[0-9]{1,10}$/.test(clean) ? Number(clean) : clean;
}
