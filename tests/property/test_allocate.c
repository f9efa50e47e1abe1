/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include "solver/clear/allocate.h"

#define ROUNDS 20000
#define ASSETS 5
#define FILLS 6
#define LEGS 5

struct plan {
    struct allocate x;
    struct allocate_fill fills[FILLS];
    struct allocate_leg legs[LEGS];
    struct allocate_asset assets[ASSETS];
};

static struct prng rng;

/* Two different assets. */
static void pair(uint32_t *a, uint32_t *b)
{
    *a = (uint32_t)prng_below(&rng, ASSETS);
    *b = (uint32_t)((*a + 1 + prng_below(&rng, ASSETS - 1)) % ASSETS);
}

static void fill_make(struct allocate_fill *f, uint8_t id)
{
    uint64_t paid = 1 + prng_sized(&rng, 20), got = 1 + prng_sized(&rng, 20);

    *f = (struct allocate_fill){ .intent = { { id } },
                                 .partial = prng_below(&rng, 2) == 0,
                                 .signed_sell = AMOUNT_OF(paid * (1 + prng_below(&rng, 3))),
                                 .planned_paid = AMOUNT_OF(paid),
                                 .planned_got = AMOUNT_OF(got),
                                 .state = ALLOCATE_PLANNED };
    /* signed_buy <= got * signed_sell / paid */
    f->signed_buy = AMOUNT_OF(prng_below(&rng, got * (uint64_t)f->signed_sell.atoms / paid + 1));
    pair(&f->sell_asset, &f->buy_asset);
}

/* Random fills; legs that take no more than the pot has then. */
static void plan_make(struct plan *p)
{
    u128 pot[ASSETS] = { 0 };

    *p = (struct plan){ .x = { .fills = p->fills,
                               .fills_n = prng_below(&rng, FILLS + 1),
                               .legs = p->legs,
                               .legs_n = prng_below(&rng, LEGS + 1),
                               .assets = p->assets,
                               .assets_n = ASSETS } };
    for (uint32_t i = 0; i < ASSETS; i++) {
        p->assets[i].asset = i;
        if (prng_below(&rng, 2) == 0)
            p->assets[i].cover = AMOUNT_OF(prng_sized(&rng, 22));
    }
    for (size_t i = 0; i < p->x.fills_n; i++) {
        fill_make(&p->fills[i], (uint8_t)i);
        pot[p->fills[i].sell_asset] += p->fills[i].planned_paid.atoms;
    }
    for (size_t i = 0; i < p->x.legs_n; i++) {
        struct allocate_leg *l = &p->legs[i];

        pair(&l->in_asset, &l->out_asset);
        l->in.atoms = prng_below(&rng, (uint64_t)pot[l->in_asset] + 1);
        l->out = l->promised = AMOUNT_OF(prng_sized(&rng, 20));
        l->unknown = prng_below(&rng, 8) == 0;
        pot[l->in_asset] -= l->in.atoms;
        if (!l->unknown)
            pot[l->out_asset] += l->out.atoms;
    }
}

static bool any_unknown(const struct plan *p)
{
    for (size_t i = 0; i < p->x.legs_n; i++) {
        if (p->legs[i].unknown)
            return true;
    }
    return false;
}

/* What settles now, against what the pot holds now. */
static void check_money(const struct plan *p, bool done)
{
    u128 in[ASSETS] = { 0 }, out[ASSETS] = { 0 };

    for (size_t i = 0; i < p->x.fills_n; i++) {
        const struct allocate_fill *f = &p->fills[i];

        in[f->sell_asset] += f->planned_paid.atoms;
        if (f->state != ALLOCATE_SETTLED)
            continue;
        out[f->sell_asset] += f->planned_paid.atoms - f->paid.atoms;
        out[f->buy_asset] += f->got.atoms;
    }
    for (size_t i = 0; i < p->x.legs_n; i++) {
        out[p->legs[i].in_asset] += p->legs[i].in.atoms;
        if (!p->legs[i].unknown)
            in[p->legs[i].out_asset] += p->legs[i].out.atoms;
    }
    for (size_t i = 0; i < ASSETS; i++) {
        const struct allocate_asset *a = &p->assets[i];

        in[i] += a->from_house.atoms;
        out[i] += a->to_house.atoms + a->fees.atoms + a->dust.atoms;
        assert_true(a->from_house.atoms <= a->cover.atoms);
        assert_true(done ? in[i] == out[i] : in[i] >= out[i]);
    }
}

static void check_fills(const struct plan *p, bool done)
{
    for (size_t i = 0; i < p->x.fills_n; i++) {
        const struct allocate_fill *f = &p->fills[i];

        assert_true(!done || f->state == ALLOCATE_SETTLED);
        assert_true(f->paid.atoms <= f->planned_paid.atoms);
        assert_true(f->got.atoms <= f->planned_got.atoms);
        assert_true(amount_limit_holds(f->paid, f->got, f->signed_sell, f->signed_buy));
        assert_true((f->paid.atoms == 0) == (f->got.atoms == 0));
        if (!f->partial && f->got.atoms != 0)
            assert_true(f->got.atoms == f->planned_got.atoms);
    }
}

static void test_allocate_conserves_and_respects_limits_whatever_the_legs_did(void **state)
{
    (void)state;
    int done = 0, part = 0, uncovered = 0;

    prng_init(&rng, 11);
    for (int i = 0; i < ROUNDS; i++) {
        struct plan p;
        enum allocate_result result;

        plan_make(&p);
        assert_ok(allocate_run(&result, &p.x));
        check_money(&p, result == ALLOCATE_DONE);
        check_fills(&p, result == ALLOCATE_DONE);
        assert_int_equal(result == ALLOCATE_PART, any_unknown(&p));
        done += result == ALLOCATE_DONE;
        part += result == ALLOCATE_PART;
        uncovered += result == ALLOCATE_UNCOVERED;
    }
    assert_true(done > 100 && part > 100 && uncovered > 100);
}

/* Settled in part while legs were unknown, then run again with the truth. */
static void test_allocate_never_takes_back_what_it_settled(void **state)
{
    (void)state;
    int again = 0;

    prng_init(&rng, 12);
    for (int i = 0; i < ROUNDS; i++) {
        struct plan p, before;
        enum allocate_result result;

        plan_make(&p);
        assert_ok(allocate_run(&result, &p.x));
        if (result != ALLOCATE_PART)
            continue;
        before = p;
        for (size_t k = 0; k < p.x.legs_n; k++) { /* the unknown ones filled nothing after all */
            if (p.legs[k].unknown)
                p.legs[k].in = p.legs[k].out = AMOUNT_ZERO;
            p.legs[k].unknown = false;
        }
        for (size_t k = 0; k < p.x.fills_n; k++) {
            if (p.fills[k].state == ALLOCATE_WAITS)
                p.fills[k].state = ALLOCATE_PLANNED;
        }
        assert_ok(allocate_run(&result, &p.x));
        check_money(&p, result == ALLOCATE_DONE);
        for (size_t k = 0; k < p.x.fills_n; k++) {
            if (before.fills[k].state == ALLOCATE_SETTLED)
                assert_true(p.fills[k].got.atoms == before.fills[k].got.atoms);
        }
        again++;
    }
    assert_true(again > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_allocate_conserves_and_respects_limits_whatever_the_legs_did),
        cmocka_unit_test(test_allocate_never_takes_back_what_it_settled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
