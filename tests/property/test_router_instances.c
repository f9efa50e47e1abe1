/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The router on every shared instance, order by order: what it proves is no looser than the stored
 * optimum, and it pays at least what the reference's route and every public router paid.
 *
 * The reference prices weighted and stable pools in reals; the venues' integers end lower by up to
 * 1e-14 over the trade's share of the reserve, which `arithmetic` allows for.
 */
#include "tests/support/test_support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "solver/input/auction_file.h"
#include "tests/bench/solve_reference.h"
#include "tests/support/networks.h"
#include "tests/support/route_judge.h"

#define ARENA_MAX ((size_t)1 << 28)
#define SURE 1e-9

struct instance {
    const char *name;
    double arithmetic;     /* relative */
    const char *unsure[3]; /* orders whose stored bound is not tight */
};

static const struct instance instances[] = {
    { "cp-s10", 0, { NULL } },
    { "cp-m100", 0, { NULL } },
    { "cp-l1000", 0, { NULL } },
    { "cow-cp29", 0, { NULL } },
    { "cow-mixed53", 1e-8, { NULL } },
    { "bal-s10", 1e-8, { NULL } },
    { "bal-m100", 1e-8, { "o27", "o28", NULL } },
    { "cl-s19", 1e-9, { NULL } },
    { "books-20210417-half", 0, { NULL } },
};

/* One order beside what is known of it. */
struct look {
    const struct instance *instance;
    const char *order;
    double bought;
    double bound;
    double atoms; /* V */
    unsigned faults;
};

static void fault(struct look *l, const char *what, double than)
{
    l->faults++;
    print_message("%s %s: %s: bought %.17g, bound %.17g, beside %.17g, V %.3g\n", l->instance->name,
                  l->order, what, l->bought, l->bound, than, l->atoms);
}

static bool unsure(const struct instance *i, const char *order)
{
    for (size_t k = 0; i->unsure[k] != NULL; k++) {
        if (strcmp(i->unsure[k], order) == 0)
            return true;
    }
    return false;
}

static bool reaches(const struct look *l, double other)
{
    return l->bought >= other * (1 - 2 * SURE - l->instance->arithmetic) - l->atoms - 1;
}

static void peer_judge(void *ctx, const struct solve_peer *peer)
{
    struct look *l = ctx;

    if (!isnan(peer->out) && !reaches(l, peer->out))
        fault(l, peer->name, peer->out);
}

static void reference_judge(struct look *l, const struct solve_reference *reference)
{
    struct solve_optimum o = solve_reference_optimum(reference, l->instance->name, l->order);
    double loose = fmax(SURE, o.tolerance) + l->instance->arithmetic / 10;

    if (!unsure(l->instance, l->order)) {
        if (l->bound > o.most * (1 + loose) + 1)
            fault(l, "the bound is looser than the stored one", o.most);
        if (l->bound < o.most * (1 - loose - l->instance->arithmetic) - 1)
            fault(l, "the bound is below the stored one", o.most);
    }
    if (!isnan(o.executed) && !reaches(l, o.executed))
        fault(l, "the reference's route pays more", o.executed);
    solve_reference_peers(reference, l->instance->name, l->order, peer_judge, l);
}

static unsigned order_judge(struct router *router, const struct route_market *m,
                            const struct auction_intent *intent, const struct instance *instance,
                            const struct solve_reference *reference)
{
    const struct router_order order = { .sell = intent->sell,
                                        .buy = intent->buy,
                                        .amount = intent->sell_max };
    struct look l = { .instance = instance, .order = intent->ref };
    struct router_options options;
    struct router_result r;
    struct route_judge j;

    router_defaults(&options);
    options.cycles = true;
    assert_ok(router_solve(&r, router, m, &order, &options));
    route_judge(&j, m, &order, &options, &r);
    l.bought = networks_double(&r.bought);
    l.bound = networks_double(&r.bound);
    l.atoms = j.atoms;
    if (j.fault != NULL)
        fault(&l, j.fault, 0);
    if (j.loss * l.bound > l.bound * (SURE + instance->arithmetic) + j.atoms)
        fault(&l, "the gap stays open", 0);
    reference_judge(&l, reference);
    return l.faults;
}

static unsigned instance_judge(const struct instance *i, const struct solve_reference *reference)
{
    char path[SHARED_PATH_MAX], name[128];
    struct router *router = router_new();
    struct auction_file file;
    struct input_error error;
    struct route_market m;
    struct arena arena;
    unsigned faults = 0;

    assert_non_null(router);
    arena_init(&arena, ARENA_MAX);
    (void)snprintf(name, sizeof name, "data/pools/instances/%s.json", i->name);
    assert_true(shared_path(path, name));
    assert_ok(auction_file_load(&file, &error, path, &arena));
    assert_int_equal(input_skipped_total(&file.skipped), 0);
    const struct auction *a = &file.auction;

    assert_ok(route_market_build(&m, &arena, a->curves, a->curves_n, a->assets_n));
    assert_true(a->intents_n >= 18);
    for (size_t k = 0; k < a->intents_n; k++)
        faults += order_judge(router, &m, &a->intents[k], i, reference);
    print_message("%s: %zu orders, %u faults\n", i->name, a->intents_n, faults);
    arena_fini(&arena);
    router_free(router);
    return faults;
}

static void test_router_instances_reach_the_reference_and_every_router(void **state)
{
    struct solve_reference *reference = solve_reference_open();
    unsigned faults = 0;

    (void)state;
    if (reference == NULL)
        skip();
    for (size_t i = 0; i < sizeof instances / sizeof instances[0]; i++)
        faults += instance_judge(&instances[i], reference);
    solve_reference_close(reference);
    assert_int_equal(faults, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_router_instances_reach_the_reference_and_every_router),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
