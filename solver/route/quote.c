/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/quote.h"

#include <math.h>

#include "solver/route/real_curve.h"

/* A curve over which a price can be carried from asset number `from` of it. */
struct quote_step {
    double depth;
    uint32_t curve;
    uint32_t from;
};

static struct quote product_quote(const struct constant_product *c)
{
    return (struct quote){ { 1 / real_double(&c->reserve[0]), 1 / real_double(&c->reserve[1]) },
                           1 };
}

static struct quote book_quote(const struct book *b)
{
    double bid = b->bids_n > 0 ? real_double(&b->bids[0].price) : 0;
    double ask = b->asks_n > 0 ? real_double(&b->asks[0].price) : bid;
    double rate = sqrt((bid > 0 ? bid : ask) * ask) / real_double(&b->scale), base = 0;

    for (size_t i = 0; i < b->bids_n; i++)
        base += real_double(&b->bids[i].size);
    for (size_t i = 0; i < b->asks_n; i++)
        base += real_double(&b->asks[i].size);
    return (struct quote){ { rate, 1 }, base * rate };
}

static struct quote weighted_quote(const struct weighted *w)
{
    struct quote q = { { 0 }, 0 };

    for (uint32_t k = 0; k < w->pool.n; k++) {
        q.mid[k] = (double)w->weight[k] / real_double(&w->pool.balance[k]);
        q.depth += (double)w->weight[k] / w->pool.n;
    }
    return q;
}

/* What an asset is worth at the margin falls with what the pool holds of it (stable_move.h). */
static struct quote stable_quote(const struct stable *s)
{
    double d = real_double(&s->invariant), n = s->pool.n, part[BALANCER_ASSETS_MAX], t = 1;
    double a = (double)s->amplification / STABLE_PRECISION * n;
    struct quote q = { { 0 }, 0 };

    for (uint32_t k = 0; k < s->pool.n; k++) {
        part[k] = real_double(&s->pool.balance[k]) * real_double(&s->pool.scaling[k]) / 1e18 / d;
        t /= n * part[k];
    }
    for (uint32_t k = 0; k < s->pool.n; k++) {
        q.mid[k] = real_double(&s->pool.scaling[k]) * (a + t / part[k]);
        q.depth += q.mid[k] * real_double(&s->pool.balance[k]) / s->pool.n;
    }
    return q;
}

static struct quote concentrated_quote(const struct concentrated *c)
{
    double root = ldexp(real_double(&c->sqrt_price), -96);

    return (struct quote){ { root * root, 1 }, real_double(&c->liquidity) * root };
}

static struct quote fixed_quote(const struct fixed_rate *f)
{
    double rate = real_double(&f->num) / real_double(&f->den);

    return (struct quote){
        { rate, 1 }, fmax(real_double(&f->capacity[0]) * rate, real_double(&f->capacity[1]))
    };
}

struct quote quote_of(const struct curve *c)
{
    switch (c->kind) {
    case CURVE_constant_product: return product_quote(&c->as.constant_product);
    case CURVE_book: return book_quote(&c->as.book);
    case CURVE_weighted: return weighted_quote(c->as.weighted);
    case CURVE_stable: return stable_quote(c->as.stable);
    case CURVE_concentrated: return concentrated_quote(&c->as.concentrated);
    case CURVE_fixed_rate: return fixed_quote(&c->as.fixed_rate);
    }
    return (struct quote){ { 0 }, 0 };
}

enum err quote_walk_init(struct quote_walk *w, struct arena *arena, const struct curve *curves,
                         size_t curves_n, size_t assets_n)
{
    size_t touches = 0;

    *w = (struct quote_walk){ .assets_n = assets_n, .curves = curves, .curves_n = curves_n };
    w->quotes = ARENA_NEW(arena, curves_n + 1, struct quote);
    w->first = ARENA_NEW(arena, assets_n + 2, uint32_t);
    if (w->quotes == NULL || w->first == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < curves_n; i++) {
        w->quotes[i] = quote_of(&curves[i]);
        touches += curves[i].assets_n;
        for (uint32_t k = 0; k < curves[i].assets_n; k++)
            w->first[curves[i].asset[k]]++;
    }
    w->touch = ARENA_NEW(arena, touches + 1, uint32_t);
    w->heap = ARENA_NEW(arena, touches + 1, struct quote_step);
    if (w->touch == NULL || w->heap == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < assets_n; i++)
        w->first[i + 1] += w->first[i];
    for (size_t i = curves_n; i-- > 0;) { /* from the end of each asset's part to its start */
        for (uint32_t k = 0; k < curves[i].assets_n; k++)
            w->touch[--w->first[curves[i].asset[k]]] = (uint32_t)i;
    }
    w->first[assets_n] = (uint32_t)touches;
    return ERR_OK;
}

uint32_t quote_walk_busiest(const struct quote_walk *w)
{
    uint32_t best = 0;

    for (uint32_t i = 1; i < w->assets_n; i++) {
        if (w->first[i + 1] - w->first[i] > w->first[best + 1] - w->first[best])
            best = i;
    }
    return best;
}

/* Deepest first, then the lower curve: the order in which prices are carried on. */
static bool before(const struct quote_step *x, const struct quote_step *y)
{
    if (x->depth > y->depth || x->depth < y->depth)
        return x->depth > y->depth;
    return x->curve < y->curve;
}

static void heap_add(struct quote_walk *w, struct quote_step step)
{
    size_t i = w->heap_n++;

    for (; i > 0 && before(&step, &w->heap[(i - 1) / 2]); i = (i - 1) / 2)
        w->heap[i] = w->heap[(i - 1) / 2];
    w->heap[i] = step;
}

static struct quote_step heap_take(struct quote_walk *w)
{
    struct quote_step top = w->heap[0], last = w->heap[--w->heap_n];
    size_t i = 0;

    for (size_t child = 1; child < w->heap_n; i = child, child = 2 * i + 1) {
        if (child + 1 < w->heap_n && before(&w->heap[child + 1], &w->heap[child]))
            child++;
        if (!before(&w->heap[child], &last))
            break;
        w->heap[i] = w->heap[child];
    }
    w->heap[i] = last;
    return top;
}

void quote_walk_from(struct quote_walk *w, const double *price, uint32_t asset)
{
    for (uint32_t t = w->first[asset]; t < w->first[asset + 1]; t++) {
        uint32_t curve = w->touch[t], k = 0;
        const struct quote *q = &w->quotes[curve];

        while (w->curves[curve].asset[k] != asset)
            k++;
        double depth = q->depth * (price[asset] / q->mid[k]);
        if (q->mid[k] > 0 && depth > 0 && isfinite(depth))
            heap_add(w, (struct quote_step){ depth, curve, k });
    }
}

void quote_walk_run(struct quote_walk *w, double *price)
{
    while (w->heap_n > 0) {
        struct quote_step step = heap_take(w);
        const struct curve *c = &w->curves[step.curve];
        const struct quote *q = &w->quotes[step.curve];

        for (uint32_t k = 0; k < c->assets_n; k++) {
            double p = price[c->asset[step.from]] * (q->mid[k] / q->mid[step.from]);

            if (price[c->asset[k]] > 0 || !(p > 0) || !isfinite(p))
                continue;
            price[c->asset[k]] = p;
            quote_walk_from(w, price, c->asset[k]);
        }
    }
}
