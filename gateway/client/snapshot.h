/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * snapshot -- ask a venue, not a gateway, for its own books. The client's url is the venue's.
 */
#ifndef SLUICE_GATEWAY_CLIENT_SNAPSHOT_H
#define SLUICE_GATEWAY_CLIENT_SNAPSHOT_H

#include "gateway/client/client.h"
#include "proto/wire_venue.h"

/* What it received from us and gave. Errors of client_ask; ERR_INVALID also when it refuses. */
MUST_USE enum err client_snapshot(struct wire_snapshot *out, struct client *c);

#endif
