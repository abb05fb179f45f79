// SPDX-License-Identifier: MIT
// Starts the page: the stored draft, or an example; the rule book follows when it is compiled, then what makes files for the build.
import { render } from 'preact';
import { chips } from './data.ts';
import { loadDraft } from './draft.ts';
import { Emitter } from './emitter.ts';
import { RuleBook } from './rulebook.ts';
import { App, first } from './ui/app.tsx';
import { unpack } from './unpack.ts';

async function loadBook(): Promise<RuleBook> {
    const texts = Object.fromEntries(Object.entries(chips).map(([name, chip]) => [name, JSON.stringify(chip)]));
    return RuleBook.load(await unpack('packed-rulebook'), texts);
}

async function loadEmitter(): Promise<Emitter> {
    return Emitter.load(await unpack('packed-emitter'));
}

render(<App start={loadDraft()?.board ?? first} loadBook={loadBook} loadEmitter={loadEmitter} />, document.getElementById('app')!);
