// SPDX-License-Identifier: MIT
// Files out of the page and into it.

export function download(name: string, blob: Blob): void {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

/** The bytes of the file a person picks, and its name. */
export async function readFile(file: File): Promise<{ name: string; bytes: Uint8Array }> {
    return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
}
