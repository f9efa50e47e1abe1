/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/certificate.h"

#include "solver/core/check.h"
#include "solver/market/curve_copy.h"
#include "solver/route/bound.h"
#include "solver/route/interval.h"

/* ---- bound ---- */

static bool order_fits(const struct certificate_market *m, const struct router_order *o)
{
    return o->sell < m->assets_n && o->buy < m->assets_n && o->sell != o->buy;
}

/* sum += max(0, profit - cost), cost NULL: nothing */
static enum err gain_add(struct u512 *sum, const struct u256 *profit, const struct u512 *cost)
{
    struct u512 gain = wide_of(profit);

    if (cost != NULL) {
        if (wide_cmp(&gain, cost) <= 0)
            return ERR_OK;
        TRY(wide_sub(&gain, &gain, cost));
    }
    return wide_add(sum, sum, &gain);
}

/* What all curves can gain; costs are atoms of an asset at price unit. */
static enum err gains_of(struct u512 *sum, const struct certificate_market *m,
                         const struct amount *price, const struct u256 *cost,
                         const struct u256 *unit)
{
    struct amount own[CURVE_ASSETS_MAX];
    struct u256 profit;
    struct u512 fixed;

    *sum = (struct u512){ { 0 } };
    for (size_t i = 0; i < m->curves_n; i++) {
        const struct curve *c = &m->curves[i];

        for (uint32_t k = 0; k < c->assets_n; k++)
            own[k] = price[c->asset[k]];
        TRY(bound_profit(&profit, c, own));
        if (cost != NULL)
            wide_mul(&fixed, &cost[i], unit);
        TRY(gain_add(sum, &profit, cost != NULL ? &fixed : NULL));
    }
    return ERR_OK;
}

enum err certificate_bound(struct u256 *bound, const struct certificate_market *m,
                           const struct router_order *order, const struct amount *price,
                           const struct u256 *cost)
{
    struct u512 worth, gains, unit;
    enum err err;

    if (!order_fits(m, order))
        return ERR_INVALID;
    struct u256 fixed = u256_of_amount(price[order->exact_out ? order->buy : order->sell]);
    struct u256 free = u256_of_amount(price[order->exact_out ? order->sell : order->buy]);

    if (u256_is_zero(&free))
        return ERR_INVALID;
    wide_mul(&worth, &fixed, &order->amount);
    unit = wide_of(&free);
    err = gains_of(&gains, m, price, cost, &free);
    interval_forget();
    TRY(err);
    if (!order->exact_out) {
        TRY(wide_add(&worth, &worth, &gains));
        return wide_div_floor(bound, &worth, &unit);
    }
    if (wide_cmp(&worth, &gains) <= 0) {
        *bound = u256_of(0);
        return ERR_OK;
    }
    TRY(wide_sub(&worth, &worth, &gains));
    return wide_div_ceil(bound, &worth, &unit);
}

/* ---- replay ---- */

struct replay {
    const struct certificate_market *m;
    struct arena *arena;
    struct u256 *have;    /* [assets_n] */
    struct curve **state; /* [curves_n] a copy of those that traded, or NULL */
    struct certificate_verdict *v;
};

const char *certificate_fault_text(enum certificate_fault f)
{
    static const char *const texts[] = {
#define X(name, text) text,
        CERTIFICATE_FAULTS(X)
#undef X
    };

    CHECK(f < sizeof texts / sizeof texts[0]);
    return texts[f];
}

static enum err fault(struct replay *r, enum certificate_fault f, size_t at,
                      const struct u256 *have, const struct u256 *want)
{
    *r->v = (struct certificate_verdict){ .fault = f, .at = at, .have = *have, .want = *want };
    return ERR_OK;
}

static enum err replay_init(struct replay *r)
{
    r->have = ARENA_NEW(r->arena, r->m->assets_n, struct u256);
    r->state = ARENA_NEW(r->arena, r->m->curves_n, struct curve *);
    return r->have == NULL || r->state == NULL ? ERR_NOMEM : ERR_OK;
}

/* The curve as earlier legs left it. */
static enum err state_get(struct curve **c, struct replay *r, uint32_t i)
{
    if (r->state[i] == NULL) {
        r->state[i] = ARENA_NEW(r->arena, 1, struct curve);
        if (r->state[i] == NULL)
            return ERR_NOMEM;
        TRY(curve_copy(r->state[i], r->arena, &r->m->curves[i]));
    }
    *c = r->state[i];
    return ERR_OK;
}

static enum err leg_do(struct replay *r, size_t at, const struct leg *l)
{
    const struct u256 none = u256_of(0);
    struct trade t = { 0 };
    struct curve *c;

    if (l->curve >= r->m->curves_n || !way_in(l->way, r->m->curves[l->curve].assets_n))
        return fault(r, CERTIFICATE_LEG, at, &none, &none);
    TRY(state_get(&c, r, l->curve));
    struct u256 *source = &r->have[c->asset[l->way.give]];
    struct u256 *target = &r->have[c->asset[l->way.get]];

    if (u256_cmp(source, &l->in) < 0)
        return fault(r, CERTIFICATE_SHORT, at, source, &l->in);
    if (curve_out(&t, c, l->way, &l->in) != ERR_OK || u256_cmp(&t.in, &l->in) != 0)
        return fault(r, CERTIFICATE_TRADE, at, &t.in, &l->in);
    if (u256_cmp(&t.out, &l->out) != 0 || curve_apply(c, l->way, &t) != ERR_OK)
        return fault(r, CERTIFICATE_TRADE, at, &t.out, &l->out);
    TRY(u256_sub(source, source, &t.in));
    return u256_add(target, target, &t.out);
}

static enum err loans_take(struct replay *r, const struct legs *legs)
{
    const struct u256 none = u256_of(0);

    for (size_t i = 0; i < legs->buffers_n; i++) {
        const struct leg_buffer *b = &legs->buffer[i];

        if (b->asset >= r->m->assets_n)
            return fault(r, CERTIFICATE_LOAN, i, &none, &none);
        TRY(u256_add(&r->have[b->asset], &r->have[b->asset], &b->amount));
    }
    return ERR_OK;
}

static enum err loans_repay(struct replay *r, const struct legs *legs)
{
    for (size_t i = 0; i < legs->buffers_n; i++) {
        const struct leg_buffer *b = &legs->buffer[i];
        struct u256 *have = &r->have[b->asset];

        if (u256_sub(have, have, &b->amount) != ERR_OK)
            return fault(r, CERTIFICATE_LOAN, i, have, &b->amount);
    }
    return ERR_OK;
}

enum err certificate_replay(struct certificate_verdict *v, struct arena *arena,
                            const struct certificate_market *m, const struct router_order *order,
                            const struct legs *legs)
{
    struct replay r = { .m = m, .arena = arena, .v = v };

    *v = (struct certificate_verdict){ 0 };
    CHECK(order_fits(m, order));
    TRY(replay_init(&r));
    if (!order->exact_out && u256_cmp(&legs->sold, &order->amount) > 0)
        return fault(&r, CERTIFICATE_SOLD, 0, &legs->sold, &order->amount);
    r.have[order->sell] = legs->sold;
    TRY(loans_take(&r, legs));
    for (size_t i = 0; i < legs->n && v->fault == CERTIFICATE_NONE; i++)
        TRY(leg_do(&r, i, &legs->leg[i]));
    if (v->fault == CERTIFICATE_NONE)
        TRY(loans_repay(&r, legs));
    if (v->fault != CERTIFICATE_NONE)
        return ERR_OK;
    if (u256_cmp(&r.have[order->buy], &legs->bought) != 0)
        TRY(fault(&r, CERTIFICATE_BOUGHT, 0, &r.have[order->buy], &legs->bought));
    v->bought = r.have[order->buy];
    return ERR_OK;
}
