/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/core/stats.h"

#include <math.h>
#include <stddef.h>

#include "solver/core/check.h"

#define STEP_BITS 5
#define STEPS (1u << STEP_BITS)

_Static_assert(STATS_BUCKETS == (64 - STEP_BITS + 1) * STEPS, "every 64-bit value has a bucket");

void stats_init(struct stats *s)
{
    *s = (struct stats){ 0 };
}

static size_t bucket_of(uint64_t us)
{
    unsigned power;

    if (us < STEPS)
        return us;
    power = 63 - (unsigned)__builtin_clzll(us) - STEP_BITS;
    return (size_t)power * STEPS + (us >> power);
}

/* The largest value of a bucket. */
static uint64_t bucket_top(size_t bucket)
{
    unsigned power;

    if (bucket < STEPS)
        return bucket;
    power = (unsigned)(bucket / STEPS) - 1;
    return ((STEPS + bucket % STEPS) << power) + (((uint64_t)1 << power) - 1);
}

void stats_record(struct stats *s, uint64_t us)
{
    s->bucket[bucket_of(us)]++;
    s->count++;
    if (us > s->max_us)
        s->max_us = us;
}

uint64_t stats_quantile(const struct stats *s, double q)
{
    uint64_t rank, seen = 0;

    CHECK(q >= 0 && q <= 1);
    if (s->count == 0)
        return 0;
    rank = (uint64_t)ceil(q * (double)s->count);
    for (size_t i = 0; i < STATS_BUCKETS; i++) {
        seen += s->bucket[i];
        if (seen > 0 && seen >= rank)
            return bucket_top(i) < s->max_us ? bucket_top(i) : s->max_us;
    }
    return s->max_us;
}
