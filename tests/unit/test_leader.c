/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One plan in a leader's hands, step by step: fake ports, a scripted venue, the ledger model. The
 * plan is made here and handed over, so no auction is solved.
 */
#include "tests/support/ledger_fixture.h"

#include <string.h>

#include "solver/engine/leader.h"
#include "solver/shell/log.h"

#define MS ((uint64_t)1000000)
#define REQUESTS_MAX 256
#define SOLD 1000
#define WANTED 900
#define PLANNED 950

struct request {
    uint64_t tag;
    enum wire_verb verb;
    bool atomic;
    struct id legs[WIRE_LEGS_MAX];
    size_t legs_n;
};

struct scene {
    struct ledger_fixture ledger;
    uint64_t now_ns;
    struct config config;
    struct asset assets[3];
    struct asset_table table;
    struct leader *leader;
    struct run *run; /* the leader's, gone once it is settled */
    struct request requests[REQUESTS_MAX];
    size_t requests_n;
    unsigned submits_to_refuse;
    enum ledger_fn lose; /* the answer of the next call of this function is lost */
    bool losing;
    enum ledger_fn steal; /* another leader takes the lease just before this function */
    bool stealing;
    unsigned freezes;
};

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
    (void)self;
    (void)a;
    return ERR_AGAIN;
}

static void scene_tick(struct scene *s, uint64_t ms)
{
    s->now_ns += ms * MS;
    s->ledger.virtual_ms += (int64_t)ms;
    (void)leader_tick(s->leader);
}

/* The newest request of a verb; NULL when there is none. */
static struct request *scene_asked(struct scene *s, enum wire_verb verb)
{
    for (size_t i = s->requests_n; i > 0; i--) {
        if (s->requests[i - 1].verb == verb)
            return &s->requests[i - 1];
    }
    return NULL;
}

static size_t scene_count(const struct scene *s, enum wire_verb verb)
{
    size_t n = 0;

    for (size_t i = 0; i < s->requests_n; i++)
        n += s->requests[i].verb == verb;
    return n;
}

static void scene_answer(struct scene *s, enum wire_verb verb, struct wire_venue_answer a)
{
    struct request *r = scene_asked(s, verb);

    assert_non_null(r);
    a.verb = verb;
    const struct venue_event e = { .tag = r->tag, .status = LINK_ANSWER, .answer = &a };
    leader_venue(s->leader, &e);
}

static void scene_hello(struct scene *s, bool lost_state)
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

/* A leader that has the lease and one venue "v", and alice with SOLD of asset 1. */
static void scene_open(struct scene *s)
{
    memset(s, 0, sizeof *s);
    fixture_open_model(&s->ledger);
    s->now_ns = 1000 * MS;
    config_init(&s->config);
    for (uint32_t i = 0; i < 3; i++)
        s->assets[i] = (struct asset){ .id = i + 1, .class_of = ASSET_SPOT, .lot = AMOUNT_OF(1) };
    memcpy(s->assets[0].symbol, "A", 2);
    memcpy(s->assets[1].symbol, "B", 2);
    memcpy(s->assets[2].symbol, "C", 2);
    s->table = (struct asset_table){ .items = s->assets, .n = 3 };
    assert_ok(asset_table_seal(&s->table));
    assert_done(&s->ledger, call_deposit(1, "alice", 1, SOLD));
    assert_done(&s->ledger, call_sell(1, "alice", fixture_what(1, SOLD), fixture_what(2, WANTED),
                                      s->ledger.virtual_ms + 3600000));
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

static void scene_close(struct scene *s)
{
    leader_free(s->leader);
    fixture_assert_sound(&s->ledger);
    fixture_close(&s->ledger);
}

/* Hand a plan of these legs to the leader; its one fill pays SOLD and gets PLANNED. */
static void scene_plan(struct scene *s, const struct ledger_leg *legs, size_t legs_n)
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

/* Legs 10 and 11, each half of the plan. */
static void scene_plan_halves(struct scene *s)
{
    const struct ledger_leg legs[2] = {
        fixture_leg(10, "v", "home", fixture_what(1, SOLD / 2), fixture_what(2, PLANNED / 2)),
        fixture_leg(11, "v", "home", fixture_what(1, SOLD / 2), fixture_what(2, PLANNED / 2)),
    };

    scene_plan(s, legs, 2);
}

static void scene_plan_whole(struct scene *s)
{
    const struct ledger_leg leg =
        fixture_leg(10, "v", "home", fixture_what(1, SOLD), fixture_what(2, PLANNED));

    scene_plan(s, &leg, 1);
}

static struct wire_fill fill_of(uint64_t id, uint64_t in, uint64_t out)
{
    return (struct wire_fill){ fixture_id(id), AMOUNT_OF(in), AMOUNT_OF(out) };
}

static struct wire_leg_result result_of(uint64_t leg, enum wire_leg_outcome outcome,
                                        struct wire_fill *fills, size_t fills_n)
{
    return (struct wire_leg_result){
        .leg = fixture_id(leg), .outcome = outcome, .fills = fills, .fills_n = fills_n
    };
}

static void scene_results(struct scene *s, enum wire_verb verb, struct wire_leg_result *results,
                          size_t n)
{
    scene_answer(s, verb, (struct wire_venue_answer){ .as.query = { results, n } });
    scene_tick(s, 1);
}

/* Alice got what was planned, and nothing is open. */
static void scene_assert_settled(struct scene *s)
{
    assert_int_equal(s->leader->runs_n, 0);
    assert_balance(&s->ledger, "alice", 1, 0, 0);
    assert_balance(&s->ledger, "alice", 2, PLANNED, 0);
}

static enum venue_state venue_state(const struct scene *s)
{
    return s->leader->venues.venues[0].state;
}

static void test_leader_settles_what_the_venue_filled(void **state)
{
    struct wire_fill fill = fill_of(1, SOLD, PLANNED);
    struct wire_leg_result result = result_of(10, WIRE_LEG_FILLED, &fill, 1);
    static struct scene s;

    (void)state;
    scene_open(&s);
    scene_plan_whole(&s);
    scene_results(&s, WIRE_SUBMIT, &result, 1);
    scene_assert_settled(&s);
    scene_close(&s);
}

static void test_leader_takes_one_result_of_a_leg(void **state)
{
    struct wire_fill fill = fill_of(1, SOLD, PLANNED);
    struct wire_leg_result results[2] = { result_of(10, WIRE_LEG_FILLED, &fill, 1),
                                          result_of(10, WIRE_LEG_FILLED, &fill, 1) };
    static struct scene s;

    (void)state;
    scene_open(&s);
    scene_plan_whole(&s);
    scene_results(&s, WIRE_SUBMIT, results, 2);
    scene_assert_settled(&s);
    scene_close(&s);
}

static void test_leader_quarantines_a_fill_id_that_comes_twice(void **state)
{
    struct wire_fill fills[2] = { fill_of(1, SOLD / 2, PLANNED / 2),
                                  fill_of(1, SOLD / 2, PLANNED / 2) };
    struct wire_leg_result result = result_of(10, WIRE_LEG_FILLED, fills, 2);
    static struct scene s;

    (void)state;
    scene_open(&s);
    scene_plan_whole(&s);
    scene_results(&s, WIRE_SUBMIT, &result, 1);
    assert_int_equal(venue_state(&s), VENUE_QUARANTINED);
    assert_int_equal(s.run->legs[0].state, RUN_LEG_UNKNOWN);
    fills[1].id = fixture_id(2); /* the truth, at last */
    scene_tick(&s, 200);
    scene_results(&s, WIRE_QUERY, &result, 1);
    scene_assert_settled(&s);
    scene_close(&s);
}

static void test_leader_quarantines_a_venue_that_forgets_a_fill(void **state)
{
    struct wire_fill fills[2] = { fill_of(1, SOLD / 2, PLANNED / 2),
                                  fill_of(2, SOLD / 2, PLANNED / 2) };
    struct wire_leg_result open = result_of(10, WIRE_LEG_OPEN, fills, 1);
    struct wire_leg_result none = result_of(10, WIRE_LEG_REJECTED, NULL, 0);
    struct wire_leg_result all = result_of(10, WIRE_LEG_FILLED, fills, 2);
    static struct scene s;

    (void)state;
    scene_open(&s);
    scene_plan_whole(&s);
    scene_results(&s, WIRE_SUBMIT, &open, 1);
    scene_tick(&s, 200);
    scene_results(&s, WIRE_QUERY, &none, 1);
    assert_int_equal(venue_state(&s), VENUE_QUARANTINED);
    assert_int_equal(s.run->legs[0].state, RUN_LEG_UNKNOWN);
    scene_tick(&s, 2000);
    scene_results(&s, WIRE_QUERY, &all, 1);
    scene_assert_settled(&s);
    scene_close(&s);
}

static void test_leader_settles_once_when_the_answer_is_lost(void **state)
{
    struct wire_fill fill = fill_of(1, SOLD, PLANNED);
    struct wire_leg_result result = result_of(10, WIRE_LEG_FILLED, &fill, 1);
    static struct scene s;

    (void)state;
    scene_open(&s);
    scene_plan_whole(&s);
    s.losing = true;
    s.lose = LEDGER_settle;
    scene_results(&s, WIRE_SUBMIT, &result, 1);
    scene_tick(&s, 1500);
    scene_assert_settled(&s);
    assert_int_equal(s.leader->role, ROLE_LEADER);
    scene_close(&s);
}

static void test_leader_steps_down_in_the_middle_of_an_answer(void **state)
{
    struct wire_fill nothing = fill_of(1, 0, 0), good = fill_of(2, SOLD / 2, PLANNED / 2);
    struct wire_leg_result results[2] = { result_of(10, WIRE_LEG_FILLED, &nothing, 1),
                                          result_of(11, WIRE_LEG_FILLED, &good, 1) };
    static struct scene s;

    (void)state;
    scene_open(&s);
    scene_plan_halves(&s);
    s.stealing = true;
    s.steal = LEDGER_unknown; /* the ledger refuses the fill of leg 10 */
    scene_results(&s, WIRE_SUBMIT, results, 2);
    assert_int_equal(s.leader->role, ROLE_STANDBY);
    assert_int_equal(s.leader->runs_n, 0);
    scene_close(&s);
}

static void test_leader_never_sends_a_part_of_a_group(void **state)
{
    struct ledger_leg legs[2] = {
        fixture_leg(10, "v", "home", fixture_what(1, SOLD), fixture_what(3, 500)),
        fixture_leg(11, "v", "home", fixture_what(3, 500), fixture_what(2, PLANNED)),
    };
    static struct scene s;

    (void)state;
    legs[0].group = legs[1].group = 1;
    scene_open(&s);
    s.submits_to_refuse = 1;
    scene_plan(&s, legs, 2);
    assert_int_equal(scene_count(&s, WIRE_SUBMIT), 0);
    scene_tick(&s, 1);
    assert_int_equal(scene_asked(&s, WIRE_QUERY)->legs_n, 2);
    scene_close(&s);
}

static void test_leader_sends_a_large_group_at_once(void **state)
{
    enum { LEGS = 200 };
    struct ledger_leg legs[LEGS];
    static struct scene s;

    (void)state;
    for (size_t i = 0; i < LEGS; i++) {
        legs[i] = fixture_leg(10 + i, "v", "home", fixture_what(1, SOLD / LEGS),
                              fixture_what(2, WANTED / LEGS));
        legs[i].group = 1;
    }
    scene_open(&s);
    scene_plan(&s, legs, LEGS);
    assert_int_equal(scene_count(&s, WIRE_SUBMIT), 1);
    assert_int_equal(scene_asked(&s, WIRE_SUBMIT)->legs_n, LEGS);
    assert_true(scene_asked(&s, WIRE_SUBMIT)->atomic);
    scene_close(&s);
}

static void test_leader_marks_every_open_leg_unknown(void **state)
{
    struct wire_leg_result open[2] = { result_of(10, WIRE_LEG_OPEN, NULL, 0),
                                       result_of(11, WIRE_LEG_OPEN, NULL, 0) };
    static struct scene s;

    (void)state;
    scene_open(&s);
    scene_plan_halves(&s);
    scene_results(&s, WIRE_SUBMIT, open, 2);
    scene_tick(&s, 200);
    assert_int_equal(s.run->legs[0].state, RUN_LEG_UNKNOWN);
    assert_int_equal(s.run->legs[1].state, RUN_LEG_UNKNOWN);
    assert_int_equal(scene_asked(&s, WIRE_QUERY)->legs_n, 2);
    scene_close(&s);
}

/* Both halves fail after one asset was exchanged: nobody can be paid until it is bought back. */
static void test_leader_goes_on_beside_an_uncovered_pot(void **state)
{
    struct ledger_leg legs[2] = {
        fixture_leg(10, "v", "home", fixture_what(1, SOLD), fixture_what(3, 500)),
        fixture_leg(11, "v", "home", fixture_what(3, 500), fixture_what(2, PLANNED)),
    };
    struct wire_fill fill = fill_of(1, SOLD, 500);
    struct wire_leg_result first = result_of(10, WIRE_LEG_FILLED, &fill, 1);
    struct wire_leg_result second = result_of(11, WIRE_LEG_REJECTED, NULL, 0);
    static struct scene s;

    (void)state;
    legs[1].stage = 1;
    scene_open(&s);
    scene_plan(&s, legs, 2);
    scene_results(&s, WIRE_SUBMIT, &first, 1);
    scene_results(&s, WIRE_SUBMIT, &second, 1);
    assert_int_equal(s.run->result, ALLOCATE_UNCOVERED);
    unsigned freezes = s.freezes;
    for (int i = 0; i < 10; i++)
        scene_tick(&s, 100);
    assert_true(s.freezes > freezes);
    assert_int_equal(s.leader->runs_n, 1);
    scene_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_leader_settles_what_the_venue_filled),
        cmocka_unit_test(test_leader_takes_one_result_of_a_leg),
        cmocka_unit_test(test_leader_quarantines_a_fill_id_that_comes_twice),
        cmocka_unit_test(test_leader_quarantines_a_venue_that_forgets_a_fill),
        cmocka_unit_test(test_leader_settles_once_when_the_answer_is_lost),
        cmocka_unit_test(test_leader_steps_down_in_the_middle_of_an_answer),
        cmocka_unit_test(test_leader_never_sends_a_part_of_a_group),
        cmocka_unit_test(test_leader_sends_a_large_group_at_once),
        cmocka_unit_test(test_leader_marks_every_open_leg_unknown),
        cmocka_unit_test(test_leader_goes_on_beside_an_uncovered_pot),
    };

    log_init("test", LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
