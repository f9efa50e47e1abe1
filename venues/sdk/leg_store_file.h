/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * leg_store_file -- the inside of a leg store, for leg_store.c and leg_store_rows.c only: the
 * SQLite handle and one prepared statement per query.
 *
 * 64-bit counters are stored as SQLite's signed integers with the same bits; amounts as 16 bytes
 * big-endian.
 */
#ifndef SLUICE_VENUES_SDK_LEG_STORE_FILE_H
#define SLUICE_VENUES_SDK_LEG_STORE_FILE_H

#include <sqlite3.h>

#include "venues/sdk/leg_store.h"

/* Ended up to number ?1 and before ?2 (unix seconds), the oldest first, at most ?3. */
#define LEG_STORE_PRUNED "SELECT id FROM ended WHERE no <= ?1 AND at < ?2 ORDER BY no LIMIT ?3"

#define LEG_STORE_QUERIES(X)                                                                       \
    X(begin, "BEGIN IMMEDIATE")                                                                    \
    X(commit, "COMMIT")                                                                            \
    X(rollback, "ROLLBACK")                                                                        \
    X(meta_get, "SELECT value FROM meta WHERE key = ?1")                                           \
    X(meta_put, "INSERT OR REPLACE INTO meta VALUES (?1, ?2)")                                     \
    X(any_leg, "SELECT 1 FROM legs LIMIT 1")                                                       \
    X(leg_get,                                                                                     \
      "SELECT outcome, seq_after, reason, content, curve, curve_seq, in_asset, out_asset,"         \
      " amount_in, min_out FROM legs WHERE id = ?1")                                               \
    X(leg_new, "INSERT INTO legs VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")           \
    X(leg_set, "UPDATE legs SET outcome = ?2, seq_after = ?3, reason = ?4 WHERE id = ?1")          \
    X(leg_count, "SELECT count(*), coalesce(sum(outcome IN (3, 4)), 0) FROM legs")                 \
    X(leg_ended, "INSERT OR IGNORE INTO ended (id, at)"                                            \
                 " VALUES (?1, CAST(strftime('%s', 'now') AS INTEGER))")                           \
    X(ended_last, "SELECT seq FROM sqlite_sequence WHERE name = 'ended'")                          \
    X(prune_fills, "DELETE FROM fills WHERE leg IN (" LEG_STORE_PRUNED ")")                        \
    X(prune_legs, "DELETE FROM legs WHERE id IN (" LEG_STORE_PRUNED ")")                           \
    X(prune_ended, "DELETE FROM ended WHERE id IN (" LEG_STORE_PRUNED ")")                         \
    X(fill_get, "SELECT leg, amount_in, amount_out FROM fills WHERE id = ?1")                      \
    X(fill_new, "INSERT INTO fills VALUES (?1, ?2, ?3, ?4, ?5)")                                   \
    X(fills_of, "SELECT id, amount_in, amount_out FROM fills WHERE leg = ?1 ORDER BY no")          \
    X(sum_get, "SELECT negative, net FROM sums WHERE asset = ?1")                                  \
    X(sum_put, "INSERT OR REPLACE INTO sums VALUES (?1, ?2, ?3)")                                  \
    X(sums, "SELECT asset, negative, net FROM sums WHERE asset >= ?1 ORDER BY asset LIMIT ?2")     \
    X(curve_get, "SELECT state FROM curves WHERE id = ?1")                                         \
    X(curve_put, "INSERT OR REPLACE INTO curves VALUES (?1, ?2)")

enum leg_store_query {
#define X(name, sql) QUERY_##name,
    LEG_STORE_QUERIES(X)
#undef X
        LEG_STORE_QUERIES_N
};

struct leg_store {
    sqlite3 *db;
    sqlite3_stmt *queries[LEG_STORE_QUERIES_N];
};

/* A statement ready to be bound; it is reset by leg_store_end. */
sqlite3_stmt *leg_store_query(struct leg_store *s, enum leg_store_query which);

/* One step of a statement: OK a row is there, NOT_FOUND it is done; else mapped from SQLite. */
MUST_USE enum err leg_store_row(sqlite3_stmt *q);

/* Run a statement that returns no row. */
MUST_USE enum err leg_store_run(sqlite3_stmt *q);

/* Reset, and drop the bindings; returns e. */
enum err leg_store_end(sqlite3_stmt *q, enum err e);

void leg_store_bind_u64(sqlite3_stmt *q, int at, uint64_t v);
void leg_store_bind_amount(sqlite3_stmt *q, int at, struct amount a);
void leg_store_bind_bytes(sqlite3_stmt *q, int at, const void *bytes, size_t n);

uint64_t leg_store_u64(sqlite3_stmt *q, int column);

/* ERR_IO when the column does not hold exactly n bytes. */
MUST_USE enum err leg_store_bytes(void *out, size_t n, sqlite3_stmt *q, int column);
MUST_USE enum err leg_store_amount(struct amount *out, sqlite3_stmt *q, int column);

#endif
