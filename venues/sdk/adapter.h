/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * adapter -- what a venue has to be able to do, as one table of callbacks.
 *
 * The SDK does everything that is the same for every venue: the socket, the bytes, idempotency by
 * leg id, tombstones, the fence, the store. An adapter says what it trades (curves) and executes
 * legs that nobody has seen before. All callbacks run on one thread, never two at a time, and keep
 * none of their arguments; what they put into *out lives in the arena that was passed or in self,
 * until the next callback.
 */
#ifndef SLUICE_VENUES_SDK_ADAPTER_H
#define SLUICE_VENUES_SDK_ADAPTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/wire_venue.h"
#include "solver/core/arena.h"
#include "solver/core/asset.h"
#include "solver/core/err.h"
#include "solver/input/market_file.h"
#include "venues/sdk/leg_store.h"

#define ADAPTER_NEVER UINT64_MAX

/* What an adapter may use from open to close; everything is borrowed. */
struct adapter_setup {
    const struct asset_table *assets;
    const struct market_file *market; /* NULL when the adapter does not need one */
    struct leg_store *store;
    uint64_t seed; /* of everything random */
    bool still;    /* curves change by legs only */
};

/* Legs to execute; none of them was ever seen before. */
struct adapter_order {
    const struct wire_leg *legs; /* [n], ids distinct, in this order */
    size_t n;                    /* [1, WIRE_LEGS_MAX] */
    bool atomic;                 /* all or none; only when hello says so */
};

struct venue_adapter {
    /* Stable lower-case name; it is stored in receipts and must never change meaning. */
    const char *kind;
    const char *doc; /* one line for --help */
    bool needs_market;

    /*
     * Once, at start: make *self and bring back from the store what legs did to the curves.
     * On an error a sentence is written to why[why_n] and the process ends with it.
     */
    enum err (*open)(void **self, const struct adapter_setup *setup, char *why, size_t why_n);

    /* Once, at the end, also after a failed open; self may be NULL. */
    void (*close)(void *self);

    /* At any time: fill in name, domain, atomic and ttl_ms; the SDK fills in the rest. */
    void (*hello)(struct wire_hello *out, void *self);

    /*
     * Every curve that changed after since_seq, or all of them with out->snapshot set when
     * since_seq is 0 or not a sequence of this process. out->seq is the newest sequence. It never
     * goes back, not even over a restart (leg_store_reserve), and every change of a curve gives
     * the curve a new one. Never half of an update.
     *
     * errors  ERR_AGAIN nothing newer: the SDK waits, and calls again after submit or tick
     */
    enum err (*curves)(struct wire_quotes *out, struct arena *arena, void *self,
                       uint64_t since_seq);

    /*
     * Execute legs: out[n] in their order. Called inside a transaction of the store, which keeps
     * the answers; curve states written with leg_store_curve_put belong to the same transaction.
     * Changes in memory must wait for kept().
     * Legal outcomes: FILLED, at least min_out given for at most the input; REJECTED, never executed and never will be; OPEN, more fills may come; UNKNOWN, ask again.
     *
     * errors  any: nothing was executed, nothing is kept, and the solver will ask again
     */
    enum err (*submit)(struct wire_leg_result *out, struct arena *arena, void *self,
                       const struct adapter_order *order);

    /* After every submit: was its transaction kept, or is nothing of it true? */
    void (*kept)(void *self, bool kept);

    /*
     * The newest answer for a leg that is OPEN or UNKNOWN in the store, with all its fills.
     * void_leg also stops it: what is not filled now never will be. NULL when submit never
     * leaves a leg OPEN or UNKNOWN.
     */
    enum err (*query)(struct wire_leg_result *out, struct arena *arena, void *self,
                      const struct wire_leg *leg);
    enum err (*void_leg)(struct wire_leg_result *out, struct arena *arena, void *self,
                         const struct wire_leg *leg);

    /*
     * Time passes: curves may change by themselves. Returns when it wants to be called next
     * (monotonic nanoseconds, ADAPTER_NEVER for not at all). NULL when nothing ever happens.
     * Queries and snapshots of closed legs are answered from the store without the adapter.
     */
    uint64_t (*tick)(void *self, uint64_t now_ns);
};

#endif
