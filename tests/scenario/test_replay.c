/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A recording on disk, as the leader writes it, and the programs that are given it: sluice verify
 * proves it and finds what was changed in it; sluice solve reproduces it, or says where it differs.
 */
#include "tests/support/test_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "proto/wire_batch.h"
#include "solver/clear/clear.h"
#include "tests/support/clear_run.h"
#include "tests/support/world.h"

#define TIMEOUT_MS 60000

static struct tmpdir folder;
static struct world world;
static struct clear_run answer;
static char auction_path[SHARED_PATH_MAX], solution_path[SHARED_PATH_MAX];
static char log_path[SHARED_PATH_MAX];

static void place(char path[SHARED_PATH_MAX], const char *name)
{
    (void)snprintf(path, SHARED_PATH_MAX, "%s/%s", folder.path, name);
}

static void bytes_write(const char *path, struct wire_bytes *bytes)
{
    FILE *out = fopen(path, "wb");

    assert_non_null(out);
    assert_int_equal(fwrite(bytes->data, 1, bytes->n, out), bytes->n);
    assert_int_equal(fclose(out), 0);
    wire_bytes_fini(bytes);
    *bytes = (struct wire_bytes){ 0 };
}

static void solution_record(const struct solution *s)
{
    struct wire_bytes bytes = { 0 };

    assert_ok(wire_solution_pack(&bytes, s));
    bytes_write(solution_path, &bytes);
}

/* Two pools, two orders against each other: fills, legs and a certificate. */
static int setup(void **state)
{
    struct wire_bytes bytes = { 0 };

    (void)state;
    tmpdir_new(&folder);
    place(auction_path, "000000000007.auction");
    place(solution_path, "000000000007.solution");
    place(log_path, "log");
    world_init(&world, 3, 1);
    world_pool(&world, 0, 0, 1, 1000000000, 2000000000);
    world_pool(&world, 0, 1, 2, 2000000000, 1000000000);
    world_sell(&world, 0, 2, 1000000, 900000);
    world_sell(&world, 1, 0, 100000, 40000);
    clear_run(&answer, &world.a);
    assert_true(answer.s.fills_n == 2 && answer.s.legs_n > 0 && answer.s.duals_n == 3);
    assert_ok(wire_auction_pack(&bytes, &world.a));
    bytes_write(auction_path, &bytes);
    solution_record(&answer.s);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    tmpdir_free(&folder);
    return 0;
}

/* Run sluice with up to four arguments; what it says is in the log. */
static int sluice(const char *a, const char *b, const char *c, const char *d)
{
    char program[SHARED_PATH_MAX];
    struct process p = { 0 };

    shared_program(program, "sluice");
    const char *const argv[] = { program, a, b, c, d, NULL };

    (void)remove(log_path);
    process_start(&p, log_path, argv);
    int status = process_wait(&p, TIMEOUT_MS);

    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void said(const char *text)
{
    size_t size;
    char *all = shared_read(&size, log_path);

    if (strstr(all, text) == NULL)
        fail_msg("\"%s\" is not in: %s", text, all);
    free(all);
}

/* ---- verify ---- */

/* A bit of the certificate is changed: refused, by this rule. */
static void forged(const struct solution *s, const char *rule)
{
    solution_record(s);
    if (sluice("verify", auction_path, solution_path, NULL) != 1)
        fail_msg("%s: not found", rule);
    said(rule);
    solution_record(&answer.s);
}

static void test_replay_verify_finds_a_forged_certificate(void **state)
{
    struct amount duals[3];
    struct solution s = answer.s;

    (void)state;
    assert_int_equal(sluice("verify", auction_path, solution_path, NULL), 0);
    for (unsigned bit = 0; bit < 128; bit += 9) {
        s.bound.limb[bit / 64] = answer.s.bound.limb[bit / 64] ^ (1ull << bit % 64);
        forged(&s, "BOUND");
        s.bound = answer.s.bound;
        s.value.limb[bit / 64] = answer.s.value.limb[bit / 64] ^ (1ull << bit % 64);
        forged(&s, "VALUE");
        s.value = answer.s.value;
    }
    for (size_t i = 0; i < 3; i++) {
        memcpy(duals, answer.s.duals, sizeof duals);
        duals[i].atoms += duals[i].atoms >> 10;
        s.duals = duals;
        forged(&s, "BOUND");
    }
    s = answer.s;
    s.duals_n = 0;
    forged(&s, "BOUND");
    s = answer.s;
    s.prices_n = 2;
    forged(&s, "SHAPE");
}

static void test_replay_verify_finds_forged_prices(void **state)
{
    struct amount prices[3];
    struct solution s = answer.s;

    (void)state;
    s.prices = prices;
    for (size_t i = 0; i < 3; i++) {
        memcpy(prices, answer.s.prices, sizeof prices);
        prices[i].atoms += prices[i].atoms / 8;
        forged(&s, "RATE");
    }
}

/* ---- solve ---- */

static void test_replay_solve_reproduces_the_bytes(void **state)
{
    (void)state;
    assert_int_equal(sluice("solve", auction_path, NULL, NULL), 0);
    said("identical to ");
    assert_int_equal(sluice("solve", auction_path, "-o", "json"), 0);
    said("\"identical\":true");
    said("\"batch\":1");
}

/* Record the first answer and let the engine go. */
static enum err first_record(void *ctx, const struct solution *s)
{
    (void)ctx;
    solution_record(s);
    return ERR_AGAIN;
}

/* The leader may have carried out an earlier answer than the last one, or none at all. */
static void test_replay_solve_stops_at_the_recorded_incumbent(void **state)
{
    struct clear *c = clear_new();

    (void)state;
    assert_non_null(c);
    assert_true(answer.s.incumbent_no > 1);
    assert_err(clear_solve(c, &world.a, first_record, NULL), ERR_AGAIN);
    clear_free(c);
    assert_int_equal(sluice("solve", auction_path, NULL, NULL), 0);
    said("identical to ");
    solution_record(&(struct solution){ .auction = world.a.id });
    assert_int_equal(sluice("solve", auction_path, NULL, NULL), 0);
    said("recorded");
    solution_record(&answer.s);
}

static void test_replay_solve_names_the_first_difference(void **state)
{
    struct solution s = answer.s;
    struct solution_fill fills[2];

    (void)state;
    memcpy(fills, answer.s.fills, sizeof fills);
    fills[1].got = u256_of(77);
    s.fills = fills;
    solution_record(&s);
    assert_int_equal(sluice("solve", auction_path, NULL, NULL), 1);
    said("fills[1].got is 77 there, ");
    assert_int_equal(sluice("solve", auction_path, "-o", "json"), 1);
    said("\"differs\":{\"field\":\"fills[1].got\",\"recorded\":\"77\",\"solved\":\"");
    s = answer.s;
    s.work.pivots++;
    solution_record(&s);
    assert_int_equal(sluice("solve", auction_path, NULL, NULL), 1);
    said("work.pivots is ");
    solution_record(&answer.s);
}

static void test_replay_solve_shows_what_a_setting_changes(void **state)
{
    (void)state;
    assert_int_equal(sluice("solve", auction_path, "--set", "rounds_max=1"), 0);
    said("recorded");
    said("score");
    said("gap");
    assert_int_equal(sluice("solve", auction_path, "--set=rounds_max=1", "--format=json"), 0);
    said("\"recorded\":{\"fills\":2,");
    struct solution s = answer.s;
    struct solution_fill foreign = { 1000000, u256_of(1), u256_of(1) };

    s.fills = &foreign;
    s.fills_n = 1;
    solution_record(&s);
    assert_int_equal(sluice("solve", auction_path, "--set", "rounds_max=1"), 0);
    said("no valid answer to compare with");
    solution_record(&answer.s);
}

static void test_replay_solve_does_without_a_recorded_answer(void **state)
{
    (void)state;
    assert_int_equal(remove(solution_path), 0);
    assert_int_equal(sluice("solve", auction_path, "-o", "json"), 0);
    said("\"batch\":1");
    FILE *out = fopen(solution_path, "w");

    assert_non_null(out);
    assert_true(fputs("no solution", out) >= 0);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(sluice("solve", auction_path, NULL, NULL), 4);
    said("not a recorded solution");
    solution_record(&answer.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replay_verify_finds_a_forged_certificate),
        cmocka_unit_test(test_replay_verify_finds_forged_prices),
        cmocka_unit_test(test_replay_solve_reproduces_the_bytes),
        cmocka_unit_test(test_replay_solve_stops_at_the_recorded_incumbent),
        cmocka_unit_test(test_replay_solve_names_the_first_difference),
        cmocka_unit_test(test_replay_solve_shows_what_a_setting_changes),
        cmocka_unit_test(test_replay_solve_does_without_a_recorded_answer),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
