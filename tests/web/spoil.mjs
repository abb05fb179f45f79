// SPDX-License-Identifier: MIT
// Board files that are wrong in one way or several, or still right: values, keys, layouts, letters.

const SIZES = [0, 1, 0x200, 0x4000, 0x8000, 0x10000, 0x20000, 0xf0000, 0x100000, 0xffffffff];
const WORDS = ['single', 'swap', 'crc', 'sanity', 'none', 'up', 'down', 'high', 'low', 'reserved', 'boot', 'boot_data', 'application', '', 'x'.repeat(40)];
const PINS = ['PA0', 'PA2', 'PA3', 'PA9', 'PA11', 'PA12', 'PA13', 'PB6', 'PD12', 'PH0', 'PK15', 'PZ1', 'PA16', 'A1'];
const CLOCKS = [0, 1, 8000000, 25000000, 26000001, 16000000, 84000000, 90000000, 168000000, 168000001, 480000000];
const STRANGE = [null, true, -1, 1.5, 1e400, '0x', '1G', [], {}, 'é\u0001', 99999999999, '0x08010000'];

const pick = (random, list) => list[random(list.length)];
const hex = number => `0x${number.toString(16).toUpperCase()}`;

/** Every place of a value that is no object: the object or list it stands in, and its key. */
function places(value, found = []) {
    for (const key of Object.keys(value)) {
        found.push([value, key]);
        if (typeof value[key] === 'object' && value[key] !== null) {
            places(value[key], found);
        }
    }
    return found;
}

const CHANGES = [
    (board, random) => { // an area's place or size
        const area = pick(random, board.layout);
        const bytes = pick(random, SIZES);
        area[pick(random, ['address', 'size'])] = random(2) ? hex(bytes) : hex(0x08000000 + bytes);
    },
    (board, random) => { pick(random, board.layout).use = pick(random, ['boot', 'boot_data', 'application', 'reserved']); },
    (board, random) => { board.layout.push({ use: 'reserved', address: hex(0x08000000 + pick(random, SIZES)), size: pick(random, SIZES) }); },
    (board, random) => { board.layout.splice(random(board.layout.length), 1); },
    (board, random) => { board.clock = { hse_hz: pick(random, CLOCKS), hclk_hz: pick(random, CLOCKS) }; },
    (board, random) => { board.supply_mv = { min: 1500 + random(2500), max: 1500 + random(2500) }; },
    (board, random) => { board.uart = { ...board.uart, baud: pick(random, [300, 9600, 115200, 460800, 921600, 5000000]) }; },
    (board, random) => { board.uart = { ...board.uart, [pick(random, ['tx', 'rx'])]: pick(random, PINS) }; },
    (board, random) => { board.usb = { instance: pick(random, ['otg_fs', 'usart2', 'otg_hs']), dm: pick(random, PINS), dp: pick(random, PINS), vid: '0x1209', pid: random(70000) }; },
    (board, random) => { board.budget = pick(random, [0, 1, 4096, '16K', 20000]); },
    (board, random) => { board.design = { title: 'Насос', notes: random(2) ? 'x' : 5 }; },
    (board, random) => { board.led = { pin: pick(random, PINS), active: pick(random, ['high', 'low', 'up']) }; },
    (board, random) => { board.chip = pick(random, ['stm32f407vg', 'stm32h743zi', 'stm32x9']); },
    (board, random) => { // any value
        const [object, key] = pick(random, places(board));
        object[key] = pick(random, [...STRANGE, ...WORDS, ...PINS, ...CLOCKS]);
    },
    (board, random) => { // a key is gone, or has another name
        const [object, key] = pick(random, places(board));
        const value = object[key];
        delete object[key];
        if (random(2) && !Array.isArray(object)) {
            object[key.slice(0, -1) + pick(random, ['', 's', 'x'])] = value;
        }
    },
];

/** One in eight is damaged as text too. */
export function spoilText(text, random) {
    const board = JSON.parse(text);
    for (let times = random(4); times > 0; times--) {
        try {
            pick(random, CHANGES)(board, random);
        } catch {
            // an earlier change took away what this one wants
        }
    }
    const written = JSON.stringify(board, null, random(2) ? 2 : 0) ?? 'null';
    return random(8) === 0 ? damage(written, random) : written;
}

function damage(text, random) {
    const at = random(text.length), kinds = ['', '"', ',', '\\', '\u0000', '\n', '{', '"name": "x", '];
    return text.slice(0, at) + pick(random, kinds) + text.slice(at + random(3));
}
