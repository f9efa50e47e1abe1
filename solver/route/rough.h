/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rough -- positive numbers of 64 bits with an exponent, made of integers and rounded down.
 *
 * Each operation loses less than 2^-62 of its result, the same on every machine, and takes a few
 * nanoseconds: enough to see that a curve is far from trading.
 */
#ifndef SLUICE_ROUTE_ROUGH_H
#define SLUICE_ROUTE_ROUGH_H

#include <stdbool.h>
#include <stdint.h>

#include "solver/core/amount.h"
#include "solver/core/err.h"
#include "solver/core/u128.h"
#include "solver/core/wide.h"

/* mantissa * 2^exponent; the mantissa's highest bit is set, or it is zero. */
struct rough {
    uint64_t mantissa;
    int exponent;
};

static inline struct rough rough_of_u64(uint64_t v)
{
    int shift = v == 0 ? 0 : __builtin_clzll(v);

    return (struct rough){ v << shift, -shift };
}

static inline struct rough rough_of(const struct u256 *v)
{
    int top = 3;

    while (top > 0 && v->limb[top] == 0)
        top--;
    struct rough r = rough_of_u64(v->limb[top]);

    if (top > 0 && r.exponent < 0)
        r.mantissa |= v->limb[top - 1] >> (64 + r.exponent);
    r.exponent += 64 * top;
    return r;
}

static inline struct rough rough_of_amount(struct amount a)
{
    struct u256 v = u256_of_amount(a);

    return rough_of(&v);
}

static inline struct rough rough_mul(struct rough a, struct rough b)
{
    u128 product = (u128)a.mantissa * b.mantissa;
    int shift = product >> 127 != 0 ? 64 : 63;

    return (struct rough){ (uint64_t)(product >> shift), a.exponent + b.exponent + shift };
}

/* b > 0 */
static inline struct rough rough_div(struct rough a, struct rough b)
{
    int shift = a.mantissa < b.mantissa ? 64 : 63;

    return (struct rough){ (uint64_t)(((u128)a.mantissa << shift) / b.mantissa),
                           a.exponent - b.exponent - shift };
}

static inline bool rough_less(struct rough a, struct rough b)
{
    if (a.mantissa == 0 || b.mantissa == 0)
        return a.mantissa == 0 && b.mantissa != 0;
    return a.exponent != b.exponent ? a.exponent < b.exponent : a.mantissa < b.mantissa;
}

/* Is a below b although each may be short of its true value by 2^-bits of it?  bits in [2, 60] */
static inline bool rough_surely_less(struct rough a, struct rough b, int bits)
{
    if (b.mantissa == 0)
        return false;
    if (a.mantissa == 0 || a.exponent < b.exponent - 1)
        return true;
    if (a.exponent > b.exponent)
        return false;
    uint64_t more = (a.mantissa >> bits) + 1;

    a.mantissa >>= b.exponent - a.exponent;
    return a.mantissa < b.mantissa && b.mantissa - a.mantissa > more;
}

/* The least integer that is surely not below a, which may be short of its true value by 2^-bits of
 * it. errors  ERR_OVERFLOW */
MUST_USE static inline enum err rough_ceil(struct u256 *out, struct rough a, int bits)
{
    u128 more = (u128)a.mantissa + (a.mantissa >> bits) + 1;
    struct u256 scale = { { 0 } };

    if (a.exponent > 192)
        return ERR_OVERFLOW;
    if (a.mantissa == 0 || a.exponent <= 0) {
        more = a.mantissa == 0 ? 0 : a.exponent < -64 ? 1 : (more >> -a.exponent) + 1;
        *out = u256_of_amount((struct amount){ more });
        return ERR_OK;
    }
    scale.limb[a.exponent / 64] = UINT64_C(1) << a.exponent % 64;
    *out = u256_of_amount((struct amount){ more });
    return u256_mul(out, out, &scale);
}

#endif
