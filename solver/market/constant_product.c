/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/market/constant_product.h"

#include "solver/market/curve.h"

enum err constant_product_check(const struct constant_product *c)
{
    if (u256_is_zero(&c->reserve[0]) || u256_is_zero(&c->reserve[1]))
        return ERR_INVALID;
    return c->keep_num > 0 && c->keep_num <= c->keep_den ? ERR_OK : ERR_INVALID;
}

/* Every product is held in 256 bits because the venue's contract does so: where it reverts there
 * is no quote. */
enum err constant_product_out(struct trade *t, const struct constant_product *c, int side,
                              const struct u256 *offer)
{
    struct u256 keep_num = u256_of(c->keep_num), keep_den = u256_of(c->keep_den);
    struct u256 kept, num, den;
    struct trade got = { .in = *offer };

    TRY(u256_mul(&kept, offer, &keep_num));
    TRY(u256_mul(&num, &kept, &c->reserve[!side]));
    TRY(u256_mul(&den, &c->reserve[side], &keep_den));
    TRY(u256_add(&den, &den, &kept));
    TRY(u256_div_floor(&got.out, &num, &den));
    *t = u256_is_zero(&got.out) ? (struct trade){ 0 } : got;
    return ERR_OK;
}

enum err constant_product_in(struct trade *t, const struct constant_product *c, int side,
                             const struct u256 *want)
{
    struct u256 keep_num = u256_of(c->keep_num), keep_den = u256_of(c->keep_den);
    struct u256 one = u256_of(1);
    struct u256 num, den, in;

    if (u256_is_zero(want)) {
        *t = (struct trade){ 0 };
        return ERR_OK;
    }
    if (u256_cmp(want, &c->reserve[!side]) >= 0)
        return ERR_NOT_FOUND;
    TRY(u256_mul(&num, &c->reserve[side], want));
    TRY(u256_mul(&num, &num, &keep_den));
    TRY(u256_sub(&den, &c->reserve[!side], want));
    TRY(u256_mul(&den, &den, &keep_num));
    TRY(u256_div_floor(&in, &num, &den));
    TRY(u256_add(&in, &in, &one));
    return constant_product_out(t, c, side, &in);
}

enum err constant_product_apply(struct constant_product *c, int side, const struct trade *t)
{
    struct u256 in, out;

    if (u256_cmp(&t->out, &c->reserve[!side]) >= 0)
        return ERR_INVALID;
    TRY(u256_add(&in, &c->reserve[side], &t->in));
    TRY(u256_sub(&out, &c->reserve[!side], &t->out));
    c->reserve[side] = in;
    c->reserve[!side] = out;
    return ERR_OK;
}
