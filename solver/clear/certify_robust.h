/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * certify_robust -- can the plan be settled when any one leg, or any one venue, fills nothing?
 *
 * Private to certify. A leg of a group fails with its whole group. The failure is replayed at the
 * snapshot, and allocate_run must settle every fill from the pot and the covers.
 */
#ifndef SLUICE_CLEAR_CERTIFY_ROBUST_H
#define SLUICE_CLEAR_CERTIFY_ROBUST_H

#include "solver/clear/certify.h"
#include "solver/clear/certify_replay.h"

/* CERTIFY_OK, WIDTH, ROBUST_LEG, ROBUST_VENUE or MEMORY in v->rule. */
void robust_check(struct verdict *v, struct replay *r, struct arena *scratch);

#endif
