/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/input/pool_build.h"

#include <stdlib.h>
#include <string.h>

#include "solver/core/check.h"
#include "solver/market/sqrt_price.h"

#define FEE_PLACES 6 /* CONCENTRATED_FEE_UNIT */

/* Below 1, which is 10^places. */
static enum err fee_read(uint64_t *fee, const struct doc_at *item, int places)
{
    struct u256 v, one = decimal_pow10((unsigned)places);
    struct doc_at at;

    TRY(doc_get(&at, item, "fee"));
    TRY(doc_scaled(&v, &at, places));
    if (u256_cmp(&v, &one) >= 0)
        return doc_fail(&at, "not below 1");
    *fee = v.limb[0];
    return ERR_OK;
}

enum err pool_build_fee(uint64_t *fee, const struct doc_at *item)
{
    return fee_read(fee, item, POOL_PLACES);
}

enum err pool_build_millionths(uint32_t *fee, const struct doc_at *item)
{
    uint64_t v;

    TRY(fee_read(&v, item, FEE_PLACES));
    *fee = (uint32_t)v;
    return ERR_OK;
}

struct u256 pool_build_scaling(uint8_t decimals)
{
    CHECK(decimals <= AMOUNT_DECIMALS_MAX && AMOUNT_DECIMALS_MAX == 2 * POOL_PLACES);
    return decimal_pow10(AMOUNT_DECIMALS_MAX - (unsigned)decimals);
}

void pool_build_sort(struct pool_assets *p, const struct auction_asset *assets)
{
    for (uint32_t i = 1; i < p->n; i++) {
        struct pool_asset x = p->list[i];
        uint32_t j = i;

        for (; j > 0 && strcmp(assets[p->list[j - 1].asset].name, assets[x.asset].name) > 0; j--)
            p->list[j] = p->list[j - 1];
        p->list[j] = x;
    }
}

static void pool_fill(struct curve *c, struct balancer *b, const struct pool_assets *p,
                      uint64_t fee)
{
    *b = (struct balancer){ .n = p->n, .fee = fee };
    c->assets_n = p->n;
    for (uint32_t k = 0; k < p->n; k++) {
        c->asset[k] = p->list[k].asset;
        b->balance[k] = p->list[k].balance;
        b->scaling[k] = p->list[k].scaling;
    }
}

enum err pool_build_weighted(struct curve *c, struct arena *arena, const struct pool_assets *p,
                             uint64_t fee)
{
    struct weighted *w = ARENA_NEW(arena, 1, struct weighted);

    if (w == NULL)
        return ERR_NOMEM;
    c->kind = CURVE_weighted;
    c->as.weighted = w;
    pool_fill(c, &w->pool, p, fee);
    for (uint32_t k = 0; k < p->n; k++) /* one that is too large is left at 0, which is none */
        w->weight[k] = u256_bits(&p->list[k].weight) <= 64 ? p->list[k].weight.limb[0] : 0;
    return ERR_OK;
}

enum err pool_build_stable(struct curve *c, struct arena *arena, const struct pool_assets *p,
                           uint64_t fee, const struct u256 *amplification)
{
    struct stable *s = ARENA_NEW(arena, 1, struct stable);

    if (s == NULL)
        return ERR_NOMEM;
    c->kind = CURVE_stable;
    c->as.stable = s;
    pool_fill(c, &s->pool, p, fee);
    s->amplification = u256_bits(amplification) <= 64 ? amplification->limb[0] : 0;
    if (balancer_check(&s->pool) != ERR_OK || stable_invariant(&s->invariant, s) != ERR_OK)
        s->invariant = u256_of(0); /* none, which curve_check refuses */
    return ERR_OK;
}

static int by_index(const void *x, const void *y)
{
    const struct concentrated_tick *a = x, *b = y;

    return (a->index > b->index) - (a->index < b->index);
}

void pool_build_ticks(struct concentrated *c, struct concentrated_tick *ticks)
{
    qsort(ticks, c->ticks_n, sizeof *ticks, by_index);
    for (size_t i = 0; i < c->ticks_n; i++) {
        if (sqrt_price_at(&ticks[i].sqrt_price, ticks[i].index) != ERR_OK)
            ticks[i].sqrt_price = u256_of(0); /* likewise */
    }
    c->ticks = ticks;
}

static enum err tick_of_key(int32_t *tick, const struct doc_at *member)
{
    struct delta v;

    if (delta_parse(&v, member->key, strlen(member->key)) != ERR_OK || v.atoms > INT32_MAX)
        return doc_fail(member, "the key is not a tick");
    *tick = v.negative ? -(int32_t)v.atoms : (int32_t)v.atoms;
    return ERR_OK;
}

enum err pool_build_nets(struct concentrated *c, struct arena *arena, const struct doc_at *nets)
{
    struct concentrated_tick *ticks;
    struct doc_at net;
    void *iter = NULL;

    TRY(doc_object(nets));
    if (doc_count(nets) > CONCENTRATED_TICKS_MAX)
        return doc_fail(nets, "more than %d ticks", CONCENTRATED_TICKS_MAX);
    ticks = ARENA_NEW(arena, doc_count(nets), struct concentrated_tick);
    if (ticks == NULL)
        return doc_full(nets);
    for (c->ticks_n = 0; doc_next(&net, &iter, nets); c->ticks_n++) {
        TRY(tick_of_key(&ticks[c->ticks_n].index, &net));
        TRY(doc_delta(&ticks[c->ticks_n].net, &net));
    }
    pool_build_ticks(c, ticks);
    return ERR_OK;
}
