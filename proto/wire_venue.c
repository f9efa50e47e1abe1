/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proto/wire_venue.h"

#include "proto/venue.pb-c.h"
#include "proto/wire_curve.h"
#include "proto/wire_map.h"

/* ---- requests ---- */

static const struct wire_row hello_request_rows[] = {
    WIRE_ROW(1, struct wire_hello_request, assets, FIXED),
    WIRE_ROW(2, struct wire_hello_request, solver, NAME),
    WIRE_ROW(3, struct wire_hello_request, fence, UINT),
};

static const struct wire_map hello_request_map = {
    WIRE_MAP_OF(sluice__v1__hello_request__descriptor, struct wire_hello_request,
                hello_request_rows),
};

static bool quotes_request_valid(const void *self)
{
    const struct wire_quotes_request *r = self;

    return r->wait_ms <= WIRE_QUOTES_MS_MAX;
}

static const struct wire_row quotes_request_rows[] = {
    WIRE_ROW(1, struct wire_quotes_request, since_seq, UINT),
    WIRE_ROW(2, struct wire_quotes_request, wait_ms, UINT),
    WIRE_ROW(3, struct wire_quotes_request, page, UINT),
};

static const struct wire_map quotes_request_map = {
    WIRE_MAP_OF(sluice__v1__quotes_request__descriptor, struct wire_quotes_request,
                quotes_request_rows),
    .valid = quotes_request_valid,
};

static const struct wire_row leg_rows[] = {
    WIRE_ROW(1, struct wire_leg, id, FIXED),       WIRE_ROW(2, struct wire_leg, curve, UINT),
    WIRE_ROW(3, struct wire_leg, curve_seq, UINT), WIRE_ROW(4, struct wire_leg, in_asset, UINT),
    WIRE_ROW(5, struct wire_leg, out_asset, UINT), WIRE_ROW(6, struct wire_leg, in, AMOUNT),
    WIRE_ROW(7, struct wire_leg, min_out, AMOUNT),
};

static const struct wire_map leg_map = {
    WIRE_MAP_OF(sluice__v1__leg__descriptor, struct wire_leg, leg_rows),
};

static bool legs_n_valid(size_t n)
{
    return n >= 1 && n <= WIRE_LEGS_MAX;
}

static bool submit_request_valid(const void *self)
{
    const struct wire_submit_request *r = self;

    return legs_n_valid(r->legs_n);
}

static const struct wire_row submit_request_rows[] = {
    WIRE_ROW(1, struct wire_submit_request, fence, UINT),
    WIRE_ROW(2, struct wire_submit_request, atomic, FLAG),
    WIRE_ROW_LIST(3, struct wire_submit_request, legs, &leg_map),
};

static const struct wire_map submit_request_map = {
    WIRE_MAP_OF(sluice__v1__submit_request__descriptor, struct wire_submit_request,
                submit_request_rows),
    .valid = submit_request_valid,
};

static bool query_request_valid(const void *self)
{
    const struct wire_query_request *r = self;

    return legs_n_valid(r->legs_n);
}

static const struct wire_row query_request_rows[] = {
    WIRE_ROW_LIST_OF(1, struct wire_query_request, legs, FIXED),
};

static const struct wire_map query_request_map = {
    WIRE_MAP_OF(sluice__v1__query_request__descriptor, struct wire_query_request,
                query_request_rows),
    .valid = query_request_valid,
};

static bool void_request_valid(const void *self)
{
    const struct wire_void_request *r = self;

    return legs_n_valid(r->legs_n);
}

static const struct wire_row void_request_rows[] = {
    WIRE_ROW(1, struct wire_void_request, fence, UINT),
    WIRE_ROW_LIST_OF(2, struct wire_void_request, legs, FIXED),
};

static const struct wire_map void_request_map = {
    WIRE_MAP_OF(sluice__v1__void_request__descriptor, struct wire_void_request, void_request_rows),
    .valid = void_request_valid,
};

static const struct wire_row snapshot_request_rows[] = {
    WIRE_ROW(1, struct wire_snapshot_request, after_leg, UINT),
};

static const struct wire_map snapshot_request_map = {
    WIRE_MAP_OF(sluice__v1__snapshot_request__descriptor, struct wire_snapshot_request,
                snapshot_request_rows),
};

static const struct wire_row request_rows[] = {
    WIRE_ROW_VERSION(1),
    WIRE_ROW_CASE(2, struct wire_venue_request, as.hello, verb, WIRE_HELLO, &hello_request_map),
    WIRE_ROW_CASE(3, struct wire_venue_request, as.quotes, verb, WIRE_QUOTES, &quotes_request_map),
    WIRE_ROW_CASE(4, struct wire_venue_request, as.submit, verb, WIRE_SUBMIT, &submit_request_map),
    WIRE_ROW_CASE(5, struct wire_venue_request, as.query, verb, WIRE_QUERY, &query_request_map),
    WIRE_ROW_CASE(6, struct wire_venue_request, as.void_legs, verb, WIRE_VOID, &void_request_map),
    WIRE_ROW_CASE(7, struct wire_venue_request, as.snapshot, verb, WIRE_SNAPSHOT,
                  &snapshot_request_map),
};

const struct wire_map wire_map_venue_request = {
    WIRE_MAP_OF(sluice__v1__venue_request__descriptor, struct wire_venue_request, request_rows),
    .limits = &wire_limits_venue,
};

/* ---- answers ---- */

static bool hello_valid(const void *self)
{
    const struct wire_hello *h = self;

    return h->ttl_ms > 0;
}

static const struct wire_row hello_rows[] = {
    WIRE_ROW(1, struct wire_hello, name, NAME),
    WIRE_ROW(2, struct wire_hello, kind, NAME),
    WIRE_ROW(3, struct wire_hello, domain, NAME),
    WIRE_ROW(4, struct wire_hello, assets, FIXED),
    WIRE_ROW(5, struct wire_hello, atomic, FLAG),
    WIRE_ROW(6, struct wire_hello, ttl_ms, UINT),
    WIRE_ROW(7, struct wire_hello, lost_state, FLAG),
    WIRE_ROW(8, struct wire_hello, highest_fence, UINT),
    WIRE_ROW(9, struct wire_hello, build, TEXT),
};

static const struct wire_map hello_map = {
    WIRE_MAP_OF(sluice__v1__hello_answer__descriptor, struct wire_hello, hello_rows),
    .valid = hello_valid,
};

static const struct wire_row quotes_rows[] = {
    WIRE_ROW(1, struct wire_quotes, seq, UINT),
    WIRE_ROW(2, struct wire_quotes, snapshot, FLAG),
    WIRE_ROW_LIST(3, struct wire_quotes, curves, &wire_map_curve),
    WIRE_ROW(4, struct wire_quotes, next_page, UINT),
    WIRE_ROW_LIST_OF(5, struct wire_quotes, removed, UINT),
};

static const struct wire_map quotes_map = {
    WIRE_MAP_OF(sluice__v1__quotes_answer__descriptor, struct wire_quotes, quotes_rows),
};

static const struct wire_row fill_rows[] = {
    WIRE_ROW(1, struct wire_fill, id, FIXED),
    WIRE_ROW(2, struct wire_fill, in, AMOUNT),
    WIRE_ROW(3, struct wire_fill, out, AMOUNT),
};

static const struct wire_map fill_map = {
    WIRE_MAP_OF(sluice__v1__fill__descriptor, struct wire_fill, fill_rows),
};

static const struct wire_row leg_result_rows[] = {
    WIRE_ROW(1, struct wire_leg_result, leg, FIXED),
    WIRE_ROW_ENUM(2, struct wire_leg_result, outcome, WIRE_LEG_VOIDED),
    WIRE_ROW_LIST(3, struct wire_leg_result, fills, &fill_map),
    WIRE_ROW(4, struct wire_leg_result, curve_seq_after, UINT),
    WIRE_ROW(5, struct wire_leg_result, reason, TEXT),
};

static const struct wire_map leg_result_map = {
    WIRE_MAP_OF(sluice__v1__leg_result__descriptor, struct wire_leg_result, leg_result_rows),
};

static const struct wire_row results_rows[] = {
    WIRE_ROW_LIST(1, struct wire_results, results, &leg_result_map),
};

static const struct wire_map results_map = {
    WIRE_MAP_OF(sluice__v1__submit_answer__descriptor, struct wire_results, results_rows),
};

static bool snapshot_row_valid(const void *self)
{
    const struct wire_snapshot_row *r = self;

    return !r->net.negative || r->net.atoms != 0;
}

static const struct wire_row snapshot_row_rows[] = {
    WIRE_ROW(1, struct wire_snapshot_row, asset, UINT),
    WIRE_ROW(2, struct wire_snapshot_row, net.negative, FLAG),
    WIRE_ROW(3, struct wire_snapshot_row, net.atoms, AMOUNT),
};

static const struct wire_map snapshot_row_map = {
    WIRE_MAP_OF(sluice__v1__snapshot_row__descriptor, struct wire_snapshot_row, snapshot_row_rows),
    .valid = snapshot_row_valid,
};

static const struct wire_row snapshot_rows[] = {
    WIRE_ROW_LIST(1, struct wire_snapshot, rows, &snapshot_row_map),
    WIRE_ROW(2, struct wire_snapshot, legs, UINT),
    WIRE_ROW(3, struct wire_snapshot, open_legs, UINT),
};

static const struct wire_map snapshot_map = {
    WIRE_MAP_OF(sluice__v1__snapshot_answer__descriptor, struct wire_snapshot, snapshot_rows),
};

static bool answer_valid(const void *self)
{
    const struct wire_venue_answer *a = self;

    return (a->code == 0) == ((int)a->verb != 0);
}

static const struct wire_row answer_rows[] = {
    WIRE_ROW_VERSION(1),
    WIRE_ROW(2, struct wire_venue_answer, code, UINT),
    WIRE_ROW(3, struct wire_venue_answer, text, TEXT),
    WIRE_ROW_CASE(4, struct wire_venue_answer, as.hello, verb, WIRE_HELLO, &hello_map),
    WIRE_ROW_CASE(5, struct wire_venue_answer, as.quotes, verb, WIRE_QUOTES, &quotes_map),
    WIRE_ROW_CASE(6, struct wire_venue_answer, as.submit, verb, WIRE_SUBMIT, &results_map),
    WIRE_ROW_CASE(7, struct wire_venue_answer, as.query, verb, WIRE_QUERY, &results_map),
    WIRE_ROW_CASE(8, struct wire_venue_answer, as.void_legs, verb, WIRE_VOID, &results_map),
    WIRE_ROW_CASE(9, struct wire_venue_answer, as.snapshot, verb, WIRE_SNAPSHOT, &snapshot_map),
};

const struct wire_map wire_map_venue_answer = {
    WIRE_MAP_OF(sluice__v1__venue_answer__descriptor, struct wire_venue_answer, answer_rows),
    .caseless = true,
    .valid = answer_valid,
    .limits = &wire_limits_venue,
};

/* ---- the public functions ---- */

enum err wire_venue_request_pack(struct wire_bytes *out, const struct wire_venue_request *r)
{
    return wire_map_pack(out, &wire_map_venue_request, r);
}

enum err wire_venue_request_unpack(struct wire_venue_request *out, struct arena *arena,
                                   const void *bytes, size_t n)
{
    return wire_map_unpack(out, &wire_map_venue_request, arena, (struct wire_span){ bytes, n });
}

enum err wire_venue_answer_pack(struct wire_bytes *out, const struct wire_venue_answer *a)
{
    return wire_map_pack(out, &wire_map_venue_answer, a);
}

enum err wire_venue_answer_unpack(struct wire_venue_answer *out, struct arena *arena,
                                  const void *bytes, size_t n)
{
    return wire_map_unpack(out, &wire_map_venue_answer, arena, (struct wire_span){ bytes, n });
}
