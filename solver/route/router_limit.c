/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "solver/route/router_plan.h"

#define ROUNDS_MAX 100
#define PART 3 /* of the legs that are too many, one in so many is dropped at once */

/* How long the longest chain of legs through each leg is. */
struct chains {
    uint32_t *before; /* [assets_n] longest chain of legs that ends at an asset */
    uint32_t *after;  /* [assets_n] that begins at one */
};

static uint32_t most(uint32_t x, uint32_t y)
{
    return x > y ? x : y;
}

/* Legs stand in order of execution, so one pass each way is enough. */
static void chains_find(struct chains *c, const struct job *j, const struct legs *legs)
{
    memset(c->before, 0, j->m->assets_n * sizeof *c->before);
    memset(c->after, 0, j->m->assets_n * sizeof *c->after);
    for (size_t i = 0; i < legs->n; i++) {
        const uint32_t *asset = j->m->curves[legs->leg[i].curve].asset;
        uint32_t from = asset[legs->leg[i].way.give], to = asset[legs->leg[i].way.get];

        c->before[to] = most(c->before[to], c->before[from] + 1);
    }
    for (size_t i = legs->n; i-- > 0;) {
        const uint32_t *asset = j->m->curves[legs->leg[i].curve].asset;
        uint32_t from = asset[legs->leg[i].way.give], to = asset[legs->leg[i].way.get];

        c->after[from] = most(c->after[from], c->after[to] + 1);
    }
}

static bool is_long(const struct chains *c, const struct job *j, const struct leg *leg)
{
    const uint32_t *asset = j->m->curves[leg->curve].asset;

    return j->options->hops_max > 0 &&
           c->before[asset[leg->way.give]] + 1 + c->after[asset[leg->way.get]] >
               j->options->hops_max;
}

/* A curve that could be left out, and what it brings. */
struct candidate {
    double profit;
    size_t number;
};

static int candidate_cmp(const void *x, const void *y)
{
    const struct candidate *p = x, *q = y;

    if (p->profit < q->profit || p->profit > q->profit)
        return p->profit < q->profit ? -1 : 1;
    return p->number < q->number ? -1 : p->number > q->number;
}

/* The trades that stand in the way of the limits; *excess is how many legs are too many. */
static enum err candidates_find(struct candidate **out, size_t *n, size_t *excess,
                                const struct plan *p, const struct legs *legs)
{
    struct job *j = p->j;
    struct arena *scratch = &j->r->scratch;
    struct chains chains = { ARENA_NEW(scratch, j->m->assets_n, uint32_t),
                             ARENA_NEW(scratch, j->m->assets_n, uint32_t) };
    bool *in_way = ARENA_NEW(scratch, j->m->curves_n, bool);
    bool many = j->options->legs_max > 0 && legs->n > j->options->legs_max;

    *out = ARENA_NEW(scratch, p->trades_n, struct candidate);
    if (chains.before == NULL || chains.after == NULL || in_way == NULL || *out == NULL)
        return ERR_NOMEM;
    chains_find(&chains, j, legs);
    *n = *excess = 0;
    for (size_t i = 0; i < legs->n; i++) {
        bool longer = is_long(&chains, j, &legs->leg[i]);

        in_way[legs->leg[i].curve] = in_way[legs->leg[i].curve] || longer || many;
        *excess += longer;
    }
    for (size_t i = 0; i < p->trades_n; i++) {
        if (in_way[p->trades[i].curve])
            (*out)[(*n)++] = (struct candidate){ p->profit[i], p->number[i] };
    }
    if (many)
        *excess = most((uint32_t)*excess, (uint32_t)(legs->n - j->options->legs_max));
    return ERR_OK;
}

bool router_limit_kept(const struct job *j, const struct legs *legs)
{
    const struct router_options *o = j->options;

    if (o->legs_max > 0 && legs->n > o->legs_max)
        return false;
    if (o->hops_max == 0)
        return true;
    struct chains chains = { ARENA_NEW(&j->r->scratch, j->m->assets_n, uint32_t),
                             ARENA_NEW(&j->r->scratch, j->m->assets_n, uint32_t) };
    if (chains.before == NULL || chains.after == NULL)
        return false;
    chains_find(&chains, j, legs);
    for (size_t i = 0; i < legs->n; i++) {
        if (is_long(&chains, j, &legs->leg[i]))
            return false;
    }
    return true;
}

/* Leave out those that bring least. False: there is none. */
static bool drop(struct plan *p, struct candidate *c, size_t n, size_t excess)
{
    size_t few = (excess + PART - 1) / PART;

    qsort(c, n, sizeof *c, candidate_cmp);
    for (size_t i = 0; i < n && i < few; i++)
        p->off[c[i].number] = true;
    return n > 0 && few > 0;
}

enum err router_limit_plan(struct job *j)
{
    struct plan p;

    TRY(router_plan_init(&p, j));
    for (int round = 0; round < ROUNDS_MAX; round++) {
        struct candidate *c;
        struct legs legs;
        size_t n, excess;

        (void)router_plan_trades(&p, false);
        enum err err = router_plan_legs(&legs, &p);
        if (err != ERR_OK)
            return err == ERR_NOT_FOUND ? ERR_OK : err;
        router_plan_offer(j, &legs);
        if (router_limit_kept(j, &legs))
            return ERR_OK;
        TRY(candidates_find(&c, &n, &excess, &p, &legs));
        if (!drop(&p, c, n, excess))
            return ERR_OK;
        TRY(router_prices_find(j, p.u, p.value, p.off));
    }
    return ERR_OK;
}
