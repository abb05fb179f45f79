// SPDX-License-Identifier: MIT
// What comes out: the board file, the files of the build, documents, command lines.
import { useState } from 'preact/hooks';
import { boardText } from '../model/design.ts';
import { checklist, commands, protection, type Command } from '../model/instructions.ts';
import { loadExporters, type DocumentKind } from '../exporters.ts';
import { download } from './files.ts';
import { useSession } from './session.ts';

const DOCUMENTS: { kind: DocumentKind; name: string; mime: string }[] = [
    { kind: 'docx', name: 'Word', mime: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document' },
    { kind: 'xlsx', name: 'Excel', mime: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' },
    { kind: 'pdf', name: 'PDF', mime: 'application/pdf' },
    { kind: 'pptx', name: 'PowerPoint', mime: 'application/vnd.openxmlformats-officedocument.presentationml.presentation' },
];

export function Outputs() {
    const session = useSession(), [trouble, setTrouble] = useState('');
    const { files } = session, name = session.board.name;
    const save = (file: string, text: string) => {
        download(file, new Blob([text], { type: 'text/plain' }));
        session.say(`${file} saved`);
    };
    return (
        <>
            <div class="row">
                <button type="button" class="main" onClick={() => save(`${name}.json`, boardText(session.board))}>
                    Board file {name}.json
                </button>
            </div>
            <p class="help">Put it into boards/ and build it: <code>make BOARD=boards/{name}.json</code>. It opens again here.</p>
            <h3>For the build and the application</h3>
            {files === undefined || Object.keys(files).length === 0
                ? <p class="help">{files ? 'The build makes them: the header holds the transit key.' : 'Linker scripts and the header are there as soon as the design has no error.'}</p>
                : <div class="row">{Object.entries(files).map(([file, text]) => (
                    <button type="button" key={file} onClick={() => save(file, text)}>{file}</button>
                ))}</div>}
            <h3>Documents for a design review</h3>
            <div class="row">{DOCUMENTS.map(one => <DocumentButton key={one.kind} {...one} failed={setTrouble} />)}</div>
            {trouble !== '' && <p class="fault" role="alert">{trouble}</p>}
            <CommandList />
        </>
    );
}

function DocumentButton(props: { kind: DocumentKind; name: string; mime: string; failed(words: string): void }) {
    const session = useSession(), [busy, setBusy] = useState(false);
    const make = async () => {
        setBusy(true);
        props.failed('');
        try {
            const exporters = await loadExporters();
            const bytes = await exporters.make(props.kind, session.board, session.chip, session.verdict);
            download(`${session.board.name}-bootloader.${props.kind}`, new Blob([bytes], { type: props.mime }));
            session.say(`${props.name} document saved`);
        } catch (error) {
            props.failed(`The ${props.name} document could not be made: ${error instanceof Error ? error.message : error}`);
        }
        setBusy(false);
    };
    return <button type="button" disabled={busy} aria-label={`${props.name} document`} onClick={make}>{busy ? 'Making…' : props.name}</button>;
}

function CommandList() {
    const { board, chip } = useSession();
    const list = (all: Command[]) => all.map(one => (
        <li key={one.line}>{one.purpose}<pre tabIndex={0}>{one.line}</pre></li>
    ));
    return (
        <>
            <details>
                <summary>Command lines</summary>
                <ul class="plain-list">{list(commands(board))}</ul>
            </details>
            {chip && (
                <details>
                    <summary>Protection in production</summary>
                    <ul class="plain-list">{list(protection(board, chip))}</ul>
                </details>
            )}
            {chip && (
                <details>
                    <summary>Bring-up checklist</summary>
                    <ul class="checklist">{checklist(board, chip).map(item => <li key={item}>{item}</li>)}</ul>
                </details>
            )}
        </>
    );
}
