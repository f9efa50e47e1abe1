/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/legs.h"

#include <math.h>
#include <string.h>

#include "solver/core/check.h"
#include "solver/route/edge.h"
#include "solver/route/leg_graph.h"
#include "solver/route/leg_settle.h"
#include "solver/route/leg_walk.h"

#define REACH_TRIES 64   /* supplies */
#define REACH_PART 1e-12 /* of the least supply that it may be missed by */
#define REACH_STEP 1.5

/*
 * Walk with more and less supply until the sink gets what is wanted with hardly too much; with the
 * plan where more supply brings no more.
 */
static enum err walk_until(struct u256 *supply, struct leg_graph *g, const struct u256 *want)
{
    const struct u256 *got = &g->nodes[g->sink].have;
    double plan = fmax(g->supply, 1), at = plan, low = 0, high = INFINITY, most = 0;

    for (int i = 0; i < REACH_TRIES && high - low > fmax(high * REACH_PART, 1); i++) {
        *supply = edge_atoms(ceil(at));
        TRY(leg_walk(g, supply));
        double brought = edge_double(got);

        if (u256_cmp(got, want) >= 0)
            high = at;
        else if (isinf(high) && brought <= most)
            break;
        else
            low = at;
        most = fmax(most, brought);
        at = isinf(high) ? at * REACH_STEP : low + (high - low) / 2;
    }
    *supply = edge_atoms(ceil(isinf(high) ? plan : high));
    return leg_walk(g, supply);
}

/*
 * With cycles, or several legs of one curve, all legs are settled together; else node by node,
 * exact-out backwards. An amount that cannot be reached gets what the plan brings.
 */
static enum err execute(struct u256 *supply, struct leg_graph *g, const struct legs_order *order)
{
    *supply = order->amount;
    if (g->cyclic || g->shared_n > 0) {
        enum err err = leg_settle(supply, g, &order->amount, order->exact_out);

        if (err != ERR_NOT_FOUND || g->cyclic)
            return err;
    } else if (order->exact_out && leg_walk_back(supply, g, &order->amount) == ERR_OK) {
        return ERR_OK;
    }
    if (order->exact_out)
        return walk_until(supply, g, &order->amount);
    *supply = order->amount;
    return leg_walk(g, supply);
}

/* What is there of every asset, and was lent, while the legs run in order; by node of the asset. */
struct balance {
    struct u256 *have;
    struct u256 *lent;
};

static enum err take(struct balance *b, uint32_t node, const struct u256 *amount)
{
    struct u256 lacking;

    if (u256_sub(&b->have[node], &b->have[node], amount) == ERR_OK)
        return ERR_OK;
    TRY(u256_sub(&lacking, amount, &b->have[node]));
    b->have[node] = u256_of(0);
    return u256_add(&b->lent[node], &b->lent[node], &lacking);
}

static enum err legs_list(struct legs *out, struct leg_graph *g, struct balance *b,
                          const struct u256 *supply)
{
    memset(b->have, 0, g->nodes_n * sizeof *b->have);
    memset(b->lent, 0, g->nodes_n * sizeof *b->lent);
    b->have[g->source] = *supply;
    out->n = 0;
    for (size_t k = 0; k < g->edges_n; k++) {
        const struct leg_edge *e = &g->edges[g->sequence[k]];

        if (e->curve == LEG_NONE || u256_is_zero(&e->done.out))
            continue;
        TRY(take(b, e->from, &e->done.in));
        TRY(u256_add(&b->have[e->to], &b->have[e->to], &e->done.out));
        out->leg[out->n++] = (struct leg){ e->curve, e->way, e->done.in, e->done.out };
    }
    return ERR_OK;
}

/* Everything that was lent goes back; what is left of the asset bought is what was bought. */
static enum err loans_settle(struct legs *out, struct leg_graph *g, struct balance *b)
{
    out->buffers_n = 0;
    for (uint32_t v = 0; v < g->nodes_n; v++) {
        if (u256_is_zero(&b->lent[v]))
            continue;
        if (u256_sub(&b->have[v], &b->have[v], &b->lent[v]) != ERR_OK)
            return ERR_NOT_FOUND;
        out->buffer[out->buffers_n++] = (struct leg_buffer){ g->nodes[v].asset, b->lent[v] };
    }
    out->bought = b->have[g->bought];
    return u256_is_zero(&out->bought) ? ERR_NOT_FOUND : ERR_OK;
}

/* The legs paid by what they take of the supply in the end: what comes back of it is lent. */
static enum err legs_fill(struct legs *out, struct leg_graph *g, const struct u256 *supply)
{
    struct balance b = { ARENA_NEW(g->arena, g->nodes_n, struct u256),
                         ARENA_NEW(g->arena, g->nodes_n, struct u256) };

    out->leg = ARENA_NEW(g->arena, g->edges_n, struct leg);
    out->buffer = ARENA_NEW(g->arena, g->nodes_n, struct leg_buffer);
    if (b.have == NULL || b.lent == NULL || out->leg == NULL || out->buffer == NULL)
        return ERR_NOMEM;
    TRY(legs_list(out, g, &b, supply));
    TRY(loans_settle(out, g, &b));
    out->left = u256_cmp(&b.have[g->source], supply) < 0 ? b.have[g->source] : *supply;
    TRY(u256_sub(&out->sold, supply, &out->left));
    if (u256_is_zero(&out->left))
        return ERR_OK;
    TRY(legs_list(out, g, &b, &out->sold));
    return loans_settle(out, g, &b);
}

static enum err make(struct legs *out, struct arena *arena, const struct leg_input *in, bool cycles)
{
    struct leg_graph g;
    struct u256 supply;

    TRY(leg_graph_build(&g, arena, in, cycles));
    TRY(execute(&supply, &g, in->order));
    TRY(legs_fill(out, &g, &supply));
    if (in->order->exact_out)
        out->left = u256_of(0);
    return ERR_OK;
}

enum err legs_make(struct legs *out, struct arena *arena, const struct curve *curves,
                   size_t curves_n, size_t assets_n, const struct legs_order *order,
                   const struct leg_trade *trades, size_t trades_n)
{
    struct leg_input in = { curves, curves_n, assets_n, order, trades, trades_n };
    struct legs made = { 0 };
    enum err err = make(&made, arena, &in, order->cycles);

    if (err == ERR_NOT_FOUND && order->cycles) {
        /* Loans that cannot be repaid: do without. */
        made = (struct legs){ 0 };
        err = make(&made, arena, &in, false);
    }
    if (err == ERR_OK)
        *out = made;
    return err;
}
