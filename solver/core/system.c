/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/core/system.h"

#include <time.h>

#include "solver/core/check.h"
#include "solver/core/sign.h"

static struct timespec read_clock(clockid_t which)
{
    struct timespec t;

    CHECK(clock_gettime(which, &t) == 0);
    return t;
}

static uint64_t now_ns(void *self)
{
    struct timespec t = read_clock(CLOCK_MONOTONIC);

    (void)self;
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int64_t unix_ms(void *self)
{
    struct timespec t = read_clock(CLOCK_REALTIME);

    (void)self;
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void fill(void *self, void *out, size_t n)
{
    (void)self;
    sign_random(out, n);
}

struct clock_port system_clock(void)
{
    return (struct clock_port){ .now_ns = now_ns, .unix_ms = unix_ms };
}

struct rng_port system_rng(void)
{
    return (struct rng_port){ .fill = fill };
}
