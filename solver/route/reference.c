/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/reference.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/route/quote.h"
#include "solver/route/real_curve.h"

/* An asset that only intents name takes the first one's limit; one without any starts a scale at 1.
 * *named is the asset that now has a price. */
static bool limit_step(uint32_t *named, double *price, const struct auction *a)
{
    for (size_t i = 0; i < a->intents_n; i++) {
        const struct auction_intent *in = &a->intents[i];
        double rate = real_double(&in->signed_buy) / real_double(&in->signed_sell);

        if (price[in->sell] > 0 && price[in->buy] > 0)
            continue;
        if (!(rate > 0))
            rate = 1;
        *named = price[in->sell] > 0 ? in->buy : in->sell;
        if (price[in->sell] > 0)
            price[in->buy] = price[in->sell] / rate;
        else
            price[in->sell] = price[in->buy] > 0 ? price[in->buy] * rate : 1;
        if (!isfinite(price[*named]) || !(price[*named] > 0))
            price[*named] = 1;
        return true;
    }
    return false;
}

static void known_run(struct quote_walk *w, double *price)
{
    for (uint32_t i = 0; i < w->assets_n; i++) {
        if (price[i] > 0)
            quote_walk_from(w, price, i);
    }
    quote_walk_run(w, price);
}

enum err reference_extend(double *price, struct arena *arena, const struct auction *a)
{
    struct quote_walk w;

    TRY(quote_walk_init(&w, arena, a->curves, a->curves_n, a->assets_n));
    known_run(&w, price);
    return ERR_OK;
}

enum err reference_curves(double *price, struct arena *arena, const struct curve *curves,
                          size_t curves_n, size_t assets_n)
{
    struct quote_walk w;
    uint32_t first;

    TRY(quote_walk_init(&w, arena, curves, curves_n, assets_n));
    first = quote_walk_busiest(&w);
    for (uint32_t i = 0; i < assets_n; i++) {
        uint32_t asset = i == 0 ? first : i == first ? 0 : i;

        if (price[asset] > 0 || w.first[asset] == w.first[asset + 1])
            continue;
        price[asset] = 1;
        quote_walk_from(&w, price, asset);
        quote_walk_run(&w, price);
    }
    return ERR_OK;
}

enum err reference_prices(double *price, struct arena *arena, const struct auction *a)
{
    struct quote_walk w;
    bool marked = false;

    TRY(quote_walk_init(&w, arena, a->curves, a->curves_n, a->assets_n));
    for (size_t i = 0; i < a->assets_n; i++) {
        const struct price *mark = &a->assets[i].mark;

        price[i] =
            amount_is_zero(mark->num) ? 0 : (double)mark->num.atoms / (double)mark->den.atoms;
        marked = marked || price[i] > 0;
    }
    if (!marked && a->assets_n > 0)
        price[quote_walk_busiest(&w)] = 1;
    known_run(&w, price);
    for (uint32_t named; limit_step(&named, price, a);) {
        quote_walk_from(&w, price, named);
        quote_walk_run(&w, price);
    }
    return ERR_OK;
}
