/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * link_venues -- the leader's requests to venue adapters over nng REQ, one socket a venue.
 *
 * Every request has a context of its own and is sent once: nng's own resending is off, because a
 * resent Submit would rest on the adapter's memory alone. What came of it goes to the inbox.
 */
#ifndef SLUICE_SOLVER_LINK_VENUES_H
#define SLUICE_SOLVER_LINK_VENUES_H

#include "solver/core/err.h"
#include "solver/inbox.h"
#include "solver/link.h"

struct link_venues;

/*
 * Dial every URL of a comma-separated list; a venue that is not there is dialled again for ever.
 * On error a sentence is written to why[why_n]. The inbox is borrowed and must outlive the link.
 */
MUST_USE enum err link_venues_open(struct link_venues **out, uint32_t *venues_n, const char *urls,
                                   struct inbox *inbox, char *why, size_t why_n);
void link_venues_close(struct link_venues *l);
struct venue_link link_venues_port(struct link_venues *l);

#endif
