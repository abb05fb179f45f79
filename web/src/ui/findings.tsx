// SPDX-License-Identifier: MIT
// What the rule book finds, each with a way to put it right.
import { useMemo } from 'preact/hooks';
import { parsePath } from '../model/design.ts';
import { fixesFor } from '../model/fixes.ts';
import type { Finding } from '../rulebook.ts';
import { fieldId, useSession } from './session.ts';

export function Findings() {
    const { findings, verdict } = useSession();
    if (verdict === null) {
        return <p>Loading the rule book…</p>;
    }
    return (
        <>
            <p class={`verdict ${worst(findings)}`} role="status">{summary(findings)}</p>
            <ul class="findings">
                {findings.map(finding => <Item key={finding.rule + finding.key + finding.text} finding={finding} />)}
            </ul>
        </>
    );
}

function worst(findings: Finding[]): string {
    return findings.some(finding => finding.error) ? 'bad' : findings.length > 0 ? 'warn' : 'good';
}

export function summary(findings: Finding[]): string {
    const errors = findings.filter(finding => finding.error).length, warnings = findings.length - errors;
    if (findings.length === 0) {
        return 'Sound: no rule is broken.';
    }
    const count = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`;
    const parts = [errors > 0 ? count(errors, 'error') : '', warnings > 0 ? count(warnings, 'warning') : ''];
    return parts.filter(Boolean).join(' and ') + (errors > 0 ? ': this cannot be built.' : '. It can be built.');
}

function Item({ finding }: { finding: Finding }) {
    const session = useSession();
    const fixes = useMemo(() => fixesFor(session.board, session.chip, finding, session.judge), [session.board, finding]);
    return (
        <li class={finding.error ? 'bad' : 'warn'}>
            <p>
                <strong>{finding.error ? 'Error' : 'Warning'}</strong>{' '}
                <code>{finding.key}</code>: {finding.text}.
            </p>
            {finding.fix !== '' && <p class="help">{finding.fix.charAt(0).toUpperCase() + finding.fix.slice(1)}.</p>}
            <div class="row">
                {fixes.map(fix => (
                    <button type="button" class="fix" key={fix.words} onClick={() => {
                        session.change(fix.board, '');
                        session.say(`Fixed: ${fix.words}`);
                    }}>{fix.words}</button>
                ))}
                <button type="button" class="plain" onClick={() => goTo(finding.key)}>Show me</button>
            </div>
        </li>
    );
}

/** Moves the focus to the field of a key, or to the nearest thing around it. */
function goTo(key: string): void {
    const path = parsePath(key);
    for (let length = path.length; length > 0; length--) {
        const target = document.getElementById(fieldId(path.slice(0, length).join('-')));
        if (target !== null) {
            target.scrollIntoView({ block: 'center' });
            target.focus();
            return;
        }
    }
    document.getElementById('project')?.scrollIntoView();
}
