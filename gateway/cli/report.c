/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/report.h"

#include <stdio.h>
#include <string.h>

#include "gateway/cli/out.h"

#define PRICE_PLACES 6

/* "1 A = x B" when x >= 1 and it can be computed. */
static bool price_one_way(char buf[REPORT_PRICE_TEXT], const struct asset *base, struct amount a,
                          const struct asset *quote, struct amount b)
{
    char text[OUT_NUMBER_TEXT];
    struct amount per_unit;

    if (amount_is_zero(a) || base->decimals > AMOUNT_POW10_MAX ||
        amount_muldiv_floor(&per_unit, b, amount_pow10(base->decimals), a) != ERR_OK ||
        amount_cmp(per_unit, amount_pow10(quote->decimals)) < 0)
        return false;
    snprintf(buf, REPORT_PRICE_TEXT, "1 %.40s = %s %.40s", base->symbol,
             out_units(text, per_unit, quote->decimals, PRICE_PLACES), quote->symbol);
    return true;
}

char *report_price(char buf[REPORT_PRICE_TEXT], const struct asset *first, struct amount a,
                   const struct asset *second, struct amount b)
{
    if (first == NULL || second == NULL ||
        (!price_one_way(buf, first, a, second, b) && !price_one_way(buf, second, b, first, a)))
        buf[0] = '\0';
    return buf;
}

struct delta report_better(const struct wire_receipt_fill *f, enum intent_kind kind, bool *none)
{
    struct amount ours = kind == INTENT_SELL ? f->got : f->alone;
    struct amount theirs = kind == INTENT_SELL ? f->alone : f->paid;

    *none = amount_is_zero(f->alone);
    if (*none)
        return delta_of(AMOUNT_ZERO, false);
    return amount_cmp(ours, theirs) >= 0 ? delta_of(amount_sub_or_zero(ours, theirs), false)
                                         : delta_of(amount_sub_or_zero(theirs, ours), true);
}

static void price_cell(struct out *o, const struct asset *first, struct amount a,
                       const struct asset *second, struct amount b)
{
    char price[REPORT_PRICE_TEXT];

    if (report_price(price, first, a, second, b)[0] != '\0')
        out_text(o, price);
    else
        out_none(o);
}

/* ---- the intent ---- */

static void intent_unknown(const struct cli *c, const struct wire_status *s)
{
    static const struct out_column columns[] = { { "id", "intent" },
                                                 { "state", "state" },
                                                 { "why", "why" } };
    struct out o;

    out_begin(&o, &c->style, "intent", columns, 3, NULL);
    out_record(&o);
    out_id(&o, s->id);
    out_text(&o, intent_state_name(s->state));
    if (s->state == INTENT_REJECTED)
        out_text(&o, "cancelled before any intent had this id, which is refused from then on");
    else
        out_none(&o);
    out_end(&o);
}

/* Surplus against the limit over all fills, in the asset of the side that is not exact. */
static struct amount surplus_total(const struct wire_status *s)
{
    struct amount sum = AMOUNT_ZERO;

    for (size_t i = 0; s->has_receipt && i < s->receipt.fills_n; i++) {
        if (amount_add(&sum, sum, s->receipt.fills[i].surplus_limit) != ERR_OK)
            return AMOUNT_MAX;
    }
    return sum;
}

static struct delta better_total(const struct wire_status *s)
{
    struct delta sum = delta_of(AMOUNT_ZERO, false);
    bool none;

    for (size_t i = 0; s->has_receipt && i < s->receipt.fills_n; i++) {
        struct delta d = report_better(&s->receipt.fills[i], s->intent.kind, &none);
        if (delta_add(&sum, sum, d) != ERR_OK)
            break;
    }
    return sum;
}

static void intent_amounts(struct out *o, const struct cli *c, const struct wire_status *s)
{
    const struct intent *i = &s->intent;
    const struct asset *sell = asset_get(&c->assets, i->sell_asset);
    const struct asset *buy = asset_get(&c->assets, i->buy_asset);
    uint32_t free_side = i->kind == INTENT_SELL ? i->buy_asset : i->sell_asset;
    struct delta better = better_total(s);

    if (o->style.format == OUT_TABLE)
        better.negative = false; /* its title says so */
    out_amount(o, i->sell_asset, i->sell_amount);
    out_amount(o, i->buy_asset, i->buy_amount);
    price_cell(o, sell, i->sell_amount, buy, i->buy_amount);
    out_time(o, i->deadline_ms);
    out_amount(o, i->sell_asset, s->paid);
    out_amount(o, i->buy_asset, s->got);
    price_cell(o, sell, s->paid, buy, s->got);
    out_amount(o, free_side, surplus_total(s));
    out_delta(o, free_side, better);
}

static void intent_print(const struct cli *c, const struct wire_status *s)
{
    bool sell = s->intent.kind == INTENT_SELL;
    const struct out_column columns[] = {
        { "id", "intent" },
        { "state", "state" },
        { "account", "account" },
        { "kind", "kind" },
        { "sell", sell ? "sell exactly" : "sell at most" },
        { "buy", sell ? "buy at least" : "buy exactly" },
        { "limit_price", "limit price" },
        { "deadline", "deadline" },
        { "paid", "paid" },
        { "got", "got" },
        { "price", "price" },
        { "surplus_limit", "better than limit by" },
        { "surplus_venue",
          better_total(s).negative ? "worse than best venue by" : "better than best venue by" },
        { "waits_for", "waits for venue" },
    };
    struct out o;

    out_begin(&o, &c->style, "intent", columns, sizeof columns / sizeof columns[0], &c->assets);
    out_record(&o);
    out_id(&o, s->id);
    out_text(&o, intent_state_name(s->state));
    out_text(&o, s->intent.account.text);
    out_format(&o, "%s, %s", sell ? "exact sell" : "exact buy",
               s->intent.partial ? "partial fills welcome" : "all or nothing");
    intent_amounts(&o, c, s);
    if (s->venue.text[0] != '\0')
        out_text(&o, s->venue.text);
    else
        out_none(&o);
    out_end(&o);
}

/* ---- its fills ---- */

static void fill_print(struct out *o, const struct cli *c, const struct wire_status *s,
                       const struct wire_receipt_fill *f)
{
    const struct intent *i = &s->intent;
    uint32_t free_side = i->kind == INTENT_SELL ? i->buy_asset : i->sell_asset;
    bool none;
    struct delta better = report_better(f, i->kind, &none);

    out_number(o, f->auction);
    out_time(o, f->unix_ms);
    out_amount(o, i->sell_asset, f->paid);
    out_amount(o, i->buy_asset, f->got);
    price_cell(o, asset_get(&c->assets, i->sell_asset), f->paid,
               asset_get(&c->assets, i->buy_asset), f->got);
    out_amount(o, free_side, f->surplus_limit);
    if (none) {
        out_none(o);
        out_none(o);
        return;
    }
    out_delta(o, free_side, better);
    out_text(o, f->alone_venue.text);
}

static void fills_print(const struct cli *c, const struct wire_status *s)
{
    static const struct out_column columns[] = {
        { "auction", "batch" },
        { "time", "time" },
        { "paid", "paid" },
        { "got", "got" },
        { "price", "price" },
        { "surplus_limit", "above limit" },
        { "surplus_venue", "above best venue" },
        { "best_venue", "which is" },
    };
    struct out o;

    out_note(&c->style, "%s", "");
    out_begin(&o, &c->style, "fill", columns, sizeof columns / sizeof columns[0], &c->assets);
    for (size_t i = 0; i < s->receipt.fills_n; i++)
        fill_print(&o, c, s, &s->receipt.fills[i]);
    out_end(&o);
}

void report_intent(const struct cli *c, const struct wire_status *s)
{
    if (!s->has_intent) {
        intent_unknown(c, s);
        return;
    }
    intent_print(c, s);
    if (s->has_receipt && s->receipt.fills_n > 0)
        fills_print(c, s);
}

/* ---- holdings ---- */

void report_value(struct out *o, const struct asset *asset, struct amount atoms)
{
    struct amount value;

    if (asset != NULL && asset_value_ceil(&value, asset, atoms) == ERR_OK &&
        value.atoms <= INT64_MAX)
        out_money(o, (int64_t)value.atoms);
    else
        out_none(o);
}

void report_holding(struct out *o, const struct cli *c, const char *owner, uint32_t asset,
                    struct amount available, struct amount held)
{
    struct amount all;

    out_text(o, owner);
    out_amount(o, asset, available);
    out_amount(o, asset, held);
    if (amount_add(&all, available, held) != ERR_OK)
        all = AMOUNT_MAX;
    report_value(o, asset_get(&c->assets, asset), all);
}

/* ---- the audit ---- */

static bool audit_row_empty(const struct wire_op_audit_row *r)
{
    return amount_is_zero(r->owned) && delta_is_zero(r->world) && delta_is_zero(r->difference);
}

static void audit_rows(const struct cli *c, const struct wire_op_answer *answer, bool all)
{
    static const struct out_column columns[] = { { "owned", "owned" },
                                                 { "world", "world" },
                                                 { "difference", "difference" } };
    struct out o;

    out_begin(&o, &c->style, "audit", columns, 3, &c->assets);
    for (size_t i = 0; i < answer->audit_n; i++) {
        const struct wire_op_audit_row *r = &answer->audit[i];
        if (!all && audit_row_empty(r))
            continue;
        out_amount(&o, r->asset, r->owned);
        out_delta(&o, r->asset, r->world);
        out_delta(&o, r->asset, r->difference);
    }
    out_end(&o);
}

void report_audit(const struct cli *c, const struct wire_op_answer *answer, bool all)
{
    static const struct out_column columns[] = { { "sound", "sound" },
                                                 { "journal_entries", "journal entries" },
                                                 { "open_pots", "open pots" },
                                                 { "open_legs", "open legs" } };
    struct out o;

    audit_rows(c, answer, all);
    out_note(&c->style, "%s", "");
    out_begin(&o, &c->style, "audit_sum", columns, 4, NULL);
    out_record(&o);
    out_bool(&o, answer->sound);
    out_number(&o, answer->journal_entries);
    out_number(&o, answer->open_pots);
    out_number(&o, answer->open_legs);
    out_end(&o);
}
