/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proto/wire_operator.h"

#include "proto/operator.pb-c.h"
#include "proto/wire_map.h"

/* ---- requests ---- */

static const struct wire_row deposit_rows[] = {
    WIRE_ROW(1, struct wire_op_money, ref, FIXED),
    WIRE_ROW(2, struct wire_op_money, owner, TEXT),
    WIRE_ROW(3, struct wire_op_money, key, FIXED_OR_ZERO),
    WIRE_ROW(4, struct wire_op_money, asset, UINT),
    WIRE_ROW(5, struct wire_op_money, amount, AMOUNT),
};

static const struct wire_map deposit_map = {
    WIRE_MAP_OF(sluice__v1__op_deposit__descriptor, struct wire_op_money, deposit_rows),
};

static const struct wire_row withdraw_rows[] = {
    WIRE_ROW(1, struct wire_op_money, ref, FIXED),
    WIRE_ROW(2, struct wire_op_money, owner, TEXT),
    WIRE_ROW(3, struct wire_op_money, asset, UINT),
    WIRE_ROW(4, struct wire_op_money, amount, AMOUNT),
};

static const struct wire_map withdraw_map = {
    WIRE_MAP_OF(sluice__v1__op_withdraw__descriptor, struct wire_op_money, withdraw_rows),
};

static const struct wire_row transfer_rows[] = {
    WIRE_ROW(1, struct wire_op_transfer, ref, FIXED),
    WIRE_ROW(2, struct wire_op_transfer, source, NAME),
    WIRE_ROW(3, struct wire_op_transfer, target, NAME),
    WIRE_ROW(4, struct wire_op_transfer, asset, UINT),
    WIRE_ROW(5, struct wire_op_transfer, amount, AMOUNT),
};

static const struct wire_map transfer_map = {
    WIRE_MAP_OF(sluice__v1__op_transfer__descriptor, struct wire_op_transfer, transfer_rows),
};

static const struct wire_row limit_rows[] = {
    WIRE_ROW_ENUM(1, struct row, kind, ROW_VALUE), WIRE_ROW(2, struct row, subject, NAME),
    WIRE_ROW(3, struct row, asset, UINT),          WIRE_ROW(4, struct row, min, AMOUNT),
    WIRE_ROW(5, struct row, max, AMOUNT),          WIRE_ROW(6, struct row, used, AMOUNT),
};

static const struct wire_map limit_map = {
    WIRE_MAP_OF(sluice__v1__op_limit__descriptor, struct row, limit_rows),
};

static const struct wire_row read_rows[] = { WIRE_ROW_VERSION(1) };

static const struct wire_map read_map = {
    .type = &sluice__v1__op_read__descriptor,
    .rows = read_rows,
    .rows_n = 1,
};

static const struct wire_row mode_rows[] = {
    WIRE_ROW(1, struct wire_op_mode, accept, FLAG),
    WIRE_ROW(2, struct wire_op_mode, send, FLAG),
};

static const struct wire_map mode_map = {
    WIRE_MAP_OF(sluice__v1__op_mode__descriptor, struct wire_op_mode, mode_rows),
};

static const struct wire_row audit_rows[] = { WIRE_ROW(1, struct wire_op_audit, full, FLAG) };

static const struct wire_map audit_map = {
    WIRE_MAP_OF(sluice__v1__op_audit__descriptor, struct wire_op_audit, audit_rows),
};

#define OP_CASE(no, member, value, map)                                                            \
    WIRE_ROW_CASE(no, struct wire_op_request, member, kind, value, map)

static const struct wire_row request_rows[] = {
    WIRE_ROW_VERSION(1),
    OP_CASE(2, as.deposit, WIRE_OP_DEPOSIT, &deposit_map),
    OP_CASE(3, as.withdraw, WIRE_OP_WITHDRAW, &withdraw_map),
    OP_CASE(4, as.transfer, WIRE_OP_TRANSFER, &transfer_map),
    OP_CASE(5, as.limit_set, WIRE_OP_LIMIT_SET, &limit_map),
    OP_CASE(6, as, WIRE_OP_LIMITS, &read_map),
    OP_CASE(7, as, WIRE_OP_VENUES, &read_map),
    OP_CASE(8, as, WIRE_OP_INVENTORY, &read_map),
    OP_CASE(9, as.mode, WIRE_OP_MODE, &mode_map),
    OP_CASE(10, as.audit, WIRE_OP_AUDIT, &audit_map),
    OP_CASE(11, as, WIRE_OP_METRICS, &read_map),
    OP_CASE(12, as, WIRE_OP_CHECKPOINT, &read_map),
    OP_CASE(13, as, WIRE_OP_BALANCES, &read_map),
    OP_CASE(14, as, WIRE_OP_BATCHES, &read_map),
};

const struct wire_map wire_map_op_request = {
    WIRE_MAP_OF(sluice__v1__op_request__descriptor, struct wire_op_request, request_rows),
    .limits = &wire_limits_operator,
};

/* ---- answers ---- */

static const struct wire_row balance_rows[] = {
    WIRE_ROW(1, struct wire_op_balance, owner, TEXT),
    WIRE_ROW(2, struct wire_op_balance, asset, UINT),
    WIRE_ROW(3, struct wire_op_balance, available, AMOUNT),
    WIRE_ROW(4, struct wire_op_balance, held, AMOUNT),
};

static const struct wire_map balance_map = {
    WIRE_MAP_OF(sluice__v1__op_balance__descriptor, struct wire_op_balance, balance_rows),
};

static bool delta_valid(struct delta d)
{
    return !d.negative || d.atoms != 0;
}

static bool audit_row_valid(const void *self)
{
    const struct wire_op_audit_row *r = self;

    return delta_valid(r->world) && delta_valid(r->difference);
}

static const struct wire_row audit_row_rows[] = {
    WIRE_ROW(1, struct wire_op_audit_row, asset, UINT),
    WIRE_ROW(2, struct wire_op_audit_row, owned, AMOUNT),
    WIRE_ROW(3, struct wire_op_audit_row, world.negative, FLAG),
    WIRE_ROW(4, struct wire_op_audit_row, world.atoms, AMOUNT),
    WIRE_ROW(5, struct wire_op_audit_row, difference.negative, FLAG),
    WIRE_ROW(6, struct wire_op_audit_row, difference.atoms, AMOUNT),
};

static const struct wire_map audit_row_map = {
    WIRE_MAP_OF(sluice__v1__op_audit_row__descriptor, struct wire_op_audit_row, audit_row_rows),
    .valid = audit_row_valid,
};

static const struct wire_row venue_rows[] = {
    WIRE_ROW(1, struct wire_op_venue, name, NAME),
    WIRE_ROW(2, struct wire_op_venue, kind, NAME_OR_EMPTY),
    WIRE_ROW(3, struct wire_op_venue, domain, NAME_OR_EMPTY),
    WIRE_ROW(4, struct wire_op_venue, up, FLAG),
    WIRE_ROW(5, struct wire_op_venue, curves, UINT),
    WIRE_ROW(6, struct wire_op_venue, seq, UINT),
    WIRE_ROW(7, struct wire_op_venue, age_ms, UINT),
    WIRE_ROW(8, struct wire_op_venue, open_legs, UINT),
    WIRE_ROW(9, struct wire_op_venue, note, TEXT),
    WIRE_ROW(10, struct wire_op_venue, state, TEXT),
    WIRE_ROW(11, struct wire_op_venue, url, TEXT),
};

static const struct wire_map venue_map = {
    WIRE_MAP_OF(sluice__v1__op_venue__descriptor, struct wire_op_venue, venue_rows),
};

static bool books_valid(const void *self)
{
    return delta_valid(((const struct wire_op_books *)self)->net);
}

static const struct wire_row books_rows[] = {
    WIRE_ROW(1, struct wire_op_books, venue, NAME),
    WIRE_ROW(2, struct wire_op_books, asset, UINT),
    WIRE_ROW(3, struct wire_op_books, net.negative, FLAG),
    WIRE_ROW(4, struct wire_op_books, net.atoms, AMOUNT),
};

static const struct wire_map books_map = {
    WIRE_MAP_OF(sluice__v1__op_books__descriptor, struct wire_op_books, books_rows),
    .valid = books_valid,
};

static const struct wire_row metric_rows[] = {
    WIRE_ROW(1, struct wire_op_metric, name, TEXT),
    WIRE_ROW(2, struct wire_op_metric, value, UINT),
    WIRE_ROW(3, struct wire_op_metric, doc, TEXT),
};

static const struct wire_map metric_map = {
    WIRE_MAP_OF(sluice__v1__op_metric__descriptor, struct wire_op_metric, metric_rows),
};

static const struct wire_row batch_rows[] = {
    WIRE_ROW(1, struct wire_op_batch, auction, UINT),
    WIRE_ROW(2, struct wire_op_batch, unix_ms, TIME),
    WIRE_ROW(3, struct wire_op_batch, intents, UINT),
    WIRE_ROW(4, struct wire_op_batch, fills, UINT),
    WIRE_ROW(5, struct wire_op_batch, legs, UINT),
    WIRE_ROW(6, struct wire_op_batch, gap_ppt, UINT),
    WIRE_ROW(7, struct wire_op_batch, surplus_micro, TIME),
    WIRE_ROW(8, struct wire_op_batch, better_micro, TIME),
    WIRE_ROW(9, struct wire_op_batch, solve_us, UINT),
    WIRE_ROW(10, struct wire_op_batch, solution, FIXED),
};

const struct wire_map wire_map_op_batch = {
    WIRE_MAP_OF(sluice__v1__op_batch__descriptor, struct wire_op_batch, batch_rows),
    .limits = &wire_limits_operator,
};

static const struct wire_row answer_rows[] = {
    WIRE_ROW_VERSION(1),
    WIRE_ROW(2, struct wire_op_answer, code, UINT),
    WIRE_ROW(3, struct wire_op_answer, text, TEXT),
    WIRE_ROW_LIST(4, struct wire_op_answer, limits, &limit_map),
    WIRE_ROW_LIST(5, struct wire_op_answer, venues, &venue_map),
    WIRE_ROW_LIST(6, struct wire_op_answer, balances, &balance_map),
    WIRE_ROW_LIST(7, struct wire_op_answer, audit, &audit_row_map),
    WIRE_ROW(8, struct wire_op_answer, open_pots, UINT),
    WIRE_ROW(9, struct wire_op_answer, open_legs, UINT),
    WIRE_ROW(10, struct wire_op_answer, sound, FLAG),
    WIRE_ROW_LIST(11, struct wire_op_answer, metrics, &metric_map),
    WIRE_ROW_LIST(12, struct wire_op_answer, batches, &wire_map_op_batch),
    WIRE_ROW(13, struct wire_op_answer, journal_entries, UINT),
    WIRE_ROW_LIST(14, struct wire_op_answer, books, &books_map),
};

const struct wire_map wire_map_op_answer = {
    WIRE_MAP_OF(sluice__v1__op_answer__descriptor, struct wire_op_answer, answer_rows),
    .limits = &wire_limits_operator,
};

/* ---- the public functions ---- */

enum err wire_op_request_pack(struct wire_bytes *out, const struct wire_op_request *r)
{
    return wire_map_pack(out, &wire_map_op_request, r);
}

enum err wire_op_request_unpack(struct wire_op_request *out, struct arena *arena, const void *bytes,
                                size_t n)
{
    return wire_map_unpack(out, &wire_map_op_request, arena, (struct wire_span){ bytes, n });
}

enum err wire_op_answer_pack(struct wire_bytes *out, const struct wire_op_answer *a)
{
    return wire_map_pack(out, &wire_map_op_answer, a);
}

enum err wire_op_answer_unpack(struct wire_op_answer *out, struct arena *arena, const void *bytes,
                               size_t n)
{
    return wire_map_unpack(out, &wire_map_op_answer, arena, (struct wire_span){ bytes, n });
}

enum err wire_op_batch_pack(struct wire_bytes *out, const struct wire_op_batch *b)
{
    return wire_map_pack(out, &wire_map_op_batch, b);
}

enum err wire_op_batch_unpack(struct wire_op_batch *out, struct arena *arena, const void *bytes,
                              size_t n)
{
    return wire_map_unpack(out, &wire_map_op_batch, arena, (struct wire_span){ bytes, n });
}
