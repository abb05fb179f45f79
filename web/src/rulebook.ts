// SPDX-License-Identifier: MIT
// The rule book of `holdfast layout`, compiled to WebAssembly.

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
    map?: string;
    files?: Record<string, string>;
}

const MEMORY_PAGES = 16; // of 64 KB: enough for its stack and tables; it grows by itself

interface Exports {
    _initialize(): void;
    rulebook_allocate(size: number): number;
    rulebook_begin(): void;
    rulebook_add_chip(name: number, text: number, size: number): number;
    rulebook_judge(path: number, text: number, size: number): number;
}

export class RuleBook {
    private constructor(private readonly wasm: Exports, private readonly memory: WebAssembly.Memory) {}

    /** chips: name to the text of its file. */
    static async load(module: BufferSource, chips: Record<string, string>): Promise<RuleBook> {
        const compiled = await WebAssembly.compile(module);
        const memory = new WebAssembly.Memory({ initial: MEMORY_PAGES });
        const instance = await WebAssembly.instantiate(compiled, { env: { memory } });
        const book = new RuleBook(instance.exports as unknown as Exports, memory);
        book.wasm._initialize();
        for (const [name, text] of Object.entries(chips)) {
            const [at, size] = book.put(text);
            if (book.wasm.rulebook_add_chip(book.put(name)[0], at, size) === 0) {
                throw new Error(`no room for the chip ${name}`);
            }
        }
        return book;
    }

    /** What `holdfast layout` says of a board file of this path. */
    judge(path: string, text: string): Verdict {
        this.wasm.rulebook_begin();
        const [name] = this.put(path);
        const [at, size] = this.put(text);
        const result = this.wasm.rulebook_judge(name, at, size);
        if (result === 0) {
            throw new Error('the rule book ran out of memory');
        }
        const verdict = JSON.parse(this.text(result)) as Verdict;
        verdict.findings ??= [];
        return verdict;
    }

    private put(text: string): [number, number] {
        const bytes = new TextEncoder().encode(text);
        const at = this.wasm.rulebook_allocate(bytes.length + 1);
        if (at === 0) {
            throw new Error('the rule book ran out of memory');
        }
        const memory = new Uint8Array(this.memory.buffer, at, bytes.length + 1);
        memory.set(bytes);
        memory[bytes.length] = 0;
        return [at, bytes.length];
    }

    private text(at: number): string {
        const memory = new Uint8Array(this.memory.buffer);
        return new TextDecoder().decode(memory.subarray(at, memory.indexOf(0, at)));
    }
}
