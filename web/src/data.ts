// SPDX-License-Identifier: MIT
// What the page knows, all of it from files of the project: chips, boards, schema, links, checks, strategies.
// build.mjs puts the content of the files in place of the constants declared here.
import type { ChipFile } from './model/chip.ts';
import type { Board } from './model/design.ts';
import type { Schema } from './model/schema.ts';

declare const HF_CHIPS: Record<string, ChipFile>;
declare const HF_BOARDS: Board[];
declare const HF_SCHEMA: Schema;
declare const HF_VERSION: string;
declare const HF_LINKS: Record<string, Link>;
declare const HF_CHECKS: Record<string, Check>;
declare const HF_STRATEGIES: Record<string, Strategy>;

export interface Link {
    title: string;
    wire: string;
    payload: number; // bytes of the image in one frame
    overhead: number; // bytes of the frame around it
    answer: number; // bytes that come back
    in_flight: number; // frames sent before an answer is awaited
    turnaround_us: number; // host and adapter, until the next frame leaves
    source: string; // in documents only
}

export interface Check {
    title: string;
    cycles_per_byte: number;
    cycles: number;
    stops: string;
}

export interface Step {
    state?: string; // of the engine's journal while the power fails, as in docs/design.md
    when?: string; // key of the board file that must be true for this step to be taken
    step: string;
    flash: string;
    boots: string; // "old", "new", "update", "resume", "either"
    then: string;
}

export interface Strategy {
    title: string;
    summary: string;
    erases_per_update: number; // of each sector of the application
    copies: number; // times the image is written again when it is installed
    uses: string[];
    steps: Step[];
}

export const chips = HF_CHIPS;
export const examples = HF_BOARDS;
export const schema = HF_SCHEMA;
export const version = HF_VERSION;
export const links: Record<string, Link> = HF_LINKS;
export const checks: Record<string, Check> = HF_CHECKS;
export const strategies: Record<string, Strategy> = HF_STRATEGIES;

/** The steps an update of this board goes through. */
export function stepsOf(board: Board): Step[] {
    const steps = strategies[board.strategy]?.steps ?? [];
    return steps.filter(step => step.when === undefined || board[step.when] === true);
}
