// SPDX-License-Identifier: MIT
// WebAssembly modules of ours. They import nothing but their memory.

const MEMORY_PAGES = 16; // of 64 KB: enough for stack and tables; it grows by itself

export interface Loaded<Exports> {
    wasm: Exports;
    memory: WebAssembly.Memory;
}

export async function loadModule<Exports>(bytes: BufferSource): Promise<Loaded<Exports>> {
    const memory = new WebAssembly.Memory({ initial: MEMORY_PAGES });
    const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
    (instance.exports._initialize as () => void)();
    return { wasm: instance.exports as unknown as Exports, memory };
}

/** The text of C at an address. */
export function textAt(memory: WebAssembly.Memory, at: number): string {
    if (at === 0) {
        throw new Error('the rule book ran out of memory');
    }
    const bytes = new Uint8Array(memory.buffer);
    return new TextDecoder().decode(bytes.subarray(at, bytes.indexOf(0, at)));
}
