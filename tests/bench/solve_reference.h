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

/* The most that any route can pay, in atoms; NAN when it is not known. */
double solve_reference_most(const struct solve_reference *r, const char *instance,
                            const char *order);

/* The best payout of a router that sold exactly the order's amount; NAN when none did. */
double solve_reference_peer(const struct solve_reference *r, const char *instance,
                            const char *order);

#endif
