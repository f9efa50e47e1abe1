/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include "solver/clear/allocate.h"

#define FILLS 4
#define LEGS 4

/* A plan over assets 1, 2 and 3. */
struct plan {
    struct allocate x;
    struct allocate_fill fills[FILLS];
    struct allocate_leg legs[LEGS];
    struct allocate_asset assets[3];
};

static struct plan plan_of(size_t fills_n, size_t legs_n)
{
    return (struct plan){ .x = { .fills_n = fills_n, .legs_n = legs_n, .assets_n = 3 },
                          .assets = { { .asset = 1 }, { .asset = 2 }, { .asset = 3 } } };
}

static enum allocate_result run(struct plan *p)
{
    enum allocate_result result = 0;

    p->x.fills = p->fills;
    p->x.legs = p->legs;
    p->x.assets = p->assets;
    assert_ok(allocate_run(&result, &p->x));
    return result;
}

static struct allocate_fill fill_of(uint8_t id, uint32_t sell, uint32_t buy, uint64_t paid,
                                    uint64_t got)
{
    return (struct allocate_fill){ .intent = { { id } },
                                   .sell_asset = sell,
                                   .buy_asset = buy,
                                   .signed_sell = AMOUNT_OF(paid),
                                   .signed_buy = AMOUNT_OF(got / 2),
                                   .planned_paid = AMOUNT_OF(paid),
                                   .planned_got = AMOUNT_OF(got),
                                   .state = ALLOCATE_PLANNED };
}

static struct allocate_leg leg_of(uint32_t in, uint32_t out, uint64_t in_atoms, uint64_t out_atoms)
{
    return (struct allocate_leg){ .in_asset = in,
                                  .out_asset = out,
                                  .in = AMOUNT_OF(in_atoms),
                                  .out = AMOUNT_OF(out_atoms),
                                  .promised = AMOUNT_OF(out_atoms) };
}

#define assert_atoms(value, wanted) assert_true((value).atoms == (u128)(wanted))

static void test_allocate_pays_a_plan_that_went_as_planned(void **state)
{
    (void)state;
    struct plan p = plan_of(1, 1);

    p.fills[0] = fill_of(1, 1, 2, 100, 50);
    p.legs[0] = leg_of(1, 2, 100, 53);
    assert_int_equal(run(&p), ALLOCATE_DONE);
    assert_int_equal(p.fills[0].state, ALLOCATE_SETTLED);
    assert_atoms(p.fills[0].paid, 100);
    assert_atoms(p.fills[0].got, 50);
    assert_atoms(p.assets[1].dust, 3);
    assert_atoms(p.assets[1].fees, 0);
    assert_atoms(p.assets[1].to_house, 0);
}

static void test_allocate_sends_better_executions_to_fees(void **state)
{
    (void)state;
    struct plan p = plan_of(1, 1);

    p.fills[0] = fill_of(1, 1, 2, 100, 50);
    p.legs[0] = leg_of(1, 2, 100, 55);
    p.legs[0].promised = AMOUNT_OF(51);
    assert_int_equal(run(&p), ALLOCATE_DONE);
    assert_atoms(p.assets[1].fees, 4);
    assert_atoms(p.assets[1].dust, 1);
}

static void test_allocate_returns_everything_when_the_only_leg_fails(void **state)
{
    (void)state;
    struct plan p = plan_of(1, 1);

    p.fills[0] = fill_of(1, 1, 2, 100, 50);
    p.legs[0] = leg_of(1, 2, 0, 0);
    assert_int_equal(run(&p), ALLOCATE_DONE);
    assert_atoms(p.fills[0].paid, 0);
    assert_atoms(p.fills[0].got, 0);
    for (int i = 0; i < 3; i++)
        assert_atoms(p.assets[i].dust, 0);
}

static void test_allocate_pays_from_the_cover_and_takes_what_was_bought(void **state)
{
    (void)state;
    struct plan p = plan_of(1, 2);

    p.fills[0] = fill_of(1, 1, 3, 100, 50);
    p.legs[0] = leg_of(1, 2, 100, 70);
    p.legs[1] = leg_of(2, 3, 0, 0);
    p.assets[2].cover = AMOUNT_OF(60);
    assert_int_equal(run(&p), ALLOCATE_DONE);
    assert_atoms(p.fills[0].got, 50);
    assert_atoms(p.assets[2].from_house, 50);
    assert_atoms(p.assets[1].to_house, 70);
}

static void test_allocate_says_what_is_needed_when_a_middle_asset_is_stranded(void **state)
{
    (void)state;
    struct plan p = plan_of(1, 2);

    p.fills[0] = fill_of(1, 1, 3, 100, 50);
    p.legs[0] = leg_of(1, 2, 100, 70);
    p.legs[1] = leg_of(2, 3, 0, 0);
    assert_int_equal(run(&p), ALLOCATE_UNCOVERED);
    assert_int_equal(p.fills[0].state, ALLOCATE_WAITS);
    assert_atoms(p.assets[0].needed, 0);
    assert_atoms(p.assets[1].spare, 70);
    assert_atoms(p.assets[2].needed, 50);
    assert_atoms(p.assets[2].needed_min, 25); /* the limit */
    assert_atoms(p.assets[1].to_house, 0);
}

/* The fill that the pot can pay back gives way; only what the other one lacks is needed. */
static void test_allocate_needs_nothing_for_whom_it_pays_back(void **state)
{
    (void)state;
    struct plan p = plan_of(2, 2);

    p.fills[0] = fill_of(1, 1, 3, 100, 50);
    p.fills[1] = fill_of(2, 2, 3, 100, 50);
    p.legs[0] = leg_of(1, 2, 100, 70); /* to be exchanged on, but nobody gave asset 3 */
    p.legs[1] = leg_of(2, 3, 0, 0);
    assert_int_equal(run(&p), ALLOCATE_UNCOVERED);
    assert_atoms(p.assets[2].needed, 50);
    assert_atoms(p.assets[1].spare, 70);
}

/* Bought back in part: 70 of 100 planned. The limits are 50 each. */
static void test_allocate_pays_down_to_the_limits_when_told(void **state)
{
    (void)state;
    struct plan p = plan_of(2, 1);

    p.fills[0] = fill_of(1, 1, 3, 100, 100);
    p.fills[1] = fill_of(2, 1, 3, 100, 60);
    p.legs[0] = leg_of(1, 3, 200, 120);
    assert_int_equal(run(&p), ALLOCATE_UNCOVERED);
    assert_atoms(p.assets[2].needed, 40);
    assert_atoms(p.assets[2].needed_min, 0);
    for (int i = 0; i < 2; i++)
        p.fills[i].state = ALLOCATE_PLANNED;
    p.x.to_limit = true;
    assert_int_equal(run(&p), ALLOCATE_DONE);
    assert_atoms(p.fills[0].paid, 100);
    assert_true(p.fills[0].got.atoms + p.fills[1].got.atoms == 120);
    assert_true(p.fills[0].got.atoms >= 50 && p.fills[1].got.atoms >= 30);
}

/* An exact-buy that is filled whole or not at all has no slack in what it gets. */
static void test_allocate_leaves_an_exact_buy_whole(void **state)
{
    (void)state;
    struct plan p = plan_of(1, 1);

    p.fills[0] = fill_of(1, 1, 3, 100, 50);
    p.fills[0].exact_buy = true;
    p.legs[0] = leg_of(1, 3, 100, 49);
    p.x.to_limit = true;
    assert_int_equal(run(&p), ALLOCATE_UNCOVERED);
    assert_atoms(p.assets[2].needed_min, 1);
    assert_int_equal(p.fills[0].state, ALLOCATE_WAITS);
}

static void test_allocate_drops_the_fill_with_the_least_surplus_then_the_lower_id(void **state)
{
    (void)state;
    struct plan p = plan_of(3, 1);

    /* Three fills buy asset 2; asset 1 of all went out but only 100 of 150 came back, and one leg
     * of 100 did not go: the pot holds 100 of asset 1 still. */
    p.fills[0] = fill_of(1, 1, 2, 100, 50);
    p.fills[1] = fill_of(3, 1, 2, 100, 50);
    p.fills[2] = fill_of(2, 1, 2, 100, 50);
    p.fills[1].signed_buy = p.fills[2].signed_buy = AMOUNT_OF(40); /* less surplus than the first */
    p.legs[0] = leg_of(1, 2, 200, 100);
    assert_int_equal(run(&p), ALLOCATE_DONE);
    assert_atoms(p.fills[0].got, 50);
    assert_atoms(p.fills[1].got, 50);
    assert_atoms(p.fills[2].got, 0);
    assert_atoms(p.fills[2].paid, 0);
}

/* Both buy asset 3; the leg of the better one failed. The other one's sell amount is gone. */
static void test_allocate_drops_whom_it_can_give_back_to(void **state)
{
    (void)state;
    struct plan p = plan_of(2, 2);

    p.fills[0] = fill_of(1, 1, 3, 100, 50);
    p.fills[1] = fill_of(2, 2, 3, 100, 50);
    p.fills[0].signed_buy = AMOUNT_OF(49); /* the least surplus */
    p.legs[0] = leg_of(1, 3, 100, 50);
    p.legs[1] = leg_of(2, 3, 0, 0);
    assert_int_equal(run(&p), ALLOCATE_DONE);
    assert_atoms(p.fills[0].got, 50);
    assert_atoms(p.fills[1].got, 0);
}

static void test_allocate_reduces_a_partial_fill_at_its_planned_price(void **state)
{
    (void)state;
    struct plan p = plan_of(1, 1);

    p.fills[0] = fill_of(1, 1, 2, 100, 50);
    p.fills[0].partial = true;
    p.legs[0] = leg_of(1, 2, 60, 30);
    assert_int_equal(run(&p), ALLOCATE_DONE);
    assert_atoms(p.fills[0].paid, 60);
    assert_atoms(p.fills[0].got, 30);
}

static void test_allocate_never_pays_a_reduced_fill_below_its_limit(void **state)
{
    (void)state;
    struct plan p = plan_of(1, 1);

    /* The limit is the planned price, 3 for 7: half of it must not cost one atom more. */
    p.fills[0] = fill_of(1, 1, 2, 7, 3);
    p.fills[0].signed_buy = AMOUNT_OF(3);
    p.fills[0].partial = true;
    p.legs[0] = leg_of(1, 2, 2, 1);
    (void)run(&p);
    assert_true(amount_limit_holds(p.fills[0].paid, p.fills[0].got, p.fills[0].signed_sell,
                                   p.fills[0].signed_buy));
}

static void test_allocate_ends_a_ring_that_can_only_shrink_together(void **state)
{
    (void)state;
    struct plan p = plan_of(2, 1);

    /* Two partial fills that feed each other, one atom of asset 2 lost on the way. */
    p.fills[0] = fill_of(1, 1, 2, 1000000, 1000000);
    p.fills[1] = fill_of(2, 2, 1, 1000000, 1000000);
    p.fills[0].partial = p.fills[1].partial = true;
    p.legs[0] = leg_of(2, 3, 1, 0);
    (void)run(&p);
    assert_true(p.fills[0].shrunk + p.fills[1].shrunk <= 6);
}

static void test_allocate_settles_what_an_unknown_leg_cannot_touch(void **state)
{
    (void)state;
    struct plan p = plan_of(3, 1);

    p.fills[0] = fill_of(1, 1, 3, 100, 50); /* needs the unknown leg */
    p.fills[1] = fill_of(2, 1, 2, 10, 10);  /* matched with the next */
    p.fills[2] = fill_of(3, 2, 1, 10, 10);
    p.legs[0] = leg_of(1, 3, 100, 0);
    p.legs[0].unknown = true;
    p.assets[2].cover = AMOUNT_OF(50);
    assert_int_equal(run(&p), ALLOCATE_PART);
    assert_int_equal(p.fills[0].state, ALLOCATE_WAITS);
    assert_int_equal(p.fills[1].state, ALLOCATE_SETTLED);
    assert_int_equal(p.fills[2].state, ALLOCATE_SETTLED);
    assert_atoms(p.assets[2].from_house, 0);
}

static void test_allocate_completes_a_plan_that_was_settled_in_part(void **state)
{
    (void)state;
    struct plan p = plan_of(3, 1);

    p.fills[0] = fill_of(1, 1, 3, 100, 50);
    p.fills[1] = fill_of(2, 1, 2, 10, 10);
    p.fills[2] = fill_of(3, 2, 1, 10, 10);
    p.legs[0] = leg_of(1, 3, 100, 0);
    p.legs[0].unknown = true;
    assert_int_equal(run(&p), ALLOCATE_PART);
    p.fills[0].state = ALLOCATE_PLANNED;
    p.legs[0] = leg_of(1, 3, 100, 50);
    assert_int_equal(run(&p), ALLOCATE_DONE);
    assert_atoms(p.fills[0].got, 50);
    assert_atoms(p.fills[1].got, 10);
}

static enum err run_error(struct plan *p)
{
    enum allocate_result result;

    p->x.fills = p->fills;
    p->x.legs = p->legs;
    p->x.assets = p->assets;
    return allocate_run(&result, &p->x);
}

static void test_allocate_refuses_contradictions(void **state)
{
    (void)state;
    struct plan p = plan_of(1, 0);

    p.fills[0] = fill_of(1, 1, 9, 100, 50);
    assert_err(run_error(&p), ERR_INVALID); /* asset 9 is not listed */
    p.fills[0] = fill_of(1, 1, 2, 100, 0);
    assert_err(run_error(&p), ERR_INVALID); /* nothing planned */
    p.fills[0] = fill_of(1, 1, 2, 100, 50);
    p.fills[0].signed_buy = AMOUNT_OF(51);
    assert_err(run_error(&p), ERR_INVALID); /* below the limit */
    p.fills[0] = fill_of(1, 1, 2, 100, 50);
    p.fills[0].state = ALLOCATE_WAITS;
    assert_err(run_error(&p), ERR_INVALID); /* no input state */
    p.fills[0] = fill_of(1, 1, 2, 100, 50);
    p.fills[0].state = ALLOCATE_SETTLED;
    p.fills[0].paid = AMOUNT_OF(101);
    assert_err(run_error(&p), ERR_INVALID); /* paid more than planned */
    p.fills[0] = fill_of(1, 1, 2, 100, 50);
    p.assets[1].asset = 1;
    assert_err(run_error(&p), ERR_INVALID); /* unsorted */
}

static void test_allocate_refuses_legs_that_took_more_than_the_pot_had(void **state)
{
    (void)state;
    struct plan p = plan_of(1, 1);

    p.fills[0] = fill_of(1, 1, 2, 100, 50);
    p.legs[0] = leg_of(1, 2, 101, 50);
    assert_err(run_error(&p), ERR_INVALID);
    p.legs[0].in_asset = 8;
    assert_err(run_error(&p), ERR_INVALID);
}

static void test_allocate_reports_overflow(void **state)
{
    (void)state;
    struct plan p = plan_of(2, 0);

    p.fills[0] = fill_of(1, 1, 2, 100, 50);
    p.fills[0].planned_paid = p.fills[0].signed_sell = AMOUNT_MAX;
    p.fills[1] = p.fills[0];
    assert_err(run_error(&p), ERR_OVERFLOW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_allocate_pays_a_plan_that_went_as_planned),
        cmocka_unit_test(test_allocate_sends_better_executions_to_fees),
        cmocka_unit_test(test_allocate_returns_everything_when_the_only_leg_fails),
        cmocka_unit_test(test_allocate_pays_from_the_cover_and_takes_what_was_bought),
        cmocka_unit_test(test_allocate_says_what_is_needed_when_a_middle_asset_is_stranded),
        cmocka_unit_test(test_allocate_needs_nothing_for_whom_it_pays_back),
        cmocka_unit_test(test_allocate_pays_down_to_the_limits_when_told),
        cmocka_unit_test(test_allocate_leaves_an_exact_buy_whole),
        cmocka_unit_test(test_allocate_drops_the_fill_with_the_least_surplus_then_the_lower_id),
        cmocka_unit_test(test_allocate_drops_whom_it_can_give_back_to),
        cmocka_unit_test(test_allocate_reduces_a_partial_fill_at_its_planned_price),
        cmocka_unit_test(test_allocate_never_pays_a_reduced_fill_below_its_limit),
        cmocka_unit_test(test_allocate_ends_a_ring_that_can_only_shrink_together),
        cmocka_unit_test(test_allocate_settles_what_an_unknown_leg_cannot_touch),
        cmocka_unit_test(test_allocate_completes_a_plan_that_was_settled_in_part),
        cmocka_unit_test(test_allocate_refuses_contradictions),
        cmocka_unit_test(test_allocate_refuses_legs_that_took_more_than_the_pot_had),
        cmocka_unit_test(test_allocate_reports_overflow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
