/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/leg_walk.h"

#include <math.h>

#include "solver/core/check.h"
#include "solver/market/curve_copy.h"
#include "solver/route/edge.h"

#define COARSE 1e9 /* atoms: one of them is more than the gap that a route should have */
#define REFUSED_STEPS 64
#define REFUSED_PART 1e-12 /* of a trade that a venue's limit may be missed by */

static struct u256 least(const struct u256 *a, const struct u256 *b)
{
    return u256_cmp(a, b) < 0 ? *a : *b;
}

/* The share of a total; never more than all of it. */
static struct u256 share_of(const struct u256 *all, double part, double total)
{
    struct u256 share = edge_atoms(edge_double(all) * (part / total));

    return least(&share, all);
}

static const struct curve *curve_of(const struct leg_graph *g, const struct leg_edge *e)
{
    return e->state != NULL ? e->state : &g->curves[e->curve];
}

/* The most of an offer that the venue does not refuse: some have a limit on what a trade may take. */
static struct trade most_try(const struct curve *c, struct way way, const struct u256 *offer)
{
    double low = 0, high = edge_double(offer);
    struct trade best = { 0 }, t;

    for (int i = 0; i < REFUSED_STEPS && high - low > low * REFUSED_PART; i++) {
        double middle = low + (high - low) / 2;
        struct u256 less = edge_atoms(middle);

        if (curve_out(&t, c, way, &less) == ERR_OK) {
            best = t;
            low = middle;
        } else {
            high = middle;
        }
    }
    return best;
}

struct trade leg_walk_try(const struct leg_graph *g, const struct leg_edge *e,
                          const struct u256 *offer)
{
    struct trade t = { *offer, *offer };

    if (e->curve == LEG_NONE)
        return t;
    if (u256_is_zero(offer))
        return (struct trade){ 0 };
    if (curve_out(&t, curve_of(g, e), e->way, offer) != ERR_OK)
        t = most_try(curve_of(g, e), e->way, offer);
    return u256_is_zero(&t.out) ? (struct trade){ 0 } : t;
}

/* Take back what the leg did before, and let it do t. *rest is what the node has left. */
static enum err trade_set(struct leg_graph *g, struct leg_edge *e, const struct trade *t,
                          struct u256 *rest)
{
    struct u256 *to = &g->nodes[e->to].have;

    TRY(u256_add(rest, rest, &e->done.in));
    TRY(u256_sub(rest, rest, &t->in));
    TRY(u256_sub(to, to, &e->done.out));
    TRY(u256_add(to, to, &t->out));
    e->done = *t;
    if (e->state == NULL || u256_is_zero(&t->out))
        return ERR_OK;
    return curve_apply(e->state, e->way, t);
}

static enum err edge_run(struct leg_graph *g, struct leg_edge *e, const struct u256 *offer,
                         struct u256 *rest)
{
    struct trade t = leg_walk_try(g, e, offer);

    return trade_set(g, e, &t, rest);
}

/* What the legs did not take goes to those that bring more for it, the largest first; with `all`
 * also to one that only takes it. */
static enum err rest_run(struct leg_graph *g, uint32_t v, struct u256 *rest, bool all)
{
    for (uint32_t i = g->out_at[v + 1]; i-- > g->out_at[v] && !u256_is_zero(rest);) {
        struct leg_edge *e = &g->edges[i];
        struct u256 offer;

        if (e->state != NULL)
            continue;
        TRY(u256_add(&offer, &e->done.in, rest));
        struct trade t = leg_walk_try(g, e, &offer);
        int more = u256_cmp(&t.out, &e->done.out);

        if (more > 0 || (all && more == 0 && u256_cmp(&t.in, &e->done.in) > 0))
            TRY(trade_set(g, e, &t, rest));
    }
    return ERR_OK;
}

/* An atom of what the leg gets matters: there are few of them. */
static bool coarse(const struct leg_edge *e)
{
    return e->state == NULL && e->curve != LEG_NONE && e->out < COARSE;
}

/* Give back what of the input of coarse legs brings no whole atom: another leg may make one of it. */
static enum err crumbs_take(struct leg_graph *g, uint32_t v, struct u256 *rest)
{
    uint32_t first = g->out_at[v], end = g->out_at[v + 1];

    if (end - first < 2)
        return ERR_OK;
    for (uint32_t i = first; i < end; i++) {
        struct leg_edge *e = &g->edges[i];
        struct trade t;

        if (!coarse(e) || u256_is_zero(&e->done.out) ||
            curve_in(&t, curve_of(g, e), e->way, &e->done.out) != ERR_OK)
            continue;
        if (u256_cmp(&t.in, &e->done.in) < 0 && u256_cmp(&t.out, &e->done.out) >= 0)
            TRY(trade_set(g, e, &t, rest));
    }
    return ERR_OK;
}

/* Legs take their shares of what is there, the last and largest one the rest. */
static enum err node_run(struct leg_graph *g, uint32_t v)
{
    struct u256 rest = g->nodes[v].have, all = rest;
    uint32_t first = g->out_at[v], end = g->out_at[v + 1];
    double total = 0;

    for (uint32_t i = first; i < end; i++)
        total += g->edges[i].in;
    for (uint32_t i = first; i < end; i++) {
        struct u256 share = share_of(&all, g->edges[i].in, total);
        struct u256 offer = i + 1 == end ? rest : least(&share, &rest);

        TRY(edge_run(g, &g->edges[i], &offer, &rest));
    }
    TRY(crumbs_take(g, v, &rest));
    TRY(rest_run(g, v, &rest, false));
    TRY(rest_run(g, v, &rest, true));
    g->nodes[v].have = rest;
    return ERR_OK;
}

static void walk_start(struct leg_graph *g)
{
    for (size_t v = 0; v < g->nodes_n; v++)
        g->nodes[v].have = u256_of(0);
    for (size_t i = 0; i < g->edges_n; i++) {
        struct leg_edge *e = &g->edges[i];

        e->done = (struct trade){ 0 };
        if (e->state != NULL)
            curve_copy_restore(e->state, &g->curves[e->curve]);
    }
}

enum err leg_walk(struct leg_graph *g, const struct u256 *supply)
{
    struct u256 *source = &g->nodes[g->source].have;

    CHECK(!g->cyclic);
    walk_start(g);
    TRY(u256_add(source, source, supply));
    for (size_t k = 0; k < g->nodes_n; k++)
        TRY(node_run(g, g->order[k]));
    return ERR_OK;
}

/* Let a leg yield want, or what it can. *rest is what the node still needs. */
static enum err want_run(struct leg_graph *g, struct leg_edge *e, const struct u256 *want,
                         struct u256 *rest)
{
    struct u256 *from = &g->nodes[e->from].have, got;
    struct trade t = { *want, *want };

    if (u256_is_zero(want))
        return ERR_OK;
    if (e->curve != LEG_NONE && curve_in(&t, &g->curves[e->curve], e->way, want) != ERR_OK)
        return ERR_OK;
    TRY(u256_add(&got, rest, &e->done.out));
    if (u256_sub(rest, &got, &t.out) != ERR_OK)
        *rest = u256_of(0);
    TRY(u256_sub(from, from, &e->done.in));
    TRY(u256_add(from, from, &t.in));
    e->done = t;
    return ERR_OK;
}

static enum err node_run_back(struct leg_graph *g, uint32_t v)
{
    struct u256 rest = g->nodes[v].have, all = rest, want;
    struct leg_edge *last = NULL;
    double total = 0;

    for (uint32_t i = g->in_at[v]; i < g->in_at[v + 1]; i++) {
        struct leg_edge *e = &g->edges[g->in[i]];

        total += e->out;
        last = last == NULL || e->out > last->out ? e : last;
    }
    for (uint32_t i = g->in_at[v]; i < g->in_at[v + 1]; i++) {
        struct leg_edge *e = &g->edges[g->in[i]];
        struct u256 share = share_of(&all, e->out, total);

        want = least(&share, &rest);
        if (e != last)
            TRY(want_run(g, e, &want, &rest));
    }
    if (last != NULL)
        TRY(want_run(g, last, &rest, &rest));
    for (uint32_t i = g->in_at[v]; i < g->in_at[v + 1] && !u256_is_zero(&rest); i++) {
        struct leg_edge *e = &g->edges[g->in[i]];

        TRY(u256_add(&want, &e->done.out, &rest));
        TRY(want_run(g, e, &want, &rest));
    }
    return u256_is_zero(&rest) || v == g->source ? ERR_OK : ERR_NOT_FOUND;
}

enum err leg_walk_back(struct u256 *supply, struct leg_graph *g, const struct u256 *want)
{
    CHECK(g->shared_n == 0 && !g->cyclic);
    walk_start(g);
    g->nodes[g->sink].have = *want;
    for (size_t k = g->nodes_n; k-- > 0;)
        TRY(node_run_back(g, g->order[k]));
    *supply = g->nodes[g->source].have;
    return ERR_OK;
}
