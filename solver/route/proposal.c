/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/proposal.h"

#include <math.h>

#include "solver/route/edge.h"
#include "solver/route/reference.h"

#define SHARE_BITS 53 /* of a double */
#define TOUCH 2e-8    /* a log rate this near a limit is meant to be the limit */

/* Round to nearest: a * share, exactly a for share >= 1. */
static struct u256 part_of(const struct u256 *a, double share)
{
    struct u256 num = u256_of((uint64_t)ldexp(share, SHARE_BITS));
    struct u256 den = u256_of((uint64_t)1 << SHARE_BITS), half = u256_of(1), out, twice;

    if (share >= 1 || u256_add(&twice, a, a) != ERR_OK ||
        u256_muldiv_floor(&out, &twice, &num, &den) != ERR_OK ||
        u256_add(&out, &out, &half) != ERR_OK)
        return *a;
    half = u256_of(2);
    return u256_div_floor(&out, &out, &half) == ERR_OK ? out : *a;
}

static bool same_class(const struct order *o, const struct order *p)
{
    return o->a == p->a && o->b == p->b && o->sells == p->sells && !(o->limit < p->limit) &&
           !(o->limit > p->limit);
}

static const struct u256 *open_of(const struct auction *a, const struct order *o)
{
    const struct auction_intent *in = &a->intents[o->intent];

    return o->sells ? &in->sell_max : &in->buy_min;
}

static double share_of(const struct paid *p, const struct auction *a, const struct order *o,
                       size_t i)
{
    double atoms = o->atoms * (p->fill[i] / o->size);

    return o->partial ? atoms / edge_double(open_of(a, o)) : 1;
}

/*
 * Amounts of the fills. Of partial orders with one limit the sums are rounded, not each amount, so
 * that equals who were rationed sell together what was meant to the atom.
 */
static enum err fills_make(struct proposal *out, struct arena *arena, const struct auction *a,
                           const struct network *n, const struct paid *p)
{
    struct u256 open = { { 0 } }, before = { { 0 } };

    out->fills = ARENA_NEW(arena, n->orders_n, struct proposal_fill);
    if (out->fills == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < n->orders_n; i++) {
        const struct order *o = &n->orders[i];
        struct u256 upto, amount = *open_of(a, o);

        if (i == 0 || !same_class(o, &n->orders[i - 1]))
            open = before = u256_of(0);
        if (!(p->fill[i] > 0))
            continue;
        if (o->partial) {
            TRY(u256_add(&open, &open, &amount));
            upto = part_of(&open, share_of(p, a, o, i));
            TRY(u256_sub(&amount, &upto, &before));
            before = upto;
        }
        if (!u256_is_zero(&amount))
            out->fills[out->fills_n++] = (struct proposal_fill){ o->intent, i, amount };
    }
    return ERR_OK;
}

static bool limited(const struct network *n, const struct edge *e)
{
    bool is = n->nodes[e->a].home != e->a;

    for (size_t k = 0; k < n->caps_n; k++) {
        struct cap_use use = cap_use(n, &n->caps[k], e);

        is = is || use.in > 0 || use.out > 0;
    }
    return is;
}

static enum err flows_make(struct proposal *out, struct arena *arena, const struct network *n,
                           const struct paid *p)
{
    out->flows = ARENA_NEW(arena, n->edges_n, struct proposal_flow);
    if (out->flows == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < n->edges_n; i++) {
        const struct edge *e = &n->edges[i];
        double atoms = p->flow[i] / n->nodes[e->a].price;

        if (!network_is_link(e) && atoms >= 1 && atoms < 0x1p255)
            out->flows[out->flows_n++] =
                (struct proposal_flow){ e->curve, e->side, edge_atoms(atoms), limited(n, e) };
    }
    return ERR_OK;
}

/* Scale values so that the largest is near 2^PROPOSAL_PRICE_BITS; what is too small becomes 0. */
static enum err scale(struct amount *out, const double *value, size_t n)
{
    double most = 0;

    for (size_t i = 0; i < n; i++)
        most = fmax(most, value[i]);
    if (!isfinite(most))
        return ERR_NUMERIC;
    for (size_t i = 0; i < n; i++)
        out[i].atoms = most > 0 ? (u128)ldexp(value[i] / most, PROPOSAL_PRICE_BITS) : 0;
    return ERR_OK;
}

/* q_a / q_b >= the limit, as near as integers allow, by moving b (down) or else a (up). */
static enum err pair_snap(struct amount *q, bool *fixed, const struct auction_intent *in)
{
    struct u256 price;

    if (fixed[in->buy] && fixed[in->sell])
        return ERR_OK;
    if (!fixed[in->buy]) {
        price = u256_of_amount(q[in->sell]);
        TRY(u256_muldiv_floor(&price, &price, &in->signed_sell, &in->signed_buy));
        TRY(u256_to_amount(&q[in->buy], &price));
    } else {
        price = u256_of_amount(q[in->buy]);
        TRY(u256_muldiv_ceil(&price, &price, &in->signed_buy, &in->signed_sell));
        TRY(u256_to_amount(&q[in->sell], &price));
    }
    fixed[in->sell] = fixed[in->buy] = true;
    return ERR_OK;
}

/*
 * Doubles are too coarse for a rate that touches a limit: there, the limit's own integers decide.
 * Orders of one pair stand together, the strictest last.
 */
static enum err prices_snap(struct proposal *out, struct arena *arena, const struct auction *a,
                            const struct network *n, const struct paid *p)
{
    bool *fixed = ARENA_NEW(arena, a->assets_n, bool);

    if (fixed == NULL)
        return ERR_NOMEM;
    for (size_t i = n->orders_n; i-- > 0;) {
        const struct order *o = &n->orders[i];
        double above = p->q[o->a] - p->q[o->b] - o->limit;

        if (p->fill[i] > 0 && fabs(above) < TOUCH &&
            pair_snap(out->prices, fixed, &a->intents[o->intent]) != ERR_OK)
            return ERR_NUMERIC;
    }
    return ERR_OK;
}

enum err proposal_make(struct proposal *out, struct arena *arena, const struct auction *a,
                       const struct network *n, const struct paid *p)
{
    double *value = ARENA_NEW(arena, 2 * a->assets_n, double), *dual = value + a->assets_n;

    *out = (struct proposal){ .prices = ARENA_NEW(arena, a->assets_n, struct amount),
                              .duals = ARENA_NEW(arena, a->assets_n, struct amount) };
    if (value == NULL || out->prices == NULL || out->duals == NULL)
        return ERR_NOMEM;
    TRY(fills_make(out, arena, a, n, p));
    TRY(flows_make(out, arena, n, p));
    for (size_t i = 0; i < n->orders_n; i++) {
        if (!(p->fill[i] > 0))
            continue;
        for (int k = 0; k < 2; k++) {
            uint32_t v = k == 0 ? n->orders[i].a : n->orders[i].b;

            value[n->nodes[v].asset] = n->nodes[v].price * exp(p->q[v]);
        }
    }
    for (size_t i = 0; i < n->nodes_n && n->nodes[i].home == i; i++)
        dual[n->nodes[i].asset] = n->nodes[i].price * exp(p->dual[i]);
    TRY(reference_extend(dual, arena, a));
    TRY(scale(out->prices, value, a->assets_n));
    TRY(prices_snap(out, arena, a, n, p));
    return scale(out->duals, dual, a->assets_n);
}

enum err proposal_duals(struct amount **duals, struct arena *arena, const struct auction *a)
{
    double *value = ARENA_NEW(arena, a->assets_n, double);

    *duals = ARENA_NEW(arena, a->assets_n, struct amount);
    if (value == NULL || *duals == NULL)
        return ERR_NOMEM;
    TRY(reference_prices(value, arena, a));
    return scale(*duals, value, a->assets_n);
}
