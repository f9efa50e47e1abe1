/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * redis_address -- where a Redis server listens: "unix:PATH" or "tcp:HOST:PORT". Pure functions.
 */
#ifndef SLUICE_LEDGER_REDIS_ADDRESS_H
#define SLUICE_LEDGER_REDIS_ADDRESS_H

#include <stdbool.h>

#define REDIS_ADDRESS_MAX 256 /* bytes with the final zero */

/* Is it one of the two forms, and short enough? */
bool redis_address_ok(const char *address);

/* Host and port of a tcp address; false: it is none. */
bool redis_address_split(char host[REDIS_ADDRESS_MAX], int *port, const char *address);

#endif
