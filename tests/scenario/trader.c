/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/scenario/trader.h"

#include <stdio.h>
#include <string.h>

#include "solver/core/hash.h"

#define TTL_MS 60000

/* ---- accounts ---- */

static void signer_make(struct client_signer *s, const char *account)
{
    struct digest seed = digest_of("sluice/test-key", account, strlen(account));

    assert_ok(name_parse(&s->account, account, strlen(account)));
    sign_from_seed(&s->key, &s->secret, seed.bytes);
}

struct trader *trader_get(struct deployment *d, const char *account)
{
    for (size_t i = 0; i < d->traders_n; i++) {
        if (strcmp(d->traders[i].signer.account.text, account) == 0)
            return &d->traders[i];
    }
    assert_true(d->traders_n < TRADERS_MAX);
    struct trader *t = &d->traders[d->traders_n++];
    signer_make(&t->signer, account);
    return t;
}

static struct id next_id(struct deployment *d)
{
    struct hash h;

    hash_init(&h, "sluice/test-id");
    hash_u64(&h, ++d->ids);
    return hash_id(&h);
}

static void deposit(struct deployment *d, struct wire_op_money money)
{
    struct wire_op_request r = { .kind = WIRE_OP_DEPOSIT, .as.deposit = money };

    r.as.deposit.ref = next_id(d);
    struct wire_op_answer a = deployment_operate(d, &r);
    if (a.code != 0)
        fail_msg("deposit to %s: SLU-%u %s", money.owner, a.code, a.text);
}

void trader_deposit_amount(struct deployment *d, struct trader *t, uint32_t asset,
                           struct amount amount)
{
    char owner[NAME_TEXT + 8];

    snprintf(owner, sizeof owner, "user:%s", t->signer.account.text);
    deposit(d, (struct wire_op_money){
                   .owner = owner, .key = t->signer.key, .asset = asset, .amount = amount });
    assert_true(t->deposits_n < TRADER_DEPOSITS_MAX);
    t->deposits[t->deposits_n++] = (struct trader_deposit){ asset, amount };
}

void trader_deposit(struct deployment *d, const char *account, uint32_t asset, uint64_t atoms)
{
    trader_deposit_amount(d, trader_get(d, account), asset, AMOUNT_OF(atoms));
}

void trader_deposit_house(struct deployment *d, const char *domain, uint32_t asset, uint64_t atoms)
{
    char owner[NAME_TEXT + 8];

    snprintf(owner, sizeof owner, "inv:%s", domain);
    deposit(d,
            (struct wire_op_money){ .owner = owner, .asset = asset, .amount = AMOUNT_OF(atoms) });
}

/* ---- asking ---- */

enum reject trader_reject(uint32_t code)
{
    switch (code) {
#define X(name, number, transient, text)                                                           \
    case number: return REJECT_##name;
        REJECT_MAP(X)
#undef X
    default: fail_msg("SLU-%u is no code", code); return REJECT_NONE;
    }
}

bool trader_code_again(uint32_t code)
{
    enum reject r = trader_reject(code);

    return r == REJECT_OVERLOADED || r == REJECT_RETRY || r == REJECT_NOT_READY;
}

struct asking {
    struct deployment *d;
    const struct client_signer *signer;
    struct wire_item *items;
    size_t n;
    struct wire_envelope_answer answer;
};

/* Answered, and none of the answers asks to repeat it. */
static bool asking_done(void *arg)
{
    struct asking *a = arg;
    enum err err = client_ask(&a->answer, a->d->client, a->signer, a->items, a->n);

    if (err == ERR_TIMEOUT)
        return false;
    assert_ok(err);
    if (trader_code_again(a->answer.code))
        return false;
    for (size_t i = 0; i < a->answer.items_n; i++) {
        if (trader_code_again(a->answer.items[i].code))
            return false;
    }
    return true;
}

static struct wire_envelope_answer ask(struct deployment *d, const struct client_signer *signer,
                                       struct wire_item *items, size_t n)
{
    struct asking a = { .d = d, .signer = signer, .items = items, .n = n };

    process_until(asking_done, &a, DEPLOYMENT_WAIT_MS, "an answer of the gateway");
    return a.answer;
}

struct wire_item_answer trader_ask(struct deployment *d, const char *account,
                                   const struct wire_item *item)
{
    struct wire_item items[1] = { *item };
    struct wire_envelope_answer a = ask(d, &trader_get(d, account)->signer, items, 1);

    if (a.code != 0)
        return (struct wire_item_answer){ .code = a.code, .text = a.text };
    return a.items[0];
}

/* ---- posting ---- */

struct intent trader_sell(struct deployment *d, struct trader_deposit sell,
                          struct trader_deposit buy)
{
    return (struct intent){ .id = next_id(d),
                            .kind = INTENT_SELL,
                            .sell_asset = sell.asset,
                            .buy_asset = buy.asset,
                            .sell_amount = sell.amount,
                            .buy_amount = buy.amount,
                            .deadline_ms = deployment_unix_ms() + TTL_MS };
}

struct intent trader_buy(struct deployment *d, struct trader_deposit sell,
                         struct trader_deposit buy)
{
    struct intent i = trader_sell(d, sell, buy);

    i.kind = INTENT_BUY;
    return i;
}

static void remember(struct trader *t, const struct intent *i)
{
    for (size_t k = 0; k < t->intents_n; k++) {
        if (id_cmp(t->intents[k].id, i->id) == 0)
            return; /* the first content of an id is the one that counts */
    }
    assert_true(t->intents_n < TRADER_INTENTS_MAX);
    t->intents[t->intents_n++] = *i;
}

static void post_some(enum reject *rejects, struct deployment *d, struct trader *t,
                      const struct intent *intents, size_t n)
{
    struct wire_item items[TRADER_ASK_MAX];

    for (size_t i = 0; i < n; i++) {
        items[i] = (struct wire_item){ .kind = WIRE_ITEM_INTENT, .as.intent = intents[i] };
        remember(t, &intents[i]);
    }
    struct wire_envelope_answer a = ask(d, &t->signer, items, n);
    for (size_t i = 0; i < n; i++)
        rejects[i] = trader_reject(a.code != 0 ? a.code : a.items[i].code);
}

void trader_post_all(enum reject *rejects, struct deployment *d, struct trader *t,
                     const struct intent *intents, size_t n)
{
    for (size_t i = 0; i < n; i += TRADER_ASK_MAX)
        post_some(&rejects[i], d, t, &intents[i], n - i < TRADER_ASK_MAX ? n - i : TRADER_ASK_MAX);
}

enum reject trader_try(struct deployment *d, const char *account, const struct intent *i)
{
    enum reject r;

    post_some(&r, d, trader_get(d, account), i, 1);
    return r;
}

struct id trader_post(struct deployment *d, const char *account, const struct intent *i)
{
    enum reject r = trader_try(d, account, i);

    if (r != REJECT_NONE)
        fail_msg("intent of %s refused: %s", account, reject_name(r));
    return i->id;
}

enum reject trader_cancel(struct wire_status *out, struct deployment *d, const char *account,
                          struct id id)
{
    const struct wire_item item = { .kind = WIRE_ITEM_CANCEL, .as.cancel = { id } };
    struct wire_item_answer a = trader_ask(d, account, &item);

    if (out != NULL)
        *out = a.status;
    return trader_reject(a.code);
}

/* ---- following ---- */

struct wire_status trader_status(struct deployment *d, const char *account, struct id id)
{
    const struct wire_item item = { .kind = WIRE_ITEM_GET, .as.get = { id } };
    struct wire_item_answer a = trader_ask(d, account, &item);

    if (a.code != 0)
        fail_msg("get: SLU-%u %s", a.code, a.text);
    assert_true(a.has_status);
    return a.status;
}

struct following {
    struct deployment *d;
    const char *account;
    struct id id;
    enum intent_state wanted;
    struct wire_status status;
};

static bool following_done(void *arg)
{
    struct following *f = arg;

    f->status = trader_status(f->d, f->account, f->id);
    return f->status.state == f->wanted || intent_state_terminal(f->status.state);
}

struct wire_status trader_await(struct deployment *d, const char *account, struct id id,
                                enum intent_state state)
{
    struct following f = { .d = d, .account = account, .id = id, .wanted = state };

    process_until(following_done, &f, DEPLOYMENT_WAIT_MS, intent_state_name(state));
    if (f.status.state != state)
        fail_msg("intent of %s is %s, not %s", account, intent_state_name(f.status.state),
                 intent_state_name(state));
    return f.status;
}

/* The statuses of intents [from, from + n); what they point to lives in the client. */
static void statuses_some(struct wire_status *out, enum reject *codes, struct deployment *d,
                          const struct trader *t, size_t from, size_t n)
{
    struct wire_item items[TRADER_ASK_MAX];

    for (size_t i = 0; i < n; i++)
        items[i] =
            (struct wire_item){ .kind = WIRE_ITEM_GET, .as.get = { t->intents[from + i].id } };
    struct wire_envelope_answer a = ask(d, &t->signer, items, n);
    if (a.code != 0)
        fail_msg("get: SLU-%u %s", a.code, a.text);
    for (size_t i = 0; i < n; i++) {
        out[i] = a.items[i].status;
        codes[i] = trader_reject(a.items[i].code);
    }
}

static void receipt_copy(struct wire_status *s, struct arena *arena)
{
    struct wire_receipt_fill *fills =
        ARENA_NEW(arena, s->receipt.fills_n, struct wire_receipt_fill);

    assert_non_null(fills);
    if (s->receipt.fills_n > 0)
        memcpy(fills, s->receipt.fills, s->receipt.fills_n * sizeof *fills);
    s->receipt.fills = fills;
}

struct wire_status *trader_statuses(enum reject **codes, struct deployment *d, struct trader *t)
{
    struct wire_status *out = ARENA_NEW(&d->texts, t->intents_n, struct wire_status);

    *codes = ARENA_NEW(&d->texts, t->intents_n, enum reject);
    assert_true(out != NULL && *codes != NULL);
    for (size_t i = 0; i < t->intents_n; i += TRADER_ASK_MAX) {
        size_t n = t->intents_n - i < TRADER_ASK_MAX ? t->intents_n - i : TRADER_ASK_MAX;
        statuses_some(&out[i], &(*codes)[i], d, t, i, n);
        for (size_t k = i; k < i + n; k++)
            receipt_copy(&out[k], &d->texts);
    }
    return out;
}

/* All in one walk without memory of their receipts. */
static bool all_terminal(void *arg)
{
    struct deployment *d = arg;
    struct wire_status some[TRADER_ASK_MAX];
    enum reject codes[TRADER_ASK_MAX];

    for (size_t k = 0; k < d->traders_n; k++) {
        const struct trader *t = &d->traders[k];
        for (size_t i = 0; i < t->intents_n; i += TRADER_ASK_MAX) {
            size_t n = t->intents_n - i < TRADER_ASK_MAX ? t->intents_n - i : TRADER_ASK_MAX;
            statuses_some(some, codes, d, t, i, n);
            for (size_t j = 0; j < n; j++) {
                if (codes[j] == REJECT_NONE && !intent_state_terminal(some[j].state))
                    return false;
            }
        }
    }
    return true;
}

void trader_await_all(struct deployment *d)
{
    process_until(all_terminal, d, 2 * DEPLOYMENT_WAIT_MS, "all intents to be terminal");
}

void trader_await_batches(struct deployment *d, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        trader_deposit(d, "stranger-1", DOT, UNITS(10));
        trader_deposit(d, "stranger-2", USD, UNITS(50));
        struct intent a = trader_sell(d, ATOMS(DOT, UNITS(10)), ATOMS(USD, UNITS(49)));
        struct intent b = trader_sell(d, ATOMS(USD, UNITS(50)), ATOMS(DOT, UNITS(10)));
        trader_post(d, "stranger-1", &a);
        trader_post(d, "stranger-2", &b);
        trader_await(d, "stranger-1", a.id, INTENT_FILLED);
        trader_await(d, "stranger-2", b.id, INTENT_FILLED);
    }
}
