/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sluice solve and sluice verify as programs, on the shared routing instances: every answer
 * proves, and stands beside the stored optimum as closely as the table says.
 */
#include "tests/support/test_support.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "proto/wire_batch.h"
#include "solver/input/auction_file.h"
#include "tests/support/solving.h"

#define REFERENCE "data/pools/reference/optimum.json"

/* How far an instance may stay behind, relative. */
struct demand {
    const char *name;
    double bound;  /* bound <= upper_bound of the reference, beyond its own tolerance */
    double payout; /* payout >= what the reference executed */
    double gap;    /* payout >= bound, less two atoms of what each leg brings */
};

/* Weighted pools pay about 1e-14 of their balance less than in reals, legs of one pool the fee that
 * the first of them leaves there, and a pool with ticks takes whole atoms after the fee. */
static const struct demand demands[] = {
    { "cp-s10", 0, 1e-9, 1e-9 },
    { "cp-m100", 0, 1e-9, 1e-9 },
    { "cp-l1000", 0, 1e-7, 1e-9 },
    { "cow-cp29", 0, 1e-9, 1e-9 },
    { "cow-mixed53", 1e-8, 1e-9, 1e-4 },
    { "bal-s10", 0, 1e-9, 1e-9 },
    { "bal-m100", 0, 1e-6, 2e-5 },
    { "cl-s19", 0, 4e-7, 4e-7 },
    { "books-20210417-half", 0, 1e-9, 1e-9 },
};

static double number(const json_t *object, const char *key)
{
    const json_t *v = json_object_get(object, key);

    return json_is_string(v) ? strtod(json_string_value(v), NULL) : json_number_value(v);
}

static double price_of(const json_t *line, const json_t *token)
{
    char key[32];

    (void)snprintf(key, sizeof key, "%lld", (long long)json_integer_value(token));
    return number(json_object_get(line, "duals"), key);
}

/* Two atoms of what each leg brings, at the certificate's prices, in atoms of what is bought. */
static double rounding(const json_t *line, const json_t *instance)
{
    const json_t *order, *leg, *bought = NULL;
    double value = 0;
    size_t i;

    json_array_foreach(
        json_object_get(instance, "orders"), i,
        order) if (json_equal(json_object_get(order, "id"), json_object_get(line, "order")))
        bought = json_object_get(order, "buy");
    json_array_foreach(json_object_get(line, "legs"), i, leg) value +=
        2 * price_of(line, json_object_get(leg, "out"));
    return value / price_of(line, bought);
}

/* One answer beside the stored optimum of its order. */
static void answer_judge(const json_t *line, const json_t *reference, const json_t *instance,
                         const struct demand *d)
{
    const char *order = json_string_value(json_object_get(line, "order"));
    const json_t *r = json_object_get(reference, order);
    double got = number(line, "buy_amount"), most = number(r, "upper_bound");
    double bound = number(line, "upper_bound"), loose = fmax(1e-9, number(r, "tolerance"));
    double lost = rounding(line, instance);

    assert_non_null(r);
    const char *end = json_string_value(json_object_get(line, "end"));

    assert_true(strcmp(end, "done") == 0 || strcmp(end, "work_limit") == 0);
    if (!(got > 0 && bound >= got && bound >= number(r, "executed") * (1 - 1e-9)))
        fail_msg("%s %s: payout %.17g, bound %.17g, executed %.17g", d->name, order, got, bound,
                 number(r, "executed"));
    if (bound > most * (1 + loose + d->bound) + 1)
        fail_msg("%s %s: bound %.17g above %.17g", d->name, order, bound, most);
    if (got < number(r, "executed") * (1 - d->payout) - lost)
        fail_msg("%s %s: payout %.17g below %.17g", d->name, order, got, number(r, "executed"));
    if (got < bound * (1 - d->gap) - lost)
        fail_msg("%s %s: payout %.17g below its bound %.17g", d->name, order, got, bound);
}

static size_t answers_judge(const char *output, const json_t *reference, const json_t *instance,
                            const struct demand *d)
{
    size_t size, lines = 0;
    char *text = shared_read(&size, output);

    for (char *rest = text, *line; (line = strsep(&rest, "\n")) != NULL;) {
        if (line[0] == '\0')
            continue;
        json_t *o = json_loads(line, 0, NULL);

        assert_non_null(o);
        answer_judge(o, reference, instance, d);
        json_decref(o);
        lines++;
    }
    free(text);
    return lines;
}

static void instance_judge(const struct demand *d, const json_t *reference)
{
    char name[128], input[SHARED_PATH_MAX], output[SHARED_PATH_MAX];

    (void)snprintf(name, sizeof name, "data/pools/instances/%s.json", d->name);
    assert_true(shared_path(input, name));
    solving_place(output, "answer.json");
    assert_int_equal(solving_solve(input, output, NULL), 0);
    assert_int_equal(solving_verify(input, output, NULL), 0);
    json_t *instance = json_load_file(input, 0, NULL);

    assert_non_null(instance);
    assert_true(answers_judge(output, json_object_get(reference, d->name), instance, d) >= 18);
    json_decref(instance);
}

static void test_solve_instances_prove_and_reach_the_reference(void **state)
{
    char path[SHARED_PATH_MAX];

    (void)state;
    if (!shared_path(path, REFERENCE))
        skip();
    json_t *reference = json_load_file(path, 0, NULL);

    assert_non_null(reference);
    for (size_t i = 0; i < sizeof demands / sizeof demands[0]; i++)
        instance_judge(&demands[i], reference);
    json_decref(reference);
}

/* ---- verify finds what was changed ---- */

static const char small[] =
    "{\"format\":\"irx-instance/1\",\"tokens\":[{\"id\":0,\"address\":\"A\",\"decimals\":0},"
    "{\"id\":1,\"address\":\"B\",\"decimals\":0},{\"id\":2,\"address\":\"C\",\"decimals\":0}],"
    "\"pools\":[{\"id\":7,\"kind\":\"constant_product\",\"tokens\":[0,1],"
    "\"reserves\":[\"1000000000\",\"2000000000\"],\"fee\":\"0.003\"},{\"id\":8,"
    "\"kind\":\"constant_product\",\"tokens\":[2,1],\"reserves\":[\"1000000000\",\"2000000000\"],"
    "\"fee\":\"0.003\"},{\"id\":9,\"kind\":\"weighted\"}],\"orders\":[{\"id\":\"o1\",\"sell\":0,"
    "\"buy\":2,\"sell_amount\":\"1000000\",\"min_buy\":\"900000\"}]}";

static json_t *member_of(json_t *line, const char *key, size_t leg)
{
    return leg == SIZE_MAX ? line : json_array_get(json_object_get(line, key), leg);
}

/* Change one member of a true answer, of the line or of one of its legs; verify must name rule. */
static void tampered(const char *input, size_t leg, const char *key, const char *value,
                     const char *rule)
{
    char output[SHARED_PATH_MAX], changed[SHARED_PATH_MAX], wanted[64];

    solving_place(output, "small.out");
    solving_place(changed, "changed.out");
    json_t *line = json_load_file(output, 0, NULL);
    json_t *object = member_of(line, "legs", leg);

    assert_non_null(object);
    assert_int_equal(json_object_set_new(object, key, json_loads(value, JSON_DECODE_ANY, NULL)), 0);
    assert_int_equal(json_dump_file(line, changed, JSON_COMPACT), 0);
    json_decref(line);
    assert_int_equal(solving_verify(input, changed, NULL), 1);
    (void)snprintf(wanted, sizeof wanted, "\"rule\":\"%s\"", rule);
    if (!solving_says(wanted))
        fail_msg("%s changed: not found by rule %s", key, rule);
}

static void test_solve_instances_verify_names_the_broken_rule(void **state)
{
    char input[SHARED_PATH_MAX], output[SHARED_PATH_MAX];

    (void)state;
    solving_place(input, "small.json");
    solving_place(output, "small.out");
    solving_write(input, small);
    assert_int_equal(solving_solve(input, output, NULL), 0);
    assert_int_equal(solving_verify(input, output, NULL), 0);
    tampered(input, 0, "out_amount", "\"1990000000\"", "LEG");
    tampered(input, 1, "in_amount", "\"1\"", "LEG");
    tampered(input, SIZE_MAX, "buy_amount", "\"999999\"", "RATE");
    tampered(input, SIZE_MAX, "buy_amount", "\"899999\"", "LIMIT");
    tampered(input, SIZE_MAX, "sell_amount", "\"1000001\"", "WHOLE");
    tampered(input, SIZE_MAX, "sell_amount", "\"999999\"", "WHOLE");
    tampered(input, SIZE_MAX, "limit_met", "false", "LIMIT");
    tampered(input, SIZE_MAX, "end", "\"part\"", "END");
    tampered(input, SIZE_MAX, "end", "\"dnoe\"", "END");
    tampered(input, SIZE_MAX, "legs", "[]", "CONSERVATION");
    tampered(input, SIZE_MAX, "prices", "{}", "PRICE");
    tampered(input, SIZE_MAX, "buffer", "{\"1\":\"5\"}", "BUFFER");
    tampered(input, SIZE_MAX, "upper_bound", "\"994018\"", "BOUND");
    tampered(input, SIZE_MAX, "upper_bound", "null", "BOUND");
    tampered(input, SIZE_MAX, "gap", "0", "GAP");
    tampered(input, SIZE_MAX, "gap", "null", "GAP");
    tampered(input, SIZE_MAX, "duals", "{}", "BOUND");
    tampered(input, SIZE_MAX, "duals", "{\"0\":\"5\",\"1\":\"1\",\"2\":\"1\"}", "BOUND");
}

/* All orders in one line each: a line that is gone, or there twice, is found and named. */
static void test_solve_instances_verify_wants_every_order_once(void **state)
{
    char input[SHARED_PATH_MAX], output[SHARED_PATH_MAX], twice[4096];
    size_t size;

    (void)state;
    solving_place(input, "small.json");
    solving_place(output, "once.out");
    solving_write(input, small);
    assert_int_equal(solving_solve(input, output, NULL), 0);
    char *line = shared_read(&size, output);

    assert_true(snprintf(twice, sizeof twice, "%s%s", line, line) < (int)sizeof twice);
    solving_write(output, twice);
    free(line);
    assert_int_equal(solving_verify(input, output, NULL), 1);
    assert_true(solving_says("\"order\":\"o1\",\"valid\":false,\"rule\":\"TWICE\""));
    solving_write(output, "\n");
    assert_int_equal(solving_verify(input, output, NULL), 1);
    assert_true(solving_says("\"order\":\"o1\",\"valid\":false,\"rule\":\"MISSING\""));
    solving_write(output, "");
    assert_int_equal(solving_verify(input, output, NULL), 1);
    assert_int_equal(solving_verify(input, output, "o1"), 1);
    assert_int_equal(solving_verify(input, output, "o9"), 2);
}

/* What people see: symbols, short names, the gap, and why an order got nothing. */
static void test_solve_instances_table_says_why(void **state)
{
    static const char why[] =
        "{\"format\":\"irx-instance/1\",\"tokens\":["
        "{\"id\":0,\"address\":\"A\",\"symbol\":\"GOLD\",\"decimals\":0},"
        "{\"id\":1,\"address\":\"0x0123456789abcdef\",\"decimals\":0},"
        "{\"id\":2,\"address\":\"C\",\"decimals\":0}],\"pools\":["
        "{\"id\":7,\"kind\":\"constant_product\",\"tokens\":[0,1],"
        "\"reserves\":[\"1000000000\",\"2000000000\"],\"fee\":\"0.003\"}],\"orders\":["
        "{\"id\":\"fills\",\"sell\":0,\"buy\":1,\"sell_amount\":\"1000000\",\"min_buy\":\"1\"},"
        "{\"id\":\"0xfedcba98765\",\"sell\":0,\"buy\":2,\"sell_amount\":\"9\",\"min_buy\":\"1\"},"
        "{\"id\":\"dear\",\"sell\":0,\"buy\":1,\"sell_amount\":\"1000000\","
        "\"min_buy\":\"3000000\"}]}";
    static const char *const wanted[] = {
        "1,000,000 GOLD", "1,992,013 0x01234567..", "gap", "0xfedcba98..",
        "no path",        "limit is not met"
    };
    char input[SHARED_PATH_MAX], log[SHARED_PATH_MAX], sluice[SHARED_PATH_MAX];

    (void)state;
    solving_place(input, "why.json");
    solving_place(log, "verify.log");
    solving_write(input, why);
    shared_program(sluice, "sluice");
    const char *const each[] = { sluice, "solve", input, NULL };
    const char *const batch[] = { sluice, "solve", input, "--batch", NULL };

    (void)remove(log);
    assert_int_equal(solving_run(log, each), 0);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        assert_true(solving_says(wanted[i]));
    assert_int_equal(solving_run(log, batch), 0);
    assert_true(solving_says("1 of 3 orders, 1 legs; "));
    assert_true(solving_says(", at most "));
}

/* What cannot be done whole is done as far as it goes; what cannot be proved is named. */
static void test_solve_instances_says_how_far_an_order_goes(void **state)
{
    static const char text[] =
        "{\"format\":\"irx-instance/1\",\"tokens\":[{\"id\":0,\"address\":\"A\",\"decimals\":0},"
        "{\"id\":1,\"address\":\"B\",\"decimals\":0},{\"id\":2,\"address\":\"C\",\"decimals\":0}],"
        "\"pools\":[{\"id\":7,\"kind\":\"book\",\"decimals\":[0,0],\"tokens\":[0,1],"
        "\"bids\":[[\"2\",\"1000\"]],\"asks\":[],\"fee\":\"0.001\"},{\"id\":8,"
        "\"kind\":\"constant_product\",\"tokens\":[1,2],\"reserves\":[\"1000000\",\"2000000\"],"
        "\"fee\":\"0.003\"}],\"orders\":["
        "{\"id\":\"huge\",\"sell\":1,\"buy\":2,\"sell_amount\":"
        "\"1000000000000000000000000000000000000000000000000000000000000\",\"min_buy\":\"1\"},"
        "{\"id\":\"long\",\"sell\":0,\"buy\":2,\"sell_amount\":\"5000\",\"min_buy\":\"1\"}]}";
    char input[SHARED_PATH_MAX], output[SHARED_PATH_MAX], log[SHARED_PATH_MAX];

    (void)state;
    solving_place(input, "far.json");
    solving_place(output, "far.out");
    solving_place(log, "solve.log");
    solving_write(input, text);
    (void)remove(log);
    assert_int_equal(solving_solve(input, output, NULL), 4);
    json_t *line = json_load_file(output, 0, NULL);

    assert_string_equal(json_string_value(json_object_get(line, "order")), "long");
    assert_string_equal(json_string_value(json_object_get(line, "sell_amount")), "1000");
    assert_string_not_equal(json_string_value(json_object_get(line, "end")), "done");
    assert_true(json_string_length(json_object_get(line, "why")) > 0);
    json_decref(line);
    assert_int_equal(solving_verify(input, output, "long"), 0);
    assert_int_equal(solving_solve(input, output, "huge"), 4);
    (void)rename(log, (solving_place(input, "verify.log"), input));
    assert_true(solving_says("order huge cannot be routed: it is too large for a proof"));
}

/* What options cost stands beside the route, which keeps to them and verifies. */
static void test_solve_instances_options_say_what_they_cost(void **state)
{
    char input[SHARED_PATH_MAX], output[SHARED_PATH_MAX], sluice[SHARED_PATH_MAX];
    char log[SHARED_PATH_MAX];

    (void)state;
    solving_place(input, "small.json");
    solving_place(output, "options.out");
    solving_place(log, "options.log");
    solving_write(input, small);
    shared_program(sluice, "sluice");
    const char *const short_paths[] = {
        sluice,  "solve", input,         "--hops-max",        "1", "--legs-max", "9",
        "--out", output,  "--no-cycles", "--no-venue-limits", NULL
    };
    const char *const together[] = { sluice, "solve", input, "--hops-max", "1", "--batch", NULL };
    const char *const none[] = { sluice, "solve", input, "--legs-max", "0", NULL };

    assert_int_equal(solving_run(log, short_paths), 0);
    assert_int_equal(solving_verify(input, output, NULL), 0);
    json_t *line = json_load_file(output, 0, NULL);

    assert_string_equal(json_string_value(json_object_get(line, "end")), "no_route");
    assert_true(json_is_false(json_object_get(line, "venue_limits")));
    const json_t *cost = json_object_get(line, "hops_max_cost");

    assert_true(number(cost, "atoms") > 900000);
    assert_non_null(json_object_get(line, "legs_max_cost"));
    assert_non_null(json_object_get(line, "no_cycles_cost"));
    json_decref(line);
    assert_int_equal(solving_run(log, together), 2);
    assert_int_equal(solving_run(log, none), 2);
}

/* Every *.json of a directory by name; one that is bad does not keep the others. */
static void test_solve_instances_solves_a_directory(void **state)
{
    char many[SHARED_PATH_MAX], output[SHARED_PATH_MAX], input[SHARED_PATH_MAX];
    size_t size;

    (void)state;
    solving_place(many, "many");
    solving_place(output, "many.out");
    assert_int_equal(mkdir(many, 0700), 0);
    assert_int_equal(solving_solve(many, output, NULL), 4); /* none there */
    solving_place(input, "many/2.json");
    solving_write(input, small);
    solving_place(input, "many/1.json");
    solving_write(input, small);
    solving_place(input, "many/0.txt");
    solving_write(input, "no problem");
    assert_int_equal(solving_solve(many, output, NULL), 0);
    char *lines = shared_read(&size, output);
    const char *first = strstr(lines, "many/1.json\",\"order\":\"o1\"");
    const char *second = strstr(lines, "many/2.json\",\"order\":\"o1\"");

    assert_true(first != NULL && second > first);
    free(lines);
    solving_place(input, "many/1.json");
    solving_write(input, "{}");
    assert_int_equal(solving_solve(many, output, NULL), 4);
    lines = shared_read(&size, output);
    assert_non_null(strstr(lines, "many/2.json"));
    free(lines);
    assert_int_equal(solving_solve(many, output, "o1"), 2);
}

static void test_solve_instances_bad_files_are_named(void **state)
{
    char input[SHARED_PATH_MAX], output[SHARED_PATH_MAX];

    (void)state;
    solving_place(input, "small.json");
    solving_place(output, "bad.out");
    solving_write(input, small);
    solving_write(output, "{\"order\":\"o7\"}\n");
    assert_int_equal(solving_verify(input, output, NULL), 4);
    assert_true(solving_says("$.order: \\\"o7\\\" is not an order of the input"));
    solving_write(output, "\n{\"order\"");
    assert_int_equal(solving_verify(input, output, NULL), 4);
    assert_true(solving_says("bad.out:2"));
    assert_int_equal(solving_solve("nowhere.json", output, NULL), 4);
    solving_write(input, "{\"format\":\"irx-instance/1\"}");
    assert_int_equal(solving_solve(input, output, NULL), 4);
    solving_write(input, "\x08\x01garbage");
    assert_int_equal(solving_solve(input, output, NULL), 4);
    solving_write(input, small);
    assert_int_equal(solving_solve(input, output, "o9"), 2);
}

/* A recording is the same problem: what solve prints for it proves, batch and single orders. */
static void test_solve_instances_takes_a_recorded_auction(void **state)
{
    char input[SHARED_PATH_MAX], output[SHARED_PATH_MAX];
    struct wire_bytes bytes = { 0 };
    struct auction_file file;
    struct input_error error;
    struct arena arena;

    (void)state;
    solving_place(input, "recorded.bin");
    solving_place(output, "recorded.out");
    arena_init(&arena, (size_t)1 << 24);
    assert_ok(auction_file_parse(&file, &error, "small", small, strlen(small), &arena));
    assert_ok(wire_auction_pack(&bytes, &file.auction));
    FILE *out = fopen(input, "wb");

    assert_non_null(out);
    assert_int_equal(fwrite(bytes.data, 1, bytes.n, out), bytes.n);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(solving_solve(input, output, NULL), 0);
    assert_int_equal(solving_verify(input, output, NULL), 0);
    json_t *line = json_load_file(output, 0, NULL);
    const json_t *leg = json_array_get(json_object_get(line, "legs"), 0);

    assert_string_equal(json_string_value(json_object_get(leg, "pool")), "file/7");
    json_decref(line);
    wire_bytes_fini(&bytes);
    arena_fini(&arena);
}

static int setup(void **state)
{
    (void)state;
    tmpdir_new(&solving_folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    tmpdir_free(&solving_folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_solve_instances_verify_names_the_broken_rule),
        cmocka_unit_test(test_solve_instances_verify_wants_every_order_once),
        cmocka_unit_test(test_solve_instances_table_says_why),
        cmocka_unit_test(test_solve_instances_says_how_far_an_order_goes),
        cmocka_unit_test(test_solve_instances_options_say_what_they_cost),
        cmocka_unit_test(test_solve_instances_solves_a_directory),
        cmocka_unit_test(test_solve_instances_bad_files_are_named),
        cmocka_unit_test(test_solve_instances_takes_a_recorded_auction),
        cmocka_unit_test(test_solve_instances_prove_and_reach_the_reference),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
