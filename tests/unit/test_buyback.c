/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/leader_scene.h"
#include "tests/support/test_support.h"

#define MIDDLE 500

/* Alice's SOLD of asset 1 became MIDDLE of asset 3, and then asset 2 was not to be had. */
static void scene_strand(struct scene *s)
{
    struct ledger_leg legs[2] = {
        fixture_leg(10, "v", "home", fixture_what(1, SOLD), fixture_what(3, MIDDLE)),
        fixture_leg(11, "v", "home", fixture_what(3, MIDDLE), fixture_what(2, PLANNED)),
    };
    struct wire_fill fill = scene_fill(1, SOLD, MIDDLE);
    struct wire_leg_result first = scene_result(10, WIRE_LEG_FILLED, &fill, 1);
    struct wire_leg_result second = scene_result(11, WIRE_LEG_REJECTED, NULL, 0);

    legs[1].stage = 1;
    scene_open(s);
    s->solves = true;
    scene_plan(s, legs, 2);
    scene_results(s, WIRE_SUBMIT, &first, 1);
    scene_results(s, WIRE_SUBMIT, &second, 1);
    assert_int_equal(s->run->result, ALLOCATE_UNCOVERED);
    assert_done(&s->ledger, call_get(1)); /* its owner sees that it waits */
    assert_int_equal(s->ledger.reply.intent.state, INTENT_EXECUTING);
}

/* The venue gives about rate/1000 of asset 2 for each of asset 3. */
static void scene_quote(struct scene *s, uint64_t seq, uint64_t rate)
{
    struct curve c = {
        .id = 7, .seq = seq, .assets_n = 2, .asset = { 3, 2 }, .kind = CURVE_constant_product
    };

    c.as.constant_product = (struct constant_product){
        .reserve = { u256_of(1000000), u256_of(1000 * rate) }, .keep_num = 997, .keep_den = 1000
    };
    scene_answer(s, WIRE_QUOTES,
                 (struct wire_venue_answer){
                     .as.quotes = { .seq = seq, .snapshot = true, .curves = &c, .curves_n = 1 } });
}

/* The newest leg is filled whole, for out. */
static void scene_fill_newest(struct scene *s, struct amount out)
{
    struct run_leg *g = &s->run->legs[s->run->legs_n - 1];
    struct wire_fill fill = { fixture_id(900 + s->run->legs_n), g->leg.in, out };
    struct wire_leg_result filled = {
        .leg = g->leg.id, .outcome = WIRE_LEG_FILLED, .fills = &fill, .fills_n = 1
    };

    assert_int_equal(scene_asked(s, WIRE_SUBMIT)->legs_n, 1);
    assert_int_equal(id_cmp(scene_asked(s, WIRE_SUBMIT)->legs[0], g->leg.id), 0);
    scene_results(s, WIRE_SUBMIT, &filled, 1);
}

/* Time passes while the venue quotes and the worker works, until a leg is added to n. */
static void scene_trade(struct scene *s, uint64_t rate, size_t n)
{
    static uint64_t seq;

    for (int i = 0; i < 200 && s->run->legs_n == n; i++) {
        scene_tick(s, 200);
        scene_quote(s, ++seq, rate);
        scene_work(s);
    }
    assert_int_equal(s->run->legs_n, n + 1);
}

static void scene_minutes(struct scene *s)
{
    for (int i = 0; i < 20; i++) {
        scene_tick(s, 8000);
        scene_work(s);
    }
}

static void test_buyback_buys_what_the_pot_lacks(void **state)
{
    static struct scene s;

    (void)state;
    scene_strand(&s);
    scene_trade(&s, 2000, 2);
    assert_int_equal(s.run->legs[2].leg.stage, 2);
    assert_true(s.run->legs[2].leg.in.atoms == MIDDLE);
    scene_fill_newest(&s, s.run->legs[2].leg.min_out);
    scene_assert_settled(&s);
    scene_close(&s);
}

/* The price became worse, but is still better than what alice signed. */
static void test_buyback_pays_less_than_planned_but_not_less_than_signed(void **state)
{
    static struct scene s;

    (void)state;
    scene_strand(&s);
    scene_trade(&s, 1860, 2);
    struct amount out = s.run->legs[2].leg.min_out;
    assert_in_range(out.atoms, WANTED, PLANNED - 1);
    scene_fill_newest(&s, out);
    assert_int_equal(s.leader->runs_n, 0);
    assert_balance(&s.ledger, "alice", 2, (uint64_t)out.atoms, 0);
    scene_close(&s);
}

static void test_buyback_asks_again_when_a_leg_fails(void **state)
{
    struct wire_leg_result none = { .outcome = WIRE_LEG_REJECTED };
    static struct scene s;

    (void)state;
    scene_strand(&s);
    scene_trade(&s, 2000, 2);
    none.leg = s.run->legs[2].leg.id;
    scene_results(&s, WIRE_SUBMIT, &none, 1);
    assert_int_equal(s.run->result, ALLOCATE_UNCOVERED);
    scene_trade(&s, 2000, 3);
    scene_fill_newest(&s, s.run->legs[3].leg.min_out);
    scene_assert_settled(&s);
    scene_close(&s);
}

/* Nothing quotes what the pot needs: in the end the house pays, when it may and can. */
static void test_buyback_lets_the_house_pay_little(void **state)
{
    static struct scene s;

    (void)state;
    scene_strand(&s);
    s.config.buyback_house_value = 1; /* 900 needed less 500 spare are worth more */
    scene_minutes(&s);
    assert_int_equal(s.leader->runs_n, 1);
    s.config.buyback_house_value = WANTED - MIDDLE;
    assert_done(&s.ledger, call_deposit(20, "inv:home", 2, WANTED - 1));
    scene_minutes(&s);
    assert_int_equal(s.leader->runs_n, 1);
    assert_done(&s.ledger, call_deposit(21, "inv:home", 2, 1));
    scene_minutes(&s);
    assert_int_equal(s.leader->runs_n, 0);
    assert_balance(&s.ledger, "alice", 2, WANTED, 0);
    assert_balance(&s.ledger, "inv:home", 2, 0, 0);
    assert_balance(&s.ledger, "inv:home", 3, MIDDLE, 0);
    scene_close(&s);
}

/* A new reign finds the legs that were added like all others. */
static void test_buyback_survives_its_leader(void **state)
{
    static struct scene s;

    (void)state;
    scene_strand(&s);
    scene_trade(&s, 2000, 2);
    struct amount out = s.run->legs[2].leg.min_out;
    struct id leg = s.run->legs[2].leg.id;
    struct wire_fill fill = { fixture_id(903), AMOUNT_OF(MIDDLE), out };
    struct wire_leg_result filled = {
        .leg = leg, .outcome = WIRE_LEG_FILLED, .fills = &fill, .fills_n = 1
    };
    scene_restart(&s);
    scene_results(&s, WIRE_QUERY, &filled, 1);
    scene_assert_settled(&s);
    scene_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buyback_buys_what_the_pot_lacks),
        cmocka_unit_test(test_buyback_pays_less_than_planned_but_not_less_than_signed),
        cmocka_unit_test(test_buyback_asks_again_when_a_leg_fails),
        cmocka_unit_test(test_buyback_lets_the_house_pay_little),
        cmocka_unit_test(test_buyback_survives_its_leader),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
