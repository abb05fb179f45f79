// SPDX-License-Identifier: MIT
// Step by step, what boots if the power fails here.
import { stepsOf } from '../data.ts';
import { useSession } from './session.ts';

/** What starts after a cut, in words. */
export const BOOTS: Record<string, string> = {
    old: 'the old application', new: 'the new application', update: 'update mode: the bootloader listens',
    resume: 'the installation goes on, then the new application', either: 'the old or the new application, whole',
};

export function PowerCuts() {
    const { board } = useSession(), steps = stepsOf(board);
    if (steps.length === 0) {
        return null;
    }
    return (
        <>
            <h3 id="cuts">What boots if the power fails here</h3>
            <ol class="cuts" aria-labelledby="cuts">
                {steps.map(step => (
                    <li key={step.step} class={`boots-${step.boots}`}>
                        <strong>{step.step}</strong>
                        <span class="quiet">{step.flash}{step.state && `; state ${step.state}`}</span>
                        <span class="boots">Boots: {BOOTS[step.boots]}</span>
                        {step.then && <span>{step.then}</span>}
                    </li>
                ))}
            </ol>
        </>
    );
}
