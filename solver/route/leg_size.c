/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/leg_size.h"

#include "solver/core/check.h"
#include "solver/market/curve_copy.h"
#include "solver/route/edge.h"
#include "solver/route/leg_walk.h"

/* What is left to give, or to get, of an asset of the curve, and in how many legs. */
struct due {
    struct u256 left;
    unsigned legs;
};

static void due_take(struct due *d, const struct u256 *amount)
{
    d->legs--;
    if (u256_sub(&d->left, &d->left, amount) != ERR_OK)
        d->left = u256_of(0);
}

static struct u256 offer_of(const struct leg_edge *e, const struct due *give, const struct due *get)
{
    struct u256 plan = edge_atoms(e->in);
    struct trade t;

    if (give->legs == 1)
        return give->left;
    if (get->legs == 1 && !u256_is_zero(&get->left) &&
        curve_in(&t, e->state, e->way, &get->left) == ERR_OK)
        plan = t.in;
    return u256_cmp(&plan, &give->left) < 0 ? plan : give->left;
}

enum err leg_size(struct trade *done, const struct leg_graph *g, struct leg_edge *const *legs,
                  size_t n)
{
    double give_sum[REAL_ASSETS_MAX] = { 0 }, get_sum[REAL_ASSETS_MAX] = { 0 };
    struct due give[REAL_ASSETS_MAX] = { 0 }, get[REAL_ASSETS_MAX] = { 0 };

    CHECK(n > 0 && n <= LEG_SIZE_MAX);
    for (size_t i = 0; i < n; i++) {
        give_sum[legs[i]->way.give] += legs[i]->in;
        get_sum[legs[i]->way.get] += legs[i]->out;
        give[legs[i]->way.give].legs++;
        get[legs[i]->way.get].legs++;
    }
    for (unsigned k = 0; k < REAL_ASSETS_MAX; k++) {
        give[k].left = edge_atoms(give_sum[k]);
        get[k].left = edge_atoms(get_sum[k]);
    }
    curve_copy_restore(legs[0]->state, &g->curves[legs[0]->curve]);
    for (size_t i = 0; i < n; i++) {
        struct leg_edge *e = legs[i];

        e->offer = offer_of(e, &give[e->way.give], &get[e->way.get]);
        done[i] = leg_walk_try(g, e, &e->offer);
        if (!u256_is_zero(&done[i].out))
            TRY(curve_apply(e->state, e->way, &done[i]));
        due_take(&give[e->way.give], &done[i].in);
        due_take(&get[e->way.get], &done[i].out);
    }
    return ERR_OK;
}
