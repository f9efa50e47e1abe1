/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/reference.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/route/edge.h"

/* The mid price of asset[1] per atom of asset[0], and the depth in atoms of each; 0 if unknown. */
struct quote {
    double rate;
    double depth[2];
};

static struct quote quote_of(const struct curve *c)
{
    const struct book *b = &c->as.book;
    struct quote q = { 0, { 0, 0 } };

    if (!edge_serves(c->kind))
        return q;
    if (c->kind == CURVE_constant_product) {
        q.depth[0] = edge_double(&c->as.constant_product.reserve[0]);
        q.depth[1] = edge_double(&c->as.constant_product.reserve[1]);
        q.rate = q.depth[1] / q.depth[0];
        return q;
    }
    if (b->bids_n > 0)
        q.rate = edge_double(&b->bids[0].price);
    if (b->asks_n > 0)
        q.rate = q.rate > 0 ? sqrt(q.rate * edge_double(&b->asks[0].price))
                            : edge_double(&b->asks[0].price);
    q.rate /= edge_double(&b->scale);
    for (size_t i = 0; i < b->bids_n; i++)
        q.depth[0] += edge_double(&b->bids[i].size);
    for (size_t i = 0; i < b->asks_n; i++)
        q.depth[0] += edge_double(&b->asks[i].size);
    q.depth[1] = q.depth[0] * q.rate;
    return q;
}

static uint32_t most_curves(const struct auction *a, uint32_t *count)
{
    uint32_t best = 0;

    for (size_t i = 0; i < a->curves_n; i++) {
        count[a->curves[i].asset[0]]++;
        count[a->curves[i].asset[1]]++;
    }
    for (uint32_t i = 0; i < a->assets_n; i++) {
        if (count[i] > count[best])
            best = i;
    }
    return best;
}

/* Carry a price over the deepest curve that leads to an unpriced asset. False when none does. */
static bool step(double *price, const struct auction *a, const struct quote *quotes)
{
    size_t best = a->curves_n;
    double deepest = 0;
    int known = 0;

    for (size_t i = 0; i < a->curves_n; i++) {
        const struct curve *c = &a->curves[i];
        int side = price[c->asset[0]] > 0 ? 0 : 1;
        double depth = quotes[i].depth[side] * price[c->asset[side]];

        if (price[c->asset[!side]] > 0 || !(depth > deepest) || !(quotes[i].rate > 0))
            continue;
        deepest = depth;
        best = i;
        known = side;
    }
    if (best == a->curves_n)
        return false;
    price[a->curves[best].asset[!known]] = price[a->curves[best].asset[known]] *
                                           (known == 0 ? 1 / quotes[best].rate : quotes[best].rate);
    return true;
}

/* An asset that only intents name: the first one's limit; one without any starts a scale at 1. */
static bool limit_step(double *price, const struct auction *a)
{
    for (size_t i = 0; i < a->intents_n; i++) {
        const struct auction_intent *in = &a->intents[i];
        double rate = edge_double(&in->signed_buy) / edge_double(&in->signed_sell);

        if (price[in->sell] > 0 && price[in->buy] > 0)
            continue;
        if (!(price[in->sell] > 0) && !(price[in->buy] > 0))
            price[in->sell] = 1;
        if (!(rate > 0))
            rate = 1;
        if (price[in->sell] > 0)
            price[in->buy] = price[in->sell] / rate;
        else
            price[in->sell] = price[in->buy] * rate;
        return true;
    }
    return false;
}

static enum err quotes_take(struct quote **quotes, struct arena *arena, const struct auction *a)
{
    *quotes = ARENA_NEW(arena, a->curves_n, struct quote);
    if (*quotes == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < a->curves_n; i++)
        (*quotes)[i] = quote_of(&a->curves[i]);
    return ERR_OK;
}

enum err reference_extend(double *price, struct arena *arena, const struct auction *a)
{
    struct quote *quotes;

    TRY(quotes_take(&quotes, arena, a));
    while (step(price, a, quotes))
        ;
    return ERR_OK;
}

enum err reference_prices(double *price, struct arena *arena, const struct auction *a)
{
    uint32_t *count = ARENA_NEW(arena, a->assets_n, uint32_t);
    struct quote *quotes;
    bool marked = false;

    if (count == NULL)
        return ERR_NOMEM;
    TRY(quotes_take(&quotes, arena, a));
    for (size_t i = 0; i < a->assets_n; i++) {
        const struct price *mark = &a->assets[i].mark;

        price[i] =
            amount_is_zero(mark->num) ? 0 : (double)mark->num.atoms / (double)mark->den.atoms;
        marked = marked || price[i] > 0;
    }
    if (!marked && a->assets_n > 0)
        price[most_curves(a, count)] = 1;
    do {
        while (step(price, a, quotes))
            ;
    } while (limit_step(price, a));
    for (size_t i = 0; i < a->assets_n; i++) {
        if (!isfinite(price[i]))
            price[i] = 0;
    }
    return ERR_OK;
}
