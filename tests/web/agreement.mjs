// SPDX-License-Identifier: MIT
// The page's rule book against `holdfast layout`: the same verdicts, in the same words, and the same emitted files, on
// every board, every failing board of the tests, and a thousand generated ones.
// usage: node agreement.mjs HOLDFAST FOLDER_OF_MODULES WEB_FAILURES [COUNT]
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { spoilText } from './spoil.mjs';
import { checker, chipTexts, jsonFiles, pageModule, randomNumbers, root, workFolder } from './support.mjs';

const [holdfast, modules, failures, count = '1000'] = process.argv.slice(2);
const run = promisify(execFile);
const work = workFolder('agreement');
const { RuleBook, buildable } = await pageModule('rulebook.ts');
const { Emitter } = await pageModule('emitter.ts');
const module = readFileSync(join(modules, 'rulebook.wasm'));
const emitter = await Emitter.load(readFileSync(join(modules, 'emitter.wasm')));
const { check, finish } = checker();

/** What the tool says of a file: its findings, why it could not be read, the files it emits. */
async function toolVerdict(path, nth) {
    const folder = join(work, `emitted-${nth}`);
    const { stdout, stderr } = await run(holdfast, ['layout', path, '--json', '--chips', join(root, 'chips'), '--emit', folder])
        .catch(error => error);
    const events = stdout.trim().split('\n').filter(Boolean).map(line => JSON.parse(line));
    const findings = events.filter(event => event.event === 'finding')
        .map(({ kind, key, text, fix }) => ({ error: kind === 'error', key, text, fix }));
    const result = events.find(event => event.event === 'result');
    if (result === undefined) {
        return { complaint: `no verdict: ${stderr}`, findings, files: {} };
    }
    const complaint = !result.ok && result.code === 'E0307' ? result.what : '';
    const files = result.ok ? Object.fromEntries(readdirSync(folder).map(name => [name, readFileSync(join(folder, name), 'utf8')])) : {};
    return { complaint, findings, files };
}

function pageVerdict(book, path, text) {
    const verdict = book.judge(path, text);
    const files = buildable(verdict) ? emitter.files(book.read(path, text)) : {};
    return { complaint: verdict.complaint, findings: verdict.findings.map(({ rule, ...rest }) => rest), files };
}

const sorted = value => JSON.stringify(value, (_, inner) =>
    (inner !== null && typeof inner === 'object' && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).sort()) : inner));

const seen = { sound: 0, unsound: 0, unreadable: 0 };

async function compare(book, path, nth, name) {
    const page = pageVerdict(book, path, readFileSync(path, 'utf8')), tool = await toolVerdict(path, nth);
    // Where the chip's file lies is the only difference there may be.
    page.complaint = page.complaint.replace(/^chips\//, `${path.replace(/[^/]*$/, '')}../chips/`);
    const same = sorted(page) === sorted(tool);
    check(same, `${name}\n page: ${sorted(page).slice(0, 1500)}\n tool: ${sorted(tool).slice(0, 1500)}`);
    seen[tool.complaint !== '' ? 'unreadable' : Object.keys(tool.files).length > 0 ? 'sound' : 'unsound']++;
}

// As copies: the page never has the secrets that some board files refer to, and there the tool has none either.
async function eachBoard(book) {
    const folder = join(work, 'copies');
    mkdirSync(folder);
    for (const name of jsonFiles(join(root, 'boards'))) {
        copyFileSync(join(root, 'boards', name), join(folder, name));
        await compare(book, join(folder, name), name, name);
    }
}

async function eachFailure() {
    const folder = join(work, 'failures');
    mkdirSync(folder);
    await run(failures, [folder]);
    for (const nth of readdirSync(folder).sort()) {
        const book = await RuleBook.load(module, chipTexts(join(folder, nth, 'chips')));
        await compare(book, join(folder, nth, 'boards/stm32f407-discovery.json'), nth, `failing board ${nth}`);
    }
}

// Two at a time: the tool is a process of its own each time.
async function generated(book) {
    const random = randomNumbers(), texts = jsonFiles(join(root, 'boards')).map(name => readFileSync(join(root, 'boards', name), 'utf8'));
    mkdirSync(join(work, 'boards'));
    const jobs = Array.from({ length: Number(count) }, (_, nth) => {
        const path = join(work, 'boards', `generated-${nth}.json`);
        writeFileSync(path, spoilText(texts[random(texts.length)], random));
        return { path, nth };
    });
    const worker = async () => {
        for (let job = jobs.pop(); job !== undefined; job = jobs.pop()) {
            await compare(book, job.path, job.nth, `${job.path}:\n${readFileSync(job.path, 'utf8')}`);
        }
    };
    await Promise.all([worker(), worker()]);
}

const book = await RuleBook.load(module, chipTexts(join(root, 'chips')));
await eachBoard(book);
await eachFailure();
await generated(book);
console.log(`${seen.sound} sound, ${seen.unsound} unsound, ${seen.unreadable} unreadable`);
check(seen.sound > 0 && seen.unsound > 0 && seen.unreadable > 0, 'every kind of verdict was seen');
finish();
