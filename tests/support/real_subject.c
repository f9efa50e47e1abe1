/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/real_subject.h"

#include <inttypes.h>
#include <math.h>

#include "tests/support/test_support.h"

bool real_subject_bends(const struct real_subject *s)
{
    return s->real.kind == CURVE_book || s->real.kind == CURVE_fixed_rate;
}

bool real_subject_many(const struct real_subject *s)
{
    return s->real.kind == CURVE_weighted || s->real.kind == CURVE_stable;
}

double real_subject_spread(struct prng *r, double most)
{
    return most * (2 * networks_unit(r) - 1);
}

unsigned real_subject_pairs(const struct real_subject *s)
{
    return s->real.n * (s->real.n - 1U) / 2;
}

void real_subject_prices(struct real_subject *s, double most)
{
    for (unsigned k = 0; k < s->real.n; k++) {
        s->u[k] = real_subject_spread(&s->r, most);
        s->e[k] = exp(s->u[k]);
    }
}

/* Amplifications of all sizes; the curve's invariant follows. */
static bool amplify(struct real_subject *s)
{
    struct stable *pool = s->curve->as.stable;

    pool->amplification = (uint64_t)(STABLE_PRECISION * networks_log(&s->r, 1, 1e6));
    return stable_invariant(&pool->invariant, pool) == ERR_OK && stable_check(pool) == ERR_OK;
}

/* A curve whose assets are n of eight. False when the draw is no sound curve. */
static bool subject_init(struct real_subject *s, enum curve_kind kind, uint64_t seed)
{
    struct networks_place place = { .off = 0.1 };
    uint32_t assets[REAL_ASSETS_MAX];
    unsigned n;

    s->seed = seed;
    prng_seed(&s->r, seed);
    n = kind == CURVE_weighted || kind == CURVE_stable
            ? 2 + (unsigned)prng_below(&s->r, REAL_ASSETS_MAX - 1)
            : 2;
    place.depth = networks_log(&s->r, 1e2, 1e9);
    place.fair = prng_below(&s->r, 2) == 0;
    place.steps = 1 + prng_below(&s->r, 60);
    networks_init(&s->n, "one", REAL_ASSETS_MAX, 1);
    networks_price(&s->n, &s->r, 0, 36);
    for (unsigned k = 0; k < n; k++)
        assets[k] = k;
    if (!networks_add(&s->n, &s->r, kind, assets, n, &place))
        return false;
    s->curve = &s->n.curves[0];
    if (kind == CURVE_stable && !amplify(s))
        return false;
    if (kind == CURVE_weighted)
        s->curve->as.weighted->unlimited = prng_below(&s->r, 2) == 0;
    for (unsigned k = 0; k < n; k++) {
        s->price[k] = s->n.price[k] * exp(real_subject_spread(&s->r, 0.05));
        s->real.node[k] = k;
    }
    return real_curve_init(&s->real, &s->n.arena, s->curve, s->price) == ERR_OK;
}

/* Run a claim on random curves of every kind. */
void real_subject_each(void (*claim)(struct real_subject *s), uint64_t seed, unsigned rounds)
{
    static const enum curve_kind kinds[] = {
#define X(name, number, held, assets, doc) CURVE_##name,
        CURVE_KINDS(X)
#undef X
    };

    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        unsigned sound = 0;

        for (unsigned i = 0; i < rounds; i++) {
            struct real_subject s;

            if (subject_init(&s, kinds[k], seed + i)) {
                sound++;
                claim(&s);
            }
            networks_fini(&s.n);
        }
        if (sound < rounds / 4)
            fail_msg("%s: only %u sound curves", curve_kind_name(kinds[k]), sound);
    }
}

void real_subject_near(const struct real_subject *s, const char *what, double got, double wanted,
                       double most)
{
    if (!(fabs(got - wanted) <= most))
        fail_msg("%s of %u assets, seed %" PRIu64 ": %s is %.17g, not %.17g, more than %.3g apart",
                 curve_kind_name(s->curve->kind), s->real.n, s->seed, what, got, wanted, most);
}

struct way real_subject_way(struct real_subject *s)
{
    struct way way = { (uint32_t)prng_below(&s->r, s->real.n), 0 };

    way.get = (way.give + 1 + (uint32_t)prng_below(&s->r, s->real.n - 1)) % s->real.n;
    return way;
}

enum real_state real_subject_pull(struct real_pull *p, const struct real_subject *s)
{
    struct real_smooth sharp = { 0, 0 };

    return real_curve_pull(p, &s->real, s->u, s->e, &sharp);
}
