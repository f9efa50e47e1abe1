/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/demo/bot_state.h"

#include "gateway/cli/out.h"
#include "gateway/cli/report.h"
#include "solver/core/reject.h"
#include "solver/core/text.h"

/* ---- ends ---- */

static void count_end(struct bot *b, enum intent_state state)
{
    switch ((int)state) {
    case INTENT_FILLED: bot_count(b, &b->score.filled, 1); break;
    case INTENT_PARTIAL_CLOSED: bot_count(b, &b->score.part, 1); break;
    case INTENT_EXPIRED: bot_count(b, &b->score.expired, 1); break;
    case INTENT_CANCELLED: bot_count(b, &b->score.cancelled, 1); break;
    default: bot_count(b, &b->score.refused, 1); break;
    }
}

static void close_at(struct bot *b, size_t i)
{
    b->open[i] = b->open[--b->open_n];
}

/* True when it was open. */
static bool close_id(struct bot *b, struct id id)
{
    for (size_t i = b->open_n; i > 0; i--) {
        if (id_cmp(b->open[i - 1].id, id) == 0) {
            close_at(b, i - 1);
            return true;
        }
    }
    return false;
}

/* ---- news ---- */

/* Four digits say enough: fewer places for more units. */
static const char *units(char buf[OUT_NUMBER_TEXT], const struct asset *a, struct amount x)
{
    unsigned whole = a->decimals;
    unsigned places = 4;

    if (amount_cmp(x, amount_pow10(whole)) >= 0)
        places = 2;
    if (whole + 3 <= AMOUNT_DECIMALS_MAX && amount_cmp(x, amount_pow10(whole + 3)) >= 0)
        places = 0;
    return out_units(buf, x, a->decimals, places);
}

static void tell(struct bot *b, uint32_t account, const struct wire_status *s)
{
    const struct intent *i = &s->intent;
    const struct asset *sell = asset_get(b->options.assets, i->sell_asset);
    const struct asset *buy = asset_get(b->options.assets, i->buy_asset);
    char buf[OUT_NUMBER_TEXT], line[BOT_NEWS_TEXT];
    struct text t;
    bool none;

    if (!s->has_intent || !s->has_receipt || s->receipt.fills_n == 0 || sell == NULL || buy == NULL)
        return;
    const struct wire_receipt_fill *f = &s->receipt.fills[s->receipt.fills_n - 1];
    const struct asset *free_side = i->kind == INTENT_SELL ? buy : sell;
    struct delta better = report_better(f, i->kind, &none);
    text_init(&t, line, sizeof line);
    text_add(&t, "%s %s %s -> ", b->who[account].account.text, units(buf, sell, f->paid),
             sell->symbol);
    text_add(&t, "%s %s; ", units(buf, buy, f->got), buy->symbol);
    text_add(&t, "%s over limit", units(buf, free_side, f->surplus_limit));
    if (!none)
        text_add(&t, ", %s %s %s", units(buf, free_side, (struct amount){ better.atoms }),
                 better.negative ? "below" : "over", f->alone_venue.text);
    bot_news(b, line);
}

static void tell_about(struct bot *b, uint32_t account, struct id id)
{
    struct wire_item item = { .kind = WIRE_ITEM_GET };
    struct wire_envelope_answer answer;

    item.as.get.id = id;
    if (bot_ask(&answer, b, account, &item, 1) && answer.items_n == 1 && answer.items[0].has_status)
        tell(b, account, &answer.items[0].status);
}

/* ---- events ---- */

static void follow_account(struct bot *b, uint32_t account)
{
    struct wire_item item = { .kind = WIRE_ITEM_WATCH };
    struct wire_envelope_answer answer;
    struct id filled = { { 0 } };

    item.as.watch = (struct wire_watch){ .after = b->cursor[account] };
    if (!bot_ask(&answer, b, account, &item, 1) || answer.items_n != 1)
        return;
    const struct wire_item_answer *a = &answer.items[0];
    for (size_t i = 0; i < a->events_n; i++) {
        const struct wire_event *e = &a->events[i];
        if (!amount_is_zero(e->got)) {
            filled = e->intent;
            if (b->score.first_fill_ns == 0)
                bot_count(b, &b->score.first_fill_ns, bot_now_ns());
        }
        if (intent_state_terminal(e->state) && close_id(b, e->intent))
            count_end(b, e->state);
    }
    b->cursor[account] = a->newest;
    if (!id_is_zero(filled))
        tell_about(b, account, filled);
}

void bot_follow(struct bot *b)
{
    for (uint32_t i = 0; i < BOT_ACCOUNTS; i++)
        follow_account(b, i);
}

/* ---- the end ---- */

/* Ask about up to WIRE_ITEMS_MAX open intents of one account, from the end of the list. */
static size_t collect(struct wire_item items[WIRE_ITEMS_MAX], const struct bot *b, uint32_t account,
                      enum wire_item_kind kind, size_t *at)
{
    size_t n = 0;

    for (; *at > 0 && n < WIRE_ITEMS_MAX; (*at)--) {
        if (b->open[*at - 1].account != account)
            continue;
        items[n] = (struct wire_item){ .kind = kind };
        if (kind == WIRE_ITEM_GET)
            items[n].as.get.id = b->open[*at - 1].id;
        else
            items[n].as.cancel.id = b->open[*at - 1].id;
        n++;
    }
    return n;
}

void bot_cancel_all(struct bot *b)
{
    struct wire_item items[WIRE_ITEMS_MAX];
    struct wire_envelope_answer answer;

    for (uint32_t account = 0; account < BOT_ACCOUNTS; account++) {
        for (size_t at = b->open_n; at > 0;) {
            size_t n = collect(items, b, account, WIRE_ITEM_CANCEL, &at);
            if (n > 0 && !bot_ask(&answer, b, account, items, n))
                return;
        }
    }
}

static void settle_one(struct bot *b, struct id id, const struct wire_item_answer *a)
{
    bool never = a->code == (uint32_t)reject_code(REJECT_UNKNOWN_ID);
    bool ended = a->has_status && intent_state_terminal(a->status.state);

    if ((never || ended) && close_id(b, id) && ended)
        count_end(b, a->status.state);
}

void bot_settle_accounts(struct bot *b)
{
    struct wire_item items[WIRE_ITEMS_MAX];
    struct wire_envelope_answer answer;

    for (uint32_t account = 0; account < BOT_ACCOUNTS; account++) {
        for (size_t at = b->open_n; at > 0;) {
            size_t n = collect(items, b, account, WIRE_ITEM_GET, &at);
            if (n > 0 && !bot_ask(&answer, b, account, items, n))
                return;
            for (size_t i = 0; n > 0 && i < answer.items_n; i++)
                settle_one(b, items[i].as.get.id, &answer.items[i]);
            if (at > b->open_n)
                at = b->open_n;
        }
    }
    bot_count(b, &b->score.open, 0);
}
