/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/ledger_fixture.h"

#include <stdio.h>
#include <string.h>

#include "solver/core/hash.h"

#define MODEL_START_MS 1700000000000
#define TIMEOUT_MS 10000

static int64_t virtual_now(void *self)
{
    return ((const struct ledger_fixture *)self)->virtual_ms;
}

void fixture_open_model(struct ledger_fixture *f)
{
    *f = (struct ledger_fixture){ .virtual_ms = MODEL_START_MS };

    const struct model_options options = { .clock = { .unix_ms = virtual_now, .self = f },
                                           .retain_ms = FIXTURE_RETAIN_MS };

    assert_ok(model_new(&f->store, &options));
}

void fixture_connect(struct ledger_fixture *f)
{
    char address[TMPDIR_PATH_MAX + 32], why[256];
    const struct store_redis_options options = { .address = address,
                                                 .retain_ms = FIXTURE_RETAIN_MS,
                                                 .timeout_ms = TIMEOUT_MS };

    store_redis_close(f->connection);
    f->connection = NULL;
    (void)snprintf(address, sizeof address, "unix:%s", f->redis.socket);
    if (store_redis_open(&f->connection, &options, why, sizeof why) != ERR_OK)
        fail_msg("store_redis_open: %s", why);
    f->store = store_redis_port(f->connection);
}

void fixture_open_redis(struct ledger_fixture *f)
{
    *f = (struct ledger_fixture){ .real = true };
    redis_start(&f->redis);
    fixture_connect(f);
}

void fixture_close(struct ledger_fixture *f)
{
    if (!f->real) {
        model_free(&f->store);
        return;
    }
    store_redis_close(f->connection);
    redis_stop(&f->redis);
}

enum reject fixture_call(struct ledger_fixture *f, struct ledger_call call)
{
    enum err err = store_call_one(&f->store, &f->reply, &call);

    if (err != ERR_OK)
        fail_msg("%s: ERR_%s %s", ledger_fn_name(call.fn), err_name(err),
                 f->real ? store_redis_reason(f->connection) : "");
    return f->reply.reject;
}

int64_t fixture_now(struct ledger_fixture *f)
{
    assert_done(f, call_plain(LEDGER_limits));
    return f->reply.now_ms;
}

struct moment {
    struct ledger_fixture *fixture;
    int64_t unix_ms;
};

static bool moment_passed(void *arg)
{
    const struct moment *m = arg;

    return fixture_now(m->fixture) > m->unix_ms;
}

void fixture_pass(struct ledger_fixture *f, int64_t unix_ms)
{
    struct moment m = { f, unix_ms };

    if (f->real)
        process_until(moment_passed, &m, TIMEOUT_MS, "time to pass");
    else if (f->virtual_ms <= unix_ms)
        f->virtual_ms = unix_ms + 1;
}

void fixture_assert_sound(struct ledger_fixture *f)
{
    for (int full = 0; full < 2; full++) {
        assert_done(f, call_audit(full == 1));
        for (size_t i = 0; i < f->reply.audit_n; i++)
            assert_true(delta_is_zero(f->reply.audit[i].difference));
        assert_true(f->reply.sound);
    }
}

struct id fixture_id(uint64_t n)
{
    struct id id = { { 0 } };

    for (int i = 0; i < 8; i++)
        id.bytes[ID_BYTES - 1 - i] = (uint8_t)(n >> (8 * i));
    return id;
}

struct name fixture_name(const char *text)
{
    struct name n = { { 0 } };

    assert_ok(name_parse(&n, text, strlen(text)));
    return n;
}

struct sign_key fixture_key(const char *account)
{
    struct digest d = digest_of("fixture/key", account, strlen(account));
    struct sign_key key;

    memcpy(key.bytes, d.bytes, sizeof key.bytes);
    return key;
}

struct asset_amount fixture_what(uint32_t asset, uint64_t atoms)
{
    return (struct asset_amount){ asset, AMOUNT_OF(atoms) };
}

static struct owner owner_of(const char *text)
{
    if (strncmp(text, "inv:", 4) == 0)
        return (struct owner){ OWNER_INVENTORY, fixture_name(text + 4) };
    return (struct owner){ OWNER_USER, fixture_name(text) };
}

static struct ledger_balance balance_of(struct ledger_fixture *f, const char *owner, uint32_t asset)
{
    assert_done(f, call_balances(owner));
    for (size_t i = 0; i < f->reply.balances_n; i++) {
        if (f->reply.balances[i].asset == asset)
            return f->reply.balances[i];
    }
    return (struct ledger_balance){ 0 };
}

struct amount fixture_available(struct ledger_fixture *f, const char *owner, uint32_t asset)
{
    return balance_of(f, owner, asset).available;
}

struct amount fixture_held(struct ledger_fixture *f, const char *owner, uint32_t asset)
{
    return balance_of(f, owner, asset).held;
}

static struct ledger_call call_money(enum ledger_fn fn, uint64_t ref, const char *owner,
                                     struct asset_amount what)
{
    struct ledger_call c = { .fn = fn };
    struct ledger_money *m = &c.as.money;

    m->ref = fixture_id(ref);
    m->owner = owner_of(owner);
    m->has_key = m->owner.kind == OWNER_USER;
    if (m->has_key)
        m->key = fixture_key(owner);
    m->what = what;
    return c;
}

struct ledger_call call_deposit(uint64_t ref, const char *owner, uint32_t asset, uint64_t atoms)
{
    return call_money(LEDGER_deposit, ref, owner, fixture_what(asset, atoms));
}

struct ledger_call call_withdraw(uint64_t ref, const char *owner, uint32_t asset, uint64_t atoms)
{
    return call_money(LEDGER_withdraw, ref, owner, fixture_what(asset, atoms));
}

struct ledger_call call_transfer(uint64_t ref, const char *source, const char *target,
                                 uint32_t asset, uint64_t atoms)
{
    struct ledger_call c = { .fn = LEDGER_transfer };

    c.as.transfer = (struct ledger_transfer){ fixture_id(ref), fixture_name(source),
                                              fixture_name(target), fixture_what(asset, atoms) };
    return c;
}

struct ledger_call call_balances(const char *owner)
{
    struct ledger_call c = { .fn = LEDGER_balances };

    c.as.balances.owner = owner_of(owner);
    return c;
}

static struct ledger_call call_accept(const struct intent *i)
{
    struct ledger_call c = { .fn = LEDGER_accept };
    struct ledger_accept *a = &c.as.accept;
    static const uint8_t payload[] = "signed bytes";

    a->intent = *i;
    a->key = fixture_key(i->account.text);
    a->payload_hash = digest_of("fixture/payload", &i->sell_amount, sizeof i->sell_amount);
    a->payload = payload;
    a->payload_n = sizeof payload;
    return c;
}

struct ledger_call call_sell(uint64_t id, const char *account, struct asset_amount sell,
                             struct asset_amount buy, int64_t deadline_ms)
{
    const struct intent i = { .id = fixture_id(id),
                              .account = fixture_name(account),
                              .kind = INTENT_SELL,
                              .partial = true,
                              .sell_asset = sell.asset,
                              .buy_asset = buy.asset,
                              .sell_amount = sell.amount,
                              .buy_amount = buy.amount,
                              .deadline_ms = deadline_ms };

    return call_accept(&i);
}

struct ledger_call call_buy(uint64_t id, const char *account, struct asset_amount sell,
                            struct asset_amount buy, int64_t deadline_ms)
{
    struct ledger_call c = call_sell(id, account, sell, buy, deadline_ms);

    c.as.accept.intent.kind = INTENT_BUY;
    return c;
}

struct ledger_call call_cancel(uint64_t id, const char *account, int64_t until_ms)
{
    struct ledger_call c = { .fn = LEDGER_cancel };

    c.as.cancel = (struct ledger_cancel){ fixture_id(id), fixture_name(account),
                                          fixture_key(account), until_ms };
    return c;
}

struct ledger_call call_get(uint64_t id)
{
    struct ledger_call c = { .fn = LEDGER_get };

    c.as.get.intent = fixture_id(id);
    return c;
}

struct ledger_call call_expire(uint32_t max)
{
    struct ledger_call c = { .fn = LEDGER_expire };

    c.as.expire.max = max;
    return c;
}

struct ledger_call call_limit(enum row_kind kind, const char *subject, uint32_t asset, uint64_t min,
                              uint64_t max)
{
    struct ledger_call c = { .fn = LEDGER_limit_set };

    c.as.limit_set.limit = (struct row){ .kind = kind,
                                         .subject = fixture_name(subject),
                                         .asset = asset,
                                         .min = AMOUNT_OF(min),
                                         .max = AMOUNT_OF(max) };
    return c;
}

struct ledger_call call_mode(bool accept, bool send)
{
    struct ledger_call c = { .fn = LEDGER_mode };

    c.as.mode = (struct ledger_mode){ accept, send };
    return c;
}

struct ledger_call call_lead(const char *holder, uint64_t fence, uint32_t ttl_ms)
{
    struct ledger_call c = { .fn = LEDGER_lead };

    c.as.lead = (struct ledger_lead){ fixture_name(holder), fence, ttl_ms };
    return c;
}

struct ledger_call call_freeze(uint64_t fence, uint32_t max)
{
    struct ledger_call c = { .fn = LEDGER_freeze };

    c.as.freeze = (struct ledger_freeze){ fence, max, 0 };
    return c;
}

struct ledger_call call_fill(uint64_t fence, uint64_t leg, uint64_t fill, uint64_t in, uint64_t out,
                             bool last)
{
    struct ledger_call c = { .fn = LEDGER_fill };

    c.as.fill = (struct ledger_leg_fill){ fence,         fixture_id(leg), fixture_id(fill),
                                          AMOUNT_OF(in), AMOUNT_OF(out),  last };
    return c;
}

static struct ledger_call call_leg(enum ledger_fn fn, uint64_t fence, uint64_t leg)
{
    struct ledger_call c = { .fn = fn };

    c.as.leg_close = (struct ledger_leg_close){ fence, fixture_id(leg) };
    return c;
}

struct ledger_call call_unknown(uint64_t fence, uint64_t leg)
{
    return call_leg(LEDGER_unknown, fence, leg);
}

struct ledger_call call_void(uint64_t fence, uint64_t leg)
{
    return call_leg(LEDGER_void, fence, leg);
}

struct ledger_call call_events(uint64_t after, uint32_t max)
{
    struct ledger_call c = { .fn = LEDGER_events };

    c.as.events = (struct ledger_events){ after, max };
    return c;
}

struct ledger_call call_audit(bool full)
{
    struct ledger_call c = { .fn = LEDGER_audit };

    c.as.audit.full = full;
    return c;
}

struct ledger_call call_plain(enum ledger_fn fn)
{
    return (struct ledger_call){ .fn = fn };
}

struct ledger_leg fixture_leg(uint64_t id, const char *venue, const char *domain,
                              struct asset_amount in, struct asset_amount min_out)
{
    return (struct ledger_leg){ .id = fixture_id(id),
                                .venue = fixture_name(venue),
                                .domain = fixture_name(domain),
                                .curve = 7,
                                .curve_seq = 70,
                                .in_asset = in.asset,
                                .out_asset = min_out.asset,
                                .in = in.amount,
                                .min_out = min_out.amount,
                                .value = AMOUNT_OF(1000) };
}

struct ledger_fill fixture_fill(uint64_t intent, uint64_t paid, uint64_t got)
{
    return (struct ledger_fill){ .intent = fixture_id(intent),
                                 .paid = AMOUNT_OF(paid),
                                 .got = AMOUNT_OF(got) };
}
