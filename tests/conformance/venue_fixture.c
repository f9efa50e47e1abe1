/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/conformance/venue_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define ASSETS "venues/markets/assets.json"
#define START_MS 20000
#define ASSETS_SEEN_MAX 256
#define TESTS_MAX 64
#define TEST_NAME_MAX 96

const struct venue_subject venue_subjects[VENUE_SUBJECTS_N] = {
    { "amm", "sluice-venue", "amm", "venues/markets/uni.json", false },
    { "book", "sluice-venue", "book", "venues/markets/kraken.json", true },
    { "desk", "sluice-venue-desk", "desk", NULL, false },
    { "pools", "sluice-venue", "amm", "venues/markets/vault.json", false },
};

static void path_set(char *out, const char *format, const char *dir)
{
    int n = snprintf(out, VENUE_FIXTURE_PATH, "%s%s", dir, format);

    assert_true(n > 0 && n < VENUE_FIXTURE_PATH);
}

void venue_fixture_new(struct venue_fixture *f, const struct venue_subject *subject)
{
    memset(f, 0, sizeof *f);
    f->subject = subject;
    f->still = true;
    tmpdir_new(&f->dir);
    shared_source(f->assets, ASSETS);
    if (subject->market != NULL)
        shared_source(f->market, subject->market);
    path_set(f->state, "/state.db", f->dir.path);
    path_set(f->log, "/log", f->dir.path);
    path_set(f->socket, "/venue.ipc", f->dir.path);
    (void)snprintf(f->url, sizeof f->url, "ipc://%.*s", TMPDIR_PATH_MAX + 16, f->socket);
    venue_client_open(&f->client, f->url);
}

void venue_fixture_free(struct venue_fixture *f)
{
    venue_client_close(&f->client);
    if (f->process.pid != 0) {
        int status = process_stop(&f->process);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    tmpdir_free(&f->dir);
}

static void process_begin(struct venue_fixture *f)
{
    char program[SHARED_PATH_MAX];
    const char *argv[16] = { program, f->subject->kind, "--assets", f->assets, "--listen",
                             f->url,  "--state",        f->state,   "--seed",  "7" };
    size_t n = 10;

    shared_program(program, f->subject->program);
    if (f->market[0] != '\0') {
        argv[n++] = "--market";
        argv[n++] = f->market;
    }
    if (f->still)
        argv[n++] = "--still";
    argv[n] = NULL;
    process_start(&f->process, f->log, argv);
}

/* Asks again, because a request to a process that was killed is lost. The Hello of a stranger: the
 * digest of its registry is zero. */
static bool answers(void *arg)
{
    struct venue_fixture *f = arg;
    struct wire_venue_request r = { .verb = WIRE_HELLO, .as.hello.solver.text = "test" };
    struct wire_venue_answer a;
    int status;

    if (process_ended(&status, &f->process))
        fail_msg("the venue ended at start with status %d", status);
    venue_client_ask(&f->client, &r);
    return venue_client_answer(&a, &f->client, 200);
}

void venue_fixture_boot(struct venue_fixture *f)
{
    process_begin(f);
    process_until(answers, f, START_MS, "the venue answers");
}

void venue_fixture_start(struct venue_fixture *f)
{
    venue_fixture_boot(f);
    (void)venue_client_hello(&f->client, 0);
}

void venue_fixture_crash(struct venue_fixture *f)
{
    process_kill(&f->process);
    venue_fixture_start(f);
}

void venue_fixture_refuses(struct venue_fixture *f, const char *why)
{
    size_t size;

    process_begin(f);
    int status = process_wait(&f->process, START_MS);
    char *log = shared_read(&size, f->log);
    bool said = strstr(log, why) != NULL;
    if (!said)
        print_message("the log does not say \"%s\" but: %s", why, log);
    free(log);
    assert_true(said);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
}

struct id venue_fixture_id(uint64_t n)
{
    struct id id = { { 0x51 } };

    memcpy(id.bytes + 8, &n, sizeof n);
    return id;
}

/* The first level and a half of a book. */
static struct u256 book_offer(const struct book *b, int side)
{
    struct u256 part, half, two = u256_of(2), thousand = u256_of(1000);
    const struct book_level *levels = side == 0 ? b->bids : b->asks;
    size_t n = side == 0 ? b->bids_n : b->asks_n;

    part = levels[0].size;
    if (n > 1) {
        assert_ok(u256_div_floor(&half, &levels[1].size, &two));
        assert_ok(u256_add(&part, &part, &half));
    } else {
        assert_ok(u256_div_floor(&part, &part, &thousand));
    }
    if (side == 1)
        assert_ok(u256_muldiv_ceil(&part, &part, &levels[0].price, &b->scale));
    return part;
}

/* A thousandth of a pool, or of what it takes at most. */
static struct u256 offer_of(const struct curve *c, int side)
{
    const struct u256 max = { { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } };
    struct u256 thousand = u256_of(1000), part = { { 0 } };
    struct trade all;

    switch (c->kind) {
    case CURVE_constant_product: part = c->as.constant_product.reserve[side]; break;
    case CURVE_book: return book_offer(&c->as.book, side);
    case CURVE_weighted: part = c->as.weighted->pool.balance[side]; break;
    case CURVE_stable: part = c->as.stable->pool.balance[side]; break;
    case CURVE_concentrated:
    case CURVE_fixed_rate:
        assert_ok(curve_out(&all, c, way_of_side(side), &max));
        part = all.in;
        break;
    }
    assert_ok(u256_div_floor(&part, &part, &thousand));
    return part;
}

struct wire_leg venue_fixture_leg(struct trade *trade, struct venue_fixture *f,
                                  const struct curve *c, int side)
{
    struct u256 offer = offer_of(c, side);
    struct wire_leg leg = { .id = venue_fixture_id(f->legs++),
                            .curve = c->id,
                            .curve_seq = c->seq,
                            .in_asset = c->asset[side],
                            .out_asset = c->asset[!side] };

    assert_ok(curve_out(trade, c, way_of_side(side), &offer));
    assert_false(u256_is_zero(&trade->out));
    assert_ok(u256_to_amount(&leg.in, &offer));
    assert_ok(u256_to_amount(&leg.min_out, &trade->out));
    return leg;
}

struct curve *venue_fixture_curve(const struct wire_quotes *q, uint64_t id)
{
    for (size_t i = 0; i < q->curves_n; i++) {
        if (q->curves[i].id == id)
            return &q->curves[i];
    }
    fail_msg("curve %llu is not in the answer", (unsigned long long)id);
    return NULL;
}

static bool same_levels(const struct book_level *a, size_t a_n, const struct book_level *b,
                        size_t b_n)
{
    return a_n == b_n && (a_n == 0 || memcmp(a, b, a_n * sizeof *a) == 0);
}

/* Curves of pools are the same when they pay the same for the same. */
static bool same_payments(const struct curve *a, const struct curve *b)
{
    for (int side = 0; side < 2; side++) {
        struct u256 offer = offer_of(a, side);
        struct trade x, y;

        assert_ok(curve_out(&x, a, way_of_side(side), &offer));
        assert_ok(curve_out(&y, b, way_of_side(side), &offer));
        if (memcmp(&x, &y, sizeof x) != 0)
            return false;
    }
    return true;
}

bool venue_fixture_same_curve(const struct curve *a, const struct curve *b)
{
    if (a->kind != b->kind || a->id != b->id || a->assets_n != b->assets_n ||
        memcmp(a->asset, b->asset, a->assets_n * sizeof a->asset[0]) != 0)
        return false;
    if (a->kind == CURVE_constant_product)
        return memcmp(a->as.constant_product.reserve, b->as.constant_product.reserve,
                      sizeof a->as.constant_product.reserve) == 0;
    if (a->kind != CURVE_book)
        return same_payments(a, b);
    return same_levels(a->as.book.bids, a->as.book.bids_n, b->as.book.bids, b->as.book.bids_n) &&
           same_levels(a->as.book.asks, a->as.book.asks_n, b->as.book.asks, b->as.book.asks_n);
}

bool venue_fixture_same_result(const struct wire_leg_result *a, const struct wire_leg_result *b)
{
    if (id_cmp(a->leg, b->leg) != 0 || a->outcome != b->outcome || a->fills_n != b->fills_n ||
        a->curve_seq_after != b->curve_seq_after || strcmp(a->reason, b->reason) != 0)
        return false;
    for (size_t i = 0; i < a->fills_n; i++) {
        if (id_cmp(a->fills[i].id, b->fills[i].id) != 0 ||
            amount_cmp(a->fills[i].in, b->fills[i].in) != 0 ||
            amount_cmp(a->fills[i].out, b->fills[i].out) != 0)
            return false;
    }
    return true;
}

/* The registry of the shipped markets is small: sums by asset number. */
static void sum_fills(struct delta sums[ASSETS_SEEN_MAX], const struct wire_leg *leg,
                      const struct wire_leg_result *r)
{
    assert_true(leg->in_asset < ASSETS_SEEN_MAX && leg->out_asset < ASSETS_SEEN_MAX);
    for (size_t i = 0; i < r->fills_n; i++) {
        assert_ok(
            delta_add(&sums[leg->in_asset], sums[leg->in_asset], delta_of(r->fills[i].in, false)));
        assert_ok(delta_add(&sums[leg->out_asset], sums[leg->out_asset],
                            delta_of(r->fills[i].out, true)));
    }
}

void venue_fixture_check_sums(struct venue_fixture *f, const struct wire_leg *legs,
                              const struct wire_leg_result *results, size_t n)
{
    struct delta sums[ASSETS_SEEN_MAX] = { 0 };
    struct wire_snapshot snapshot = venue_client_snapshot(&f->client);

    for (size_t i = 0; i < n; i++)
        sum_fills(sums, &legs[i], &results[i]);
    for (size_t i = 0; i < snapshot.rows_n; i++) {
        const struct wire_snapshot_row *row = &snapshot.rows[i];
        assert_true(row->asset < ASSETS_SEEN_MAX);
        assert_true(i == 0 || snapshot.rows[i - 1].asset < row->asset);
        assert_true(sums[row->asset].atoms == row->net.atoms);
        assert_int_equal(sums[row->asset].negative, row->net.negative);
        sums[row->asset] = (struct delta){ 0 };
    }
    for (size_t i = 0; i < ASSETS_SEEN_MAX; i++)
        assert_true(sums[i].atoms == 0);
    assert_int_equal(snapshot.open_legs, 0);
}

static int fixture_setup(void **state)
{
    struct venue_fixture *f = calloc(1, sizeof *f);

    assert_non_null(f);
    venue_fixture_new(f, *state);
    venue_fixture_start(f);
    *state = f;
    return 0;
}

static int fixture_teardown(void **state)
{
    venue_fixture_free(*state);
    free(*state);
    return 0;
}

int venue_fixture_run(const char *suite, const struct CMUnitTest *tests, size_t n)
{
    static char names[VENUE_SUBJECTS_N][TESTS_MAX][TEST_NAME_MAX];
    int failed = 0;

    assert_true(n <= TESTS_MAX);
    for (size_t s = 0; s < VENUE_SUBJECTS_N; s++) {
        struct CMUnitTest all[TESTS_MAX];
        for (size_t i = 0; i < n; i++) {
            (void)snprintf(names[s][i], TEST_NAME_MAX, "%s: %s", venue_subjects[s].name,
                           tests[i].name);
            all[i] = (struct CMUnitTest){ .name = names[s][i],
                                          .test_func = tests[i].test_func,
                                          .setup_func = fixture_setup,
                                          .teardown_func = fixture_teardown,
                                          .initial_state = (void *)(uintptr_t)&venue_subjects[s] };
        }
        failed += _cmocka_run_group_tests(suite, all, n, NULL, NULL);
    }
    return failed;
}
