/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/legs.h"

#include <math.h>
#include <string.h>

#include "solver/core/check.h"
#include "solver/route/edge.h"
#include "solver/route/leg_graph.h"
#include "solver/route/leg_walk.h"

#define LOAN_TRIES 12
#define SPARE_TRIES 4 /* of them, in which a loan may also bring less than before */
#define SPARE_PART 1e-6
#define DUST 16 /* atoms that may stay where they are */
#define REACH_TRIES 24

/* Ask for what a tail's loan lacks, or give up the little that it got too much and cannot use. */
static bool margin_adjust(struct leg_node *tail, const struct u256 *loan, bool spare)
{
    double unused = tail->ends ? 0 : edge_double(&tail->have);

    if (!u256_is_zero(&tail->lacks)) {
        tail->margin += edge_double(&tail->lacks) + 1;
        return true;
    }
    if (!spare || unused <= DUST || unused > SPARE_PART * edge_double(loan))
        return false;
    tail->margin -= unused;
    return true;
}

/* Run the legs until all loans are repaid. ERR_NOT_FOUND they cannot be. */
static enum err run(struct leg_graph *g, const struct u256 *supply)
{
    for (size_t v = 0; v < g->nodes_n; v++)
        g->nodes[v].margin = 0;
    for (int i = 0; i < LOAN_TRIES; i++) {
        bool again = false;

        leg_graph_margins(g);
        TRY(leg_walk(g, supply));
        for (size_t v = 0; v < g->nodes_n; v++) {
            struct leg_node *n = &g->nodes[v];
            const struct u256 *loan = n->head != LEG_NONE ? &g->nodes[n->head].loan : NULL;

            if (loan != NULL && !u256_is_zero(loan))
                again = margin_adjust(n, loan, i < SPARE_TRIES) || again;
        }
        if (!again)
            return ERR_OK;
    }
    return ERR_NOT_FOUND;
}

static const struct u256 *bought_of(const struct leg_graph *g)
{
    return &g->nodes[g->sink].have;
}

/* The least supply known to bring enough, and the most known not to. */
struct reach {
    struct u256 want;
    struct u256 enough;
    struct u256 short_of;
    bool found;
};

static enum err between(struct u256 *mid, const struct u256 *low, const struct u256 *high)
{
    struct u256 gap;

    TRY(u256_sub(&gap, high, low));
    for (int i = 0; i < 4; i++)
        gap.limb[i] = gap.limb[i] >> 1 | (i < 3 ? gap.limb[i + 1] << 63 : 0);
    return u256_add(mid, low, &gap);
}

/*
 * The next supply to try, from what the last one brought, at the planned prices; halfway where
 * those lead nowhere new. ERR_NOT_FOUND: there is none.
 */
static enum err reach_step(struct u256 *supply, struct reach *r, const struct leg_graph *g)
{
    double rate = g->nodes[g->sink].price / g->nodes[g->source].price;
    struct u256 off, next, one = u256_of(1);
    bool enough = u256_sub(&off, bought_of(g), &r->want) == ERR_OK;

    if (enough) {
        r->enough = *supply;
        r->found = true;
    } else {
        TRY(u256_sub(&off, &r->want, bought_of(g)));
        r->short_of = *supply;
    }
    off = edge_atoms(edge_double(&off) * rate);
    if (enough && u256_is_zero(&off))
        return ERR_NOT_FOUND;
    if (enough ? u256_sub(&next, supply, &off) != ERR_OK
               : u256_add(&next, supply, &off) != ERR_OK || u256_add(&next, &next, &one) != ERR_OK)
        return ERR_NOT_FOUND;
    if (u256_cmp(&next, &r->short_of) <= 0 || (r->found && u256_cmp(&next, &r->enough) >= 0))
        TRY(between(&next, &r->short_of, &r->enough));
    if (u256_cmp(&next, &r->short_of) <= 0)
        return ERR_NOT_FOUND;
    *supply = next;
    return ERR_OK;
}

/* Forward runs with less and more supply until the sink has what is wanted; the plan as it is where
 * more supply brings no more. */
static enum err run_until(struct u256 *supply, struct leg_graph *g, const struct u256 *want)
{
    struct reach r = { .want = *want };
    struct u256 most = u256_of(0);
    int idle = 0;

    const struct u256 plan = edge_atoms(ceil(g->supply));

    *supply = plan;
    for (int i = 0; i < REACH_TRIES; i++) {
        TRY(run(g, supply));
        idle = u256_cmp(bought_of(g), &most) > 0 ? 0 : idle + 1;
        most = idle == 0 ? *bought_of(g) : most;
        if (!r.found && idle > 2)
            break;
        if (reach_step(supply, &r, g) != ERR_OK)
            break;
    }
    *supply = r.found ? r.enough : plan;
    return run(g, supply);
}

static enum err execute(struct u256 *supply, struct leg_graph *g, const struct legs_order *order)
{
    if (!order->exact_out) {
        *supply = order->amount;
        return run(g, supply);
    }
    if (!g->loans && !g->shared && leg_walk_back(supply, g, &order->amount) == ERR_OK)
        return ERR_OK;
    return run_until(supply, g, &order->amount);
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

static uint32_t asset_node(const struct leg_graph *g, uint32_t v)
{
    return g->nodes[v].head == LEG_NONE ? v : g->nodes[v].head;
}

static enum err legs_list(struct legs *out, struct leg_graph *g, struct balance *b,
                          const struct u256 *supply)
{
    memset(b->have, 0, g->nodes_n * sizeof *b->have);
    memset(b->lent, 0, g->nodes_n * sizeof *b->lent);
    b->have[g->source] = *supply;
    out->n = 0;
    for (size_t k = 0; k < g->nodes_n; k++)
        for (uint32_t i = g->out_at[g->order[k]]; i < g->out_at[g->order[k] + 1]; i++) {
            const struct leg_edge *e = &g->edges[i];
            uint32_t to = asset_node(g, e->to);

            if (e->curve == LEG_NONE || u256_is_zero(&e->done.out))
                continue;
            TRY(take(b, asset_node(g, e->from), &e->done.in));
            TRY(u256_add(&b->have[to], &b->have[to], &e->done.out));
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

/*
 * What is left of the supply. Of an exact sale that is what no leg took; what a cycle brought back
 * beyond its loan is dust. An exact purchase does not pay for that either.
 */
static struct u256 left_of(const struct leg_graph *g, const struct u256 *all, bool exact_out)
{
    const struct leg_node *source = &g->nodes[g->source];

    return exact_out || u256_is_zero(&source->loan) ? *all : source->have;
}

/* The legs paid by what they take of the supply in the end: what comes back of it is lent. */
static enum err legs_fill(struct legs *out, struct leg_graph *g, const struct u256 *supply,
                          bool exact_out)
{
    struct balance b = { ARENA_NEW(g->arena, g->nodes_n, struct u256),
                         ARENA_NEW(g->arena, g->nodes_n, struct u256) };

    out->leg = ARENA_NEW(g->arena, g->edges_n, struct leg);
    out->buffer = ARENA_NEW(g->arena, g->nodes_n, struct leg_buffer);
    if (b.have == NULL || b.lent == NULL || out->leg == NULL || out->buffer == NULL)
        return ERR_NOMEM;
    TRY(legs_list(out, g, &b, supply));
    TRY(loans_settle(out, g, &b));
    out->left = left_of(g, &b.have[g->source], exact_out);
    out->left = u256_cmp(&out->left, supply) < 0 ? out->left : *supply;
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
    TRY(legs_fill(out, &g, &supply, in->order->exact_out));
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
