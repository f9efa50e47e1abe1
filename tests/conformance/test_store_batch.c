/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every store answers in the life of a batch: plan, send, fill, unknown, void. */
#include "tests/conformance/store_subject.h"

static enum leg_state leg_now(struct ledger_fixture *f, size_t no)
{
    return store_subject_open(f)->legs[no].state;
}

static void test_store_plan_reserves_all_or_nothing(void **state)
{
    struct ledger_fixture *f = *state;

    store_subject_planned(f);
    assert_done(f, store_subject_plan());
    assert_balance(f, "alice", 1, 400, 200);
    assert_balance(f, "inv:home", 2, 450, 50);
    assert_int_equal(store_subject_pot(f, 1), 400);
    assert_int_equal(store_subject_open(f)->legs_n, 2);
    assert_int_equal(store_subject_open(f)->covers[0].amount.atoms, 50);
    assert_done(f, call_get(1));
    assert_int_equal(f->reply.intent.state, INTENT_PLANNED);
    assert_int_equal(id_cmp(f->reply.intent.plan, fixture_id(50)), 0);

    struct ledger_call other = store_subject_plan();

    other.as.plan.legs_n = 1;
    assert_reject(f, other, REJECT_ID_CONFLICT);
}

static void test_store_plan_refuses_each_flaw_and_changes_nothing(void **state)
{
    struct ledger_fixture *f = *state;
    struct ledger_call c = store_subject_plan();
    struct ledger_leg legs[2] = { c.as.plan.legs[0], c.as.plan.legs[1] };
    struct ledger_fill fills[2] = { c.as.plan.fills[0], c.as.plan.fills[0] };
    struct asset_amount cover = c.as.plan.covers[0];

    c.as.plan.legs = legs;
    c.as.plan.fills = fills;
    c.as.plan.covers = &cover;
    c.as.plan.fence = 2;
    assert_reject(f, c, REJECT_FENCE);
    c.as.plan.fence = 1;
    c.as.plan.auction = 2;
    assert_reject(f, c, REJECT_STATE);
    c.as.plan.auction = 1;
    assert_reject(f, c, REJECT_UNKNOWN_ID);
    assert_done(f, call_sell(1, "alice", fixture_what(1, 600), fixture_what(2, 300),
                             store_subject_later(f)));
    fills[0].got = AMOUNT_ZERO;
    assert_reject(f, c, REJECT_ZERO_AMOUNT);
    fills[0] = fixture_fill(1, 601, 400);
    assert_reject(f, c, REJECT_LIMIT);
    fills[0] = fixture_fill(1, 400, 200);
    c.as.plan.fills_n = 2;
    assert_reject(f, c, REJECT_STATE); /* twice in one plan */
    c.as.plan.fills_n = 1;
    cover.amount = AMOUNT_OF(501);
    assert_reject(f, c, REJECT_BALANCE);
    cover.amount = AMOUNT_ZERO;
    assert_reject(f, c, REJECT_ZERO_AMOUNT);
    cover.amount = AMOUNT_OF(50);
    legs[1].id = legs[0].id;
    assert_reject(f, c, REJECT_ID_CONFLICT);
    legs[1].id = fixture_id(61);
    legs[1].out_asset = legs[1].in_asset;
    assert_reject(f, c, REJECT_SAME_ASSET);
    legs[1].out_asset = 1;
    legs[1].min_out = AMOUNT_ZERO;
    assert_reject(f, c, REJECT_ZERO_AMOUNT);
    assert_balance(f, "alice", 1, 400, 600);
    assert_balance(f, "inv:home", 2, 500, 0);
    assert_done(f, call_plain(LEDGER_plans));
    assert_int_equal(f->reply.plans_n, 0);
}

static void test_store_plan_keeps_fill_or_kill_whole(void **state)
{
    struct ledger_fixture *f = *state;
    struct ledger_call c =
        call_sell(1, "alice", fixture_what(1, 600), fixture_what(2, 300), store_subject_later(f));

    c.as.accept.intent.partial = false;
    assert_done(f, c);
    assert_reject(f, store_subject_plan(), REJECT_LIMIT);
}

static void test_store_plan_enforces_limits_at_the_worst_case(void **state)
{
    struct ledger_fixture *f = *state;

    assert_done(f, call_sell(1, "alice", fixture_what(1, 600), fixture_what(2, 300),
                             store_subject_later(f)));
    assert_done(f, call_limit(ROW_IN_FLIGHT, "amm", 1, 0, 399));
    assert_reject(f, store_subject_plan(), REJECT_LIMIT);
    assert_done(f, call_limit(ROW_IN_FLIGHT, "amm", 1, 0, 400));
    assert_done(f, call_limit(ROW_VALUE, LEDGER_ANY, 0, 0, 999));
    assert_reject(f, store_subject_plan(), REJECT_LIMIT);
    assert_done(f, call_limit(ROW_VALUE, LEDGER_ANY, 0, 0, 1000));
    assert_done(f, call_limit(ROW_INVENTORY, "cex", 2, 401, 9999));
    assert_reject(f, store_subject_plan(), REJECT_LIMIT);          /* 100 may leave */
    assert_done(f, call_limit(ROW_INVENTORY, "cex", 2, 400, 450)); /* above max, but it shrinks */
    assert_done(f, call_limit(ROW_INVENTORY, "cex", 1, 0, 689));
    assert_reject(f, store_subject_plan(), REJECT_LIMIT);          /* 190 may come */
    assert_done(f, call_limit(ROW_INVENTORY, "cex", 1, 510, 690)); /* below min, but it grows */
    assert_done(f, call_limit(ROW_INVENTORY, "home", 2, 451, 9999));
    assert_reject(f, store_subject_plan(), REJECT_LIMIT); /* the cover may leave */
    assert_done(f, call_limit(ROW_INVENTORY, "home", 2, 450, 9999));
    assert_done(f, store_subject_plan());
}

static void test_store_send_holds_before_bytes_leave(void **state)
{
    struct ledger_fixture *f = *state;

    store_subject_planned(f);
    assert_done(f, call_mode(true, false));
    assert_reject(f, store_subject_send(60, 400, 200), REJECT_PAUSED);
    assert_done(f, call_mode(true, true));
    assert_reject(f, store_subject_send(60, 401, 200), REJECT_LIMIT);
    assert_reject(f, store_subject_send(60, 400, 199), REJECT_LIMIT);
    assert_reject(f, store_subject_send(60, 0, 200), REJECT_ZERO_AMOUNT);
    assert_reject(f, store_subject_send(99, 400, 200), REJECT_UNKNOWN_ID);
    assert_done(f, store_subject_send(60, 300, 150));
    assert_done(f, store_subject_send(60, 300, 150));
    assert_reject(f, store_subject_send(60, 299, 150), REJECT_STATE);
    assert_int_equal(store_subject_pot(f, 1), 100);
    assert_int_equal(leg_now(f, 0), LEG_SENT);
    assert_done(f, store_subject_send(61, 100, 190));
    assert_balance(f, "inv:cex", 2, 400, 100);
}

static void test_store_send_never_overspends(void **state)
{
    struct ledger_fixture *f = *state;

    store_subject_planned(f);
    assert_done(f, call_withdraw(1, "inv:cex", 2, 450));
    assert_reject(f, store_subject_send(61, 100, 190), REJECT_BALANCE);
    assert_int_equal(leg_now(f, 1), LEG_PREP);
    assert_done(f, store_subject_send(61, 50, 95));
}

/* Decision 0003: in a group the output of one leg pays the input of the next. */
static void test_store_group_reserves_its_net_input(void **state)
{
    struct ledger_fixture *f = *state;
    struct ledger_call plan = store_subject_plan(), send = { .fn = LEDGER_send };
    struct ledger_leg legs[2] = {
        fixture_leg(60, "amm", LEDGER_HOME, fixture_what(1, 400), fixture_what(3, 90)),
        fixture_leg(61, "amm", LEDGER_HOME, fixture_what(3, 90), fixture_what(2, 200)),
    };

    legs[0].group = legs[1].group = 1;
    plan.as.plan.legs = legs;
    assert_done(f, call_sell(1, "alice", fixture_what(1, 600), fixture_what(2, 300),
                             store_subject_later(f)));
    assert_done(f, plan);
    send.as.send = (struct ledger_send){ 1, fixture_id(50), &legs[1], 1 };
    assert_reject(f, send, REJECT_BALANCE); /* alone nobody pays it */
    send.as.send.legs = legs;
    send.as.send.legs_n = 2;
    assert_done(f, send);
    assert_int_equal(store_subject_pot(f, 1), 0);
    assert_done(f, call_fill(1, 60, 1, 400, 95, true));
    assert_done(f, call_fill(1, 61, 2, 90, 200, true));
    assert_int_equal(store_subject_pot(f, 3), 5);
    assert_int_equal(store_subject_pot(f, 2), 200);
}

static void test_store_fill_counts_once_and_never_too_much(void **state)
{
    struct ledger_fixture *f = *state;

    store_subject_planned(f);
    assert_reject(f, call_fill(1, 60, 1, 100, 50, false), REJECT_STATE); /* not sent */
    assert_done(f, store_subject_send(60, 400, 200));
    assert_reject(f, call_fill(2, 60, 1, 100, 50, false), REJECT_FENCE);
    assert_reject(f, call_fill(1, 99, 1, 100, 50, false), REJECT_UNKNOWN_ID);
    assert_reject(f, call_fill(1, 60, 1, 401, 500, false), REJECT_LIMIT);
    assert_reject(f, call_fill(1, 60, 1, 400, 199, false), REJECT_LIMIT); /* under price */
    assert_reject(f, call_fill(1, 60, 1, 0, 50, false), REJECT_ZERO_AMOUNT);
    for (int i = 0; i < 2; i++)
        assert_done(f, call_fill(1, 60, 1, 100, 50, false));
    assert_reject(f, call_fill(1, 60, 1, 100, 51, false), REJECT_ID_CONFLICT);
    assert_int_equal(store_subject_pot(f, 2), 50);
    assert_reject(f, call_fill(1, 60, 2, 300, 149, false), REJECT_LIMIT);
    assert_done(f, call_fill(1, 60, 2, 300, 150, false));
    assert_int_equal(leg_now(f, 0), LEG_FILLED);
    assert_reject(f, call_fill(1, 60, 3, 1, 1, false), REJECT_STATE);
    assert_int_equal(store_subject_pot(f, 2), 200);
}

static void test_store_fill_that_overflows_changes_nothing(void **state)
{
    struct ledger_fixture *f = *state;
    struct ledger_call c = call_fill(1, 60, 1, 100, 1, false);

    store_subject_sent(f);
    c.as.fill.out = AMOUNT_OF(U128_MAX - 2000); /* with what the others have: all there can be */
    assert_done(f, c);
    assert_reject(f, call_fill(1, 60, 2, 100, 2001, false), REJECT_AMOUNT_RANGE);
    assert_int_equal(store_subject_open(f)->legs[0].filled_in.atoms, 100);
}

static void test_store_last_fill_returns_the_rest(void **state)
{
    struct ledger_fixture *f = *state;

    store_subject_sent(f);
    assert_done(f, call_fill(1, 61, 1, 40, 80, true));
    assert_int_equal(leg_now(f, 1), LEG_PART);
    assert_balance(f, "inv:cex", 2, 460, 0);
    assert_balance(f, "inv:cex", 1, 580, 0);
}

static void test_store_void_returns_what_is_held(void **state)
{
    struct ledger_fixture *f = *state;

    store_subject_planned(f);
    assert_done(f, call_void(1, 61)); /* never sent */
    assert_int_equal(leg_now(f, 1), LEG_VOID);
    assert_reject(f, store_subject_send(61, 100, 190), REJECT_STATE);
    assert_done(f, store_subject_send(60, 400, 200));
    assert_done(f, call_fill(1, 60, 1, 100, 50, false));
    for (int i = 0; i < 2; i++) {
        assert_done(f, call_void(1, 60));
        assert_int_equal(leg_now(f, 0), LEG_PART);
        assert_int_equal(store_subject_pot(f, 1), 300);
    }
    assert_reject(f, call_void(1, 99), REJECT_UNKNOWN_ID);
    assert_reject(f, call_fill(1, 60, 2, 100, 50, false), REJECT_STATE); /* a lie */
}

static void test_store_unknown_names_the_venue(void **state)
{
    struct ledger_fixture *f = *state;

    store_subject_planned(f);
    assert_reject(f, call_unknown(1, 60), REJECT_STATE);
    assert_done(f, store_subject_send(60, 400, 200));
    assert_done(f, call_unknown(1, 60));
    assert_done(f, call_unknown(1, 60));
    assert_done(f, call_get(1));
    assert_int_equal(f->reply.intent.state, INTENT_EXECUTING);
    assert_string_equal(f->reply.intent.venue.text, "amm");
    assert_reject(f, call_cancel(1, "alice", 0), REJECT_IN_BATCH);
    assert_done(f, call_fill(1, 60, 1, 400, 200, true)); /* the truth arrives */
    assert_reject(f, call_unknown(1, 60), REJECT_STATE);
}

static void test_store_an_old_fence_does_nothing(void **state)
{
    struct ledger_fixture *f = *state;
    struct ledger_call settle = store_subject_settle(0, 0);
    struct ledger_call send = store_subject_send(60, 400, 200);

    store_subject_planned(f);
    assert_done(f, call_lead("one", 0, 1000));
    assert_reject(f, store_subject_plan(), REJECT_FENCE);
    assert_reject(f, send, REJECT_FENCE);
    assert_reject(f, settle, REJECT_FENCE);
    assert_reject(f, call_void(1, 60), REJECT_FENCE);
    assert_reject(f, call_unknown(1, 60), REJECT_FENCE);
    send.as.send.fence = 2;
    assert_done(f, send);
}

static void test_store_audit_counts_what_is_open(void **state)
{
    struct ledger_fixture *f = *state;

    store_subject_sent(f);
    assert_done(f, call_fill(1, 60, 1, 400, 210, true));
    assert_done(f, call_audit(false));
    assert_int_equal(f->reply.open_pots, 1);
    assert_int_equal(f->reply.open_legs, 1);
    assert_int_equal(f->reply.audit_n, 2);
    assert_int_equal(f->reply.audit[0].owned.atoms, 1600);
    assert_true(f->reply.audit[0].world.negative);
    assert_int_equal(f->reply.audit[0].world.atoms, 1600);
    assert_int_equal(f->reply.venues_n, 2);
    assert_string_equal(f->reply.venues[0].venue.text, "amm");
    assert_int_equal(f->reply.venues[0].net.atoms, 400);
    assert_true(f->reply.venues[1].net.negative);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_store_plan_reserves_all_or_nothing),
        STORE_TEST(test_store_plan_refuses_each_flaw_and_changes_nothing),
        STORE_TEST(test_store_plan_keeps_fill_or_kill_whole),
        STORE_TEST(test_store_plan_enforces_limits_at_the_worst_case),
        STORE_TEST(test_store_send_holds_before_bytes_leave),
        STORE_TEST(test_store_send_never_overspends),
        STORE_TEST(test_store_group_reserves_its_net_input),
        STORE_TEST(test_store_fill_counts_once_and_never_too_much),
        STORE_TEST(test_store_fill_that_overflows_changes_nothing),
        STORE_TEST(test_store_last_fill_returns_the_rest),
        STORE_TEST(test_store_void_returns_what_is_held),
        STORE_TEST(test_store_unknown_names_the_venue),
        STORE_TEST(test_store_an_old_fence_does_nothing),
        STORE_TEST(test_store_audit_counts_what_is_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
