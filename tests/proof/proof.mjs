// SPDX-License-Identifier: MIT
// Proves with Frama-C's Eva, for all inputs, that there is no undefined behaviour and that the drivers are asked for nothing outside
// the slots. A subject is an entry beside this file and the files of boot/ a board's bootloader is made of.
//
//   proof.mjs BUILD             BUILD: the release build, with its board.h of every board
//   proof.mjs BUILD --mutate    breaks the code in each of the ways below: the proof must fail
//
// A subject fails when Eva raises an alarm, when an assertion or a precondition is not proved, and when a function or statement
// is not reached, unless open.tsv or dead.tsv gives the reason; so does a reason that nothing needs.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";

const here = import.meta.dirname ?? dirname(new URL(import.meta.url).pathname);
const source = resolve(here, "../..");
const [build, ...rest] = process.argv.slice(2);
const mutate = rest[0] === "--mutate";
const chosen = rest.filter((word) => !word.startsWith("--"));
if (build === undefined) {
    console.error("usage: proof.mjs BUILD [--mutate] [SUBJECT...]");
    process.exit(2);
}

// Where Eva keeps states apart instead of joining them: how many of them, and which results a caller learns one by one.
const apartSlot = {
    hf_slot_read: 10, hf_slot_holds: 10, hf_slot_byte: 10, hf_slot_write: 10, hf_slot_digest: 10, hf_flash_digest: 10, hf_slot_crc32: 10,
    hf_slot_erase: 60, hf_slot_erase_sector: 60, erase_place: 60, hf_slot_sector_end: 20, hf_transit_write: 10, hf_transit_crc32: 10,
    machine_error: 5, machine_maybe: 5, machine_read: 5, machine_crc32: 5, machine_program: 10, machine_sector_end: 20,
};
const apart = {
    ...apartSlot, hf_image_check_at: 20, hf_image_trailer: 10, hf_trailer_read: 30, check_trailer: 20, length_is_sane: 10,
    hf_trailer_check_crc: 10, hf_validate: 30,
};
const apartSerial = {
    ...apart, decode_literal: 30, decode_number: 60, tell_image: 20, serve_verify: 10, take_reset_stub: 10, serve: 30,
    serve_data: 20, hf_serial_receive: 10, hf_serial_receive_all_proper: 20, machine_receive: 5,
};
const resultsSlot = {
    hf_slot_holds: "0:1", are_words: "0:1", machine_maybe: "0:1", hf_slot_crc32: "full", hf_transit_crc32: "full", hf_slot_write: "full",
    hf_transit_write: "full", hf_install_receiving: "full", machine_error: "full", machine_read: "full", machine_crc32: "full",
    machine_program: "full",
};
const results = {
    ...resultsSlot, length_is_sane: "0:1", hf_trailer_read: "full", check_trailer: "full", hf_image_trailer: "full",
};
const resultsSerial = { ...results, hf_serial_receive_all_proper: "0:1", machine_receive: "full" };
const pairs = (table) => Object.entries(table).map((pair) => pair.join(":")).join(",");
const relations = (apart, results, variable) => [ // and a variable each value of which is followed apart
    "-eva-domains", "equality,symbolic-locations,octagon", "-eva-octagon-through-calls", "-eva-plevel", "600", "-eva-ilevel", "64",
    "-eva-unroll-recursive-calls", "2", ...variable === undefined ? [] : ["-eva-partition-value", variable], "-eva-slevel-function", pairs(apart),
    "-eva-split-return-function", pairs(results),
];
const enumeration = ["-eva-partition-value", "machine_left", "-eva-split-limit", "1100",
    "-eva-slevel-function", "machine_receive:2000,hf_serial_receive_all:1000000"];

const subjects = [
    { name: "uart", board: "stm32f407-uart", entry: ["boot_all.c", "machine.c", "line.c"], without: ["serial.c"],
        options: relations(apartSerial, resultsSerial, "machine_received"),
        proves: ["erases_in_slot", "programs_in_slot", "programs_what_is_there", "reads_flash", "sums_flash", "starts_the_application",
            "has_room", "has_room_for_one"] },
    { name: "dfu", board: "stm32f407-dfu", entry: ["boot_all.c", "machine.c", "bus.c"], without: ["usb_descriptors.c"],
        options: relations(apart, results, "stage"),
        proves: ["erases_in_slot", "programs_in_slot", "reads_flash", "sums_flash", "starts_the_application", "address_is_one"] },
    { name: "staged", board: "stm32f407-overwrite", entry: ["sink.c", "machine.c"], only: ["slot.c", "transit_none.c"],
        options: relations(apartSlot, resultsSlot),
        proves: ["erases_in_slot", "programs_in_slot", "programs_what_is_there", "reads_flash", "sums_flash"] },
    { name: "receive_all", board: "stm32f407-uart", entry: ["receive_all.c"], only: ["serial.c"], reaches: ["hf_serial_receive_all"],
        options: enumeration, proves: ["has_room", "received_is_written"] },
];

const mutations = [
    { file: "slot.c", from: "size <= rest", to: "size <= HF_APP_SIZE", subject: "uart", why: "a write beyond the slot's end" },
    { file: "slot.c", from: "offset > HF_APP_SIZE", to: "offset > HF_APP_SIZE + 4", subject: "uart", why: "addresses behind the slot" },
    { file: "slot.c", from: "return address - HF_APP_ADDRESS + HF_RECEIVE_ADDRESS;", to: "return address;", subject: "staged",
        why: "the application in place of the staging area" },
    { file: "trailer.c", from: "length <= HF_APP_SIZE - sizeof(struct hf_trailer)", to: "length <= HF_APP_SIZE", subject: "uart",
        why: "a trailer behind the flash" },
    { file: "unpack.c", from: "distance <= at ?", to: "distance <= at + 1 ?", subject: "uart", why: "a copy from in front of the buffer" },
    { file: "fast.c", from: "request.size <= HF_FAST_PAYLOAD &&", to: "request.size <= HF_FAST_PAYLOAD + 1u &&", subject: "uart",
        why: "a frame larger than its buffer" },
    { file: "an3155.c", from: "i == PAGES_MAX ||", to: "i > PAGES_MAX ||", subject: "uart", why: "one page too many" },
    { file: "classic.c", from: "case HF_CLASSIC_VERIFY: serve_verify(); return true;", to: "case HF_CLASSIC_VERIFY: return true;",
        subject: "uart", why: "a function nobody calls" },
    { file: "serial.c", from: "at += count;", to: "at += count + 1;", subject: "receive_all", why: "a gap between two amounts" },
];

// -- Eva --------------------------------------------------------------------------------------------------------------

function filesOf(subject, boot) {
    if (subject.only !== undefined) {
        return subject.only.map((name) => join(boot, name));
    }
    const commands = JSON.parse(readFileSync(join(build, "boards", subject.board, "obj/compile_commands.json")));
    const names = commands.filter((entry) => entry.command.includes("CMakeFiles/boot.dir") && basename(dirname(entry.file)) === "boot")
        .map((entry) => basename(entry.file));
    return [...new Set(names)].filter((name) => !subject.without?.includes(name)).map((name) => join(boot, name));
}

function analyse(subject, boot, scratch) {
    const report = join(scratch, `${subject.name}.csv`);
    const folders = [join(build, "boards", subject.board), join(source, "formats"), boot, here].map((folder) => `-I${folder}`);
    const macros = ["__builtin_memcpy=memcpy", "__builtin_memset=memset"].map((macro) => `-D${macro}`);
    const words = ["-c11", "-machdep", "gcc_x86_32", `-cpp-extra-args=${[...folders, ...macros, "-include string.h"].join(" ")}`,
        "-kernel-warn-key", "annot:missing-spec=inactive", ...subject.entry.map((name) => join(here, name)), ...filesOf(subject, boot),
        "-eva", "-eva-msg-key=-initial-state", "-eva-no-print", "-eva-no-show-progress", ...subject.options,
        "-metrics", "-metrics-eva-cover", "-then", "-report-csv", report];
    const ran = spawnSync("frama-c", words, { encoding: "utf8", maxBuffer: 1 << 28 });
    if (ran.error !== undefined || ran.status !== 0) {
        throw new Error(`frama-c did not run:\n${ran.error ?? (ran.stdout + ran.stderr).split("\n").slice(-30).join("\n")}`);
    }
    return { text: ran.stdout, properties: readFileSync(report, "utf8").split("\n").slice(1).filter((line) => line !== "") };
}

function section(text, from, to) {
    const rest = text.split(from)[1];
    if (rest === undefined) {
        throw new Error(`Eva's report has no "${from}"`);
    }
    return rest.split(to)[0];
}

// Functions, each with how many of its statements are not reached. The machine's own do not count.
function dead(subject, text) {
    const defined = section(text, "Defined functions", "Specified-only").matchAll(/(\w+) \([^)]*\)(?: \(\d+ calls?\))?;/g);
    const reached = new Map([...section(text, "Statements analyzed by Eva", "[report]").matchAll(/(\w+): (\d+) stmts out of (\d+)/g)]
        .map(([, name, some, all]) => [name, Number(all) - Number(some)]));
    const left = new Map();
    let functions = 0;
    for (const [, name] of defined) {
        if (subject.reaches?.includes(name) ?? (!name.startsWith("machine_") && name !== "main")) {
            functions += reached.has(name) ? 1 : 0;
            if (reached.get(name) !== 0) {
                left.set(name, reached.has(name) ? String(reached.get(name)) : "all");
            }
        }
    }
    return { left, functions };
}

function unproved(properties) {
    const kinds = /assert|precondition|invariant|check/;
    return properties.map((line) => line.split("\t")).filter(([, file, , name, kind, status]) =>
        !(status === "Valid" || (status === "Dead" && name.startsWith("machine_")) || (!kinds.test(kind) && (status === "Considered valid" || file === "." || file.startsWith("__fc")))));
}

// What is known of a subject: dead.tsv, functions and how many of their statements are not reached; open.tsv, what of them is not proved.
function known(subject, file) {
    return new Map(readFileSync(join(here, file), "utf8").split("\n").filter((line) => /^[^#\s]/.test(line))
        .map((line) => line.split("\t")).filter(([name]) => name === subject.name).map(([, name, what]) => [name, what]));
}

// What speaks against it: nothing, when it is proved.
function faults(subject, boot, scratch) {
    const { text, properties } = analyse(subject, boot, scratch);
    const found = [], open = known(subject, "open.tsv");
    const left = unproved(properties);
    for (const [, file, line, name, kind, status, what] of left) {
        if (open.get(name) !== kind) {
            found.push(`${file}:${line}: ${name}: ${kind} ${status}: ${what}`);
        }
    }
    for (const name of open.keys()) {
        if (!left.some((one) => one[3] === name)) {
            found.push(`open.tsv: all of ${name} is proved`);
        }
    }
    const alarms = Number(/(\d+) alarms? generated/.exec(text)?.[1]);
    if (alarms !== left.filter(([, , , name, kind]) => open.get(name) === kind && kind !== "user assertion").length ||
        !/No errors or warnings raised/.test(text)) {
        found.push(`${alarms} alarms`);
    }
    const proved = properties.map((line) => line.split("\t")).filter(([, , , , kind, status]) => kind === "user assertion" && status === "Valid");
    if (proved.length !== subject.proves.length) {
        found.push(`${proved.length} assertions are proved of ${subject.proves.length}: ${subject.proves.join(", ")}`);
    }
    const { left: unreached, functions } = dead(subject, text);
    const reasons = known(subject, "dead.tsv");
    for (const [name, count] of unreached) {
        if (reasons.get(name) !== count) {
            found.push(`${name}: ${count === "all" ? "is not reached" : `${count} statements are not reached`}`);
        }
    }
    for (const name of reasons.keys()) {
        if (!unreached.has(name)) {
            found.push(`dead.tsv: all of ${name} is reached, no reason is needed`);
        }
    }
    const statements = /(\d+) stmts in analyzed functions, (\d+) stmts analyzed/.exec(text);
    return { found, summary: `${alarms} alarms, ${functions} functions and ${statements?.[2]} of their ${statements?.[1]} statements reached, ` +
        `${proved.length} of ${subject.proves.length} assertions proved` };
}

// -- runs -------------------------------------------------------------------------------------------------------------

function prove(scratch) {
    let failures = 0;
    for (const subject of subjects.filter((one) => chosen.length === 0 || chosen.includes(one.name))) {
        const start = Date.now();
        const { found, summary } = faults(subject, join(source, "boot"), scratch);
        const open = known(subject, "open.tsv").size;
        const good = open === 0 ? "proved" : `proved but for ${open} places (open.tsv)`;
        found.forEach((fault) => console.log(`${subject.name}: ${fault}`));
        console.log(`${subject.name}: ${summary}, ${Math.round((Date.now() - start) / 1000)} s: ${found.length === 0 ? good : "NOT PROVED"}`);
        failures += found.length;
    }
    return failures;
}

function proveThatItCanFail(scratch) {
    let failures = 0;
    for (const mutation of mutations.filter((one) => chosen.length === 0 || chosen.includes(one.subject))) {
        const boot = join(scratch, "boot");
        rmSync(boot, { recursive: true, force: true });
        cpSync(join(source, "boot"), boot, { recursive: true });
        const file = join(boot, mutation.file), text = readFileSync(file, "utf8");
        if (text.split(mutation.from).length !== 2) {
            throw new Error(`boot/${mutation.file} has "${mutation.from}" not once`);
        }
        writeFileSync(file, text.replace(mutation.from, () => mutation.to));
        const { found } = faults(subjects.find((one) => one.name === mutation.subject), boot, scratch);
        console.log(`${mutation.file}, ${mutation.why}: ${found.length > 0 ? `found: ${found[0]}` : "NOT FOUND"}`);
        failures += found.length > 0 ? 0 : 1;
    }
    return failures;
}

const scratch = mkdtempSync(join(tmpdir(), "hf-proof-"));
try {
    process.exitCode = (mutate ? proveThatItCanFail : prove)(scratch) === 0 ? 0 : 1;
} finally {
    rmSync(scratch, { recursive: true, force: true });
}
