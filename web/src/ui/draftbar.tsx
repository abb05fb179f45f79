// SPDX-License-Identifier: MIT
// Draft, undo, import, reset: what keeps a design, and what takes it away.
import { useEffect, useRef, useState } from 'preact/hooks';
import { chips, examples } from '../data.ts';
import { clearDraft, saveDraft, watchOtherTabs, type Draft } from '../draft.ts';
import type { Board } from '../model/design.ts';
import type { History } from '../store.ts';
import { first } from './app.tsx';
import { readFile } from './files.ts';
import { useSession } from './session.ts';

const SAVE_AFTER_MS = 400;

type State = { kind: 'saved' | 'pending' | 'failed' | 'fresh'; words: string };

export function DraftBar({ history, redraw }: { history: History<Board>; redraw(): void }) {
    const session = useSession();
    const [other, setOther] = useState<Draft | null>(null);
    const [state, settle, saveNow] = useAutosave(session.board, other !== null);
    const [asking, setAsking] = useState(false);
    useEffect(() => watchOtherTabs(draft => setOther(draft)), []);
    const step = (action: () => void) => () => { action(); redraw(); };
    const reset = () => {
        settle(first, 'Draft: cleared');
        session.change(first, '');
        session.say(clearDraft() ? 'Design and draft cleared' : 'Design cleared; the draft could not be removed');
        setAsking(false);
    };
    const takeTheirs = (draft: Draft) => {
        settle(draft.board, 'Draft: as in the other tab');
        session.change(draft.board, '');
        setOther(null);
    };
    const keepMine = () => {
        saveNow();
        setOther(null);
    };
    return (
        <div class="bar">
            <p class={`draft ${state.kind}`} role="status">{state.words}</p>
            <div class="row">
                <button type="button" disabled={!history.canUndo} onClick={step(() => history.undo())}>Undo</button>
                <button type="button" disabled={!history.canRedo} onClick={step(() => history.redo())}>Redo</button>
                <Import />
                <Examples />
                <button type="button" onClick={() => setAsking(true)}>Reset…</button>
                <Theme />
            </div>
            {asking && <ResetDialog close={() => setAsking(false)} reset={reset} />}
            {other !== null && (
                <div class="conflict" role="alert">
                    <p>Another tab changed the draft. Yours is not saved until you choose.</p>
                    <div class="row">
                        <button type="button" onClick={() => takeTheirs(other)}>Take theirs</button>
                        <button type="button" onClick={keepMine}>Keep mine</button>
                    </div>
                </div>
            )}
        </div>
    );
}

// Saves a little after the last change. settle(board): this board needs no saving. saveNow: whatever the store holds.
function useAutosave(board: Board, paused: boolean): [State, (board: Board, words: string) => void, () => void] {
    const [state, setState] = useState<State>({ kind: 'fresh', words: 'Draft: nothing changed yet' });
    const settled = useRef(board);
    useEffect(() => {
        if (board === settled.current || paused) {
            return;
        }
        setState({ kind: 'pending', words: 'Draft: saving…' });
        const timer = setTimeout(saveNow, SAVE_AFTER_MS);
        return () => clearTimeout(timer);
    }, [board, paused]);
    const settle = (to: Board, words: string) => {
        settled.current = to;
        setState({ kind: 'fresh', words });
    };
    const saveNow = () => {
        settled.current = board;
        setState(saved(board));
    };
    return [state, settle, saveNow];
}

function saved(board: Board): State {
    const problem = saveDraft(board);
    return problem === null
        ? { kind: 'saved', words: `Draft saved in this browser at ${new Date().toLocaleTimeString()}` }
        : { kind: 'failed', words: `Draft NOT saved: ${problem}. Download the board file to keep your work.` };
}

function Import() {
    const session = useSession(), [trouble, setTrouble] = useState('');
    const take = async (file: File | undefined) => {
        if (file === undefined) {
            return;
        }
        try {
            const { bytes } = await readFile(file);
            session.change(parseBoard(new TextDecoder().decode(bytes)), '');
            setTrouble('');
            session.say(`${file.name} opened`);
        } catch (error) {
            setTrouble(`${file.name}: ${error instanceof Error ? error.message : error}`);
        }
    };
    return (
        <>
            <label class="button">Open a board file…
                <input type="file" class="unseen" accept=".json,application/json"
                    onChange={e => { void take(e.currentTarget.files?.[0]); e.currentTarget.value = ''; }} />
            </label>
            {trouble !== '' && <p class="fault" role="alert">{trouble}</p>}
        </>
    );
}

function parseBoard(text: string): Board {
    const board = JSON.parse(text);
    if (typeof board !== 'object' || board === null || !Array.isArray(board.layout)) {
        throw new Error('this is no board file: it has no "layout"');
    }
    const { $schema, ...rest } = board;
    return rest;
}

function Examples() {
    const session = useSession();
    return (
        <label class="example">Start from{' '}
            <select value="" onChange={e => {
                const board = examples.find(one => one.name === e.currentTarget.value);
                e.currentTarget.value = '';
                if (board !== undefined) {
                    session.change(board, '');
                }
            }}>
                <option value="">an example…</option>
                {examples.filter(board => chips[board.chip] !== undefined).map(board => <option key={board.name} value={board.name}>{board.name}</option>)}
            </select>
        </label>
    );
}

function ResetDialog({ close, reset }: { close(): void; reset(): void }) {
    const dialog = useRef<HTMLDialogElement>(null);
    useEffect(() => {
        dialog.current?.addEventListener('close', close); // Escape closes it too
        dialog.current?.showModal();
    }, []);
    return (
        <dialog ref={dialog} aria-labelledby="reset-title">
            <h2 id="reset-title">Clear this design?</h2>
            <p>The draft in this browser is removed as well. Undo brings the design back until you close the page.</p>
            <div class="row">
                <button type="button" class="danger" onClick={reset}>Clear it</button>
                <button type="button" onClick={close}>Keep it</button>
            </div>
        </dialog>
    );
}

function Theme() {
    const [theme, setTheme] = useState(document.documentElement.dataset.theme ?? 'auto');
    const next = { auto: 'dark', dark: 'light', light: 'auto' }[theme] ?? 'auto';
    return (
        <button type="button" aria-label={`Theme: ${theme}. Switch to ${next}`} onClick={() => {
            document.documentElement.dataset.theme = next;
            setTheme(next);
        }}>Theme: {theme}</button>
    );
}
