// SPDX-License-Identifier: MIT
// What docs/design-tool.md shows is what the page shows: its table of power cuts, and its picture.
// HF_UPDATE=1 writes both anew. usage: node published.mjs holdfast-design.html
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
    const rows = steps.map(one => `| ${one.step}${one.when ? ` (\`${one.when}\`)` : ''} | ${one.flash} | ${BOOTS[one.boots]} | ${one.then} |`);
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
powerCuts();
await screenshot();
finish();
