/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The router on random networks of every kind and shape: the gap closes, the legs execute exactly
 * as claimed, the same comes out again, buying agrees with selling, and an oracle that shares no
 * code with it finds nothing better.
 *
 * SLUICE_ROUTER_SEEDS says how many networks, SLUICE_SEED which is the first.
 */
#include "tests/support/test_support.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/property/oracle_clp.h"
#include "tests/support/networks.h"
#include "tests/support/route_judge.h"

#define SEEDS 40
#define FAULTS_SHOWN 20
#define OPEN_EACH 6 /* orders on networks of chance for one open end */
#define SHOWN_EACH 10000
#define MARKET_MAX ((size_t)1 << 28)
#define ORACLE_CURVES 40
#define ORACLE_EACH 4
#define THREADS_EACH 16

/* Networks with their market, and what was seen on all of them. */
struct scene {
    struct networks n;
    struct arena arena;
    struct route_market m;
    struct router *router;
    uint64_t seed;
};

struct tally {
    unsigned solved, done, part, none, programs, oracles, borrowed;
    unsigned faults; /* what is claimed is not so: never */
    unsigned open;   /* true, but more was possible: hardly ever */
    double worst;    /* loss beyond V */
};

static struct tally tally;

static uint64_t env_number(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);

    return text != NULL ? strtoull(text, NULL, 0) : otherwise;
}

static void show(const struct scene *s, const struct router_order *o, const char *what)
{
    print_message("SLUICE_SEED=%llu, %s, order %zu (%s): %s; among", (unsigned long long)s->seed,
                  s->n.shape, (size_t)(o - s->n.orders), o->exact_out ? "buy" : "sell", what);
    for (unsigned kind = 1; kind <= CURVE_fixed_rate; kind++) {
        unsigned n = 0;

        for (size_t i = 0; i < s->n.curves_n; i++)
            n += s->n.curves[i].kind == kind;
        if (n > 0)
            print_message(" %u %s", n, curve_kind_name(kind));
    }
    print_message("\n");
}

static void fault(const struct scene *s, const struct router_order *o, const char *what)
{
    if (tally.faults++ < FAULTS_SHOWN)
        show(s, o, what);
}

static void open_end(const struct scene *s, const struct router_order *o, const char *what)
{
    if (tally.open++ < FAULTS_SHOWN)
        show(s, o, what);
}

static void scene_open(struct scene *s, uint64_t seed)
{
    s->seed = seed;
    networks_random(&s->n, seed);
    arena_init(&s->arena, MARKET_MAX);
    assert_ok(route_market_build(&s->m, &s->arena, s->n.curves, s->n.curves_n, s->n.assets_n));
    s->router = router_new();
    assert_non_null(s->router);
}

static void scene_close(struct scene *s)
{
    router_free(s->router);
    arena_fini(&s->arena);
    networks_fini(&s->n);
}

/* ---- one order ---- */

/* What must be the same whenever the same is asked. */
struct outcome {
    enum router_end end;
    struct u256 sold, bought, bound;
    size_t legs_n;
    uint64_t legs; /* a digest of them */
};

static struct outcome outcome_of(const struct router_result *r)
{
    struct outcome o = { r->end, r->sold, r->bought, r->bound, r->legs.n, 0 };

    for (size_t i = 0; i < r->legs.n; i++) {
        const struct leg *l = &r->legs.leg[i];
        const uint64_t parts[] = { l->curve,      l->way.give,    l->way.get,    l->in.limb[0],
                                   l->in.limb[1], l->out.limb[0], l->out.limb[1] };

        for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++)
            o.legs = (o.legs ^ parts[k]) * UINT64_C(0x100000001B3);
    }
    return o;
}

static bool outcome_same(const struct outcome *a, const struct outcome *b)
{
    return a->end == b->end && u256_cmp(&a->sold, &b->sold) == 0 &&
           u256_cmp(&a->bought, &b->bought) == 0 && u256_cmp(&a->bound, &b->bound) == 0 &&
           a->legs_n == b->legs_n && a->legs == b->legs;
}

static void options_make(struct router_options *o, bool cycles)
{
    router_defaults(o);
    o->cycles = cycles;
}

/* What of another asset a curve gives for all that is there of one; true: something new. */
static bool reach_over(struct u256 *have, const struct curve *c, struct way way)
{
    const struct u256 *give = &have[c->asset[way.give]];
    struct u256 *get = &have[c->asset[way.get]];
    struct trade t;

    if (u256_is_zero(give) || !u256_is_zero(get) || curve_out(&t, c, way, give) != ERR_OK)
        return false;
    *get = t.out;
    return !u256_is_zero(get);
}

/* Is there a path over which the order, whole and in atoms, buys something? */
static bool path_pays(const struct networks *n, const struct router_order *o)
{
    struct u256 *have = calloc(n->assets_n, sizeof *have);
    bool moved = true;

    assert_non_null(have);
    have[o->sell] = o->amount;
    while (moved) {
        moved = false;
        for (size_t k = 0; k < n->curves_n; k++) {
            uint32_t assets_n = n->curves[k].assets_n;

            for (uint32_t pair = 0; pair < assets_n * assets_n; pair++) {
                struct way way = { pair / assets_n, pair % assets_n };

                if (way_in(way, assets_n))
                    moved = reach_over(have, &n->curves[k], way) || moved;
            }
        }
    }
    bool pays = !u256_is_zero(&have[o->buy]);

    free(have);
    return pays;
}

static void order_count(const struct router_result *r, const struct route_judge *j)
{
    tally.solved++;
    tally.done += r->end == ROUTER_DONE;
    tally.part += r->end == ROUTER_PART;
    tally.none += r->end == ROUTER_NO_ROUTE;
    tally.programs += r->pivots > 0;
    tally.borrowed += r->legs.buffers_n > 0;
    double bound = networks_double(&r->bound);

    if (bound > 0)
        tally.worst = fmax(tally.worst, j->loss - j->atoms / bound);
}

/* Do two legs trade on one pool of three or more assets? */
static bool pool_of_many_shared(const struct networks *n, const struct legs *legs)
{
    for (size_t i = 0; i < legs->n; i++) {
        for (size_t k = 0; k < i; k++) {
            if (legs->leg[i].curve == legs->leg[k].curve &&
                n->curves[legs->leg[i].curve].assets_n > 2)
                return true;
        }
    }
    return false;
}

static void order_judge(const struct scene *s, const struct router_order *o,
                        const struct router_options *options, const struct router_result *r)
{
    struct route_judge j;
    char text[160];

    route_judge(&j, &s->m, o, options, r);
    if (j.fault != NULL)
        fault(s, o, j.fault);
    if (r->end == ROUTER_WORK)
        open_end(s, o, "out of work");
    if (r->end == ROUTER_NO_ROUTE && !o->exact_out && path_pays(&s->n, o))
        open_end(s, o, "no route, but there is a path");
    if (options->cycles && !j.closed) {
        (void)snprintf(text, sizeof text, "the gap stays open: loss %.3g, V %.3g of %.6g, end %d%s",
                       j.loss, j.atoms, networks_double(&r->bound), (int)r->end,
                       pool_of_many_shared(&s->n, &r->legs) ? ", legs share a pool of many" : "");
        open_end(s, o, text);
    }
    if (options->cycles)
        order_count(r, &j);
}

static void repeats(const struct scene *s, const struct router_order *o,
                    const struct router_options *options, const struct outcome *first)
{
    struct router *fresh = router_new();
    struct router *const routers[] = { s->router, fresh };
    struct router_result r;

    assert_non_null(fresh);
    for (int i = 0; i < 2; i++) {
        assert_ok(router_solve(&r, routers[i], &s->m, o, options));
        struct outcome again = outcome_of(&r);

        if (!outcome_same(first, &again))
            fault(s, o, i == 0 ? "another result the second time" : "another on a fresh router");
    }
    router_free(fresh);
}

/* Buying what selling bought costs no more than was sold. */
static void buys_back(const struct scene *s, const struct router_order *o,
                      const struct router_options *options, const struct outcome *sold)
{
    struct router_order back = { o->sell, o->buy, true, sold->bought };
    struct router_result r;
    struct route_judge j;

    if (o->exact_out || sold->end != ROUTER_DONE || u256_is_zero(&sold->bought))
        return;
    assert_ok(router_solve(&r, s->router, &s->m, &back, options));
    route_judge(&j, &s->m, &back, options, &r);
    if (j.fault != NULL)
        fault(s, o, j.fault);
    double most = networks_double(&sold->sold);

    if (networks_double(&r.sold) > most * (1 + 2 * ROUTE_JUDGE_TOLERANCE) + 2 * j.atoms)
        open_end(s, o, "buying costs more than selling brought");
}

/* Nothing that the oracle can reach exceeds the bound, and the route reaches as much. */
static void asks_oracle(const struct scene *s, const struct router_order *o,
                        const struct router_result *r)
{
    const struct oracle_market m = { s->n.curves, s->n.curves_n, s->n.price, s->n.assets_n };
    const struct oracle_order order = { o->sell, o->buy, o->amount };
    struct oracle_result oracle;
    struct router_options options;
    struct route_judge j;

    options_make(&options, true);
    route_judge(&j, &s->m, o, &options, r);
    if (r->end == ROUTER_NO_ROUTE || !oracle_clp(&oracle, &m, &order))
        return;
    tally.oracles++;
    double bought = networks_double(&r->bought);

    if (oracle.out > networks_double(&r->bound) * (1 + ROUTE_JUDGE_TOLERANCE) + 1)
        fault(s, o, "the oracle reaches more than the bound");
    if (bought < oracle.out * (1 - ROUTE_JUDGE_TOLERANCE) - j.atoms - 1)
        open_end(s, o, "the oracle reaches more than the route");
}

static void order_run(const struct scene *s, const struct router_order *o)
{
    struct router_options options;
    struct router_result r;

    options_make(&options, true);
    assert_ok(router_solve(&r, s->router, &s->m, o, &options));
    order_judge(s, o, &options, &r);
    struct outcome first = outcome_of(&r);

    if (!o->exact_out && s->seed % ORACLE_EACH == 0 && s->n.curves_n <= ORACLE_CURVES)
        asks_oracle(s, o, &r);
    repeats(s, o, &options, &first);
    buys_back(s, o, &options, &first);
    options_make(&options, false);
    assert_ok(router_solve(&r, s->router, &s->m, o, &options));
    order_judge(s, o, &options, &r);
}

static void tally_print(uint64_t networks)
{
    print_message("%llu networks, %u orders: %u done, %u in part, %u without a route; %u by the "
                  "program, %u with a buffer, %u beside the oracle; worst loss beyond V %.2g; "
                  "%u open ends, %u faults\n",
                  (unsigned long long)networks, tally.solved, tally.done, tally.part, tally.none,
                  tally.programs, tally.borrowed, tally.oracles, tally.worst, tally.open,
                  tally.faults);
}

static void test_router_closes_the_gap_on_random_networks(void **state)
{
    uint64_t first = env_number("SLUICE_SEED", 1), seeds = env_number("SLUICE_ROUTER_SEEDS", SEEDS);

    (void)state;
    memset(&tally, 0, sizeof tally);
    for (uint64_t seed = first; seed < first + seeds; seed++) {
        struct scene s;

        scene_open(&s, seed);
        for (size_t i = 0; i < s.n.orders_n; i++)
            order_run(&s, &s.n.orders[i]);
        scene_close(&s);
        if ((seed - first + 1) % SHOWN_EACH == 0)
            tally_print(seed - first + 1);
    }
    tally_print(seeds);
    assert_int_equal(tally.faults, 0);
    assert_true(seeds < SEEDS || tally.open * OPEN_EACH < tally.solved);
    assert_true(seeds < SEEDS || (tally.done > seeds && tally.oracles > seeds / 20));
}

/* ---- two threads ---- */

struct half {
    const struct scene *s;
    struct outcome outcome[4];
};

static void *half_run(void *arg)
{
    struct half *h = arg;
    struct router *router = router_new();
    struct router_options options;
    struct router_result r;

    options_make(&options, true);
    for (size_t i = 0; router != NULL && i < h->s->n.orders_n && i < 4; i++) {
        if (router_solve(&r, router, &h->s->m, &h->s->n.orders[i], &options) == ERR_OK)
            h->outcome[i] = outcome_of(&r);
    }
    router_free(router);
    return NULL;
}

static void test_router_gives_two_threads_the_same(void **state)
{
    uint64_t first = env_number("SLUICE_SEED", 1), seeds = env_number("SLUICE_ROUTER_SEEDS", SEEDS);

    (void)state;
    for (uint64_t seed = first; seed < first + seeds; seed += THREADS_EACH) {
        struct half halves[2] = { 0 };
        struct scene s;
        pthread_t thread[2];

        scene_open(&s, seed);
        for (int i = 0; i < 2; i++) {
            halves[i].s = &s;
            assert_int_equal(pthread_create(&thread[i], NULL, half_run, &halves[i]), 0);
        }
        for (int i = 0; i < 2; i++)
            assert_int_equal(pthread_join(thread[i], NULL), 0);
        for (size_t i = 0; i < s.n.orders_n && i < 4; i++)
            assert_true(outcome_same(&halves[0].outcome[i], &halves[1].outcome[i]));
        scene_close(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_router_closes_the_gap_on_random_networks),
        cmocka_unit_test(test_router_gives_two_threads_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
