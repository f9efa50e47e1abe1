/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "solver/ledger/call_check.h"
#include "tests/support/ledger_fixture.h"

static struct ledger_call good_plan(void)
{
    static struct ledger_leg leg;
    struct ledger_call c = { .fn = LEDGER_plan };

    leg = fixture_leg(1, "amm", "home", fixture_what(1, 1), fixture_what(2, 1));
    c.as.plan.legs = &leg;
    c.as.plan.legs_n = 1;
    return c;
}

static void test_call_check_passes_well_formed_calls(void **state)
{
    struct ledger_call calls[] = {
        call_sell(1, "alice", fixture_what(1, 0), fixture_what(1, 0),
                  -1), /* values are not shape */
        call_cancel(1, "alice", -1),
        call_get(0),
        call_expire(LEDGER_EXPIRE_MAX),
        call_deposit(1, "inv:home", 1, 0),
        call_transfer(1, "home", "home", 1, 0),
        call_balances("alice"),
        call_limit(ROW_VALUE, "any", 0, 2, 1),
        call_mode(false, false),
        call_lead("one", 0, LEDGER_LEASE_MAX_MS),
        call_freeze(0, LEDGER_FREEZE_MAX),
        good_plan(),
        call_events(0, LEDGER_EVENTS_MAX),
        call_audit(true),
        call_plain(LEDGER_settle),
        call_plain(LEDGER_report),
    };

    (void)state;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        assert_ok(call_check(&calls[i]));
}

static void test_call_check_refuses_names_that_are_none(void **state)
{
    static const char *const bad[] = { "", "Alice", "a b", "-a", "a:b", "\xff", "a\n" };
    struct ledger_call c = call_sell(1, "alice", fixture_what(1, 1), fixture_what(2, 1), 1);

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        memset(&c.as.accept.intent.account, 0, sizeof(struct name));
        memcpy(c.as.accept.intent.account.text, bad[i], strlen(bad[i]));
        assert_err(call_check(&c), ERR_INVALID);
    }
    memset(c.as.accept.intent.account.text, 'a', NAME_TEXT); /* no end */
    assert_err(call_check(&c), ERR_INVALID);
    c.as.accept.intent.account = fixture_name("alice");
    c.as.accept.intent.account.text[NAME_TEXT - 1] = 'x'; /* something behind the end */
    assert_err(call_check(&c), ERR_INVALID);
}

static void test_call_check_refuses_counts_and_missing_arrays(void **state)
{
    struct ledger_call c = good_plan();

    (void)state;
    c.as.plan.fills_n = 1;
    assert_err(call_check(&c), ERR_INVALID); /* no array */
    c.as.plan.fills_n = 0;
    c.as.plan.legs_n = LEDGER_PLAN_ITEMS_MAX + 1;
    assert_err(call_check(&c), ERR_INVALID);
    c.as.plan.legs_n = 0;
    assert_err(call_check(&c), ERR_INVALID); /* nothing */
    c = call_expire(0);
    assert_err(call_check(&c), ERR_INVALID);
    c = call_freeze(1, LEDGER_FREEZE_MAX + 1);
    assert_err(call_check(&c), ERR_INVALID);
    c = call_lead("one", 0, 0);
    assert_err(call_check(&c), ERR_INVALID);
    c = call_plain(LEDGER_send);
    assert_err(call_check(&c), ERR_INVALID);
    c = call_plain(LEDGER_FNS_N);
    assert_err(call_check(&c), ERR_INVALID);
    c = call_sell(1, "alice", fixture_what(1, 1), fixture_what(2, 1), 1);
    c.as.accept.payload_n = LEDGER_PAYLOAD_MAX + 1;
    assert_err(call_check(&c), ERR_INVALID);
    c = call_deposit(1, "inv:home", 1, 1);
    c.as.money.has_key = true; /* an inventory has none */
    assert_err(call_check(&c), ERR_INVALID);
    c.as.money.owner.kind = OWNER_POT;
    assert_err(call_check(&c), ERR_INVALID);
}

static void test_store_call_refuses_before_the_store_sees_it(void **state)
{
    struct store none = { 0 }; /* calling it would crash */
    struct ledger_call c = call_expire(0);
    struct ledger_reply reply;

    (void)state;
    assert_err(store_call_one(&none, &reply, &c), ERR_INVALID);
    assert_err(store_call(&none, &reply, &c, LEDGER_CALLS_MAX + 1), ERR_INVALID);
    assert_string_equal(ledger_fn_name(LEDGER_void), "void");
    assert_string_equal(ledger_fn_name(LEDGER_FNS_N), "none");
    assert_string_equal(leg_state_name(LEG_PART), "PART");
    assert_string_equal(leg_state_name((enum leg_state)0), "NONE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_call_check_passes_well_formed_calls),
        cmocka_unit_test(test_call_check_refuses_names_that_are_none),
        cmocka_unit_test(test_call_check_refuses_counts_and_missing_arrays),
        cmocka_unit_test(test_store_call_refuses_before_the_store_sees_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
