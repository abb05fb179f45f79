# SPDX-License-Identifier: MIT
# The commands of a document's sh blocks, one a line: "block TAB line TAB command". Continued lines are joined, comments
# behind a command are dropped.
/^ *```sh *$/ { inside = 1; block++; next }
/^ *```/ { inside = 0; pending = ""; next }
!inside { next }
{
    sub(/^ +/, "")
    if (pending == "") {
        start = FNR
    }
    if (sub(/\\$/, "")) {
        pending = pending $0
        next
    }
    command = pending $0
    pending = ""
    sub(/  +# .*$/, "", command)
    if (command != "" && command !~ /^#/) {
        printf "%d\t%d\t%s\n", block, start, command
    }
}
