/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wide -- 256- and 512-bit unsigned integers for exact venue arithmetic.
 *
 * Limbs are 64-bit, least significant first. Multiplication and division go through GMP's mpn
 * layer; nothing here allocates; every function is pure. An output may alias an input.
 * Overflow is ERR_OVERFLOW, never a wrap.
 */
#ifndef SLUICE_CORE_WIDE_H
#define SLUICE_CORE_WIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/amount.h"
#include "solver/core/err.h"

struct u256 {
    uint64_t limb[4];
};

struct u512 {
    uint64_t limb[8];
};

#define U256_TEXT 79 /* 78 decimal digits and NUL */

struct u256 u256_of(uint64_t v);
struct u256 u256_of_amount(struct amount a);

/* ERR_OVERFLOW above 2^128 - 1. */
MUST_USE enum err u256_to_amount(struct amount *out, const struct u256 *a);

int u256_cmp(const struct u256 *a, const struct u256 *b);
bool u256_is_zero(const struct u256 *a);
unsigned u256_bits(const struct u256 *a); /* position of the highest set bit + 1; 0 for zero */

MUST_USE enum err u256_add(struct u256 *out, const struct u256 *a, const struct u256 *b);
MUST_USE enum err u256_sub(struct u256 *out, const struct u256 *a, const struct u256 *b);
MUST_USE enum err u256_mul(struct u256 *out, const struct u256 *a, const struct u256 *b);

/* out = floor(a / b), rounded up by the _ceil twin. ERR_INVALID when b is zero. */
MUST_USE enum err u256_div_floor(struct u256 *out, const struct u256 *a, const struct u256 *b);
MUST_USE enum err u256_div_ceil(struct u256 *out, const struct u256 *a, const struct u256 *b);

/* Full product, never overflows. */
void wide_mul(struct u512 *out, const struct u256 *a, const struct u256 *b);
MUST_USE enum err wide_add(struct u512 *out, const struct u512 *a, const struct u512 *b);
MUST_USE enum err wide_sub(struct u512 *out, const struct u512 *a, const struct u512 *b);
int wide_cmp(const struct u512 *a, const struct u512 *b);
struct u512 wide_of(const struct u256 *a);

/* ERR_OVERFLOW above 2^256 - 1. */
MUST_USE enum err wide_narrow(struct u256 *out, const struct u512 *a);

/* out = floor(sqrt(a)), which always fits. */
void wide_sqrt_floor(struct u256 *out, const struct u512 *a);

/*
 * out = floor(num / den) and its rounded-up twin.
 * errors  ERR_INVALID den is zero; ERR_OVERFLOW the quotient exceeds 256 bits
 */
MUST_USE enum err wide_div_floor(struct u256 *out, const struct u512 *num, const struct u512 *den);
MUST_USE enum err wide_div_ceil(struct u256 *out, const struct u512 *num, const struct u512 *den);

/* floor(a * b / c) and ceil(a * b / c) through 512 bits; errors as wide_div_floor. */
MUST_USE enum err u256_muldiv_floor(struct u256 *out, const struct u256 *a, const struct u256 *b,
                                    const struct u256 *c);
MUST_USE enum err u256_muldiv_ceil(struct u256 *out, const struct u256 *a, const struct u256 *b,
                                   const struct u256 *c);

/*
 * Canonical decimal form (as amount_parse). u256_parse_hex takes 1 or more hex digits of either
 * case, leading zeros allowed, without the "0x" before them. errors  ERR_INVALID any other form;
 * ERR_OVERFLOW above 2^256 - 1
 */
char *u256_text(char buf[U256_TEXT], const struct u256 *a);
MUST_USE enum err u256_parse(struct u256 *out, const char *text, size_t len);
MUST_USE enum err u256_parse_hex(struct u256 *out, const char *text, size_t len);

#endif
