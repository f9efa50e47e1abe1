/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every venue promises about its curves: snapshots, deltas, pages and the long poll. */
#include <stdio.h>
#include <string.h>

#include "solver/core/reject.h"
#include "tests/conformance/venue_fixture.h"
#include "venues/sdk/server.h"

#define FENCE 5
#define STEPS 20
#define POOLS_WIDE 12000
#define LONG_MS 9000
#define CROWD (SERVER_SLOTS + 8)

/* Put what a delta says into what is known. */
static void merge(struct wire_quotes *known, const struct wire_quotes *delta)
{
    assert_false(delta->snapshot);
    for (size_t i = 0; i < delta->curves_n; i++)
        *venue_fixture_curve(known, delta->curves[i].id) = delta->curves[i];
    known->seq = delta->seq;
}

static void assert_same_quotes(const struct wire_quotes *a, const struct wire_quotes *b)
{
    assert_true(a->seq == b->seq);
    assert_int_equal(a->curves_n, b->curves_n);
    for (size_t i = 0; i < a->curves_n; i++) {
        const struct curve *other = venue_fixture_curve(b, a->curves[i].id);
        assert_true(venue_fixture_same_curve(&a->curves[i], other));
        assert_true(a->curves[i].seq == other->seq);
    }
}

static struct wire_leg_result trade_on(struct venue_fixture *f, const struct curve *c, int side)
{
    struct trade t;
    struct wire_leg leg = venue_fixture_leg(&t, f, c, side);
    struct wire_leg_result r = venue_client_submit(&f->client, FENCE, &leg);

    assert_int_equal(r.outcome, WIRE_LEG_FILLED);
    return r;
}

static void test_venue_curves_are_valid(void **state)
{
    struct venue_fixture *f = *state;
    struct wire_quotes q = venue_client_quotes(&f->client, 0, LONG_MS);

    assert_true(q.snapshot && q.curves_n > 0 && q.removed_n == 0);
    for (size_t i = 0; i < q.curves_n; i++) {
        assert_ok(curve_check(&q.curves[i]));
        assert_true(q.curves[i].seq > 0 && q.curves[i].seq <= q.seq);
        assert_true(q.curves[i].asset[0] != q.curves[i].asset[1]);
        assert_true(i == 0 || q.curves[i - 1].id < q.curves[i].id);
    }
}

static void test_venue_deltas_add_up_to_the_snapshot(void **state)
{
    struct venue_fixture *f = *state;
    struct wire_quotes known = venue_client_quotes(&f->client, 0, 0);
    struct wire_quotes all = known;

    for (size_t i = 0; i < STEPS; i++) {
        struct curve *c = &all.curves[i * 7 % all.curves_n];
        struct wire_leg_result r = trade_on(f, c, (int)(i % 2));
        struct wire_quotes delta = venue_client_quotes(&f->client, known.seq, 0);
        assert_int_equal(delta.curves_n, 1); /* exactly what changed */
        assert_true(delta.curves[0].id == c->id && delta.curves[0].seq == r.curve_seq_after);
        merge(&known, &delta);
        all = venue_client_quotes(&f->client, 0, 0);
        assert_true(all.snapshot);
        assert_same_quotes(&known, &all);
    }
}

static void test_venue_without_news_answers_empty_after_the_wait(void **state)
{
    struct venue_fixture *f = *state;
    struct wire_quotes q = venue_client_quotes(&f->client, 0, 0);

    for (uint32_t wait_ms = 0; wait_ms <= 40; wait_ms += 40) {
        struct wire_quotes none = venue_client_quotes(&f->client, q.seq, wait_ms);
        assert_false(none.snapshot);
        assert_int_equal(none.curves_n, 0);
        assert_true(none.seq == q.seq);
    }
}

static void test_venue_gives_a_snapshot_for_a_foreign_sequence(void **state)
{
    struct venue_fixture *f = *state;
    struct wire_quotes q = venue_client_quotes(&f->client, 0, 0);

    assert_true(venue_client_quotes(&f->client, q.seq + 1, LONG_MS).snapshot);
    assert_true(venue_client_quotes(&f->client, UINT64_MAX, LONG_MS).snapshot);
    venue_fixture_crash(f);
    struct wire_quotes after = venue_client_quotes(&f->client, q.seq, LONG_MS);
    assert_true(after.snapshot);
    assert_true(after.seq > q.seq);
    assert_int_equal(after.curves_n, q.curves_n);
}

static void test_venue_long_poll_wakes_on_change(void **state)
{
    struct venue_fixture *f = *state;
    struct wire_quotes q = venue_client_quotes(&f->client, 0, 0);
    struct wire_venue_request poll = { .verb = WIRE_QUOTES,
                                       .as.quotes = { .since_seq = q.seq, .wait_ms = LONG_MS } };
    struct wire_venue_answer a;
    struct venue_client waiting;

    venue_client_open(&waiting, f->url);
    venue_client_ask(&waiting, &poll);
    struct wire_leg_result r = trade_on(f, &q.curves[0], 0);
    assert_true(venue_client_answer(&a, &waiting, LONG_MS / 2)); /* the change, not the wait */
    assert_int_equal(a.code, 0);
    assert_int_equal(a.as.quotes.curves_n, 1);
    assert_true(a.as.quotes.curves[0].seq == r.curve_seq_after);
    venue_client_close(&waiting);
}

/* Clients with a long poll. */
struct crowd {
    struct venue_client clients[CROWD];
    size_t ready_n; /* how many answers are awaited */
};

static bool crowd_ready(void *arg)
{
    const struct crowd *c = arg;
    size_t ready = 0;

    for (size_t i = 0; i < CROWD; i++)
        ready += venue_client_ready(&c->clients[i]);
    return ready >= c->ready_n;
}

/* More waiting clients than the venue has slots: those above the limit are answered at once, and
 * everybody else is served while the others wait. */
static void test_venue_serves_others_while_many_wait(void **state)
{
    static struct crowd crowd;
    struct venue_fixture *f = *state;
    struct wire_quotes q = venue_client_quotes(&f->client, 0, 0);
    struct wire_venue_request poll = { .verb = WIRE_QUOTES,
                                       .as.quotes = { .since_seq = q.seq, .wait_ms = LONG_MS } };
    size_t news = 0;

    for (size_t i = 0; i < CROWD; i++) {
        venue_client_open(&crowd.clients[i], f->url);
        venue_client_ask(&crowd.clients[i], &poll);
    }
    crowd.ready_n = CROWD - SERVER_PARKED_MAX;
    process_until(crowd_ready, &crowd, LONG_MS / 2, "those above the limit are answered");
    struct wire_leg_result r = trade_on(f, &q.curves[0], 0);
    crowd.ready_n = CROWD;
    process_until(crowd_ready, &crowd, LONG_MS / 2, "the change wakes the others");
    for (size_t i = 0; i < CROWD; i++) {
        struct wire_venue_answer a;
        assert_true(venue_client_answer(&a, &crowd.clients[i], VENUE_CLIENT_MS));
        assert_int_equal(a.code, 0);
        news += a.as.quotes.curves_n;
        assert_true(a.as.quotes.curves_n == 0 || a.as.quotes.seq == r.curve_seq_after);
        venue_client_close(&crowd.clients[i]);
    }
    assert_int_equal(news, SERVER_PARKED_MAX);
}

static void test_venue_moves_by_itself_only_if_it_says_so(void **state)
{
    struct venue_fixture *f = *state;

    process_kill(&f->process);
    f->still = false;
    venue_fixture_start(f);
    struct wire_quotes known = venue_client_quotes(&f->client, 0, 0);
    for (int i = 0; i < 3; i++) {
        uint32_t wait_ms = f->subject->moves ? LONG_MS : 100;
        struct wire_quotes delta = venue_client_quotes(&f->client, known.seq, wait_ms);
        assert_int_equal(delta.curves_n > 0, f->subject->moves);
        for (size_t k = 0; k < delta.curves_n; k++)
            assert_ok(curve_check(&delta.curves[k]));
        merge(&known, &delta);
    }
}

/* A market that needs several messages. */
static void wide_market(struct venue_fixture *f)
{
    int n = snprintf(f->market, sizeof f->market, "%s/wide.json", f->dir.path);

    assert_true(n > 0 && (size_t)n < sizeof f->market);
    FILE *out = fopen(f->market, "w");
    assert_non_null(out);
    (void)fprintf(out, "{\"format\": \"sluice-market/1\", \"venue\": \"wide\", \"kind\": \"amm\","
                       " \"atomic\": true, \"pools\": [");
    for (int i = 1; i <= POOLS_WIDE; i++)
        (void)fprintf(out,
                      "%s{\"id\": %d, \"kind\": \"constant_product\", \"assets\": [\"ETH\","
                      " \"USDC\"], \"reserves\": [\"%d.123456789012345678\", \"%d000.654321\"],"
                      " \"fee\": \"0.003\"}\n",
                      i > 1 ? "," : "", i, i, 3 * i);
    (void)fprintf(out, "]}\n");
    assert_int_equal(fclose(out), 0);
}

static void test_venue_pages_belong_to_one_sequence(void **state)
{
    struct venue_fixture f;
    struct wire_venue_request r = { .verb = WIRE_QUOTES };
    size_t n = 0;

    (void)state;
    venue_fixture_new(&f, &venue_subjects[0]);
    wide_market(&f);
    venue_fixture_start(&f);
    struct wire_quotes page = venue_client_call(&f.client, &r).as.quotes;
    uint64_t seq = page.seq;
    uint64_t second = page.next_page;
    assert_true(second != 0);
    (void)trade_on(&f, &page.curves[0], 0); /* while the pages are being read */
    (void)trade_on(&f, &page.curves[page.curves_n - 1], 1);
    for (;;) {
        assert_true(page.seq == seq && page.snapshot);
        for (size_t i = 0; i < page.curves_n; i++)
            assert_true(page.curves[i].id == ++n && page.curves[i].seq <= seq);
        if (page.next_page == 0)
            break;
        r.as.quotes.page = page.next_page;
        page = venue_client_call(&f.client, &r).as.quotes;
    }
    assert_int_equal(n, POOLS_WIDE);
    assert_int_equal(venue_client_quotes(&f.client, seq, 0).curves_n, 2);
    r.as.quotes.page = second + 1000;
    assert_int_equal(venue_client_refused(&f.client, &r), reject_code(REJECT_STALE));
    for (size_t i = 0; i < PAGES_SETS; i++) /* newer answers push the old one out */
        assert_int_equal(venue_client_quotes(&f.client, 0, 0).curves_n, POOLS_WIDE);
    r.as.quotes.page = second;
    assert_int_equal(venue_client_refused(&f.client, &r), reject_code(REJECT_STALE));
    venue_fixture_free(&f);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_venue_curves_are_valid),
        cmocka_unit_test(test_venue_deltas_add_up_to_the_snapshot),
        cmocka_unit_test(test_venue_without_news_answers_empty_after_the_wait),
        cmocka_unit_test(test_venue_gives_a_snapshot_for_a_foreign_sequence),
        cmocka_unit_test(test_venue_long_poll_wakes_on_change),
        cmocka_unit_test(test_venue_serves_others_while_many_wait),
        cmocka_unit_test(test_venue_moves_by_itself_only_if_it_says_so),
    };
    static const struct CMUnitTest wide[] = {
        cmocka_unit_test(test_venue_pages_belong_to_one_sequence),
    };
    int failed = venue_fixture_run("test_venue_quotes", tests, sizeof tests / sizeof *tests);

    return failed + cmocka_run_group_tests_name("test_venue_quotes pages", wide, NULL, NULL);
}
