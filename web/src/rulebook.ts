// SPDX-License-Identifier: MIT
// The rule book of `holdfast layout`, compiled to WebAssembly.
import { loadModule, textAt, type Loaded } from './module.ts';

export interface Finding {
    error: boolean;
    rule: string;
    key: string;
    text: string;
    fix: string;
}

export interface Verdict {
    status: number; // hf_layout_status
    complaint: string; // when the file could not be read: file, key, what, fix
    findings: Finding[];
    facts?: { width: number; vectorAlignment: number; ramAddress: number; ramSize: number; budget: number;
              pll: boolean; dfuse?: string };
}

interface Exports {
    rulebook_allocate(size: number): number;
    rulebook_begin(): void;
    rulebook_add_chip(name: number, text: number, size: number): number;
    rulebook_judge(path: number, text: number, size: number): number;
    rulebook_board(): number;
    rulebook_board_size(): number;
}

export class RuleBook {
    private constructor(private readonly module: Loaded<Exports>) {}

    /** chips: name to the text of its file. */
    static async load(bytes: BufferSource, chips: Record<string, string>): Promise<RuleBook> {
        const book = new RuleBook(await loadModule<Exports>(bytes));
        for (const [name, text] of Object.entries(chips)) {
            const [at, size] = book.put(text);
            if (book.module.wasm.rulebook_add_chip(book.put(name)[0], at, size) === 0) {
                throw new Error(`no room for the chip ${name}`);
            }
        }
        return book;
    }

    /** What `holdfast layout` says of a board file of this path. */
    judge(path: string, text: string): Verdict {
        const { wasm, memory } = this.module;
        wasm.rulebook_begin();
        const [name] = this.put(path);
        const [at, size] = this.put(text);
        const verdict = JSON.parse(textAt(memory, wasm.rulebook_judge(name, at, size))) as Verdict;
        verdict.findings ??= [];
        return verdict;
    }

    /** A board file as the emitter takes it. */
    read(path: string, text: string): Uint8Array {
        this.judge(path, text);
        const { wasm, memory } = this.module;
        return new Uint8Array(memory.buffer, wasm.rulebook_board(), wasm.rulebook_board_size());
    }

    private put(text: string): [number, number] {
        const { wasm, memory } = this.module;
        const bytes = new TextEncoder().encode(text);
        const at = wasm.rulebook_allocate(bytes.length + 1);
        if (at === 0) {
            throw new Error('the rule book ran out of memory');
        }
        const room = new Uint8Array(memory.buffer, at, bytes.length + 1);
        room.set(bytes);
        room[bytes.length] = 0;
        return [at, bytes.length];
    }
}

/** The build takes it. */
export function buildable(verdict: Verdict | null): boolean {
    return verdict !== null && verdict.status === 0 && !verdict.findings.some(finding => finding.error);
}
