/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/ledger_compare.h"

#include <string.h>

/* Leave with the member's name when it differs. */
#define SAME(member)                                                                               \
    do {                                                                                           \
        if (a->member != b->member)                                                                \
            return #member;                                                                        \
    } while (0)
#define SAME_AMOUNT(member) SAME(member.atoms)
#define SAME_DELTA(member)                                                                         \
    do {                                                                                           \
        SAME(member.atoms);                                                                        \
        SAME(member.negative);                                                                     \
    } while (0)
#define SAME_ID(member)                                                                            \
    do {                                                                                           \
        if (id_cmp(a->member, b->member) != 0)                                                     \
            return #member;                                                                        \
    } while (0)
#define SAME_NAME(member)                                                                          \
    do {                                                                                           \
        if (!name_equal(&a->member, &b->member))                                                   \
            return #member;                                                                        \
    } while (0)
#define SAME_BYTES(bytes, n)                                                                       \
    do {                                                                                           \
        SAME(n);                                                                                   \
        if (a->n > 0 && memcmp(a->bytes, b->bytes, a->n) != 0)                                     \
            return #bytes;                                                                         \
    } while (0)
#define SAME_ROWS(rows, compare)                                                                   \
    do {                                                                                           \
        SAME(rows##_n);                                                                            \
        for (size_t row_ = 0; row_ < a->rows##_n; row_++) {                                        \
            const char *why_ = compare(&a->rows[row_], &b->rows[row_]);                            \
            if (why_ != NULL)                                                                      \
                return why_;                                                                       \
        }                                                                                          \
    } while (0)

static const char *compare_signed(const struct intent *a, const struct intent *b)
{
    SAME_ID(id);
    SAME_NAME(account);
    SAME(kind);
    SAME(partial);
    SAME(sell_asset);
    SAME(buy_asset);
    SAME_AMOUNT(sell_amount);
    SAME_AMOUNT(buy_amount);
    SAME(deadline_ms);
    SAME(seq);
    SAME_AMOUNT(paid);
    SAME_AMOUNT(got);
    return NULL;
}

static const char *compare_intent(const struct ledger_intent *a, const struct ledger_intent *b)
{
    const char *why = compare_signed(&a->intent, &b->intent);

    if (why != NULL)
        return why;
    SAME(state);
    SAME(refused);
    SAME(cancel_marked);
    if (memcmp(&a->key, &b->key, sizeof a->key) != 0)
        return "key";
    SAME_ID(plan);
    SAME_NAME(venue);
    SAME_BYTES(receipt, receipt_n);
    return NULL;
}

static const char *compare_balance(const struct ledger_balance *a, const struct ledger_balance *b)
{
    SAME(owner.kind);
    SAME_NAME(owner.name);
    SAME(asset);
    SAME_AMOUNT(available);
    SAME_AMOUNT(held);
    return NULL;
}

static const char *compare_limit(const struct row *a, const struct row *b)
{
    SAME(kind);
    SAME_NAME(subject);
    SAME(asset);
    SAME_AMOUNT(min);
    SAME_AMOUNT(max);
    SAME_AMOUNT(used);
    return NULL;
}

static const char *compare_event(const struct ledger_event *a, const struct ledger_event *b)
{
    SAME(seq);
    SAME(unix_ms);
    SAME_NAME(account);
    SAME_ID(intent);
    SAME(state);
    SAME_AMOUNT(paid);
    SAME_AMOUNT(got);
    return NULL;
}

static const char *compare_leg(const struct ledger_leg *a, const struct ledger_leg *b)
{
    SAME_ID(id);
    SAME_NAME(venue);
    SAME_NAME(domain);
    SAME(curve);
    SAME(curve_seq);
    SAME(no);
    SAME(stage);
    SAME(group);
    SAME(in_asset);
    SAME(out_asset);
    SAME_AMOUNT(in);
    SAME_AMOUNT(min_out);
    SAME_AMOUNT(value);
    SAME(state);
    SAME_AMOUNT(filled_in);
    SAME_AMOUNT(filled_out);
    return NULL;
}

static const char *compare_fill(const struct ledger_fill *a, const struct ledger_fill *b)
{
    SAME_ID(intent);
    SAME(sell_asset);
    SAME(buy_asset);
    SAME(settled);
    SAME_AMOUNT(paid);
    SAME_AMOUNT(got);
    return NULL;
}

static const char *compare_move(const struct asset_amount *a, const struct asset_amount *b)
{
    SAME(asset);
    SAME_AMOUNT(amount);
    return NULL;
}

static const char *compare_plan(const struct ledger_open_plan *a, const struct ledger_open_plan *b)
{
    SAME_ID(plan);
    SAME(auction);
    SAME_ROWS(legs, compare_leg);
    SAME_ROWS(fills, compare_fill);
    SAME_ROWS(covers, compare_move);
    SAME_ROWS(pot, compare_move);
    return NULL;
}

static const char *compare_blob(const struct ledger_blob *a, const struct ledger_blob *b)
{
    SAME_BYTES(bytes, n);
    return NULL;
}

static const char *compare_audit(const struct ledger_audit_row *a, const struct ledger_audit_row *b)
{
    SAME(asset);
    SAME_AMOUNT(owned);
    SAME_DELTA(world);
    SAME_DELTA(difference);
    return NULL;
}

static const char *compare_venue(const struct ledger_venue_row *a, const struct ledger_venue_row *b)
{
    SAME_NAME(venue);
    SAME(asset);
    SAME_DELTA(net);
    return NULL;
}

static const char *compare_audits(const struct ledger_reply *a, const struct ledger_reply *b)
{
    SAME_ROWS(audit, compare_audit);
    SAME_ROWS(venues, compare_venue);
    SAME(open_pots);
    SAME(open_legs);
    SAME(journal_entries);
    SAME(sound);
    return NULL;
}

const char *ledger_compare(const struct ledger_reply *a, const struct ledger_reply *b)
{
    const char *why = compare_intent(&a->intent, &b->intent);

    SAME(reject);
    if (why != NULL)
        return why;
    SAME(seq);
    SAME(fence);
    SAME(auction);
    SAME(now_ms);
    SAME(paused_accept);
    SAME(paused_send);
    SAME_ROWS(intents, compare_intent);
    SAME_ROWS(balances, compare_balance);
    SAME_ROWS(limits, compare_limit);
    SAME_ROWS(events, compare_event);
    SAME_ROWS(plans, compare_plan);
    why = compare_blob(&a->venues_report, &b->venues_report);
    if (why != NULL)
        return why;
    SAME_ROWS(batch_reports, compare_blob);
    return compare_audits(a, b);
}
