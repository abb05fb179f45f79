// SPDX-License-Identifier: MIT
// What pptxgenjs asks of JSZip, on fflate, which is here anyway: half the bytes, compressed, and without the time.
import { zipSync, type Zippable } from 'fflate';
import { REPRODUCIBLE } from './zip.ts';

type Content = string | Uint8Array | ArrayBuffer;

export default class JSZip {
    private readonly files: Zippable = {};

    folder(): this {
        return this; // files carry their folder in their name
    }

    file(name: string, content: Content | Promise<Content>, options?: { base64?: boolean }): this {
        this.files[name] = [bytesOf(content as Content, options?.base64 === true), REPRODUCIBLE];
        return this;
    }

    async generateAsync(): Promise<Uint8Array> {
        return zipSync(this.files, REPRODUCIBLE);
    }
}

function bytesOf(content: Content, base64: boolean): Uint8Array {
    if (typeof content !== 'string') {
        return new Uint8Array(content as ArrayBuffer);
    }
    return base64 ? Uint8Array.from(atob(content), letter => letter.charCodeAt(0)) : new TextEncoder().encode(content);
}
