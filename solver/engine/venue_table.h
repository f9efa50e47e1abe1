/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * venue_table -- what the leader knows of its venues: who they are, their curves, and which curves
 * a batch may use.
 *
 * A curve is usable when its venue is up and does not rest, its last confirmation is younger than
 * the venue's time to live, no leg of ours is open on it, and its sequence is at least the one that
 * our own last fill there left behind (invariant I6). Curves carry registry asset ids. The table
 * owns every curve and its levels; it belongs to the leader's thread.
 *
 * A venue rests when VENUE_FAILURES_MAX orders in a row brought nothing: it quotes better than it
 * trades. After each rest it gets one more chance; each failure then doubles the rest. Legs that
 * fail at one instant belong to one answer and count once. The first fill makes all good.
 */
#ifndef SLUICE_ENGINE_VENUE_TABLE_H
#define SLUICE_ENGINE_VENUE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/asset.h"
#include "solver/core/err.h"
#include "solver/core/id.h"
#include "solver/market/curve.h"

#define VENUES_MAX 64
#define VENUE_CURVES_MAX 65536
#define VENUE_NONE UINT32_MAX
#define VENUE_FAILURES_MAX 3
#define VENUE_REST_FIRST_MS 1000
#define VENUE_REST_LAST_MS 60000

enum venue_state {
    VENUE_DOWN,    /* no answer yet, or lost; Hello is tried again */
    VENUE_SYNCING, /* between two pages of one curve set */
    VENUE_UP,
    VENUE_QUARANTINED, /* broke a rule; not used until an operator restarts the leader */
};

/* An entry stays when its curve is withdrawn, so that seq_min and open_legs outlive a snapshot. */
struct venue_curve {
    struct curve curve; /* id and seq are kept while not listed, the rest is not */
    void *memory;       /* what curve borrows, while listed */
    bool listed;
    uint64_t seq_min;   /* usable from this sequence on */
    uint32_t open_legs; /* ours */
};

struct venue {
    enum venue_state state;
    struct name name;
    struct name domain;
    char kind[NAME_TEXT];
    bool atomic;
    bool lost_state; /* its record of our open legs is gone: what it has not seen proves nothing */
    uint32_t ttl_ms;
    uint64_t seq;          /* of the curve set */
    uint64_t confirmed_ns; /* when the set was last known to be current */
    uint32_t open_legs;
    uint32_t failures;          /* in a row: rejected or unknown, without a fill between */
    uint64_t failed_ns;         /* the last one */
    uint64_t rest_ns;           /* its curves are not used before */
    char note[96];              /* why it is down or quarantined */
    struct venue_curve *curves; /* sorted by curve id */
    size_t curves_n;
    size_t curves_cap;
};

struct venue_table {
    struct venue venues[VENUES_MAX];
    uint32_t n;
    const struct asset_table *assets; /* curves with other assets are refused */
};

void venue_table_init(struct venue_table *t, const struct asset_table *assets);
void venue_table_fini(struct venue_table *t);

/* The venue of that name among those that said Hello, or VENUE_NONE. */
uint32_t venue_table_find(const struct venue_table *t, const struct name *name);

/* Its name; before the first Hello what it is called instead: venue-N by its place, from 1. */
struct name venue_label(const struct venue_table *t, uint32_t venue);

/* Withdraw every curve of v: before the first page of a snapshot. */
void venue_curves_clear(struct venue *v);

/* Forget every sequence too: the venue lost its store and counts from the start again. */
void venue_curves_forget(struct venue *v);

/*
 * Take one curve of an answer, replacing the one of the same id. A contradictory curve or one with
 * an unknown asset is not taken, and an older one of the same id is dropped.
 *
 * errors  ERR_INVALID not taken; ERR_CONFLICT its sequence went backwards; ERR_NOMEM
 */
MUST_USE enum err venue_curve_put(struct venue_table *t, struct venue *v, const struct curve *c);
void venue_curve_remove(struct venue *v, uint64_t curve);

/* NULL when unknown. */
struct venue_curve *venue_curve_get(struct venue *v, uint64_t curve);

bool venue_curve_usable(const struct venue *v, const struct venue_curve *c, uint64_t now_ns);

/* Note that a leg opened on a curve, or closed with the curve's sequence after it (0: unchanged). */
void venue_leg_opened(struct venue *v, uint64_t curve);
void venue_leg_closed(struct venue *v, uint64_t curve, uint64_t seq_after);

/* A leg was rejected, or nobody knows what became of it. true: the venue rests from now on. */
bool venue_leg_failed(struct venue *v, uint64_t now_ns);
void venue_leg_filled(struct venue *v);
bool venue_rests(const struct venue *v, uint64_t now_ns);

void venue_down(struct venue *v, const char *note);
void venue_quarantine(struct venue *v, const char *note);

/* down, syncing, up, resting or quarantined */
const char *venue_state_name(const struct venue *v, uint64_t now_ns);

#endif
