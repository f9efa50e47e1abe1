/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/core/intent.h"
#include "tests/support/test_support.h"

static struct intent intent_of(enum intent_kind kind, u128 sell, u128 buy)
{
    return (struct intent){ .kind = kind,
                            .sell_amount = AMOUNT_OF(sell),
                            .buy_amount = AMOUNT_OF(buy) };
}

static void assert_open(const struct intent *i, u128 sell_max, u128 buy_min)
{
    struct amount sell, buy;

    intent_open(&sell, &buy, i);
    assert_true(sell.atoms == sell_max);
    assert_true(buy.atoms == buy_min);
}

static void test_intent_open_of_a_new_intent_is_what_was_signed(void **state)
{
    struct intent sell = intent_of(INTENT_SELL, 1000, 3001);
    struct intent buy = intent_of(INTENT_BUY, 1000, 3001);
    struct intent huge = intent_of(INTENT_SELL, U128_MAX, U128_MAX);

    (void)state;
    assert_open(&sell, 1000, 3001);
    assert_open(&buy, 1000, 3001);
    assert_open(&huge, U128_MAX, U128_MAX);
    huge.kind = INTENT_BUY;
    assert_open(&huge, U128_MAX, U128_MAX);
}

static void test_intent_open_rounds_for_the_signer(void **state)
{
    struct intent sell = intent_of(INTENT_SELL, 3, 10);
    struct intent buy = intent_of(INTENT_BUY, 10, 3);

    (void)state;
    sell.paid = AMOUNT_OF(1);
    sell.got = AMOUNT_OF(9);
    assert_open(&sell, 2, 7); /* 20/3 up */
    buy.got = AMOUNT_OF(1);
    buy.paid = AMOUNT_OF(1);
    assert_open(&buy, 6, 2); /* 20/3 down */
}

static void test_intent_open_of_a_finished_intent_is_nothing(void **state)
{
    struct intent sell = intent_of(INTENT_SELL, 1000, 3000);
    struct intent buy = intent_of(INTENT_BUY, 1000, 3000);

    (void)state;
    sell.paid = AMOUNT_OF(1000);
    sell.got = AMOUNT_OF(5000);
    assert_open(&sell, 0, 0);
    buy.paid = AMOUNT_OF(900);
    buy.got = AMOUNT_OF(3000);
    assert_open(&buy, 0, 0);
}

static void test_intent_open_saturates_on_impossible_progress(void **state)
{
    struct intent i = intent_of(INTENT_SELL, 1000, 3000);

    (void)state;
    i.paid = AMOUNT_MAX;
    i.got = AMOUNT_MAX;
    assert_open(&i, 0, 0);
    i.kind = INTENT_BUY;
    assert_open(&i, 0, 0);
    i.paid = AMOUNT_OF(990); /* worse than signed so far: never more than is still held */
    i.got = AMOUNT_OF(1000);
    assert_open(&i, 10, 2000);
}

static void test_intent_open_of_zero_amounts_is_nothing(void **state)
{
    struct intent i = intent_of(INTENT_SELL, 0, 5);

    (void)state;
    assert_open(&i, 0, 0);
    i = intent_of(INTENT_BUY, 5, 0);
    assert_open(&i, 0, 0);
    i = intent_of(INTENT_SELL, 0, 0);
    assert_open(&i, 0, 0);
    i = intent_of(INTENT_SELL, 5, 0); /* a gift is legal arithmetic; admission refuses it */
    assert_open(&i, 5, 0);
}

/* Whatever the prefix of honest fills, the open rest keeps the signed limit: exhaustive. */
static void test_intent_open_keeps_the_limit_in_a_small_world(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 8 * 8 * 8 * 2; n++) {
        struct intent i =
            intent_of(n & 1 ? INTENT_SELL : INTENT_BUY, (n >> 1 & 7) + 1, (n >> 4 & 7) + 1);
        struct amount sell, buy;

        i.paid = AMOUNT_OF(n >> 7 & 7);
        if (amount_cmp(i.paid, i.sell_amount) > 0)
            continue;
        assert_ok(amount_muldiv_ceil(&i.got, i.paid, i.buy_amount, i.sell_amount));
        intent_open(&sell, &buy, &i);
        assert_true(amount_limit_holds(sell, buy, i.sell_amount, i.buy_amount));
        assert_true(sell.atoms + i.paid.atoms <= i.sell_amount.atoms);
        if (i.kind == INTENT_BUY)
            assert_true(buy.atoms + i.got.atoms == i.buy_amount.atoms);
        else
            assert_true(sell.atoms + i.paid.atoms == i.sell_amount.atoms);
    }
}

static void test_intent_states_have_names_and_an_end(void **state)
{
    (void)state;
    assert_string_equal(intent_state_name(INTENT_RECEIVED), "RECEIVED");
    assert_string_equal(intent_state_name(INTENT_ACCEPTED), "ACCEPTED");
    assert_string_equal(intent_state_name(INTENT_PLANNED), "PLANNED");
    assert_string_equal(intent_state_name(INTENT_EXECUTING), "EXECUTING");
    assert_string_equal(intent_state_name(INTENT_FILLED), "FILLED");
    assert_string_equal(intent_state_name(INTENT_PARTIAL_CLOSED), "PARTIAL_CLOSED");
    assert_string_equal(intent_state_name(INTENT_EXPIRED), "EXPIRED");
    assert_string_equal(intent_state_name(INTENT_CANCELLED), "CANCELLED");
    assert_string_equal(intent_state_name(INTENT_REJECTED), "REJECTED");
    assert_string_equal(intent_state_name((enum intent_state)0), "UNKNOWN");
    assert_string_equal(intent_state_name((enum intent_state)99), "UNKNOWN");
    assert_false(intent_state_terminal(INTENT_EXECUTING));
    assert_true(intent_state_terminal(INTENT_FILLED));
    assert_true(intent_state_terminal(INTENT_REJECTED));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_intent_open_of_a_new_intent_is_what_was_signed),
        cmocka_unit_test(test_intent_open_rounds_for_the_signer),
        cmocka_unit_test(test_intent_open_of_a_finished_intent_is_nothing),
        cmocka_unit_test(test_intent_open_saturates_on_impossible_progress),
        cmocka_unit_test(test_intent_open_of_zero_amounts_is_nothing),
        cmocka_unit_test(test_intent_open_keeps_the_limit_in_a_small_world),
        cmocka_unit_test(test_intent_states_have_names_and_an_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
