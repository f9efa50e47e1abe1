/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/input/market_pool.h"

#include <string.h>

#include "solver/input/market_book.h"
#include "solver/input/pool_build.h"

#define PLACES_MAX 77 /* of a power of ten in 256 bits */

/* A pool while it is read. */
struct pool {
    struct curve *c;
    const struct doc_at *item;
    const struct asset *asset[CURVE_ASSETS_MAX]; /* [c->assets_n] */
    struct arena *arena;
};

/* An array with one item for each asset. */
static enum err row_get(struct doc_at *row, const struct pool *p, const char *key)
{
    TRY(doc_get(row, p->item, key));
    TRY(doc_array(row, CURVE_ASSETS_MAX));
    return doc_count(row) == p->c->assets_n ? ERR_OK : doc_fail(row, "not one for each asset");
}

static enum err assets_read(struct pool *p, const struct asset_table *assets)
{
    struct curve *c = p->c;
    struct doc_at names, at;

    TRY(doc_get(&names, p->item, "assets"));
    TRY(doc_array(&names, CURVE_ASSETS_MAX));
    if (doc_count(&names) < 2)
        return doc_fail(&names, "fewer than two");
    while (c->assets_n < doc_count(&names)) {
        const struct asset **asset = &p->asset[c->assets_n];

        at = doc_item(&names, c->assets_n);
        TRY(market_asset(asset, &at, assets));
        for (uint32_t k = 0; k < c->assets_n; k++) {
            if (p->asset[k] == *asset)
                return doc_fail(&names, "the same asset twice");
        }
        c->asset[c->assets_n++] = (*asset)->id;
    }
    return ERR_OK;
}

/* Units of asset k, above zero unless they may be. */
static enum err units_read(struct u256 *out, const struct pool *p, const struct doc_at *at,
                           uint32_t k, bool or_zero)
{
    struct amount v;

    TRY(doc_units(&v, at, p->asset[k]->decimals));
    *out = u256_of_amount(v);
    return amount_is_zero(v) && !or_zero ? doc_fail(at, "zero") : ERR_OK;
}

static enum err pair_only(const struct pool *p)
{
    struct doc_at names;

    TRY(doc_get(&names, p->item, "assets"));
    return p->c->assets_n == 2 ? ERR_OK : doc_fail(&names, "not two items");
}

static enum err keep_read(uint64_t *keep_num, uint64_t *keep_den, const struct pool *p)
{
    struct doc_at at;

    TRY(doc_get(&at, p->item, "fee"));
    return doc_fee(keep_num, keep_den, &at);
}

static enum err flag_read(bool *out, const struct pool *p, const char *key)
{
    struct doc_at at;

    return doc_find(&at, p->item, key) ? doc_bool(out, &at) : ERR_OK;
}

static enum err product_read(struct pool *p)
{
    struct constant_product *x = &p->c->as.constant_product;
    struct doc_at reserves, at;

    TRY(pair_only(p));
    TRY(row_get(&reserves, p, "reserves"));
    for (uint32_t k = 0; k < 2; k++) {
        at = doc_item(&reserves, k);
        TRY(units_read(&x->reserve[k], p, &at, k, false));
    }
    return keep_read(&x->keep_num, &x->keep_den, p);
}

static enum err balances_read(struct pool_assets *out, const struct pool *p)
{
    struct doc_at reserves, at;

    *out = (struct pool_assets){ .n = p->c->assets_n };
    TRY(row_get(&reserves, p, "reserves"));
    for (uint32_t k = 0; k < out->n; k++) {
        at = doc_item(&reserves, k);
        out->list[k].asset = p->c->asset[k];
        out->list[k].scaling = pool_build_scaling(p->asset[k]->decimals);
        TRY(units_read(&out->list[k].balance, p, &at, k, false));
    }
    return ERR_OK;
}

static enum err weighted_read(struct pool *p)
{
    struct pool_assets list;
    struct doc_at weights, at;
    uint64_t fee;

    TRY(balances_read(&list, p));
    TRY(row_get(&weights, p, "weights"));
    for (uint32_t k = 0; k < list.n; k++) {
        at = doc_item(&weights, k);
        TRY(doc_scaled(&list.list[k].weight, &at, POOL_PLACES));
    }
    TRY(pool_build_fee(&fee, p->item));
    if (pool_build_weighted(p->c, p->arena, &list, fee) != ERR_OK)
        return doc_full(p->item);
    TRY(flag_read(&p->c->as.weighted->multiplies, p, "multiplies"));
    return flag_read(&p->c->as.weighted->unlimited, p, "unlimited");
}

static enum err stable_read(struct pool *p)
{
    struct u256 amplification;
    struct pool_assets list;
    struct doc_at at;
    uint64_t fee;

    TRY(balances_read(&list, p));
    TRY(doc_get(&at, p->item, "amplification"));
    TRY(doc_scaled(&amplification, &at, POOL_AMPLIFICATION_PLACES));
    TRY(pool_build_fee(&fee, p->item));
    return pool_build_stable(p->c, p->arena, &list, fee, &amplification) == ERR_OK
               ? ERR_OK
               : doc_full(p->item);
}

static enum err concentrated_read(struct pool *p)
{
    struct concentrated *x = &p->c->as.concentrated;
    struct doc_at at;

    TRY(pair_only(p));
    TRY(doc_get(&at, p->item, "sqrt_price"));
    TRY(doc_u256(&x->sqrt_price, &at));
    TRY(doc_get(&at, p->item, "liquidity"));
    TRY(doc_u256(&x->liquidity, &at));
    TRY(doc_get(&at, p->item, "tick"));
    TRY(doc_int32(&x->tick, &at));
    TRY(pool_build_millionths(&x->fee, p->item));
    TRY(doc_get(&at, p->item, "ticks"));
    return pool_build_nets(x, p->arena, &at);
}

/* Units of asset 1 for one unit of asset 0, as a ratio of atoms. */
static enum err rate_read(struct fixed_rate *x, const struct pool *p)
{
    struct decimal d;
    struct doc_at at;

    TRY(doc_get(&at, p->item, "rate"));
    TRY(doc_decimal(&d, &at));
    int places = d.places > 0 ? d.places : 0, under = places + p->asset[0]->decimals;

    if (under > PLACES_MAX ||
        decimal_scale_exact(&x->num, &d, places + p->asset[1]->decimals) != ERR_OK)
        return doc_fail(&at, "out of range");
    x->den = decimal_pow10((unsigned)under);
    return ERR_OK;
}

static enum err fixed_rate_read(struct pool *p)
{
    struct fixed_rate *x = &p->c->as.fixed_rate;
    struct doc_at capacity, at;

    TRY(pair_only(p));
    TRY(rate_read(x, p));
    TRY(row_get(&capacity, p, "capacity"));
    for (uint32_t k = 0; k < 2; k++) {
        at = doc_item(&capacity, k);
        TRY(units_read(&x->capacity[k], p, &at, k, true));
    }
    TRY(flag_read(&x->refills, p, "refills"));
    return keep_read(&x->keep_num, &x->keep_den, p);
}

static const struct reader {
    enum curve_kind kind;
    enum err (*read)(struct pool *p);
    const char *fields;
} readers[] = {
    { CURVE_constant_product, product_read, "id kind assets reserves fee" },
    { CURVE_weighted, weighted_read, "id kind assets reserves weights fee multiplies unlimited" },
    { CURVE_stable, stable_read, "id kind assets reserves amplification fee" },
    { CURVE_concentrated, concentrated_read, "id kind assets sqrt_price liquidity tick ticks fee" },
    { CURVE_fixed_rate, fixed_rate_read, "id kind assets rate capacity fee refills" },
};

enum err market_pool_read(struct curve *c, const struct doc_at *item,
                          const struct asset_table *assets, struct arena *arena)
{
    struct pool p = { .c = c, .item = item, .arena = arena };
    const char *kind;
    struct doc_at at;

    TRY(doc_get(&at, item, "kind"));
    TRY(doc_text(&kind, &at));
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        if (strcmp(kind, curve_kind_name(readers[i].kind)) != 0)
            continue;
        c->kind = readers[i].kind;
        TRY(doc_only(item, readers[i].fields));
        TRY(assets_read(&p, assets));
        TRY(readers[i].read(&p));
        return curve_check(c) == ERR_OK ? ERR_OK : doc_fail(item, "contradictory");
    }
    return doc_fail(&at, "unknown kind of pool \"%.60s\"", kind);
}
