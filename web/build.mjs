// SPDX-License-Identifier: MIT
// Bundles the page into one file that opens from disk.
// usage: node build.mjs RULEBOOK.deflate EMITTER.deflate FONT.ttf OUTPUT_FOLDER
// Nothing in the result depends on the time or the machine: the same sources give the same bytes.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const [rulebook, emitter, font, folder] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);

function jsonFiles(name) {
    const files = readdirSync(join(root, name)).filter(file => file.endsWith('.json')).sort();
    return files.map(file => JSON.parse(readFileSync(join(root, name, file), 'utf8')));
}

// Facts without their sources: those are for readers of the files, and of documents.
function withoutSources(value) {
    if (Array.isArray(value)) {
        return value.map(withoutSources);
    }
    if (typeof value !== 'object' || value === null) {
        return value;
    }
    const kept = Object.entries(value).filter(([key]) => key !== 'source' && key !== 'sources' && key !== '$schema');
    return Object.fromEntries(kept.map(([key, inner]) => [key, withoutSources(inner)]));
}

// The schema as a form needs it: what is checked is the rule book's business.
function forForms(value) {
    if (Array.isArray(value) || typeof value !== 'object' || value === null) {
        return value;
    }
    const left = ['pattern', 'minimum', 'maximum', 'uniqueItems', 'additionalProperties', 'minItems', 'maxItems', '$schema', 'title'];
    const kept = Object.entries(value).filter(([key]) => !left.includes(key));
    return Object.fromEntries(kept.map(([key, inner]) => [key, forForms(inner)]));
}

// Strategies, links and checks that this version of the board files has.
function present(file, words) {
    const all = JSON.parse(readFileSync(join(here, 'data', file), 'utf8'));
    return Object.fromEntries(Object.entries(all).filter(([name]) => words.includes(name)));
}

function projectData(keep) {
    const version = /project\(holdfast VERSION ([0-9.]+)/.exec(readFileSync(join(root, 'CMakeLists.txt'), 'utf8'))[1];
    const chips = Object.fromEntries(jsonFiles('chips').map(chip => [chip.name, withoutSources(chip)]));
    const boards = jsonFiles('boards').map(({ $schema, ...board }) => board);
    const schema = JSON.parse(readFileSync(join(root, 'boards/schema/board.schema.json'), 'utf8'));
    return {
        HF_CHIPS: JSON.stringify(chips), HF_BOARDS: JSON.stringify(boards),
        HF_SCHEMA: JSON.stringify(forForms(schema)),
        HF_STRATEGIES: JSON.stringify(present('strategies.json', schema.properties.strategy.enum)),
        HF_CHECKS: JSON.stringify(present('checks.json', schema.properties.validation.enum)),
        HF_LINKS: JSON.stringify(keep(present('links.json', [...schema.properties.uart.properties.protocols.items.enum, 'dfu']))),
        HF_VERSION: JSON.stringify(version),
    };
}

const packages = new Set(); // of others that are in the page

async function bundle(entry, keep, extra) {
    const result = await build({
        entryPoints: [join(here, entry)], bundle: true, minify: true, write: false, metafile: true, format: 'iife', target: 'es2022',
        platform: 'browser', legalComments: 'none', logLevel: 'warning', define: projectData(keep), charset: 'utf8',
        ...extra,
    });
    for (const file of Object.keys(result.metafile.inputs)) {
        const name = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
        name && packages.add(name);
    }
    return result.outputFiles[0].text.replaceAll('</script', '<\\/script').trim();
}

// jsPDF can rasterise HTML and SVG and take PNG apart, which nobody here asks for: those parts stay out. Zipping is
// fflate's.
const empty = join(here, 'src/export/empty.ts');
const exporterOptions = {
    alias: { html2canvas: empty, canvg: empty, dompurify: empty, 'fast-png': empty, jszip: join(here, 'src/export/jszip.ts') },
};

// What the licences of the parts ask for: their texts travel with the page. Equal texts stand once.
function licences() {
    const texts = new Map();
    const add = (name, text) => texts.set(text.trim(), [...(texts.get(text.trim()) ?? []), name]);
    for (const name of [...packages].sort()) {
        const folder = join(here, 'node_modules', name);
        const file = readdirSync(folder).find(one => /^licen[cs]e/i.test(one));
        const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
        add(`${name} ${version}`, file === undefined ? `${license}` : readFileSync(join(folder, file), 'utf8'));
    }
    add('jansson', readFileSync(join(dirname(rulebook), 'jansson/LICENSE'), 'utf8'));
    for (const name of ['wasi-libc', 'fonts-dejavu-core']) {
        add(name, readFileSync(join('/usr/share/doc', name, 'copyright'), 'utf8'));
    }
    add('Holdfast', readFileSync(join(root, 'LICENSE'), 'utf8'));
    return [...texts].map(([text, names]) => `==== ${names.join(', ')} ====\n\n${text}\n`).join('\n');
}

const sha = text => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const base64 = bytes => bytes.toString('base64');
const packed = bytes => base64(deflateRawSync(bytes, { level: 9 }));
const zipped = text => gzipSync(text, { level: 9 }).length;

const style = (await build({ entryPoints: [join(here, 'src/style.css')], bundle: true, minify: true, write: false })).outputFiles[0].text.trim();
const script = await bundle('src/main.tsx', withoutSources, { jsx: 'automatic', jsxImportSource: 'preact' });
const exporters = await bundle('src/export/index.ts', links => links, exporterOptions);
const policy = [
    "default-src 'none'", `script-src ${sha(script)} ${sha(exporters)} 'wasm-unsafe-eval'`, `style-src ${sha(style)}`,
    'img-src data: blob:', 'worker-src blob:', "connect-src 'none'", "base-uri 'none'", "form-action 'none'",
].join('; ');

function page(parts) {
    return readFileSync(join(here, 'index.html'), 'utf8').replace(/@([A-Z]+)@/g, (_, name) => parts[name]);
}

const parts = { POLICY: policy, STYLE: style, SCRIPT: script, RULEBOOK: base64(readFileSync(rulebook)) };
const whole = page({ ...parts, EMITTER: base64(readFileSync(emitter)), EXPORTERS: packed(exporters), FONT: packed(readFileSync(font)), LICENCES: packed(Buffer.from(licences())) });
const bare = page({ ...parts, RULEBOOK: '', EMITTER: '', EXPORTERS: '', FONT: '', LICENCES: '' });
const withRules = page({ ...parts, EMITTER: '', EXPORTERS: '', FONT: '', LICENCES: '' });
const sizes = { page: zipped(bare), withRules: zipped(withRules), whole: zipped(whole) };
const kilobytes = bytes => `${(bytes / 1024).toFixed(1)} KB`;
console.log(`gzip: page ${kilobytes(sizes.page)}, with the rule book ${kilobytes(sizes.withRules)}, with exporters ${kilobytes(sizes.whole)}`);
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'holdfast-design.html'), whole);
writeFileSync(join(folder, 'sizes.json'), JSON.stringify(sizes) + '\n');
