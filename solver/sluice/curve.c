/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/market/sqrt_price.h"
#include "solver/sluice/inside.h"

_Static_assert(SLUICE_CURVE_ASSETS_MAX == CURVE_ASSETS_MAX, "assets of a curve");

static enum err constant_product_take(struct curve *out, const struct sluice_curve *c)
{
    const struct sluice_constant_product *in = &c->as.constant_product;

    out->as.constant_product =
        (struct constant_product){ .reserve = { inside_u256(&in->reserve[0]),
                                                inside_u256(&in->reserve[1]) },
                                   .keep_num = in->keep_num,
                                   .keep_den = in->keep_den };
    return ERR_OK;
}

static enum err fixed_rate_take(struct curve *out, const struct sluice_curve *c)
{
    const struct sluice_fixed_rate *in = &c->as.fixed_rate;

    out->as.fixed_rate = (struct fixed_rate){ .num = inside_u256(&in->num),
                                              .den = inside_u256(&in->den),
                                              .keep_num = in->keep_num,
                                              .keep_den = in->keep_den,
                                              .capacity = { inside_u256(&in->capacity[0]),
                                                            inside_u256(&in->capacity[1]) },
                                              .refills = in->refills != 0 };
    return ERR_OK;
}

static enum err levels_take(struct book_level **out, struct arena *arena,
                            const struct sluice_level *in, size_t n)
{
    if (in == NULL && n > 0)
        return ERR_INVALID;
    *out = ARENA_NEW(arena, n, struct book_level);
    if (*out == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        (*out)[i] = (struct book_level){ inside_u256(&in[i].price), inside_u256(&in[i].size) };
    return ERR_OK;
}

static enum err book_take(struct curve *out, struct arena *arena, const struct sluice_curve *c)
{
    const struct sluice_book *in = &c->as.book;
    struct book *b = &out->as.book;

    *b = (struct book){ .scale = inside_u256(&in->scale),
                        .lot = inside_u256(&in->lot),
                        .keep_num = in->keep_num,
                        .keep_den = in->keep_den,
                        .bids_n = in->bids_n,
                        .asks_n = in->asks_n };
    TRY(levels_take(&b->bids, arena, in->bids, in->bids_n));
    return levels_take(&b->asks, arena, in->asks, in->asks_n);
}

static enum err concentrated_take(struct curve *out, struct arena *arena,
                                  const struct sluice_curve *c)
{
    const struct sluice_concentrated *in = &c->as.concentrated;

    if ((in->ticks == NULL && in->ticks_n > 0) || in->ticks_n > CONCENTRATED_TICKS_MAX)
        return ERR_INVALID;
    struct concentrated_tick *ticks = ARENA_NEW(arena, in->ticks_n, struct concentrated_tick);
    if (ticks == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < in->ticks_n; i++) {
        const struct u256 net = inside_u256(&in->ticks[i].net);
        struct amount liquidity;

        ticks[i].index = in->ticks[i].index;
        if (u256_to_amount(&liquidity, &net) != ERR_OK)
            return ERR_INVALID;
        ticks[i].net = delta_of(liquidity, in->ticks[i].negative != 0);
        TRY(sqrt_price_at(&ticks[i].sqrt_price, ticks[i].index));
    }
    out->as.concentrated = (struct concentrated){ .sqrt_price = inside_u256(&in->sqrt_price),
                                                  .liquidity = inside_u256(&in->liquidity),
                                                  .tick = in->tick,
                                                  .fee = in->fee,
                                                  .ticks = ticks,
                                                  .ticks_n = in->ticks_n };
    return ERR_OK;
}

static struct balancer pool_of(const struct sluice_pool *in, uint32_t n)
{
    struct balancer b = { .n = n, .fee = in->fee };

    for (uint32_t k = 0; k < n; k++) {
        b.balance[k] = inside_u256(&in->balance[k]);
        b.scaling[k] = inside_u256(&in->scaling[k]);
    }
    return b;
}

static enum err weighted_take(struct curve *out, struct arena *arena, const struct sluice_curve *c)
{
    const struct sluice_weighted *in = &c->as.weighted;
    struct weighted *w = ARENA_NEW(arena, 1, struct weighted);

    if (w == NULL)
        return ERR_NOMEM;
    *w = (struct weighted){ .pool = pool_of(&in->pool, c->assets_n),
                            .multiplies = in->multiplies != 0,
                            .unlimited = in->unlimited != 0 };
    for (uint32_t k = 0; k < c->assets_n; k++)
        w->weight[k] = in->weight[k];
    out->as.weighted = w;
    return ERR_OK;
}

static enum err stable_take(struct curve *out, struct arena *arena, const struct sluice_curve *c)
{
    const struct sluice_stable *in = &c->as.stable;
    struct stable *s = ARENA_NEW(arena, 1, struct stable);

    if (s == NULL)
        return ERR_NOMEM;
    *s = (struct stable){ .pool = pool_of(&in->pool, c->assets_n),
                          .amplification = in->amplification };
    if (balancer_check(&s->pool) != ERR_OK || stable_invariant(&s->invariant, s) != ERR_OK)
        return ERR_INVALID;
    out->as.stable = s;
    return ERR_OK;
}

static enum err kind_take(struct curve *out, struct arena *arena, const struct sluice_curve *c)
{
    switch (c->kind) {
    case SLUICE_CONSTANT_PRODUCT:
        out->kind = CURVE_constant_product;
        return constant_product_take(out, c);
    case SLUICE_BOOK: out->kind = CURVE_book; return book_take(out, arena, c);
    case SLUICE_WEIGHTED: out->kind = CURVE_weighted; return weighted_take(out, arena, c);
    case SLUICE_STABLE: out->kind = CURVE_stable; return stable_take(out, arena, c);
    case SLUICE_CONCENTRATED:
        out->kind = CURVE_concentrated;
        return concentrated_take(out, arena, c);
    case SLUICE_FIXED_RATE: out->kind = CURVE_fixed_rate; return fixed_rate_take(out, c);
    default: return ERR_UNSUPPORTED;
    }
}

enum err inside_curve(struct curve *out, struct arena *arena, const struct sluice_curve *c)
{
    struct curve made = { .assets_n = c->assets_n };

    if (c->assets_n < 2 || c->assets_n > CURVE_ASSETS_MAX)
        return ERR_INVALID;
    for (uint32_t k = 0; k < c->assets_n; k++)
        made.asset[k] = c->asset[k];
    TRY(kind_take(&made, arena, c));
    TRY(curve_check(&made));
    *out = made;
    return ERR_OK;
}
