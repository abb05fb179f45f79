// SPDX-License-Identifier: MIT
// What docs/design-tool.md shows is what the page shows: its table of power cuts, and its picture; and what the page shows
// of power cuts is what docs/design.md says of the engine's states. HF_UPDATE=1 writes table and picture anew. usage: node published.mjs holdfast-design.html
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { field, launch, newContext, open, until } from './browser.mjs';
import { checker, root } from './support.mjs';

const [file] = process.argv.slice(2);
const { check, finish } = checker();
const document = join(root, 'docs/design-tool.md'), picture = join(root, 'docs/images/design-tool.png');
const update = process.env.HF_UPDATE !== undefined;
const BEGIN = '<!-- begin power cuts -->\n', END = '<!-- end power cuts -->';

const data = name => JSON.parse(readFileSync(join(root, name), 'utf8'));
const schema = data('boards/schema/board.schema.json'), strategies = data('web/data/strategies.json');

const BOOTS = {
    old: 'the old application', new: 'the new application', update: 'update mode', resume: 'the installation goes on, then the new application',
    either: 'the old or the new application, whole',
};

function table(name) {
    const { title, steps } = strategies[name];
    const rows = steps.map(one => `| ${one.step}${one.when ? ` (\`${one.when}\`)` : ''} | ${one.flash}${one.state ? `; \`${one.state}\`` : ''} | ${BOOTS[one.boots]} | ${one.then} |`);
    return `### \`${name}\`: ${title}\n\n| during | in flash | boots | then |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

/** Every strategy, protocol and level that a board file may name is known to the page. */
function everyWordIsKnown() {
    const links = data('web/data/links.json'), checks = data('web/data/checks.json');
    const words = [
        [schema.properties.strategy.enum, strategies], [schema.properties.validation.enum, checks],
        [schema.properties.uart.properties.protocols.items.enum, links],
    ];
    for (const [names, known] of words) {
        names.forEach(name => check(known[name] !== undefined, `web/data knows ${name}`));
    }
}

// What a row of docs/design.md's table of states says may boot, as the steps of web/data/strategies.json say it.
const ADMITTED = {
    'the old image': ['old'], 'the new image': ['new', 'resume'], 'the new, or the old image': ['new', 'old', 'either'],
    'the old image, or update mode': ['old', 'update'], 'the other image, or update mode': ['new', 'old', 'update'], 'update mode': ['update'],
};

/** State to what may boot: a table under "States and cuts", by how its header begins. A row "as above" refers to the others. */
function statesOf(header) {
    const text = readFileSync(join(root, 'docs/design.md'), 'utf8'), begin = text.indexOf(`| ${header} `);
    const rows = /^.*\n\|[-|]+\n((?:\|.*\n)+)/.exec(text.slice(begin))?.[1].trim().split('\n') ?? [];
    const cells = rows.map(row => row.split('|').map(cell => cell.trim().replaceAll('`', '')));
    return new Map(cells.filter(row => row[4] !== 'as above').map(row => [row[1], row[4]]));
}

/** Each step of each strategy is in a state of docs/design.md, boots what its row says, and no row is left out. */
function stepsAreStates() {
    const engine = statesOf('state | what was under way'), others = statesOf('step | what flash holds');
    check(engine.size >= 11 && others.size >= 13, `the tables of states are found: ${engine.size} and ${others.size} rows`);
    const states = new Map([...engine, ...others]), shown = new Set();
    for (const [state, words] of states) {
        check(ADMITTED[words] !== undefined, `what boots in ${state} is a word of this test: ${words}`);
    }
    const journal = Object.entries(strategies).filter(([, one]) => one.uses.includes('boot_data'));
    check(journal.map(([name]) => name).join() === 'overwrite,swap,external', 'three strategies keep a journal');
    for (const [name, one] of Object.entries(strategies)) {
        for (const { step, boots, state = `${name}: ${step}` } of one.steps) {
            shown.add(state);
            check(ADMITTED[states.get(state)]?.includes(boots), `${name}, "${step}": state ${state} of docs/design.md boots ${states.get(state)}, the page says ${boots}`);
        }
    }
    check([...states.keys()].every(state => shown.has(state)), `every state is shown: ${[...states.keys()].filter(state => !shown.has(state)).join('; ')}`);
}

function powerCuts() {
    const text = readFileSync(document, 'utf8'), begin = text.indexOf(BEGIN) + BEGIN.length, end = text.indexOf(END);
    const tables = schema.properties.strategy.enum.filter(name => strategies[name]).map(table).join('\n');
    const printed = text.slice(0, begin) + tables + text.slice(end);
    if (update) {
        writeFileSync(document, printed);
    }
    check(readFileSync(document, 'utf8') === printed, 'docs/design-tool.md is up to date; HF_UPDATE=1 writes it anew');
}

async function screenshot() {
    const browser = await launch();
    const { context } = await newContext(browser, { viewport: { width: 1360, height: 980 } });
    const page = await open(context, file);
    await field(page, 'design.title').fill('Pump controller');
    await field(page, 'design.author').fill('R. Novák');
    await field(page, 'layout[0].size').fill('18K');
    await page.evaluate(() => document.querySelector('#layout-title').scrollIntoView());
    await until(page, () => /saved in this browser/.test(document.querySelector('.draft').textContent));
    const image = await page.screenshot();
    await browser.close();
    if (update) {
        mkdirSync(join(root, 'docs/images'), { recursive: true });
        writeFileSync(picture, image);
    }
    check(readFileSync(picture).subarray(1, 4).toString() === 'PNG' && image.length > 30000, 'the picture can be taken');
}

everyWordIsKnown();
stepsAreStates();
powerCuts();
await screenshot();
finish();
