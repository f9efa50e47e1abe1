/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/market/fixed_rate.h"

#include "solver/core/check.h"
#include "solver/market/curve.h"

/* Atoms got per atom given, the fee in it: num / den. */
struct ratio {
    struct u256 num, den;
};

static enum err ratio_of(struct ratio *r, const struct fixed_rate *f, int side)
{
    struct u256 keep_num = u256_of(f->keep_num), keep_den = u256_of(f->keep_den);

    CHECK(side == 0 || side == 1);
    TRY(u256_mul(&r->num, side == 0 ? &f->num : &f->den, &keep_num));
    return u256_mul(&r->den, side == 0 ? &f->den : &f->num, &keep_den);
}

enum err fixed_rate_check(const struct fixed_rate *f)
{
    struct ratio r;

    if (u256_is_zero(&f->num) || u256_is_zero(&f->den) || f->keep_num == 0 ||
        f->keep_num > f->keep_den)
        return ERR_INVALID;
    return ratio_of(&r, f, 0) == ERR_OK && ratio_of(&r, f, 1) == ERR_OK ? ERR_OK : ERR_INVALID;
}

enum err fixed_rate_out(struct trade *t, const struct fixed_rate *f, int side,
                        const struct u256 *offer)
{
    const struct u256 *capacity = &f->capacity[!side];
    struct trade got = { .in = *offer };
    struct ratio r;

    TRY(ratio_of(&r, f, side));
    if (u256_muldiv_floor(&got.out, offer, &r.num, &r.den) != ERR_OK ||
        u256_cmp(&got.out, capacity) > 0) { /* more than 256 bits is more than the capacity */
        got.out = *capacity;
        TRY(u256_muldiv_ceil(&got.in, capacity, &r.den, &r.num));
    }
    *t = u256_is_zero(&got.out) ? (struct trade){ 0 } : got;
    return ERR_OK;
}

enum err fixed_rate_in(struct trade *t, const struct fixed_rate *f, int side,
                       const struct u256 *want)
{
    struct ratio r;
    struct u256 in;

    if (u256_cmp(want, &f->capacity[!side]) > 0)
        return ERR_NOT_FOUND;
    TRY(ratio_of(&r, f, side));
    TRY(u256_muldiv_ceil(&in, want, &r.den, &r.num));
    return fixed_rate_out(t, f, side, &in);
}

enum err fixed_rate_apply(struct fixed_rate *f, int side, const struct trade *t)
{
    struct u256 paid = f->capacity[side], left;

    CHECK(side == 0 || side == 1);
    if (u256_cmp(&t->out, &f->capacity[!side]) > 0)
        return ERR_INVALID;
    TRY(u256_sub(&left, &f->capacity[!side], &t->out));
    if (f->refills)
        TRY(u256_add(&paid, &paid, &t->in));
    f->capacity[side] = paid;
    f->capacity[!side] = left;
    return ERR_OK;
}
