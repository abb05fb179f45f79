// SPDX-License-Identifier: MIT
// The design's sections. Keys that no section names come from the schema and find their place by themselves.
import { useState } from 'preact/hooks';
import { checks, chips, schema, strategies } from '../data.ts';
import { areaOf, defaultLayout, imageBytes, setAt, title, type Board } from '../model/design.ts';
import { measure, type Measured } from '../model/measure.ts';
import { hex, parseNumber, sizeWords, typedNumber } from '../model/numbers.ts';
import { kindOf, type Schema } from '../model/schema.ts';
import { AreaTable } from './areas.tsx';
import { Field, Labelled } from './field.tsx';
import { readFile } from './files.ts';
import { FlashMap } from './map.tsx';
import { PowerCuts } from './powercut.tsx';
import { changeAt, fieldId, useSession } from './session.ts';

const PLACED = ['$schema', 'name', 'description', 'chip', 'product_id', 'supply_mv', 'clock', 'layout', 'strategy', 'validation', 'design'];

function top(key: string, name?: string) {
    const inner = schema.properties?.[key];
    return inner && <Field key={key} path={[key]} schema={inner} required={schema.required?.includes(key)} name={name} />;
}

// -- project --------------------------------------------------------------------------------------

export function ProjectSection() {
    const session = useSession();
    return (
        <section id="project" aria-labelledby="project-title">
            <h2 id="project-title">Project</h2>
            <div class="fields">
                <Note name="title" label="Project name" help="As people say it, in any script." set={text => session.change(renamed(session.board, text), 'design.title')} />
                <Note name="author" label="Author" />
                {top('name', 'Name of the board file')}
                {top('description')}
                {top('product_id')}
            </div>
            <Note name="notes" label="Notes" long />
        </section>
    );
}

/** A text of the "design" object. */
function Note(props: { name: string; label: string; help?: string; long?: boolean; set?(text: string): void }) {
    const session = useSession(), id = fieldId(`design.${props.name}`);
    const set = props.set ?? ((text: string) => changeAt(session, ['design', props.name], text === '' ? undefined : text));
    const value = session.board.design?.[props.name] ?? '';
    return (
        <Labelled id={id} name={props.label} help={props.help}>
            {props.long
                ? <textarea id={id} rows={4} value={value} onInput={e => set(e.currentTarget.value)} />
                : <input id={id} type="text" value={value} aria-describedby={props.help ? `${id}-help` : undefined}
                    onInput={e => set(e.currentTarget.value)} />}
        </Labelled>
    );
}

// "" when the text is in a script that no file name can carry.
function slug(text: string): string {
    const plain = text.toLowerCase().normalize('NFKD').replace(/[\u0300-\u036f]/g, '');
    return /[^\x20-\x7e]/.test(plain) ? '' : plain.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 31);
}

// The file's name follows the project's as long as nobody gave it one of its own.
function renamed(board: Board, text: string): Board {
    const follows = board.name === slug(title(board)) || board.design?.title === undefined;
    const next = setAt(board, ['design'], { ...board.design, title: text });
    return follows && slug(text) !== '' ? { ...next, name: slug(text) } : next;
}

// -- chip -----------------------------------------------------------------------------------------

export function ChipSection() {
    const session = useSession(), id = fieldId('chip'), names = Object.keys(chips);
    const choose = (name: string) => {
        const fits = session.board.chip === name || chips[name] === undefined;
        const layout = fits ? session.board.layout : defaultLayout(chips[name]);
        session.change({ ...session.board, chip: name, layout }, '');
    };
    const known = names.includes(session.board.chip) ? names : [session.board.chip, ...names];
    return (
        <section aria-labelledby="chip-title">
            <h2 id="chip-title">Chip, supply and clock</h2>
            <div class="fields">
                <Labelled id={id} name="Chip" help="Another chip starts with a layout of its own.">
                    <select id={id} value={session.board.chip} onChange={e => choose(e.currentTarget.value)}>
                        {known.map(name => <option key={name} value={name}>{name}</option>)}
                    </select>
                </Labelled>
            </div>
            {top('supply_mv', 'Supply')}
            {top('clock')}
        </section>
    );
}

// -- layout ---------------------------------------------------------------------------------------

export function LayoutSection() {
    return (
        <section aria-labelledby="layout-title">
            <h2 id="layout-title">Flash layout</h2>
            <FlashMap />
            <AreaTable />
            <ImageSize />
        </section>
    );
}

function ImageSize() {
    const session = useSession(), id = fieldId('design.image_bytes');
    const [result, setResult] = useState('');
    const given = session.board.design?.image_bytes ?? '';
    const take = async (file: File | undefined) => {
        if (file === undefined) {
            return;
        }
        try {
            const read = await readFile(file), measured = measure(read.bytes);
            changeAt(session, ['design', 'image_bytes'], String(measured.bytes));
            setResult(measuredWords(read.name, measured));
        } catch (error) {
            setResult(error instanceof Error ? error.message : String(error));
        }
    };
    return (
        <div class="drop" onDragOver={e => e.preventDefault()}
            onDrop={e => { e.preventDefault(); void take(e.dataTransfer?.files[0]); }}>
            <Labelled id={id} name="Expected image (bytes)" help={`Drop an ELF, HEX or BIN here to measure it. Now ${sizeWords(imageBytes(session.board))}.`}>
                <input id={id} type="text" inputMode="numeric" value={given} aria-describedby={`${id}-help`}
                    onInput={e => changeAt(session, ['design', 'image_bytes'], String(typedNumber(e.currentTarget.value)) || undefined)} />
            </Labelled>
            <label class="button">Measure a file…
                <input type="file" class="unseen" accept=".elf,.hex,.bin,.axf,.out" onChange={e => { void take(e.currentTarget.files?.[0]); e.currentTarget.value = ''; }} />
            </label>
            <p role="status">{result} {tooLarge(session.board) && 'This is larger than the application area.'}</p>
        </div>
    );
}

function tooLarge(board: Board): boolean {
    const app = areaOf(board, 'application');
    return app !== undefined && imageBytes(board) > parseNumber(app.size);
}

function measuredWords(name: string, measured: Measured): string {
    const place = measured.start === null ? '' : `, from ${hex(measured.start)}`;
    return `${name}: ${measured.kind}, ${measured.bytes} bytes${place}.`;
}

// -- links ----------------------------------------------------------------------------------------

export function LinkSection({ schema: all }: { schema: Schema }) {
    const keys = Object.keys(all.properties ?? {}).filter(key => !PLACED.includes(key) && kindOf(all.properties![key]) === 'object');
    return (
        <section aria-labelledby="links-title">
            <h2 id="links-title">Links and pins</h2>
            {keys.map(key => top(key))}
        </section>
    );
}

// -- update ---------------------------------------------------------------------------------------

export function UpdateSection({ schema: all }: { schema: Schema }) {
    const session = useSession();
    const keys = Object.keys(all.properties ?? {}).filter(key => !PLACED.includes(key) && kindOf(all.properties![key]) !== 'object');
    return (
        <section aria-labelledby="update-title">
            <h2 id="update-title">Update and validation</h2>
            <div class="fields">
                {top('strategy')}
                {top('validation')}
            </div>
            <p class="help">{strategies[session.board.strategy]?.summary}</p>
            <p class="help">{checks[session.board.validation]?.title}. Stops: {checks[session.board.validation]?.stops}</p>
            <div class="fields">
                {keys.map(key => top(key))}
                <Labelled id={fieldId('design.updates_per_year')} name="Updates per year" help="For the wear of the flash.">
                    <input id={fieldId('design.updates_per_year')} type="text" inputMode="numeric" aria-describedby={`${fieldId('design.updates_per_year')}-help`}
                        value={session.board.design?.updates_per_year ?? ''} placeholder="12"
                        onInput={e => changeAt(session, ['design', 'updates_per_year'], e.currentTarget.value || undefined)} />
                </Labelled>
            </div>
            <PowerCuts />
        </section>
    );
}
