/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "venues/sdk/leg_store.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/core/check.h"
#include "venues/sdk/leg_store_file.h"

#define BUSY_MS 500
#define META_VALUE_MAX 1024

/* synchronous=FULL syncs the log at each commit: an answer leaves only after its leg is on disk.
 * The exclusive lock makes a second process on the same file fail at start. */
static const char schema[] = "PRAGMA locking_mode = EXCLUSIVE;"
                             "PRAGMA journal_mode = WAL;"
                             "PRAGMA synchronous = FULL;"
                             "BEGIN IMMEDIATE;"
                             "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value)"
                             " WITHOUT ROWID;"
                             "CREATE TABLE IF NOT EXISTS legs (id BLOB PRIMARY KEY, outcome INT,"
                             " seq_after INT, reason TEXT, content BLOB, curve INT, curve_seq INT,"
                             " in_asset INT, out_asset INT, amount_in BLOB, min_out BLOB)"
                             " WITHOUT ROWID;"
                             "CREATE TABLE IF NOT EXISTS fills (id BLOB PRIMARY KEY, leg BLOB,"
                             " no INT, amount_in BLOB, amount_out BLOB) WITHOUT ROWID;"
                             "CREATE UNIQUE INDEX IF NOT EXISTS fills_of_leg ON fills (leg, no);"
                             "CREATE TABLE IF NOT EXISTS ended (no INTEGER PRIMARY KEY"
                             " AUTOINCREMENT, id BLOB UNIQUE, at INT);"
                             "CREATE TABLE IF NOT EXISTS sums (asset INTEGER PRIMARY KEY,"
                             " negative INT, net BLOB);"
                             "CREATE TABLE IF NOT EXISTS curves (id INTEGER PRIMARY KEY,"
                             " state BLOB);"
                             "COMMIT;";

static const char *const sql[] = {
#define X(name, text) [QUERY_##name] = (text),
    LEG_STORE_QUERIES(X)
#undef X
};

static enum err err_of(int code)
{
    return (code & 0xff) == SQLITE_NOMEM ? ERR_NOMEM : ERR_IO;
}

sqlite3_stmt *leg_store_query(struct leg_store *s, enum leg_store_query which)
{
    return s->queries[which];
}

enum err leg_store_row(sqlite3_stmt *q)
{
    int code = sqlite3_step(q);

    if (code == SQLITE_ROW)
        return ERR_OK;
    return code == SQLITE_DONE ? ERR_NOT_FOUND : err_of(code);
}

enum err leg_store_end(sqlite3_stmt *q, enum err e)
{
    (void)sqlite3_reset(q); /* repeats the error of the last step, which is in e */
    (void)sqlite3_clear_bindings(q);
    return e;
}

enum err leg_store_run(sqlite3_stmt *q)
{
    enum err e = leg_store_row(q);

    CHECK(e != ERR_OK);
    return leg_store_end(q, e == ERR_NOT_FOUND ? ERR_OK : e);
}

void leg_store_bind_u64(sqlite3_stmt *q, int at, uint64_t v)
{
    CHECK(sqlite3_bind_int64(q, at, (sqlite3_int64)v) == SQLITE_OK);
}

/* The bytes must live until the statement ends. */
void leg_store_bind_bytes(sqlite3_stmt *q, int at, const void *bytes, size_t n)
{
    CHECK(sqlite3_bind_blob64(q, at, n > 0 ? bytes : "", n, SQLITE_STATIC) == SQLITE_OK);
}

void leg_store_bind_amount(sqlite3_stmt *q, int at, struct amount a)
{
    uint8_t bytes[AMOUNT_BYTES];

    amount_to_bytes(bytes, a);
    CHECK(sqlite3_bind_blob(q, at, bytes, AMOUNT_BYTES, SQLITE_TRANSIENT) == SQLITE_OK);
}

uint64_t leg_store_u64(sqlite3_stmt *q, int column)
{
    return (uint64_t)sqlite3_column_int64(q, column);
}

enum err leg_store_bytes(void *out, size_t n, sqlite3_stmt *q, int column)
{
    const void *bytes = sqlite3_column_blob(q, column);

    if (bytes == NULL || (size_t)sqlite3_column_bytes(q, column) != n)
        return ERR_IO;
    memcpy(out, bytes, n);
    return ERR_OK;
}

enum err leg_store_amount(struct amount *out, sqlite3_stmt *q, int column)
{
    uint8_t bytes[AMOUNT_BYTES];

    TRY(leg_store_bytes(bytes, sizeof bytes, q, column));
    *out = amount_from_bytes(bytes);
    return ERR_OK;
}

/* ERR_NOT_FOUND leaves value as it is. */
static enum err meta_get(uint64_t *value, struct leg_store *s, const char *key)
{
    sqlite3_stmt *q = leg_store_query(s, QUERY_meta_get);

    CHECK(sqlite3_bind_text(q, 1, key, -1, SQLITE_STATIC) == SQLITE_OK);
    enum err e = leg_store_row(q);
    if (e == ERR_OK)
        *value = leg_store_u64(q, 0);
    return leg_store_end(q, e);
}

static enum err meta_put(struct leg_store *s, const char *key, uint64_t value)
{
    sqlite3_stmt *q = leg_store_query(s, QUERY_meta_put);

    CHECK(sqlite3_bind_text(q, 1, key, -1, SQLITE_STATIC) == SQLITE_OK);
    leg_store_bind_u64(q, 2, value);
    return leg_store_run(q);
}

/* The file keeps the identity of its first opener. */
static enum err identity_check(struct leg_store *s, const char *identity)
{
    sqlite3_stmt *q = leg_store_query(s, QUERY_meta_get);

    CHECK(sqlite3_bind_text(q, 1, "identity", -1, SQLITE_STATIC) == SQLITE_OK);
    enum err e = leg_store_row(q);
    if (e == ERR_OK) {
        const unsigned char *known = sqlite3_column_text(q, 0);
        if (known == NULL)
            e = ERR_IO;
        else if (strcmp((const char *)known, identity) != 0)
            e = ERR_CONFLICT;
    }
    if (leg_store_end(q, e) != ERR_NOT_FOUND)
        return e;
    q = leg_store_query(s, QUERY_meta_put);
    CHECK(sqlite3_bind_text(q, 1, "identity", -1, SQLITE_STATIC) == SQLITE_OK);
    CHECK(sqlite3_bind_text(q, 2, identity, -1, SQLITE_STATIC) == SQLITE_OK);
    return leg_store_run(q);
}

static enum err file_open(struct leg_store *s, const char *path)
{
    int code = sqlite3_open_v2(
        path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_busy_timeout(s->db, BUSY_MS);
    if (code == SQLITE_OK)
        code = sqlite3_exec(s->db, schema, NULL, NULL, NULL);
    for (size_t i = 0; code == SQLITE_OK && i < LEG_STORE_QUERIES_N; i++)
        code =
            sqlite3_prepare_v3(s->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &s->queries[i], NULL);
    return code == SQLITE_OK ? ERR_OK : err_of(code);
}

enum err leg_store_open(struct leg_store **out, const char *path, const char *identity, char *why,
                        size_t why_n)
{
    struct leg_store *s = calloc(1, sizeof *s);

    CHECK(strlen(identity) < META_VALUE_MAX);
    if (s == NULL)
        return ERR_NOMEM;
    enum err e = file_open(s, path);
    if (e == ERR_OK)
        e = identity_check(s, identity);
    if (e == ERR_OK) {
        *out = s;
        return ERR_OK;
    }
    if (e == ERR_CONFLICT)
        (void)snprintf(why, why_n, "%s: belongs to another venue than \"%s\"", path, identity);
    else
        (void)snprintf(why, why_n, "%s: %s", path,
                       s->db != NULL ? sqlite3_errmsg(s->db) : err_text(e));
    leg_store_close(s);
    return e;
}

void leg_store_close(struct leg_store *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < LEG_STORE_QUERIES_N; i++)
        (void)sqlite3_finalize(s->queries[i]);
    (void)sqlite3_close(s->db);
    free(s);
}

enum err leg_store_begin(struct leg_store *s)
{
    CHECK(sqlite3_get_autocommit(s->db) != 0);
    return leg_store_run(leg_store_query(s, QUERY_begin));
}

enum err leg_store_commit(struct leg_store *s)
{
    CHECK(sqlite3_get_autocommit(s->db) == 0);
    enum err e = leg_store_run(leg_store_query(s, QUERY_commit));
    if (e != ERR_OK)
        leg_store_rollback(s);
    return e;
}

void leg_store_rollback(struct leg_store *s)
{
    /* A failed statement may have ended the transaction already; closing the file drops the rest.
     */
    if (sqlite3_get_autocommit(s->db) == 0)
        (void)leg_store_end(leg_store_query(s, QUERY_rollback),
                            leg_store_row(leg_store_query(s, QUERY_rollback)));
}

enum err leg_store_fence(uint64_t *out, struct leg_store *s)
{
    uint64_t fence = 0;
    enum err e = meta_get(&fence, s, "fence");

    if (e != ERR_OK && e != ERR_NOT_FOUND)
        return e;
    *out = fence;
    return ERR_OK;
}

enum err leg_store_raise(struct leg_store *s, uint64_t fence)
{
    uint64_t known;

    TRY(leg_store_fence(&known, s));
    return fence > known ? meta_put(s, "fence", fence) : ERR_OK;
}

enum err leg_store_empty(bool *out, struct leg_store *s)
{
    sqlite3_stmt *q = leg_store_query(s, QUERY_any_leg);
    enum err e = leg_store_end(q, leg_store_row(q));
    uint64_t found;

    if (e == ERR_NOT_FOUND)
        e = meta_get(&found, s, "found_empty");
    if (e != ERR_OK && e != ERR_NOT_FOUND)
        return e;
    *out = e == ERR_NOT_FOUND;
    return ERR_OK;
}

enum err leg_store_found_empty(struct leg_store *s)
{
    bool empty;

    TRY(leg_store_empty(&empty, s));
    return empty ? meta_put(s, "found_empty", 1) : ERR_OK;
}

enum err leg_store_reserve(uint64_t *first, struct leg_store *s, uint64_t n)
{
    uint64_t last = 0;
    enum err e = meta_get(&last, s, "seq");

    if (e != ERR_OK && e != ERR_NOT_FOUND)
        return e;
    if (last > UINT64_MAX - n)
        return ERR_OVERFLOW;
    TRY(meta_put(s, "seq", last + n));
    *first = last + 1;
    return ERR_OK;
}

enum err leg_store_curve_put(struct leg_store *s, uint64_t curve, const void *state, size_t n)
{
    sqlite3_stmt *q = leg_store_query(s, QUERY_curve_put);

    leg_store_bind_u64(q, 1, curve);
    leg_store_bind_bytes(q, 2, state, n);
    return leg_store_run(q);
}

enum err leg_store_curve_get(void **state, size_t *n, struct arena *arena, struct leg_store *s,
                             uint64_t curve)
{
    sqlite3_stmt *q = leg_store_query(s, QUERY_curve_get);

    leg_store_bind_u64(q, 1, curve);
    enum err e = leg_store_row(q);
    if (e == ERR_OK) {
        size_t size = (size_t)sqlite3_column_bytes(q, 0);
        void *copy = arena_alloc(arena, size, 1);
        if (copy == NULL) {
            e = ERR_NOMEM;
        } else {
            if (size > 0)
                memcpy(copy, sqlite3_column_blob(q, 0), size);
            *state = copy;
            *n = size;
        }
    }
    return leg_store_end(q, e);
}
