/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every venue promises about legs: real process, real socket, real store. */
#include <string.h>

#include "solver/core/reject.h"
#include "tests/conformance/venue_fixture.h"

#define FENCE 5
#define LEGS_MANY 24
#define CRASHES 8
#define CLIENTS 4

static struct wire_quotes snapshot_quotes(struct venue_fixture *f)
{
    struct wire_quotes q = venue_client_quotes(&f->client, 0, 0);

    assert_true(q.snapshot);
    assert_true(q.curves_n > 0);
    return q;
}

static void assert_filled(const struct wire_leg_result *r, const struct trade *t)
{
    struct u256 in;
    struct u256 out;

    if (r->outcome != WIRE_LEG_FILLED)
        fail_msg("outcome %d: %s", (int)r->outcome, r->reason);
    assert_int_equal(r->fills_n, 1);
    in = u256_of_amount(r->fills[0].in);
    out = u256_of_amount(r->fills[0].out);
    assert_int_equal(u256_cmp(&in, &t->in), 0);
    assert_int_equal(u256_cmp(&out, &t->out), 0);
}

static void assert_same(const struct wire_leg_result *a, const struct wire_leg_result *b)
{
    if (!venue_fixture_same_result(a, b))
        fail_msg("answers differ: outcome %d \"%s\" and %d \"%s\"", (int)a->outcome, a->reason,
                 (int)b->outcome, b->reason);
}

static void assert_rejected(const struct wire_leg_result *r)
{
    assert_int_equal(r->outcome, WIRE_LEG_REJECTED);
    assert_int_equal(r->fills_n, 0);
    assert_true(r->reason[0] != '\0');
}

static void test_venue_executes_exactly_the_curve(void **state)
{
    struct venue_fixture *f = *state;
    struct trade t;

    for (int side = 0; side < 2; side++) {
        struct wire_quotes q = snapshot_quotes(f);
        struct curve *c = &q.curves[q.curves_n / 2];
        struct wire_leg leg = venue_fixture_leg(&t, f, c, side);
        struct wire_leg_result r = venue_client_submit(&f->client, FENCE, &leg);
        assert_filled(&r, &t);
        assert_ok(curve_apply(c, way_of_side(side), &t));
        struct wire_quotes after = snapshot_quotes(f);
        const struct curve *now = venue_fixture_curve(&after, c->id);
        assert_true(venue_fixture_same_curve(c, now));
        assert_true(now->seq == r.curve_seq_after && now->seq > leg.curve_seq);
        assert_true(after.seq > q.seq);
    }
}

static void test_venue_submit_is_idempotent(void **state)
{
    struct venue_fixture *f = *state;
    struct wire_quotes q = snapshot_quotes(f);
    struct trade t;
    struct wire_leg leg = venue_fixture_leg(&t, f, &q.curves[0], 1);
    struct wire_leg_result first = venue_client_submit(&f->client, FENCE, &leg);
    struct wire_quotes once = snapshot_quotes(f);

    assert_filled(&first, &t);
    for (int i = 0; i < 3; i++) {
        struct wire_leg_result again = venue_client_submit(&f->client, FENCE + 1, &leg);
        assert_same(&again, &first);
    }
    struct wire_quotes now = snapshot_quotes(f);
    assert_true(now.seq == once.seq);
    venue_fixture_check_sums(f, &leg, &first, 1);
}

static void test_venue_refuses_other_content_under_a_known_id(void **state)
{
    struct venue_fixture *f = *state;
    struct wire_quotes q = snapshot_quotes(f);
    struct trade t;
    struct wire_leg legs[2] = { venue_fixture_leg(&t, f, &q.curves[0], 0),
                                venue_fixture_leg(&t, f, &q.curves[0], 0) };
    struct wire_leg_result first = venue_client_submit(&f->client, FENCE, &legs[0]);
    struct wire_venue_request r = { .verb = WIRE_SUBMIT,
                                    .as.submit = { .fence = FENCE, .legs = legs, .legs_n = 2 } };

    legs[0].min_out.atoms--;
    assert_int_equal(venue_client_refused(&f->client, &r), reject_code(REJECT_ID_CONFLICT));
    assert_int_equal(venue_client_query(&f->client, legs[1].id).outcome, WIRE_LEG_UNSEEN);
    legs[1].id = legs[0].id;
    assert_int_equal(venue_client_refused(&f->client, &r), reject_code(REJECT_MALFORMED));
    venue_fixture_check_sums(f, &legs[0], &first, 1);
}

static void test_venue_void_beats_a_late_submit(void **state)
{
    struct venue_fixture *f = *state;
    struct wire_quotes q = snapshot_quotes(f);
    struct trade t;
    struct wire_leg leg = venue_fixture_leg(&t, f, &q.curves[0], 0);
    struct wire_leg_result voided = venue_client_void(&f->client, FENCE, leg.id);

    assert_int_equal(voided.outcome, WIRE_LEG_VOIDED);
    for (int i = 0; i < 2; i++) {
        struct wire_leg_result late = venue_client_submit(&f->client, FENCE, &leg);
        struct wire_leg_result again = venue_client_void(&f->client, FENCE, leg.id);
        struct wire_leg_result asked = venue_client_query(&f->client, leg.id);
        assert_same(&late, &voided);
        assert_same(&again, &voided);
        assert_same(&asked, &voided);
        venue_fixture_crash(f); /* a tombstone is durable */
    }
    venue_fixture_check_sums(f, NULL, NULL, 0);
}

static void test_venue_void_of_a_seen_leg_reports_it(void **state)
{
    struct venue_fixture *f = *state;
    struct wire_quotes q = snapshot_quotes(f);
    struct trade t;
    struct wire_leg leg = venue_fixture_leg(&t, f, &q.curves[0], 0);
    struct wire_leg bad = venue_fixture_leg(&t, f, &q.curves[0], 0);
    struct wire_leg_result filled = venue_client_submit(&f->client, FENCE, &leg);

    bad.min_out.atoms *= 2;
    struct wire_leg_result refused = venue_client_submit(&f->client, FENCE, &bad);
    struct wire_leg_result after_fill = venue_client_void(&f->client, FENCE, leg.id);
    struct wire_leg_result after_refusal = venue_client_void(&f->client, FENCE, bad.id);
    assert_rejected(&refused);
    assert_same(&after_fill, &filled);
    assert_same(&after_refusal, &refused);
}

static void test_venue_knows_what_it_has_not_seen(void **state)
{
    struct venue_fixture *f = *state;
    struct wire_leg_result r = venue_client_query(&f->client, venue_fixture_id(99));

    assert_int_equal(r.outcome, WIRE_LEG_UNSEEN);
    assert_int_equal(r.fills_n, 0);
}

static void assert_fenced(struct venue_fixture *f, struct wire_leg *leg)
{
    struct wire_venue_request submit = { .verb = WIRE_SUBMIT,
                                         .as.submit = { FENCE, false, leg, 1 } };
    struct wire_venue_request void_legs = { .verb = WIRE_VOID,
                                            .as.void_legs = { FENCE, &leg->id, 1 } };

    assert_int_equal(venue_client_refused(&f->client, &submit), reject_code(REJECT_FENCE));
    assert_int_equal(venue_client_refused(&f->client, &void_legs), reject_code(REJECT_FENCE));
    assert_int_equal(venue_client_query(&f->client, leg->id).outcome, WIRE_LEG_UNSEEN);
}

static void test_venue_never_acts_on_a_lower_fence(void **state)
{
    struct venue_fixture *f = *state;
    struct wire_quotes q = snapshot_quotes(f);
    struct trade t;
    struct wire_leg old = venue_fixture_leg(&t, f, &q.curves[0], 0);
    struct wire_leg leg = venue_fixture_leg(&t, f, &q.curves[0], 0);

    (void)venue_client_hello(&f->client, FENCE + 1);
    assert_fenced(f, &old);
    venue_fixture_crash(f);
    assert_fenced(f, &old);
    struct wire_leg_result r = venue_client_submit(&f->client, FENCE + 2, &leg);
    assert_filled(&r, &t);
    assert_true(venue_client_hello(&f->client, FENCE + 1).highest_fence == FENCE + 2);
    venue_fixture_check_sums(f, &leg, &r, 1);
}

static void test_venue_never_fills_below_min_out(void **state)
{
    struct venue_fixture *f = *state;
    struct wire_leg legs[LEGS_MANY];
    struct wire_leg_result results[LEGS_MANY];
    struct prng rng;
    struct trade t;

    prng_init(&rng, 11);
    for (size_t i = 0; i < LEGS_MANY; i++) {
        struct wire_quotes q = snapshot_quotes(f);
        struct curve *c = &q.curves[prng_below(&rng, q.curves_n)];
        legs[i] = venue_fixture_leg(&t, f, c, (int)prng_below(&rng, 2));
        uint64_t above = prng_below(&rng, 2) == 0 ? 0 : 1 + prng_sized(&rng, 40);
        legs[i].min_out.atoms += above;
        results[i] = venue_client_submit(&f->client, FENCE, &legs[i]);
        if (above == 0)
            assert_filled(&results[i], &t);
        else
            assert_rejected(&results[i]);
    }
    venue_fixture_check_sums(f, legs, results, LEGS_MANY);
}

/* All that a curve can give, and more offered for it than it takes: V2 and V3 of docs/venues.md. */
static void test_venue_fills_a_leg_whole_or_not_at_all(void **state)
{
    struct venue_fixture *f = *state;
    struct wire_leg legs[2];
    struct wire_leg_result results[2];
    struct trade t, all;

    for (int side = 0; side < 2; side++) {
        struct wire_quotes q = snapshot_quotes(f);
        struct curve *c = &q.curves[0];
        struct wire_leg *leg = &legs[side];
        *leg = venue_fixture_leg(&t, f, c, side);
        leg->in.atoms *= 100000; /* above the depth of any book */
        struct u256 offer = u256_of_amount(leg->in);
        assert_ok(curve_out(&all, c, way_of_side(side), &offer));
        assert_ok(u256_to_amount(&leg->min_out, &all.out));
        struct wire_leg above = *leg;
        above.id = venue_fixture_id(f->legs++);
        above.min_out.atoms++; /* a part of the leg at its price would be possible */
        results[side] = venue_client_submit(&f->client, FENCE, &above);
        assert_rejected(&results[side]);
        struct wire_quotes same = snapshot_quotes(f);
        assert_true(venue_fixture_same_curve(c, venue_fixture_curve(&same, c->id)));
        results[side] = venue_client_submit(&f->client, FENCE, leg);
        assert_filled(&results[side], &all);
        assert_true(amount_cmp(results[side].fills[0].in, leg->in) <= 0);
    }
    venue_fixture_check_sums(f, legs, results, 2);
}

static void test_venue_executes_on_an_older_sequence_at_min_out(void **state)
{
    struct venue_fixture *f = *state;
    struct wire_quotes q = snapshot_quotes(f);
    struct trade t;
    struct wire_leg first = venue_fixture_leg(&t, f, &q.curves[0], 0);
    struct wire_leg worse = venue_fixture_leg(&t, f, &q.curves[0], 1);
    struct wire_leg better = venue_fixture_leg(&t, f, &q.curves[0], 1);
    struct wire_leg future = venue_fixture_leg(&t, f, &q.curves[0], 1);

    struct wire_leg_result r = venue_client_submit(&f->client, FENCE, &first);
    assert_int_equal(r.outcome, WIRE_LEG_FILLED);
    worse.min_out.atoms *= 2;
    r = venue_client_submit(&f->client, FENCE, &worse);
    assert_rejected(&r);
    r = venue_client_submit(&f->client, FENCE, &better); /* same price or better after `first` */
    assert_int_equal(r.outcome, WIRE_LEG_FILLED);
    assert_true(amount_cmp(r.fills[0].out, better.min_out) >= 0);
    future.curve_seq = UINT64_MAX;
    r = venue_client_submit(&f->client, FENCE, &future);
    assert_rejected(&r);
}

static void test_venue_rejects_what_it_cannot_trade(void **state)
{
    struct venue_fixture *f = *state;
    struct wire_quotes q = snapshot_quotes(f);
    struct wire_leg legs[6];
    struct trade t;

    for (size_t i = 0; i < 6; i++)
        legs[i] = venue_fixture_leg(&t, f, &q.curves[0], 0);
    legs[0].curve = UINT64_MAX;
    legs[1].in_asset = legs[1].out_asset;
    legs[2].out_asset = UINT32_MAX;
    legs[3].in = AMOUNT_ZERO;
    legs[4].in = AMOUNT_OF(1);
    legs[4].min_out = AMOUNT_OF(1);
    legs[5].in = AMOUNT_MAX;
    legs[5].min_out = AMOUNT_MAX;
    struct wire_leg_result *r = venue_client_group(&f->client, FENCE, legs, 6, false);
    for (size_t i = 0; i < 6; i++) {
        struct wire_leg_result known = venue_client_query(&f->client, legs[i].id);
        if (i == 4 && r[i].outcome == WIRE_LEG_FILLED)
            continue; /* an atom may buy an atom */
        assert_rejected(&r[i]);
        assert_same(&known, &r[i]);
    }
    assert_true(snapshot_quotes(f).seq >= q.seq);
}

static void test_venue_group_is_all_or_none(void **state)
{
    struct venue_fixture *f = *state;
    struct wire_quotes q = snapshot_quotes(f);
    bool atomic = venue_client_hello(&f->client, 0).atomic;
    struct wire_leg legs[3];
    struct wire_leg_result *r;
    struct trade t;

    for (size_t i = 0; i < 3; i++)
        legs[i] = venue_fixture_leg(&t, f, &q.curves[i % q.curves_n], 0);
    legs[2].min_out.atoms += 1;
    r = venue_client_group(&f->client, FENCE, legs, 3, true);
    for (size_t i = 0; i < 3; i++)
        assert_rejected(&r[i]);
    struct wire_quotes now = snapshot_quotes(f);
    assert_true(now.seq == q.seq);
    venue_fixture_check_sums(f, NULL, NULL, 0);

    for (size_t i = 0; i < 3; i++)
        legs[i] = venue_fixture_leg(&t, f, &q.curves[0], 0);
    legs[1].min_out = AMOUNT_OF(1); /* it stands behind legs[0] on the same curve */
    r = venue_client_group(&f->client, FENCE, legs, 2, true);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(r[i].outcome, atomic ? WIRE_LEG_FILLED : WIRE_LEG_REJECTED);
        struct wire_leg_result again = venue_client_group(&f->client, FENCE, legs, 2, true)[i];
        assert_same(&again, &r[i]);
    }
    venue_fixture_check_sums(f, legs, r, 2);
}

static void test_venue_group_with_a_voided_leg_does_nothing(void **state)
{
    struct venue_fixture *f = *state;
    struct wire_quotes q = snapshot_quotes(f);
    struct trade t;
    struct wire_leg legs[2] = { venue_fixture_leg(&t, f, &q.curves[0], 0),
                                venue_fixture_leg(&t, f, &q.curves[0], 1) };

    (void)venue_client_void(&f->client, FENCE, legs[1].id);
    struct wire_leg_result *r = venue_client_group(&f->client, FENCE, legs, 2, true);
    assert_rejected(&r[0]);
    assert_int_equal(r[1].outcome, WIRE_LEG_VOIDED);
    venue_fixture_check_sums(f, NULL, NULL, 0);
}

/* Kill while submits of several clients are on their way; afterwards each leg is either unseen or
 * wholly there, and repeating it gives one execution. */
static void crash_once(struct venue_fixture *f, struct wire_leg *legs, uint64_t round)
{
    struct venue_client clients[CLIENTS];
    struct wire_venue_answer a;

    for (size_t i = 0; i < CLIENTS; i++) {
        venue_client_open(&clients[i], f->url);
        struct wire_venue_request r = { .verb = WIRE_SUBMIT,
                                        .as.submit = { FENCE, false, &legs[i], 1 } };
        venue_client_ask(&clients[i], &r);
    }
    for (size_t i = 0; i < round % CLIENTS; i++)
        (void)venue_client_answer(&a, &clients[i], VENUE_CLIENT_MS);
    process_kill(&f->process);
    for (size_t i = 0; i < CLIENTS; i++)
        venue_client_close(&clients[i]);
    venue_fixture_start(f);
}

static void test_venue_answers_the_same_after_kill_9(void **state)
{
    struct venue_fixture *f = *state;
    struct wire_leg legs[CRASHES * CLIENTS];
    struct wire_leg_result results[CRASHES * CLIENTS];
    struct trade t;

    for (size_t round = 0; round < CRASHES; round++) {
        struct wire_quotes q = snapshot_quotes(f);
        struct wire_leg *mine = &legs[round * CLIENTS];
        for (size_t i = 0; i < CLIENTS; i++) {
            mine[i] = venue_fixture_leg(&t, f, &q.curves[i % q.curves_n], (int)(round % 2));
            mine[i].min_out = AMOUNT_OF(1);
        }
        crash_once(f, mine, round);
        for (size_t i = 0; i < CLIENTS; i++) {
            struct wire_leg_result known = venue_client_query(&f->client, mine[i].id);
            struct wire_leg_result *r = &results[round * CLIENTS + i];
            *r = venue_client_submit(&f->client, FENCE, &mine[i]);
            assert_int_equal(r->outcome, WIRE_LEG_FILLED);
            if (known.outcome != WIRE_LEG_UNSEEN)
                assert_same(&known, r);
        }
    }
    venue_fixture_check_sums(f, legs, results, CRASHES * CLIENTS);
}

/* The curves after a crash are those of the start with all fills applied, not more, not less. */
static void test_venue_curves_after_kill_9_are_what_the_legs_say(void **state)
{
    struct venue_fixture *f = *state;
    struct wire_quotes q = snapshot_quotes(f);
    struct trade t;

    for (size_t i = 0; i < LEGS_MANY; i++) {
        struct curve *c = &q.curves[(i / 2) % q.curves_n];
        struct wire_leg leg = venue_fixture_leg(&t, f, c, (int)(i % 2));
        struct wire_leg_result r = venue_client_submit(&f->client, FENCE, &leg);
        assert_filled(&r, &t);
        assert_ok(curve_apply(c, way_of_side((i % 2)), &t));
        c->seq = r.curve_seq_after;
        if (i % 8 == 7)
            venue_fixture_crash(f);
    }
    struct wire_quotes now = snapshot_quotes(f);
    assert_int_equal(now.curves_n, q.curves_n);
    for (size_t i = 0; i < q.curves_n; i++) {
        assert_true(venue_fixture_same_curve(&q.curves[i], &now.curves[i]));
        assert_true(now.curves[i].seq > q.curves[i].seq); /* sequences never go back */
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_venue_executes_exactly_the_curve),
        cmocka_unit_test(test_venue_submit_is_idempotent),
        cmocka_unit_test(test_venue_refuses_other_content_under_a_known_id),
        cmocka_unit_test(test_venue_void_beats_a_late_submit),
        cmocka_unit_test(test_venue_void_of_a_seen_leg_reports_it),
        cmocka_unit_test(test_venue_knows_what_it_has_not_seen),
        cmocka_unit_test(test_venue_never_acts_on_a_lower_fence),
        cmocka_unit_test(test_venue_never_fills_below_min_out),
        cmocka_unit_test(test_venue_fills_a_leg_whole_or_not_at_all),
        cmocka_unit_test(test_venue_executes_on_an_older_sequence_at_min_out),
        cmocka_unit_test(test_venue_rejects_what_it_cannot_trade),
        cmocka_unit_test(test_venue_group_is_all_or_none),
        cmocka_unit_test(test_venue_group_with_a_voided_leg_does_nothing),
        cmocka_unit_test(test_venue_answers_the_same_after_kill_9),
        cmocka_unit_test(test_venue_curves_after_kill_9_are_what_the_legs_say),
    };

    return venue_fixture_run("test_venue", tests, sizeof tests / sizeof *tests);
}
