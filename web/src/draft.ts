// SPDX-License-Identifier: MIT
// The draft in the browser's store: saved by itself, found again, never silently lost or overwritten.
import type { Board } from './model/design.ts';

const KEY = 'holdfast-design:v1';

export interface Draft {
    schema: 1;
    savedAt: string;
    tab: string; // who wrote it
    board: Board;
}

/** This tab, for this load of the page. */
export const TAB = Math.random().toString(36).slice(2);

/** The stored draft, or null. Something unreadable counts as none, and stays where it is. */
export function loadDraft(): Draft | null {
    try {
        return parseDraft(localStorage.getItem(KEY));
    } catch {
        return null; // no store at all
    }
}

export function parseDraft(text: string | null): Draft | null {
    try {
        const draft = JSON.parse(text ?? 'null');
        const board = draft?.board;
        const usable = draft?.schema === 1 && typeof board === 'object' && board !== null && Array.isArray(board.layout);
        return usable ? draft : null;
    } catch {
        return null;
    }
}

/** Null when saved, else why not, for the person. */
export function saveDraft(board: Board, now = new Date()): string | null {
    const draft: Draft = { schema: 1, savedAt: now.toISOString(), tab: TAB, board };
    try {
        localStorage.setItem(KEY, JSON.stringify(draft));
        return null;
    } catch (error) {
        const full = error instanceof DOMException && error.name === 'QuotaExceededError';
        return full ? 'the browser’s store is full' : 'the browser keeps nothing for this page';
    }
}

/** True when nothing is left. */
export function clearDraft(): boolean {
    try {
        localStorage.removeItem(KEY);
        return localStorage.getItem(KEY) === null;
    } catch {
        return false;
    }
}

/** Calls back when another tab of this browser stores a draft, or removes it (null). */
export function watchOtherTabs(changed: (draft: Draft | null) => void): void {
    addEventListener('storage', event => {
        if (event.key === KEY || event.key === null) {
            changed(parseDraft(event.key === null ? null : event.newValue));
        }
    });
}
