// SPDX-License-Identifier: MIT
// The page's budgets, gzip: what paints, the whole, and that nothing in it comes from elsewhere.
// usage: node sizes.mjs FOLDER_OF_THE_PAGE
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checker } from './support.mjs';

const [folder] = process.argv.slice(2);
const { check, finish } = checker();
const sizes = JSON.parse(readFileSync(join(folder, 'sizes.json'), 'utf8'));
const page = readFileSync(join(folder, 'holdfast-design.html'), 'utf8');

console.log(`gzip bytes: page ${sizes.page}, with the rule book ${sizes.withRules}, whole ${sizes.whole}`);
check(sizes.withRules <= 60 * 1024, `the page with its rule book: ${sizes.withRules} bytes of 60 KB`);
check(sizes.whole <= 450 * 1024, `everything: ${sizes.whole} bytes of 450 KB`);

const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
check(policy.startsWith("default-src 'none'") && policy.includes("connect-src 'none'"), `the policy: ${policy}`);
check(!/unsafe-inline|'unsafe-eval'|https?:/.test(policy), 'the policy has no hole');
const markup = page.replace(/<script[\s\S]*?<\/script>/g, '').replace(/<style[\s\S]*?<\/style>/g, '');
check(!/(src|href)="(?!data:|#)/.test(markup), 'no element loads anything');
finish();
