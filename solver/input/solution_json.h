/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * solution_json -- a solution as one line of JSON, written by solve and read back by verify.
 *
 * One order on its own:
 *   {"order": ID, "sell_amount": "…", "buy_amount": "…", "upper_bound": "…", "gap": 1.2e-10,
 *    "iterations": 9, "pivots": 41, "solve_us": 312,
 *    "legs": [{"pool": ID, "in": TOKEN, "in_amount": "…", "out": TOKEN, "out_amount": "…"}],
 *    "buffer": {TOKEN: "…"}, "prices": {TOKEN: "…"}, "duals": {TOKEN: "…"}}
 * A batch:
 *   {"batch": N, "fills": [{"order": ID, "sell_amount": "…", "buy_amount": "…"}], "value": "…",
 *    "bound": "…", "score": "…", and from "gap" on as above}
 *
 * Of one file among several, "file": PATH comes first.
 *
 * With what an option cost, after "buffer":
 *   "no_cycles_cost": {"token": TOKEN, "atoms": "…", "units": "…", "bp": 0.52}
 * the buy asset that an exact-sell got less, or the sell asset that an exact-buy paid more, than
 * with cycles, also in 1e-4 of that (null where it is nothing). Of a batch {"score": "…", "bp": …}.
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
    bool no_cycles;                       /* without cycles; then these say what that costs */
    struct u256 cycles_cost;              /* atoms of the free side, or score */
    struct u256 cycles_cost_of;           /* the same fill, or score, with cycles */
    const struct solution_replay *replay; /* NULL: not compared */
    const struct solution_line *recorded; /* a batch, to be shown beside this one; or NULL */
};

/*
 * The most atoms of intent's buy asset that bound is worth: floor(bound / p_buy). false when there
 * is no price for it.
 */
bool solution_upper_bound(struct u256 *out, const struct auction *a, const struct solution *s,
                          const struct u256 *bound, size_t intent);

/* One line without its end, in arena. ERR_NOMEM only. */
MUST_USE enum err solution_json_write(const char **text, const struct solution_line *l,
                                      const struct auction_file *f, struct arena *arena);

/* The gap of a line as it is written, with SOLUTION_GAP_DIGITS digits or "null". ERR_NOMEM only. */
MUST_USE enum err solution_json_gap(const char **text, const struct solution_line *l,
                                    const struct auction_file *f, struct arena *arena);

/*
 * Read a line back. Names must be those of f; nothing else is judged. Each leg is a stage of its
 * own. file names the place in messages, e.g. "out.json:3".
 * errors  as input.h
 */
MUST_USE enum err solution_json_read(struct solution_line *l, struct input_error *e,
                                     const char *file, const char *text, size_t len,
                                     const struct auction_file *f, struct arena *arena);

#endif
