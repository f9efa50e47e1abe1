/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/certificate.h"

#include "solver/market/buffer.h"
#include "solver/route/bound.h"

static enum err bound_make(struct solution_line *l, const struct auction *a)
{
    struct solution s = l->solution;
    struct solution_fill whole;

    if (l->intent != SOLUTION_BATCH && s.fills_n == 0) {
        whole = (struct solution_fill){ .intent = (uint32_t)l->intent,
                                        .paid = a->intents[l->intent].sell_max };
        s.fills = &whole;
        s.fills_n = 1;
    }
    TRY(bound_value(&l->solution.bound, a, &s));
    TRY(bound_payout(&l->solution.value, a, &l->solution));
    l->bounded = l->intent != SOLUTION_BATCH &&
                 solution_upper_bound(&l->upper_bound, a, &s, &l->solution.bound, l->intent);
    return ERR_OK;
}

enum err certificate_make(struct solution_line *l, const struct auction *a, struct arena *arena)
{
    l->bounded = false;
    l->solution.value = l->solution.bound = u256_of(0);
    l->buffer = ARENA_NEW(arena, a->assets_n, struct u256);
    if (l->buffer == NULL)
        return ERR_NOMEM;
    if (l->solution.duals_n > 0)
        TRY(bound_make(l, a));
    return buffer_need(l->buffer, a, &l->solution, arena);
}
