/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * library -- the source text of the Redis Functions, as built into this program.
 */
#ifndef SLUICE_LEDGER_LIBRARY_H
#define SLUICE_LEDGER_LIBRARY_H

#include <stddef.h>

#define LIBRARY_NAME "sluice"

/* The parts ledger.lua, ledger_*.lua joined; *n bytes, not terminated. Static. */
const char *library_text(size_t *n);

#endif
