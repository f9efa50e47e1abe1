/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * amount -- exact quantities and prices.
 *
 * An amount counts atoms, the smallest unit of its asset (1 atom = 10^-decimals units, asset.h).
 * It is never negative and never a floating-point number. A price is a ratio of two amounts,
 * compared exactly by cross-multiplying in 256 bits. Values are passed by value; nothing here
 * allocates; every function is pure and may run in any thread.
 */
#ifndef SLUICE_CORE_AMOUNT_H
#define SLUICE_CORE_AMOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/err.h"
#include "solver/core/u128.h"

struct amount {
    u128 atoms; /* [0, 2^128 - 1] */
};

/* A signed quantity: journal postings, world accounts. Zero is never negative. */
struct delta {
    u128 atoms;
    bool negative;
};

/* quote/base: num quote atoms are worth den base atoms; den > 0. */
struct price {
    struct amount num;
    struct amount den;
};

#define AMOUNT_ZERO ((struct amount){ 0 })
#define AMOUNT_OF(n) ((struct amount){ (u128)(n) })
#define AMOUNT_MAX ((struct amount){ U128_MAX })
#define AMOUNT_DIGITS 39       /* decimal digits of AMOUNT_MAX */
#define AMOUNT_TEXT 40         /* buffer for a decimal amount with its NUL */
#define DELTA_TEXT 41          /* the same with a sign */
#define AMOUNT_UNITS_TEXT 44   /* buffer for a human amount: 0. + 38 digits + NUL and slack */
#define AMOUNT_BYTES 16        /* wire form: big-endian */
#define AMOUNT_DECIMALS_MAX 36 /* most decimals of a human amount */
#define AMOUNT_POW10_MAX 38    /* 10^38 is the largest power of ten below AMOUNT_MAX */

static inline bool amount_is_zero(struct amount a)
{
    return a.atoms == 0;
}

/* -1, 0, 1 as a is less than, equal to, greater than b. */
static inline int amount_cmp(struct amount a, struct amount b)
{
    return (a.atoms > b.atoms) - (a.atoms < b.atoms);
}

static inline struct amount amount_min(struct amount a, struct amount b)
{
    return a.atoms < b.atoms ? a : b;
}

static inline struct amount amount_max(struct amount a, struct amount b)
{
    return a.atoms > b.atoms ? a : b;
}

/* out = a + b. ERR_OVERFLOW above AMOUNT_MAX. */
MUST_USE enum err amount_add(struct amount *out, struct amount a, struct amount b);

/* out = a - b. ERR_OVERFLOW when b > a. */
MUST_USE enum err amount_sub(struct amount *out, struct amount a, struct amount b);

/* a - b, or zero when b > a. */
struct amount amount_sub_or_zero(struct amount a, struct amount b);

/*
 * out = floor(a * num / den), exact through 256 bits; amount_muldiv_ceil is the twin that rounds
 * up.
 *
 * errors  ERR_OVERFLOW the result exceeds AMOUNT_MAX; ERR_INVALID den is zero
 */
MUST_USE enum err amount_muldiv_floor(struct amount *out, struct amount a, struct amount num,
                                      struct amount den);
MUST_USE enum err amount_muldiv_ceil(struct amount *out, struct amount a, struct amount num,
                                     struct amount den);

/* Compare a*b with c*d exactly: -1, 0, 1. */
int amount_cmp_products(struct amount a, struct amount b, struct amount c, struct amount d);

/*
 * Is got for paid at least as good as the signed limit?  got * signed_sell >= paid * signed_buy.
 * source  docs/flow.md invariant I3
 */
bool amount_limit_holds(struct amount paid, struct amount got, struct amount signed_sell,
                        struct amount signed_buy);

/* 10^exponent, exponent <= AMOUNT_POW10_MAX. */
struct amount amount_pow10(unsigned exponent);

/* Decimal digits without leading zeros, NUL-terminated; returns buf. */
char *amount_text(char buf[AMOUNT_TEXT], struct amount a);

/*
 * Parse the canonical decimal form 0|[1-9][0-9]* of exactly len bytes.
 * errors  ERR_INVALID any other form; ERR_OVERFLOW above AMOUNT_MAX
 */
MUST_USE enum err amount_parse(struct amount *out, const char *text, size_t len);

/*
 * Human amounts: "1.5" with decimals = 18 is 1500000000000000000 atoms. amount_units_text writes
 * the shortest exact decimal ("1.5", "0.000001", "12").
 *
 * in      text  0|[1-9][0-9]* and, optionally, a point and at least one more digit
 *         decimals  [0, AMOUNT_DECIMALS_MAX]
 * errors  ERR_INVALID another form, or more places than decimals; ERR_OVERFLOW above AMOUNT_MAX
 */
MUST_USE enum err amount_parse_units(struct amount *out, const char *text, unsigned decimals);
char *amount_units_text(char buf[AMOUNT_UNITS_TEXT], struct amount a, unsigned decimals);

/* Wire form: 16 bytes big-endian. */
void amount_to_bytes(uint8_t out[AMOUNT_BYTES], struct amount a);
struct amount amount_from_bytes(const uint8_t in[AMOUNT_BYTES]);

/* Signed sums. delta_add: ERR_OVERFLOW when the magnitude exceeds 2^128 - 1. */
struct delta delta_of(struct amount a, bool negative);
MUST_USE enum err delta_add(struct delta *out, struct delta a, struct delta b);
struct delta delta_negate(struct delta a);
bool delta_is_zero(struct delta a);
char *delta_text(char buf[DELTA_TEXT], struct delta d);
MUST_USE enum err delta_parse(struct delta *out, const char *text, size_t len);

/*
 * out = floor(base * p); what a trader receives rounds down. amount_quote_ceil is the twin for
 * what a trader pays, so rounding never creates value.
 *
 * units   base: base atoms; out: quote atoms
 * errors  ERR_OVERFLOW when the result exceeds AMOUNT_MAX; *out is then unchanged
 */
MUST_USE enum err amount_quote_floor(struct amount *out, struct amount base, struct price p);
MUST_USE enum err amount_quote_ceil(struct amount *out, struct amount base, struct price p);

#endif
