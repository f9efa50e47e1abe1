/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The beginning of every conversation: who a venue is, and whether its store is the one it had. */
#include <unistd.h>

#include "solver/core/reject.h"
#include "tests/conformance/venue_fixture.h"

#define FENCE 5

static void test_venue_says_who_it_is(void **state)
{
    struct venue_fixture *f = *state;
    struct wire_hello h = venue_client_hello(&f->client, FENCE);

    assert_string_equal(h.kind.text, f->subject->kind);
    assert_true(h.name.text[0] != '\0' && h.domain.text[0] != '\0');
    assert_true(h.ttl_ms > 0);
    assert_true(h.build[0] != '\0');
    assert_true(h.lost_state);
    assert_true(h.highest_fence == FENCE);
    venue_fixture_crash(f);
    struct wire_hello again = venue_client_hello(&f->client, 0);
    assert_true(digest_equal(h.assets, again.assets));
    assert_true(again.highest_fence == FENCE);
}

static void test_venue_tells_a_lost_store(void **state)
{
    struct venue_fixture *f = *state;
    struct wire_quotes q = venue_client_quotes(&f->client, 0, 0);
    struct trade t;
    struct wire_leg leg = venue_fixture_leg(&t, f, &q.curves[0], 0);

    (void)venue_client_submit(&f->client, FENCE, &leg);
    venue_fixture_crash(f);
    assert_false(venue_client_hello(&f->client, 0).lost_state);
    process_kill(&f->process);
    assert_int_equal(unlink(f->state), 0);
    venue_fixture_start(f);
    assert_true(venue_client_hello(&f->client, 0).lost_state);
    assert_int_equal(venue_client_query(&f->client, leg.id).outcome, WIRE_LEG_UNSEEN);
}

/* A leg that was sent and never came is no lost one: the solver knows that the store was empty. */
static void test_venue_is_not_lost_once_a_solver_goes_on(void **state)
{
    struct venue_fixture *f = *state;

    assert_true(venue_client_hello(&f->client, FENCE).lost_state);
    venue_fixture_crash(f);
    assert_true(venue_client_hello(&f->client, FENCE).lost_state);
    (void)venue_client_quotes(&f->client, 0, 0);
    assert_false(venue_client_hello(&f->client, FENCE).lost_state);
    venue_fixture_crash(f);
    assert_false(venue_client_hello(&f->client, FENCE).lost_state);
}

static void assert_hello_first(struct venue_fixture *f, const struct wire_venue_request *r)
{
    assert_int_equal(venue_client_refused(&f->client, r), reject_code(REJECT_HELLO_FIRST));
}

/* Else a process with a new store would say of a leg that was executed: it never came. */
static void test_venue_answers_for_no_leg_before_hello(void **state)
{
    struct venue_fixture *f = *state;
    struct wire_quotes q = venue_client_quotes(&f->client, 0, 0);
    struct trade t;
    struct wire_leg done = venue_fixture_leg(&t, f, &q.curves[0], 0);
    struct wire_leg leg = venue_fixture_leg(&t, f, &q.curves[0], 0);
    const struct wire_venue_request requests[] = {
        { .verb = WIRE_QUOTES },
        { .verb = WIRE_SUBMIT, .as.submit = { FENCE, false, &leg, 1 } },
        { .verb = WIRE_QUERY, .as.query = { &done.id, 1 } },
        { .verb = WIRE_VOID, .as.void_legs = { FENCE, &done.id, 1 } },
    };

    (void)venue_client_submit(&f->client, FENCE, &done);
    process_kill(&f->process);
    venue_fixture_boot(f);
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++)
        assert_hello_first(f, &requests[i]);
    (void)venue_client_snapshot(&f->client); /* an auditor is no solver */
    assert_false(venue_client_hello(&f->client, FENCE).lost_state);
    assert_int_equal(venue_client_query(&f->client, done.id).outcome, WIRE_LEG_FILLED);
    process_kill(&f->process);
    assert_int_equal(unlink(f->state), 0);
    venue_fixture_boot(f);
    assert_hello_first(f, &requests[3]); /* no tombstone for an executed leg */
    assert_true(venue_client_hello(&f->client, FENCE).lost_state);
    assert_int_equal(venue_client_query(&f->client, leg.id).outcome, WIRE_LEG_UNSEEN);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_venue_says_who_it_is),
        cmocka_unit_test(test_venue_tells_a_lost_store),
        cmocka_unit_test(test_venue_is_not_lost_once_a_solver_goes_on),
        cmocka_unit_test(test_venue_answers_for_no_leg_before_hello),
    };

    return venue_fixture_run("test_venue_hello", tests, sizeof tests / sizeof *tests);
}
