# SPDX-License-Identifier: MIT
# The deepest stack of a bootloader, from gcc's call graph (-fcallgraph-info=su of the linked whole) and, for what is not
# compiled from C, the disassembly behind it. Variables: room, bytes there are for the stack; board, its name. Fails when
# it does not fit, or when there is something it does not understand.
#
# The compiler has resolved most calls through tables; those that are left are resolved here by their place. The only
# recursion is that of waiting: a command waits for bytes, and hf_background serves the links meanwhile. boot/serial.c
# serves no command inside a command ("serving"), so it goes one level deep; anything else that recurs is an error.

function die(words) {
    if (!failed) {
        print "stack of " board ": " words > "/dev/stderr"
    }
    failed = 1
    exit 1
}

function field(name,    at) { # of this line, in quotes
    at = index($0, name ": \"")
    if (at == 0) {
        return ""
    }
    at = substr($0, at + length(name) + 3)
    return substr(at, 1, index(at, "\"") - 1)
}

function plain(title) { # static functions have the object file in front
    sub(/.*:/, "", title)
    return title
}

/^node:/ && !/shape : ellipse/ {
    name = plain(field("title"))
    label = field("label")
    if (name in bytes) {
        die("two functions are called " name)
    }
    count = split(label, part, /\\n/)
    if (part[count] !~ /^[0-9]+ bytes \((static|dynamic,bounded)\)$/) {
        die(name " uses what cannot be counted: " part[count])
    }
    bytes[name] = part[count] + 0
    where[name] = part[count - 1]
}

/^edge:/ {
    from = plain(field("sourcename"))
    to = plain(field("targetname"))
    callees[from] = callees[from] " " (to == "__indirect_call" ? "@" field("label") : to)
}

# -- what no C compiler has told of: assembler, libgcc. The disassembly comes last.
/^[0-9a-f]+ <.*>:$/ {
    name = $2
    gsub(/[<>:]/, "", name)
    told = name in bytes
    linked[name] = 1
    if (!told) {
        bytes[name] = 0
    }
    next
}

!told && /\t(push|stmdb\tsp!|sub(\.w)?\tsp,|str(\.w)?\t.*\[sp, #-[0-9]+\]!|bl\t|blx\t)/ {
    if ($0 ~ /\t(push|stmdb)/) {
        bytes[name] += 4 * gsub(/,/, ",", $0) + ($0 ~ /stmdb/ ? 0 : 4)
    } else if ($0 ~ /\tbl\t/) {
        to = $NF
        gsub(/[<>]/, "", to)
        callees[name] = callees[name] " " to
    } else if (match($0, /#-?[0-9]+/)) {
        amount = substr($0, RSTART + 1, RLENGTH - 1) + 0
        bytes[name] += amount < 0 ? -amount : amount
    } else {
        die(name " does what cannot be counted: " $0)
    }
}

# Whom a call through a pointer may reach, by the file and the function it stands in.
function reachable(place, caller,    pattern, name, list) {
    if (place ~ /\/boot\/serial\.c:/) {
        pattern = caller ~ /^forget/ ? "^forget" : "^(serve|forget)"
    } else if (place ~ /\/boot\/update\.c:/) {
        pattern = "^(open|poll|forget)"
    } else {
        die("a call through a pointer at " place " is not known to tools/stack.awk")
    }
    for (name in bytes) {
        if (name ~ pattern && name in linked && name != caller) {
            list = list " " name
        }
    }
    return list
}

# Deepest use from name on. waits: how often hf_background is under way; serving: a command is.
function depth(name, waits, serving,    key, list, count, i, callee, deepest, below, path) {
    if (!(name in bytes)) {
        die(name " has no known stack")
    }
    used[name] = 1
    if (name ~ /^poll/ && where[name] ~ /\/boot\/serial\.c:/) {
        if (serving) {
            last = name
            return bytes[name]
        }
        serving = 1
    }
    if (name == "hf_background" && ++waits > 2) {
        die("hf_background is entered a third time")
    }
    key = name SUBSEP waits SUBSEP serving
    last = key
    if (key in known) {
        return known[key]
    }
    if (key in busy) {
        die(name " calls itself")
    }
    busy[key] = 1
    list = callees[name]
    while (match(list, /@[^ ]*/)) {
        list = substr(list, 1, RSTART - 1) reachable(substr(list, RSTART, RLENGTH), name) substr(list, RSTART + RLENGTH)
    }
    count = split(list, callee, " ")
    deepest = 0
    for (i = 1; i <= count; i++) {
        below = depth(callee[i], waits, serving)
        if (below > deepest) {
            deepest = below
            path = last
        }
    }
    delete busy[key]
    next_of[key] = path
    last = key
    return known[key] = bytes[name] + deepest
}

END {
    if (failed) {
        exit 1
    }
    frame = 40 # eight words, and padding (Armv7-M ARM B1.5.6); no floating point
    main = depth("Reset_Handler", 0, 0)
    # What nobody calls is called by the machine. They have one priority: one of them at a time, and a fault inside it.
    for (name in bytes) {
        called[name] = name in used
    }
    for (name in called) {
        if (!called[name] && name in linked) { # others were dropped once all calls of them were inlined
            below = depth(name, 0, 0)
            if (name == "fault_handler") {
                fault = below
            } else if (name != "vectors" && (handlers++ == 0 || below > interrupt)) {
                interrupt = below
            }
        }
    }
    if (trace) {
        for (key = "Reset_Handler" SUBSEP 0 SUBSEP 0; key != ""; key = next_of[key]) {
            split(key, part, SUBSEP)
            print bytes[part[1]], part[1]
        }
    }
    total = main + (handlers > 0 ? frame + interrupt : 0) + frame + fault
    printf "worst %d\nmain %d\ninterrupt %d\nfault %d\nroom %d\n", total, main, interrupt, fault, room
    if (total > room) {
        die(total " bytes may be needed, there are " room)
    }
}
