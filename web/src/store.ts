// SPDX-License-Identifier: MIT
// The design and its history.

const DEPTH = 200;
const TOGETHER_MS = 1500; // changes of one field within this time are one step

export class History<T> {
    private past: T[] = [];
    private future: T[] = [];
    private lastTag = '';
    private lastTime = 0;

    constructor(public present: T) {}

    /** tag names what changes, so that typing into one field is one step back. */
    change(next: T, tag: string, now = Date.now()): void {
        const joins = tag !== '' && tag === this.lastTag && now - this.lastTime < TOGETHER_MS;
        if (!joins) {
            this.past.push(this.present);
            this.past = this.past.slice(-DEPTH);
        }
        this.present = next;
        this.future = [];
        this.lastTag = tag;
        this.lastTime = now;
    }

    get canUndo(): boolean {
        return this.past.length > 0;
    }

    get canRedo(): boolean {
        return this.future.length > 0;
    }

    undo(): void {
        const before = this.past.pop();
        if (before !== undefined) {
            this.future.push(this.present);
            this.present = before;
            this.lastTag = '';
        }
    }

    redo(): void {
        const after = this.future.pop();
        if (after !== undefined) {
            this.past.push(this.present);
            this.present = after;
            this.lastTag = '';
        }
    }
}
