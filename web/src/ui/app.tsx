// SPDX-License-Identifier: MIT
// The page: header, the design on the left, what follows from it on the right.
import { useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import { chips, examples, schema, version } from '../data.ts';
import { boardText, type Board } from '../model/design.ts';
import type { Emitter } from '../emitter.ts';
import { buildable, type RuleBook } from '../rulebook.ts';
import { History } from '../store.ts';
import { unpack } from '../unpack.ts';
import { DraftBar } from './draftbar.tsx';
import { Estimates } from './estimates.tsx';
import { Findings, summary } from './findings.tsx';
import { download } from './files.ts';
import { Outputs } from './outputs.tsx';
import { findingsOf, SessionContext, type Session } from './session.ts';
import { ChipSection, LayoutSection, LinkSection, ProjectSection, UpdateSection } from './sections.tsx';

export const first: Board = examples.find(board => board.name === 'stm32f407-discovery') ?? examples[0];

export function App({ start, loadBook, loadEmitter }: { start: Board; loadBook(): Promise<RuleBook>; loadEmitter(): Promise<Emitter> }) {
    const history = useRef(new History(start)).current;
    const [, redraw] = useReducer((count: number) => count + 1, 0);
    const [book, setBook] = useState<RuleBook | null>(null);
    const [emitter, setEmitter] = useState<Emitter | null>(null);
    const [trouble, setTrouble] = useState('');
    const [said, say] = useState('');
    useEffect(() => {
        const failed = (error: Error) => setTrouble(`The rule book could not be loaded: ${error.message ?? error}`);
        loadBook().then(setBook).then(loadEmitter).then(setEmitter).catch(failed);
    }, []);
    const session = useSessionOf(history, book, emitter, redraw as () => void, say);
    useShortcuts(history, redraw as () => void);
    return (
        <SessionContext.Provider value={session}>
            <a class="skip" href="#findings">Skip to what is found</a>
            <header>
                <h1>Bootloader design</h1>
                <p class="quiet">Nothing leaves this page: it makes no request. Holdfast {version}</p>
                <DraftBar history={history} redraw={redraw as () => void} />
            </header>
            {trouble !== '' && <p class="fault" role="alert">{trouble}</p>}
            <main>
                <form class="design" onSubmit={event => event.preventDefault()} autocomplete="off" aria-label="Design">
                    <ProjectSection />
                    <ChipSection />
                    <LayoutSection />
                    <LinkSection schema={schema} />
                    <UpdateSection schema={schema} />
                </form>
                <div class="side">
                    <section id="findings" tabIndex={-1} aria-labelledby="findings-title"><h2 id="findings-title">Findings</h2><Findings /></section>
                    <section aria-labelledby="outputs-title"><h2 id="outputs-title">Take it with you</h2><Outputs /></section>
                    <section aria-labelledby="estimates-title"><h2 id="estimates-title">Estimates</h2><Estimates /></section>
                </div>
            </main>
            <footer>
                <button type="button" class="plain" onClick={() => void saveLicences()}>Licences of the parts</button>
            </footer>
            {book !== null && <a class="jump" href="#findings">{summary(session.findings)}</a>}
            <div class="unseen" aria-live="polite">{said || (book ? summary(session.findings) : '')}</div>
        </SessionContext.Provider>
    );
}

async function saveLicences(): Promise<void> {
    download('holdfast-design-licences.txt', new Blob([await unpack('packed-licences')], { type: 'text/plain' }));
}

function useSessionOf(history: History<Board>, book: RuleBook | null, emitter: Emitter | null, redraw: () => void, say: (words: string) => void): Session {
    const board = history.present;
    const file = (one: Board): [string, string] => [`boards/${one.name}.json`, boardText(one)];
    const judge = (one: Board) => book!.judge(...file(one));
    const verdict = useMemo(() => (book === null ? null : judge(board)), [book, board]);
    const findings = useMemo(() => findingsOf(verdict), [verdict]);
    const files = useMemo(() => (emitter !== null && buildable(verdict) ? emitter.files(book!.read(...file(board))) : undefined), [emitter, verdict]);
    return {
        files, board, chip: chips[board.chip], verdict, findings, judge, say,
        change(next, tag) {
            history.change(next, tag);
            redraw();
        },
    };
}

// Undo and redo as everywhere. The fields are ours, so the browser's own undo would only see half of it.
function useShortcuts(history: History<Board>, redraw: () => void): void {
    useEffect(() => {
        const onKey = (event: KeyboardEvent) => {
            const key = event.key.toLowerCase();
            if (!(event.ctrlKey || event.metaKey) || event.altKey || (key !== 'z' && key !== 'y')) {
                return;
            }
            event.preventDefault();
            (key === 'y' || event.shiftKey) ? history.redo() : history.undo();
            redraw();
        };
        addEventListener('keydown', onKey);
        return () => removeEventListener('keydown', onKey);
    }, []);
}
