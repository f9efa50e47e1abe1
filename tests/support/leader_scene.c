/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/leader_scene.h"

#include <string.h>

#include "proto/wire_batch.h"
#include "solver/clear/clear.h"

#define MS ((uint64_t)1000000)

static uint64_t scene_ns(void *self)
{
    return ((struct scene *)self)->now_ns;
}

static int64_t scene_ms(void *self)
{
    return ((struct scene *)self)->ledger.virtual_ms;
}

static enum err scene_store(void *self, struct ledger_reply *replies,
                            const struct ledger_call *calls, size_t n)
{
    struct scene *s = self;
    bool lost = s->losing && calls[0].fn == s->lose;

    s->freezes += calls[0].fn == LEDGER_freeze;
    if (calls[0].fn == LEDGER_report && calls[0].as.report.batch_n > 0)
        s->submits_at_report = scene_count(s, WIRE_SUBMIT);
    if (s->stealing && calls[0].fn == s->steal) {
        s->stealing = false;
        s->ledger.virtual_ms += 60000;
        assert_done(&s->ledger, call_lead("thief", 0, 1000));
    }
    assert_ok(store_call(&s->ledger.store, replies, calls, n));
    s->losing = s->losing && !lost;
    return lost ? ERR_TIMEOUT : ERR_OK;
}

static enum err scene_request(void *self, uint32_t venue, uint64_t tag,
                              const struct wire_venue_request *r, uint32_t timeout_ms)
{
    struct scene *s = self;
    struct request *x = &s->requests[s->requests_n];

    (void)venue;
    (void)timeout_ms;
    if (r->verb == WIRE_SUBMIT && s->submits_to_refuse > 0) {
        s->submits_to_refuse--;
        return ERR_NOMEM;
    }
    assert_true(s->requests_n++ < REQUESTS_MAX);
    *x = (struct request){ .tag = tag, .verb = r->verb };
    if (r->verb == WIRE_SUBMIT) {
        x->atomic = r->as.submit.atomic;
        x->legs_n = r->as.submit.legs_n;
        for (size_t i = 0; i < x->legs_n; i++)
            x->legs[i] = r->as.submit.legs[i].id;
    } else if (r->verb == WIRE_QUERY || r->verb == WIRE_VOID) {
        const struct id *ids = r->verb == WIRE_QUERY ? r->as.query.legs : r->as.void_legs.legs;
        x->legs_n = r->verb == WIRE_QUERY ? r->as.query.legs_n : r->as.void_legs.legs_n;
        memcpy(x->legs, ids, x->legs_n * sizeof *ids);
    }
    return ERR_OK;
}

static enum err scene_solve(void *self, const struct auction *a)
{
    struct scene *s = self;

    if (!s->solves)
        return ERR_AGAIN;
    wire_bytes_fini(&s->auction);
    return wire_auction_pack(&s->auction, a);
}

static enum err scene_incumbent(void *self, const struct solution *x)
{
    struct scene *s = self;
    const struct worker_event e = { .status = WORKER_SOLUTION, .solution = x };

    leader_worker(s->leader, &e);
    return ERR_OK;
}

void scene_work(struct scene *s)
{
    struct auction a;
    struct arena arena;
    struct clear *c;

    if (s->auction.n == 0)
        return;
    c = clear_new();
    assert_non_null(c);
    arena_init(&arena, (size_t)1 << 24);
    assert_ok(wire_auction_unpack(&a, &arena, s->auction.data, s->auction.n));
    assert_ok(clear_solve(c, &a, scene_incumbent, s));
    arena_fini(&arena);
    clear_free(c);
    wire_bytes_fini(&s->auction);
    scene_tick(s, 1);
}

void scene_tick(struct scene *s, uint64_t ms)
{
    s->now_ns += ms * MS;
    s->ledger.virtual_ms += (int64_t)ms;
    (void)leader_tick(s->leader);
}

struct request *scene_asked(struct scene *s, enum wire_verb verb)
{
    for (size_t i = s->requests_n; i > 0; i--) {
        if (s->requests[i - 1].verb == verb)
            return &s->requests[i - 1];
    }
    return NULL;
}

size_t scene_count(const struct scene *s, enum wire_verb verb)
{
    size_t n = 0;

    for (size_t i = 0; i < s->requests_n; i++)
        n += s->requests[i].verb == verb;
    return n;
}

void scene_answer(struct scene *s, enum wire_verb verb, struct wire_venue_answer a)
{
    struct request *r = scene_asked(s, verb);

    assert_non_null(r);
    a.verb = verb;
    const struct venue_event e = { .tag = r->tag, .status = LINK_ANSWER, .answer = &a };
    leader_venue(s->leader, &e);
}

void scene_lose(struct scene *s, enum wire_verb verb)
{
    struct request *r = scene_asked(s, verb);

    assert_non_null(r);
    const struct venue_event e = { .tag = r->tag, .status = LINK_LOST };
    leader_venue(s->leader, &e);
    scene_tick(s, 60);
}

void scene_hello(struct scene *s, bool lost_state)
{
    scene_answer(s, WIRE_HELLO,
                 (struct wire_venue_answer){ .as.hello = { .name = fixture_name("v"),
                                                           .kind = fixture_name("test"),
                                                           .domain = fixture_name("home"),
                                                           .assets = s->table.digest,
                                                           .atomic = true,
                                                           .lost_state = lost_state,
                                                           .ttl_ms = 1000 } });
}

static void scene_lead(struct scene *s)
{
    const struct leader_ports ports = { .store = { s, scene_store },
                                        .clock = { scene_ns, scene_ms, s },
                                        .link = { scene_request, s },
                                        .worker = { scene_solve, NULL, s } };

    s->leader = leader_new(&s->config, &s->table, &ports, 1);
    assert_non_null(s->leader);
    scene_tick(s, 0);
    assert_int_equal(s->leader->role, ROLE_LEADER);
    scene_hello(s, false);
}

void scene_open(struct scene *s)
{
    memset(s, 0, sizeof *s);
    fixture_open_model(&s->ledger);
    s->now_ns = 1000 * MS;
    config_init(&s->config);
    for (uint32_t i = 0; i < 3; i++)
        s->assets[i] = (struct asset){
            .id = i + 1, .class_of = ASSET_SPOT, .mark = AMOUNT_OF(1), .lot = AMOUNT_OF(1)
        };
    memcpy(s->assets[0].symbol, "A", 2);
    memcpy(s->assets[1].symbol, "B", 2);
    memcpy(s->assets[2].symbol, "C", 2);
    s->table = (struct asset_table){ .items = s->assets, .n = 3 };
    assert_ok(asset_table_seal(&s->table));
    assert_done(&s->ledger, call_deposit(1, "alice", 1, SOLD));
    assert_done(&s->ledger, call_sell(1, "alice", fixture_what(1, SOLD), fixture_what(2, WANTED),
                                      s->ledger.virtual_ms + 3600000));
    scene_lead(s);
}

void scene_restart(struct scene *s)
{
    leader_free(s->leader);
    s->run = NULL;
    scene_lead(s);
    scene_tick(s, 1);
}

void scene_close(struct scene *s)
{
    leader_free(s->leader);
    wire_bytes_fini(&s->auction);
    fixture_assert_sound(&s->ledger);
    fixture_close(&s->ledger);
}

void scene_plan(struct scene *s, const struct ledger_leg *legs, size_t legs_n)
{
    struct ledger_fill fill = fixture_fill(1, SOLD, PLANNED);
    struct ledger_call c = { .fn = LEDGER_plan };
    struct run *r = run_new();

    assert_done(&s->ledger, call_freeze(s->leader->fence, 10));
    uint64_t auction = s->ledger.reply.auction;
    assert_done(&s->ledger, call_get(1));
    assert_non_null(r);
    r->plan = fixture_id(100);
    r->auction = auction;
    r->step = ENGINE_send;
    r->fills[r->fills_n++] = (struct run_fill){ .intent = s->ledger.reply.intent.intent,
                                                .paid = fill.paid,
                                                .got = fill.got };
    *run_pot(r, 1) = fill.paid;
    for (size_t i = 0; i < legs_n; i++) {
        r->legs[r->legs_n++] = (struct run_leg){ .leg = legs[i], .state = RUN_LEG_PLANNED };
        venue_leg_opened(&s->leader->venues.venues[0], legs[i].curve);
    }
    c.as.plan = (struct ledger_plan){ .fence = s->leader->fence,
                                      .plan = r->plan,
                                      .auction = auction,
                                      .fills = &fill,
                                      .fills_n = 1,
                                      .legs = legs,
                                      .legs_n = legs_n };
    assert_done(&s->ledger, c);
    s->leader->runs[s->leader->runs_n++] = s->run = r;
    scene_tick(s, 1);
}

void scene_plan_halves(struct scene *s)
{
    const struct ledger_leg legs[2] = {
        fixture_leg(10, "v", "home", fixture_what(1, SOLD / 2), fixture_what(2, PLANNED / 2)),
        fixture_leg(11, "v", "home", fixture_what(1, SOLD / 2), fixture_what(2, PLANNED / 2)),
    };

    scene_plan(s, legs, 2);
}

void scene_plan_whole(struct scene *s)
{
    const struct ledger_leg leg =
        fixture_leg(10, "v", "home", fixture_what(1, SOLD), fixture_what(2, PLANNED));

    scene_plan(s, &leg, 1);
}

struct wire_fill scene_fill(uint64_t id, uint64_t in, uint64_t out)
{
    return (struct wire_fill){ fixture_id(id), AMOUNT_OF(in), AMOUNT_OF(out) };
}

struct wire_leg_result scene_result(uint64_t leg, enum wire_leg_outcome outcome,
                                    struct wire_fill *fills, size_t fills_n)
{
    return (struct wire_leg_result){
        .leg = fixture_id(leg), .outcome = outcome, .fills = fills, .fills_n = fills_n
    };
}

void scene_results(struct scene *s, enum wire_verb verb, struct wire_leg_result *results, size_t n)
{
    scene_answer(s, verb, (struct wire_venue_answer){ .as.query = { results, n } });
    scene_tick(s, 1);
}

void scene_assert_settled(struct scene *s)
{
    assert_int_equal(s->leader->runs_n, 0);
    assert_balance(&s->ledger, "alice", 1, 0, 0);
    assert_balance(&s->ledger, "alice", 2, PLANNED, 0);
}

enum venue_state scene_venue_state(const struct scene *s)
{
    return s->leader->venues.venues[0].state;
}
