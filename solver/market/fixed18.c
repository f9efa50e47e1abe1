/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/market/fixed18.h"

#include <stddef.h>

#define SERIES_EXP 12  /* last divisor of the series of exp */
#define SERIES_LN 11   /* last divisor of the series of ln */
#define SERIES_LN36 15 /* and of ln36 */
#define POW_ERROR 10000
#define HUNDRED 100

static const struct u256 one18 = { { FIXED18_ONE } };
static const struct u256 one20 = { { 0x6bc75e2d63100000, 0x5 } };
static const struct u256 one36 = { { 0xb34b9f1000000000, 0xc097ce7bc90715 } };
static const struct u256 hundred = { { HUNDRED } };

static const struct u256 exp_max = { { 0x0c1cc73b00c80000, 0x7 } };          /* 130 */
static const struct u256 exp_min = { { 0x38fd42c5cf040000, 0x2 } };          /* 41 below zero */
static const struct u256 ln36_above = { { UINT64_C(900000000000000000) } };  /* 0.9 */
static const struct u256 ln36_below = { { UINT64_C(1100000000000000000) } }; /* 1.1 */
static const struct u256 pow_exponent_end = { { 0x4181ea8059f76532, 0xa88f4bb1ca6bcf58,
                                                0x0bce5086492111ae } }; /* 2^254 / 1e20 */

/* e^128 and e^64, whole, and the same with 18 decimals: LogExpMath's a0 and a1. */
static const struct {
    struct u256 x, a, a18;
} whole_powers[] = {
    { { { 0xf05b59d3b2000000, 0x6 } },
      { { 0x0262827000000000, 0xf53a27172fa9ec63, 0x0195e54c5dd42177 } },
      { { 0x003c000000000000, 0x64c63b5372d805e2, 0x2e933ec884fde100, 0x001600ef3172e58d } } },
    { { { 0x782dace9d9000000, 0x3 } },
      { { 0xf597cd205cef7380, 0x1425982c } },
      { { 0x04cf44619e000000, 0x4d755d3c8bc8e032, 0x1179800 } } },
};

/* x and e^x with 20 decimals: x2, a2 to x11, a11. exp stops before the last two. */
static const struct {
    struct u256 x, a;
} powers[] = {
    { { { 0x78ebc5ac62000000, 0xad } }, { { 0xf805980ff0084000, 0x1855144814a7f } } }, /* 32 */
    { { { 0xbc75e2d631000000, 0x56 } }, { { 0xa80a22c61ab5a700, 0x2df0ab5 } } },       /* 16 */
    { { { 0x5e3af16b18800000, 0x2b } }, { { 0xce3da636ea5cf850, 0x3f1f } } },          /* 8 */
    { { { 0xaf1d78b58c400000, 0x15 } }, { { 0xfa27722cc06cc5e2, 0x127 } } },           /* 4 */
    { { { 0xd78ebc5ac6200000, 0xa } }, { { 0x0e60114edb805d03, 0x28 } } },             /* 2 */
    { { { 0x6bc75e2d63100000, 0x5 } }, { { 0xbc5fb41746121110, 0xe } } },              /* 1 */
    { { { 0xb5e3af16b1880000, 0x2 } }, { { 0xf00f760a4b2db55d, 0x8 } } },              /* 0.5 */
    { { { 0x5af1d78b58c40000, 0x1 } }, { { 0xf5f1775788937937, 0x6 } } },              /* 0.25 */
    { { { 0xad78ebc5ac620000 } }, { { 0x248f33704b286603, 0x6 } } },                   /* 0.125 */
    { { { 0x56bc75e2d6310000 } }, { { 0xc548670b9510e7ac, 0x5 } } },                   /* 0.0625 */
};

#define WHOLE_POWERS (sizeof whole_powers / sizeof whole_powers[0])
#define POWERS (sizeof powers / sizeof powers[0])
#define POWERS_EXP (POWERS - 2)

enum err fixed18_mul_down(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
    struct u256 product;

    TRY(u256_mul(&product, a, b));
    return u256_div_floor(out, &product, &one18);
}

enum err fixed18_mul_up(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
    struct u256 product;

    TRY(u256_mul(&product, a, b));
    return u256_div_ceil(out, &product, &one18);
}

enum err fixed18_div_down(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
    struct u256 product;

    TRY(u256_mul(&product, a, &one18));
    return u256_div_floor(out, &product, b);
}

enum err fixed18_div_up(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
    struct u256 product;

    TRY(u256_mul(&product, a, &one18));
    return u256_div_ceil(out, &product, b);
}

struct u256 fixed18_complement(const struct u256 *a)
{
    struct u256 rest;

    return u256_sub(&rest, &one18, a) == ERR_OK ? rest : u256_of(0);
}

/* *a = floor(*a * b / scale) */
static enum err rescale(struct u256 *a, const struct u256 *b, const struct u256 *scale)
{
    TRY(u256_mul(a, a, b));
    return u256_div_floor(a, a, scale);
}

/* p = e^x with 20 decimals, x below 64 with 20 decimals: the table, then the series of the rest. */
static enum err exp20(struct u256 *p, struct u256 x)
{
    struct u256 sum, term, power = one20;

    for (size_t i = 0; i < POWERS_EXP; i++) {
        if (u256_cmp(&x, &powers[i].x) < 0)
            continue;
        TRY(u256_sub(&x, &x, &powers[i].x));
        TRY(rescale(&power, &powers[i].a, &one20));
    }
    term = x;
    TRY(u256_add(&sum, &one20, &x));
    for (uint64_t i = 2; i <= SERIES_EXP; i++) {
        struct u256 divisor = u256_of(i);

        TRY(u256_mul(&divisor, &divisor, &one20)); /* two floors in a row are one */
        TRY(rescale(&term, &x, &divisor));
        TRY(u256_add(&sum, &sum, &term));
    }
    TRY(rescale(&power, &sum, &one20));
    *p = power;
    return ERR_OK;
}

/* e^x for 0 <= x <= 130. */
static enum err exp_positive(struct u256 *out, struct u256 x)
{
    struct u256 first = u256_of(1), rest;

    for (size_t i = 0; i < WHOLE_POWERS; i++) {
        if (u256_cmp(&x, &whole_powers[i].x) < 0)
            continue;
        TRY(u256_sub(&x, &x, &whole_powers[i].x));
        first = whole_powers[i].a;
        break;
    }
    TRY(u256_mul(&x, &x, &hundred));
    TRY(exp20(&rest, x));
    TRY(u256_mul(&rest, &rest, &first));
    return u256_div_floor(out, &rest, &hundred);
}

enum err fixed18_exp(struct u256 *out, const struct fixed18 *x)
{
    struct u256 inverse;

    if (u256_cmp(&x->magnitude, x->negative ? &exp_min : &exp_max) > 0)
        return ERR_OVERFLOW;
    if (!x->negative)
        return exp_positive(out, x->magnitude);
    TRY(exp_positive(&inverse, x->magnitude));
    return u256_div_floor(out, &one36, &inverse);
}

/*
 * sum = z + z^3 / 3 + z^5 / 5 + ... up to z^last / last, half the logarithm of (unit + z) /
 * (unit - z). z^2 is positive, so the sign of z is the sign of every term.
 */
static enum err series_ln(struct u256 *sum, const struct u256 *z, const struct u256 *unit,
                          uint64_t last)
{
    struct u256 square = *z, power = *z, total = *z, term;

    TRY(rescale(&square, z, unit));
    for (uint64_t i = 3; i <= last; i += 2) {
        struct u256 divisor = u256_of(i);

        TRY(rescale(&power, &square, unit));
        TRY(u256_div_floor(&term, &power, &divisor));
        TRY(u256_add(&total, &total, &term));
    }
    *sum = total;
    return ERR_OK;
}

/* z = |a - unit| * unit / (a + unit) */
static enum err ratio_ln(struct u256 *z, bool *negative, const struct u256 *a,
                         const struct u256 *unit)
{
    struct u256 num, den;

    *negative = u256_cmp(a, unit) < 0;
    TRY(*negative ? u256_sub(&num, unit, a) : u256_sub(&num, a, unit));
    TRY(u256_mul(&num, &num, unit));
    TRY(u256_add(&den, a, unit));
    return u256_div_floor(z, &num, &den);
}

/* sum = ln(a) for a >= 1: powers of e are taken out of a, the series has the rest. */
static enum err ln_positive(struct u256 *out, struct u256 a)
{
    struct u256 sum = { { 0 } }, z, rest;
    bool negative;

    for (size_t i = 0; i < WHOLE_POWERS; i++) {
        if (u256_cmp(&a, &whole_powers[i].a18) < 0)
            continue;
        TRY(u256_div_floor(&a, &a, &whole_powers[i].a));
        TRY(u256_add(&sum, &sum, &whole_powers[i].x));
    }
    TRY(u256_mul(&sum, &sum, &hundred));
    TRY(u256_mul(&a, &a, &hundred));
    for (size_t i = 0; i < POWERS; i++) {
        if (u256_cmp(&a, &powers[i].a) < 0)
            continue;
        TRY(u256_mul(&a, &a, &one20));
        TRY(u256_div_floor(&a, &a, &powers[i].a));
        TRY(u256_add(&sum, &sum, &powers[i].x));
    }
    TRY(ratio_ln(&z, &negative, &a, &one20));
    TRY(series_ln(&rest, &z, &one20, SERIES_LN));
    TRY(u256_add(&sum, &sum, &rest));
    TRY(u256_add(&sum, &sum, &rest));
    return u256_div_floor(out, &sum, &hundred);
}

static enum err ln_domain(const struct u256 *a)
{
    if (u256_is_zero(a))
        return ERR_INVALID;
    return u256_bits(a) <= 255 ? ERR_OK : ERR_OVERFLOW;
}

enum err fixed18_ln(struct fixed18 *out, const struct u256 *a)
{
    struct fixed18 ln = { .negative = u256_cmp(a, &one18) < 0 };
    struct u256 above = *a;

    TRY(ln_domain(a));
    if (ln.negative)
        TRY(u256_div_floor(&above, &one36, a));
    TRY(ln_positive(&ln.magnitude, above));
    ln.negative = ln.negative && !u256_is_zero(&ln.magnitude);
    *out = ln;
    return ERR_OK;
}

enum err fixed18_ln36(struct fixed18 *out, const struct u256 *a)
{
    struct fixed18 ln;
    struct u256 x, z;

    TRY(ln_domain(a));
    TRY(u256_mul(&x, a, &one18));
    TRY(ratio_ln(&z, &ln.negative, &x, &one36));
    TRY(series_ln(&ln.magnitude, &z, &one36, SERIES_LN36));
    TRY(u256_add(&ln.magnitude, &ln.magnitude, &ln.magnitude));
    ln.negative = ln.negative && !u256_is_zero(&ln.magnitude);
    *out = ln;
    return ERR_OK;
}

/* l = y ln(x), with the 36 decimals of ln36 near 1: (l / 1e18) y + ((l % 1e18) y) / 1e18. */
static enum err exponent_of(struct fixed18 *l, const struct u256 *x, const struct u256 *y)
{
    struct u256 whole, back, part;

    if (u256_cmp(x, &ln36_above) <= 0 || u256_cmp(x, &ln36_below) >= 0) {
        TRY(fixed18_ln(l, x));
        TRY(u256_mul(&l->magnitude, &l->magnitude, y));
    } else {
        TRY(fixed18_ln36(l, x));
        TRY(u256_div_floor(&whole, &l->magnitude, &one18));
        TRY(u256_mul(&back, &whole, &one18));
        TRY(u256_sub(&part, &l->magnitude, &back));
        TRY(u256_mul(&whole, &whole, y));
        TRY(fixed18_mul_down(&part, &part, y));
        TRY(u256_add(&l->magnitude, &whole, &part));
    }
    TRY(u256_div_floor(&l->magnitude, &l->magnitude, &one18));
    l->negative = l->negative && !u256_is_zero(&l->magnitude);
    return ERR_OK;
}

enum err fixed18_pow(struct u256 *out, const struct u256 *x, const struct u256 *y)
{
    struct fixed18 l;

    if (u256_is_zero(y)) {
        *out = one18;
        return ERR_OK;
    }
    if (u256_is_zero(x)) {
        *out = u256_of(0);
        return ERR_OK;
    }
    if (u256_bits(x) > 255 || u256_cmp(y, &pow_exponent_end) >= 0)
        return ERR_OVERFLOW;
    TRY(exponent_of(&l, x, y));
    return fixed18_exp(out, &l);
}

enum err fixed18_pow_up(struct u256 *out, const struct u256 *x, const struct u256 *y)
{
    struct u256 error = u256_of(POW_ERROR), one = u256_of(1), power;

    TRY(fixed18_pow(&power, x, y));
    TRY(fixed18_mul_up(&error, &power, &error));
    TRY(u256_add(&error, &error, &one));
    return u256_add(out, &power, &error);
}

enum err fixed18_pow_up_v3(struct u256 *out, const struct u256 *x, const struct u256 *y)
{
    struct u256 two = u256_of(2 * FIXED18_ONE), four = u256_of(4 * FIXED18_ONE), square;

    if (u256_cmp(y, &one18) == 0) {
        *out = *x;
        return ERR_OK;
    }
    if (u256_cmp(y, &two) == 0)
        return fixed18_mul_up(out, x, x);
    if (u256_cmp(y, &four) != 0)
        return fixed18_pow_up(out, x, y);
    TRY(fixed18_mul_up(&square, x, x));
    return fixed18_mul_up(out, &square, &square);
}
