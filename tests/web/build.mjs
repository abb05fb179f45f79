// SPDX-License-Identifier: MIT
// A design made in the page by hand is built, and runs Blink on the virtual board: the file that is documented is the
// one that is built. usage: node build.mjs holdfast-design.html
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { field, launch, newContext, open, saved, verdict } from './browser.mjs';
import { checker, root, workFolder } from './support.mjs';

const [file] = process.argv.slice(2);
const { check, finish } = checker();
const work = workFolder('build');

/** Another name, LED, serial port and layout than any board of the project has. */
async function design(page) {
    await field(page, 'design.title').fill('Made in the page');
    await field(page, 'product_id').fill('0x00000C01');
    await field(page, 'led.pin').fill('PE2');
    await field(page, 'led.active').selectOption('low');
    await field(page, 'uart.instance').selectOption('usart3');
    await field(page, 'uart.tx').selectOption('PB10');
    await field(page, 'uart.rx').selectOption('PB11');
    await page.getByRole('slider', { name: 'Border between boot_data and application' }).focus();
    await page.keyboard.press('ArrowDown'); // the application starts a sector later
    check(/^Sound/.test(await verdict(page)), `sound: ${await verdict(page)}`);
    return saved(page, () => page.click('button.main'));
}

const browser = await launch();
const { context, troubles } = await newContext(browser);
const page = await open(context, file);
const { name, bytes } = await design(page);
check(name === 'made-in-the-page.json', `named after the project: ${name}`);
const linker = await saved(page, () => page.click('text=app.ld'));
check(troubles.length === 0, `quiet, but ${troubles.join('; ')}`);
await browser.close();

const board = join(work, name), built = join(root, 'build/boards/made-in-the-page');
rmSync(built, { recursive: true, force: true });
writeFileSync(board, bytes);
execFileSync('make', [`BOARD=${board}`], { cwd: root, stdio: 'pipe' });
check(readFileSync(join(built, 'app.ld'), 'utf8') === linker.bytes.toString(), 'the build has the page’s linker script');

const vboard = join(root, 'build/bin/vboard'), trace = join(work, 'led');
execFileSync(vboard, ['run', board, '--chips', join(root, 'chips'), '--load', join(built, 'boot.elf'), '--load', join(built, 'blink-v1.elf'),
    '--led-trace', trace, '--speed', 'max', '--strict', '--for', '4'], { stdio: 'pipe' });
execFileSync(vboard, ['wave', trace, '--from', '0.6', '--expect-toggle-ms', '500', '--tolerance-ms', '2'], { stdio: 'pipe' });
check(true, 'Blink runs at 500 ms on the LED that the page chose');
rmSync(built, { recursive: true, force: true });
finish();
