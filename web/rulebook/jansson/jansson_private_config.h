// SPDX-License-Identifier: MIT
// What jansson's configure script would find out, for WebAssembly: no random source, no locale worth asking for.
#ifndef JANSSON_PRIVATE_CONFIG_H
#define JANSSON_PRIVATE_CONFIG_H

#define HAVE_STDINT_H 1

#endif
