/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/networks_curve.h"

#include <math.h>
#include <stdlib.h>

#include "solver/core/check.h"
#include "solver/market/sqrt_price.h"

#define PPM 1000000
#define FAIR 0.45    /* of the fee: two assets deviate by this at most, in opposite directions */
#define BOOK_BITS 40 /* of a price */
#define POSITIONS_MAX 800
#define Q96 0x1p96

/* What a maker works with. */
struct maker {
    struct networks *n;
    struct prng *r;
    const struct networks_place *place;
    double fee;
};

/* Few curves have a fee other than the usual ones. */
static uint32_t fee_ppm(struct prng *r)
{
    static const uint32_t usual[] = { 3000, 3000, 3000, 3000, 500, 500, 10000, 100 };
    static const uint32_t rare[] = { 0, 1, 100000, 990000 };

    return prng_below(r, 32) == 0 ? rare[prng_below(r, 4)] : usual[prng_below(r, 8)];
}

/* How far an asset's price in this curve is off, in its logarithm. */
static double off_draw(const struct maker *m)
{
    double most = m->place->fair ? FAIR * -log1p(-m->fee) : m->place->off / 2;

    return most * (2 * networks_unit(m->r) - 1);
}

/* Value of an atom of asset k as this curve sees it. */
static double price_draw(const struct maker *m, const struct curve *c, unsigned k)
{
    return m->n->price[c->asset[k]] * exp(off_draw(m));
}

static bool product_make(struct curve *c, const struct maker *m)
{
    struct constant_product *p = &c->as.constant_product;

    p->keep_den = PPM;
    p->keep_num = PPM - (uint64_t)(m->fee * PPM + 0.5);
    for (unsigned k = 0; k < 2; k++)
        p->reserve[k] = networks_atoms(m->place->depth / price_draw(m, c, k));
    return true;
}

/* Scaled numbers count 1e-18 of a unit of value, so prices in a pool are near 1. */
static void balancer_make(struct balancer *b, const struct curve *c, const struct maker *m)
{
    b->n = c->assets_n;
    b->fee = (uint64_t)(m->fee * PPM + 0.5) * (UINT64_C(1000000000000000000) / PPM);
    for (unsigned k = 0; k < b->n; k++)
        b->scaling[k] = networks_atoms(price_draw(m, c, k) * 1e36);
}

static bool weighted_make(struct curve *c, const struct maker *m)
{
    struct weighted *w = ARENA_NEW(&m->n->arena, 1, struct weighted);

    CHECK(w != NULL);
    c->as.weighted = w;
    w->pool.n = c->assets_n;
    w->pool.fee = (uint64_t)(m->fee * PPM + 0.5) * (UINT64_C(1000000000000000000) / PPM);
    w->multiplies = prng_below(m->r, 2) == 0;
    w->unlimited = true;
    for (unsigned k = 0; k < c->assets_n; k++) {
        unsigned percent = 1 + (unsigned)prng_below(m->r, 90);
        unsigned decimals = m->n->decimals[c->asset[k]];

        w->weight[k] = percent * UINT64_C(10000000000000000);
        w->pool.scaling[k] = networks_atoms(pow(10, 36 - (double)decimals));
        w->pool.balance[k] = networks_atoms(m->place->depth * percent / 50 / price_draw(m, c, k));
    }
    return true;
}

static bool stable_make(struct curve *c, const struct maker *m)
{
    struct stable *s = ARENA_NEW(&m->n->arena, 1, struct stable);

    CHECK(s != NULL);
    c->as.stable = s;
    balancer_make(&s->pool, c, m);
    s->amplification = STABLE_PRECISION * (1 + prng_sized(m->r, 11));
    for (unsigned k = 0; k < s->pool.n; k++) {
        double lean = m->place->fair ? 1 : networks_log(m->r, 0.3, 3);

        s->pool.balance[k] = networks_atoms(m->place->depth * lean / m->n->price[c->asset[k]]);
    }
    return balancer_check(&s->pool) == ERR_OK && stable_invariant(&s->invariant, s) == ERR_OK;
}

/* A book's ladder on one side of the middle; levels too close to the last one are left out. */
static size_t ladder_make(struct book_level *levels, const struct book *b, const struct maker *m,
                          double middle, double base_depth, int direction)
{
    double away = 1e-4, lot = (double)b->lot.limb[0];
    size_t n = 0;

    for (size_t i = 0; i < m->place->steps; i++) {
        struct u256 price = networks_atoms(middle * exp(direction * away));
        struct u256 size = networks_atoms(base_depth / (double)m->place->steps *
                                          (0.1 + 2 * networks_unit(m->r)) / lot);

        away += 1e-4 + 4e-3 * networks_unit(m->r) * networks_unit(m->r);
        if (n > 0 && u256_cmp(&levels[n - 1].price, &price) * direction >= 0)
            continue;
        if (u256_mul(&size, &size, &b->lot) != ERR_OK)
            continue;
        levels[n++] = (struct book_level){ price, size };
    }
    return n;
}

static bool book_make(struct curve *c, const struct maker *m)
{
    struct book *b = &c->as.book;
    double rate = price_draw(m, c, 0) / m->n->price[c->asset[1]];
    double base_depth = m->place->depth / m->n->price[c->asset[0]];
    double scale = exp2(fmax(0, BOOK_BITS - floor(log2(rate))));

    b->scale = networks_atoms(scale);
    uint64_t lot = base_depth > 1e6 ? 1 + prng_below(m->r, 1000) : 1;

    b->lot = u256_of(m->place->lots ? lot : 1);
    b->keep_den = PPM;
    b->keep_num = PPM - (uint64_t)(m->fee * PPM + 0.5);
    b->bids = ARENA_NEW(&m->n->arena, m->place->steps, struct book_level);
    b->asks = ARENA_NEW(&m->n->arena, m->place->steps, struct book_level);
    CHECK(b->bids != NULL && b->asks != NULL);
    b->bids_n = ladder_make(b->bids, b, m, rate * scale, base_depth, -1);
    b->asks_n = ladder_make(b->asks, b, m, rate * scale, base_depth, 1);
    return true;
}

static bool fixed_rate_make(struct curve *c, const struct maker *m)
{
    struct fixed_rate *f = &c->as.fixed_rate;
    double rate = price_draw(m, c, 0) / m->n->price[c->asset[1]];
    double scale = exp2(fmax(0, BOOK_BITS - floor(log2(rate))));
    uint64_t sides = prng_below(m->r, 4);

    f->num = networks_atoms(rate * scale);
    f->den = networks_atoms(scale);
    f->keep_den = PPM;
    f->keep_num = PPM - (uint64_t)(m->fee * PPM + 0.5);
    f->refills = prng_below(m->r, 2) == 0;
    for (unsigned k = 0; k < 2; k++) {
        if (sides != k)
            f->capacity[k] = networks_atoms(m->place->depth / m->n->price[c->asset[k]]);
    }
    return true;
}

/* ---- concentrated ---- */

/* A boundary of a position. */
struct bound_tick {
    int32_t index;
    u128 size;
    bool top;
};

static int by_index(const void *a, const void *b)
{
    const struct bound_tick *x = a, *y = b;

    return (x->index > y->index) - (x->index < y->index);
}

static void net_add(struct delta *net, const struct bound_tick *b)
{
    CHECK(delta_add(net, *net, (struct delta){ b->size, b->top }) == ERR_OK);
}

static size_t ticks_merge(struct concentrated_tick *ticks, struct bound_tick *bounds, size_t n)
{
    size_t kept = 0;

    qsort(bounds, n, sizeof *bounds, by_index);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || ticks[kept - 1].index != bounds[i].index) {
            ticks[kept].index = bounds[i].index;
            CHECK(sqrt_price_at(&ticks[kept].sqrt_price, bounds[i].index) == ERR_OK);
            kept++;
        }
        net_add(&ticks[kept - 1].net, &bounds[i]);
    }
    return kept;
}

/* Positions around the tick, most of them narrow; the first one is wide. */
static void positions_make(struct concentrated *p, struct concentrated_tick *ticks,
                           const struct maker *m, double liquidity, int32_t spacing)
{
    struct bound_tick bounds[2 * POSITIONS_MAX];
    size_t n = (m->place->steps + 1) / 2;
    int32_t middle = p->tick / spacing * spacing, most = SQRT_PRICE_TICK_MAX / spacing * spacing;

    for (size_t i = 0; i < n; i++) {
        double share = i == 0 ? 1 : networks_log(m->r, 0.01, 1) / sqrt((double)n);
        struct u256 wide = networks_atoms(liquidity * share);
        struct amount size;
        int32_t half = (int32_t)networks_log(m->r, 10, 60000.0 / spacing) * spacing;
        int32_t low = middle - half, top = middle + spacing + half;

        if (i > 0 && prng_below(m->r, 2) == 0) {
            int32_t shift = (int32_t)prng_below(m->r, (uint64_t)half + 1) * (int32_t)spacing;

            low += prng_below(m->r, 2) == 0 ? shift : -shift;
            top = low + 2 * half + spacing;
        }
        low = low < -most ? -most : low > most - spacing ? most - spacing : low;
        top = top > most ? most : top <= low ? low + spacing : top;
        CHECK(u256_to_amount(&size, &wide) == ERR_OK);
        bounds[2 * i] = (struct bound_tick){ low, size.atoms, false };
        bounds[2 * i + 1] = (struct bound_tick){ top, size.atoms, true };
        if (low <= p->tick && p->tick < top)
            CHECK(u256_add(&p->liquidity, &p->liquidity, &wide) == ERR_OK);
    }
    p->ticks_n = ticks_merge(ticks, bounds, 2 * n);
    p->ticks = ticks;
}

static bool concentrated_make(struct curve *c, const struct maker *m)
{
    struct concentrated *p = &c->as.concentrated;
    static const int32_t spacings[] = { 1, 10, 60, 200 };
    int32_t spacing = spacings[prng_below(m->r, m->place->steps > 200 ? 2 : 4)];
    double root = sqrt(price_draw(m, c, 0) / price_draw(m, c, 1));
    struct concentrated_tick *ticks =
        ARENA_NEW(&m->n->arena, m->place->steps + 1, struct concentrated_tick);
    double liquidity = m->place->depth / m->n->price[c->asset[1]] / root;

    CHECK(ticks != NULL && m->place->steps <= 2 * POSITIONS_MAX);
    if (root < 0x1p-60 || root > 0x1p60 || liquidity > 0x1p112)
        return false;
    p->sqrt_price = networks_wide(root * Q96);
    if (sqrt_price_tick(&p->tick, &p->sqrt_price,
                        (struct sqrt_price_ticks){ -SQRT_PRICE_TICK_MAX, SQRT_PRICE_TICK_MAX }) !=
        ERR_OK)
        return false;
    p->fee = (uint32_t)(m->fee * PPM + 0.5);
    positions_make(p, ticks, m, liquidity, spacing);
    return true;
}

bool networks_curve(struct curve *c, struct networks *n, struct prng *r, enum curve_kind kind,
                    const uint32_t *assets, unsigned assets_n, const struct networks_place *place)
{
    struct maker m = { n, r, place, fee_ppm(r) / (double)PPM };
    bool made = false;

    *c = (struct curve){ .kind = kind, .assets_n = assets_n };
    for (unsigned k = 0; k < assets_n; k++)
        c->asset[k] = assets[k];
    switch (kind) {
    case CURVE_constant_product: made = product_make(c, &m); break;
    case CURVE_book: made = book_make(c, &m); break;
    case CURVE_weighted: made = weighted_make(c, &m); break;
    case CURVE_stable: made = stable_make(c, &m); break;
    case CURVE_concentrated: made = concentrated_make(c, &m); break;
    case CURVE_fixed_rate: made = fixed_rate_make(c, &m); break;
    }
    return made && curve_check(c) == ERR_OK;
}
