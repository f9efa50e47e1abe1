/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/leg_graph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/market/curve_copy.h"
#include "solver/route/edge.h"
#include "solver/route/leg_size.h"

#define NOISE 1e-13 /* of a trade: less is no flow */

static int compare_u32(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* By the node they come from, those inside of a cycle first, the largest last. */
static int compare_edges(const void *a, const void *b)
{
    const struct leg_edge *x = a, *y = b;

    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    if (x->inner != y->inner)
        return x->inner ? -1 : 1;
    if (x->in != y->in)
        return x->in < y->in ? -1 : 1;
    if (x->curve != y->curve)
        return x->curve < y->curve ? -1 : 1;
    return (x->way.get > y->way.get) - (x->way.get < y->way.get);
}

void leg_graph_index(struct leg_graph *g)
{
    uint32_t *cursor = leg_graph_scratch(g, 0);
    size_t n = 0;

    for (size_t i = 0; i < g->edges_n; i++)
        if (g->edges[i].in > 0 && g->edges[i].out > 0)
            g->edges[n++] = g->edges[i];
    g->edges_n = n;
    if (n > 0)
        qsort(g->edges, n, sizeof *g->edges, compare_edges);
    memset(g->out_at, 0, (g->nodes_n + 1) * sizeof *g->out_at);
    memset(g->in_at, 0, (g->nodes_n + 1) * sizeof *g->in_at);
    for (size_t i = 0; i < n; i++) {
        g->out_at[g->edges[i].from + 1]++;
        g->in_at[g->edges[i].to + 1]++;
    }
    for (size_t v = 0; v < g->nodes_n; v++) {
        g->out_at[v + 1] += g->out_at[v];
        g->in_at[v + 1] += g->in_at[v];
    }
    memcpy(cursor, g->in_at, (g->nodes_n + 1) * sizeof *cursor);
    for (size_t i = 0; i < n; i++)
        g->in[cursor[g->edges[i].to]++] = (uint32_t)i;
}

/* What a curve's joint trade gives or gets of an asset. */
struct part {
    uint32_t k;
    double net;   /* atoms, positive */
    double share; /* of all that is given, or got */
    double left;  /* of the share, not yet in a way */
    double depth; /* atoms that the curve has; 0: not known */
};

struct parts {
    struct part part[REAL_ASSETS_MAX];
    uint32_t n;
};

/*
 * What a part counts for. In a weighted pool that is by how much it moves the product that the pool
 * keeps, whatever was traded before; elsewhere its value does nearly.
 */
static double part_worth(struct part *p, const struct curve *c, double price, double sign)
{
    const struct weighted *w = c->as.weighted;

    if (c->kind != CURVE_weighted)
        return p->net * price;
    double keep = 1 - (double)w->pool.fee * 1e-18;

    p->depth = edge_double(&w->pool.balance[p->k]);
    return (double)w->weight[p->k] * 1e-18 * -sign *
           log1p(-sign * (sign < 0 ? keep : 1) * p->net / p->depth);
}

/* sign -1: what is given, 1: what is got. */
static void parts_make(struct parts *p, const struct curve *c, const struct leg_trade *t,
                       const double *price, double sign)
{
    double total = 0;

    p->n = 0;
    for (uint32_t k = 0; k < c->assets_n; k++) {
        struct part part = { .k = k, .net = t->net[k] * sign };

        if (!(part.net * price[c->asset[k]] > 0) || !isfinite(part.net))
            continue;
        part.share = part_worth(&part, c, price[c->asset[k]], sign);
        if (!(part.share > 0) || !isfinite(part.share))
            continue;
        p->part[p->n++] = part;
        total += part.share;
    }
    for (uint32_t i = 0; i < p->n; i++)
        p->part[i].share /= total;
}

static uint32_t node_of(const struct leg_graph *g, uint32_t asset)
{
    size_t low = 0, end = g->nodes_n;

    while (end - low > 1) {
        size_t mid = low + (end - low) / 2;

        if (g->nodes[mid].asset <= asset)
            low = mid;
        else
            end = mid;
    }
    return (uint32_t)low;
}

/* The part of which most is left, or least; NULL: nothing is. */
static struct part *part_left(struct parts *p, bool most)
{
    struct part *found = NULL;

    for (uint32_t i = 0; i < p->n; i++) {
        struct part *o = &p->part[i];
        bool better = found == NULL || (most ? o->left > found->left : o->left < found->left);

        found = o->left > NOISE && better ? o : found;
    }
    return found;
}

/* A part of what is given for a part of what is got. */
struct match {
    const struct part *give;
    const struct part *get;
    double moved;
};

struct matches {
    struct match match[LEG_SIZE_MAX];
    size_t n;
    double loss; /* to the fees that the first legs of an asset leave in the pool */
};

/* Match givers with getters, the largest or smallest of both first: one way less than there are of
 * both at most. */
static void match_all(struct matches *m, struct parts *give, struct parts *get, unsigned order)
{
    struct part *a, *b;

    *m = (struct matches){ 0 };
    for (uint32_t i = 0; i < give->n; i++)
        give->part[i].left = give->part[i].share;
    for (uint32_t i = 0; i < get->n; i++)
        get->part[i].left = get->part[i].share;
    while ((a = part_left(give, order & 1)) != NULL && (b = part_left(get, order & 2)) != NULL) {
        double moved = fmin(a->left, b->left), before = a->share - a->left;

        if (a->depth > 0)
            m->loss += moved * before / a->share * (a->net / a->depth);
        m->match[m->n++] = (struct match){ a, b, moved };
        a->left -= moved;
        b->left -= moved;
    }
}

static size_t ways_add(struct leg_graph *g, const struct curve *c, const struct leg_trade *t,
                       const double *price)
{
    struct parts give, get;
    struct matches best, other;

    parts_make(&give, c, t, price, -1);
    parts_make(&get, c, t, price, 1);
    match_all(&best, &give, &get, 0);
    for (unsigned order = 1; order < 4 && best.loss > 0; order++) {
        match_all(&other, &give, &get, order);
        best = other.loss < best.loss ? other : best;
    }
    for (size_t i = 0; i < best.n; i++) {
        const struct part *a = best.match[i].give, *b = best.match[i].get;

        g->edges[g->edges_n++] =
            (struct leg_edge){ .curve = t->curve,
                               .way = { a->k, b->k },
                               .from = node_of(g, c->asset[a->k]),
                               .to = node_of(g, c->asset[b->k]),
                               .in = a->net * (best.match[i].moved / a->share),
                               .out = b->net * (best.match[i].moved / b->share) };
    }
    return best.n;
}

/* The legs of one curve with the sizes that they have one after the other. */
static enum err ways_size(struct leg_graph *g, size_t first, size_t n)
{
    struct leg_edge *legs[LEG_SIZE_MAX] = { NULL };
    struct trade done[LEG_SIZE_MAX];

    for (size_t i = 0; i < n; i++)
        legs[i] = &g->edges[first + i];
    TRY(leg_size(done, g, legs, n));
    for (size_t i = 0; i < n; i++) {
        if (u256_is_zero(&done[i].out))
            continue; /* too small, or refused: the plan stays */
        legs[i]->in = edge_double(&done[i].in);
        legs[i]->out = edge_double(&done[i].out);
    }
    return ERR_OK;
}

static enum err edges_add(struct leg_graph *g, const struct leg_input *in)
{
    for (size_t i = 0; i < in->trades_n; i++) {
        const struct curve *c = &in->curves[in->trades[i].curve];
        size_t ways = ways_add(g, c, &in->trades[i], in->order->price);

        if (ways < 2)
            continue;
        struct curve *state = ARENA_NEW(g->arena, 1, struct curve);

        if (state == NULL)
            return ERR_NOMEM;
        TRY(curve_copy(state, g->arena, c));
        for (size_t k = g->edges_n - ways; k < g->edges_n; k++) {
            g->edges[k].state = state;
            g->edges[k].shared = (uint32_t)g->shared_n;
        }
        g->shared_n++;
        TRY(ways_size(g, g->edges_n - ways, ways));
    }
    return ERR_OK;
}

/* The assets of the trades, sorted, each once. */
static size_t assets_list(uint32_t *list, const struct leg_input *in)
{
    size_t n = 0, unique = 0;

    list[n++] = in->order->sell;
    list[n++] = in->order->buy;
    for (size_t i = 0; i < in->trades_n; i++) {
        const struct curve *c = &in->curves[in->trades[i].curve];

        for (uint32_t k = 0; k < c->assets_n; k++)
            list[n++] = c->asset[k];
    }
    qsort(list, n, sizeof *list, compare_u32);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || list[i] != list[unique - 1])
            list[unique++] = list[i];
    return unique;
}

static enum err input_check(size_t *entries, const struct leg_input *in)
{
    *entries = 2;
    if (in->order->sell >= in->assets_n || in->order->buy >= in->assets_n)
        return ERR_INVALID;
    for (size_t i = 0; i < in->trades_n; i++) {
        if (in->trades[i].curve >= in->curves_n)
            return ERR_INVALID;
        const struct curve *c = &in->curves[in->trades[i].curve];

        for (uint32_t k = 0; k < c->assets_n; k++)
            if (c->asset[k] >= in->assets_n)
                return ERR_INVALID;
        *entries += c->assets_n;
    }
    return ERR_OK;
}

/* Room for every asset and the sink, for every way and what is bought. */
static enum err memory_take(struct leg_graph *g, const struct leg_input *in, size_t entries)
{
    uint32_t *list = ARENA_NEW(g->arena, entries, uint32_t);

    if (list == NULL)
        return ERR_NOMEM;
    size_t n = assets_list(list, in), edges = entries + 1;

    g->nodes_n = n + 1;
    g->sink = (uint32_t)n;
    g->nodes = ARENA_NEW(g->arena, n + 1, struct leg_node);
    g->edges = ARENA_NEW(g->arena, edges, struct leg_edge);
    g->in = ARENA_NEW(g->arena, edges, uint32_t);
    g->sequence = ARENA_NEW(g->arena, edges, uint32_t);
    g->out_at = ARENA_NEW(g->arena, n + 2, uint32_t);
    g->in_at = ARENA_NEW(g->arena, n + 2, uint32_t);
    g->order = ARENA_NEW(g->arena, n + 1, uint32_t);
    g->scratch = ARENA_NEW(g->arena, LEG_SCRATCH * (n + 2), uint32_t);
    if (g->nodes == NULL || g->edges == NULL || g->in == NULL || g->sequence == NULL ||
        g->out_at == NULL || g->in_at == NULL || g->order == NULL || g->scratch == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        g->nodes[i] = (struct leg_node){ .asset = list[i], .price = in->order->price[list[i]] };
    g->nodes[n].asset = UINT32_MAX; /* after all others: node_of never finds it */
    return ERR_OK;
}

/* Mark what can be reached from the nodes on the stack, over edges or against them. */
static void reach(struct leg_graph *g, bool forward)
{
    uint32_t *stack = leg_graph_scratch(g, 1), *seen = leg_graph_scratch(g, 2);
    const uint32_t *at = forward ? g->out_at : g->in_at;
    size_t n = 1;

    memset(seen, 0, g->nodes_n * sizeof *seen);
    stack[0] = forward ? g->source : g->sink;
    seen[stack[0]] = 1;
    if (!forward && g->source_ends) {
        stack[n++] = g->source;
        seen[g->source] = 1;
    }
    while (n > 0) {
        uint32_t v = stack[--n];

        for (uint32_t i = at[v]; i < at[v + 1]; i++) {
            uint32_t w = forward ? g->edges[i].to : g->edges[g->in[i]].from;

            if (!seen[w])
                stack[n++] = w;
            seen[w] = 1;
        }
    }
}

/* Drop edges that lead nowhere, and without cycles those from where nothing is. */
static void prune(struct leg_graph *g, bool cycles)
{
    const uint32_t *seen = leg_graph_scratch(g, 2);

    for (int forward = 0; forward <= (cycles ? 0 : 1); forward++) {
        reach(g, forward);
        for (size_t i = 0; i < g->edges_n; i++)
            if (!seen[forward ? g->edges[i].from : g->edges[i].to])
                g->edges[i].in = 0;
        leg_graph_index(g);
    }
}

/* What is bought stays: an edge to the sink that carries the surplus of its flows. There is one even
 * where plans balance so badly that they have none. */
static void sink_add(struct leg_graph *g)
{
    double kept = 0, given = 0;

    for (size_t i = 0; i < g->edges_n; i++) {
        const struct leg_edge *e = &g->edges[i];

        kept += e->to == g->bought ? e->out : e->from == g->bought ? -e->in : 0;
        given += e->from == g->source ? e->in : e->to == g->source ? -e->out : 0;
    }
    g->nodes[g->sink].price = g->nodes[g->bought].price;
    g->supply = fmax(given, 0);
    kept = fmax(kept, 1);
    g->edges[g->edges_n++] = (struct leg_edge){
        .curve = LEG_NONE, .from = g->bought, .to = g->sink, .in = kept, .out = kept
    };
    leg_graph_index(g);
}

enum err leg_graph_build(struct leg_graph *g, struct arena *arena, const struct leg_input *in,
                         bool cycles)
{
    size_t entries;

    *g = (struct leg_graph){ .arena = arena, .curves = in->curves };
    TRY(input_check(&entries, in));
    TRY(memory_take(g, in, entries));
    g->source = node_of(g, in->order->sell);
    g->bought = node_of(g, in->order->buy);
    TRY(edges_add(g, in));
    sink_add(g);
    if (!cycles)
        leg_graph_cut(g);
    g->source_ends = cycles && in->order->exact_out;
    prune(g, cycles);
    leg_graph_order(g);
    return leg_graph_schedule(g);
}
