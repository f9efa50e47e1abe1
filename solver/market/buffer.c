/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/market/buffer.h"

#include <string.h>

static enum err leg_run(struct u256 *need, struct u256 *have, const uint32_t *asset,
                        const struct solution_leg *l)
{
    struct u256 *source = &have[asset[l->way.give]], *target = &have[asset[l->way.get]];
    struct u256 *lent = &need[asset[l->way.give]], lacking;

    if (u256_sub(source, source, &l->in) != ERR_OK) {
        TRY(u256_sub(&lacking, &l->in, source));
        TRY(u256_add(lent, lent, &lacking));
        *source = u256_of(0);
    }
    return u256_add(target, target, &l->min_out);
}

enum err buffer_need(struct u256 *need, const struct auction *a, const struct solution *s,
                     struct arena *scratch)
{
    struct u256 *have = ARENA_NEW(scratch, a->assets_n, struct u256);

    if (have == NULL)
        return ERR_NOMEM;
    memset(need, 0, a->assets_n * sizeof *need);
    for (size_t i = 0; i < s->fills_n; i++) {
        struct u256 *pot = &have[a->intents[s->fills[i].intent].sell];

        TRY(u256_add(pot, pot, &s->fills[i].paid));
    }
    for (size_t i = 0; i < s->legs_n; i++)
        TRY(leg_run(need, have, a->curves[s->legs[i].curve].asset, &s->legs[i]));
    return ERR_OK;
}
