// SPDX-License-Identifier: MIT
// The design as a document: what every format shows, before any format.
import { checks, links, schema, stepsOf, strategies, version } from '../data.ts';
import { sectorsWithin, sectorWords, type ChipFile } from '../model/chip.ts';
import { imageBytes, spansOf, title, type Board } from '../model/design.ts';
import { estimate, type Estimate } from '../model/estimate.ts';
import { checklist, commands, protection, risks } from '../model/instructions.ts';
import { hex, sizeWords, timeWords } from '../model/numbers.ts';
import { label } from '../model/schema.ts';
import type { Verdict } from '../rulebook.ts';
import { BOOTS } from '../ui/powercut.tsx';
import { yearsWords } from '../ui/estimates.tsx';

export type Block =
    | { kind: 'text'; text: string }
    | { kind: 'list'; items: string[] }
    | { kind: 'checks'; items: string[] }
    | { kind: 'code'; lines: string[] }
    | { kind: 'table'; head: string[]; rows: string[][]; widths: number[] } // widths add up to 100
    | { kind: 'map' };

export interface Section {
    title: string;
    blocks: Block[];
}

export interface Content {
    title: string;
    subtitle: string;
    author: string;
    state: string; // what the rule book says, in one line
    facts: [string, string][]; // under the title
    sections: Section[];
}

export function contentOf(board: Board, chip: ChipFile, verdict: Verdict | null): Content {
    return {
        title: title(board),
        subtitle: `Bootloader design for ${chip.name}`,
        author: board.design?.author ?? '',
        state: stateOf(verdict),
        facts: factsOf(board, chip),
        sections: [
            decisions(board), memory(board, chip), protocols(board, chip), timing(board, chip), powerCuts(board),
            riskSection(board, chip, verdict), building(board, chip), bringUp(board, chip), ...notes(board),
        ],
    };
}

function stateOf(verdict: Verdict | null): string {
    if (verdict === null || verdict.status !== 0) {
        return 'This design cannot be read by the build: see the risks.';
    }
    const errors = verdict.findings.filter(finding => finding.error).length;
    const warnings = verdict.findings.length - errors;
    return errors > 0 ? `Not buildable: the rule book finds ${errors} error(s).`
        : warnings > 0 ? `Buildable, with ${warnings} warning(s).` : 'Buildable: no rule is broken.';
}

function factsOf(board: Board, chip: ChipFile): [string, string][] {
    const facts: [string, string][] = [
        ['Board file', `boards/${board.name}.json`], ['Chip', `${chip.name} (${chip.core})`],
        ['Product id', String(board.product_id)], ['Description', board.description ?? ''],
        ['Author', board.design?.author ?? ''], ['Made with', `Holdfast ${version}, design tool`],
    ];
    return facts.filter(([, value]) => value !== '');
}

// -- sections -------------------------------------------------------------------------------------

function decisions(board: Board): Section {
    const strategy = strategies[board.strategy], check = checks[board.validation];
    const rows: string[][] = [
        ['Update strategy', strategy?.title ?? board.strategy, strategy?.summary ?? ''],
        ['Validation', check?.title ?? board.validation, `Stops: ${check?.stops ?? ''}`],
        ['Supply', `${board.supply_mv?.min} to ${board.supply_mv?.max} mV`, 'The lowest supply decides how wide flash is programmed.'],
        ['Clock', `${board.clock?.hclk_hz / 1e6} MHz`, board.clock?.hse_hz
            ? `From a crystal of ${board.clock.hse_hz / 1e6} MHz; the internal oscillator takes over when it is dead.`
            : 'From the internal oscillator.'],
        ...linkRows(board), ...pinRows(board), ...otherRows(board),
    ];
    return { title: 'Decisions', blocks: [{ kind: 'table', head: ['What', 'Choice', 'Why, and what it means'], rows, widths: [20, 30, 50] }] };
}

function linkRows(board: Board): string[][] {
    const rows: string[][] = [];
    if (board.uart) {
        const spoken = (board.uart.protocols ?? []).map(name => links[name]?.title ?? name).join('; ');
        rows.push(['Serial line', `${board.uart.instance}, ${board.uart.baud} baud, TX ${board.uart.tx}, RX ${board.uart.rx}`, spoken]);
        rows.push(['A running application', String(board.uart.enter ?? 'hand'), schema.properties?.uart?.properties?.enter?.description ?? '']);
    }
    if (board.usb) {
        rows.push(['USB', `${board.usb.instance}, D- ${board.usb.dm}, D+ ${board.usb.dp}`, `${links.dfu.title}; vendor ${board.usb.vid}, product ${board.usb.pid}`]);
    }
    return rows.length > 0 ? rows : [['Links', 'none', 'No update can come in from outside.']];
}

function pinRows(board: Board): string[][] {
    const led = board.led as Record<string, string> | undefined, button = board.button as Record<string, string> | undefined;
    return [
        ['LED', led ? `${led.pin}, lit at ${led.active}` : 'none', 'Shows update mode.'],
        ['Button', button ? `${button.label ? `${button.label}, ` : ''}${button.pin}, pressed at ${button.active}, pull ${button.pull}` : 'none', 'Held during reset it asks for update mode.'],
    ];
}

const TOLD = ['name', 'description', 'chip', 'product_id', 'supply_mv', 'clock', 'led', 'button', 'uart', 'usb', 'layout',
    'strategy', 'validation', 'design', 'keys', 'budget'];

// Every other key, in the words of the schema.
function otherRows(board: Board): string[][] {
    const others = Object.entries(board).filter(([key]) => !TOLD.includes(key));
    const rows = others.map(([key, value]) => [label(key), valueWords(value), schema.properties?.[key]?.description ?? '']);
    const keys = (Array.isArray(board.keys) ? board.keys : []).map(key => key?.name).join(', ');
    return keys === '' ? rows : [...rows, ['Signing keys', keys, schema.properties?.keys?.description ?? '']];
}

function valueWords(value: unknown): string {
    if (Array.isArray(value)) {
        return value.map(valueWords).join(', ');
    }
    return typeof value !== 'object' || value === null ? String(value)
        : Object.entries(value).map(([key, inner]) => `${key} ${valueWords(inner)}`).join(', ');
}

function memory(board: Board, chip: ChipFile): Section {
    const rows = spansOf(board).map(span => [
        span.use, hex(span.address), hex(span.address + span.size - 1), sizeWords(span.size),
        sectorWords(sectorsWithin(chip, span.address, span.size)),
    ]);
    return {
        title: 'Memory map',
        blocks: [
            { kind: 'map' },
            { kind: 'table', head: ['Area', 'First', 'Last', 'Size', 'Sectors'], rows, widths: [20, 20, 20, 15, 25] },
            { kind: 'text', text: `Expected image: ${sizeWords(imageBytes(board))}. A sealed image keeps the vector table first and carries its trailer behind the payload.` },
        ],
    };
}

function protocols(board: Board, chip: ChipFile): Section {
    const rows = estimate(board, chip).updates.map(one => {
        const link = Object.values(links).find(each => each.title === one.name)!;
        return [link.title, `${link.payload} B`, `${link.overhead} B + ${link.answer} B answer`, String(link.in_flight), link.source];
    });
    return { title: 'Protocols', blocks: [{ kind: 'table', head: ['Link', 'Frame', 'Around it', 'In flight', 'Described in'], rows, widths: [22, 10, 20, 10, 38] }] };
}

function timing(board: Board, chip: ChipFile): Section {
    const all = estimate(board, chip);
    const line = (one: Estimate) => [one.name, timeWords(one.typ), timeWords(one.max), one.terms.map(term => `${term.name} ${timeWords(term.typ)}`).join(', ')];
    const rows = [...all.updates, ...(all.install ? [all.install] : []), all.boot].map(line);
    const waits = all.timeouts.map(one => [one.name, timeWords(one.seconds), one.note]);
    return {
        title: 'Timing and wear',
        blocks: [
            { kind: 'text', text: 'Modelled from data-sheet times and the bytes of the protocols; not measured on silicon.' },
            { kind: 'table', head: ['What', 'Typical', 'Worst', 'Made of (typical)'], rows, widths: [26, 12, 12, 50] },
            { kind: 'table', head: ['Host waits for', 'At least', 'Because'], rows: waits, widths: [26, 14, 60] },
            ...(all.wear ? [{ kind: 'text' as const, text: `Flash wear: good for ${all.wear.updates} updates, ${yearsWords(all.wear.years)} (${all.wear.note}).` }] : []),
        ],
    };
}

function powerCuts(board: Board): Section {
    const rows = stepsOf(board).map(step => [step.step, step.flash, BOOTS[step.boots] ?? step.boots, step.then]);
    return { title: 'If the power fails', blocks: [{ kind: 'table', head: ['During', 'In flash', 'What boots', 'Then'], rows, widths: [24, 22, 24, 30] }] };
}

function riskSection(board: Board, chip: ChipFile, verdict: Verdict | null): Section {
    const found = (verdict?.findings ?? []).map(finding => [finding.error ? 'Error' : 'Warning', finding.key, finding.text, finding.fix]);
    const unreadable = verdict !== null && verdict.status !== 0 ? [['Error', '', verdict.complaint, '']] : [];
    const rows = [...unreadable, ...found, ...risks(board, chip).map(risk => ['Risk', '', risk, 'Decide, and write the decision down.'])];
    return { title: 'Risks found', blocks: [{ kind: 'table', head: ['Severity', 'Key', 'What', 'What to do'], rows, widths: [12, 16, 44, 28] }] };
}

function building(board: Board, chip: ChipFile): Section {
    const lines = (all: { purpose: string; line: string }[]) => all.flatMap(one => [`# ${one.purpose}`, one.line]);
    return {
        title: 'Building, updating, protecting',
        blocks: [
            { kind: 'text', text: 'The board file that this document describes is the one that is built.' },
            { kind: 'code', lines: lines(commands(board)) },
            { kind: 'text', text: 'In production, after the last test:' },
            { kind: 'code', lines: lines(protection(board, chip)) },
        ],
    };
}

function bringUp(board: Board, chip: ChipFile): Section {
    return { title: 'Bring-up checklist', blocks: [{ kind: 'checks', items: checklist(board, chip) }] };
}

function notes(board: Board): Section[] {
    const text = board.design?.notes?.trim() ?? '';
    return text === '' ? [] : [{ title: 'Notes', blocks: text.split(/\n+/).map(line => ({ kind: 'text', text: line })) }];
}
