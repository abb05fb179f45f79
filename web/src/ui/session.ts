// SPDX-License-Identifier: MIT
// What every part of the page gets: the design, the verdict on it, and how to change it.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { ChipFile } from '../model/chip.ts';
import { setAt, type Board, type Path } from '../model/design.ts';
import type { Finding, Verdict } from '../rulebook.ts';

export interface Session {
    board: Board;
    chip: ChipFile | undefined;
    verdict: Verdict | null; // null while the rule book loads
    files: Record<string, string> | undefined; // for the build; only a sound design has them
    findings: Finding[]; // of the verdict; a file that cannot be read is one finding
    judge(board: Board): Verdict;
    change(board: Board, tag: string): void;
    say(words: string): void; // to a screen reader
}

export const SessionContext = createContext<Session>(null as unknown as Session);

export function useSession(): Session {
    return useContext(SessionContext);
}

export function changeAt(session: Session, path: Path, value: unknown): void {
    session.change(setAt(session.board, path, value), path.join('.'));
}

/** The id of the field for a key of the board file. */
export function fieldId(key: string): string {
    return 'f-' + key.replace(/[^A-Za-z0-9]+/g, '-').replace(/-$/, '');
}

/** A verdict as findings: a file that cannot be read is one. */
export function findingsOf(verdict: Verdict | null): Finding[] {
    if (verdict === null || verdict.status === 0) {
        return verdict?.findings ?? [];
    }
    const match = /^[^:]*: (?:([^:]*): )?(.*?)(?:\. Fix: (.*))?$/s.exec(verdict.complaint);
    return [{ error: true, rule: 'file', key: match?.[1] ?? '', text: match?.[2] ?? verdict.complaint, fix: match?.[3] ?? '' }];
}
