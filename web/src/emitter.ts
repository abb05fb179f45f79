// SPDX-License-Identifier: MIT
// What `holdfast layout --emit` writes: the same code, in a module of its own.
import { loadModule, textAt, type Loaded } from './module.ts';

interface Exports {
    emitter_board(): number;
    emitter_count(): number;
    emitter_name(nth: number): number;
    emitter_text(nth: number): number;
}

export class Emitter {
    private constructor(private readonly module: Loaded<Exports>) {}

    static async load(bytes: BufferSource): Promise<Emitter> {
        return new Emitter(await loadModule<Exports>(bytes));
    }

    /** The files of a sound board, which RuleBook.read has read: name to text. */
    files(board: Uint8Array): Record<string, string> {
        const { wasm, memory } = this.module;
        new Uint8Array(memory.buffer).set(board, wasm.emitter_board());
        return Object.fromEntries(Array.from({ length: wasm.emitter_count() }, (_, nth) =>
            [textAt(memory, wasm.emitter_name(nth)), textAt(memory, wasm.emitter_text(nth))]));
    }
}
