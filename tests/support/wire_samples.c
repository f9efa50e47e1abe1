/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/wire_samples.h"

#include <string.h>

#include "proto/wire_batch.h"
#include "proto/wire_intent.h"
#include "proto/wire_operator.h"
#include "proto/wire_venue.h"
#include "solver/core/check.h"

#define ID(first, last)                                                                            \
    {                                                                                              \
        {                                                                                          \
            (first), [ID_BYTES - 1] = (last)                                                       \
        }                                                                                          \
    }
#define DIGEST(first)                                                                              \
    {                                                                                              \
        {                                                                                          \
            (first), 0xd1                                                                          \
        }                                                                                          \
    }
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct name pools = { "amm-one" };

/* ---- clients and gateway ---- */

static struct intent intent = {
    .id = ID(0xa1, 1),
    .account = { "alice" },
    .kind = INTENT_SELL,
    .partial = true,
    .sell_asset = 1,
    .buy_asset = 2,
    .sell_amount = { (u128)1500000000000000000 },
    .buy_amount = { (u128)4500000000 },
    .deadline_ms = 1767225600000,
};

static struct wire_item items[3];
static struct wire_payload batch = { .account = { "alice" }, .items = items, .items_n = 3 };

static struct wire_item watch[] = {
    { .kind = WIRE_ITEM_WATCH, .as.watch = { .after = 41, .wait_ms = 30000, .max = 100 } },
};
static struct wire_payload batch_watch = { .account = { "alice" }, .items = watch, .items_n = 1 };

static struct wire_item balances[] = { { .kind = WIRE_ITEM_BALANCES } };
static struct wire_payload batch_balances = { .account = { "alice" },
                                              .items = balances,
                                              .items_n = 1 };

static struct wire_envelope envelopes[1];
static struct wire_request request = { .nonce = 7, .envelopes = envelopes, .envelopes_n = 1 };

static struct wire_receipt_fill receipt_fills[] = {
    {
        .auction = 90,
        .batch = ID(0xb0, 9),
        .paid = { 500000000000000000 },
        .got = { 1510000000 },
        .surplus_limit = { 10000000 },
        .alone = { 1502000000 },
        .alone_venue = { "amm-one" },
        .solution = DIGEST(0x50),
        .unix_ms = 1767225590123,
    },
};
static struct wire_receipt receipt = { .intent = ID(0xa1, 1),
                                       .fills = receipt_fills,
                                       .fills_n = 1 };

static struct wire_item_answer status_answers[2];
static struct wire_event events[] = {
    { 42, 1767225590001, ID(0xa1, 1), INTENT_ACCEPTED, { 0 }, { 0 } },
    { 43, 1767225590123, ID(0xa1, 1), INTENT_FILLED, { 500 }, { 1510 } },
};
static struct wire_item_answer event_answers[] = {
    { .text = "", .events = events, .events_n = 2, .newest = 43 },
};
static struct wire_balance held[] = { { 1, { 250 }, { 500 } }, { 2, { 1510 }, { 0 } } };
static struct wire_item_answer balance_answers[] = {
    { .text = "", .balances = held, .balances_n = 2 },
};
static struct wire_envelope_answer envelope_answers[] = {
    { .text = "", .items = status_answers, .items_n = 2 },
    { .text = "", .items = event_answers, .items_n = 1 },
    { .text = "", .items = balance_answers, .items_n = 1 },
    { .code = 1201, .text = "the signature does not match the payload and key" },
};
static struct wire_answer answer = { .nonce = 7, .answers = envelope_answers, .answers_n = 4 };
static struct wire_answer answer_refused = { .nonce = 7,
                                             .code = 1101,
                                             .text = "a queue is full; repeat the same id later" };

/* ---- batches ---- */

static struct auction_asset assets[] = {
    { 1, "ETH", 18, { { 3000000000 }, { 1000000000000000000 } }, { 1 } },
    { 2, "USDC", 6, { { 0 }, { 0 } }, { 10 } },
};
static struct auction_venue venues[] = { { { "amm-one" }, { "home" }, true } };
static struct book_level bids[] = { { { { 2990000000 } }, { { 5000 } } } };
static struct book_level asks[] = {
    { { { 3010000000 } }, { { 4000 } } },
    { { { 3020000000 } }, { { 0, 1000 } } },
};
static struct weighted weighted = {
    .pool = { .n = 2,
              .fee = 3000000000000000,
              .balance = { { { 5000000000000000000 } }, { { 60000000000 } } },
              .scaling = { { { 1000000000000000000 } },
                           { { 5076944270305263616, 54210108624 } } } },
    .weight = { 200000000000000000, 800000000000000000 },
    .multiplies = true,
    .unlimited = true,
};
static struct stable stable = {
    .pool = { .n = 2,
              .fee = 400000000000000,
              .balance = { { { 5000000000000000000 } }, { { 5000000 } } },
              .scaling = { { { 1000000000000000000 } },
                           { { 5076944270305263616, 54210108624 } } } },
    .amplification = 200000,
    .invariant = { { 10000000000000000000u } },
};
static struct concentrated_tick ticks[] = {
    { -60, { { 7829751401545787782, 4282102344 } }, { 1000000000000000000, false } },
    { 60, { { 8210300884226503665, 4307870898 } }, { 1000000000000000000, true } },
};
static struct curve curves[] = {
    {
        .id = 11,
        .seq = 3,
        .assets_n = 2,
        .asset = { 0, 1 },
        .age_ms = 12,
        .kind = CURVE_constant_product,
        .as.constant_product = { { { { 0, 54 } }, { { 3000000000000 } } }, 997, 1000 },
    },
    {
        .id = 12,
        .seq = 8,
        .assets_n = 2,
        .asset = { 0, 1 },
        .kind = CURVE_book,
        .as.book = { { { 1000000000000000000 } }, { { 1000 } }, 9990, 10000, bids, asks, 1, 2 },
    },
    {
        .id = 13,
        .seq = 9,
        .assets_n = 2,
        .asset = { 0, 1 },
        .kind = CURVE_weighted,
        .as.weighted = &weighted,
    },
    {
        .id = 14,
        .seq = 10,
        .assets_n = 2,
        .asset = { 1, 0 },
        .kind = CURVE_stable,
        .as.stable = &stable,
    },
    {
        .id = 15,
        .seq = 11,
        .assets_n = 2,
        .asset = { 0, 1 },
        .kind = CURVE_concentrated,
        .as.concentrated = { { { 0, 4294967296 } },
                             { { 1000000000000000000 } },
                             -1,
                             3000,
                             ticks,
                             2 },
    },
    {
        .id = 16,
        .seq = 12,
        .assets_n = 2,
        .asset = { 0, 1 },
        .kind = CURVE_fixed_rate,
        .as.fixed_rate = { { { 3 } },
                           { { 1000000000 } },
                           999,
                           1000,
                           { { { 700 } }, { { 80000 } } },
                           true },
    },
};
static struct auction_intent auction_intents[] = {
    {
        .id = ID(0xa1, 1),
        .ref = "order-1",
        .kind = INTENT_SELL,
        .partial = true,
        .sell = 0,
        .buy = 1,
        .sell_max = { { 1000000000000000000 } },
        .buy_min = { { 3000000000 } },
        .signed_sell = { { 1500000000000000000 } },
        .signed_buy = { { 4500000000 } },
    },
};
static struct auction_inventory inventory[] = { { { "home" }, 1, { 77 } } };
static struct row rows[] = { { ROW_IN_FLIGHT, { "amm-one" }, 0, { 0 }, { 1000 }, { 10 } } };
static struct auction auction = {
    .number = 90,
    .id = ID(0x90, 90),
    .unix_ms = 1767225590000,
    .config = DIGEST(0xc0),
    .assets = assets,
    .assets_n = COUNT(assets),
    .venues = venues,
    .venues_n = COUNT(venues),
    .curves = curves,
    .curves_n = COUNT(curves),
    .intents = auction_intents,
    .intents_n = COUNT(auction_intents),
    .inventory = inventory,
    .inventory_n = COUNT(inventory),
    .rows = rows,
    .rows_n = COUNT(rows),
    .options = { 1000, 100000, 40, true, true, 256 },
};

static struct amount prices[] = { { 3000000000000 }, { 1000 } };
static struct solution_fill fills[] = { { 0, { { 500000000000000000 } }, { { 1510000000 } } } };
static struct solution_leg legs[] = { { 1, { 1, 0 }, 2, 3, { { 500 } }, { { 1510 } } } };
static struct solution_cover covers[] = { { 1, { 5 } } };
static struct amount duals[] = { { 3000000000001 }, { 0 } };
static struct solution solution = {
    .auction = ID(0x90, 90),
    .incumbent_no = 2,
    .final = true,
    .prices = prices,
    .prices_n = COUNT(prices),
    .fills = fills,
    .fills_n = COUNT(fills),
    .legs = legs,
    .legs_n = COUNT(legs),
    .covers = covers,
    .covers_n = COUNT(covers),
    .duals = duals,
    .duals_n = COUNT(duals),
    .value = { { 1, 2 } },
    .bound = { { 0, 0, 0, 1 } },
    .work = { 3, 120, 2, 14 },
};

static struct wire_worker_message worker_auction, worker_solution;
static struct wire_worker_message worker_failure = {
    .kind = WIRE_WORKER_FAILURE, .as.failure = { ID(0x90, 90), "the LP is not numerically usable" }
};

/* ---- venues ---- */

static struct id leg_ids[] = { ID(0x1e, 1), ID(0x1e, 2) };
static struct wire_leg venue_legs[] = { { ID(0x1e, 1), 11, 3, 1, 2, { 500 }, { 1500 } } };

#define VENUE_REQUEST(verb_, member, ...)                                                          \
    {                                                                                              \
        .verb = (verb_), .as.member = { __VA_ARGS__ }                                              \
    }
static struct wire_venue_request venue_requests[] = {
    VENUE_REQUEST(WIRE_HELLO, hello, DIGEST(0xa5), { "solver-1" }, 4),
    VENUE_REQUEST(WIRE_QUOTES, quotes, 17, 10000, 2),
    VENUE_REQUEST(WIRE_SUBMIT, submit, 4, true, venue_legs, 1),
    VENUE_REQUEST(WIRE_QUERY, query, leg_ids, 2),
    VENUE_REQUEST(WIRE_VOID, void_legs, 4, leg_ids, 2),
    VENUE_REQUEST(WIRE_SNAPSHOT, snapshot, 5),
};

static uint64_t removed[] = { 9, 300 };
static struct wire_fill venue_fills[] = { { ID(0xf1, 1), { 500 }, { 1510 } } };
static struct wire_leg_result results[] = {
    { ID(0x1e, 1), WIRE_LEG_FILLED, venue_fills, 1, 4, NULL },
    { ID(0x1e, 2), WIRE_LEG_REJECTED, NULL, 0, 3, "output below min_out" },
};
static struct wire_snapshot_row snapshot_rows[] = {
    { 1, { 500, false } },
    { 2, { 1510, true } },
};
static struct wire_venue_answer venue_answers[] = {
    { .verb = WIRE_HELLO,
      .as.hello = { { "amm-one" },
                    { "amm" },
                    { "home" },
                    DIGEST(0xa5),
                    true,
                    2000,
                    true,
                    4,
                    "0.1" } },
    { .verb = WIRE_QUOTES, .as.quotes = { 18, true, curves, COUNT(curves), 3, removed, 2 } },
    { .verb = WIRE_SUBMIT, .as.submit = { results, 2 } },
    { .verb = WIRE_QUERY, .as.query = { results, 1 } },
    { .verb = WIRE_VOID, .as.void_legs = { results, 2 } },
    { .verb = WIRE_SNAPSHOT, .as.snapshot = { snapshot_rows, 2, 3, 1 } },
    { .code = 1501, .text = "a newer leader holds the lease" },
};

/* ---- operators ---- */

static struct wire_op_request op_requests[] = {
    { .kind = WIRE_OP_DEPOSIT,
      .as.deposit = { ID(0xde, 1), "user:alice", { { 0x4b } }, 1, { 1000 } } },
    { .kind = WIRE_OP_WITHDRAW,
      .as.withdraw = { ID(0xde, 2), "inv:home", { { 0 } }, 1, { 1000 } } },
    { .kind = WIRE_OP_TRANSFER, .as.transfer = { ID(0xde, 3), { "home" }, { "cex" }, 2, { 50 } } },
    { .kind = WIRE_OP_LIMIT_SET,
      .as.limit_set = { ROW_INVENTORY, { "home" }, 1, { 5 }, { 1000 }, { 0 } } },
    { .kind = WIRE_OP_LIMITS },
    { .kind = WIRE_OP_VENUES },
    { .kind = WIRE_OP_INVENTORY },
    { .kind = WIRE_OP_MODE, .as.mode = { true, false } },
    { .kind = WIRE_OP_AUDIT, .as.audit = { true } },
    { .kind = WIRE_OP_METRICS },
    { .kind = WIRE_OP_CHECKPOINT },
    { .kind = WIRE_OP_BALANCES },
    { .kind = WIRE_OP_BATCHES },
};

static struct wire_op_venue op_venues[] = {
    { { "amm-one" },
      { "amm" },
      { "home" },
      true,
      120,
      18,
      40,
      2,
      "lost its legs at start",
      "up",
      "ipc:///run/sluice/amm-one.ipc" },
};
static struct wire_op_balance op_balances[] = { { "user:alice", 1, { 250 }, { 500 } } };
static struct wire_op_books op_books[] = { { { "amm-one" }, 2, { 400, true } } };
static struct wire_op_audit_row op_audit[] = { { 1, { 750 }, { 760, true }, { 10, true } } };
static struct wire_op_metric op_metrics[] = { { "intents_accepted", 12, "intents accepted" } };
static struct wire_op_batch op_batches[] = {
    { 90, 1767225590123, 3, 2, 4, 1000, 2500000, -1800000, 900, DIGEST(0x50) },
};
static struct wire_op_answer op_answer = {
    .code = 0,
    .text = "",
    .limits = rows,
    .limits_n = 1,
    .venues = op_venues,
    .venues_n = 1,
    .balances = op_balances,
    .balances_n = 1,
    .audit = op_audit,
    .audit_n = 1,
    .books = op_books,
    .books_n = 1,
    .open_pots = 1,
    .open_legs = 2,
    .sound = true,
    .metrics = op_metrics,
    .metrics_n = 1,
    .batches = op_batches,
    .batches_n = 1,
    .journal_entries = 77,
};

static const struct wire_sample samples[] = {
    { "batch", &wire_map_payload, &batch },
    { "batch-watch", &wire_map_payload, &batch_watch },
    { "batch-balances", &wire_map_payload, &batch_balances },
    { "intent", &wire_map_intent, &intent },
    { "request", &wire_map_request, &request },
    { "answer", &wire_map_answer, &answer },
    { "answer-refused", &wire_map_answer, &answer_refused },
    { "receipt", &wire_map_receipt, &receipt },
    { "auction", &wire_map_auction, &auction },
    { "solution", &wire_map_solution, &solution },
    { "worker-auction", &wire_map_worker, &worker_auction },
    { "worker-solution", &wire_map_worker, &worker_solution },
    { "worker-failure", &wire_map_worker, &worker_failure },
    { "hello-request", &wire_map_venue_request, &venue_requests[0] },
    { "quotes-request", &wire_map_venue_request, &venue_requests[1] },
    { "submit-request", &wire_map_venue_request, &venue_requests[2] },
    { "query-request", &wire_map_venue_request, &venue_requests[3] },
    { "void-request", &wire_map_venue_request, &venue_requests[4] },
    { "snapshot-request", &wire_map_venue_request, &venue_requests[5] },
    { "hello-answer", &wire_map_venue_answer, &venue_answers[0] },
    { "quotes-answer", &wire_map_venue_answer, &venue_answers[1] },
    { "submit-answer", &wire_map_venue_answer, &venue_answers[2] },
    { "query-answer", &wire_map_venue_answer, &venue_answers[3] },
    { "void-answer", &wire_map_venue_answer, &venue_answers[4] },
    { "snapshot-answer", &wire_map_venue_answer, &venue_answers[5] },
    { "refused-answer", &wire_map_venue_answer, &venue_answers[6] },
    { "op-deposit", &wire_map_op_request, &op_requests[0] },
    { "op-withdraw", &wire_map_op_request, &op_requests[1] },
    { "op-transfer", &wire_map_op_request, &op_requests[2] },
    { "op-limit-set", &wire_map_op_request, &op_requests[3] },
    { "op-limits", &wire_map_op_request, &op_requests[4] },
    { "op-venues", &wire_map_op_request, &op_requests[5] },
    { "op-inventory", &wire_map_op_request, &op_requests[6] },
    { "op-mode", &wire_map_op_request, &op_requests[7] },
    { "op-audit", &wire_map_op_request, &op_requests[8] },
    { "op-metrics", &wire_map_op_request, &op_requests[9] },
    { "op-checkpoint", &wire_map_op_request, &op_requests[10] },
    { "op-balances", &wire_map_op_request, &op_requests[11] },
    { "op-batches", &wire_map_op_request, &op_requests[12] },
    { "op-answer", &wire_map_op_answer, &op_answer },
    { "op-batch", &wire_map_op_batch, &op_batches[0] },
};

/* The request carries the packed batch, signed with the key of the seed 0, 1, 2, ... 31. */
static void request_sign(void)
{
    static struct wire_bytes payload;
    uint8_t seed[SIGN_SEED_BYTES];
    struct sign_secret secret;
    struct sign_key key;

    for (size_t i = 0; i < sizeof(seed); i++)
        seed[i] = (uint8_t)i;
    sign_from_seed(&key, &secret, seed);
    CHECK(wire_payload_pack(&payload, &batch) == ERR_OK);
    wire_envelope_sign(&envelopes[0], (struct wire_span){ payload.data, payload.n }, &key, &secret);
}

/* What a constant initialiser cannot say: copies of other samples. */
static void complete(void)
{
    items[0] = (struct wire_item){ .kind = WIRE_ITEM_INTENT, .as.intent = intent };
    items[1] = (struct wire_item){ .kind = WIRE_ITEM_CANCEL, .as.cancel = { ID(0xa1, 2) } };
    items[2] = (struct wire_item){ .kind = WIRE_ITEM_GET, .as.get = { ID(0xa1, 3) } };
    request_sign();
    status_answers[0] =
        (struct wire_item_answer){ .id = ID(0xa1, 1), .text = "", .has_status = true };
    status_answers[0].status = (struct wire_status){
        .id = ID(0xa1, 1),
        .state = INTENT_EXECUTING,
        .paid = { 500000000000000000 },
        .got = { 1510000000 },
        .seq = 12,
        .venue = pools,
        .has_receipt = true,
        .receipt = receipt,
        .has_intent = true,
        .intent = intent,
    };
    status_answers[1] = (struct wire_item_answer){
        .id = ID(0xa1, 2), .code = 1309, .text = "not enough available balance", .transient = true
    };
    worker_auction.kind = WIRE_WORKER_AUCTION;
    worker_auction.as.auction = auction;
    worker_solution.kind = WIRE_WORKER_SOLUTION;
    worker_solution.as.solution = solution;
}

const struct wire_sample *wire_samples(size_t *n)
{
    if (items[0].kind != WIRE_ITEM_INTENT)
        complete();
    *n = COUNT(samples);
    return samples;
}

const struct wire_sample *wire_sample_get(const char *name)
{
    size_t n;
    const struct wire_sample *all = wire_samples(&n);

    for (size_t i = 0; i < n; i++)
        if (strcmp(all[i].name, name) == 0)
            return &all[i];
    UNREACHABLE("no sample of this name");
}
