/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * early -- which few curves make a first answer: those that ordinary routers would use.
 *
 * Private to clear. An intent that the best single path of one venue serves within its limit
 * (alone.h) names the curves of that path. The best of them alone makes a plan without any search; a
 * pass over the curves of all is a small part of the work of a pass over everything. Both leave an
 * answer behind if the work is spent before a better one is found.
 */
#ifndef SLUICE_CLEAR_EARLY_H
#define SLUICE_CLEAR_EARLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/clear/alone.h"
#include "solver/clear/pass.h"

struct early {
    uint32_t intent;
    struct alone alone;
    struct u256 surplus; /* value at the marks, as in score.h; 0 without a mark */
};

/*
 * The intents that can be served alone, most surplus first, ties by number; of very large auctions
 * only the first intents are looked at.
 *
 * owns    list [*n] lives in the arena, which also lends memory
 * errors  ERR_NOMEM
 */
MUST_USE enum err early_find(struct early **list, size_t *n, struct arena *arena,
                             const struct auction *a);

/*
 * The plan for one of them alone: legs along its path, in integers, with the certificate of the
 * reference prices. p->a, arena, lp and work are set; fills p->solution like a pass.
 *
 * errors  ERR_NOMEM. What cannot be planned is not certified.
 */
MUST_USE enum err early_plan(struct pass *p, const struct early *e);

#endif
