/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store against real servers: weak ones, other Functions, crashes, outages, full memory. */
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/ledger_fixture.h"

#define WHY_MAX 256
#define PREFIX "sluice:{s0}:"
#define ALL_SENT 40

/* A raw connection to the fixture's server. */
static redisContext *raw_open(const struct ledger_fixture *f)
{
    redisContext *c = redisConnectUnix(f->redis.socket);

    assert_non_null(c);
    assert_int_equal(c->err, 0);
    return c;
}

/* Run a command of n words; the reply must be freed. */
static redisReply *raw(redisContext *c, const char **words, size_t n)
{
    redisReply *r = redisCommandArgv(c, (int)n, words, NULL);

    assert_non_null(r);
    return r;
}

#define RAW(c, ...)                                                                                \
    raw((c), (const char *[]){ __VA_ARGS__ },                                                      \
        sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(const char *))

static void setting(const struct ledger_fixture *f, const char *name, const char *value)
{
    redisContext *c = raw_open(f);
    redisReply *r = RAW(c, "CONFIG", "SET", name, value);

    assert_int_equal(r->type, REDIS_REPLY_STATUS);
    freeReplyObject(r);
    redisFree(c);
}

/* Open another store on the fixture's server, which must be refused. */
static void assert_refused(const struct ledger_fixture *f, const char *reason)
{
    char address[128], why[WHY_MAX];
    struct store_redis *s = NULL;
    const struct store_redis_options o = { .address = address, .timeout_ms = 5000 };

    (void)snprintf(address, sizeof address, "unix:%s", f->redis.socket);
    assert_err(store_redis_open(&s, &o, why, sizeof why), ERR_UNSUPPORTED);
    assert_null(s);
    if (strstr(why, reason) == NULL)
        fail_msg("the reason is \"%s\"", why);
}

static void test_ledger_redis_refuses_weak_settings_with_the_reason(void **state)
{
    struct ledger_fixture f;

    (void)state;
    fixture_open_redis(&f);
    setting(&f, "appendfsync", "everysec");
    assert_refused(&f, "appendfsync everysec; the ledger needs appendfsync always");
    setting(&f, "appendfsync", "always");
    setting(&f, "maxmemory-policy", "allkeys-lru");
    assert_refused(&f, "maxmemory-policy allkeys-lru");
    setting(&f, "maxmemory-policy", "noeviction");
    setting(&f, "no-appendfsync-on-rewrite", "yes");
    assert_refused(&f, "no-appendfsync-on-rewrite yes; the ledger needs "
                       "no-appendfsync-on-rewrite no");
    setting(&f, "no-appendfsync-on-rewrite", "no");
    setting(&f, "appendonly", "no");
    assert_refused(&f, "appendonly no");
    setting(&f, "appendonly", "yes");
    fixture_connect(&f);
    fixture_close(&f);
}

/* CONFIG SET on a server that is in use: the next look refuses it, and takes it again when well. */
static void test_ledger_redis_notices_settings_weakened_later(void **state)
{
    struct ledger_fixture f;
    struct ledger_call call = call_plain(LEDGER_limits);
    struct ledger_reply reply;
    struct store_redis_options o = { .timeout_ms = 5000, .recheck_ms = 1 };
    struct store_redis *s = NULL;
    char address[128], why[WHY_MAX];

    (void)state;
    fixture_open_redis(&f);
    (void)snprintf(address, sizeof address, "unix:%s", f.redis.socket);
    o.address = address;
    assert_ok(store_redis_open(&s, &o, why, sizeof why));

    struct store store = store_redis_port(s);

    assert_ok(store_call(&store, &reply, &call, 1));
    setting(&f, "appendfsync", "everysec");
    usleep(5000);
    for (int i = 0; i < 2; i++) { /* on the old connection, then on a new one */
        assert_err(store_call(&store, &reply, &call, 1), ERR_UNSUPPORTED);
        assert_non_null(strstr(store_redis_reason(s), "appendfsync everysec"));
    }
    setting(&f, "appendfsync", "always");
    assert_ok(store_call(&store, &reply, &call, 1));
    store_redis_close(s);
    fixture_close(&f);
}

/* A look does not touch the server. */
static void test_ledger_redis_look_leaves_the_functions_alone(void **state)
{
    struct ledger_fixture f;
    struct store_redis_options o = { .timeout_ms = 5000, .look_only = true };
    struct store_redis *s = NULL;
    char address[128], why[WHY_MAX];

    (void)state;
    fixture_open_redis(&f);
    (void)snprintf(address, sizeof address, "unix:%s", f.redis.socket);
    o.address = address;

    redisContext *c = raw_open(&f);

    freeReplyObject(RAW(c, "FUNCTION", "FLUSH"));
    assert_ok(store_redis_open(&s, &o, why, sizeof why));
    store_redis_close(s);

    redisReply *r = RAW(c, "FUNCTION", "LIST");

    assert_int_equal(r->elements, 0);
    freeReplyObject(r);
    redisFree(c);
    fixture_close(&f);
}

static void test_ledger_redis_refuses_bad_options(void **state)
{
    static const char *const addresses[] = { "",         "unix:",      "redis://x", "tcp:host",
                                             "tcp::1",   "tcp:h:0",    "tcp:h:x",   "tcp:h:65536",
                                             "tcp:h:1x", "/tmp/a.sock" };
    char why[WHY_MAX];
    struct store_redis *s = NULL;
    struct store_redis_options o = { .timeout_ms = 100 };

    (void)state;
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        o.address = addresses[i];
        assert_err(store_redis_open(&s, &o, why, sizeof why), ERR_INVALID);
        assert_true(strlen(why) > 0);
    }
    o.address = "unix:/nonexistent/sluice.sock";
    assert_err(store_redis_open(&s, &o, why, sizeof why), ERR_IO);
    assert_non_null(strstr(why, "No such file"));
    o.timeout_ms = 0;
    assert_err(store_redis_open(&s, &o, why, sizeof why), ERR_INVALID);
    store_redis_close(NULL);
}

static void test_ledger_redis_refuses_other_functions_unless_deployed(void **state)
{
    static const char other[] =
        "#!lua name=sluice\n"
        "redis.register_function('sluice_get', function() return 'NONE' end)\n";
    struct ledger_fixture f;
    char address[128], why[WHY_MAX];
    struct store_redis *s = NULL;
    struct store_redis_options o = { .address = address, .timeout_ms = 5000, .deploy = true };

    (void)state;
    fixture_open_redis(&f);

    redisContext *c = raw_open(&f);

    freeReplyObject(RAW(c, "FUNCTION", "LOAD", "REPLACE", other));
    assert_refused(&f, "other ledger Functions");
    (void)snprintf(address, sizeof address, "unix:%s", f.redis.socket);
    assert_ok(store_redis_open(&s, &o, why, sizeof why));
    store_redis_close(s);
    o.deploy = false;
    assert_ok(store_redis_open(&s, &o, why, sizeof why));
    store_redis_close(s);
    redisFree(c);
    fixture_close(&f);
}

static struct ledger_call sell(struct ledger_fixture *f, uint64_t id)
{
    return call_sell(id, "alice", fixture_what(1, 10), fixture_what(2, 1),
                     fixture_now(f) + 3600000);
}

/* Everything that was acknowledged is there after kill -9, and answers the same again. */
static void test_ledger_redis_keeps_all_after_a_crash(void **state)
{
    struct ledger_fixture f;
    struct ledger_call calls[ALL_SENT];
    struct ledger_reply replies[ALL_SENT];

    (void)state;
    fixture_open_redis(&f);
    assert_done(&f, call_deposit(1, "alice", 1, 1000));
    for (uint64_t i = 0; i < ALL_SENT; i++)
        calls[i] = sell(&f, 1 + i);
    assert_ok(store_call(&f.store, replies, calls, ALL_SENT)); /* in one flush */
    for (uint64_t i = 0; i < ALL_SENT; i++) {
        assert_int_equal(replies[i].reject, REJECT_NONE);
        assert_int_equal(replies[i].seq, i + 1);
    }
    redis_crash(&f.redis);
    assert_err(store_call(&f.store, replies, calls, 1), ERR_IO); /* the connection is gone */
    assert_ok(store_call(&f.store, replies, calls, ALL_SENT));
    for (uint64_t i = 0; i < ALL_SENT; i++)
        assert_int_equal(replies[i].seq, i + 1);
    assert_balance(&f, "alice", 1, 1000 - 10 * ALL_SENT, 10 * ALL_SENT);
    fixture_assert_sound(&f);
    fixture_close(&f);
}

static void test_ledger_redis_reconnects_after_an_outage(void **state)
{
    struct ledger_fixture f;
    struct ledger_call call = call_plain(LEDGER_limits);
    struct ledger_reply reply;

    (void)state;
    fixture_open_redis(&f);
    redis_pause(&f.redis);
    for (int i = 0; i < 3; i++) { /* SIGPIPE would end us here */
        assert_err(store_call(&f.store, &reply, &call, 1), ERR_IO);
        assert_true(strlen(store_redis_reason(f.connection)) > 0);
    }
    redis_resume(&f.redis);
    assert_ok(store_call(&f.store, &reply, &call, 1));
    assert_string_equal(store_redis_reason(f.connection), "");
    setting(&f, "appendfsync", "no");
    redis_crash(&f.redis); /* its settings file says always again */
    assert_err(store_call(&f.store, &reply, &call, 1), ERR_IO);
    assert_ok(store_call(&f.store, &reply, &call, 1));
    fixture_close(&f);
}

static void test_ledger_redis_loads_functions_that_were_flushed(void **state)
{
    struct ledger_fixture f;
    struct ledger_call call = call_plain(LEDGER_limits);
    struct ledger_reply reply;

    (void)state;
    fixture_open_redis(&f);

    redisContext *c = raw_open(&f);

    freeReplyObject(RAW(c, "FUNCTION", "FLUSH"));
    assert_err(store_call(&f.store, &reply, &call, 1), ERR_IO);
    assert_ok(store_call(&f.store, &reply, &call, 1));
    redisFree(c);
    fixture_close(&f);
}

/* At maxmemory nothing new is taken, and what repairs goes on. */
static void test_ledger_redis_at_maxmemory_finishes_what_it_began(void **state)
{
    struct ledger_fixture f;
    struct ledger_fill fill = fixture_fill(1, 10, 20);
    struct ledger_leg leg =
        fixture_leg(60, "amm", LEDGER_HOME, fixture_what(1, 10), fixture_what(2, 20));
    struct ledger_settle_fill paid = { fixture_id(1), AMOUNT_OF(10), AMOUNT_OF(20), NULL, 0 };
    struct ledger_call plan = { .fn = LEDGER_plan }, send = { .fn = LEDGER_send };
    struct ledger_call settle = { .fn = LEDGER_settle };

    (void)state;
    fixture_open_redis(&f);
    plan.as.plan = (struct ledger_plan){ 1, fixture_id(50), 1, &fill, 1, &leg, 1, NULL, 0 };
    send.as.send = (struct ledger_send){ 1, fixture_id(50), &leg, 1 };
    settle.as.settle = (struct ledger_settle){
        .fence = 1, .plan = fixture_id(50), .fills = &paid, .fills_n = 1, .last = true
    };
    assert_done(&f, call_deposit(1, "alice", 1, 1000));
    assert_done(&f, call_lead("one", 0, 60000));
    assert_done(&f, call_freeze(1, 1));
    assert_done(&f, sell(&f, 1));
    assert_done(&f, plan);
    assert_done(&f, send);
    setting(&f, "maxmemory", "1000000");
    assert_reject(&f, sell(&f, 2), REJECT_OVERLOADED);
    assert_reject(&f, call_deposit(2, "alice", 1, 1), REJECT_OVERLOADED);
    plan.as.plan.plan = fixture_id(51);
    assert_reject(&f, plan, REJECT_OVERLOADED);
    assert_done(&f, call_fill(1, 60, 1, 10, 20, true));
    assert_done(&f, settle);
    assert_done(&f, call_get(1));
    assert_int_equal(f.reply.intent.state, INTENT_FILLED);
    fixture_assert_sound(&f);
    setting(&f, "maxmemory", "256mb");
    assert_done(&f, sell(&f, 2)); /* a refusal for memory is forgotten */
    fixture_close(&f);
}

/* Words that no encoder of ours would send. */
static void test_ledger_redis_functions_refuse_malformed_words(void **state)
{
    static const char id[] = "000000000000000000000000000000aa";
    static const char *const amounts[] = { "",
                                           "-1",
                                           "+1",
                                           "01",
                                           "0x10",
                                           "1e5",
                                           "1.0",
                                           " 1",
                                           "1 ",
                                           "nan",
                                           "340282366920938463463374607431768211456",
                                           "9999999999999999999999999999999999999999" };
    struct ledger_fixture f;

    (void)state;
    fixture_open_redis(&f);

    redisContext *c = raw_open(&f);

    for (size_t i = 0; i < sizeof amounts / sizeof amounts[0]; i++) {
        redisReply *r = RAW(c, "FCALL", "sluice_deposit", "1", PREFIX, "1000", "", id, "inv:home",
                            "", "1", amounts[i]);

        assert_int_equal(r->type, REDIS_REPLY_ARRAY);
        assert_string_equal(r->element[0]->str, "MALFORMED");
        freeReplyObject(r);
    }
    for (int n = 0; n < LEDGER_FNS_N; n++) { /* too few words for every function that takes any */
        char function[32];

        (void)snprintf(function, sizeof function, "sluice_%s", ledger_fn_name((enum ledger_fn)n));

        redisReply *r = RAW(c, "FCALL", function, "1", PREFIX);

        assert_string_equal(r->element[0]->str, "MALFORMED");
        freeReplyObject(r);
    }
    fixture_assert_sound(&f);
    redisFree(c);
    fixture_close(&f);
}

/* Somebody edits a balance, or the journal: the audit says so. */
static void test_ledger_redis_audit_finds_damage(void **state)
{
    struct ledger_fixture f;

    (void)state;
    fixture_open_redis(&f);
    assert_done(&f, call_deposit(1, "alice", 1, 1000));
    assert_done(&f, call_deposit(2, "bob", 1, 1000));

    redisContext *c = raw_open(&f);

    freeReplyObject(RAW(c, "HSET", PREFIX "b:user:alice", "1", "1003"));
    assert_done(&f, call_audit(true));
    assert_false(f.reply.sound);
    assert_int_equal(f.reply.audit[0].difference.atoms, 3);
    freeReplyObject(RAW(c, "HSET", PREFIX "b:user:alice", "1", "1000"));
    fixture_assert_sound(&f);
    freeReplyObject(RAW(c, "XDEL", PREFIX "jrn", "1-1"));
    assert_done(&f, call_audit(true));
    assert_false(f.reply.sound);
    redisFree(c);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ledger_redis_refuses_weak_settings_with_the_reason),
        cmocka_unit_test(test_ledger_redis_notices_settings_weakened_later),
        cmocka_unit_test(test_ledger_redis_look_leaves_the_functions_alone),
        cmocka_unit_test(test_ledger_redis_refuses_bad_options),
        cmocka_unit_test(test_ledger_redis_refuses_other_functions_unless_deployed),
        cmocka_unit_test(test_ledger_redis_keeps_all_after_a_crash),
        cmocka_unit_test(test_ledger_redis_reconnects_after_an_outage),
        cmocka_unit_test(test_ledger_redis_loads_functions_that_were_flushed),
        cmocka_unit_test(test_ledger_redis_at_maxmemory_finishes_what_it_began),
        cmocka_unit_test(test_ledger_redis_functions_refuse_malformed_words),
        cmocka_unit_test(test_ledger_redis_audit_finds_damage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
