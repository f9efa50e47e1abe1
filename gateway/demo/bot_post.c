/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/demo/bot_state.h"

#define BUNDLE_MAX 32 /* intents of one message */
#define USD UINT64_C(1000000)
#define FAIR_MS 10000     /* shortest life of an intent that should fill */
#define AMBITIOUS_MS 3000 /* the same of one that should rest and expire */

/* What the accounts are about to say, one message each. */
struct bundle {
    struct wire_item items[BUNDLE_MAX];
    size_t n;
};

/* Count the answers; of the last n open intents those that were refused are open no more. */
static void take_answers(struct bot *b, const struct wire_envelope_answer *answer, size_t n)
{
    size_t first = b->open_n - n;

    for (size_t i = n; i > 0; i--) {
        uint32_t code = answer->code != 0 ? answer->code : answer->items[i - 1].code;
        if (code == 0)
            continue;
        bot_refused(b, code);
        b->open[first + i - 1] = b->open[--b->open_n];
    }
    bot_count(b, &b->score.accepted, b->open_n - first);
}

static void send_bundle(struct bot *b, uint32_t account, struct bundle *bundle)
{
    struct wire_envelope_answer answer;

    if (bundle->n == 0)
        return;
    /* They count as open before they are sent: a lost answer leaves nothing behind. */
    for (size_t i = 0; i < bundle->n; i++)
        b->open[b->open_n++] = (struct bot_open){ bundle->items[i].as.intent.id, account };
    bot_count(b, &b->score.posted, bundle->n);
    if (bot_ask(&answer, b, account, bundle->items, bundle->n))
        take_answers(b, &answer, bundle->n);
    bundle->n = 0;
}

static uint64_t draw_value(struct bot *b)
{
    return (trade_between(&b->trade.rng, 50, 99) << trade_between(&b->trade.rng, 0, 7)) * USD;
}

static void add(struct bot *b, struct bundle *bundles, uint32_t account, const struct asset *sell,
                const struct asset *buy, uint64_t micro, enum intent_kind kind, int32_t edge_ppm)
{
    struct bundle *bundle = &bundles[account];
    struct wire_item *item = &bundle->items[bundle->n];
    struct intent *i = &item->as.intent;

    *item = (struct wire_item){ .kind = WIRE_ITEM_INTENT };
    if (trade_make(i, sell, buy, micro, kind, edge_ppm) != ERR_OK)
        return;
    sign_random(&i->id, sizeof i->id);
    i->account = b->who[account].account;
    i->partial = trade_between(&b->trade.rng, 0, 1) == 1;
    uint64_t live_ms = edge_ppm > 0 ? FAIR_MS : AMBITIOUS_MS;
    i->deadline_ms = bot_unix_ms() + (int64_t)trade_between(&b->trade.rng, live_ms, 2 * live_ms);
    if (++bundle->n == BUNDLE_MAX)
        send_bundle(b, account, bundle);
}

static int32_t edge(struct bot *b, int32_t lo, int32_t hi)
{
    return lo + (int32_t)trade_between(&b->trade.rng, 0, (uint64_t)(hi - lo));
}

/* One situation: a pair that nets, one for the venues, an exact buy, or an ambitious one. */
static uint32_t add_some(struct bot *b, struct bundle *bundles)
{
    uint32_t account = (uint32_t)trade_between(&b->trade.rng, 0, BOT_ACCOUNTS - 1);
    uint64_t what = trade_between(&b->trade.rng, 0, 99);
    uint64_t micro = draw_value(b);
    const struct asset *x, *y;

    trade_pick(&x, &y, &b->trade);
    if (what < 25) {
        add(b, bundles, account, x, y, micro, INTENT_SELL, edge(b, 1000, 6000));
        add(b, bundles, (account + 1) % BOT_ACCOUNTS, y, x, micro, INTENT_SELL,
            edge(b, 1000, 6000));
        return 2;
    }
    if (what < 70)
        add(b, bundles, account, x, y, micro, INTENT_SELL, edge(b, 4000, 15000));
    else if (what < 90)
        add(b, bundles, account, x, y, micro, INTENT_BUY, edge(b, 4000, 15000));
    else
        add(b, bundles, account, x, y, micro, INTENT_SELL, edge(b, -60000, -10000));
    return 1;
}

void bot_post(struct bot *b, uint32_t n)
{
    struct bundle bundles[BOT_ACCOUNTS] = { 0 };

    for (uint32_t done = 0; done < n && b->open_n + BOT_ACCOUNTS * BUNDLE_MAX < BOT_OPEN_MAX;)
        done += add_some(b, bundles);
    for (uint32_t i = 0; i < BOT_ACCOUNTS; i++)
        send_bundle(b, i, &bundles[i]);
}
