/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * real_subject -- a random curve of any kind with its twin in doubles, for the claims about them.
 */
#ifndef SLUICE_TESTS_SUPPORT_REAL_SUBJECT_H
#define SLUICE_TESTS_SUPPORT_REAL_SUBJECT_H

#include <stdbool.h>

#include "solver/route/real_curve.h"
#include "tests/support/networks.h"

/* Prices stand by asset, which is by node too. */
struct real_subject {
    struct networks n;
    struct prng r;
    uint64_t seed;
    const struct curve *curve;
    struct real_curve real;
    double price[REAL_ASSETS_MAX]; /* reference value of an atom */
    double u[REAL_ASSETS_MAX], e[REAL_ASSETS_MAX];
};

/* Run a claim on rounds random curves of every kind; most of the draws must be sound ones. */
void real_subject_each(void (*claim)(struct real_subject *s), uint64_t seed, unsigned rounds);

/* Log prices within most of the reference. */
void real_subject_prices(struct real_subject *s, double most);

double real_subject_spread(struct prng *r, double most); /* uniform in [-most, most) */
struct way real_subject_way(struct real_subject *s);
unsigned real_subject_pairs(const struct real_subject *s); /* of its assets */

/* The best trade at its prices, corners sharp. */
enum real_state real_subject_pull(struct real_pull *p, const struct real_subject *s);

bool real_subject_bends(const struct real_subject *s); /* made of straight pieces */
bool real_subject_many(const struct real_subject *s);  /* a kind of two or more assets */

/* Fail unless got is within most of wanted, with the kind, and the seed to draw it again. */
void real_subject_near(const struct real_subject *s, const char *what, double got, double wanted,
                       double most);

#endif
