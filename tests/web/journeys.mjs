// SPDX-License-Identifier: MIT
// Journeys through the design tool in a real browser. usage: node journeys.mjs holdfast-design.html
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { boardOf, field, launch, newContext, open, saved, until, verdict } from './browser.mjs';
import { layouts } from './layouts.mjs';
import { checker, fromPage, jsonFiles, root } from './support.mjs';

const [file] = process.argv.slice(2);
const { check, finish } = checker();
const browser = await launch();

/** Runs one journey in a store of its own. */
async function journey(name, walk, options) {
    const { context, troubles } = await newContext(browser, options);
    try {
        await walk(context, await open(context, file));
    } catch (error) {
        check(false, `${name}: ${error.stack ?? error}`);
    }
    check(troubles.length === 0, `${name}: quiet, but ${troubles.join('; ')}`);
    await context.close();
}

const openBoard = (page, name, board) => page.locator('header input[type=file]').setInputFiles(
    { name, mimeType: 'application/json', buffer: Buffer.from(typeof board === 'string' ? board : JSON.stringify(board)) });
const settle = page => until(page, () => /saved in this browser|NOT saved|cleared/.test(document.querySelector('.draft').textContent));
const reference = () => JSON.parse(readFileSync(join(root, 'boards/stm32f407-discovery.json'), 'utf8'));

await journey('every board of the project opens and leaves as it came', async (context, page) => {
    for (const name of jsonFiles(join(root, 'boards'))) {
        const board = JSON.parse(readFileSync(join(root, 'boards', name), 'utf8'));
        await openBoard(page, name, board);
        await until(page, wanted => document.querySelector('#f-name').value === wanted, board.name);
        check(JSON.stringify(await boardOf(page)) === JSON.stringify(board), `${name} survives the page`);
        check(!(await verdict(page)).includes('error'), `${name} is buildable in the page`);
    }
});

await journey('a finding has a sentence and a button that mends it', async (context, page) => {
    await field(page, 'layout[0].size').fill('18K');
    check(/2 errors/.test(await verdict(page)), `errors are counted: ${await verdict(page)}`);
    check(/inside sector 1/.test(await page.textContent('.findings')), 'the finding says where');
    await page.click('.findings >> text=Set layout[0].size to 0x4000');
    check(/^Sound/.test(await verdict(page)), `the fix mends it: ${await verdict(page)}`);
    await page.keyboard.press('Control+z');
    check(/2 errors/.test(await verdict(page)), 'undo brings the errors back');
    await page.keyboard.press('Control+Shift+z');
    check(/^Sound/.test(await verdict(page)), 'redo mends it again');
    await field(page, 'uart.baud').fill('921600');
    await page.click('.findings >> text=Show me');
    check(await page.evaluate(() => document.activeElement.id) === 'f-uart-baud', 'Show me goes to the field');
    await page.click('.findings >> text=Set uart.baud to 460800');
    check(/^Sound/.test(await verdict(page)), 'an example the rule book gives is a button too');
});

await journey('layouts that shipped wrong are found', async (context, page) => {
    for (const { name, layout, chip, rule } of layouts) {
        await openBoard(page, 'wrong.json', { ...reference(), name: 'wrong', ...(chip ? { chip } : {}), layout });
        await page.waitForSelector(rule === '' ? '.verdict.good' : '.findings li');
        const findings = await page.textContent('.findings');
        check(rule.test(findings), `${name}: ${findings}`);
    }
});

await journey('borders move by keyboard and by dragging', async (context, page) => {
    const border = page.getByRole('slider', { name: 'Border between boot and boot_data' });
    await border.focus();
    await page.keyboard.press('ArrowDown');
    let board = await boardOf(page);
    check(board.layout[0].size === '32K' && board.layout[1].address === '0x08008000', `arrow down moves a sector: ${JSON.stringify(board.layout)}`);
    await border.focus();
    await page.keyboard.press('ArrowUp');
    const other = page.getByRole('slider', { name: 'Border between boot_data and application' });
    await other.scrollIntoViewIfNeeded();
    const box = await other.boundingBox(), x = box.x + box.width / 2, y = box.y + box.height / 2;
    const row = (await page.locator('.flash .sector').first().boundingBox()).height;
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x, y + row * 1.2, { steps: 6 });
    await page.mouse.up();
    board = await boardOf(page);
    check(board.layout[2].address === '0x08020000' && board.layout[1].size === '112K', `dragging snaps to a sector: ${JSON.stringify(board.layout)}`);
    await page.click('text=To scale');
    check(await page.getByRole('slider').count() === 3, 'to scale, the borders are there as well');
});

await journey('areas are added, lengthened and removed in the table', async (context, page) => {
    await page.click('text=Add an area');
    let board = await boardOf(page);
    check(board.layout.length === 4 && board.layout[3].use === 'reserved' && /^Sound/.test(await verdict(page)), `an area is added soundly: ${await verdict(page)}`);
    await page.click('[aria-label="Remove area 4, reserved"]');
    check(/whole|belongs to no area/.test(await page.textContent('.findings')), 'the gap is found');
    await page.click('.findings >> text=Add it to application');
    board = await boardOf(page);
    check(JSON.stringify(board.layout) === JSON.stringify(reference().layout), 'the fix closes the gap');
    await page.click('[aria-label="Shorten area 3, application by a sector"]');
    board = await boardOf(page);
    check(board.layout[2].size === '832K', `shortened by the last sector: ${board.layout[2].size}`);
});

await journey('the draft survives a reload, and Reset really clears', async (context, page) => {
    await field(page, 'design.title').fill('Насос 水泵 №5');
    await field(page, 'design.author').fill('Žofie Černá');
    await settle(page);
    check(/saved in this browser/.test(await page.textContent('.draft')), 'the save is shown');
    await page.reload();
    await page.waitForSelector('.verdict');
    check(await field(page, 'design.title').inputValue() === 'Насос 水泵 №5', 'title survives');
    check(await field(page, 'design.author').inputValue() === 'Žofie Černá', 'author survives');
    await page.click('text=Reset…');
    await page.waitForSelector('dialog[open]');
    check(await page.evaluate(() => localStorage.length) === 1, 'Reset asks before it clears');
    await page.click('text=Keep it');
    check(await field(page, 'design.title').inputValue() !== '', 'Keep it keeps it');
    await page.click('text=Reset…');
    await page.click('text=Clear it');
    check(await page.evaluate(() => localStorage.length) === 0, 'nothing is left in the store');
    await page.waitForTimeout(700);
    await page.reload();
    await page.waitForSelector('.verdict');
    check(await field(page, 'design.title').inputValue() === '', 'the design is gone for good');
});

await journey('emptied fields stay empty', async (context, page) => {
    await field(page, 'design.title').fill('x');
    await settle(page);
    await field(page, 'design.title').fill('');
    await page.waitForTimeout(700);
    await page.reload();
    await page.waitForSelector('.verdict');
    check(await field(page, 'design.title').inputValue() === '', 'an old draft does not come back');
});

await journey('a full store is said', async (context, page) => {
    await page.evaluate(() => { // fills the store to the last byte
        let piece = 'x'.repeat(1 << 20);
        while (piece.length > 0) {
            try {
                localStorage.setItem(`fill-${localStorage.length}`, piece);
            } catch {
                piece = piece.slice(0, piece.length >> 1);
            }
        }
    });
    await field(page, 'design.notes').fill('worth keeping');
    await settle(page);
    check(/NOT saved: the browser.s store is full/.test(await page.textContent('.draft')), `said: ${await page.textContent('.draft')}`);
    await page.evaluate(() => localStorage.clear());
    await field(page, 'design.notes').fill('worth keeping, again');
    await until(page, () => /saved in this browser/.test(document.querySelector('.draft').textContent));
});

await journey('two tabs do not overwrite each other', async (context, page) => {
    const other = await open(context, file);
    await field(page, 'design.title').fill('first tab');
    await settle(page);
    await other.waitForSelector('.conflict');
    await field(other, 'design.title').fill('second tab');
    await other.waitForTimeout(800);
    check(/first tab/.test(await other.evaluate(() => localStorage.getItem('holdfast-design:v1'))), 'nothing is overwritten before the choice');
    await other.click('text=Take theirs');
    check(await field(other, 'design.title').inputValue() === 'first tab', 'theirs is taken');
    await field(other, 'design.title').fill('second tab');
    await settle(other);
    await page.waitForSelector('.conflict');
    await page.click('text=Keep mine');
    await until(page, () => /first tab/.test(localStorage.getItem('holdfast-design:v1')));
    check(true, 'mine is kept and saved');
});

await journey('images are measured', async (context, page) => {
    const drop = async (name, bytes) => {
        await page.locator('.drop input[type=file]').setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) });
        await until(page, wanted => document.querySelector('.drop [role=status]').textContent.startsWith(wanted) ||
            /cut off|damaged/.test(document.querySelector('.drop [role=status]').textContent), name);
        return page.textContent('.drop [role=status]');
    };
    check(/BIN, 5000 bytes/.test(await drop('a.bin', Buffer.alloc(5000, 0xa5))), 'a binary');
    check(await field(page, 'design.image_bytes').inputValue() === '5000', 'the size goes into the design');
    const hex = ':020000040801F1\n:10000000000102030405060708090A0B0C0D0E0F78\n:00000001FF\n';
    check(/HEX, 16 bytes, from 0x08010000/.test(await drop('b.hex', hex)), 'Intel HEX');
    check(/damaged/.test(await drop('c.hex', hex.replace('0F78', '0F79'))), 'a damaged line is named');
    const elf = Buffer.alloc(52 + 32);
    elf.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
    elf.writeUInt16LE(40, 18); elf.writeUInt32LE(52, 28); elf.writeUInt16LE(32, 42); elf.writeUInt16LE(1, 44);
    elf.writeUInt32LE(1, 52); elf.writeUInt32LE(0x08010000, 64); elf.writeUInt32LE(1234, 68);
    await field(page, 'layout[2].size').fill('1M');
    await field(page, 'design.image_bytes').fill('1048577');
    check(/larger than the application area/.test(await page.textContent('.drop [role=status]')), 'an image that does not fit is told');
    check(/ELF, 1234 bytes, from 0x08010000/.test(await drop('d.elf', elf)), 'ELF');
    await page.evaluate(() => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([new Uint8Array(777)], 'dropped.bin'));
        document.querySelector('.drop').dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
    });
    await until(page, () => /dropped.bin: BIN, 777 bytes/.test(document.querySelector('.drop [role=status]').textContent));
});

await journey('what is not a board file is refused in words', async (context, page) => {
    await openBoard(page, 'bad.json', '{ "layout": ');
    check(/bad.json/.test(await page.textContent('header [role=alert]')), 'no JSON');
    await openBoard(page, 'other.json', '{ "a": 1 }');
    await page.waitForSelector('header [role=alert]:has-text("other.json")');
    await openBoard(page, 'typo.json', { ...reference(), validatoin: 'crc' });
    await page.waitForSelector('.verdict.bad');
    check(/did you mean/i.test(await page.textContent('.findings')), 'an unknown key is explained');
    check((await boardOf(page)).validatoin === 'crc', 'and kept');
});

await journey('another chip, estimates and the strip of power cuts', async (context, page) => {
    await field(page, 'chip').selectOption('stm32h743zi');
    check(await page.locator('.flash .sector').count() === 16, 'the H743 has 16 sectors');
    check(await page.locator('.flash line.bank').count() === 1, 'and a border between its banks');
    await page.click('text=Undo');
    check(/mostly the line/.test(await page.textContent('.estimates')), 'the dominating term is named');
    check(await page.locator('.cuts li').count() === 6, 'six steps of a single slot');
    await openBoard(page, 'qspi.json', readFileSync(join(root, 'boards/stm32h743-qspi.json'), 'utf8'));
    await field(page, 'design.image_bytes').fill('655360');
    check(/mostly erasing 10 blocks outside/.test(await page.textContent('.estimates')), 'what is received outside is erased outside');
    await page.click('text=Undo');
    await page.click('text=Undo');
    await field(page, 'design.updates_per_year').fill('365');
    check(/27.4 years/.test(await page.textContent('.side')), 'wear in years');
});

await journey('a strategy that stages gets its area by a button', async (context, page) => {
    await field(page, 'strategy').selectOption('overwrite');
    check(/needs one area for .staging/.test(await page.textContent('.findings')), 'the missing area is found');
    await page.click('.findings >> text=Split the application for staging');
    const board = await boardOf(page);
    check(board.layout.some(area => area.use === 'staging') && !/error/.test(await verdict(page)), `staged: ${JSON.stringify(board.layout)}, ${await verdict(page)}`);
});

await journey('lists of the board file are edited: keys that may sign', async (context, page) => {
    if (await page.locator('text=Add to Keys').count() === 0) {
        return; // these board files have no such list
    }
    await page.click('text=Add to Keys');
    await field(page, 'keys[0].name').fill('release');
    check(/point/.test(await page.textContent('.findings')), 'a key without a point is refused');
    await page.click('text=Remove Keys 1');
    check(/^Sound/.test(await verdict(page)), 'and taken back');
});

await journey('what a product decides is chosen by hand', async (context, page) => {
    const chosen = (key, word) => page.locator(`#f-${key}`).getByLabel(word, { exact: true });
    await chosen('protection', 'write').check();
    await chosen('protection', 'read').check();
    await field(page, 'recovery_window_ms').fill('500');
    await chosen('uart-protocols', 'an3155').check();
    await field(page, 'led.pin').fill('PD13');
    await field(page, 'validation').selectOption('sanity');
    await field(page, 'description').fill('One line');
    await field(page, 'design.author').fill('R. Novák');
    await field(page, 'design.notes').fill('Two\nlines');
    await field(page, 'design.image_bytes').fill('100000');
    let board = await boardOf(page);
    check(JSON.stringify(board.protection) === '["write","read"]' && board.recovery_window_ms === 500 && board.validation === 'sanity' &&
        board.uart.protocols.join() === 'classic,an3155' && board.led.pin === 'PD13' && board.description === 'One line' &&
        board.design.author === 'R. Novák' && board.design.notes === 'Two\nlines' && board.design.image_bytes === '100000', `chosen: ${JSON.stringify(board)}`);
    check(/^Sound/.test(await verdict(page)), `and sound: ${await verdict(page)}`);
    await page.click('text=Protection in production');
    check(/at its first start \(write, read\)/.test(await page.textContent('.side')), 'the bootloader protects by itself');
    await chosen('protection', 'ordered').check();
    check(/holdfast protect --port/.test(await page.textContent('.side')), 'or when it is ordered to');
    for (const word of ['write', 'read', 'ordered']) {
        await chosen('protection', word).uncheck();
    }
    board = await boardOf(page);
    check(!('protection' in board), 'what is not chosen leaves no key behind');
    check(/nWRP0=0/.test(await page.textContent('.side')), 'without it the option bytes are set by hand');
});

await journey('files for the build, and the board file of a design made by hand', async (context, page) => {
    const { name, bytes } = await saved(page, () => page.click('text=app.ld'));
    check(name === 'app.ld' && /ORIGIN = 0x08010000/.test(bytes.toString()), 'app.ld');
    const licences = await saved(page, () => page.click('text=Licences of the parts'));
    for (const part of ['docx', 'jspdf', 'pptxgenjs', 'write-excel-file', 'fflate', 'preact', 'jansson', 'wasi-libc', 'fonts-dejavu-core']) {
        check(licences.bytes.toString().includes(part), `the licence of ${part} travels with the page`);
    }
    await field(page, 'layout[0].size').fill('0');
    check(await page.locator('button:has-text("app.ld")').count() === 0, 'no linker script for an unsound design');
});

await journey('it works at a phone’s width', async (context, page) => {
    check(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out at 360 px');
    await page.getByRole('slider').first().scrollIntoViewIfNeeded();
    await field(page, 'layout[0].size').fill('32K');
    check(/error/.test(await verdict(page)), 'the layout can be edited');
}, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

async function access() {
    const axe = readFileSync(fromPage.resolve('axe-core/axe.min.js'), 'utf8');
    for (const colorScheme of ['light', 'dark']) {
        for (const viewport of [{ width: 1280, height: 900 }, { width: 360, height: 740 }]) {
            // The page's policy lets no script in, axe neither: this context does without the policy, and only this one.
            const { context } = await newContext(browser, { colorScheme, viewport, bypassCSP: true });
            const page = await open(context, file);
            await field(page, 'uart.baud').fill('921600');
            await page.evaluate(() => document.querySelectorAll('details').forEach(one => { one.open = true; }));
            await page.addScriptTag({ content: axe });
            const results = await page.evaluate(() => globalThis.axe.run(document));
            const words = results.violations.map(one => `${one.id}: ${one.nodes.map(node => node.target).join(' ')}`);
            check(words.length === 0, `axe, ${colorScheme}, ${viewport.width}: ${words.join('; ')}`);
            await context.close();
        }
    }
}
await access();

await journey('first paint waits for nothing packed', async (context, page) => {
    const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Infinity);
    check(paint < 3000 && await page.evaluate(() => globalThis.holdfastExporters === undefined), `painted after ${Math.round(paint)} ms, exporters still packed`);
});

await browser.close();
finish();
