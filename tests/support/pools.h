/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pools -- random pools of each kernel of solver/market, with one face for all, and what each pays
 * for an infinitely small trade, as an exact fraction.
 */
#ifndef SLUICE_TESTS_SUPPORT_POOLS_H
#define SLUICE_TESTS_SUPPORT_POOLS_H

#include <gmp.h>

#include "solver/market/concentrated.h"
#include "solver/market/curve.h"
#include "solver/market/fixed_rate.h"
#include "solver/market/stable.h"
#include "solver/market/weighted.h"
#include "tests/support/prng.h"

#define POOLS_TICKS 12

/* A pool and a way through it; it may borrow ticks of its own, so it is not copied. */
struct pool {
    struct way way;
    union {
        struct weighted weighted;
        struct stable stable;
        struct concentrated concentrated;
        struct fixed_rate fixed_rate;
    } as;
    struct concentrated_tick ticks[POOLS_TICKS];
};

struct pool_subject {
    const char *name;
    enum curve_kind kind;

    /* A sound pool: reserves from 1 to 2^112, 0 to 36 decimals, fees up to 99 %. */
    void (*make)(struct pool *p, struct prng *r);

    /* Parameters that make no sense, or hardly. */
    void (*break_one)(struct pool *p, struct prng *r);

    enum err (*check)(const struct pool *p);
    enum err (*out)(struct trade *t, const struct pool *p, const struct u256 *offer);
    enum err (*in)(struct trade *t, const struct pool *p, const struct u256 *want);
    enum err (*apply)(struct pool *p, const struct trade *t);

    /* An offer that matters to the pool. */
    struct u256 (*offer)(const struct pool *p, struct prng *r);

    /* NULL, or what makes a pool where a trade in two parts cannot gain by more than rounding. */
    void (*keep_nothing)(struct pool *p);

    /* Atoms out for one atom in, at most; and by how many atoms rounding may deviate from it. */
    void (*rate)(mpq_t rate, const struct pool *p);
    void (*slack)(mpz_t slack, const struct pool *p);
};

extern const struct pool_subject pools_weighted;
extern const struct pool_subject pools_stable;
extern const struct pool_subject pools_concentrated;
extern const struct pool_subject pools_fixed_rate;

/* A sound pool as a curve that borrows it, of assets 0, 1, ...; id, seq and venue are left alone. */
void pools_curve(struct curve *c, struct pool *p, const struct pool_subject *s);

/* For the subjects. */
void pools_mpz(mpz_t z, const struct u256 *a);
void pools_times(mpq_t q, const struct u256 *num, const struct u256 *den); /* q *= num / den */
uint64_t pools_fee(struct prng *r); /* 18 decimals, up to 99 % */

#endif
