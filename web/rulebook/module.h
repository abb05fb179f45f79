// SPDX-License-Identifier: MIT
// What the page may call of a WebAssembly module.
#ifndef MODULE_H
#define MODULE_H

#define EXPORT(name) __attribute__((export_name(name)))

#endif
