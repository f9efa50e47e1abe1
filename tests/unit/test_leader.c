/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/leader_scene.h"

#include "solver/shell/log.h"

static void test_leader_settles_what_the_venue_filled(void **state)
{
    struct wire_fill fill = scene_fill(1, SOLD, PLANNED);
    struct wire_leg_result result = scene_result(10, WIRE_LEG_FILLED, &fill, 1);
    static struct scene s;

    (void)state;
    scene_open(&s);
    scene_plan_whole(&s);
    scene_results(&s, WIRE_SUBMIT, &result, 1);
    scene_assert_settled(&s);
    scene_close(&s);
}

static void test_leader_reports_a_batch_once_its_legs_have_left(void **state)
{
    static struct scene s;

    (void)state;
    scene_open(&s);
    s.leader->summary = (struct wire_op_batch){ .auction = 1, .fills = 1, .better_micro = -5 };
    scene_plan_whole(&s);
    assert_int_equal(s.submits_at_report, 1);
    assert_int_equal(s.leader->summary.fills, 0);
    scene_close(&s);
}

static void test_leader_takes_one_result_of_a_leg(void **state)
{
    struct wire_fill fill = scene_fill(1, SOLD, PLANNED);
    struct wire_leg_result results[2] = { scene_result(10, WIRE_LEG_FILLED, &fill, 1),
                                          scene_result(10, WIRE_LEG_FILLED, &fill, 1) };
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
    struct wire_fill fills[2] = { scene_fill(1, SOLD / 2, PLANNED / 2),
                                  scene_fill(1, SOLD / 2, PLANNED / 2) };
    struct wire_leg_result result = scene_result(10, WIRE_LEG_FILLED, fills, 2);
    static struct scene s;

    (void)state;
    scene_open(&s);
    scene_plan_whole(&s);
    scene_results(&s, WIRE_SUBMIT, &result, 1);
    assert_int_equal(scene_venue_state(&s), VENUE_QUARANTINED);
    assert_int_equal(s.run->legs[0].state, RUN_LEG_UNKNOWN);
    fills[1].id = fixture_id(2); /* the truth, at last */
    scene_tick(&s, 200);
    scene_results(&s, WIRE_QUERY, &result, 1);
    scene_assert_settled(&s);
    scene_close(&s);
}

static void test_leader_quarantines_a_venue_that_forgets_a_fill(void **state)
{
    struct wire_fill fills[2] = { scene_fill(1, SOLD / 2, PLANNED / 2),
                                  scene_fill(2, SOLD / 2, PLANNED / 2) };
    struct wire_leg_result open = scene_result(10, WIRE_LEG_OPEN, fills, 1);
    struct wire_leg_result none = scene_result(10, WIRE_LEG_REJECTED, NULL, 0);
    struct wire_leg_result all = scene_result(10, WIRE_LEG_FILLED, fills, 2);
    static struct scene s;

    (void)state;
    scene_open(&s);
    scene_plan_whole(&s);
    scene_results(&s, WIRE_SUBMIT, &open, 1);
    scene_tick(&s, 200);
    scene_results(&s, WIRE_QUERY, &none, 1);
    assert_int_equal(scene_venue_state(&s), VENUE_QUARANTINED);
    assert_int_equal(s.run->legs[0].state, RUN_LEG_UNKNOWN);
    scene_tick(&s, 2000);
    scene_results(&s, WIRE_QUERY, &all, 1);
    scene_assert_settled(&s);
    scene_close(&s);
}

static void test_leader_settles_once_when_the_answer_is_lost(void **state)
{
    struct wire_fill fill = scene_fill(1, SOLD, PLANNED);
    struct wire_leg_result result = scene_result(10, WIRE_LEG_FILLED, &fill, 1);
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
    struct wire_fill nothing = scene_fill(1, 0, 0), good = scene_fill(2, SOLD / 2, PLANNED / 2);
    struct wire_leg_result results[2] = { scene_result(10, WIRE_LEG_FILLED, &nothing, 1),
                                          scene_result(11, WIRE_LEG_FILLED, &good, 1) };
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
    struct wire_leg_result open[2] = { scene_result(10, WIRE_LEG_OPEN, NULL, 0),
                                       scene_result(11, WIRE_LEG_OPEN, NULL, 0) };
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
    struct wire_fill fill = scene_fill(1, SOLD, 500);
    struct wire_leg_result first = scene_result(10, WIRE_LEG_FILLED, &fill, 1);
    struct wire_leg_result second = scene_result(11, WIRE_LEG_REJECTED, NULL, 0);
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

static void test_leader_goes_on_with_the_stages_of_a_dead_one(void **state)
{
    struct ledger_leg legs[2] = {
        fixture_leg(10, "v", "home", fixture_what(1, SOLD), fixture_what(3, 500)),
        fixture_leg(11, "v", "home", fixture_what(3, 500), fixture_what(2, PLANNED)),
    };
    struct wire_fill fills[2] = { scene_fill(1, SOLD, 500), scene_fill(2, 500, PLANNED) };
    struct wire_leg_result first = scene_result(10, WIRE_LEG_FILLED, &fills[0], 1);
    struct wire_leg_result second = scene_result(11, WIRE_LEG_FILLED, &fills[1], 1);
    static struct scene s;

    (void)state;
    legs[1].stage = 1;
    scene_open(&s);
    scene_plan(&s, legs, 2);
    scene_restart(&s);
    assert_int_equal(scene_count(&s, WIRE_SUBMIT), 1); /* what the first brought is not known */
    scene_results(&s, WIRE_QUERY, &first, 1);
    assert_int_equal(scene_count(&s, WIRE_SUBMIT), 2);
    scene_results(&s, WIRE_SUBMIT, &second, 1);
    scene_assert_settled(&s);
    scene_close(&s);
}

static void scene_quotes(struct scene *s, uint64_t seq)
{
    struct curve c = {
        .id = 7, .seq = seq, .assets_n = 2, .asset = { 1, 2 }, .kind = CURVE_constant_product
    };

    c.as.constant_product = (struct constant_product){
        .reserve = { u256_of(1000000), u256_of(1000000) }, .keep_num = 997, .keep_den = 1000
    };
    scene_answer(s, WIRE_QUOTES,
                 (struct wire_venue_answer){
                     .as.quotes = { .seq = seq, .snapshot = true, .curves = &c, .curves_n = 1 } });
}

/* nng sends what was on its way to the new process, which does not know us yet. */
static void test_leader_says_hello_again_to_a_venue_that_started_again(void **state)
{
    const struct wire_venue_answer hello_first = { .code =
                                                       (uint32_t)reject_code(REJECT_HELLO_FIRST),
                                                   .text = "hello first" };
    struct wire_leg_result unseen = scene_result(10, WIRE_LEG_UNSEEN, NULL, 0);
    static struct scene s;

    (void)state;
    scene_open(&s);
    scene_plan_whole(&s);
    size_t hellos = scene_count(&s, WIRE_HELLO);
    scene_answer(&s, WIRE_SUBMIT, hello_first);
    scene_answer(&s, WIRE_QUOTES, hello_first);
    assert_int_equal(s.run->legs[0].state, RUN_LEG_UNKNOWN);
    assert_int_equal(scene_venue_state(&s), VENUE_DOWN);
    scene_tick(&s, 60);
    assert_int_equal(scene_count(&s, WIRE_HELLO), hellos + 1);
    scene_tick(&s, 60);
    scene_answer(&s, WIRE_QUERY, hello_first); /* says nothing about the leg */
    assert_int_equal(s.run->legs[0].state, RUN_LEG_UNKNOWN);
    scene_hello(&s, true);
    assert_int_equal(scene_venue_state(&s), VENUE_QUARANTINED); /* the store is another one */
    scene_tick(&s, 300);
    scene_results(&s, WIRE_QUERY, &unseen, 1);
    scene_tick(&s, 3000);
    assert_int_equal(scene_count(&s, WIRE_VOID), 0);
    scene_close(&s);
}

static void test_leader_believes_no_lost_store(void **state)
{
    struct wire_fill fill = scene_fill(1, SOLD, PLANNED);
    struct wire_leg_result unseen = scene_result(10, WIRE_LEG_UNSEEN, NULL, 0);
    struct wire_leg_result filled = scene_result(10, WIRE_LEG_FILLED, &fill, 1);
    static struct scene s;

    (void)state;
    scene_open(&s);
    scene_plan_whole(&s);
    scene_lose(&s, WIRE_QUOTES);
    scene_lose(&s, WIRE_SUBMIT);
    scene_hello(&s, true);
    scene_tick(&s, 200);
    scene_results(&s, WIRE_QUERY, &unseen, 1);
    scene_tick(&s, 3000);
    assert_int_equal(scene_venue_state(&s), VENUE_QUARANTINED);
    assert_int_equal(scene_count(&s, WIRE_VOID), 0);
    scene_results(&s, WIRE_QUERY, &filled, 1); /* the file is there again */
    scene_assert_settled(&s);
    scene_close(&s);
}

static void test_leader_takes_curves_of_a_store_that_starts_again(void **state)
{
    static struct scene s;

    (void)state;
    scene_open(&s);
    scene_tick(&s, 1);
    scene_quotes(&s, 50);
    scene_tick(&s, 1);
    scene_lose(&s, WIRE_QUOTES);
    scene_hello(&s, true);
    scene_tick(&s, 1);
    scene_quotes(&s, 1);
    const struct venue *v = &s.leader->venues.venues[0];
    assert_int_equal(v->state, VENUE_UP);
    assert_true(venue_curve_usable(v, &v->curves[0], s.now_ns));
    scene_close(&s);
}

/* One leg a stage, so that each is an order of its own. */
static void scene_plan_stages(struct scene *s)
{
    struct ledger_leg legs[4];

    for (uint32_t i = 0; i < 4; i++) {
        legs[i] = fixture_leg(10 + i, "v", "home", fixture_what(1, SOLD / 4),
                              fixture_what(2, PLANNED / 4));
        legs[i].stage = i;
    }
    scene_plan(s, legs, 4);
}

static void test_leader_rests_a_venue_that_quotes_and_rejects(void **state)
{
    struct wire_fill fill = scene_fill(1, SOLD / 4, PLANNED / 4);
    static struct scene s;

    (void)state;
    scene_open(&s);
    const struct venue *v = &s.leader->venues.venues[0];
    scene_plan_stages(&s);
    for (uint32_t i = 0; i < 2; i++) {
        struct wire_leg_result none = scene_result(10 + i, WIRE_LEG_REJECTED, NULL, 0);
        scene_results(&s, WIRE_SUBMIT, &none, 1);
    }
    assert_false(venue_rests(v, s.now_ns));
    scene_lose(&s, WIRE_SUBMIT); /* unknown counts once, whatever it turns out to be */
    assert_true(venue_rests(v, s.now_ns));
    struct wire_leg_result late = scene_result(12, WIRE_LEG_REJECTED, NULL, 0);
    scene_tick(&s, 200);
    scene_results(&s, WIRE_QUERY, &late, 1);
    assert_int_equal(v->failures, 3);
    struct wire_leg_result filled = scene_result(13, WIRE_LEG_FILLED, &fill, 1);
    scene_results(&s, WIRE_SUBMIT, &filled, 1);
    assert_false(venue_rests(v, s.now_ns));
    assert_int_equal(v->failures, 0);
    scene_close(&s);
}

/* An answer that waited somewhere, or for a stopped leader, may be as old as its question. */
static void test_leader_counts_a_curves_age_from_the_question(void **state)
{
    static struct scene s;

    (void)state;
    scene_open(&s);
    scene_tick(&s, 1);
    uint64_t asked_ns = s.now_ns;
    s.now_ns += 800000000;
    scene_quotes(&s, 50);
    const struct venue *v = &s.leader->venues.venues[0];
    assert_true(venue_curve_usable(v, &v->curves[0], asked_ns + 1000000000));
    assert_false(venue_curve_usable(v, &v->curves[0], asked_ns + 1000000001));
    scene_close(&s);
}

static void test_leader_passes_by_an_asset_that_left_the_registry(void **state)
{
    static struct scene s;

    (void)state;
    scene_open(&s);
    assert_done(&s.ledger, call_deposit(2, "alice", 99, SOLD));
    assert_done(&s.ledger, call_sell(2, "alice", fixture_what(99, SOLD), fixture_what(2, WANTED),
                                     s.ledger.virtual_ms + 3600000));
    unsigned freezes = s.freezes;
    scene_tick(&s, 300);
    assert_true(s.freezes > freezes);
    scene_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_leader_settles_what_the_venue_filled),
        cmocka_unit_test(test_leader_reports_a_batch_once_its_legs_have_left),
        cmocka_unit_test(test_leader_takes_one_result_of_a_leg),
        cmocka_unit_test(test_leader_quarantines_a_fill_id_that_comes_twice),
        cmocka_unit_test(test_leader_quarantines_a_venue_that_forgets_a_fill),
        cmocka_unit_test(test_leader_settles_once_when_the_answer_is_lost),
        cmocka_unit_test(test_leader_steps_down_in_the_middle_of_an_answer),
        cmocka_unit_test(test_leader_never_sends_a_part_of_a_group),
        cmocka_unit_test(test_leader_sends_a_large_group_at_once),
        cmocka_unit_test(test_leader_marks_every_open_leg_unknown),
        cmocka_unit_test(test_leader_goes_on_beside_an_uncovered_pot),
        cmocka_unit_test(test_leader_goes_on_with_the_stages_of_a_dead_one),
        cmocka_unit_test(test_leader_says_hello_again_to_a_venue_that_started_again),
        cmocka_unit_test(test_leader_believes_no_lost_store),
        cmocka_unit_test(test_leader_takes_curves_of_a_store_that_starts_again),
        cmocka_unit_test(test_leader_rests_a_venue_that_quotes_and_rejects),
        cmocka_unit_test(test_leader_counts_a_curves_age_from_the_question),
        cmocka_unit_test(test_leader_passes_by_an_asset_that_left_the_registry),
    };

    log_init("test", LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
