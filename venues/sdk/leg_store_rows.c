/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of a leg store: legs, fills, sums. */
#include <string.h>

#include "solver/core/check.h"
#include "solver/core/hash.h"
#include "venues/sdk/leg_store.h"
#include "venues/sdk/leg_store_file.h"

struct digest leg_store_content(const struct wire_leg *leg)
{
    struct hash h;

    hash_init(&h, "sluice/v1/venue-leg");
    hash_u64(&h, leg->curve);
    hash_u64(&h, leg->curve_seq);
    hash_u64(&h, leg->in_asset);
    hash_u64(&h, leg->out_asset);
    hash_amount(&h, leg->in);
    hash_amount(&h, leg->min_out);
    return hash_digest(&h);
}

static sqlite3_stmt *query_of(struct leg_store *s, enum leg_store_query which, const struct id *id)
{
    sqlite3_stmt *q = leg_store_query(s, which);

    leg_store_bind_bytes(q, 1, id->bytes, ID_BYTES);
    return q;
}

static enum err leg_row(struct wire_leg_result *out, struct digest *content, struct arena *arena,
                        struct leg_store *s)
{
    sqlite3_stmt *q = query_of(s, QUERY_leg_get, &out->leg);
    enum err e = leg_store_row(q);

    if (e == ERR_OK)
        e = leg_store_bytes(content->bytes, DIGEST_BYTES, q, 3);
    if (e == ERR_OK) {
        const unsigned char *reason = sqlite3_column_text(q, 2);
        size_t n = (size_t)sqlite3_column_bytes(q, 2);
        out->outcome = (enum wire_leg_outcome)leg_store_u64(q, 0);
        out->curve_seq_after = leg_store_u64(q, 1);
        out->reason = reason == NULL ? "" : arena_copy_text(arena, (const char *)reason, n);
        if (out->reason == NULL)
            e = ERR_NOMEM;
    }
    return leg_store_end(q, e);
}

static enum err fills_of(struct wire_leg_result *out, struct arena *arena, struct leg_store *s)
{
    struct wire_fill found[LEG_STORE_FILLS_MAX];
    size_t n = 0;
    sqlite3_stmt *q = query_of(s, QUERY_fills_of, &out->leg);
    enum err e;

    while ((e = leg_store_row(q)) == ERR_OK) {
        if (n == LEG_STORE_FILLS_MAX ||
            leg_store_bytes(found[n].id.bytes, ID_BYTES, q, 0) != ERR_OK ||
            leg_store_amount(&found[n].in, q, 1) != ERR_OK ||
            leg_store_amount(&found[n].out, q, 2) != ERR_OK)
            return leg_store_end(q, ERR_IO);
        n++;
    }
    if (leg_store_end(q, e) != ERR_NOT_FOUND)
        return e;
    out->fills = ARENA_NEW(arena, n, struct wire_fill);
    if (out->fills == NULL)
        return ERR_NOMEM;
    memcpy(out->fills, found, n * sizeof *found);
    out->fills_n = n;
    return ERR_OK;
}

enum err leg_store_get(struct wire_leg_result *out, struct digest *content, struct arena *arena,
                       struct leg_store *s, struct id leg)
{
    struct wire_leg_result found = { .leg = leg };
    struct digest digest;

    TRY(leg_row(&found, &digest, arena, s));
    TRY(fills_of(&found, arena, s));
    *out = found;
    *content = digest;
    return ERR_OK;
}

enum err leg_store_leg(struct wire_leg *out, struct leg_store *s, struct id leg)
{
    struct wire_leg found = { .id = leg };
    sqlite3_stmt *q = query_of(s, QUERY_leg_get, &leg);
    enum err e = leg_store_row(q);

    if (e == ERR_OK && leg_store_u64(q, 0) == WIRE_LEG_VOIDED)
        e = ERR_NOT_FOUND;
    if (e == ERR_OK) {
        found.curve = leg_store_u64(q, 4);
        found.curve_seq = leg_store_u64(q, 5);
        found.in_asset = (uint32_t)leg_store_u64(q, 6);
        found.out_asset = (uint32_t)leg_store_u64(q, 7);
        e = leg_store_amount(&found.in, q, 8);
    }
    if (e == ERR_OK)
        e = leg_store_amount(&found.min_out, q, 9);
    if (e == ERR_OK)
        *out = found;
    return leg_store_end(q, e);
}

static enum err leg_insert(struct leg_store *s, const struct wire_leg *leg,
                           const struct wire_leg_result *r, const struct digest *content)
{
    sqlite3_stmt *q = query_of(s, QUERY_leg_new, &leg->id);
    const char *reason = r->reason == NULL ? "" : r->reason;

    leg_store_bind_u64(q, 2, r->outcome);
    leg_store_bind_u64(q, 3, r->curve_seq_after);
    CHECK(sqlite3_bind_text(q, 4, reason, -1, SQLITE_TRANSIENT) == SQLITE_OK);
    leg_store_bind_bytes(q, 5, content->bytes, DIGEST_BYTES);
    leg_store_bind_u64(q, 6, leg->curve);
    leg_store_bind_u64(q, 7, leg->curve_seq);
    leg_store_bind_u64(q, 8, leg->in_asset);
    leg_store_bind_u64(q, 9, leg->out_asset);
    leg_store_bind_amount(q, 10, leg->in);
    leg_store_bind_amount(q, 11, leg->min_out);
    return leg_store_run(q);
}

static enum err leg_update(struct leg_store *s, const struct wire_leg_result *r)
{
    sqlite3_stmt *q = query_of(s, QUERY_leg_set, &r->leg);
    const char *reason = r->reason == NULL ? "" : r->reason;

    leg_store_bind_u64(q, 2, r->outcome);
    leg_store_bind_u64(q, 3, r->curve_seq_after);
    CHECK(sqlite3_bind_text(q, 4, reason, -1, SQLITE_TRANSIENT) == SQLITE_OK);
    return leg_store_run(q);
}

/* sum of asset += change */
static enum err sum_add(struct leg_store *s, uint32_t asset, struct delta change)
{
    struct delta sum = { 0 };
    struct amount net = AMOUNT_ZERO;
    sqlite3_stmt *q = leg_store_query(s, QUERY_sum_get);

    leg_store_bind_u64(q, 1, asset);
    enum err e = leg_store_row(q);
    if (e == ERR_OK) {
        bool negative = leg_store_u64(q, 0) != 0;
        e = leg_store_amount(&net, q, 1);
        sum = delta_of(net, negative);
    } else if (e == ERR_NOT_FOUND) {
        e = ERR_OK;
    }
    TRY(leg_store_end(q, e));
    TRY(delta_add(&sum, sum, change));
    q = leg_store_query(s, QUERY_sum_put);
    leg_store_bind_u64(q, 1, asset);
    leg_store_bind_u64(q, 2, sum.negative);
    leg_store_bind_amount(q, 3, (struct amount){ sum.atoms });
    return leg_store_run(q);
}

/* OK: already there and the same; NOT_FOUND: new; CONFLICT: the id was used for something else. */
static enum err fill_known(struct leg_store *s, const struct id *leg, const struct wire_fill *f)
{
    sqlite3_stmt *q = query_of(s, QUERY_fill_get, &f->id);
    struct id owner;
    struct amount in;
    struct amount out;
    enum err e = leg_store_row(q);

    if (e == ERR_OK)
        e = leg_store_bytes(owner.bytes, ID_BYTES, q, 0);
    if (e == ERR_OK)
        e = leg_store_amount(&in, q, 1);
    if (e == ERR_OK)
        e = leg_store_amount(&out, q, 2);
    if (e == ERR_OK &&
        (id_cmp(owner, *leg) != 0 || amount_cmp(in, f->in) != 0 || amount_cmp(out, f->out) != 0))
        e = ERR_CONFLICT;
    return leg_store_end(q, e);
}

static enum err fill_put(struct leg_store *s, const struct wire_leg *leg, const struct wire_fill *f,
                         size_t no)
{
    enum err e = fill_known(s, &leg->id, f);

    if (e != ERR_NOT_FOUND)
        return e;
    sqlite3_stmt *q = query_of(s, QUERY_fill_new, &f->id);
    leg_store_bind_bytes(q, 2, leg->id.bytes, ID_BYTES);
    leg_store_bind_u64(q, 3, no);
    leg_store_bind_amount(q, 4, f->in);
    leg_store_bind_amount(q, 5, f->out);
    TRY(leg_store_run(q));
    TRY(sum_add(s, leg->in_asset, delta_of(f->in, false)));
    return sum_add(s, leg->out_asset, delta_of(f->out, true));
}

enum err leg_store_put(struct leg_store *s, const struct wire_leg *leg,
                       const struct wire_leg_result *result)
{
    struct digest content = leg_store_content(leg);
    struct wire_leg known;

    CHECK(id_cmp(leg->id, result->leg) == 0);
    CHECK(result->fills_n <= LEG_STORE_FILLS_MAX);
    enum err e = leg_store_leg(&known, s, leg->id);
    if (e == ERR_OK)
        TRY(leg_update(s, result));
    else if (e == ERR_NOT_FOUND)
        TRY(leg_insert(s, leg, result, &content));
    else
        return e;
    for (size_t i = 0; i < result->fills_n; i++)
        TRY(fill_put(s, leg, &result->fills[i], i));
    if (result->outcome != WIRE_LEG_FILLED && result->outcome != WIRE_LEG_REJECTED)
        return ERR_OK;
    return leg_store_run(query_of(s, QUERY_leg_ended, &leg->id));
}

enum err leg_store_ended(uint64_t *last, struct leg_store *s)
{
    sqlite3_stmt *q = leg_store_query(s, QUERY_ended_last);
    enum err e = leg_store_row(q);

    *last = e == ERR_OK ? leg_store_u64(q, 0) : 0;
    return leg_store_end(q, e == ERR_NOT_FOUND ? ERR_OK : e);
}

enum err leg_store_prune(struct leg_store *s, uint64_t last, int64_t before_s, size_t most)
{
    static const enum leg_store_query steps[] = { QUERY_prune_fills, QUERY_prune_legs,
                                                  QUERY_prune_ended };

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        sqlite3_stmt *q = leg_store_query(s, steps[i]);
        leg_store_bind_u64(q, 1, last);
        leg_store_bind_u64(q, 2, (uint64_t)before_s);
        leg_store_bind_u64(q, 3, most);
        TRY(leg_store_run(q));
    }
    return leg_store_found_empty(s); /* who let us forget knows that there were some */
}

enum err leg_store_tombstone(struct leg_store *s, struct id leg)
{
    static const struct digest none;
    const struct wire_leg empty = { .id = leg };
    const struct wire_leg_result voided = { .leg = leg, .outcome = WIRE_LEG_VOIDED };

    return leg_insert(s, &empty, &voided, &none);
}

static enum err legs_count(struct wire_snapshot *out, struct leg_store *s)
{
    sqlite3_stmt *q = leg_store_query(s, QUERY_leg_count);
    enum err e = leg_store_row(q);

    if (e == ERR_OK) {
        out->legs = leg_store_u64(q, 0);
        out->open_legs = leg_store_u64(q, 1);
    }
    return leg_store_end(q, e);
}

static enum err sum_row(struct wire_snapshot_row *row, sqlite3_stmt *q)
{
    struct amount net;

    TRY(leg_store_amount(&net, q, 2));
    row->asset = (uint32_t)leg_store_u64(q, 0);
    row->net = delta_of(net, leg_store_u64(q, 1) != 0);
    return ERR_OK;
}

enum err leg_store_snapshot(struct wire_snapshot *out, struct arena *arena, struct leg_store *s,
                            uint64_t from)
{
    struct wire_snapshot found = { 0 };
    sqlite3_stmt *q = leg_store_query(s, QUERY_sums);
    enum err e;

    TRY(legs_count(&found, s));
    found.rows = ARENA_NEW(arena, LEG_STORE_ROWS_MAX, struct wire_snapshot_row);
    if (found.rows == NULL)
        return ERR_NOMEM;
    leg_store_bind_u64(q, 1, from > UINT32_MAX ? (uint64_t)UINT32_MAX + 1 : from);
    leg_store_bind_u64(q, 2, LEG_STORE_ROWS_MAX);
    while ((e = leg_store_row(q)) == ERR_OK) {
        CHECK(found.rows_n < LEG_STORE_ROWS_MAX);
        e = sum_row(&found.rows[found.rows_n++], q);
        if (e != ERR_OK)
            break;
    }
    if (leg_store_end(q, e) != ERR_NOT_FOUND)
        return e;
    *out = found;
    return ERR_OK;
}
