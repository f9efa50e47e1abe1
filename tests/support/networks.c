/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/networks.h"

#include <math.h>

#include "solver/core/check.h"
#include "tests/support/networks_curve.h"

#define ARENA_MAX ((size_t)1 << 30)
#define ATOMS_MAX 0x1p112
#define PART 1000 /* of what a curve holds: a trade moves the price by about twice that */
#define SHARE_MIN 1e-6
#define SHARE_MAX 0.3

double networks_unit(struct prng *r)
{
    return (double)(prng_u64(r) >> 11) * 0x1p-53;
}

double networks_log(struct prng *r, double low, double high)
{
    return low * exp(networks_unit(r) * log(high / low));
}

double networks_double(const struct u256 *v)
{
    double sum = 0;

    for (int i = 3; i >= 0; i--)
        sum = sum * 0x1p64 + (double)v->limb[i];
    return sum;
}

struct u256 networks_wide(double v)
{
    struct u256 wide = { { 0 } };
    int exponent;

    if (v < 0x1p53)
        return u256_of((uint64_t)(v + 0.5));
    CHECK(v < 0x1p255);
    uint64_t mantissa = (uint64_t)ldexp(frexp(v, &exponent), 53);
    unsigned shift = (unsigned)exponent - 53;

    wide.limb[shift / 64] = mantissa << shift % 64;
    if (shift % 64 > 11)
        wide.limb[shift / 64 + 1] = mantissa >> (64 - shift % 64);
    return wide;
}

struct u256 networks_atoms(double v)
{
    return networks_wide(fmin(fmax(v, 1), ATOMS_MAX));
}

void networks_init(struct networks *n, const char *shape, size_t assets_n, size_t curves_n)
{
    *n = (struct networks){ .shape = shape, .assets_n = assets_n, .curves_room = curves_n };
    arena_init(&n->arena, ARENA_MAX);
    n->decimals = ARENA_NEW(&n->arena, assets_n, uint8_t);
    n->price = ARENA_NEW(&n->arena, assets_n, double);
    n->depth = ARENA_NEW(&n->arena, assets_n, double);
    n->curves = ARENA_NEW(&n->arena, curves_n, struct curve);
    CHECK(n->decimals != NULL && n->price != NULL && n->depth != NULL && n->curves != NULL);
}

void networks_fini(struct networks *n)
{
    arena_fini(&n->arena);
    *n = (struct networks){ 0 };
}

void networks_price(struct networks *n, struct prng *r, unsigned decimals_min,
                    unsigned decimals_max)
{
    for (size_t i = 0; i < n->assets_n; i++) {
        n->decimals[i] = (uint8_t)(decimals_min + prng_below(r, decimals_max - decimals_min + 1));
        n->price[i] = networks_log(r, 1e-3, 1e3) * pow(10, -n->decimals[i]);
    }
}

bool networks_add(struct networks *n, struct prng *r, enum curve_kind kind, const uint32_t *assets,
                  unsigned assets_n, const struct networks_place *place)
{
    struct curve *c = &n->curves[n->curves_n];

    CHECK(n->curves_n < n->curves_room);
    if (!networks_curve(c, n, r, kind, assets, assets_n, place))
        return false;
    c->id = n->curves_n++;
    for (unsigned k = 0; k < assets_n; k++)
        n->depth[assets[k]] += place->depth;
    return true;
}

static uint32_t asset_draw(const struct networks *n, struct prng *r)
{
    const struct curve *c = &n->curves[prng_below(r, n->curves_n)];

    return c->asset[prng_below(r, c->assets_n)];
}

void networks_order(struct networks *n, struct prng *r, size_t orders_n)
{
    n->orders = ARENA_NEW(&n->arena, orders_n, struct router_order);
    CHECK(n->orders != NULL && n->curves_n > 0);
    for (n->orders_n = 0; n->orders_n < orders_n; n->orders_n++) {
        struct router_order *o = &n->orders[n->orders_n];

        o->exact_out = prng_below(r, 3) == 0;
        o->sell = asset_draw(n, r);
        do
            o->buy = asset_draw(n, r);
        while (o->buy == o->sell);
        uint32_t asset = o->exact_out ? o->buy : o->sell;

        o->amount = networks_atoms(networks_log(r, SHARE_MIN, SHARE_MAX) * n->depth[asset] /
                                   n->price[asset]);
    }
}

void networks_order_fit(struct networks *n)
{
    for (size_t i = 0; i < n->orders_n; i++) {
        struct router_order *o = &n->orders[i];
        double scarcer = fmin(n->depth[o->sell], n->depth[o->buy]);
        struct u256 most =
            networks_atoms(SHARE_MAX * scarcer / n->price[o->exact_out ? o->buy : o->sell]);

        if (u256_cmp(&o->amount, &most) > 0)
            o->amount = most;
    }
}

void networks_order_extreme(struct networks *n, struct prng *r)
{
    struct router_order *o = &n->orders[n->orders_n - 1];
    uint32_t asset = o->exact_out ? o->buy : o->sell;

    switch (prng_below(r, 4)) {
    case 0: o->amount = u256_of(1 + prng_below(r, 1000)); break;
    case 1:
        o->amount = networks_atoms(networks_log(r, 1, 1e3) * n->depth[asset] / n->price[asset]);
        break;
    default: break;
    }
}

/* Atoms of asset k that are a small part of a curve; zero: not known. */
static struct u256 small_part(const struct curve *c, unsigned k)
{
    const struct concentrated *p = &c->as.concentrated;
    struct u256 q96 = { { 0, UINT64_C(1) << 32 } }, held = { { 0 } };

    switch (c->kind) {
    case CURVE_constant_product: held = c->as.constant_product.reserve[k]; break;
    case CURVE_weighted: held = c->as.weighted->pool.balance[k]; break;
    case CURVE_stable: held = c->as.stable->pool.balance[k]; break;
    case CURVE_book:
    case CURVE_fixed_rate: break;
    case CURVE_concentrated:
        if (k == 0)
            CHECK(u256_muldiv_floor(&held, &p->liquidity, &q96, &p->sqrt_price) == ERR_OK);
        else
            CHECK(u256_muldiv_floor(&held, &p->liquidity, &p->sqrt_price, &q96) == ERR_OK);
        break;
    }
    CHECK(u256_div_floor(&held, &held, &(struct u256){ { PART } }) == ERR_OK);
    return held;
}

void networks_move(struct curve *c, struct prng *r)
{
    uint32_t give = (uint32_t)prng_below(r, c->assets_n);
    struct way way = { give, (give + 1) % c->assets_n };
    struct u256 part = small_part(c, give);
    struct trade t;

    if (!u256_is_zero(&part) && curve_out(&t, c, way, &part) == ERR_OK && !u256_is_zero(&t.in))
        CHECK(curve_apply(c, way, &t) == ERR_OK);
}
