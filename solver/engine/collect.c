/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "solver/core/check.h"
#include "solver/engine/leader.h"
#include "solver/shell/log.h"

#define MS_NS ((uint64_t)1000000)
#define ASK_FIRST_MS 100
#define ASK_LAST_MS 2000
#define CALLS_MAX 512

/* The ledger calls that one answer of a venue leads to, and which leg each is about. */
struct posting {
    struct ledger_call calls[CALLS_MAX];
    struct ledger_reply replies[CALLS_MAX];
    size_t n;
};

static bool leg_open(const struct run_leg *g)
{
    return g->state == RUN_LEG_SENT || g->state == RUN_LEG_UNKNOWN;
}

static bool is_home(const struct run_leg *g)
{
    return strcmp(g->leg.domain.text, LEDGER_HOME) == 0;
}

/* The next question about a leg, later and later. */
static void ask_later(struct run_leg *g, uint64_t now)
{
    uint64_t ms = (uint64_t)ASK_FIRST_MS << (g->asked < 5 ? g->asked : 5);

    g->tag = 0;
    g->asked++;
    g->ask_ns = now + (ms < ASK_LAST_MS ? ms : ASK_LAST_MS) * MS_NS;
}

static void breach(struct leader *l, const struct run_leg *g, const char *what)
{
    char text[ID_TEXT];

    log_event(LOG_EV_VENUE_QUARANTINED, "venue=%s leg=%s why=\"%s\"", g->leg.venue.text,
              id_text(text, g->leg.id), what);
    if (g->venue != VENUE_NONE)
        venue_quarantine(&l->venues.venues[g->venue], what);
}

static bool fill_repeated(const struct wire_leg_result *r, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (id_cmp(r->fills[j].id, r->fills[i].id) == 0)
            return true;
    }
    return false;
}

/* Sums of an answer's fills, which are all so far; false when they break the leg's promise, take
 * back what was told before, or count one fill twice. */
static bool fills_sum(struct amount *in, struct amount *out, const struct wire_leg_result *r,
                      const struct ledger_leg *leg)
{
    *in = *out = AMOUNT_ZERO;
    for (size_t i = 0; i < r->fills_n; i++) {
        if (i >= CALLS_MAX || fill_repeated(r, i) ||
            amount_add(in, *in, r->fills[i].in) != ERR_OK ||
            amount_add(out, *out, r->fills[i].out) != ERR_OK)
            return false;
    }
    if (amount_cmp(*in, leg->in) > 0 || amount_cmp(*in, leg->filled_in) < 0 ||
        amount_cmp(*out, leg->filled_out) < 0)
        return false;
    if (amount_cmp(*in, leg->in) == 0)
        return amount_cmp(*out, leg->min_out) >= 0;
    struct amount rounded_up;
    return amount_add(&rounded_up, *out, AMOUNT_OF(1)) == ERR_OK &&
           amount_cmp_products(rounded_up, leg->in, leg->min_out, *in) >= 0;
}

static bool outcome_closes(enum wire_leg_outcome o)
{
    return o == WIRE_LEG_FILLED || o == WIRE_LEG_REJECTED || o == WIRE_LEG_VOIDED;
}

/* Append the calls of one result. false: no room left. */
static bool result_post(struct leader *l, struct posting *p, const struct wire_leg_result *r,
                        bool closes)
{
    if (p->n + r->fills_n + 1 > CALLS_MAX)
        return false;
    for (size_t i = 0; i < r->fills_n; i++)
        p->calls[p->n++] = (struct ledger_call){ .fn = LEDGER_fill,
                                                 .as.fill = { .fence = l->fence,
                                                              .leg = r->leg,
                                                              .fill = r->fills[i].id,
                                                              .in = r->fills[i].in,
                                                              .out = r->fills[i].out } };
    /* Closing is a call of its own, so that a fill is posted alike whenever it is posted. */
    if (closes)
        p->calls[p->n++] =
            (struct ledger_call){ .fn = LEDGER_void,
                                  .as.leg_close = { .fence = l->fence, .leg = r->leg } };
    return true;
}

/* What the ledger did with this leg's fills, done to the run's own picture of leg and pot. */
static void leg_mirror(struct run *r, struct run_leg *g, struct amount in, struct amount out)
{
    struct amount in_now = amount_sub_or_zero(in, g->leg.filled_in);
    struct amount out_now = amount_sub_or_zero(out, g->leg.filled_out);

    g->leg.filled_in = in;
    g->leg.filled_out = out;
    if (!is_home(g))
        return;
    struct amount reserved = amount_min(g->reserved, in_now);
    struct amount *pot = run_pot(r, g->leg.in_asset);
    g->reserved = amount_sub_or_zero(g->reserved, reserved);
    *pot = amount_sub_or_zero(*pot, amount_sub_or_zero(in_now, reserved));
    pot = run_pot(r, g->leg.out_asset);
    CHECK(amount_add(pot, *pot, out_now) == ERR_OK); /* the ledger added the same */
}

static void leg_close(struct leader *l, struct run *r, struct run_leg *g, uint64_t seq_after)
{
    g->state = RUN_LEG_CLOSED;
    g->tag = 0;
    if (is_home(g)) {
        struct amount *pot = run_pot(r, g->leg.in_asset);
        CHECK(amount_add(pot, *pot, g->reserved) == ERR_OK);
        g->reserved = AMOUNT_ZERO;
    }
    if (g->venue != VENUE_NONE)
        venue_leg_closed(&l->venues.venues[g->venue], g->leg.curve, seq_after);
    r->parked = false;
}

static void leg_unknown(struct leader *l, struct run_leg *g, uint64_t now)
{
    const struct ledger_call call = { .fn = LEDGER_unknown,
                                      .as.leg_close = { .fence = l->fence, .leg = g->leg.id } };
    struct ledger_reply reply;
    char text[ID_TEXT];

    g->tag = 0;
    g->ask_ns = now;
    if (g->state == RUN_LEG_UNKNOWN || !leader_call(l, &reply, &call, 1))
        return;
    g->state = RUN_LEG_UNKNOWN;
    leader_judge(l, g->venue, false, now);
    l->counters.legs_unknown++;
    log_event(LOG_EV_LEG_UNKNOWN, "venue=%s leg=%s", g->leg.venue.text, id_text(text, g->leg.id));
}

/* One result after its ledger calls [first, p->n) were answered. */
static void result_apply(struct leader *l, struct run *r, struct run_leg *g,
                         const struct wire_leg_result *result, const struct posting *p,
                         size_t first, size_t end, uint64_t now)
{
    struct amount in, out;

    for (size_t i = first; i < end; i++) {
        if (p->replies[i].reject != REJECT_NONE) {
            breach(l, g, reject_text(p->replies[i].reject));
            leg_unknown(l, g, now);
            ask_later(g, now);
            return;
        }
    }
    CHECK(fills_sum(&in, &out, result, &g->leg));
    if (result->fills_n > 0 || (outcome_closes(result->outcome) && g->state == RUN_LEG_SENT))
        leader_judge(l, g->venue, result->fills_n > 0, now);
    leg_mirror(r, g, in, out);
    if (outcome_closes(result->outcome))
        leg_close(l, r, g, result->curve_seq_after);
    else if (result->outcome == WIRE_LEG_UNSEEN && !l->venues.venues[g->venue].lost_state)
        g->unseen = true, g->tag = 0, g->ask_ns = now;
    else
        ask_later(g, now);
}

/* The leg of this run that a result speaks of, if it was asked about and is not in legs[n] yet. */
static struct run_leg *result_leg(struct run *r, const struct wire_leg_result *x, uint64_t tag,
                                  struct run_leg *const *legs, size_t n)
{
    struct run_leg *g = run_leg_find(r, x->leg);

    if (g == NULL || g->tag != tag || !leg_open(g))
        return NULL;
    for (size_t i = 0; i < n; i++) {
        if (legs[i] == g)
            return NULL;
    }
    return g;
}

/* Results of submit, query or void that speak of legs of this run. */
static void results_take(struct leader *l, struct run *r, const struct wire_results *results,
                         uint64_t tag, uint64_t now)
{
    static _Thread_local struct posting p; /* too large for the stack; one leader a thread */
    size_t ends[WIRE_LEGS_MAX];
    struct run_leg *legs[WIRE_LEGS_MAX];
    struct amount in, out;
    size_t n = results->results_n < WIRE_LEGS_MAX ? results->results_n : WIRE_LEGS_MAX;

    p.n = 0;
    for (size_t i = 0; i < n; i++) {
        const struct wire_leg_result *x = &results->results[i];
        legs[i] = result_leg(r, x, tag, legs, i);
        if (legs[i] != NULL && !fills_sum(&in, &out, x, &legs[i]->leg)) {
            breach(l, legs[i], "fills exceed the leg, are below its price or contradict others");
            leg_unknown(l, legs[i], now);
            ask_later(legs[i], now);
            legs[i] = NULL;
        }
        if (l->role == ROLE_STANDBY)
            return;
        if (legs[i] != NULL && !result_post(l, &p, x, outcome_closes(x->outcome)))
            legs[i] = NULL; /* asked again later, with fewer fills before it */
        ends[i] = p.n;
    }
    if (p.n > 0 && !leader_call(l, p.replies, p.calls, p.n))
        return;
    for (size_t i = 0; i < n && l->role != ROLE_STANDBY; i++) {
        if (legs[i] != NULL)
            result_apply(l, r, legs[i], &results->results[i], &p, i > 0 ? ends[i - 1] : 0, ends[i],
                         now);
    }
}

static const struct wire_results *answer_results(const struct wire_venue_answer *a)
{
    switch (a->verb) {
    case WIRE_SUBMIT: return &a->as.submit;
    case WIRE_QUERY: return &a->as.query;
    case WIRE_VOID: return &a->as.void_legs;
    case WIRE_HELLO:
    case WIRE_QUOTES:
    case WIRE_SNAPSHOT: break;
    }
    return NULL;
}

void collect_answer(struct leader *l, const struct venue_event *e, uint64_t now)
{
    if (e->status == LINK_GARBAGE)
        venue_quarantine(&l->venues.venues[e->venue], "sent bytes that are no answer");
    if (e->status == LINK_ANSWER && e->answer->code == (uint32_t)reject_code(REJECT_FENCE)) {
        leader_step_down(l, "a venue knows a higher fence");
        return;
    }
    const struct wire_results *results =
        e->status == LINK_ANSWER && e->answer->code == 0 ? answer_results(e->answer) : NULL;
    for (size_t i = 0; i < l->runs_n && results != NULL; i++) {
        results_take(l, l->runs[i], results, e->tag, now);
        if (l->role == ROLE_STANDBY)
            return;
    }
    /* Legs of this request that the answer did not settle: nothing is known about them. */
    for (size_t i = 0; i < l->runs_n; i++) {
        for (size_t k = 0; k < l->runs[i]->legs_n && l->role != ROLE_STANDBY; k++) {
            struct run_leg *g = &l->runs[i]->legs[k];
            if (g->tag != e->tag || !leg_open(g))
                continue;
            leg_unknown(l, g, now);
            if (l->role == ROLE_STANDBY)
                return;
            ask_later(g, now);
        }
    }
}

static bool leg_due(const struct run_leg *g, enum run_leg_state state, uint64_t now)
{
    return g->state == state && g->tag == 0 && g->ask_ns <= now && g->venue != VENUE_NONE;
}

/* Ask about the legs at one venue that are due, or void those it never saw. */
static void legs_ask(struct leader *l, struct run *r, size_t first, uint64_t now)
{
    struct id ids[WIRE_LEGS_MAX];
    size_t which[WIRE_LEGS_MAX];
    size_t n = 0;
    bool unseen = r->legs[first].unseen;
    struct wire_venue_request request = { .verb = unseen ? WIRE_VOID : WIRE_QUERY };

    for (size_t i = first; i < r->legs_n && n < WIRE_LEGS_MAX; i++) {
        const struct run_leg *g = &r->legs[i];
        if (!leg_due(g, RUN_LEG_UNKNOWN, now) || g->venue != r->legs[first].venue ||
            g->unseen != unseen)
            continue;
        which[n] = i;
        ids[n++] = g->leg.id;
    }
    if (unseen)
        request.as.void_legs =
            (struct wire_void_request){ .fence = l->fence, .legs = ids, .legs_n = n };
    else
        request.as.query = (struct wire_query_request){ .legs = ids, .legs_n = n };
    uint64_t tag =
        leader_request(l, r->legs[first].venue, &request, (uint32_t)l->config->leg_timeout_ms);
    for (size_t k = 0; k < n; k++) {
        if (tag == 0)
            ask_later(&r->legs[which[k]], now);
        r->legs[which[k]].tag = tag;
    }
}

void collect_tick(struct leader *l, struct run *r, uint64_t now)
{
    for (size_t i = 0; i < r->legs_n && l->role != ROLE_STANDBY; i++) {
        if (leg_due(&r->legs[i], RUN_LEG_SENT, now))
            leg_unknown(l, &r->legs[i], now);
    }
    for (size_t i = 0; i < r->legs_n && l->role != ROLE_STANDBY; i++) {
        if (leg_due(&r->legs[i], RUN_LEG_UNKNOWN, now))
            legs_ask(l, r, i, now);
    }
}

enum step_result step_collect(struct leader *l, struct run *r)
{
    bool unknown = run_any(r, UINT32_MAX, RUN_LEG_UNKNOWN);

    if (run_any(r, UINT32_MAX, RUN_LEG_SENT))
        return STEP_WAIT;
    if (r->stage < run_last_stage(r)) {
        if (unknown) /* what it brings may be what the next stage pays with */
            return STEP_WAIT;
        r->stage++;
        return STEP_AGAIN;
    }
    if (r->parked && (unknown || l->clock.now_ns(l->clock.self) < r->retry_ns))
        return STEP_WAIT;
    return STEP_NEXT;
}
