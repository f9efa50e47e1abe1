/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * leg_store -- what a venue process must never forget, in one SQLite file (WAL, synchronous=FULL).
 *
 * It keeps legs with their answers and fills until they are pruned, the tombstones of voided legs, the highest fence,
 * the sum of all fills per asset and the state of the curves they moved. All changes of one request
 * are one transaction, so after kill -9 or a power cut a leg and its effect on the curves are both
 * there or both not. One process at a time owns the file; one thread uses the store. Results read
 * from the store live in the arena that was passed.
 */
#ifndef SLUICE_VENUES_SDK_LEG_STORE_H
#define SLUICE_VENUES_SDK_LEG_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/wire_venue.h"
#include "solver/core/amount.h"
#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/core/id.h"

#define LEG_STORE_FILLS_MAX 256  /* of one leg */
#define LEG_STORE_ROWS_MAX 16384 /* of one snapshot */

struct leg_store;

/*
 * Open or create the file at path. identity names the venue the file belongs to; a file of another
 * venue is refused. On an error a sentence with the path is written to why[why_n].
 *
 * errors  ERR_IO not readable, not a store, damaged, or in use by another process
 *         ERR_CONFLICT it belongs to another identity; ERR_NOMEM
 */
MUST_USE enum err leg_store_open(struct leg_store **out, const char *path, const char *identity,
                                 char *why, size_t why_n);
void leg_store_close(struct leg_store *s);

/*
 * Everything between begin and commit is kept whole or not at all. When commit fails nothing was
 * kept. rollback cannot fail; without an open transaction it does nothing.
 */
MUST_USE enum err leg_store_begin(struct leg_store *s);
MUST_USE enum err leg_store_commit(struct leg_store *s);
void leg_store_rollback(struct leg_store *s);

/* The highest fence seen, 0 at first. raise: inside a transaction; lower values change nothing. */
MUST_USE enum err leg_store_fence(uint64_t *out, struct leg_store *s);
MUST_USE enum err leg_store_raise(struct leg_store *s, uint64_t fence);

/*
 * Is no leg and no tombstone known, and no solver that found it so? Then the file is new, or the
 * old one was lost. found_empty: outside a transaction; a solver knows, so from now on it is true
 * that a leg which is not here never came.
 */
MUST_USE enum err leg_store_empty(bool *out, struct leg_store *s);
MUST_USE enum err leg_store_found_empty(struct leg_store *s);

/* What a leg asks for, as a digest: the same id must always come with the same content. */
struct digest leg_store_content(const struct wire_leg *leg);

/*
 * What is known of a leg: its newest answer with all fills, and the digest of its content (zeros
 * for a tombstone).
 * errors  ERR_NOT_FOUND never seen; ERR_NOMEM the arena is full; ERR_IO
 */
MUST_USE enum err leg_store_get(struct wire_leg_result *out, struct digest *content,
                                struct arena *arena, struct leg_store *s, struct id leg);

/*
 * Inside a transaction: remember a leg for the first time with its answer, or a later answer of
 * one that was OPEN or UNKNOWN. Fills already stored are kept and not counted again.
 *
 * errors  ERR_CONFLICT a fill id belongs to another fill; ERR_OVERFLOW a sum per asset exceeds 128
 *         bits; ERR_IO. The transaction must then be rolled back.
 */
MUST_USE enum err leg_store_put(struct leg_store *s, const struct wire_leg *leg,
                                const struct wire_leg_result *result);

/* Legs that end FILLED or REJECTED are numbered: the last number, 0 at first. */
MUST_USE enum err leg_store_ended(uint64_t *last, struct leg_store *s);

/*
 * Inside a transaction: forget legs that ended up to a number and before a time, with their fills;
 * the oldest first, at most this many. Tombstones, the fence, sums and curves stay, and the store
 * does not count as empty for it.
 */
MUST_USE enum err leg_store_prune(struct leg_store *s, uint64_t last, int64_t before_s,
                                  size_t most);

/* Inside a transaction: an id that was never seen will never be accepted. */
MUST_USE enum err leg_store_tombstone(struct leg_store *s, struct id leg);

/* The leg itself, for adapters that ask their venue again. ERR_NOT_FOUND unseen or a tombstone. */
MUST_USE enum err leg_store_leg(struct wire_leg *out, struct leg_store *s, struct id leg);

/*
 * Received minus given per asset over all fills, ascending by asset from asset number `from` on,
 * at most LEG_STORE_ROWS_MAX of them; and how many legs are known and how many are not closed.
 */
MUST_USE enum err leg_store_snapshot(struct wire_snapshot *out, struct arena *arena,
                                     struct leg_store *s, uint64_t from);

/*
 * The state of a curve as opaque bytes. put: inside a transaction. get copies into the arena.
 * errors  ERR_NOT_FOUND no fill moved this curve yet; ERR_NOMEM; ERR_IO
 */
MUST_USE enum err leg_store_curve_put(struct leg_store *s, uint64_t curve, const void *state,
                                      size_t n);
MUST_USE enum err leg_store_curve_get(void **state, size_t *n, struct arena *arena,
                                      struct leg_store *s, uint64_t curve);

/*
 * Take n sequence numbers that were never given out before, not even by a process that was killed:
 * *first .. *first + n - 1. Outside a transaction.
 */
MUST_USE enum err leg_store_reserve(uint64_t *first, struct leg_store *s, uint64_t n);

#endif
