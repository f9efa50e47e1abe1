/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * certify_fills -- the rules that look at one fill at a time: open amounts, limit, uniform rate.
 *
 * Private to certify; the leader's view of a fill is in docs/flow.md I3.
 */
#ifndef SLUICE_CLEAR_CERTIFY_FILLS_H
#define SLUICE_CLEAR_CERTIFY_FILLS_H

#include "solver/clear/certify.h"

/* Check fill number i; v->rule is CERTIFY_OK or what it breaks. Its intent is in range. */
void fill_judge(struct verdict *v, const struct auction *a, const struct solution *s, size_t i);

#endif
