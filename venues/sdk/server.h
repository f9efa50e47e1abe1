/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * server -- the loop of a venue process: an nng REP socket in front of verbs.
 *
 * nng's threads receive, scan and decode; the calling thread is the adapter's and does everything
 * else. A connection that is slow, silent or hostile keeps no slot for long: messages above
 * WIRE_VENUE_MAX are dropped by nng, what cannot be decoded is refused before it is queued, and a
 * Quotes request without news is parked, but never so many that other verbs find no slot.
 */
#ifndef SLUICE_VENUES_SDK_SERVER_H
#define SLUICE_VENUES_SDK_SERVER_H

#include <stddef.h>

#include "solver/core/err.h"
#include "solver/core/port.h"
#include "venues/sdk/verbs.h"

#define SERVER_SLOTS 32      /* requests worked on at a time; others wait in nng */
#define SERVER_PARKED_MAX 24 /* of them, Quotes requests waiting for news */

/*
 * Serve on url (ipc:// or tcp:// on loopback) until the process is asked to end
 * (shell/end.h). Logs READY and refused messages.
 *
 * errors  ERR_IO the socket cannot be opened, why[why_n] says what; ERR_NOMEM
 */
MUST_USE enum err server_run(struct verbs *verbs, const char *url, struct clock_port clock,
                             char *why, size_t why_n);

#endif
