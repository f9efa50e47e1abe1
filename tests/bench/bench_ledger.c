/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the Functions cost on a real, fsyncing server: accepts by calls per flush, the longest
 * Functions by their server time (SLOWLOG counts it without the network), and memory per intent.
 * One JSON object per line.
 */
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/core/system.h"
#include "tests/support/ledger_fixture.h"

#define ACCEPTS 6400
#define FLUSH_MAX 64

static void line(const char *name, uint64_t value, const char *unit)
{
    printf("{\"bench\":\"ledger\",\"name\":\"%s\",\"value\":%" PRIu64 ",\"unit\":\"%s\"}\n", name,
           value, unit);
    (void)fflush(stdout);
}

static uint64_t now_ns(void)
{
    struct clock_port clock = system_clock();

    return clock.now_ns(clock.self);
}

static redisReply *ask(redisContext *c, int n, const char **words)
{
    redisReply *r = redisCommandArgv(c, n, words, NULL);

    assert_non_null(r);
    return r;
}

static void server_reset(redisContext *c)
{
    freeReplyObject(ask(c, 2, (const char *[]){ "SLOWLOG", "RESET" }));
}

/* Microseconds of the longest Function since server_reset: a long answer takes several. */
static uint64_t server_us(redisContext *c)
{
    redisReply *r = ask(c, 3, (const char *[]){ "SLOWLOG", "GET", "128" });
    uint64_t us = 0;

    for (size_t i = 0; i < r->elements; i++) {
        const redisReply *args = r->element[i]->element[3];
        uint64_t took = (uint64_t)r->element[i]->element[2]->integer;

        if (strcmp(args->element[0]->str, "FCALL") == 0 && took > us)
            us = took;
    }
    freeReplyObject(r);
    return us;
}

static uint64_t used_memory(redisContext *c)
{
    redisReply *r = ask(c, 2, (const char *[]){ "INFO", "memory" });
    const char *at = strstr(r->str, "used_memory:");
    uint64_t n = at == NULL ? 0 : strtoull(at + 12, NULL, 10);

    freeReplyObject(r);
    return n;
}

static struct ledger_call sell(struct ledger_fixture *f, uint64_t id)
{
    static uint8_t payload[300];
    struct ledger_call c = call_sell(id, "alice", fixture_what(1, 1000), fixture_what(2, 500),
                                     fixture_now(f) + 3600000);

    c.as.accept.payload = payload;
    c.as.accept.payload_n = sizeof payload;
    return c;
}

static void bench_accept(struct ledger_fixture *f, uint64_t *id, size_t per_flush)
{
    struct ledger_call calls[FLUSH_MAX];
    struct ledger_reply replies[FLUSH_MAX];
    struct ledger_call first = sell(f, 0);
    uint64_t n = per_flush == 1 ? ACCEPTS / 4 : ACCEPTS, start = now_ns();
    char name[64];

    for (uint64_t done = 0; done < n; done += per_flush) {
        for (size_t i = 0; i < per_flush; i++) {
            calls[i] = first;
            calls[i].as.accept.intent.id = fixture_id((*id)++);
        }
        assert_ok(store_call(&f->store, replies, calls, per_flush));
        assert_int_equal(replies[per_flush - 1].reject, REJECT_NONE);
    }
    (void)snprintf(name, sizeof name, "accept, %zu per flush", per_flush);
    line(name, n * 1000000000 / (now_ns() - start), "1/s");
}

static void bench_memory(struct ledger_fixture *f, redisContext *c)
{
    uint64_t before = used_memory(c), open, closed, id = 1000000;

    for (size_t i = 0; i < 2000; i++)
        assert_done(f, sell(f, id + i));
    open = used_memory(c);
    for (size_t i = 0; i < 2000; i++)
        assert_done(f, call_cancel(id + i, "alice", 0));
    closed = used_memory(c);
    line("redis memory per open intent", (open - before) / 2000, "B");
    line("redis memory per closed intent", (closed - before) / 2000, "B");
}

/* Server time of the longest Function of a call. */
static void bench_call(struct ledger_fixture *f, redisContext *c, struct ledger_call call,
                       const char *what, size_t n)
{
    char name[64];

    server_reset(c);
    assert_done(f, call);
    (void)snprintf(name, sizeof name, "%s, %zu", what, n);
    line(name, server_us(c), "us");
}

/* A plan of n items: legs and half as many fills, sent, filled and settled. */
static void bench_plan(struct ledger_fixture *f, redisContext *c, size_t legs_n, size_t fills_n)
{
    static struct ledger_leg legs[LEDGER_PLAN_ITEMS_MAX];
    static struct ledger_fill fills[LEDGER_PLAN_ITEMS_MAX];
    static struct ledger_settle_fill paid[LEDGER_PLAN_ITEMS_MAX];
    uint64_t base = 10000000 + 1000 * (legs_n + 1000 * fills_n);
    struct ledger_call plan = { .fn = LEDGER_plan }, send = { .fn = LEDGER_send };
    struct ledger_call settle = { .fn = LEDGER_settle };
    struct asset_amount dust[2] = { fixture_what(1, 0), fixture_what(2, 0) };

    assert_done(f, call_freeze(1, 1));
    for (size_t i = 0; i < fills_n; i++) {
        assert_done(f, sell(f, base + i));
        fills[i] = fixture_fill(base + i, 1000, 500);
        paid[i] =
            (struct ledger_settle_fill){ fixture_id(base + i), AMOUNT_ZERO, AMOUNT_ZERO, NULL, 0 };
    }
    for (size_t i = 0; i < legs_n; i++)
        legs[i] = fixture_leg(base + i, "amm", "cex", fixture_what(1, 10), fixture_what(2, 5));
    plan.as.plan =
        (struct ledger_plan){ 1, fixture_id(base), 1, fills, fills_n, legs, legs_n, NULL, 0 };
    send.as.send = (struct ledger_send){ 1, fixture_id(base), legs, legs_n };
    settle.as.settle = (struct ledger_settle){ .fence = 1,
                                               .plan = fixture_id(base),
                                               .fills = paid,
                                               .fills_n = fills_n,
                                               .dust = dust,
                                               .dust_n = 2,
                                               .last = true };
    bench_call(f, c, plan, "plan, legs and fills", legs_n + fills_n);
    if (legs_n > 0)
        bench_call(f, c, send, "send, legs", legs_n);
    bench_call(f, c, call_plain(LEDGER_plans), "plans, items of the plan", legs_n + fills_n);
    for (size_t i = 0; i < legs_n; i++)
        assert_done(f, call_void(1, base + i));
    bench_call(f, c, settle, "settle, fills", fills_n);
    for (size_t i = 0; i < fills_n; i++)
        assert_done(f, call_cancel(base + i, "alice", 0));
}

/* n fills of as many users' intents that net against each other, all complete and with receipts. */
static void bench_net(struct ledger_fixture *f, redisContext *c, size_t n)
{
    static struct ledger_fill fills[LEDGER_PLAN_ITEMS_MAX];
    static struct ledger_settle_fill paid[LEDGER_PLAN_ITEMS_MAX];
    static uint8_t receipt[400];
    uint64_t base = 20000000 + 1000 * n;
    struct ledger_call plan = { .fn = LEDGER_plan }, settle = { .fn = LEDGER_settle };
    char user[24];

    assert_done(f, call_freeze(1, 1));
    for (size_t i = 0; i < n; i++) {
        struct asset_amount gives = fixture_what(1 + i % 2, 1000);
        (void)snprintf(user, sizeof user, "u%zu", i);
        assert_done(f, call_deposit(base + i, user, gives.asset, 1000));
        assert_done(f, call_sell(base + i, user, gives, fixture_what(2 - i % 2, 1000),
                                 fixture_now(f) + 3600000));
        fills[i] = fixture_fill(base + i, 1000, 1000);
        paid[i] = (struct ledger_settle_fill){ fixture_id(base + i), AMOUNT_OF(1000),
                                               AMOUNT_OF(1000), receipt, sizeof receipt };
    }
    plan.as.plan = (struct ledger_plan){
        .fence = 1, .plan = fixture_id(base), .auction = 1, .fills = fills, .fills_n = n
    };
    settle.as.settle = (struct ledger_settle){
        .fence = 1, .plan = fixture_id(base), .fills = paid, .fills_n = n, .last = true
    };
    bench_call(f, c, plan, "plan, fills of as many users", n);
    bench_call(f, c, settle, "settle, fills of as many users, receipts", n);
}

static void bench_reads(struct ledger_fixture *f, redisContext *c)
{
    bench_call(f, c, call_freeze(1, LEDGER_FREEZE_MAX), "freeze, intents", LEDGER_FREEZE_MAX);
    bench_call(f, c, call_events(0, LEDGER_EVENTS_MAX), "events", LEDGER_EVENTS_MAX);

    uint64_t start = now_ns();

    assert_done(f, call_audit(true));
    assert_true(f->reply.sound);
    line("audit, journal entries", f->reply.journal_entries * 1000000000 / (now_ns() - start),
         "1/s");
}

static void bench(void **state)
{
    struct ledger_fixture f;
    uint64_t id = 1;
    redisContext *c;

    (void)state;
    fixture_open_redis(&f);
    c = redisConnectUnix(f.redis.socket);
    assert_non_null(c);
    freeReplyObject(ask(c, 4, (const char *[]){ "CONFIG", "SET", "slowlog-log-slower-than", "0" }));
    assert_done(&f, call_deposit(900000001, "alice", 1, 1000000000000));
    assert_done(&f, call_deposit(900000002, "inv:cex", 1, 1000000000000));
    assert_done(&f, call_lead("one", 0, 60000));
    bench_accept(&f, &id, 1);
    bench_accept(&f, &id, 16);
    bench_accept(&f, &id, 64);
    bench_memory(&f, c);
    bench_plan(&f, c, 50, 0);
    bench_plan(&f, c, 250, 0);
    bench_plan(&f, c, 128, 128);
    bench_plan(&f, c, 0, 256);
    bench_net(&f, c, 32);
    bench_net(&f, c, 128);
    bench_net(&f, c, 256);
    bench_reads(&f, c);
    redisFree(c);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(bench) };

    cmocka_set_message_output(CM_OUTPUT_SUBUNIT); /* the JSON lines are what counts */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
