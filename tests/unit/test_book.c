/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include <string.h>

#include "solver/market/curve.h"

static const struct u256 max = { { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } };

/* Base in lots of 10; a price of 250 is 2.5 quote per base; the fee is 1 %. */
static struct book_level bids[2], asks[2];

static struct book book(void)
{
    bids[0] = (struct book_level){ u256_of(250), u256_of(100) };
    bids[1] = (struct book_level){ u256_of(240), u256_of(50) };
    asks[0] = (struct book_level){ u256_of(260), u256_of(30) };
    asks[1] = (struct book_level){ u256_of(275), u256_of(200) };
    return (struct book){ .scale = u256_of(100),
                          .lot = u256_of(10),
                          .keep_num = 99,
                          .keep_den = 100,
                          .bids = bids,
                          .asks = asks,
                          .bids_n = 2,
                          .asks_n = 2 };
}

static void gives(const struct book *b, int side, uint64_t offer, uint64_t in, uint64_t out)
{
    struct u256 amount = u256_of(offer);
    struct trade t;

    assert_ok(book_out(&t, b, side, &amount));
    assert_int_equal(t.in.limb[0], in);
    assert_int_equal(t.out.limb[0], out);
}

static void asks_for(const struct book *b, int side, uint64_t want, uint64_t in, uint64_t out)
{
    struct u256 amount = u256_of(want);
    struct trade t;

    assert_ok(book_in(&t, b, side, &amount));
    assert_int_equal(t.in.limb[0], in);
    assert_int_equal(t.out.limb[0], out);
}

static void test_book_sells_base_in_lots_down_the_bids(void **state)
{
    struct book b = book();

    (void)state;
    gives(&b, 0, 9, 0, 0);
    gives(&b, 0, 19, 10, 24);     /* 25 less 1 % = 24.75 */
    gives(&b, 0, 100, 100, 247);  /* 250 less 1 % = 247.5 */
    gives(&b, 0, 120, 120, 295);  /* 250 + 48 = 298 less 1 % = 295.02 */
    gives(&b, 0, 9999, 150, 366); /* depth: 250 + 120 = 370 less 1 % = 366.3 */
}

static void test_book_buys_base_in_lots_up_the_asks(void **state)
{
    struct book b = book();

    (void)state;
    gives(&b, 1, 25, 0, 0);
    gives(&b, 1, 26, 26, 9); /* one lot less 1 % = 9.9 */
    gives(&b, 1, 51, 26, 9);
    gives(&b, 1, 78, 78, 29);
    gives(&b, 1, 105, 78, 29);    /* 27.5 a lot: 105.5 would buy a fourth */
    gives(&b, 1, 106, 106, 39);   /* 105.5 rounded up */
    gives(&b, 1, 9999, 628, 227); /* depth: 78 + 550, 230 less 1 % = 227.7 */
}

static void test_book_inputs_are_the_least_that_yield_enough(void **state)
{
    struct book b = book();

    (void)state;
    asks_for(&b, 0, 0, 0, 0);
    asks_for(&b, 0, 1, 10, 24);
    asks_for(&b, 0, 25, 20, 49);
    asks_for(&b, 0, 247, 100, 247);
    asks_for(&b, 0, 248, 110, 271);
    asks_for(&b, 0, 366, 150, 366);
    asks_for(&b, 1, 9, 26, 9);
    asks_for(&b, 1, 10, 52, 19);
    asks_for(&b, 1, 30, 106, 39);
    asks_for(&b, 1, 227, 628, 227);
}

static void test_book_refuses_more_than_its_depth(void **state)
{
    struct book b = book();
    struct u256 want = u256_of(367);
    struct trade t;

    (void)state;
    assert_err(book_in(&t, &b, 0, &want), ERR_NOT_FOUND);
    want = u256_of(228);
    assert_err(book_in(&t, &b, 1, &want), ERR_NOT_FOUND);
    assert_err(book_in(&t, &b, 0, &max), ERR_NOT_FOUND);
    assert_err(book_in(&t, &b, 1, &max), ERR_NOT_FOUND);
    b.bids_n = b.asks_n = 0;
    assert_err(book_in(&t, &b, 0, &want), ERR_NOT_FOUND);
    gives(&b, 0, 1000, 0, 0);
    gives(&b, 1, 1000, 0, 0);
}

static void test_book_takes_any_offer(void **state)
{
    struct book b = book();
    struct trade t;

    (void)state;
    assert_ok(book_out(&t, &b, 0, &max));
    assert_int_equal(t.out.limb[0], 366);
    assert_ok(book_out(&t, &b, 1, &max));
    assert_int_equal(t.out.limb[0], 227);
}

static void test_book_apply_consumes_levels(void **state)
{
    struct book b = book();
    struct u256 offer = u256_of(120);
    struct trade t;

    (void)state;
    assert_ok(book_out(&t, &b, 0, &offer));
    assert_ok(book_apply(&b, 0, &t));
    assert_true(u256_is_zero(&bids[0].size));
    assert_int_equal(bids[1].size.limb[0], 30);
    assert_ok(book_check(&b));
    gives(&b, 0, 9999, 30, 71); /* 72 less 1 % = 71.28 */
    offer = u256_of(106);
    assert_ok(book_out(&t, &b, 1, &offer));
    assert_ok(book_apply(&b, 1, &t));
    assert_int_equal(asks[0].size.limb[0], 0);
    assert_int_equal(asks[1].size.limb[0], 190);
}

static void test_book_apply_refuses_a_trade_it_did_not_offer(void **state)
{
    struct book b = book();
    struct trade more = { u256_of(100), u256_of(248) }, odd = { u256_of(105), u256_of(247) };

    (void)state;
    assert_err(book_apply(&b, 0, &more), ERR_INVALID);
    assert_err(book_apply(&b, 0, &odd), ERR_INVALID);
    assert_int_equal(bids[0].size.limb[0], 100);
}

static void test_book_check_refuses_contradictions(void **state)
{
    struct book good = book(), b;

    (void)state;
    assert_ok(book_check(&good));
    b = good, b.scale = u256_of(0);
    assert_err(book_check(&b), ERR_INVALID);
    b = good, b.lot = u256_of(0);
    assert_err(book_check(&b), ERR_INVALID);
    b = good, b.lot = u256_of(20);
    assert_err(book_check(&b), ERR_INVALID);
    b = good, b.keep_num = 0;
    assert_err(book_check(&b), ERR_INVALID);
    b = good, b.keep_num = 101;
    assert_err(book_check(&b), ERR_INVALID);
    b = good, b.bids = NULL;
    assert_err(book_check(&b), ERR_INVALID);
    b = good, b.scale = max;
    assert_err(book_check(&b), ERR_INVALID);
}

static void test_book_check_refuses_ladders_out_of_order(void **state)
{
    struct book b = book();

    (void)state;
    asks[0].price = u256_of(250);
    assert_err(book_check(&b), ERR_INVALID);
    b = book(), asks[1].price = u256_of(260);
    assert_err(book_check(&b), ERR_INVALID);
    b = book(), bids[1].price = u256_of(251);
    assert_err(book_check(&b), ERR_INVALID);
    b = book(), bids[1].price = u256_of(0);
    assert_err(book_check(&b), ERR_INVALID);
    b = book(), asks[1].price = max;
    assert_err(book_check(&b), ERR_INVALID);
    b = book(), asks[1].size = u256_of(5);
    assert_err(book_check(&b), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_book_sells_base_in_lots_down_the_bids),
        cmocka_unit_test(test_book_buys_base_in_lots_up_the_asks),
        cmocka_unit_test(test_book_inputs_are_the_least_that_yield_enough),
        cmocka_unit_test(test_book_refuses_more_than_its_depth),
        cmocka_unit_test(test_book_takes_any_offer),
        cmocka_unit_test(test_book_apply_consumes_levels),
        cmocka_unit_test(test_book_apply_refuses_a_trade_it_did_not_offer),
        cmocka_unit_test(test_book_check_refuses_contradictions),
        cmocka_unit_test(test_book_check_refuses_ladders_out_of_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
