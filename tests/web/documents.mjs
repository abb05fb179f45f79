// SPDX-License-Identifier: MIT
// The four documents, opened: their parts, their words, the same bytes every time, and what LibreOffice makes of them.
// usage: node documents.mjs holdfast-design.html
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { field, launch, newContext, open, saved } from './browser.mjs';
import { checker, fromPage, workFolder } from './support.mjs';

const { strFromU8, unzipSync } = fromPage('fflate');
const [file] = process.argv.slice(2);
const { check, finish } = checker();
const work = workFolder('documents');
const browser = await launch();

const TITLE = 'Регулятор насоса Ω № 5', AUTHOR = 'Žofie Černá', NOTE = 'Δοκιμή: ≥ 3 Ω → gut';
const SECTIONS = ['Decisions', 'Memory map', 'Protocols', 'Timing and wear', 'If the power fails', 'Risks found', 'Bring-up checklist', 'Notes'];
const WORDS = ['boot', 'boot_data', 'application', '0x08010000', 'sectors 4 to 11', 'CRC-32', 'update mode', 'make BOARD='];
const KINDS = { Word: 'docx', Excel: 'xlsx', PDF: 'pdf', PowerPoint: 'pptx' };

/** The four documents of one visit of the page. */
async function documentsOfAVisit() {
    const { context, troubles } = await newContext(browser);
    const page = await open(context, file), documents = {};
    await field(page, 'design.title').fill(TITLE);
    await field(page, 'design.author').fill(AUTHOR);
    await field(page, 'design.notes').fill(NOTE);
    for (const [name, kind] of Object.entries(KINDS)) {
        documents[kind] = await saved(page, () => page.click(`[aria-label="${name} document"]`));
    }
    check(troubles.length === 0, `quiet, but ${troubles.join('; ')}`);
    await context.close();
    return documents;
}

/** Every text in the XML parts, and that each part is well-formed: a browser's parser says so. */
async function partsOf(document) {
    const files = Object.entries(unzipSync(document.bytes)).filter(([name]) => /\.(xml|rels)$/.test(name));
    const { context } = await newContext(browser);
    const page = await context.newPage();
    const broken = await page.evaluate(parts => parts
        .filter(([, xml]) => new DOMParser().parseFromString(xml, 'application/xml').querySelector('parsererror') !== null)
        .map(([name]) => name), files.map(([name, bytes]) => [name, strFromU8(bytes)]));
    await context.close();
    check(broken.length === 0, `${document.name}: well-formed, but not ${broken.join(', ')}`);
    return files.map(([, bytes]) => strFromU8(bytes)).join('\n');
}

function pdfText(path) {
    return execFileSync('pdftotext', ['-layout', path, '-'], { encoding: 'utf8' });
}

/** As PDF, by LibreOffice, in a profile of its own so that nothing of the user's is touched. */
function converted(path, kind) {
    execFileSync('soffice', [`-env:UserInstallation=${pathToFileURL(join(work, 'profile')).href}`, '--headless', '--convert-to', 'pdf',
        '--outdir', join(work, kind), path], { stdio: 'ignore', timeout: 120000 });
    return pdfText(join(work, kind, path.replace(/^.*\//, '').replace(/\.[a-z]+$/, '.pdf')));
}

const first = await documentsOfAVisit(), second = await documentsOfAVisit();

for (const [kind, document] of Object.entries(first)) {
    check(document.name === `stm32f407-discovery-bootloader.${kind}`, `its name: ${document.name}`);
    check(document.bytes.equals(second[kind].bytes), `${kind}: the same bytes in another visit`);
    check(document.bytes.length > 5000 && document.bytes.length < 400000, `${kind}: ${document.bytes.length} bytes`);
}

for (const kind of ['docx', 'xlsx', 'pptx']) {
    const xml = await partsOf(first[kind]), names = Object.keys(unzipSync(first[kind].bytes));
    for (const word of [...SECTIONS, ...WORDS, TITLE, AUTHOR, NOTE]) {
        check(xml.includes(word.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')) || xml.includes(word), `${kind} holds "${word}"`);
    }
    const picture = kind === 'pptx' ? /expected image/.test(xml) : names.some(name => /media\/.*\.png$/.test(name));
    check(picture, `${kind} holds the memory map as a picture`);
}

for (const [kind, document] of Object.entries(first)) {
    const path = join(work, document.name);
    writeFileSync(path, document.bytes);
    const text = (kind === 'pdf' ? pdfText(path) : converted(path, kind)).replace(/\s+/g, ' ');
    for (const word of ['boot', 'boot_data', 'application', '0x08010000', TITLE, AUTHOR, 'Bring-up checklist', 'Ω → gut']) {
        check(text.includes(word) || (kind === 'xlsx' && word === 'Bring-up checklist'), `${kind}, opened and printed, shows "${word}"`);
    }
}

const info = execFileSync('pdfinfo', [join(work, first.pdf.name)], { encoding: 'utf8' });
check(info.includes(TITLE) && info.includes(AUTHOR), 'the PDF’s information names title and author');
const fonts = execFileSync('pdffonts', [join(work, first.pdf.name)], { encoding: 'utf8' });
check(/DejaVu.*yes|Embedded.*yes/i.test(fonts), `the PDF embeds its font: ${fonts}`);

// A script that the embedded font lacks: drawn by the browser, and the title still in the file's information.
const { context, troubles } = await newContext(browser);
const page = await open(context, file);
await field(page, 'design.title').fill('水泵控制器');
const chinese = await saved(page, () => page.click('[aria-label="PDF document"]'));
writeFileSync(join(work, 'chinese.pdf'), chinese.bytes);
check(execFileSync('pdfinfo', [join(work, 'chinese.pdf')], { encoding: 'utf8' }).includes('水泵控制器'), 'a Chinese title is in the PDF’s information');
check(/jpeg|image/.test(execFileSync('pdfimages', ['-list', join(work, 'chinese.pdf')], { encoding: 'utf8' }).split('\n').slice(2).join('')), 'and drawn as a picture');
check(troubles.length === 0, `quiet, but ${troubles.join('; ')}`);

await browser.close();
finish();
