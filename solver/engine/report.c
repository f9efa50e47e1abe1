/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "solver/engine/leader.h"
#include "solver/route/bound.h"
#include "solver/shell/log.h"

#define MS_NS ((uint64_t)1000000)
#define REPORT_MS 500
#define REST_TEXT 64
#define URL_TEXT 256

static void report_post(struct leader *l, const struct wire_bytes *venues,
                        const struct wire_bytes *batch)
{
    const struct ledger_call call = { .fn = LEDGER_report,
                                      .as.report = { .fence = l->fence,
                                                     .venues = venues->data,
                                                     .venues_n = venues->n,
                                                     .batch = batch->data,
                                                     .batch_n = batch->n } };
    struct ledger_reply reply;

    (void)leader_call(l, &reply, &call, 1); /* a lost report is replaced by the next one */
}

/* Why a venue's curves are not used, for people. */
static const char *venue_note(char text[static REST_TEXT], const struct venue *v, uint64_t now)
{
    if (v->state != VENUE_UP || !venue_rests(v, now))
        return v->note;
    snprintf(text, REST_TEXT, "%u orders in a row without a fill; used again in %u s", v->failures,
             (unsigned)((v->rest_ns - now) / (1000 * MS_NS) + 1));
    return text;
}

/* The i-th of a list of URLs; venues are numbered by it. */
static const char *venue_url(char text[URL_TEXT], const char *list, uint32_t i)
{
    for (list += strspn(list, ","); i > 0; i--) {
        list += strcspn(list, ",");
        list += strspn(list, ",");
    }
    snprintf(text, URL_TEXT, "%.*s", (int)strcspn(list, ","), list);
    return text;
}

static enum err venues_pack(struct wire_bytes *out, const struct leader *l, uint64_t now)
{
    struct wire_op_venue rows[VENUES_MAX];
    char rests[VENUES_MAX][REST_TEXT], urls[VENUES_MAX][URL_TEXT];

    for (uint32_t i = 0; i < l->venues.n; i++) {
        const struct venue *v = &l->venues.venues[i];
        size_t listed = 0;
        for (size_t k = 0; k < v->curves_n; k++)
            listed += v->curves[k].listed;
        rows[i] = (struct wire_op_venue){ .name = venue_label(&l->venues, i),
                                          .domain = v->domain,
                                          .up = v->state == VENUE_UP,
                                          .curves = listed,
                                          .seq = v->seq,
                                          .age_ms = (now - v->confirmed_ns) / MS_NS,
                                          .open_legs = v->open_legs,
                                          .note = venue_note(rests[i], v, now),
                                          .state = venue_state_name(v, now),
                                          .url = venue_url(urls[i], l->config->venues, i) };
        if (name_parse(&rows[i].kind, v->kind, strlen(v->kind)) != ERR_OK)
            memset(&rows[i].kind, 0, sizeof rows[i].kind);
    }
    const struct wire_op_answer answer = { .venues = rows, .venues_n = l->venues.n };
    return wire_op_answer_pack(out, &answer);
}

/* Micro-units of account at the batch's marks, rounded down; zero without a mark. */
static int64_t micro(const struct auction *a, uint32_t asset, struct amount atoms)
{
    struct amount value;

    for (size_t i = 0; i < a->assets_n; i++) {
        const struct auction_asset *x = &a->assets[i];
        if (x->id == asset)
            return amount_muldiv_floor(&value, atoms, x->mark.num, x->mark.den) != ERR_OK ||
                           value.atoms > INT64_MAX
                       ? 0
                       : (int64_t)value.atoms;
    }
    return 0;
}

/* Planned surplus of a fill against its limit. */
static int64_t surplus_micro(const struct auction *a, const struct run_fill *f)
{
    bool sell = f->intent.kind == INTENT_SELL;

    return micro(a, sell ? f->intent.buy_asset : f->intent.sell_asset,
                 intent_surplus(&f->intent, f->paid, f->got));
}

/* What a fill gets above (below: negative) the same intent alone at the best single venue. */
static int64_t better_micro(const struct auction *a, const struct run_fill *f)
{
    bool sell = f->intent.kind == INTENT_SELL;
    uint32_t asset = sell ? f->intent.buy_asset : f->intent.sell_asset;
    struct amount ours = sell ? f->got : f->alone;
    struct amount theirs = sell ? f->alone : f->paid;

    if (amount_is_zero(f->alone))
        return 0;
    return micro(a, asset, amount_sub_or_zero(ours, theirs)) -
           micro(a, asset, amount_sub_or_zero(theirs, ours));
}

/* (bound - value) / value in 1e-12, rounded up; saturated. */
static uint64_t gap_ppt(const struct auction *a, const struct solution *s)
{
    struct u256 bound, gap, trillion = u256_of(1000000000000u);
    struct amount narrow;

    if (u256_is_zero(&s->value) || bound_value(&bound, a, s) != ERR_OK ||
        u256_sub(&gap, &bound, &s->value) != ERR_OK ||
        u256_muldiv_ceil(&gap, &gap, &trillion, &s->value) != ERR_OK ||
        u256_to_amount(&narrow, &gap) != ERR_OK || narrow.atoms > UINT64_MAX)
        return UINT64_MAX;
    return (uint64_t)narrow.atoms;
}

void report_batch(struct leader *l)
{
    const struct batch *b = &l->batch;
    struct wire_op_batch summary = { .auction = b->auction.number,
                                     .unix_ms = b->auction.unix_ms,
                                     .intents = (uint32_t)b->auction.intents_n,
                                     .gap_ppt = gap_ppt(&b->auction, &b->best),
                                     .solve_us = (uint32_t)b->solved_us,
                                     .solution = b->digest };
    int64_t surplus = 0;
    int64_t better = 0;

    for (size_t i = 0; i < l->runs_n; i++) {
        const struct run *r = l->runs[i];
        if (r->auction != b->auction.number)
            continue;
        summary.fills += (uint32_t)r->fills_n;
        summary.legs += (uint32_t)r->legs_n;
        for (size_t k = 0; k < r->fills_n; k++) {
            surplus += surplus_micro(&b->auction, &r->fills[k]);
            better += better_micro(&b->auction, &r->fills[k]);
        }
    }
    if (summary.fills == 0)
        return; /* every plan was refused */
    summary.surplus_micro = surplus;
    summary.better_micro = better;
    log_event(LOG_EV_BATCH, "auction=%llu intents=%u fills=%u legs=%u gap_ppt=%llu solve_us=%u",
              (unsigned long long)summary.auction, summary.intents, summary.fills, summary.legs,
              (unsigned long long)summary.gap_ppt, summary.solve_us);
    l->summary = summary;
}

void report_tick(struct leader *l, uint64_t now)
{
    struct wire_bytes venues = { 0 }, batch = { 0 };
    bool due = now >= l->report_ns;

    if (l->role == ROLE_STANDBY || (!due && l->summary.fills == 0))
        return;
    if (due)
        l->report_ns = now + REPORT_MS * MS_NS;
    if ((!due || venues_pack(&venues, l, now) == ERR_OK) &&
        (l->summary.fills == 0 || wire_op_batch_pack(&batch, &l->summary) == ERR_OK))
        report_post(l, &venues, &batch);
    l->summary.fills = 0;
    wire_bytes_fini(&venues);
    wire_bytes_fini(&batch);
}
