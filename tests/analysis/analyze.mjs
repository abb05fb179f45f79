// SPDX-License-Identifier: MIT
// Static analysis of boot/, port/, formats/, host/, layout/ and vboard/ with cppcheck, gcc -fanalyzer and clang-tidy.
// Findings that are none stand in known.tsv with a reason; everything else fails, and so does a reason nobody needs.
//
//   analyze.mjs BUILD [cppcheck] [gcc] [clang-tidy]     BUILD: the release build, with its firmware; no tool: all of them
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, relative, resolve } from "node:path";

const source = resolve(import.meta.dirname ?? dirname(new URL(import.meta.url).pathname), "../..");
const rooms = ["boot", "port", "formats", "host", "layout", "vboard"];
const [build, ...chosen] = process.argv.slice(2);
const tools = chosen.length > 0 ? chosen : ["cppcheck", "gcc", "clang-tidy"];
if (build === undefined || tools.some((tool) => !["cppcheck", "gcc", "clang-tidy"].includes(tool))) {
    console.error("usage: analyze.mjs BUILD [cppcheck] [gcc] [clang-tidy]");
    process.exit(2);
}

// The firmware of these boards has every file of boot/ and port/ between them; each is looked at once.
function firmwareFolders() {
    const boards = join(build, "boards");
    return readdirSync(boards).sort().reverse().map((board) => join(boards, board, "obj"));
}

function compileCommands() {
    const commands = new Map();
    for (const folder of [build, ...firmwareFolders()]) {
        const file = join(folder, "compile_commands.json");
        for (const entry of existsSync(file) ? JSON.parse(readFileSync(file)) : []) {
            const name = relative(source, entry.file);
            if (rooms.includes(name.split("/")[0]) && name.endsWith(".c") && !commands.has(name)) {
                commands.set(name, { name, folder, words: entry.command.split(/\s+/).filter((word) => word !== "") });
            }
        }
    }
    if (![...commands.keys()].some((name) => name.startsWith("boot/"))) {
        throw new Error(`${build} holds no firmware: run make first`);
    }
    return [...commands.values()];
}

// What the compiler needs to know about a file: macros, include folders, the processor.
function flags(command) {
    return command.words.filter((word, i) => /^(-D|-I|-isystem|-m|-std|-ffreestanding)/.test(word) || command.words[i - 1] === "-isystem")
        .map((word) => word.replaceAll('\\"', '"'));
}

function run(program, words) {
    return new Promise((done) => {
        execFile(program, words, { cwd: source, maxBuffer: 1 << 26 }, (error, out, err) => {
            if (error !== null && typeof error.code !== "number") {
                throw error; // not installed
            }
            done(out + err);
        });
    });
}

function gcc(command) {
    const compiler = command.words.find((word) => word.endsWith("gcc") || word.endsWith("/cc")) ?? "gcc";
    const words = ["-O2", "-w", "-fanalyzer", ...flags(command), "-c", command.name, "-o", "/dev/null"];
    return run(compiler, words.filter((word) => word !== "-w"));
}

function clangTidy(command) {
    const arm = command.words.some((word) => word.startsWith("-mcpu"));
    const target = arm ? ["--target=arm-none-eabi"] : [];
    return run("clang-tidy", ["--quiet", command.name, "--", ...target, ...flags(command)]);
}

function cppcheck() {
    // A macro of a board is as good as another; headers that only exist in a build are its board.h.
    const board = join(build, "boards", "stm32f407-full");
    const folders = ["boot", "formats", "port/stm32", "host", "layout", "vboard", "vboard/usb", board];
    return run("cppcheck", ["--quiet", "--enable=warning,performance,portability", "--std=c11", "--inline-suppr",
        "-D__attribute__(x)=", "-D_Static_assert(...)=", "-j", String(availableParallelism()),
        "--template={file}:{line}:{column}: warning: {message} [{id}]", ...folders.map((folder) => `-I${folder}`), ...rooms]);
}

async function inParallel(commands, work) {
    const queue = [...commands];
    const worker = async () => {
        for (let command = queue.shift(); command !== undefined; command = queue.shift()) {
            await work(command);
        }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

function findings(tool, text) {
    const found = new Map();
    for (const line of text.split("\n")) {
        const parts = /^(\S+?):(\d+):(?:\d+): (?:warning|error): (.*) \[([^\]]+)\]$/.exec(line.trim());
        if (parts !== null) {
            const file = relative(source, resolve(source, parts[1]));
            found.set(`${file}:${parts[2]} ${parts[4]}`, { tool, file, line: parts[2], words: parts[3], check: parts[4], text: line });
        }
    }
    return [...found.values()];
}

function knownFindings() {
    return readFileSync(join(source, "tests/analysis/known.tsv"), "utf8").split("\n").filter((line) => /^[^#\s]/.test(line))
        .map((line) => line.split("\t")).map(([tool, file, check, reason]) => ({ tool, file, check, reason, used: false }));
}

const known = knownFindings();
const commands = compileCommands();
const told = new Set();
let failures = 0;

function judge(tool, text) {
    for (const finding of findings(tool, text)) {
        const excuse = known.find((entry) => entry.tool === tool && entry.file === finding.file && finding.check.includes(entry.check));
        const sentence = `${tool}: ${finding.file}:${finding.line}: ${finding.words} [${finding.check}]`;
        if (excuse !== undefined) {
            excuse.used = true;
        } else if (!told.has(sentence)) { // a header is seen from many files
            told.add(sentence);
            console.log(sentence);
            failures++;
        }
    }
}

for (const tool of tools) {
    if (tool === "cppcheck") {
        judge(tool, await cppcheck());
    } else {
        await inParallel(commands, async (command) => judge(tool, await (tool === "gcc" ? gcc : clangTidy)(command)));
    }
    console.log(`${tool}: ${tool === "cppcheck" ? "all" : commands.length} files looked at`);
}
for (const entry of known.filter((one) => tools.includes(one.tool) && !one.used)) {
    console.log(`tests/analysis/known.tsv: nothing is found any more that needs "${entry.tool} ${entry.file} ${entry.check}"`);
    failures++;
}
process.exit(failures === 0 ? 0 : 1);
