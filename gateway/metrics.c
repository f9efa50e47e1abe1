/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/metrics.h"

#include "solver/core/check.h"

static const struct {
    const char *name;
    const char *doc;
} rows[METRIC_N] = {
#define X(name, doc) { #name, doc },
    METRICS(X)
#undef X
};

void metrics_add(struct metrics *m, enum metric which, uint64_t n)
{
    CHECK(which < METRIC_N);
    atomic_fetch_add_explicit(&m->value[which], n, memory_order_relaxed);
}

void metrics_set(struct metrics *m, enum metric which, uint64_t value)
{
    CHECK(which < METRIC_N);
    atomic_store_explicit(&m->value[which], value, memory_order_relaxed);
}

uint64_t metrics_get(struct metrics *m, enum metric which)
{
    CHECK(which < METRIC_N);
    return atomic_load_explicit(&m->value[which], memory_order_relaxed);
}

const char *metrics_name(enum metric which)
{
    CHECK(which < METRIC_N);
    return rows[which].name;
}

const char *metrics_doc(enum metric which)
{
    CHECK(which < METRIC_N);
    return rows[which].doc;
}
