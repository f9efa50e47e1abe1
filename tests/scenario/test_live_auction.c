/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A real auction of the mainnet through the whole service: its pools served by venue processes, its
 * orders posted as signed intents, batches until nothing more fills, and then the books.
 */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/scenario/books.h"
#include "tests/scenario/real_auction.h"

#define AUCTION "data/cow/instances/solver-template-py/real_7400681_prod_mainnet.json"
#define GAP_KNOWN_MAX 1000000000000u
#define QUIET_BATCHES 2 /* in a row without a fill */
#define RUN_MS 60000
#define HOUSE_MICRO 20000000 /* of each asset, in the unit of the prices: one ETH is 10^6 */

struct run {
    struct deployment *d;
    const char *records;
    uint64_t newest; /* auction number of the last batch that filled something */
    size_t since;    /* recorded auctions when that was */
    uint64_t end_ms;
};

static size_t recorded(const char *folder)
{
    DIR *dir = opendir(folder);
    size_t n = 0;

    for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;)
        n += strstr(e->d_name, ".auction") != NULL;
    if (dir != NULL)
        closedir(dir);
    return n;
}

/* Nothing was filled for some batches, or it takes too long and the rest stays open. */
static bool run_quiet(void *arg)
{
    const struct wire_op_request r = { .kind = WIRE_OP_BATCHES };
    struct run *run = arg;
    struct wire_op_answer a = deployment_operate(run->d, &r);
    size_t now = recorded(run->records);
    uint64_t newest = a.batches_n > 0 ? a.batches[0].auction : 0;

    if (newest != run->newest) {
        run->newest = newest;
        run->since = now;
    }
    return (newest > 0 && now >= run->since + QUIET_BATCHES) || deployment_now_ms() > run->end_ms;
}

static void batches_print(struct deployment *d)
{
    const struct wire_op_request r = { .kind = WIRE_OP_BATCHES };
    struct wire_op_answer a = deployment_operate(d, &r);
    uint64_t fills = 0, legs = 0;
    int64_t surplus = 0, better = 0;

    for (size_t i = a.batches_n; i > 0; i--) {
        const struct wire_op_batch *b = &a.batches[i - 1];
        fills += b->fills;
        legs += b->legs;
        surplus += b->surplus_micro;
        better += b->better_micro;
        char gap[16] = "unknown";
        if (b->gap_ppt <= GAP_KNOWN_MAX)
            snprintf(gap, sizeof gap, "%.1e", (double)b->gap_ppt * 1e-12);
        print_message("  batch %" PRIu64 ": %u intents, %u fills, %u legs, gap %s, %u ms\n",
                      b->auction, b->intents, b->fills, b->legs, gap, b->solve_us / 1000);
    }
    print_message("%zu batches: %" PRIu64 " fills, %" PRIu64 " legs, surplus %.6f against limits, "
                  "%.6f against the best single venue (in ETH)\n",
                  a.batches_n, fills, legs, (double)surplus * 1e-6, (double)better * 1e-6);
}

static size_t filled(struct deployment *d)
{
    size_t n = 0;

    for (size_t k = 0; k < d->traders_n; k++) {
        enum reject *codes;
        const struct wire_status *s = trader_statuses(&codes, d, &d->traders[k]);
        for (size_t i = 0; i < d->traders[k].intents_n; i++)
            n += codes[i] == REJECT_NONE && !amount_is_zero(s[i].paid);
    }
    return n;
}

static void send_set(struct deployment *d, bool send)
{
    const struct wire_op_request r = { .kind = WIRE_OP_MODE, .as.mode = { true, send } };

    assert_int_equal(deployment_operate(d, &r).code, 0);
}

/* Pools over so many venues, house inventory or none. */
static void check_auction(struct deployment *d, size_t venues, u128 house)
{
    static const char *const names[] = { "pool-a", "pool-b", "pool-c" };
    struct deployment_options options = {
        .settings = { "collar_ppm=1000000", "solve_budget_ms=2000", "worker_hang_ms=60000" },
    };
    struct real_auction r;
    struct tmpdir folder;
    char assets[128], markets[3][128], record[128];

    if (!real_auction_load(&r, AUCTION))
        skip();
    tmpdir_new(&folder);
    snprintf(assets, sizeof assets, "%s/assets.json", folder.path);
    real_auction_write_assets(&r, assets);
    for (size_t i = 0; i < venues; i++) {
        snprintf(markets[i], sizeof markets[i], "%s/%s.json", folder.path, names[i]);
        real_auction_write_market(&r, markets[i], names[i], i, venues);
        options.venues[i] = (struct deployment_venue){ names[i], "amm", .market = markets[i] };
    }
    snprintf(record, sizeof record, "record=%s/record", folder.path);
    options.settings[3] = record;
    options.assets = assets;
    deployment_open(d, &options);
    real_auction_fund_house(&r, d, house);
    send_set(d, false); /* all of it is one batch, as it was */
    size_t accepted = real_auction_post(&r, d);
    send_set(d, true);
    print_message("%zu pools at %zu venues, %zu of %zu orders accepted\n", r.pools, venues,
                  accepted, r.file.auction.intents_n);
    struct run run = { .d = d,
                       .records = record + strlen("record="),
                       .end_ms = deployment_now_ms() + RUN_MS };
    process_until(run_quiet, &run, 2 * RUN_MS, "the auction to come to rest");
    books_await_quiet(d);
    batches_print(d);
    print_message("%zu orders filled\n", filled(d));
    assert_true(filled(d) >= 10);
    deployment_close(d);
    tmpdir_free(&folder);
    real_auction_free(&r);
}

static void test_live_auction_at_one_venue(void **state)
{
    check_auction(*state, 1, 0);
}

static void test_live_auction_over_three_venues_with_house_inventory(void **state)
{
    check_auction(*state, 3, HOUSE_MICRO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        deployment_test(test_live_auction_at_one_venue),
        deployment_test(test_live_auction_over_three_venues_with_house_inventory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
