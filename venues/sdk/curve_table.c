/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "venues/sdk/curve_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/core/check.h"
#include "solver/core/hash.h"
#include "solver/core/text.h"
#include "solver/market/curve_copy.h"
#include "venues/sdk/curve_state.h"
#include "venues/sdk/pages.h"

#define SEQ_BLOCK ((uint64_t)1 << 20) /* sequence numbers reserved at a time: one fsync for each */
#define MEMORY_MAX ((size_t)256 << 20)
#define REASON_MAX 160

static int by_id(const void *a, const void *b)
{
    const struct curve *x = a;
    const struct curve *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

/* Enough numbers for one order. Never inside a transaction, whose end could take them back. */
static enum err seq_ensure(struct curve_table *t)
{
    uint64_t first;

    if (t->end_seq - t->next_seq >= WIRE_LEGS_MAX)
        return ERR_OK;
    TRY(leg_store_reserve(&first, t->store, SEQ_BLOCK));
    t->next_seq = first;
    t->end_seq = first + SEQ_BLOCK;
    return ERR_OK;
}

/* The next number that no process ever gave to a state. */
static enum err seq_next(uint64_t *out, struct curve_table *t)
{
    if (t->next_seq == t->end_seq)
        return ERR_IO; /* the store could not reserve more */
    *out = t->next_seq++;
    return ERR_OK;
}

/* What earlier legs made of the curve, when there were any. */
static enum err state_restore(struct curve *c, struct curve_table *t)
{
    struct arena scratch;
    void *state;
    size_t n;

    arena_init(&scratch, MEMORY_MAX);
    enum err e = leg_store_curve_get(&state, &n, &scratch, t->store, c->id);
    if (e == ERR_OK)
        e = curve_state_unpack(c, state, n);
    arena_fini(&scratch);
    return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static enum err curve_add(struct curve_table *t, size_t i, const struct curve *from, char *why,
                          size_t why_n)
{
    struct curve *c = &t->curves[i];
    const char *fault = NULL;
    enum err e = ERR_INVALID;

    if (curve_check(from) != ERR_OK)
        fault = "contradicts itself";
    else if (curve_state_wire_bound(from) > PAGES_BYTES_MAX ||
             curve_state_items(from) > PAGES_ITEMS_MAX)
        fault = "does not fit into one message";
    else if ((e = curve_copy_whole(c, &t->memory, from)) != ERR_OK)
        fault = "needs too much memory";
    else if ((e = state_restore(c, t)) != ERR_OK)
        fault = e == ERR_CONFLICT ? "has another shape in the state file" : "cannot be restored";
    if (fault == NULL && (e = seq_ensure(t)) == ERR_OK)
        e = seq_next(&c->seq, t);
    if (fault != NULL)
        (void)snprintf(why, why_n, "curve %llu %s", (unsigned long long)from->id, fault);
    else if (e != ERR_OK)
        (void)snprintf(why, why_n, "no sequence numbers: %s", err_text(e));
    return e;
}

static enum err ids_check(const struct curve_table *t, char *why, size_t why_n)
{
    for (size_t i = 1; i < t->n; i++) {
        if (t->curves[i].id == t->curves[i - 1].id) {
            (void)snprintf(why, why_n, "curve %llu is there twice",
                           (unsigned long long)t->curves[i].id);
            return ERR_INVALID;
        }
    }
    return ERR_OK;
}

enum err curve_table_init(struct curve_table *t, struct leg_store *store,
                          const struct curve *curves, size_t n, char *why, size_t why_n)
{
    memset(t, 0, sizeof *t);
    t->store = store;
    arena_init(&t->memory, MEMORY_MAX);
    t->curves = ARENA_NEW(&t->memory, n, struct curve);
    if (n == 0 || t->curves == NULL) {
        (void)snprintf(why, why_n, "%s curves", n == 0 ? "no" : "too many");
        return n == 0 ? ERR_INVALID : ERR_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        enum err e = curve_add(t, i, &curves[i], why, why_n);
        if (e != ERR_OK)
            return e;
    }
    t->n = n;
    t->first_seq = t->curves[0].seq;
    t->seq = t->curves[n - 1].seq;
    qsort(t->curves, n, sizeof *t->curves, by_id);
    return ids_check(t, why, why_n);
}

void curve_table_fini(struct curve_table *t)
{
    arena_fini(&t->memory);
    memset(t, 0, sizeof *t);
}

enum err curve_table_curves(struct wire_quotes *out, struct arena *arena, struct curve_table *t,
                            uint64_t since_seq)
{
    bool snapshot = since_seq < t->first_seq || since_seq > t->seq;
    struct wire_quotes quotes = { .seq = t->seq, .snapshot = snapshot };

    if (!snapshot && since_seq == t->seq)
        return ERR_AGAIN;
    quotes.curves = ARENA_NEW(arena, t->n, struct curve);
    if (quotes.curves == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < t->n; i++) {
        if (snapshot || t->curves[i].seq > since_seq)
            quotes.curves[quotes.curves_n++] = t->curves[i];
    }
    *out = quotes;
    return ERR_OK;
}

/* The copy of a curve that this order works on, made at its first leg. */
static enum err stage(struct curve **out, struct arena *arena, struct curve_table *t, uint64_t id)
{
    const struct curve key = { .id = id };
    const struct curve *c = bsearch(&key, t->curves, t->n, sizeof key, by_id);

    if (c == NULL)
        return ERR_NOT_FOUND;
    size_t index = (size_t)(c - t->curves);
    for (size_t i = 0; i < t->staged_n; i++) {
        if (t->staged[i].index == index) {
            *out = &t->staged[i].curve;
            return ERR_OK;
        }
    }
    CHECK(t->staged_n < WIRE_LEGS_MAX);
    struct curve_table_staged *s = &t->staged[t->staged_n];
    TRY(curve_copy(&s->curve, arena, c));
    s->index = index;
    t->staged_n++;
    *out = &s->curve;
    return ERR_OK;
}

static enum err rejected(struct wire_leg_result *out, struct arena *arena, const char *reason)
{
    out->outcome = WIRE_LEG_REJECTED;
    out->fills_n = 0;
    out->reason = arena_copy_text(arena, reason, strlen(reason));
    return out->reason == NULL ? ERR_NOMEM : ERR_OK;
}

static enum err rejected_price(struct wire_leg_result *out, struct arena *arena, struct amount pays,
                               struct amount min_out)
{
    char buf[REASON_MAX];
    struct text t;

    text_init(&t, buf, sizeof buf);
    text_add(&t, "pays ");
    text_add_amount(&t, pays);
    text_add(&t, ", less than min_out ");
    text_add_amount(&t, min_out);
    return rejected(out, arena, buf);
}

static enum err filled(struct wire_leg_result *out, struct arena *arena, struct amount in,
                       struct amount paid)
{
    struct hash h;

    out->fills = ARENA_NEW(arena, 1, struct wire_fill);
    if (out->fills == NULL)
        return ERR_NOMEM;
    hash_init(&h, "sluice/v1/fill");
    hash_bytes(&h, out->leg.bytes, ID_BYTES);
    out->fills[0] = (struct wire_fill){ .id = hash_id(&h), .in = in, .out = paid };
    out->fills_n = 1;
    out->outcome = WIRE_LEG_FILLED;
    return ERR_OK;
}

/* What the curve takes and gives for the leg; zero out when it is not in the numbers we carry. */
static void quote(struct trade *t, struct amount *in, struct amount *out, const struct curve *c,
                  struct way way, const struct wire_leg *leg)
{
    struct u256 offer = u256_of_amount(leg->in);

    *in = AMOUNT_ZERO;
    *out = AMOUNT_ZERO;
    if (curve_out(t, c, way, &offer) != ERR_OK || u256_to_amount(in, &t->in) != ERR_OK ||
        u256_to_amount(out, &t->out) != ERR_OK)
        *out = AMOUNT_ZERO;
}

static enum err leg_execute(struct wire_leg_result *out, struct arena *arena, struct curve_table *t,
                            const struct wire_leg *leg)
{
    struct curve *c;
    struct trade trade;
    struct amount in;
    struct amount paid;
    enum err e = stage(&c, arena, t, leg->curve);

    if (e == ERR_NOT_FOUND)
        return rejected(out, arena, "no such curve here");
    TRY(e);
    out->curve_seq_after = c->seq;
    struct way way;
    if (!curve_way(&way, c, leg->in_asset, leg->out_asset))
        return rejected(out, arena, "the curve does not trade these assets");
    if (leg->curve_seq > c->seq)
        return rejected(out, arena, "the curve sequence was never published");
    quote(&trade, &in, &paid, c, way, leg);
    if (amount_is_zero(paid))
        return rejected(out, arena, "the offer is too small or too large for this curve");
    if (amount_cmp(paid, leg->min_out) < 0)
        return rejected_price(out, arena, paid, leg->min_out);
    CHECK(amount_cmp(in, leg->in) <= 0);
    CHECK(curve_apply(c, way, &trade) == ERR_OK);
    TRY(seq_next(&c->seq, t));
    out->curve_seq_after = c->seq;
    return filled(out, arena, in, paid);
}

/* An atomic order with a rejected leg: no leg of it happened. */
static enum err all_rejected(struct wire_leg_result *out, struct arena *arena,
                             struct curve_table *t, const struct adapter_order *order)
{
    for (size_t i = 0; i < order->n; i++) {
        if (out[i].outcome == WIRE_LEG_REJECTED)
            continue;
        TRY(rejected(&out[i], arena, "another leg of the group was rejected"));
        out[i].curve_seq_after = 0;
    }
    t->staged_n = 0;
    return ERR_OK;
}

static enum err staged_put(struct curve_table *t, struct arena *arena)
{
    for (size_t i = 0; i < t->staged_n; i++) {
        const struct curve *c = &t->staged[i].curve;
        uint8_t *state;
        size_t n;
        if (c->seq == t->curves[t->staged[i].index].seq)
            continue; /* its legs were rejected */
        TRY(curve_state_pack(&state, &n, arena, c));
        TRY(leg_store_curve_put(t->store, c->id, state, n));
    }
    return ERR_OK;
}

enum err curve_table_submit(struct wire_leg_result *out, struct arena *arena, struct curve_table *t,
                            const struct adapter_order *order)
{
    bool broken = false;

    CHECK(t->staged_n == 0 && order->n >= 1 && order->n <= WIRE_LEGS_MAX);
    for (size_t i = 0; i < order->n; i++) {
        out[i] = (struct wire_leg_result){ .leg = order->legs[i].id };
        TRY(leg_execute(&out[i], arena, t, &order->legs[i]));
        broken = broken || out[i].outcome == WIRE_LEG_REJECTED;
    }
    if (order->atomic && broken)
        TRY(all_rejected(out, arena, t, order));
    return staged_put(t, arena);
}

void curve_table_kept(struct curve_table *t, bool kept)
{
    for (size_t i = 0; kept && i < t->staged_n; i++) {
        const struct curve *from = &t->staged[i].curve;
        curve_copy_restore(&t->curves[t->staged[i].index], from);
        if (from->seq > t->seq)
            t->seq = from->seq;
    }
    t->staged_n = 0;
    (void)seq_ensure(t); /* when it fails the next order or touch says so */
}

bool curve_table_may_touch(struct curve_table *t)
{
    return seq_ensure(t) == ERR_OK;
}

void curve_table_touch(struct curve_table *t, size_t index)
{
    CHECK(index < t->n && t->staged_n == 0);
    CHECK(seq_next(&t->curves[index].seq, t) == ERR_OK);
    t->seq = t->curves[index].seq;
}
