/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Networks of other kinds than constant products, and of all kinds. */
#include <math.h>

#include "solver/core/check.h"
#include "tests/support/networks.h"

#define RANDOM_CURVES_MAX 200
#define RANDOM_ASSETS_MAX 60
#define ORDERS_N 16
#define HALVES 2

/* ---- random ---- */

/* Which assets the curve number k is about to trade; all[0] and all[1] first. */
struct shape {
    const char *name;
    void (*pair)(uint32_t pair[2], struct prng *r, uint32_t assets_n, uint32_t k);
};

static uint32_t other_than(struct prng *r, uint32_t asset, uint32_t assets_n)
{
    return (asset + 1 + (uint32_t)prng_below(r, assets_n - 1)) % assets_n;
}

static void mesh_pair(uint32_t pair[2], struct prng *r, uint32_t assets_n, uint32_t k)
{
    (void)k;
    pair[0] = (uint32_t)prng_below(r, assets_n);
    pair[1] = other_than(r, pair[0], assets_n);
}

static void star_pair(uint32_t pair[2], struct prng *r, uint32_t assets_n, uint32_t k)
{
    pair[k % 2] = 0;
    pair[!(k % 2)] = 1 + (uint32_t)prng_below(r, assets_n - 1);
}

static void parallel_pair(uint32_t pair[2], struct prng *r, uint32_t assets_n, uint32_t k)
{
    uint32_t few = assets_n < 3 ? assets_n : 3;

    mesh_pair(pair, r, few, k);
}

/* Even assets trade with even ones, odd with odd. */
static void apart_pair(uint32_t pair[2], struct prng *r, uint32_t assets_n, uint32_t k)
{
    uint32_t each = assets_n / HALVES;

    if (each < 2) {
        mesh_pair(pair, r, assets_n, k);
        return;
    }
    mesh_pair(pair, r, each, k);
    for (int i = 0; i < 2; i++)
        pair[i] = pair[i] * HALVES + k % HALVES;
}

static void chain_pair(uint32_t pair[2], struct prng *r, uint32_t assets_n, uint32_t k)
{
    uint32_t link = k % (assets_n - 1);
    uint32_t turn = (uint32_t)prng_below(r, 2);

    pair[turn] = link;
    pair[!turn] = link + 1;
}

/* Every asset hangs on one before it: most ends are dead. */
static void tree_pair(uint32_t pair[2], struct prng *r, uint32_t assets_n, uint32_t k)
{
    pair[0] = 1 + k % (assets_n - 1);
    pair[1] = (uint32_t)prng_below(r, pair[0]);
}

static const struct shape shapes[] = {
    { "mesh", mesh_pair },   { "star", star_pair },   { "parallel", parallel_pair },
    { "apart", apart_pair }, { "chain", chain_pair }, { "tree", tree_pair },
};

/* More assets for a pool, of the same parity as the first, all different. Returns how many in all. */
static unsigned assets_more(uint32_t assets[CURVE_ASSETS_MAX], struct prng *r, uint32_t assets_n)
{
    unsigned want = prng_below(r, 2) == 0 ? 2 : 2 + (unsigned)prng_below(r, 4), n = 2;

    for (unsigned tries = 0; tries < 20 && n < want; tries++) {
        uint32_t more = (uint32_t)prng_below(r, assets_n);
        bool fits = more % HALVES == assets[0] % HALVES;

        for (unsigned i = 0; i < n; i++)
            fits = fits && assets[i] != more;
        if (fits)
            assets[n++] = more;
    }
    return n;
}

static enum curve_kind kind_draw(struct prng *r)
{
    static const enum curve_kind kinds[] = {
        CURVE_constant_product, CURVE_constant_product, CURVE_constant_product, CURVE_book,
        CURVE_weighted,         CURVE_stable,           CURVE_concentrated,     CURVE_fixed_rate,
    };

    return kinds[prng_below(r, sizeof kinds / sizeof kinds[0])];
}

static void random_curve(struct networks *n, struct prng *r, const struct shape *s,
                         struct networks_place place, uint32_t k)
{
    uint32_t assets[CURVE_ASSETS_MAX];
    enum curve_kind kind = kind_draw(r);
    unsigned assets_n = 2;

    s->pair(assets, r, (uint32_t)n->assets_n, k);
    if (kind == CURVE_weighted || kind == CURVE_stable)
        assets_n = assets_more(assets, r, (uint32_t)n->assets_n);
    place.steps = 1 + prng_below(r, 20);
    if (!networks_add(n, r, kind, assets, assets_n, &place))
        CHECK(networks_add(n, r, CURVE_constant_product, assets, 2, &place));
}

void networks_random(struct networks *n, uint64_t seed)
{
    static const double offs[] = { 0.001, 0.02, 1 };
    struct prng r;

    prng_seed(&r, seed);
    const struct shape *s = &shapes[prng_below(&r, sizeof shapes / sizeof shapes[0])];
    uint32_t curves = (uint32_t)networks_log(&r, 2, RANDOM_CURVES_MAX + 1);
    uint32_t assets = (uint32_t)networks_log(&r, 2, curves + 2);
    bool wild = prng_below(&r, 4) == 0;
    struct networks_place place = { .off = offs[prng_below(&r, 3)],
                                    .fair = !wild && prng_below(&r, 3) == 0 };

    networks_init(n, s->name, assets > RANDOM_ASSETS_MAX ? RANDOM_ASSETS_MAX : assets, curves);
    n->fair = place.fair;
    networks_price(n, &r, wild ? 0 : 6, wild ? 36 : 18);
    for (uint32_t k = 0; k < curves; k++) {
        place.depth = wild ? networks_log(&r, 1e-3, 1e12) : networks_log(&r, 1e4, 1e8);
        random_curve(n, &r, s, place, k);
    }
    networks_order(n, &r, 2);
    networks_order_extreme(n, &r);
}

/* ---- of one kind ---- */

/* Books of 20 assets against 4, as on three venues: several have the same pair. */
void networks_books(struct networks *n, uint64_t seed)
{
    struct networks_place place = { .fair = true, .steps = 100 };
    struct prng r;

    prng_seed(&r, seed);
    networks_init(n, "books", 24, 46);
    n->fair = true;
    networks_price(n, &r, 12, 12);
    for (uint32_t k = 0; k < 46; k++) {
        const uint32_t pair[2] = { k < 40 ? 4 + k % 20 : 1 + k % 3,
                                   k < 40 ? (uint32_t)prng_below(&r, 4) : 0 };

        place.depth = networks_log(&r, 1e4, 1e7);
        CHECK(networks_add(n, &r, CURVE_book, pair, 2, &place));
    }
    networks_order(n, &r, ORDERS_N);
    networks_order_fit(n);
}

/*
 * Of the 302 Balancer V2 pools of April 2022, over 283 tokens, 297 are weighted; 261 have two
 * assets, 15 three, 4 four, 4 five and 18 eight; WETH is in 156 of them, the next tokens in 89, 24,
 * 20, 15, 9, 8, 8 and 8. Here are four times as many of the same.
 */
static unsigned balancer_assets(uint32_t assets[CURVE_ASSETS_MAX], struct prng *r, uint32_t k,
                                uint32_t assets_n)
{
    static const uint8_t hubs[] = { 156, 89, 24, 20, 15, 9, 8, 8, 8 };
    uint64_t share = prng_below(r, 302), mark = prng_below(r, 337);
    unsigned n = share < 261 ? 2 : share < 276 ? 3 : share < 280 ? 4 : share < 284 ? 5 : 8;
    uint32_t hub = 0;

    while (hub < 8 && mark >= hubs[hub])
        mark -= hubs[hub++];
    assets[0] = 9 + k % (assets_n - 9);
    assets[1] = hub;
    for (unsigned i = 2; i < n;) {
        bool fits = true;

        assets[i] = (uint32_t)prng_below(r, assets_n);
        for (unsigned j = 0; j < i; j++)
            fits = fits && assets[j] != assets[i];
        i += fits;
    }
    return n;
}

void networks_balancer(struct networks *n, uint64_t seed)
{
    struct networks_place place = { .fair = true };
    struct prng r;

    prng_seed(&r, seed);
    networks_init(n, "balancer", 1132, 1200);
    n->fair = true;
    networks_price(n, &r, 18, 18);
    for (uint32_t k = 0; k < 1200; k++) {
        uint32_t assets[CURVE_ASSETS_MAX];
        unsigned assets_n = balancer_assets(assets, &r, k, 1132);
        enum curve_kind kind = k % 60 == 0 ? CURVE_stable : CURVE_weighted;

        place.depth = networks_log(&r, 1e2, 1e8);
        if (!networks_add(n, &r, kind, assets, assets_n, &place))
            CHECK(networks_add(n, &r, CURVE_weighted, assets, assets_n, &place));
    }
    networks_order(n, &r, ORDERS_N);
    networks_order_fit(n);
}

/* Ticks as in 19 Uniswap V3 pools of 2025. */
void networks_ticks(struct networks *n, uint64_t seed)
{
    static const uint16_t ticks[] = { 693, 318, 2, 1415, 213, 76,  451, 555, 6,   2,
                                      2,   2,   2, 2,    2,   420, 2,   2,   1200 };
    struct networks_place place = { .fair = true };
    struct prng r;

    prng_seed(&r, seed);
    networks_init(n, "ticks", 10, 19);
    n->fair = true;
    networks_price(n, &r, 6, 18);
    for (uint32_t k = 0; k < 19; k++) {
        const uint32_t pair[2] = { 1 + k % 9, k < 12 ? 0 : (1 + k % 9) % 3 + (k % 9 < 3) };

        place.depth = networks_log(&r, 1e4, 1e7);
        place.steps = ticks[k];
        if (!networks_add(n, &r, CURVE_concentrated, pair, 2, &place))
            CHECK(networks_add(n, &r, CURVE_constant_product, pair, 2, &place));
    }
    networks_order(n, &r, ORDERS_N);
    networks_order_fit(n);
}
