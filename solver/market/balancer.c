/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/market/balancer.h"

#include "solver/core/check.h"
#include "solver/market/curve.h"
#include "solver/market/fixed18.h"

#define RAISES 6
#define RAISE_FACTOR 10

enum err balancer_check(const struct balancer *b)
{
    struct u256 scaled;

    if (b->n < 2 || b->n > BALANCER_ASSETS_MAX || b->fee >= FIXED18_ONE)
        return ERR_INVALID;
    for (uint32_t k = 0; k < b->n; k++) {
        if (balancer_scale(&scaled, b, k, &b->balance[k]) != ERR_OK || u256_is_zero(&scaled))
            return ERR_INVALID;
    }
    return ERR_OK;
}

enum err balancer_scale(struct u256 *scaled, const struct balancer *b, uint32_t k,
                        const struct u256 *atoms)
{
    return fixed18_mul_down(scaled, atoms, &b->scaling[k]);
}

enum err balancer_unscale_down(struct u256 *atoms, const struct balancer *b, uint32_t k,
                               const struct u256 *scaled)
{
    return fixed18_div_down(atoms, scaled, &b->scaling[k]);
}

enum err balancer_unscale_up(struct u256 *atoms, const struct balancer *b, uint32_t k,
                             const struct u256 *scaled)
{
    return fixed18_div_up(atoms, scaled, &b->scaling[k]);
}

enum err balancer_fee_off(struct u256 *net, const struct balancer *b, const struct u256 *x)
{
    struct u256 fee = u256_of(b->fee);

    TRY(fixed18_mul_up(&fee, x, &fee));
    return u256_sub(net, x, &fee);
}

enum err balancer_fee_on(struct u256 *x, const struct balancer *b, const struct u256 *net)
{
    struct u256 keep = u256_of(FIXED18_ONE - b->fee);

    return fixed18_div_up(x, net, &keep);
}

/* raise = ceil(deficit * in / out) of a trade that was tried. */
static enum err first_raise(struct u256 *raise, const struct trade *tried, const struct u256 *in,
                            const struct u256 *want)
{
    struct u256 deficit, one = u256_of(1);

    TRY(u256_sub(&deficit, want, &tried->out));
    TRY(u256_mul(&deficit, &deficit, in));
    return u256_div_ceil(raise, &deficit, u256_is_zero(&tried->out) ? &one : &tried->out);
}

enum err balancer_reach(struct trade *t, const struct balancer_pool *pool, const struct u256 *in,
                        const struct u256 *want)
{
    struct u256 factor = u256_of(RAISE_FACTOR), raise, offer;
    struct trade tried;

    if (pool->out(&tried, pool->self, pool->way, in) != ERR_OK)
        return ERR_NOT_FOUND;
    if (u256_cmp(&tried.out, want) < 0)
        TRY(first_raise(&raise, &tried, in, want));
    for (int i = 0; i < RAISES && u256_cmp(&tried.out, want) < 0; i++) {
        TRY(u256_add(&offer, in, &raise));
        if (pool->out(&tried, pool->self, pool->way, &offer) != ERR_OK)
            return ERR_NOT_FOUND;
        TRY(u256_mul(&raise, &raise, &factor));
    }
    if (u256_cmp(&tried.out, want) < 0)
        return ERR_NOT_FOUND;
    *t = tried;
    return ERR_OK;
}

enum err balancer_apply(struct balancer *b, struct way way, const struct trade *t)
{
    struct u256 in, out;

    CHECK(way_in(way, b->n));
    if (u256_cmp(&t->out, &b->balance[way.get]) >= 0)
        return ERR_INVALID;
    TRY(u256_add(&in, &b->balance[way.give], &t->in));
    TRY(u256_sub(&out, &b->balance[way.get], &t->out));
    b->balance[way.give] = in;
    b->balance[way.get] = out;
    return ERR_OK;
}
