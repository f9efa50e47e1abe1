/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/numbers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "solver/core/check.h"

void numbers_add(struct numbers *l, double v)
{
    if (isnan(v))
        return;
    if (l->n == l->room) {
        l->room = l->room == 0 ? 64 : 2 * l->room;
        l->v = realloc(l->v, l->room * sizeof *l->v);
        CHECK(l->v != NULL);
    }
    l->v[l->n++] = v;
}

void numbers_fini(struct numbers *l)
{
    free(l->v);
    *l = (struct numbers){ 0 };
}

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

double numbers_quantile(struct numbers *l, double q)
{
    if (l->n == 0)
        return NAN;
    qsort(l->v, l->n, sizeof *l->v, by_size);
    double rank = ceil(q * (double)l->n);

    return l->v[rank < 1 ? 0 : (size_t)rank - 1];
}

static double mean(const struct numbers *l)
{
    double sum = 0;

    for (size_t i = 0; i < l->n; i++)
        sum += l->v[i];
    return sum / (double)l->n;
}

double numbers_slope(const struct numbers *x, const struct numbers *y)
{
    double top = 0, bottom = 0;

    CHECK(x->n == y->n);
    if (x->n < 2)
        return 0;
    double mx = mean(x), my = mean(y);

    for (size_t i = 0; i < x->n; i++) {
        top += (x->v[i] - mx) * (y->v[i] - my);
        bottom += (x->v[i] - mx) * (x->v[i] - mx);
    }
    return bottom > 0 ? top / bottom : 0;
}

void numbers_line(const char *bench, const char *name, double value, const char *unit)
{
    if (isnan(value))
        return;
    (void)printf("{\"bench\":\"%s\",\"name\":\"%s\",\"value\":%.6g,\"unit\":\"%s\"}\n", bench, name,
                 value, unit);
    (void)fflush(stdout);
}
