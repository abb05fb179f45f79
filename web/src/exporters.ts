// SPDX-License-Identifier: MIT
// The document makers are most of the page's bytes and few visits need them: they lie packed in the page and are
// unpacked at the first click. The content-security policy knows the hash of the unpacked script, and no other runs.
import type { ChipFile } from './model/chip.ts';
import type { Board } from './model/design.ts';
import type { Verdict } from './rulebook.ts';
import { unpack } from './unpack.ts';

export type DocumentKind = 'docx' | 'xlsx' | 'pdf' | 'pptx';

export interface Exporters {
    make(kind: DocumentKind, board: Board, chip: ChipFile | undefined, verdict: Verdict | null): Promise<Uint8Array<ArrayBuffer>>;
}

declare global {
    // eslint-disable-next-line no-var
    var holdfastExporters: ((font: Uint8Array) => Exporters) | undefined;
}

let loading: Promise<Exporters> | undefined;

export function loadExporters(): Promise<Exporters> {
    loading ??= load().catch(error => {
        loading = undefined;
        throw error;
    });
    return loading;
}

async function load(): Promise<Exporters> {
    const script = document.createElement('script');
    script.textContent = new TextDecoder().decode(await unpack('packed-exporters'));
    document.head.append(script);
    if (globalThis.holdfastExporters === undefined) {
        throw new Error('the browser refused the packed script');
    }
    return globalThis.holdfastExporters(await unpack('packed-font'));
}
