/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * numbers -- what a bench saw: a list of doubles with quantiles, and the JSON lines it prints.
 * A zeroed struct is an empty list.
 */
#ifndef SLUICE_TESTS_BENCH_NUMBERS_H
#define SLUICE_TESTS_BENCH_NUMBERS_H

#include <stddef.h>

struct numbers {
    double *v; /* [n], owned */
    size_t n;
    size_t room;
};

/* NAN is left out. */
void numbers_add(struct numbers *l, double v);
void numbers_fini(struct numbers *l);

/* The smallest number that at least a share q in [0, 1] of all does not exceed; NAN when empty. */
double numbers_quantile(struct numbers *l, double q);

/* The slope of the least-squares line through (x[i], y[i]); 0 for fewer than two points. */
double numbers_slope(const struct numbers *x, const struct numbers *y);

/* One line {"bench","name","value","unit"} on stdout, flushed; none for NAN. */
void numbers_line(const char *bench, const char *name, double value, const char *unit);

#endif
