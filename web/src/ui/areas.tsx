// SPDX-License-Identifier: MIT
// The layout as a table: the text alternative of the map, and the way to edit it by keyboard.
import { movableBorders, moveBorder, nextStop } from '../model/borders.ts';
import { bordersOf, sectorsWithin, sectorWords, type ChipFile } from '../model/chip.ts';
import { areasOf, setAt, spansOf, type Area } from '../model/design.ts';
import { fileSize, hex, parseNumber, sizeWords, typedNumber } from '../model/numbers.ts';
import { schema } from '../data.ts';
import { changeAt, fieldId, useSession } from './session.ts';

const uses = schema.properties?.layout?.items?.properties?.use?.enum ?? [];

export function AreaTable() {
    const session = useSession(), areas = areasOf(session.board);
    return (
        <div class="scroll" tabIndex={0} role="region" aria-label="Table of areas">
            <table class="areas" id={fieldId('layout')}>
                <caption>Areas of the flash</caption>
                <thead>
                    <tr>
                        <th scope="col">Use</th><th scope="col">First address</th><th scope="col">Size</th>
                        <th scope="col">Sectors</th><th scope="col">Change</th>
                    </tr>
                </thead>
                <tbody>{areas.map((area, index) => <AreaRow key={index} area={area} index={index} />)}</tbody>
            </table>
            <button type="button" onClick={() => session.change(withNewArea(session.board, session.chip), '')}>Add an area</button>
        </div>
    );
}

function AreaRow({ area, index }: { area: Area; index: number }) {
    const session = useSession(), where = `area ${index + 1}, ${area.use}`;
    const faulty = (member: string) => {
        const keys = [`layout[${index}].${member}`, `layout[${index}]`];
        return session.findings.some(finding => finding.error && keys.includes(finding.key)) || undefined;
    };
    const line = (member: 'address' | 'size') => (
        <input id={fieldId(`layout[${index}].${member}`)} type="text" size={11} spellcheck={false} autocomplete="off"
            aria-label={`${member === 'address' ? 'First address' : 'Size'} of ${where}`} aria-invalid={faulty(member)}
            value={String(area[member] ?? '')}
            onInput={e => changeAt(session, ['layout', index, member], typedNumber(e.currentTarget.value))} />
    );
    return (
        <tr class={`use-${area.use}`} id={fieldId(`layout[${index}]`)} tabIndex={-1}>
            <td>
                <select id={fieldId(`layout[${index}].use`)} aria-label={`Use of area ${index + 1}`} value={area.use}
                    aria-invalid={faulty('use')}
                    onChange={e => changeAt(session, ['layout', index, 'use'], e.currentTarget.value)}>
                    {(uses.includes(area.use) ? uses : [area.use, ...uses]).map(use => <option key={use} value={use}>{use}</option>)}
                </select>
            </td>
            <td>{line('address')}</td>
            <td>{line('size')} <span class="quiet">{sizeNote(area)}</span></td>
            <td class="quiet">{session.chip ? sectorNote(session.chip, area) : ''}</td>
            <td class="buttons"><AreaButtons area={area} index={index} where={where} /></td>
        </tr>
    );
}

function AreaButtons({ index, where }: { area: Area; index: number; where: string }) {
    const session = useSession();
    const resize = (direction: number) => {
        const end = session.chip && movableBorders(session.board, session.chip).find(b => b.below?.index === index);
        if (end && session.chip) {
            session.change(moveBorder(session.board, end, nextStop(session.chip, end, direction)), '');
        }
    };
    return (
        <>
            <button type="button" aria-label={`Shorten ${where} by a sector`} onClick={() => resize(-1)}>−</button>
            <button type="button" aria-label={`Lengthen ${where} by a sector`} onClick={() => resize(1)}>+</button>
            <button type="button" aria-label={`Remove ${where}`}
                onClick={() => changeAt(session, ['layout', index], undefined)}>×</button>
        </>
    );
}

function sizeNote(area: Area): string {
    const size = parseNumber(area.size);
    return Number.isFinite(size) ? sizeWords(size) : '';
}

function sectorNote(chip: ChipFile, area: Area): string {
    const address = parseNumber(area.address), size = parseNumber(area.size);
    return Number.isFinite(address) && size > 0 ? sectorWords(sectorsWithin(chip, address, size)) : '';
}

// In the first free sector; when none is free, the last sector of the largest area.
function withNewArea(board: import('../model/design.ts').Board, chip: ChipFile | undefined) {
    if (chip === undefined) {
        return board;
    }
    const borders = bordersOf(chip), spans = spansOf(board);
    const free = borders.slice(0, -1).find(at => !spans.some(span => at >= span.address && at < span.address + span.size));
    if (free !== undefined) {
        const size = borders[borders.indexOf(free) + 1] - free;
        return setAt(board, ['layout'], [...areasOf(board), { use: 'reserved', address: hex(free), size: fileSize(size) }]);
    }
    const largest = [...spans].sort((a, b) => b.size - a.size)[0];
    const sectors = sectorsWithin(chip, largest.address, largest.size), last = sectors[sectors.length - 1];
    if (sectors.length < 2) {
        return board;
    }
    const shorter = setAt(board, ['layout', largest.index, 'size'], fileSize(last.address - largest.address));
    return setAt(shorter, ['layout'], [...areasOf(shorter), { use: 'reserved', address: hex(last.address), size: fileSize(last.size) }]);
}
