/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hostile -- a peer of a unix socket that says anything: noise, half a handshake, huge lengths,
 * well-framed nonsense, or nothing at all because it is gone already. Nothing it says is ever a
 * valid request.
 */
#ifndef SLUICE_TESTS_SCENARIO_HOSTILE_H
#define SLUICE_TESTS_SCENARIO_HOSTILE_H

#include <stdbool.h>

#include "tests/support/test_support.h"

#define HOSTILE_MANNERS 8

/* One connection in the given manner, [0, HOSTILE_MANNERS); false: nobody listens there. */
bool hostile_visit(const char *socket_path, unsigned manner, struct prng *r);

/* A connection that asks and asks and reads no answer; it stays until the descriptor is closed. */
int hostile_deaf(const char *socket_path);

/* One connection that sends well-framed nonsense as fast as it is taken, until the other side hangs
 * up. */
void hostile_flood(const char *socket_path);

#endif
