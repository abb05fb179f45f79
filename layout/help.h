// SPDX-License-Identifier: MIT
// Words that only schemas and documents show, never a complaint. The design tool's rule book is compiled without them:
// each of its bytes is in the page that people open. A key of a board file that must be there has its help without this
// mark, because the complaint about its absence says the first sentence.
#ifndef HF_HELP_H
#define HF_HELP_H

#ifndef HF_HELP
#define HF_HELP(text) text
#endif

#endif
