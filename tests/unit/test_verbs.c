/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs in front of an adapter whose venue answers late, fails, or forgets: what the venues
 * shipped here never do. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "tests/support/test_support.h"
#include "venues/sdk/verbs.h"

#define ARENA_BYTES ((size_t)16 << 20)
#define WHY_MAX 256
#define FENCE 3

/* An adapter that says what the test tells it. */
struct fake {
    struct wire_leg_result answer; /* leg is filled in */
    enum err fails;
    int submits;
    int queries;
    int voids;
    int kept;
    int lost;
    size_t order_n; /* of the last order */
};

struct world {
    struct tmpdir dir;
    char path[TMPDIR_PATH_MAX + 16];
    struct leg_store *store;
    struct asset_table assets;
    struct fake fake;
    struct verbs verbs;
    struct wire_bytes bytes;
    struct arena arena;
    char why[WHY_MAX];
};

static void fake_hello(struct wire_hello *out, void *self)
{
    (void)self;
    *out = (struct wire_hello){
        .name.text = "fake", .domain.text = "lake", .atomic = true, .ttl_ms = 1
    };
}

static enum err fake_curves(struct wire_quotes *out, struct arena *arena, void *self,
                            uint64_t since_seq)
{
    (void)out;
    (void)arena;
    (void)self;
    return since_seq == 0 ? ERR_IO : ERR_AGAIN;
}

static enum err fake_submit(struct wire_leg_result *out, struct arena *arena, void *self,
                            const struct adapter_order *order)
{
    struct fake *f = self;

    (void)arena;
    f->submits++;
    f->order_n = order->n;
    for (size_t i = 0; i < order->n; i++) {
        out[i] = f->answer;
        out[i].leg = order->legs[i].id;
    }
    return f->fails;
}

static void fake_kept(void *self, bool kept)
{
    struct fake *f = self;

    f->kept += kept;
    f->lost += !kept;
}

static enum err fake_ask(struct wire_leg_result *out, struct fake *f, const struct wire_leg *leg)
{
    if (f->fails != ERR_OK)
        return f->fails;
    *out = f->answer;
    out->leg = leg->id;
    return ERR_OK;
}

static enum err fake_query(struct wire_leg_result *out, struct arena *arena, void *self,
                           const struct wire_leg *leg)
{
    struct fake *f = self;

    (void)arena;
    f->queries++;
    return fake_ask(out, f, leg);
}

static enum err fake_void(struct wire_leg_result *out, struct arena *arena, void *self,
                          const struct wire_leg *leg)
{
    struct fake *f = self;

    (void)arena;
    f->voids++;
    return fake_ask(out, f, leg);
}

static const struct venue_adapter fake_adapter = { .kind = "fake",
                                                   .hello = fake_hello,
                                                   .curves = fake_curves,
                                                   .submit = fake_submit,
                                                   .kept = fake_kept,
                                                   .query = fake_query,
                                                   .void_leg = fake_void };

static struct wire_venue_answer ask(struct world *w, const struct wire_venue_request *r)
{
    struct wire_venue_answer a;

    assert_ok(verbs_answer(&w->bytes, &w->verbs, r, false));
    assert_ok(wire_venue_answer_unpack(&a, &w->arena, w->bytes.data, w->bytes.n));
    return a;
}

static int setup_silent(void **state)
{
    static struct world w;

    memset(&w, 0, sizeof w);
    tmpdir_new(&w.dir);
    (void)snprintf(w.path, sizeof w.path, "%s/state.db", w.dir.path);
    assert_ok(leg_store_open(&w.store, w.path, "t", w.why, sizeof w.why));
    struct adapter_setup s = { .assets = &w.assets, .store = w.store };
    verbs_init(&w.verbs, &fake_adapter, &w.fake, &s);
    arena_init(&w.arena, ARENA_BYTES);
    *state = &w;
    return 0;
}

static int setup(void **state)
{
    const struct wire_venue_request hello = { .verb = WIRE_HELLO,
                                              .as.hello = { .solver.text = "s" } };

    (void)setup_silent(state);
    assert_int_equal(ask(*state, &hello).code, 0);
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;

    verbs_fini(&w->verbs);
    leg_store_close(w->store);
    wire_bytes_fini(&w->bytes);
    arena_fini(&w->arena);
    tmpdir_free(&w->dir);
    return 0;
}

static struct wire_leg leg_of(uint8_t n)
{
    return (struct wire_leg){
        .id = { { n } }, .in_asset = 1, .out_asset = 2, .in = AMOUNT_OF(100), .min_out = { 90 }
    };
}

static struct wire_venue_answer submit(struct world *w, struct wire_leg *legs, size_t n)
{
    struct wire_venue_request r = { .verb = WIRE_SUBMIT, .as.submit = { FENCE, false, legs, n } };

    return ask(w, &r);
}

static struct wire_leg_result query(struct world *w, struct id leg)
{
    struct wire_venue_request r = { .verb = WIRE_QUERY, .as.query = { &leg, 1 } };
    struct wire_venue_answer a = ask(w, &r);

    assert_int_equal(a.code, 0);
    return a.as.query.results[0];
}

static struct wire_leg_result void_leg(struct world *w, struct id leg)
{
    struct wire_venue_request r = { .verb = WIRE_VOID, .as.void_legs = { FENCE, &leg, 1 } };
    struct wire_venue_answer a = ask(w, &r);

    assert_int_equal(a.code, 0);
    return a.as.void_legs.results[0];
}

static struct wire_snapshot snapshot(struct world *w)
{
    struct wire_venue_request r = { .verb = WIRE_SNAPSHOT };

    return ask(w, &r).as.snapshot;
}

static void test_verbs_follow_an_open_leg_until_it_is_closed(void **state)
{
    struct world *w = *state;
    struct wire_fill fills[2] = { { { { 1 } }, AMOUNT_OF(40), AMOUNT_OF(41) },
                                  { { { 2 } }, AMOUNT_OF(60), AMOUNT_OF(60) } };
    struct wire_leg leg = leg_of(1);

    w->fake.answer = (struct wire_leg_result){ .outcome = WIRE_LEG_OPEN };
    assert_int_equal(submit(w, &leg, 1).as.submit.results[0].outcome, WIRE_LEG_OPEN);
    assert_true(snapshot(w).open_legs == 1);
    w->fake.answer.fills = fills;
    w->fake.answer.fills_n = 1;
    assert_int_equal(query(w, leg.id).fills_n, 1);
    assert_int_equal(submit(w, &leg, 1).as.submit.results[0].fills_n, 1); /* not sent again */
    w->fake.answer.outcome = WIRE_LEG_FILLED;
    w->fake.answer.fills_n = 2;
    assert_int_equal(query(w, leg.id).outcome, WIRE_LEG_FILLED);
    assert_int_equal(query(w, leg.id).fills_n, 2);
    assert_int_equal(w->fake.submits, 1);
    assert_int_equal(w->fake.queries, 2); /* a closed leg is answered from the store */
    struct wire_snapshot s = snapshot(w);
    assert_true(s.open_legs == 0 && s.rows[0].net.atoms == 100 && s.rows[1].net.atoms == 101);
}

static void test_verbs_void_stops_an_open_leg(void **state)
{
    struct world *w = *state;
    struct wire_fill fill = { { { 1 } }, AMOUNT_OF(40), AMOUNT_OF(41) };
    struct wire_leg leg = leg_of(1);

    w->fake.answer = (struct wire_leg_result){ .outcome = WIRE_LEG_UNKNOWN };
    assert_int_equal(submit(w, &leg, 1).as.submit.results[0].outcome, WIRE_LEG_UNKNOWN);
    w->fake.answer =
        (struct wire_leg_result){ .outcome = WIRE_LEG_FILLED, .fills = &fill, .fills_n = 1 };
    assert_int_equal(void_leg(w, leg.id).outcome, WIRE_LEG_FILLED);
    assert_int_equal(void_leg(w, leg.id).fills_n, 1);
    assert_int_equal(w->fake.voids, 1);
}

static void test_verbs_keep_unknown_unknown_while_the_venue_is_silent(void **state)
{
    struct world *w = *state;
    struct wire_leg leg = leg_of(1);

    w->fake.answer = (struct wire_leg_result){ .outcome = WIRE_LEG_UNKNOWN, .reason = "slow" };
    (void)submit(w, &leg, 1);
    w->fake.fails = ERR_TIMEOUT;
    w->fake.answer.outcome = WIRE_LEG_REJECTED;
    assert_int_equal(query(w, leg.id).outcome, WIRE_LEG_UNKNOWN);
    assert_int_equal(void_leg(w, leg.id).outcome, WIRE_LEG_UNKNOWN);
    assert_string_equal(query(w, leg.id).reason, "slow");
}

static void test_verbs_remember_nothing_of_a_failed_submit(void **state)
{
    struct world *w = *state;
    struct wire_leg legs[2] = { leg_of(1), leg_of(2) };

    w->fake.answer = (struct wire_leg_result){ .outcome = WIRE_LEG_REJECTED, .reason = "no" };
    w->fake.fails = ERR_IO;
    assert_int_equal(submit(w, legs, 2).code, reject_code(REJECT_RETRY));
    assert_int_equal(w->fake.lost, 1);
    assert_int_equal(query(w, legs[0].id).outcome, WIRE_LEG_UNSEEN);
    w->fake.fails = ERR_OK;
    assert_int_equal(submit(w, legs, 2).code, 0);
    assert_int_equal(w->fake.kept, 1);
    assert_int_equal(w->fake.submits, 2);
}

/* A venue that uses a fill id twice cannot make the store count it twice. */
static void test_verbs_refuse_a_fill_id_used_twice(void **state)
{
    struct world *w = *state;
    struct wire_fill fill = { { { 1 } }, AMOUNT_OF(100), AMOUNT_OF(95) };
    struct wire_leg legs[2] = { leg_of(1), leg_of(2) };

    w->fake.answer =
        (struct wire_leg_result){ .outcome = WIRE_LEG_FILLED, .fills = &fill, .fills_n = 1 };
    assert_int_equal(submit(w, legs, 1).code, 0);
    assert_int_equal(submit(w, legs, 2).code, reject_code(REJECT_RETRY));
    assert_true(snapshot(w).legs == 1);
    assert_int_equal(w->fake.order_n, 1); /* the known leg did not reach the adapter */
}

static void test_verbs_survive_a_full_disk(void **state)
{
    struct world *w = *state;
    struct wire_leg legs[WIRE_LEGS_MAX];
    struct rlimit old;
    struct rlimit tight = { .rlim_cur = 4096 };

    for (size_t i = 0; i < WIRE_LEGS_MAX; i++)
        legs[i] = leg_of((uint8_t)i);
    w->fake.answer = (struct wire_leg_result){ .outcome = WIRE_LEG_REJECTED, .reason = "no" };
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    tight.rlim_max = old.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    struct wire_venue_answer full = submit(w, legs, WIRE_LEGS_MAX);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(full.code, reject_code(REJECT_RETRY));
    assert_int_equal(w->fake.kept, 0);
    assert_int_equal(query(w, legs[0].id).outcome, WIRE_LEG_UNSEEN);
    assert_int_equal(submit(w, legs, WIRE_LEGS_MAX).code, 0);
    assert_true(snapshot(w).legs == WIRE_LEGS_MAX);
}

static uint64_t fake_ns(void *self)
{
    return *(const uint64_t *)self;
}

/* A calendar that is always a month ahead: alone it forgets nothing. */
static int64_t fake_ms(void *self)
{
    (void)self;
    return ((int64_t)time(NULL) + 30 * INT64_C(86400)) * 1000;
}

static void test_verbs_forget_what_the_leader_had_its_time_to_ask_about(void **state)
{
    struct world *w = *state;
    static uint64_t now_ns;
    struct wire_venue_request hello = { .verb = WIRE_HELLO, .as.hello = { .solver.text = "s" } };
    struct wire_leg legs[] = { leg_of(1), leg_of(2), leg_of(3), leg_of(4), leg_of(5) };

    now_ns = 1;
    w->verbs.clock = (struct clock_port){ fake_ns, fake_ms, &now_ns };
    w->fake.answer = (struct wire_leg_result){ .outcome = WIRE_LEG_REJECTED, .reason = "no" };
    assert_int_equal(ask(w, &hello).code, 0);
    for (size_t i = 0; i < 2; i++, now_ns += VERBS_ASK_NS)
        assert_int_equal(submit(w, &legs[i], 1).code, 0);
    assert_int_equal(query(w, legs[0].id).outcome, WIRE_LEG_REJECTED);
    assert_int_equal(ask(w, &hello).code, 0); /* another leader, perhaps: its time begins */
    assert_int_equal(submit(w, &legs[2], 1).code, 0);
    now_ns += VERBS_ASK_NS - 1;
    assert_int_equal(submit(w, &legs[3], 1).code, 0);
    assert_int_equal(query(w, legs[0].id).outcome, WIRE_LEG_REJECTED);
    now_ns++;
    assert_int_equal(submit(w, &legs[4], 1).code, 0);
    assert_int_equal(query(w, legs[0].id).outcome, WIRE_LEG_UNSEEN);
    assert_int_equal(query(w, legs[1].id).outcome, WIRE_LEG_UNSEEN);
    assert_int_equal(query(w, legs[2].id).outcome, WIRE_LEG_REJECTED); /* ended after the Hello */
}

static void test_verbs_say_when_there_are_no_curves(void **state)
{
    struct world *w = *state;
    struct wire_venue_request r = { .verb = WIRE_QUOTES, .as.quotes.wait_ms = 10 };

    assert_int_equal(ask(w, &r).code, reject_code(REJECT_NOT_READY));
    r.as.quotes.since_seq = 5;
    assert_err(verbs_answer(&w->bytes, &w->verbs, &r, true), ERR_AGAIN);
    struct wire_venue_answer a = ask(w, &r);
    assert_int_equal(a.code, 0);
    assert_true(a.as.quotes.seq == 5 && a.as.quotes.curves_n == 0);
}

static void test_verbs_answer_for_no_leg_before_hello(void **state)
{
    struct world *w = *state;
    struct wire_leg leg = leg_of(1);
    struct wire_venue_request hello = { .verb = WIRE_HELLO, .as.hello.solver.text = "s" };
    const struct wire_venue_request requests[] = {
        { .verb = WIRE_QUOTES },
        { .verb = WIRE_SUBMIT, .as.submit = { FENCE, false, &leg, 1 } },
        { .verb = WIRE_QUERY, .as.query = { &leg.id, 1 } },
        { .verb = WIRE_VOID, .as.void_legs = { FENCE, &leg.id, 1 } },
    };

    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++)
        assert_int_equal(ask(w, &requests[i]).code, reject_code(REJECT_HELLO_FIRST));
    hello.as.hello.assets.bytes[0] = 1; /* another registry is no solver of ours */
    assert_int_equal(ask(w, &hello).code, 0);
    assert_int_equal(ask(w, &requests[2]).code, reject_code(REJECT_HELLO_FIRST));
    hello.as.hello.assets.bytes[0] = 0;
    struct wire_venue_answer a = ask(w, &hello);
    assert_true(a.as.hello.lost_state && a.as.hello.highest_fence == 0);
    assert_int_equal(query(w, leg.id).outcome, WIRE_LEG_UNSEEN);
    assert_int_equal(w->fake.submits, 0);
}

static void test_verbs_hello_raises_the_fence_for_the_same_registry_only(void **state)
{
    struct world *w = *state;
    struct wire_venue_request r = { .verb = WIRE_HELLO,
                                    .as.hello = { .solver.text = "s", .fence = 9 } };

    r.as.hello.assets.bytes[0] = 1;
    assert_true(ask(w, &r).as.hello.highest_fence == 0);
    r.as.hello.assets.bytes[0] = 0; /* the digest of the empty registry of this test */
    assert_true(ask(w, &r).as.hello.highest_fence == 9);
    r.as.hello.fence = 2;
    assert_true(ask(w, &r).as.hello.highest_fence == 9);
}

#define VERBS_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        VERBS_TEST(test_verbs_follow_an_open_leg_until_it_is_closed),
        VERBS_TEST(test_verbs_void_stops_an_open_leg),
        VERBS_TEST(test_verbs_keep_unknown_unknown_while_the_venue_is_silent),
        VERBS_TEST(test_verbs_remember_nothing_of_a_failed_submit),
        VERBS_TEST(test_verbs_refuse_a_fill_id_used_twice),
        VERBS_TEST(test_verbs_survive_a_full_disk),
        VERBS_TEST(test_verbs_forget_what_the_leader_had_its_time_to_ask_about),
        VERBS_TEST(test_verbs_say_when_there_are_no_curves),
        VERBS_TEST(test_verbs_hello_raises_the_fence_for_the_same_registry_only),
        cmocka_unit_test_setup_teardown(test_verbs_answer_for_no_leg_before_hello, setup_silent,
                                        teardown),
    };

    return cmocka_run_group_tests_name("test_verbs", tests, NULL, NULL);
}
