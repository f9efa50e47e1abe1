/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay -- a recorded auction solved again: is the solution the one that was recorded beside it?
 *
 * The leader packs the incumbent that it carried out; the engine counts its work, so the incumbent
 * of the same number must pack to the same bytes.
 */
#ifndef SLUICE_CLI_REPLAY_H
#define SLUICE_CLI_REPLAY_H

#include "gateway/cli/cli.h"
#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/input/solution_json.h"
#include "solver/market/solution.h"

struct replay {
    const char *path; /* NAME.solution beside NAME.auction; NULL: there is none */
    const char *bytes;
    size_t n;
    struct solution solution; /* what they hold */
};

/* Find and read what was recorded beside auction, into the command's arena. CLI_OK, whether there
 * is something or not; or the error is printed. */
int replay_load(struct replay *r, struct cli *c, const char *auction);

/* Was s recorded? Else out names the first field that differs, with texts in arena. ERR_NOMEM. */
MUST_USE enum err replay_compare(struct solution_replay *out, const struct replay *r,
                                 const struct solution *s, struct arena *arena);

/* What was recorded as a line of its own, in arena; NULL when it is not valid for a. ERR_NOMEM,
 * ERR_OVERFLOW. */
MUST_USE enum err replay_line(const struct solution_line **out, const struct replay *r,
                              const struct auction *a, struct arena *arena);

#endif
