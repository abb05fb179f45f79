// SPDX-License-Identifier: MIT
// Form fields made from the schema of board files: a new key there is a new field here.
import type { ComponentChildren } from 'preact';
import { instancesWith, pinsFor } from '../model/chip.ts';
import { getAt, pathKey, type Path } from '../model/design.ts';
import { typedNumber } from '../model/numbers.ts';
import { beginning, kindOf, label, type Schema } from '../model/schema.ts';
import type { Finding } from '../rulebook.ts';
import { changeAt, fieldId, useSession, type Session } from './session.ts';

interface FieldProps {
    path: Path;
    schema: Schema;
    required?: boolean;
    name?: string; // instead of the key
}

export function Field(props: FieldProps) {
    switch (kindOf(props.schema)) {
        case 'object': return <ObjectField {...props} />;
        case 'flags': return <FlagsField {...props} />;
        case 'switch': return <SwitchField {...props} />;
        case 'list': return <ListField {...props} />;
        default: return <LineField {...props} />;
    }
}

function nameOf({ path, name }: FieldProps): string {
    return name ?? label(String(path[path.length - 1]));
}

/** Findings about exactly this key. */
function faultsOf(session: Session, path: Path): Finding[] {
    const key = pathKey(path);
    return session.findings.filter(finding => finding.key === key);
}

/** A labelled field with its help and what is wrong with it. */
export function Labelled(props: { id: string; name: string; help?: string; faults?: Finding[]; children: ComponentChildren }) {
    return (
        <div class="field">
            <label for={props.id}>{props.name}</label>
            {props.children}
            {props.help && <p class="help" id={`${props.id}-help`}>{props.help}</p>}
            {(props.faults?.length ?? 0) > 0 && (
                <p class="fault" id={`${props.id}-fault`}>
                    {props.faults!.map(fault => `${fault.error ? 'Error' : 'Warning'}: ${fault.text}.`).join(' ')}
                </p>
            )}
        </div>
    );
}

export function describedBy(id: string, help: string | undefined, faults: Finding[]): string | undefined {
    const ids = [help ? `${id}-help` : '', faults.length > 0 ? `${id}-fault` : ''].filter(Boolean);
    return ids.length === 0 ? undefined : ids.join(' ');
}

function LineField(props: FieldProps) {
    const session = useSession(), { path, schema } = props;
    const id = fieldId(pathKey(path)), faults = faultsOf(session, path);
    const value = getAt(session.board, path);
    const shared = {
        id, 'aria-describedby': describedBy(id, schema.description, faults),
        'aria-invalid': faults.some(fault => fault.error) || undefined, 'aria-required': props.required || undefined,
    };
    const set = (text: string) => changeAt(session, path, stored(text, props));
    const choices = choicesFor(session, path, schema);
    return (
        <Labelled id={id} name={nameOf(props)} help={schema.description} faults={faults}>
            {choices === null
                ? <input {...shared} type="text" autocomplete="off" spellcheck={false} maxLength={schema.maxLength}
                    value={value === undefined ? '' : String(value)} onInput={e => set(e.currentTarget.value)} />
                : <Choice {...shared} value={value} choices={choices} optional={!props.required} set={set} />}
        </Labelled>
    );
}

function Choice(props: { value: unknown; choices: string[]; optional: boolean; set(text: string): void; [key: string]: unknown }) {
    const { value, choices, optional, set, ...shared } = props;
    const text = value === undefined ? '' : String(value);
    const all = text === '' || choices.includes(text) ? choices : [text, ...choices];
    return (
        <select {...shared} value={text} onChange={e => set((e.currentTarget as HTMLSelectElement).value)}>
            {(optional || text === '') && <option value="">not set</option>}
            {all.map(choice => <option key={choice} value={choice}>{choice}</option>)}
        </select>
    );
}

/** What goes into the file: an absent optional value is an absent key. */
function stored(text: string, { schema, required }: FieldProps): unknown {
    if (text === '' && !required) {
        return undefined;
    }
    return kindOf(schema) === 'number' ? typedNumber(text) : text;
}

// The chip decides which peripherals and pins there are to choose from.
function choicesFor(session: Session, path: Path, schema: Schema): string[] | null {
    const key = String(path[path.length - 1]), chip = session.chip;
    if (schema.enum !== undefined) {
        return schema.enum;
    }
    const parent = getAt(session.board, path.slice(0, -1)) as Record<string, unknown> | undefined;
    if (chip === undefined || typeof parent?.instance !== 'string') {
        return null;
    }
    const signals = Object.keys(parent).filter(name => /^P[A-K][0-9]+$/.test(String(parent[name])));
    const choices = key === 'instance' ? instancesWith(chip, signals) : pinsFor(chip, parent.instance, key);
    return choices.length > 0 ? choices : null;
}

function SwitchField(props: FieldProps) {
    const session = useSession(), { path, schema } = props;
    const id = fieldId(pathKey(path)), faults = faultsOf(session, path);
    return (
        <div class="field">
            <label class="check">
                <input id={id} type="checkbox" checked={getAt(session.board, path) === true}
                    aria-describedby={describedBy(id, schema.description, faults)}
                    onChange={e => changeAt(session, path, e.currentTarget.checked)} />
                {nameOf(props)}
            </label>
            <p class="help" id={`${id}-help`}>{schema.description}</p>
            {faults.map(fault => <p class="fault" id={`${id}-fault`}>{fault.text}.</p>)}
        </div>
    );
}

function FlagsField(props: FieldProps) {
    const session = useSession(), { path, schema } = props;
    const id = fieldId(pathKey(path)), faults = faultsOf(session, path);
    const value = getAt(session.board, path), chosen = Array.isArray(value) ? value : [];
    const toggle = (word: string, on: boolean) => {
        const next = schema.items!.enum!.filter(one => (one === word ? on : chosen.includes(one)));
        changeAt(session, path, next.length === 0 && !props.required ? undefined : next);
    };
    return (
        <fieldset class="field flags" id={id} tabIndex={-1}>
            <legend>{nameOf(props)}</legend>
            <div class="row">
                {schema.items!.enum!.map(word => (
                    <label class="check" key={word}>
                        <input type="checkbox" checked={chosen.includes(word)}
                            onChange={e => toggle(word, e.currentTarget.checked)} />
                        {word}
                    </label>
                ))}
            </div>
            <p class="help">{schema.description}</p>
            {faults.map(fault => <p class="fault" key={fault.text}>{fault.error ? 'Error' : 'Warning'}: {fault.text}.</p>)}
        </fieldset>
    );
}

function ObjectField(props: FieldProps) {
    const session = useSession(), { path, schema, required } = props;
    const id = fieldId(pathKey(path)), value = getAt(session.board, path), faults = faultsOf(session, path);
    const present = required || value !== undefined;
    const toggle = (on: boolean) => changeAt(session, path, on ? beginning(schema) : undefined);
    return (
        <fieldset class="group" id={id} tabIndex={-1}>
            <legend>
                {required ? nameOf(props) : (
                    <label class="check">
                        <input type="checkbox" checked={present} onChange={e => toggle(e.currentTarget.checked)} />
                        {nameOf(props)}
                    </label>
                )}
            </legend>
            <p class="help">{schema.description}</p>
            {faults.map(fault => <p class="fault" key={fault.text}>{fault.error ? 'Error' : 'Warning'}: {fault.text}.</p>)}
            {present && (
                <div class="fields">
                    {Object.entries(schema.properties ?? {}).map(([key, inner]) => (
                        <Field key={key} path={[...path, key]} schema={inner} required={schema.required?.includes(key)} />
                    ))}
                </div>
            )}
        </fieldset>
    );
}

function ListField(props: FieldProps) {
    const session = useSession(), { path, schema, required } = props;
    const value = getAt(session.board, path), items = Array.isArray(value) ? value : [];
    const set = (next: unknown[]) => changeAt(session, path, next.length === 0 && !required ? undefined : next);
    return (
        <fieldset class="group" id={fieldId(pathKey(path))} tabIndex={-1}>
            <legend>{nameOf(props)}</legend>
            <p class="help">{schema.description}</p>
            {faultsOf(session, path).map(fault => <p class="fault" key={fault.text}>{fault.text}.</p>)}
            {items.map((_, nth) => (
                <div class="fields" key={nth} role="group" aria-label={`${nameOf(props)} ${nth + 1}`}>
                    {Object.entries(schema.items?.properties ?? {}).map(([key, inner]) => (
                        <Field key={key} path={[...path, nth, key]} schema={inner} required={schema.items?.required?.includes(key)} />
                    ))}
                    <button type="button" onClick={() => set(items.filter((__, other) => other !== nth))}>Remove {nameOf(props)} {nth + 1}</button>
                </div>
            ))}
            <button type="button" onClick={() => set([...items, beginning(schema.items!)])}>Add to {nameOf(props)}</button>
        </fieldset>
    );
}
