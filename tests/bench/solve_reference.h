/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * solve_reference -- the stored optimum of an order of a shared instance, and what public routers
 * got for it.
 */
#ifndef SLUICE_TESTS_BENCH_SOLVE_REFERENCE_H
#define SLUICE_TESTS_BENCH_SOLVE_REFERENCE_H

struct solve_reference;

/* NULL, after a line that says so, when the data is not there. */
struct solve_reference *solve_reference_open(void);
void solve_reference_close(struct solve_reference *r);

/* In atoms; NAN where it is not known. */
struct solve_optimum {
    double most;      /* that any route can pay */
    double tolerance; /* relative, of most */
    double executed;  /* what some route was seen to pay */
};

struct solve_optimum solve_reference_optimum(const struct solve_reference *r, const char *instance,
                                             const char *order);

/* The best payout of a router that sold exactly the order's amount; NAN when none did. */
double solve_reference_peer(const struct solve_reference *r, const char *instance,
                            const char *order);

struct solve_peer {
    const char *name;
    double out; /* atoms; NAN: no route, or not of exactly the order's amount */
    double ms;
};

/* Every router that was asked for the order. */
void solve_reference_peers(const struct solve_reference *r, const char *instance, const char *order,
                           void (*take)(void *ctx, const struct solve_peer *peer), void *ctx);

#endif
