// SPDX-License-Identifier: MIT
// Zip archives that are the same for the same content: office documents are such.
import { strFromU8, strToU8, unzipSync, zipSync, type Zippable, type ZipOptions } from 'fflate';

/** The earliest time zip knows, in every time zone. */
export const REPRODUCIBLE: ZipOptions = { level: 9, mtime: new Date(1980, 0, 1), os: 0 };

/** Packs an office document anew: entries in order, no times, and ids that libraries draw at random replaced. */
export function repack(document: Uint8Array, mend: (name: string, xml: string) => string): Uint8Array {
    const files = unzipSync(document), packed: Zippable = {};
    for (const name of Object.keys(files).sort()) {
        const isText = /\.(xml|rels)$/.test(name);
        packed[name] = [isText ? strToU8(mend(name, strFromU8(files[name]))) : files[name], REPRODUCIBLE];
    }
    return zipSync(packed, REPRODUCIBLE);
}

const FIXED_TIME = '2000-01-01T00:00:00Z';

/** Creation and change times in docProps/core.xml. */
export function withoutTimes(xml: string): string {
    return xml.replace(/(<dcterms:(created|modified)[^>]*>)[^<]*/g, `$1${FIXED_TIME}`);
}
