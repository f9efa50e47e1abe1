/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * program -- the main() of every venue process: arguments, files, store, adapter, server.
 *
 *   PROGRAM KIND --assets FILE --listen URL --state FILE [--market FILE] [--still] [--seed N]
 */
#ifndef SLUICE_VENUES_SDK_PROGRAM_H
#define SLUICE_VENUES_SDK_PROGRAM_H

#include <stddef.h>

#include "venues/sdk/adapter.h"

/*
 * Run the adapter among adapters[n] whose kind argv names, until SIGTERM or SIGINT.
 * returns  the exit status: 0 ended by a signal, 1 could not start (the reason is logged),
 *          64 wrong arguments (argp)
 */
int program_run(int argc, char **argv, const struct venue_adapter *const *adapters, size_t n);

#endif
