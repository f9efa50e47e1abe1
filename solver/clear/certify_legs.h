/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * certify_legs -- the rules that look at legs, money and limits as a whole.
 *
 * Private to certify. Each function leaves v->rule CERTIFY_OK or sets what is broken; indexes of
 * the solution are in range, and replay holds an exact run of the legs where it is taken.
 */
#ifndef SLUICE_CLEAR_CERTIFY_LEGS_H
#define SLUICE_CLEAR_CERTIFY_LEGS_H

#include "solver/clear/certify.h"
#include "solver/clear/certify_replay.h"

/* EMPTY, LEGS_MAX, STAGE, GROUP. */
void legs_judge_form(struct verdict *v, const struct auction *a, const struct solution *s);

/* CONSERVATION, POT, PAYOUT, over all domains and for the pot. MEMORY. */
void legs_judge_money(struct verdict *v, const struct replay *r, struct arena *scratch);

/* INVENTORY, ROW. */
void legs_judge_limits(struct verdict *v, const struct replay *r);

#endif
