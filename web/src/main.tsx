// SPDX-License-Identifier: MIT
// Starts the page: the stored draft, or an example; the rule book follows when it is compiled.
import { render } from 'preact';
import { chips } from './data.ts';
import { loadDraft } from './draft.ts';
import { RuleBook } from './rulebook.ts';
import { App, first } from './ui/app.tsx';
import { unpack } from './unpack.ts';

async function loadBook(): Promise<RuleBook> {
    const texts = Object.fromEntries(Object.entries(chips).map(([name, chip]) => [name, JSON.stringify(chip)]));
    return RuleBook.load(await unpack('packed-rulebook'), texts);
}

render(<App start={loadDraft()?.board ?? first} loadBook={loadBook} />, document.getElementById('app')!);
