// SPDX-License-Identifier: MIT
// Data blocks of the page: deflated, in base64.

export async function unpack(id: string): Promise<Uint8Array<ArrayBuffer>> {
    const text = document.getElementById(id)?.textContent?.trim() ?? '';
    const packed = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
}
