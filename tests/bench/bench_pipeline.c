/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_pipeline -- the whole service as real processes: redis-server, gateway, solver with its
 * worker, one AMM venue and one book venue on the shipped markets.
 *
 * First, how long an intent in the money takes to its acknowledgement and to its end, at a steady
 * rate that does not wait for answers. Then, with batch_ms=1, whether the processes grow over
 * BATCHES batches. Some intents out of the money rest all the while, so that every batch freezes
 * open intents. `bench_pipeline bench_memory` does only that.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/demo/trade.h"
#include "solver/core/check.h"
#include "solver/core/system.h"
#include "solver/input/assets_file.h"
#include "tests/bench/flow.h"
#include "tests/bench/numbers.h"
#include "tests/scenario/deployment.h"

#define ASSETS_ARENA_MAX ((size_t)16 << 20)
#define RESTING 4
#define HOUR_MS 3600000
#define EDGE_PPM 20000      /* worse for the signer than the marks, which the venues are near */
#define RESTING_PPM -300000 /* better than any market */
#define VALUE_LO 50000000   /* of an intent, in micro-units of account */
#define VALUE_HI 500000000

#define BATCHES 10000
#define BATCHES_S 150 /* no longer than that */
#define SAMPLE_MS 500
#define WARM_SHARE 0.5 /* of the samples: before that caches and arenas still fill */

static const char *const symbols[] = { "ETH", "USDC", "USDT", "WBTC", "DAI" };

#define ASSETS_N (sizeof symbols / sizeof symbols[0])

struct pipeline {
    struct deployment *d;
    char assets_path[SHARED_PATH_MAX];
    char markets[2][SHARED_PATH_MAX];
    struct arena arena;
    struct asset_table assets;
    struct trade trade;
    struct client_signer who;
    struct intent *intents;
};

/* ---- the deployment ---- */

static void assets_open(struct pipeline *p)
{
    struct input_error e;

    shared_source(p->assets_path, "venues/markets/assets.json");
    arena_init(&p->arena, ASSETS_ARENA_MAX);
    assert_ok(assets_file_load(&p->assets, &e, p->assets_path, &p->arena));
    for (size_t i = 0; i < ASSETS_N; i++)
        p->trade.assets[i] = asset_by_symbol(&p->assets, symbols[i]);
    p->trade.n = ASSETS_N;
    p->trade.rng.state = 1;
}

static void deposit(struct pipeline *p, uint32_t asset)
{
    struct wire_op_request r = { .kind = WIRE_OP_DEPOSIT };

    sign_random(&r.as.deposit.ref, sizeof r.as.deposit.ref);
    r.as.deposit.owner = "user:bench";
    r.as.deposit.key = p->who.key;
    r.as.deposit.asset = asset;
    r.as.deposit.amount = (struct amount){ amount_pow10(30).atoms };
    struct wire_op_answer a = deployment_operate(p->d, &r);
    assert_int_equal(a.code, 0);
}

static void pipeline_open(struct pipeline *p, struct deployment *d, const char *batch_ms)
{
    static const uint8_t seed[SIGN_SEED_BYTES] = "bench";
    const char *const markets[] = { "venues/markets/uni.json", "venues/markets/kraken.json" };
    struct deployment_options o = {
        .assets = p->assets_path,
        /* The defaults of the product, but a disk that others keep busy is slow, not gone. */
        .settings = { batch_ms, "lease_ms=10000", "leg_timeout_ms=30000", "quote_wait_ms=1000",
                      "expire_ms=200", "redis_timeout_ms=60000", "worker_hang_ms=30000",
                      "solve_budget_ms=1500" },
        .venues = { { .name = "uni", .kind = "amm", .market = p->markets[0] },
                    { .name = "kraken", .kind = "book", .market = p->markets[1] } }
    };

    p->d = d;
    assets_open(p);
    for (size_t i = 0; i < 2; i++)
        shared_source(p->markets[i], markets[i]);
    deployment_open(d, &o);
    assert_ok(name_parse(&p->who.account, "bench", strlen("bench")));
    sign_from_seed(&p->who.key, &p->who.secret, seed);
    for (size_t i = 0; i < ASSETS_N; i++)
        deposit(p, p->trade.assets[i]->id);
}

static void pipeline_close(struct pipeline *p)
{
    deployment_close(p->d);
    arena_fini(&p->arena);
    free(p->intents);
}

/* ---- intents ---- */

static void intent_make(struct pipeline *p, struct intent *i, size_t no, int32_t edge_ppm)
{
    uint64_t value = trade_between(&p->trade.rng, VALUE_LO, VALUE_HI);
    const struct asset *sell, *buy;

    trade_pick(&sell, &buy, &p->trade);
    *i = (struct intent){ .id = flow_id(no), .account = p->who.account, .partial = no % 2 == 1 };
    assert_ok(trade_make(i, sell, buy, value, INTENT_SELL, edge_ppm));
    i->deadline_ms = deployment_unix_ms() + HOUR_MS;
}

static void intents_make(struct pipeline *p, size_t n)
{
    p->intents = calloc(n, sizeof *p->intents);
    assert_non_null(p->intents);
    for (size_t i = 0; i < n; i++)
        intent_make(p, &p->intents[i], i, EDGE_PPM);
}

static void resting_post(struct pipeline *p)
{
    struct wire_item items[RESTING];
    struct wire_envelope_answer a;

    for (size_t i = 0; i < RESTING; i++) {
        items[i] = (struct wire_item){ .kind = WIRE_ITEM_INTENT };
        intent_make(p, &items[i].as.intent, SIZE_MAX - i, RESTING_PPM);
    }
    assert_ok(client_ask(&a, p->d->client, &p->who, items, RESTING));
    assert_int_equal(a.code, 0);
    for (size_t i = 0; i < RESTING; i++)
        assert_int_equal(a.items[i].code, 0);
}

static void flow_open(struct flow *f, struct pipeline *p, uint64_t per_second, size_t n)
{
    const char *url = deployment_path(p->d, "gateway.ipc");
    static char full[SHARED_PATH_MAX];

    (void)snprintf(full, sizeof full, "ipc://%s", url);
    intents_make(p, n);
    f->url = full;
    f->who = &p->who;
    f->intents = p->intents;
    f->n = n;
    f->interval_ns = 1000000000 / per_second;
    flow_start(f);
}

/* The number of the newest batch in which something filled; 0: none yet. */
static uint64_t batch_newest(struct pipeline *p)
{
    const struct wire_op_request r = { .kind = WIRE_OP_BATCHES };
    struct wire_op_answer a = deployment_operate(p->d, &r);
    uint64_t newest = 0;

    for (size_t i = 0; i < a.batches_n; i++)
        newest = a.batches[i].auction > newest ? a.batches[i].auction : newest;
    return newest;
}

/* ---- how long ---- */

static void say(const char *setting, const char *what, double value, const char *unit)
{
    char name[128];

    (void)snprintf(name, sizeof name, "%s: %s", setting, what);
    numbers_line("pipeline", name, value, unit);
}

static void flow_print(const char *setting, const struct flow *f)
{
    say(setting, "intents posted", 1e9 / (double)f->interval_ns, "1/s");
    say(setting, "submit to ack p50", (double)stats_quantile(&f->load.latency, 0.5) / 1e3, "ms");
    say(setting, "submit to ack p99", (double)stats_quantile(&f->load.latency, 0.99) / 1e3, "ms");
    say(setting, "submit to receipt p50", (double)stats_quantile(&f->ended, 0.5) / 1e3, "ms");
    say(setting, "submit to receipt p99", (double)stats_quantile(&f->ended, 0.99) / 1e3, "ms");
    say(setting, "filled", (double)f->filled, "intents");
    say(setting, "closed otherwise", (double)f->closed, "intents");
}

static void latency_run(struct deployment *d, const char *setting, uint64_t per_second,
                        size_t seconds)
{
    struct flow *f = calloc(1, sizeof *f);
    struct pipeline p = { 0 };

    assert_non_null(f);
    pipeline_open(&p, d, setting);
    uint64_t start = deployment_now_ms(), first = batch_newest(&p);

    flow_open(f, &p, per_second, per_second * seconds);
    flow_join(f);
    double batches = (double)(batch_newest(&p) - first);

    flow_print(setting, f);
    say(setting, "batches, idle ones too", batches * 1e3 / (double)(deployment_now_ms() - start),
        "1/s");
    pipeline_close(&p);
    free(f);
}

static void bench_default(void **state)
{
    latency_run(*state, "batch_ms=250", 20, 20);
}

static void bench_quick(void **state)
{
    latency_run(*state, "batch_ms=20", 20, 15);
}

/* ---- does it grow ---- */

struct grower {
    const char *name;
    pid_t pid;
    struct numbers kib; /* resident, one per sample */
};

enum grower_no { LEADER, WORKER, GATEWAY, REDIS, AMM, BOOK, GROWERS_N };

static double resident_kib(pid_t pid)
{
    char path[64], line[256];
    unsigned long long kib = 0;

    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL && sscanf(line, "VmRSS: %llu", &kib) != 1)
        ;
    (void)fclose(f);
    assert_true(kib > 0);
    return (double)kib;
}

static void sample_take(struct grower growers[GROWERS_N], struct numbers *batches, uint64_t batch)
{
    numbers_add(batches, (double)batch);
    for (size_t i = 0; i < GROWERS_N; i++)
        numbers_add(&growers[i].kib, resident_kib(growers[i].pid));
}

/* The list from the index on, borrowed. */
static struct numbers from(const struct numbers *l, size_t first)
{
    return (struct numbers){ .v = l->v + first, .n = l->n - first };
}

static void grower_print(const struct grower *g, const struct numbers *batches)
{
    size_t warm = (size_t)(WARM_SHARE * (double)batches->n);
    struct numbers x = from(batches, warm), y = from(&g->kib, warm);
    char what[64];

    (void)snprintf(what, sizeof what, "%s resident at the start", g->name);
    say("batch_ms=1", what, g->kib.v[0], "KiB");
    (void)snprintf(what, sizeof what, "%s resident when warm", g->name);
    say("batch_ms=1", what, y.v[0], "KiB");
    (void)snprintf(what, sizeof what, "%s resident at the end", g->name);
    say("batch_ms=1", what, y.v[y.n - 1], "KiB");
    (void)snprintf(what, sizeof what, "%s slope when warm", g->name);
    say("batch_ms=1", what, 1000 * numbers_slope(&x, &y), "KiB per 1000 batches");
}

static bool batch_known(void *arg)
{
    return batch_newest(arg) > 0;
}

/* The number of the first batch in which something filled. */
static uint64_t batch_first(struct pipeline *p)
{
    process_until(batch_known, p, DEPLOYMENT_WAIT_MS, "a batch");
    return batch_newest(p);
}

static void growers_sample(struct pipeline *p, struct grower growers[GROWERS_N],
                           struct numbers *batches)
{
    uint64_t first = batch_first(p), start = deployment_now_ms(), now = start, batch = first;
    const struct timespec pause = { .tv_nsec = SAMPLE_MS * 1000000 };

    while (batch - first < BATCHES && now - start < BATCHES_S * 1000) {
        (void)nanosleep(&pause, NULL);
        now = deployment_now_ms();
        batch = batch_newest(p);
        sample_take(growers, batches, batch);
    }
    say("batch_ms=1", "batches", (double)(batch - first), "");
    say("batch_ms=1", "batches per second", (double)(batch - first) * 1e3 / (double)(now - start),
        "1/s");
}

static pid_t pid_of(const struct deployment *d, const char *part)
{
    for (size_t i = 0; i < DEPLOYMENT_PARTS_MAX && d->parts[i].name != NULL; i++) {
        if (strcmp(d->parts[i].name, part) == 0)
            return d->parts[i].process.pid;
    }
    fail_msg("no part %s", part);
    return 0;
}

static void bench_memory(void **state)
{
    struct deployment *d = *state;
    struct flow *f = calloc(1, sizeof *f);
    struct pipeline p = { 0 };
    struct numbers batches = { 0 };

    assert_non_null(f);
    pipeline_open(&p, d, "batch_ms=1");
    resting_post(&p);
    struct grower growers[GROWERS_N] = {
        [LEADER] = { .name = "leader", .pid = pid_of(d, "leader") },
        [WORKER] = { .name = "worker", .pid = deployment_worker(d, "leader") },
        [GATEWAY] = { .name = "gateway", .pid = pid_of(d, "gateway") },
        [REDIS] = { .name = "redis", .pid = d->redis.server.pid },
        [AMM] = { .name = "amm venue", .pid = pid_of(d, "uni") },
        [BOOK] = { .name = "book venue", .pid = pid_of(d, "kraken") },
    };

    flow_open(f, &p, 20, 20 * (BATCHES_S + 10));
    growers_sample(&p, growers, &batches);
    flow_stop(f);
    flow_join(f);
    flow_print("batch_ms=1", f);
    for (size_t i = 0; i < GROWERS_N; i++) {
        grower_print(&growers[i], &batches);
        numbers_fini(&growers[i].kib);
    }
    numbers_fini(&batches);
    pipeline_close(&p);
    free(f);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        deployment_test(bench_default),
        deployment_test(bench_quick),
        deployment_test(bench_memory),
    };

    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    cmocka_set_message_output(CM_OUTPUT_SUBUNIT); /* the JSON lines are what counts */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
