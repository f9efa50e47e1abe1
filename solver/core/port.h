/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * port -- what the machine offers the service, as function tables, so that the simulator and the
 * tests can offer something else.
 *
 * Here are the ports without a layer of their own: clock and random numbers (system.h has the real
 * ones). The store port stands in solver/ledger/ledger.h; the links to venues, to the worker and
 * to clients stand in solver/link.h. A port is passed by value; self is borrowed and outlives it.
 */
#ifndef SLUICE_CORE_PORT_H
#define SLUICE_CORE_PORT_H

#include <stddef.h>
#include <stdint.h>

struct clock_port {
    /* Monotonic nanoseconds since some fixed point; never goes back. For intervals and budgets. */
    uint64_t (*now_ns)(void *self);

    /* Unix milliseconds; may jump. For deadlines, receipts and log lines. */
    int64_t (*unix_ms)(void *self);

    void *self;
};

struct rng_port {
    /* Fill out[n] with random bytes. Those of the real port are fit for keys and ids. */
    void (*fill)(void *self, void *out, size_t n);

    void *self;
};

#endif
