/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * solution_json -- a solution as one line of JSON, written by solve and read back by verify.
 *
 * One order on its own:
 *   {"order": ID, "sell_amount": "…", "buy_amount": "…", "upper_bound": "…", "gap": 1.2e-10,
 *    "iterations": 9, "pivots": 41, "solve_us": 312,
 *    "legs": [{"pool": ID, "in": TOKEN, "in_amount": "…", "out": TOKEN, "out_amount": "…"}],
 *    "buffer": {TOKEN: "…"}, "prices": {TOKEN: "…"}, "duals": {TOKEN: "…"}}
 * and of one that was routed on its own, after that,
 *   "end": "done", "limit_met": true, with "why": TEXT unless it is done
 * where end is done; part: the pools take or give no more, this is the most that is possible;
 * no_route; or work_limit: the gap says how far the search came. An order's limit does not change
 * its route. Of an exact-buy buy_amount is at most what the order wants, what the legs bring beyond
 * it is "surplus": "…", and "lower_bound": "…" is the least that any route must sell for buy_amount.
 * "venue_limits": false where --no-venue-limits was asked for.
 * A batch:
 *   {"batch": N, "fills": [{"order": ID, "sell_amount": "…", "buy_amount": "…"}], "value": "…",
 *    "bound": "…", "score": "…", and from "gap" on as above}
 *
 * Of one file among several, "file": PATH comes first.
 *
 * With what an option cost, after "buffer":
 *   "no_cycles_cost": {"token": TOKEN, "atoms": "…", "units": "…", "bp": 0.52}
 * the buy asset that an exact-sell got less, or the sell asset that an exact-buy paid more, than
 * without the option, also in 1e-4 of that (null where it is nothing); likewise hops_max_cost and
 * legs_max_cost. Of a batch {"score": "…", "bp": …}.
 *
 * Of a recorded auction, when the solution that was recorded is known, "identical": true; or
 *   "identical": false, "differs": {"field": "fills[0].got", "recorded": "…", "solved": "…"}
 * and with other settings than the recorded ones instead
 *   "recorded": {"fills": 3, "legs": 7, "score": "…", "gap": …}
 *
 * What the file holds that this build cannot use is counted by its kind (INPUT_SKIPS), if anything:
 *   "skipped": {"weighted": 23}
 *
 * IDs and TOKENs are spelled as in the input file. Amounts are atoms, legs stand in the order of
 * execution. upper_bound is the most atoms of the buy asset that any route could pay for the sold
 * amount (for all of it when nothing was filled), from the duals; null without them. prices and
 * duals leave out what is zero.
 */
#ifndef SLUICE_INPUT_SOLUTION_JSON_H
#define SLUICE_INPUT_SOLUTION_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/core/wide.h"
#include "solver/input/auction_file.h"
#include "solver/input/input.h"
#include "solver/market/solution.h"

#define SOLUTION_BATCH SIZE_MAX
#define SOLUTION_GAP_DIGITS 6

/* A solution beside the recorded one: where they differ first, and how. */
struct solution_replay {
    bool identical;
    const char *field; /* these only if not identical */
    const char *recorded;
    const char *solved;
};

/* Options that may cost something: member of the JSON line without "_cost", and the table's title. */
#define SOLUTION_OPTIONS(X)                                                                        \
    X(no_cycles, "cycles would gain")                                                              \
    X(hops_max, "more hops would gain")                                                            \
    X(legs_max, "more legs would gain")

enum solution_option {
#define X(name, title) SOLUTION_##name,
    SOLUTION_OPTIONS(X)
#undef X
        SOLUTION_OPTIONS_N
};

struct solution_cost {
    bool asked;
    struct u256 lost; /* atoms of the free side, or score */
    struct u256 of;   /* the same fill, or score, without the option */
};

/* What a line says of an order that was routed on its own. */
struct solution_route {
    const char *end; /* SOLUTION_DONE or another below; NULL: the line is none of these */
    const char *why; /* NULL: done */
    bool limit_met;
    bool no_venue_limits;
    struct u256 surplus;     /* exact-buy: atoms beyond what the order gets */
    struct u256 lower_bound; /* exact-buy, with a bound */
};

#define SOLUTION_DONE "done"
#define SOLUTION_PART "part"
#define SOLUTION_NO_ROUTE "no_route"
#define SOLUTION_WORK_LIMIT "work_limit"

struct solution_line {
    const char *file;         /* of several; NULL: there is only one */
    size_t intent;            /* of the order on its own, or SOLUTION_BATCH */
    struct solution solution; /* prices and duals are absent or [assets_n] */
    struct u256 *buffer;      /* [assets_n] */
    bool bounded;             /* there is an upper_bound */
    struct u256 upper_bound;  /* orders only */
    struct u256 score;        /* batches only */
    const char *gap;          /* as it was read: solution_json_gap; unused by writing */
    uint64_t solve_us;
    struct solution_route route;
    struct solution_cost cost[SOLUTION_OPTIONS_N];
    const struct solution_replay *replay; /* NULL: not compared */
    const struct solution_line *recorded; /* a batch, to be shown beside this one; or NULL */
};

/*
 * The most atoms of intent's buy asset that bound is worth: floor(bound / p_buy). false when there
 * is no price for it.
 */
bool solution_upper_bound(struct u256 *out, const struct auction *a, const struct solution *s,
                          const struct u256 *bound, size_t intent);

/*
 * The least atoms of intent's sell asset that pay for want: what want is worth and the curves cannot
 * earn, rounded up. spent is what bound was made for. false when there is no price for it.
 */
bool solution_lower_bound(struct u256 *out, const struct auction *a, const struct solution *s,
                          const struct u256 *spent, size_t intent);

/* One line without its end, in arena. ERR_NOMEM only. */
MUST_USE enum err solution_json_write(const char **text, const struct solution_line *l,
                                      const struct auction_file *f, struct arena *arena);

/* The gap of a line with that many digits, SOLUTION_GAP_DIGITS as it is written; or "null".
 * ERR_NOMEM only. */
MUST_USE enum err solution_json_gap(const char **text, const struct solution_line *l,
                                    const struct auction_file *f, unsigned digits,
                                    struct arena *arena);

/*
 * Read a line back. Names must be those of f; nothing else is judged. Each leg is a stage of its
 * own. file names the place in messages, e.g. "out.json:3".
 * errors  as input.h
 */
MUST_USE enum err solution_json_read(struct solution_line *l, struct input_error *e,
                                     const char *file, const char *text, size_t len,
                                     const struct auction_file *f, struct arena *arena);

#endif
