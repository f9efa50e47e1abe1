/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/scenario/books.h"

#include <stdio.h>
#include <string.h>

#include "solver/ledger/store_redis.h"
#include "tests/conformance/venue_client.h"
#include "tests/scenario/trader.h"

/* ---- the ledger against itself ---- */

static bool is_quiet(void *arg)
{
    const struct wire_op_request r = { .kind = WIRE_OP_AUDIT };
    struct wire_op_answer a = deployment_operate(arg, &r);

    return a.open_pots == 0 && a.open_legs == 0;
}

void books_await_quiet(struct deployment *d)
{
    process_until(is_quiet, d, DEPLOYMENT_WAIT_MS, "all plans to settle");
}

static void audit(struct deployment *d, bool full)
{
    const struct wire_op_request r = { .kind = WIRE_OP_AUDIT, .as.audit = { full } };
    struct wire_op_answer a = deployment_operate(d, &r);
    char text[DELTA_TEXT];

    assert_int_equal(a.code, 0);
    for (size_t i = 0; i < a.audit_n; i++) {
        if (!delta_is_zero(a.audit[i].difference))
            fail_msg("audit: asset %u differs by %s", a.audit[i].asset,
                     delta_text(text, a.audit[i].difference));
    }
    assert_true(a.sound);
}

void books_audit(struct deployment *d)
{
    audit(d, false);
    audit(d, true);
}

/* ---- the ledger against the venues ---- */

static struct delta journal_net(const struct ledger_reply *r, const char *venue, uint32_t asset)
{
    for (size_t i = 0; i < r->venues_n; i++) {
        if (strcmp(r->venues[i].venue.text, venue) == 0 && r->venues[i].asset == asset)
            return r->venues[i].net;
    }
    return (struct delta){ 0 };
}

static struct delta snapshot_net(const struct wire_snapshot *s, uint32_t asset)
{
    for (size_t i = 0; i < s->rows_n; i++) {
        if (s->rows[i].asset == asset)
            return s->rows[i].net;
    }
    return (struct delta){ 0 };
}

static void net_equal(const struct ledger_reply *journal, const struct wire_snapshot *s,
                      const char *venue, uint32_t asset)
{
    struct delta ours = journal_net(journal, venue, asset);
    struct delta theirs = snapshot_net(s, asset);
    char a[DELTA_TEXT], b[DELTA_TEXT];

    if (ours.atoms != theirs.atoms || ours.negative != theirs.negative)
        fail_msg("venue %s, asset %u: the journal says %s, the venue %s", venue, asset,
                 delta_text(a, ours), delta_text(b, theirs));
}

static void venue_check(struct deployment *d, const struct ledger_reply *journal, const char *venue)
{
    struct venue_client c;
    char url[SHARED_PATH_MAX + 8];

    snprintf(url, sizeof url, "ipc://%s", deployment_path(d, "venue-%s.ipc", venue));
    venue_client_open(&c, url);
    struct wire_snapshot s = venue_client_snapshot(&c);
    assert_int_equal(s.open_legs, 0);
    for (size_t i = 0; i < s.rows_n; i++)
        net_equal(journal, &s, venue, s.rows[i].asset);
    for (size_t i = 0; i < journal->venues_n; i++) {
        if (strcmp(journal->venues[i].venue.text, venue) == 0)
            net_equal(journal, &s, venue, journal->venues[i].asset);
    }
    venue_client_close(&c);
}

static bool venue_runs(const struct deployment *d, const struct deployment_venue *v)
{
    for (size_t i = 0; i < DEPLOYMENT_PARTS_MAX && d->parts[i].name != NULL; i++) {
        if (strcmp(d->parts[i].name, v->name) == 0)
            return v->kind != NULL && d->parts[i].process.pid > 0;
    }
    return false;
}

static void venues_check(struct deployment *d)
{
    char address[SHARED_PATH_MAX], why[256] = "";
    struct store_redis_options o = { .address = address, .retain_ms = 3600000, .timeout_ms = 5000 };
    const struct ledger_call call = { .fn = LEDGER_audit, .as.audit = { .full = true } };
    struct store_redis *connection;
    struct ledger_reply reply;

    snprintf(address, sizeof address, "unix:%s", d->redis.socket);
    assert_ok(store_redis_open(&connection, &o, why, sizeof why));
    struct store store = store_redis_port(connection);
    assert_ok(store_call_one(&store, &reply, &call));
    for (size_t i = 0; i < DEPLOYMENT_VENUES_MAX && d->options.venues[i].name != NULL; i++) {
        if (venue_runs(d, &d->options.venues[i]))
            venue_check(d, &reply, d->options.venues[i].name);
    }
    store_redis_close(connection);
}

/* ---- the ledger against what users were told ---- */

static struct amount plus(struct amount a, struct amount b)
{
    assert_ok(amount_add(&a, a, b));
    return a;
}

static struct amount minus(struct amount a, struct amount b)
{
    assert_ok(amount_sub(&a, a, b));
    return a;
}

/* A receipt lists the newest fills only; then it cannot sum up to the whole. */
#define RECEIPT_FULL 20

static void status_check(const struct intent *i, const struct wire_status *s)
{
    struct amount paid = AMOUNT_ZERO, got = AMOUNT_ZERO;

    assert_true(amount_limit_holds(s->paid, s->got, i->sell_amount, i->buy_amount));
    assert_true(amount_cmp(s->paid, i->sell_amount) <= 0);
    assert_true(i->kind == INTENT_SELL || amount_cmp(s->got, i->buy_amount) <= 0);
    for (size_t k = 0; k < s->receipt.fills_n; k++) {
        const struct wire_receipt_fill *f = &s->receipt.fills[k];
        assert_true(amount_limit_holds(f->paid, f->got, i->sell_amount, i->buy_amount));
        paid = plus(paid, f->paid);
        got = plus(got, f->got);
    }
    if (s->receipt.fills_n < RECEIPT_FULL) {
        assert_true(amount_cmp(paid, s->paid) == 0);
        assert_true(amount_cmp(got, s->got) == 0);
    }
    bool complete = i->kind == INTENT_SELL ? amount_cmp(s->paid, i->sell_amount) == 0
                                           : amount_cmp(s->got, i->buy_amount) == 0;
    assert_true(i->partial || amount_is_zero(s->paid) || complete);
    assert_int_equal(s->state == INTENT_FILLED, complete);
    if (s->state == INTENT_EXPIRED || s->state == INTENT_CANCELLED || s->state == INTENT_REJECTED)
        assert_true(amount_is_zero(s->paid) && amount_is_zero(s->got));
}

/* What the trader must have of an asset, from deposits and the statuses of his intents. */
static struct amount owed(const struct trader *t, const struct wire_status *statuses,
                          const enum reject *codes, uint32_t asset)
{
    struct amount sum = AMOUNT_ZERO;

    for (size_t i = 0; i < t->deposits_n; i++) {
        if (t->deposits[i].asset == asset)
            sum = plus(sum, t->deposits[i].amount);
    }
    for (size_t i = 0; i < t->intents_n; i++) {
        if (codes[i] == REJECT_NONE && t->intents[i].buy_asset == asset)
            sum = plus(sum, statuses[i].got);
    }
    for (size_t i = 0; i < t->intents_n; i++) {
        if (codes[i] == REJECT_NONE && t->intents[i].sell_asset == asset)
            sum = minus(sum, statuses[i].paid);
    }
    return sum;
}

static void balances_check(struct deployment *d, const struct trader *t,
                           const struct wire_status *statuses, const enum reject *codes)
{
    const struct wire_item item = { .kind = WIRE_ITEM_BALANCES };
    struct wire_item_answer a = trader_ask(d, t->signer.account.text, &item);
    char x[AMOUNT_TEXT], y[AMOUNT_TEXT];

    assert_int_equal(a.code, 0);
    for (size_t i = 0; i < a.balances_n; i++) {
        struct amount has = plus(a.balances[i].available, a.balances[i].held);
        struct amount must = owed(t, statuses, codes, a.balances[i].asset);
        if (amount_cmp(has, must) != 0)
            fail_msg("%s has %s of asset %u, not %s", t->signer.account.text, amount_text(x, has),
                     a.balances[i].asset, amount_text(y, must));
    }
}

static void trader_check(struct deployment *d, struct trader *t)
{
    enum reject *codes;
    struct wire_status *statuses;

    if (t->deposits_n == 0)
        return; /* no account */
    statuses = trader_statuses(&codes, d, t);
    for (size_t i = 0; i < t->intents_n; i++) {
        if (codes[i] == REJECT_NONE)
            status_check(&t->intents[i], &statuses[i]);
        else
            assert_rejected(codes[i], REJECT_UNKNOWN_ID);
    }
    balances_check(d, t, statuses, codes);
}

void books_check(struct deployment *d)
{
    for (size_t i = 0; i < d->traders_n; i++)
        trader_check(d, &d->traders[i]);
    venues_check(d);
    books_audit(d);
}

/* ---- balances ---- */

static struct wire_op_balance balance(struct deployment *d, const char *owner, uint32_t asset)
{
    const struct wire_op_request r = { .kind = strncmp(owner, "inv:", 4) == 0 ? WIRE_OP_INVENTORY
                                                                              : WIRE_OP_BALANCES };
    struct wire_op_answer a = deployment_operate(d, &r);

    for (size_t i = 0; i < a.balances_n; i++) {
        if (strcmp(a.balances[i].owner, owner) == 0 && a.balances[i].asset == asset)
            return a.balances[i];
    }
    return (struct wire_op_balance){ 0 };
}

struct amount books_available(struct deployment *d, const char *owner, uint32_t asset)
{
    return balance(d, owner, asset).available;
}

struct amount books_held(struct deployment *d, const char *owner, uint32_t asset)
{
    return balance(d, owner, asset).held;
}
