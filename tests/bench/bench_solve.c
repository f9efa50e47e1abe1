/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_solve -- the engine on real liquidity, in this process: every shared instance order by
 * order, and a real auction as one batch. `bench_solve [NAME...]` does only those.
 *
 * In basis points: gap is the certified one of the answer itself; loss is what the payout stays
 * below the stored upper bound of the order; above the best router is what it exceeds the best
 * payout of a public router for the same order by. An instance with pools of a kind that is not
 * supported is not comparable: it is counted as skipped.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/core/check.h"
#include "solver/input/auction_file.h"
#include "tests/bench/numbers.h"
#include "tests/bench/solve_reference.h"
#include "tests/bench/solve_run.h"
#include "tests/support/shared.h"

#define INPUT_MAX ((size_t)256 << 20)
#define ORDER_US 200000 /* of one order, all repeats */
#define BATCH_US 4000000
#define NAME_MAX_N 128
#define BP 1e4

static const char *const instances[] = { "cp-s10",   "cp-m100",     "cp-l1000",
                                         "cow-cp29", "cow-mixed53", "books-20210417-half",
                                         "bal-s10",  "bal-m100",    "cl-s19" };

static const char batch_path[] =
    "data/cow/instances/solver-template-py/real_7400681_prod_mainnet.json";

struct solve_input {
    struct arena arena;
    struct auction_file file;
};

/* What the orders of one instance gave. */
struct orders {
    struct numbers us, gap, loss, above, legs, rounds, pivots;
    size_t unfilled; /* in none of the lists but us */
    size_t beaten;   /* a router got more */
};

static void say(const char *instance, const char *what, double value, const char *unit)
{
    char name[2 * NAME_MAX_N];

    (void)snprintf(name, sizeof name, "%s: %s", instance, what);
    numbers_line("solve", name, value, unit);
}

/* Half of the orders are better than the first figure, all of them than the second. */
static void say_both(const char *instance, const char *what, struct numbers *l, double worst,
                     const char *unit)
{
    char name[NAME_MAX_N];

    (void)snprintf(name, sizeof name, "%s, median", what);
    say(instance, name, numbers_quantile(l, 0.5), unit);
    (void)snprintf(name, sizeof name, "%s, worst", what);
    say(instance, name, numbers_quantile(l, worst), unit);
}

static bool input_open(struct solve_input *in, const char *name)
{
    char path[SHARED_PATH_MAX];
    struct input_error e;

    if (!shared_path(path, name))
        return false;
    arena_init(&in->arena, INPUT_MAX);
    if (auction_file_load(&in->file, &e, path, &in->arena) == ERR_OK)
        return true;
    (void)fprintf(stderr, "bench_solve: %s\n", e.text);
    exit(EXIT_FAILURE);
}

/* ---- orders on their own ---- */

static void order_solve(struct orders *o, struct clear *c, const struct auction *a, double most,
                        double peer)
{
    struct solve_run r;

    solve_run(&r, c, a, ORDER_US);
    numbers_add(&o->us, r.cpu_us);
    if (r.fills == 0) {
        o->unfilled++;
        return;
    }
    numbers_add(&o->gap, r.gap * BP);
    numbers_add(&o->loss, (1 - r.got / most) * BP);
    numbers_add(&o->above, (r.got / peer - 1) * BP);
    numbers_add(&o->legs, (double)r.legs);
    numbers_add(&o->rounds, (double)r.rounds);
    numbers_add(&o->pivots, (double)r.pivots);
    o->beaten += r.got < peer;
}

static void orders_print(struct orders *o, const char *name)
{
    say(name, "orders", (double)o->us.n, "");
    say(name, "orders that stayed unfilled", (double)o->unfilled, "");
    say_both(name, "processor time of an order", &o->us, 1, "us");
    say_both(name, "gap", &o->gap, 1, "bp");
    say_both(name, "loss to the optimum", &o->loss, 1, "bp");
    say_both(name, "above the best router", &o->above, 0, "bp");
    say(name, "orders for which a router got more", (double)o->beaten, "");
    say_both(name, "legs", &o->legs, 1, "");
    say_both(name, "rounds", &o->rounds, 1, "");
    say_both(name, "pivots", &o->pivots, 1, "");
}

static void orders_fini(struct orders *o)
{
    struct numbers *const all[] = { &o->us,   &o->gap,    &o->loss,  &o->above,
                                    &o->legs, &o->rounds, &o->pivots };

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        numbers_fini(all[i]);
}

static void orders_solve(const struct auction *a, const struct solve_reference *reference,
                         const char *name)
{
    struct clear *c = clear_new();
    struct orders o = { 0 };

    CHECK(c != NULL);
    for (size_t i = 0; i < a->intents_n; i++) {
        struct auction one = *a;
        const char *order = a->intents[i].ref;

        one.intents += i;
        one.intents_n = 1;
        order_solve(&o, c, &one, solve_reference_optimum(reference, name, order).most,
                    solve_reference_peer(reference, name, order));
    }
    orders_print(&o, name);
    orders_fini(&o);
    clear_free(c);
}

static void instance_solve(const struct solve_reference *reference, const char *name)
{
    char path[NAME_MAX_N];
    struct solve_input in;

    (void)snprintf(path, sizeof path, "data/pools/instances/%s.json", name);
    if (!input_open(&in, path))
        return;
    size_t skipped = input_skipped_total(&in.file.skipped);

    if (skipped > 0)
        say(name, "skipped, pools not supported yet", (double)skipped, "");
    else
        orders_solve(&in.file.auction, reference, name);
    arena_fini(&in.arena);
}

/* ---- the real auction ---- */

static void batch_print(const char *name, const struct solve_run *r)
{
    say(name, "time", r->us / 1e6, "s");
    say(name, "processor time", r->cpu_us / 1e6, "s");
    say(name, "gap", r->gap * BP, "bp");
    say(name, "surplus at the file's marks", r->surplus, "ETH");
    say(name, "fills", (double)r->fills, "");
    say(name, "legs", (double)r->legs, "");
    say(name, "rounds", (double)r->rounds, "");
    say(name, "pivots", (double)r->pivots, "");
}

static void batch_solve(void)
{
    struct clear *c = clear_new();
    struct solve_input in;
    struct solve_run r;

    CHECK(c != NULL);
    if (input_open(&in, batch_path)) {
        struct auction *a = &in.file.auction;

        say("real auction", "orders", (double)a->intents_n, "");
        say("real auction", "pools", (double)a->curves_n, "");
        say("real auction", "skipped", (double)input_skipped_total(&in.file.skipped), "");
        solve_run(&r, c, a, BATCH_US);
        batch_print("real auction", &r);
        a->options.robust = true;
        a->options.cycles = false;
        solve_run(&r, c, a, BATCH_US);
        batch_print("real auction, as live batches are", &r);
        arena_fini(&in.arena);
    }
    clear_free(c);
}

static bool wanted(const char *name, int argc, char **argv)
{
    bool found = argc < 2;

    for (int i = 1; i < argc; i++)
        found = found || strcmp(name, argv[i]) == 0;
    return found;
}

int main(int argc, char **argv)
{
    struct solve_reference *reference = solve_reference_open();

    if (reference == NULL)
        return EXIT_SUCCESS;
    for (size_t i = 0; i < sizeof instances / sizeof instances[0]; i++) {
        if (wanted(instances[i], argc, argv))
            instance_solve(reference, instances[i]);
    }
    if (wanted("real", argc, argv))
        batch_solve();
    solve_reference_close(reference);
    return EXIT_SUCCESS;
}
