// SPDX-License-Identifier: MIT
// The flash map: to scale or as equal rows, with handles to move the borders of areas.
import { useEffect, useRef, useState } from 'preact/hooks';
import { movableBorders, moveBorder, nearestStop, nextStop, type Border } from '../model/borders.ts';
import type { ChipFile } from '../model/chip.ts';
import { hex, sizeWords } from '../model/numbers.ts';
import { colourOf, picture, spread, type Picture, type Row } from '../model/picture.ts';
import { useSession } from './session.ts';

const ROW = 34, SCALE_HEIGHT = 560, TOP = 12;

interface Geometry {
    width: number;
    sector: { x: number; width: number };
    area: { x: number; width: number };
    label: number;
    addresses: boolean; // there is room for them
}

const WIDE: Geometry = { width: 600, sector: { x: 92, width: 118 }, area: { x: 214, width: 190 }, label: 424, addresses: true };
const NARROW: Geometry = { width: 340, sector: { x: 2, width: 112 }, area: { x: 118, width: 104 }, label: 236, addresses: false };

// Drawn smaller, the wide picture could not be read on a phone.
function useGeometry(): Geometry {
    const query = useRef(matchMedia('(max-width: 560px)')).current;
    const [narrow, setNarrow] = useState(query.matches);
    useEffect(() => {
        const follow = () => setNarrow(query.matches);
        query.addEventListener('change', follow);
        return () => query.removeEventListener('change', follow);
    }, []);
    return narrow ? NARROW : WIDE;
}

export function FlashMap() {
    const session = useSession(), [toScale, setToScale] = useState(false);
    if (session.chip === undefined) {
        return <p>Choose a chip to see its flash.</p>;
    }
    return (
        <div class="map">
            <div class="row" role="group" aria-label="How the flash is drawn">
                <button type="button" aria-pressed={!toScale} onClick={() => setToScale(false)}>Equal rows</button>
                <button type="button" aria-pressed={toScale} onClick={() => setToScale(true)}>To scale</button>
                <span class="help">Drag a border, or focus it and press the arrow keys.</span>
            </div>
            <MapPicture chip={session.chip} toScale={toScale} />
            <ProgramNote chip={session.chip} />
        </div>
    );
}

function MapPicture({ chip, toScale }: { chip: ChipFile; toScale: boolean }) {
    const session = useSession(), svg = useRef<SVGSVGElement>(null), geometry = useGeometry();
    const drawn = picture(session.board, chip, toScale);
    const height = toScale ? SCALE_HEIGHT : drawn.rows.length * ROW;
    const y = (place: number) => TOP + place * height;
    const addressAt = (clientY: number) => {
        const box = svg.current!.getBoundingClientRect();
        return drawn.addressAt((((clientY - box.top) / box.height) * (height + 2 * TOP) - TOP) / height);
    };
    return (
        <svg ref={svg} class="flash" viewBox={`0 0 ${geometry.width} ${height + 2 * TOP}`} role="group"
            aria-label={`Flash map of ${chip.name}; the table below says the same`}>
            <Patterns />
            {drawn.rows.map(row => <SectorRow key={row.address} row={row} y={y} geometry={geometry} toScale={toScale} height={height} />)}
            <Blocks drawn={drawn} geometry={geometry} y={y} height={height} />
            {drawn.banks.length > 1 && drawn.banks.slice(1).map(bank => (
                <g key={bank.bank}>
                    <line class="bank" x1={0} x2={geometry.area.x + geometry.area.width} y1={y(bank.top)} y2={y(bank.top)} />
                    <text class="small" x={2} y={y(bank.top) + 12}>bank {bank.bank}</text>
                </g>
            ))}
            {movableBorders(session.board, chip).map((border, nth) => (
                <Handle key={nth} border={border} chip={chip} area={geometry.area} y={y(drawn.place(border.address))} addressAt={addressAt} />
            ))}
        </svg>
    );
}

// Colour never stands alone: each use has a pattern too.
function Patterns() {
    const lines: Record<string, string> = {
        boot: 'M0 8L8 0', boot_data: 'M0 4H8', staging: 'M4 0V8', reserved: 'M0 0L8 8M0 8L8 0',
    };
    return (
        <defs>
            {Object.entries(lines).map(([use, path]) => (
                <pattern key={use} id={`p-${use}`} width="8" height="8" patternUnits="userSpaceOnUse">
                    <path d={path} stroke="#000" stroke-opacity=".16" fill="none" />
                </pattern>
            ))}
        </defs>
    );
}

type Drawing = { geometry: Geometry; y(place: number): number; height: number };

function SectorRow({ row, geometry, y, toScale, height }: Drawing & { row: Row; toScale: boolean }) {
    const { sector, addresses } = geometry;
    const tall = row.height * height, middle = y(row.top + row.height / 2);
    const words = row.count === 1 ? `sector ${row.first}` : `sectors ${row.first}–${row.first + row.count - 1}`;
    const size = row.count === 1 ? sizeWords(row.sectorSize) : `${row.count} × ${sizeWords(row.sectorSize)}`;
    return (
        <g>
            <rect class="sector" x={sector.x} width={sector.width} y={y(row.top)} height={tall} />
            {(!toScale || tall > 13) && (
                <>
                    {addresses && <text class="address" x={sector.x - 6} y={y(row.top) + 11} text-anchor="end">{hex(row.address)}</text>}
                    <text class="small" x={sector.x + 6} y={middle + 4}>{words}</text>
                    <text class="small" x={sector.x + sector.width - 5} y={middle + 4} text-anchor="end">{size}</text>
                </>
            )}
        </g>
    );
}

function Blocks({ drawn, geometry, y, height }: Drawing & { drawn: Picture }) {
    const { area, label } = geometry;
    const labels = spread(drawn.blocks.map(block => block.top + block.height / 2), 32 / height);
    return (
        <>
            {drawn.blocks.map((block, nth) => (
                <g key={block.span.index}>
                    <rect class="area" fill={colourOf(block.span.use)} x={area.x} width={area.width}
                        y={y(block.top)} height={block.height * height} />
                    <rect fill={`url(#p-${block.span.use})`} x={area.x} width={area.width} y={y(block.top)} height={block.height * height} />
                    {block.image > 0 && (
                        <rect class="image" x={area.x + area.width - 46} width={38} y={y(block.top) + 3}
                            height={Math.max(2, block.image * block.height * height - 6)} />
                    )}
                    <path class="lead" d={`M${area.x + area.width} ${y(block.top + block.height / 2)}L${label - 4} ${y(labels[nth])}`} />
                    <text class="use" x={label} y={y(labels[nth]) - 1}>{block.span.use}</text>
                    <text class="small" x={label} y={y(labels[nth]) + 12}>
                        {sizeWords(block.span.size)}{block.image > 0 && geometry.addresses ? ', dark: expected image' : ''}
                    </text>
                </g>
            ))}
        </>
    );
}

// In SVG the attribute's name is taken as it is written, and "tabIndex" means nothing.
const FOCUSABLE: object = { tabindex: 0 };

function Handle({ border, chip, area, y, addressAt }: { border: Border; chip: ChipFile; area: Geometry['area']; y: number; addressAt(y: number): number }) {
    const session = useSession(), drag = useRef('');
    const move = (to: number, tag: string) => {
        if (to !== border.address) {
            session.change(moveBorder(session.board, border, to), tag);
            session.say(`Border at ${hex(to)}`);
        }
    };
    const onKeyDown = (event: KeyboardEvent) => {
        const direction = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
        if (direction !== undefined) {
            event.preventDefault();
            move(nextStop(chip, border, direction), '');
        }
    };
    return (
        <g class="handle" role="slider" {...FOCUSABLE} aria-label={handleName(border)} aria-orientation="vertical"
            aria-valuemin={border.min} aria-valuemax={border.max} aria-valuenow={border.address} aria-valuetext={hex(border.address)}
            onKeyDown={onKeyDown}
            onPointerDown={e => {
                drag.current = `drag${e.pointerId}.${e.timeStamp}`;
                e.currentTarget.setPointerCapture(e.pointerId);
            }}
            onPointerMove={e => drag.current !== '' && move(nearestStop(chip, border, addressAt(e.clientY)), drag.current)}
            onPointerUp={() => { drag.current = ''; }} onPointerCancel={() => { drag.current = ''; }}>
            <rect class="grip" x={area.x} width={area.width} y={y - 7} height={14} />
            <line class="edge" x1={area.x} x2={area.x + area.width} y1={y} y2={y} />
            <rect class="knob" x={area.x + area.width / 2 - 14} width={28} y={y - 3} height={6} rx={3} />
        </g>
    );
}

function handleName({ below, above }: Border): string {
    if (below !== undefined && above !== undefined) {
        return `Border between ${below.use} and ${above.use}`;
    }
    return below !== undefined ? `End of ${below.use}` : `Start of ${above!.use}`;
}

function ProgramNote({ chip }: { chip: ChipFile }) {
    const session = useSession(), width = session.verdict?.facts?.width ?? -1, way = chip.flash.program[width];
    return (
        <p class="help">
            {way ? `Programmed ${way.bytes} bytes at a time at ${session.board.supply_mv?.min} mV. ` : ''}
            A sector is what is erased, and what write protection protects. {chip.flash.endurance_cycles} erase cycles each.
        </p>
    );
}
