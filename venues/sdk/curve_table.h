/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * curve_table -- the curves of a venue that executes its own curves, and the exact execution of
 * legs on them. The pools and books shipped here are such venues; so is any desk that quotes.
 *
 * A leg takes what curve_out says, at min_out or better, or it is rejected; there is nothing in
 * between. Legs of one order see the effect of those before them. What legs did is written to the
 * store in the transaction of their answers and becomes true in memory when that was kept. Sequence
 * numbers rise over restarts. One thread.
 */
#ifndef SLUICE_VENUES_SDK_CURVE_TABLE_H
#define SLUICE_VENUES_SDK_CURVE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/market/curve.h"
#include "venues/sdk/adapter.h"
#include "venues/sdk/leg_store.h"

struct curve_table_staged {
    size_t index;
    struct curve curve;
};

struct curve_table {
    struct leg_store *store;
    struct arena memory;  /* of everything below */
    struct curve *curves; /* [n], ascending by id, with their own levels */
    size_t n;
    uint64_t first_seq; /* of this process */
    uint64_t seq;       /* newest of all curves */
    uint64_t next_seq;
    uint64_t end_seq;                                /* numbers reserved in the store, exclusive */
    struct curve_table_staged staged[WIRE_LEGS_MAX]; /* by the order that is not kept yet */
    size_t staged_n;
};

/*
 * Copy curves[n] (asset numbers are registry ids) and bring back what earlier legs did to them.
 * On an error why[why_n] says which curve.
 *
 * errors  ERR_INVALID a curve contradicts itself, an id is there twice, or it does not fit into one
 *         message; ERR_CONFLICT the store holds another shape of it; ERR_IO; ERR_NOMEM
 */
MUST_USE enum err curve_table_init(struct curve_table *t, struct leg_store *store,
                                   const struct curve *curves, size_t n, char *why, size_t why_n);
void curve_table_fini(struct curve_table *t);

/* The callbacks of struct venue_adapter of the same names. */
MUST_USE enum err curve_table_curves(struct wire_quotes *out, struct arena *arena,
                                     struct curve_table *t, uint64_t since_seq);
MUST_USE enum err curve_table_submit(struct wire_leg_result *out, struct arena *arena,
                                     struct curve_table *t, const struct adapter_order *order);
void curve_table_kept(struct curve_table *t, bool kept);

/*
 * Curve number index was changed in place by its owner, not by a leg: give it a new sequence. Only
 * after curve_table_may_touch said that there is one.
 */
bool curve_table_may_touch(struct curve_table *t);
void curve_table_touch(struct curve_table *t, size_t index);

#endif
