// SPDX-License-Identifier: MIT
// Debian's Chromium with the page in it, watched: no request leaves, nothing is written to the console, no policy broken.
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { fromPage } from './support.mjs';

const { chromium } = fromPage('playwright-core');
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run'];

export async function launch() {
    const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
    return chromium.launch({ executablePath, headless: true, args: FLAGS });
}

/** A context of its own store, in which every page is watched; troubles fills up with what must not happen. */
export async function newContext(browser, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true, ...options });
    const troubles = [];
    context.on('request', request => {
        if (!/^(file|blob|data):/.test(request.url())) {
            troubles.push(`request to ${request.url()}`);
        }
    });
    context.on('page', page => {
        page.on('console', message => troubles.push(`console ${message.type()}: ${message.text()}`));
        page.on('pageerror', error => troubles.push(`error: ${error}`));
    });
    await context.addInitScript(() => {
        addEventListener('securitypolicyviolation', event => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
    });
    return { context, troubles };
}

/** Opens the page and waits for the first verdict. */
export async function open(context, file) {
    const page = await context.newPage();
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector('.verdict');
    return page;
}

/** What a click saves, as bytes, with its name. */
export async function saved(page, action) {
    const [download] = await Promise.all([page.waitForEvent('download', { timeout: 30000 }), action()]);
    const chunks = [];
    for await (const chunk of await download.createReadStream()) {
        chunks.push(chunk);
    }
    return { name: download.suggestedFilename(), bytes: Buffer.concat(chunks) };
}

export const verdict = page => page.textContent('.verdict');
export const field = (page, key) => page.locator(`#f-${key.replace(/[^A-Za-z0-9]+/g, '-').replace(/-$/, '')}`);

/** The board file as the page would save it now. */
export async function boardOf(page) {
    const { bytes } = await saved(page, () => page.click('button.main'));
    return JSON.parse(bytes.toString());
}

/** Asks the page until it says yes. Playwright's own waiting needs eval, which the page's policy forbids. */
export async function until(page, question, argument) {
    for (let tries = 0; tries < 200; tries++) {
        if (await page.evaluate(question, argument)) {
            return;
        }
        await page.waitForTimeout(50);
    }
    throw new Error(`waited in vain for ${question}`);
}
