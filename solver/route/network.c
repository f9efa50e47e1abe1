/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/network.h"

#include <math.h>
#include <stdlib.h>

#include "solver/route/prune.h"
#include "solver/route/reference.h"

/* An order far beyond every depth behaves like one this many times as large as all depth. */
#define SIZE_MAX_DEPTHS 1e4

struct build {
    struct network *n;
    struct arena *arena;
    const struct auction *a;
    const double *price; /* [assets_n], 0 = unknown */
    const bool *keep;    /* [assets_n], after pruning */
    uint32_t *node;      /* [assets_n] */
    const bool *skip_curve;
    const bool *skip_intent;
};

static double mark_of(const struct auction_asset *a)
{
    if (amount_is_zero(a->mark.num))
        return INFINITY; /* a value that nobody knows fits no limit */
    return (double)a->mark.num.atoms / (double)a->mark.den.atoms;
}

static enum err nodes_build(struct build *b)
{
    struct network *n = b->n;

    n->nodes = ARENA_NEW(b->arena, b->a->assets_n + 2 * b->a->curves_n, struct node);
    b->node = ARENA_NEW(b->arena, b->a->assets_n, uint32_t);
    if (n->nodes == NULL || b->node == NULL)
        return ERR_NOMEM;
    for (uint32_t i = 0; i < b->a->assets_n; i++) {
        b->node[i] = NETWORK_NONE;
        if (!b->keep[i])
            continue;
        b->node[i] = (uint32_t)n->nodes_n;
        n->nodes[n->nodes_n++] = (struct node){ .asset = i,
                                                .domain = NETWORK_NONE,
                                                .home = b->node[i],
                                                .price = b->price[i],
                                                .mark = mark_of(&b->a->assets[i]) / b->price[i] };
    }
    return ERR_OK;
}

/* The node where a venue has an asset: at home, or of its domain, for which the first venue stands. */
static uint32_t node_at(struct build *b, uint32_t venue, uint32_t asset)
{
    const struct name home = { DOMAIN_HOME }, *domain = &b->a->venues[venue].domain;
    struct network *n = b->n;
    uint32_t first = 0, at = b->node[asset], i = 0;

    if (at == NETWORK_NONE || name_equal(domain, &home))
        return at;
    while (!name_equal(&b->a->venues[first].domain, domain))
        first++;
    while (i < n->nodes_n && (n->nodes[i].asset != asset || n->nodes[i].domain != first))
        i++;
    if (i == n->nodes_n) {
        n->nodes[n->nodes_n++] = n->nodes[at];
        n->nodes[i].domain = first;
    }
    return i;
}

/* Trade one for one up to an amount. */
static void link_add(struct build *b, uint32_t from, uint32_t to, struct amount most)
{
    double value = (double)most.atoms * b->n->nodes[from].price * CAPS_SAFETY;
    struct edge *e = &b->n->edges[b->n->edges_n];

    if (!(value > 0))
        return;
    edge_link_init(e, &b->n->links[b->n->links_n++], value);
    e->curve = e->venue = NETWORK_NONE;
    e->a = from;
    e->b = to;
    b->n->edges_n++;
}

/* Inventory of a foreign domain serves what its venues take, that of home what they bring. */
static enum err links_build(struct build *b)
{
    const struct name home = { DOMAIN_HOME };

    b->n->links = ARENA_NEW(b->arena, 2 * b->n->nodes_n, struct edge_link);
    if (b->n->links == NULL)
        return ERR_NOMEM;
    for (uint32_t i = 0; i < b->n->nodes_n; i++) {
        const struct node *v = &b->n->nodes[i];

        if (v->home == i)
            continue;
        link_add(b, v->home, i, caps_available(b->a, &b->a->venues[v->domain].domain, v->asset));
        link_add(b, i, v->home, caps_spare(b->a, &home, v->asset));
    }
    return ERR_OK;
}

static enum err curve_edges(struct build *b, uint32_t i)
{
    const struct curve *c = &b->a->curves[i];
    const double price[2] = { b->price[c->asset[0]], b->price[c->asset[1]] };
    struct real_curve *real = ARENA_NEW(b->arena, 1, struct real_curve);
    uint32_t node[2];
    enum err err;

    if (real == NULL)
        return ERR_NOMEM;
    for (unsigned side = 0; side < 2; side++) {
        node[side] = node_at(b, c->venue, c->asset[side]);
        real->node[side] = side;
    }
    err = real_curve_init(real, b->arena, c, price);
    if (err != ERR_OK)
        return err == ERR_NOMEM ? err : ERR_OK; /* nothing to trade there */
    for (int side = 0; side < 2; side++) {
        struct edge *e = &b->n->edges[b->n->edges_n];

        if (edge_init(e, real, side) != ERR_OK)
            continue;
        e->curve = i;
        e->venue = c->venue;
        e->a = node[side];
        e->b = node[!side];
        b->n->edges_n++;
    }
    return ERR_OK;
}

/* Pools of more than two assets have no edges: their ways share one state, which edges do not. Columns
 * for them would be joint trades. */
static enum err edges_build(struct build *b)
{
    struct network *n = b->n;

    n->edges = ARENA_NEW(b->arena, 6 * b->a->curves_n, struct edge);
    if (n->edges == NULL)
        return ERR_NOMEM;
    for (uint32_t i = 0; i < b->a->curves_n; i++) {
        const struct curve *c = &b->a->curves[i];

        if (!edge_serves(c) || b->node[c->asset[0]] == NETWORK_NONE ||
            b->node[c->asset[1]] == NETWORK_NONE || (b->skip_curve != NULL && b->skip_curve[i]))
            continue;
        TRY(curve_edges(b, i));
    }
    return ERR_OK;
}

/* False when the intent cannot be an order: sizes beyond doubles. */
static bool order_init(struct order *o, const struct auction_intent *in, uint32_t i,
                       const struct build *b)
{
    double price_a = b->price[in->sell], price_b = b->price[in->buy];
    double signed_sell = edge_double(&in->signed_sell) * price_a;
    double signed_buy = edge_double(&in->signed_buy) * price_b;
    bool sells = in->kind == INTENT_SELL;
    double atoms = edge_double(sells ? &in->sell_max : &in->buy_min);

    *o = (struct order){ .intent = i,
                         .a = b->node[in->sell],
                         .b = b->node[in->buy],
                         .sells = sells,
                         .partial = in->partial,
                         .atoms = atoms,
                         .size = atoms * (sells ? price_a : price_b),
                         .limit = fmax(log(signed_buy / signed_sell), NETWORK_LIMIT_MIN) };
    return isfinite(o->size) && o->size > 0 && isfinite(o->limit) && o->limit < -NETWORK_LIMIT_MIN;
}

static double depth_sum(const struct network *n)
{
    double sum = 0;

    for (size_t i = 0; i < n->edges_n; i++) {
        const struct edge *e = &n->edges[i];

        if (!network_is_link(e))
            sum += edge_depth(e);
    }
    return sum;
}

/* Sort by pair, then the most eager first, then by id: the order of everything that ties. */
static int order_cmp(const void *x, const void *y, void *intents)
{
    const struct order *p = x, *q = y;
    const struct auction_intent *in = intents;

    if (p->a != q->a)
        return p->a < q->a ? -1 : 1;
    if (p->b != q->b)
        return p->b < q->b ? -1 : 1;
    if (p->limit < q->limit || p->limit > q->limit)
        return p->limit < q->limit ? -1 : 1;
    return id_cmp(in[p->intent].id, in[q->intent].id);
}

static enum err orders_build(struct build *b)
{
    struct network *n = b->n;
    double most;

    n->orders = ARENA_NEW(b->arena, b->a->intents_n, struct order);
    if (n->orders == NULL)
        return ERR_NOMEM;
    for (uint32_t i = 0; i < b->a->intents_n; i++) {
        const struct auction_intent *in = &b->a->intents[i];

        if (b->node[in->sell] == NETWORK_NONE || b->node[in->buy] == NETWORK_NONE ||
            (b->skip_intent != NULL && b->skip_intent[i]))
            continue;
        if (order_init(&n->orders[n->orders_n], in, i, b))
            n->orders_n++;
    }
    most = depth_sum(n);
    for (size_t i = 0; i < n->orders_n; i++) {
        if (n->orders[i].size <= most || most <= 0)
            most += n->orders[i].size;
    }
    most *= SIZE_MAX_DEPTHS;
    for (size_t i = 0; i < n->orders_n; i++) {
        struct order *o = &n->orders[i];

        if (o->size > most && o->partial) { /* cap it, and its atoms with it */
            o->atoms *= most / o->size;
            o->size = most;
        }
    }
    qsort_r(n->orders, n->orders_n, sizeof(*n->orders), order_cmp, b->a->intents);
    return ERR_OK;
}

enum err network_build(struct network *n, struct arena *arena, const struct auction *a,
                       const bool *skip_curve, const bool *skip_intent)
{
    struct build b = {
        .n = n, .arena = arena, .a = a, .skip_curve = skip_curve, .skip_intent = skip_intent
    };
    double *price = ARENA_NEW(arena, a->assets_n, double);
    bool *keep = ARENA_NEW(arena, a->assets_n, bool);

    *n = (struct network){ 0 };
    if (price == NULL || keep == NULL)
        return ERR_NOMEM;
    TRY(reference_prices(price, arena, a));
    for (size_t i = 0; i < a->assets_n; i++)
        keep[i] = price[i] > 0;
    TRY(prune_assets(keep, arena, a, skip_curve, skip_intent));
    b.price = price;
    b.keep = keep;
    TRY(nodes_build(&b));
    TRY(edges_build(&b));
    TRY(links_build(&b));
    TRY(caps_build(n, arena, a, b.node));
    return orders_build(&b);
}
