// SPDX-License-Identifier: MIT
// How long, how often: with the term that decides.
import { estimate, type Estimate } from '../model/estimate.ts';
import { imageBytes } from '../model/design.ts';
import { sizeWords, timeWords } from '../model/numbers.ts';
import { useSession } from './session.ts';

export function Estimates() {
    const { board, chip } = useSession();
    if (chip === undefined) {
        return null;
    }
    const all = estimate(board, chip);
    const rows = [...all.updates, ...(all.install ? [all.install] : []), all.boot];
    return (
        <>
            <p class="help">For an image of {sizeWords(imageBytes(board))}. Modelled from the data sheet, not measured on silicon.</p>
            <div class="scroll" tabIndex={0} role="region" aria-label="Table of estimates">
                <table class="estimates">
                    <thead>
                        <tr><th scope="col">What</th><th scope="col">Typical</th><th scope="col">Worst</th></tr>
                    </thead>
                    <tbody>{rows.map(row => <Line key={row.name} row={row} />)}</tbody>
                </table>
            </div>
            <h3>What the host should wait</h3>
            <ul class="plain-list">
                {all.timeouts.map(one => <li key={one.name}>{one.name}: <strong>{timeWords(one.seconds)}</strong></li>)}
            </ul>
            {all.wear && (
                <p>Flash wear: good for <strong>{all.wear.updates}</strong> updates, <strong>{yearsWords(all.wear.years)}</strong>{' '}
                    <span class="quiet">({all.wear.note})</span></p>
            )}
        </>
    );
}

export function yearsWords(years: number): string {
    return years >= 100 ? 'more than 100 years' : `${Number(years.toFixed(1))} years`;
}

function Line({ row }: { row: Estimate }) {
    return (
        <tr>
            <th scope="row">{row.name}<br /><span class="quiet">mostly {row.dominant}</span></th>
            <td>{timeWords(row.typ)}</td>
            <td>{timeWords(row.max)}</td>
        </tr>
    );
}
