/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every store answers at the end of a batch: settle. */
#include "tests/conformance/store_subject.h"

static void test_store_settle_pays_and_opens_the_rest(void **state)
{
    struct ledger_fixture *f = *state;
    struct asset_amount fees = fixture_what(2, 10);
    struct ledger_call c = store_subject_settle(400, 200);

    store_subject_filled(f);
    c.as.settle.fees = &fees;
    c.as.settle.fees_n = 1;
    c.as.settle.last = true;
    for (int i = 0; i < 2; i++)
        assert_done(f, c);
    struct ledger_settle_fill told = c.as.settle.fills[0];
    told.receipt = (const uint8_t *)"other";
    told.receipt_n = 5;
    c.as.settle.fills = &told;
    assert_done(f, c); /* the same money is the same settle, and the first receipt stays */
    assert_balance(f, "alice", 1, 400, 200);
    assert_balance(f, "alice", 2, 200, 0);
    assert_balance(f, "inv:home", 2, 500, 0);
    assert_done(f, call_get(1));
    assert_int_equal(f->reply.intent.state, INTENT_ACCEPTED);
    assert_int_equal(f->reply.intent.intent.paid.atoms, 400);
    assert_string_equal((const char *)f->reply.intent.receipt, "receipt");
    assert_true(id_is_zero(f->reply.intent.plan));
    assert_done(f, call_plain(LEDGER_plans));
    assert_int_equal(f->reply.plans_n, 0);
    assert_done(f, call_cancel(1, "alice", 0));
    assert_int_equal(f->reply.intent.state, INTENT_PARTIAL_CLOSED);
    assert_balance(f, "alice", 1, 600, 0);
}

static void test_store_settle_refuses_what_does_not_add_up(void **state)
{
    struct ledger_fixture *f = *state;
    struct ledger_call c;

    store_subject_sent(f);
    assert_reject(f, store_subject_settle(401, 200), REJECT_LIMIT);
    assert_reject(f, store_subject_settle(400, 0), REJECT_ZERO_AMOUNT);
    c = store_subject_settle(400, 200);
    assert_reject(f, c, REJECT_UNBALANCED); /* nothing came back yet */
    assert_done(f, call_fill(1, 60, 1, 400, 210, true));
    c.as.settle.last = true;
    assert_reject(f, c, REJECT_STATE); /* leg 61 is under way */
    assert_done(f, call_fill(1, 61, 2, 100, 190, true));
    assert_reject(f, c, REJECT_UNBALANCED); /* 10 are not named */
    c.as.settle.fills_n = 0;
    assert_reject(f, c, REJECT_STATE); /* the fill is not settled */
    c.as.settle.plan = fixture_id(99);
    assert_reject(f, c, REJECT_UNKNOWN_ID);
    assert_int_equal(store_subject_pot(f, 2), 210);
    assert_balance(f, "alice", 2, 0, 0);
}

static void test_store_settle_in_steps_with_house_money(void **state)
{
    struct ledger_fixture *f = *state;
    struct ledger_call c = store_subject_settle(400, 230);
    struct asset_amount from = fixture_what(2, 51), to = fixture_what(2, 1);

    store_subject_filled(f);
    c.as.settle.from_house = &from;
    c.as.settle.from_house_n = 1;
    assert_reject(f, c, REJECT_LIMIT); /* the cover is 50 */
    from.amount = AMOUNT_OF(21);
    assert_done(f, c);
    assert_done(f, c);
    assert_reject(f, store_subject_settle(400, 229), REJECT_ID_CONFLICT);
    assert_balance(f, "inv:home", 2, 450, 29);
    c = store_subject_settle(400, 230);
    c.as.settle.to_house = &to;
    c.as.settle.to_house_n = 1;
    c.as.settle.last = true;
    assert_done(f, c);
    assert_balance(f, "inv:home", 2, 480, 0);
    assert_reject(f, store_subject_settle(399, 230), REJECT_STATE); /* closed */
}

/* A leg and cover that come later serve the plan like its own. */
static void test_store_extend_helps_a_pot_that_is_short(void **state)
{
    struct ledger_fixture *f = *state;
    const struct asset_amount cover = fixture_what(2, 25), from = fixture_what(2, 75);
    const struct ledger_leg leg =
        fixture_leg(62, "amm", LEDGER_HOME, fixture_what(1, 100), fixture_what(2, 40));
    struct ledger_call c = store_subject_extend(&leg, &cover), again = c;

    assert_reject(f, c, REJECT_UNKNOWN_ID);
    store_subject_sent(f);
    c.as.plan.fence = 0;
    assert_reject(f, c, REJECT_FENCE);
    c = again;
    assert_done(f, call_fill(1, 60, 1, 300, 150, true)); /* 100 of asset 1 are left */
    assert_done(f, call_void(1, 61));
    assert_done(f, c);
    assert_done(f, again); /* once */
    assert_balance(f, "inv:home", 2, 425, 75);
    assert_done(f, store_subject_send(62, 100, 40));
    assert_done(f, call_fill(1, 62, 2, 60, 30, true));
    c = store_subject_settle(400, 255);
    c.as.settle.from_house = &from; /* all of both covers */
    c.as.settle.from_house_n = 1;
    assert_done(f, c);
    assert_balance(f, "alice", 2, 255, 0);
    assert_balance(f, "inv:home", 2, 425, 0);
    assert_int_equal(store_subject_pot(f, 1), 40);
}

static void test_store_extend_refuses(void **state)
{
    struct ledger_fixture *f = *state;
    const struct asset_amount cover = fixture_what(2, 451), little = fixture_what(2, 1);
    struct ledger_leg leg =
        fixture_leg(60, "amm", LEDGER_HOME, fixture_what(1, 100), fixture_what(2, 40));
    struct ledger_call c = store_subject_settle(0, 0);

    store_subject_sent(f);
    assert_reject(f, store_subject_extend(&leg, &little), REJECT_ID_CONFLICT); /* a leg has it */
    leg.id = fixture_id(62);
    assert_reject(f, store_subject_extend(&leg, &cover), REJECT_BALANCE);
    leg.in = AMOUNT_ZERO;
    assert_reject(f, store_subject_extend(&leg, &little), REJECT_ZERO_AMOUNT);
    assert_done(f, call_void(1, 60));
    assert_done(f, call_void(1, 61));
    c.as.settle.last = true;
    assert_done(f, c);
    leg.in = AMOUNT_OF(100);
    assert_reject(f, store_subject_extend(&leg, &little), REJECT_STATE); /* closed */
    assert_balance(f, "inv:home", 2, 500, 0);
}

static void test_store_settle_drops_a_fill(void **state)
{
    struct ledger_fixture *f = *state;
    struct ledger_call c = store_subject_settle(0, 0);

    store_subject_planned(f);
    assert_done(f, call_void(1, 60));
    assert_done(f, call_void(1, 61));
    c.as.settle.last = true;
    assert_done(f, c);
    assert_balance(f, "alice", 1, 400, 600);
    assert_done(f, call_freeze(1, 10));
    assert_int_equal(f->reply.intents_n, 1);
}

static void test_store_settle_closes_cancelled_and_late_intents(void **state)
{
    struct ledger_fixture *f = *state;
    struct ledger_call c = store_subject_settle(0, 0);

    store_subject_planned(f);
    for (int i = 0; i < 2; i++) {
        assert_reject(f, call_cancel(1, "alice", 0), REJECT_IN_BATCH);
        assert_true(f->reply.intent.cancel_marked);
    }
    assert_done(f, call_void(1, 60));
    assert_done(f, call_void(1, 61));
    c.as.settle.last = true;
    assert_done(f, c);
    assert_done(f, call_get(1));
    assert_int_equal(f->reply.intent.state, INTENT_CANCELLED);
    assert_balance(f, "alice", 1, 1000, 0);
}

static void test_store_settle_ends_an_intent_past_its_deadline(void **state)
{
    struct ledger_fixture *f = *state;
    int64_t due = fixture_now(f) + 60;
    struct ledger_call c = store_subject_settle(0, 0);

    assert_done(f, call_sell(1, "alice", fixture_what(1, 600), fixture_what(2, 300), due));
    assert_done(f, store_subject_plan());
    fixture_pass(f, due);
    assert_done(f, call_expire(10));
    assert_int_equal(f->reply.intents_n, 0); /* it is in a plan */
    assert_done(f, call_void(1, 60));
    assert_done(f, call_void(1, 61));
    c.as.settle.last = true;
    assert_done(f, c);
    assert_done(f, call_get(1));
    assert_int_equal(f->reply.intent.state, INTENT_EXPIRED);
    assert_balance(f, "alice", 1, 1000, 0);
}

static void test_store_settle_completes_an_exact_buy(void **state)
{
    struct ledger_fixture *f = *state;
    struct asset_amount fees = fixture_what(2, 10);
    struct ledger_call c;

    assert_done(f, call_buy(1, "alice", fixture_what(1, 600), fixture_what(2, 200),
                            store_subject_later(f)));
    assert_done(f, store_subject_plan());
    assert_done(f, store_subject_send(60, 400, 200));
    assert_done(f, call_fill(1, 60, 1, 400, 210, true));
    assert_done(f, call_void(1, 61));
    assert_reject(f, store_subject_settle(400, 201), REJECT_LIMIT); /* more than asked */
    c = store_subject_settle(400, 200);
    c.as.settle.fees = &fees;
    c.as.settle.fees_n = 1;
    c.as.settle.last = true;
    assert_done(f, c);
    assert_done(f, call_get(1));
    assert_int_equal(f->reply.intent.state, INTENT_FILLED);
    assert_balance(f, "alice", 1, 600, 0); /* the rest of the hold */
    assert_reject(f, call_cancel(1, "alice", 0), REJECT_TOO_LATE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_store_settle_pays_and_opens_the_rest),
        STORE_TEST(test_store_settle_refuses_what_does_not_add_up),
        STORE_TEST(test_store_settle_in_steps_with_house_money),
        STORE_TEST(test_store_extend_helps_a_pot_that_is_short),
        STORE_TEST(test_store_extend_refuses),
        STORE_TEST(test_store_settle_drops_a_fill),
        STORE_TEST(test_store_settle_closes_cancelled_and_late_intents),
        STORE_TEST(test_store_settle_ends_an_intent_past_its_deadline),
        STORE_TEST(test_store_settle_completes_an_exact_buy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
