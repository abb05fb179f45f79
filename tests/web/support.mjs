// SPDX-License-Identifier: MIT
// What the tests of the design tool share: the rule book outside a browser, a browser, downloads, random numbers.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const fromPage = createRequire(join(root, 'web/package.json'));

/** A folder that goes away with the test. */
export function workFolder(name) {
    const folder = mkdtempSync(join(tmpdir(), `hf-${name}-`));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    return folder;
}

/** A module of web/src, for node. */
export async function pageModule(path) {
    const { build } = fromPage('esbuild');
    const result = await build({
        entryPoints: [join(root, 'web/src', path)], bundle: true, write: false, format: 'esm', platform: 'node',
        define: { HF_LINKS: '{}', HF_CHECKS: '{}', HF_STRATEGIES: '{}', HF_CHIPS: '{}', HF_BOARDS: '[]', HF_SCHEMA: '{}', HF_VERSION: '""' },
    });
    const file = join(workFolder('module'), 'module.mjs');
    writeFileSync(file, result.outputFiles[0].text);
    return import(pathToFileURL(file).href);
}

export function jsonFiles(folder) {
    return readdirSync(folder).filter(name => name.endsWith('.json')).sort();
}

/** Texts of the chip files in a folder, by name. */
export function chipTexts(folder) {
    return Object.fromEntries(jsonFiles(folder).map(name => [name.slice(0, -5), readFileSync(join(folder, name), 'utf8')]));
}

/** Numbers that look random and are the same for the same seed; the seed is printed, and taken from HF_SEED. */
export function randomNumbers() {
    let state = Number(process.env.HF_SEED ?? Date.now() % 1000000007) >>> 0;
    console.log(`HF_SEED=${state}`);
    return below => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return Math.floor((state / 4294967296) * below);
    };
}

/** Ends the program with what is wrong, counting what is right. */
export function checker() {
    let good = 0;
    const bad = [];
    return {
        check(condition, words) {
            condition ? good++ : bad.push(words);
            if (!condition) {
                console.error(`FAILED: ${words}`);
            }
        },
        finish() {
            console.log(`${good} checks passed, ${bad.length} failed`);
            process.exit(bad.length > 0 || good === 0 ? 1 : 0);
        },
    };
}
