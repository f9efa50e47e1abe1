/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "solver/core/check.h"
#include "solver/engine/leader.h"
#include "solver/shell/log.h"

_Static_assert(RUN_ITEMS_MAX <= WIRE_LEGS_MAX, "a group of any plan leaves in one Submit");

static bool is_home(const struct ledger_leg *leg)
{
    return strcmp(leg->domain.text, LEDGER_HOME) == 0;
}

/*
 * Shrink a leg to what the pot holds. A concave curve gives at least the same rate for less, so
 * the floor of min_out at the old rate is a price it must still meet.
 */
static void leg_shrink(struct run *r, struct run_leg *g)
{
    struct amount have = *run_pot(r, g->leg.in_asset);

    if (g->leg.group != 0 || !is_home(&g->leg) || amount_cmp(have, g->leg.in) >= 0)
        return;
    CHECK(amount_muldiv_floor(&g->leg.min_out, g->leg.min_out, have, g->leg.in) == ERR_OK);
    g->leg.in = have;
}

/* Can the pot pay what leg i would reserve?  If so, take it. */
static bool leg_take(struct run *r, size_t i)
{
    struct run_leg *g = &r->legs[i];

    leg_shrink(r, g);
    if (g->venue == VENUE_NONE || amount_is_zero(g->leg.in) || amount_is_zero(g->leg.min_out))
        return false;
    g->reserved = is_home(&g->leg) ? run_reserve(r, i) : AMOUNT_ZERO;
    struct amount *pot = run_pot(r, g->leg.in_asset);
    return amount_sub(pot, *pot, g->reserved) == ERR_OK;
}

/* A group runs whole or not at all: one leg that cannot be paid closes the others. */
static void group_close(struct run *r, uint32_t group, bool *closing)
{
    for (size_t i = 0; i < r->legs_n; i++) {
        struct run_leg *g = &r->legs[i];
        if (group == 0 || g->leg.group != group || closing[i])
            continue;
        closing[i] = true;
        struct amount *pot = run_pot(r, g->leg.in_asset);
        CHECK(amount_add(pot, *pot, g->reserved) == ERR_OK);
        g->reserved = AMOUNT_ZERO;
    }
}

static bool stage_leg(const struct run *r, size_t i)
{
    return r->legs[i].leg.stage == r->stage && r->legs[i].state == RUN_LEG_PLANNED;
}

/* Close in the ledger what is not sent. false: not the leader any more, or the store is away. */
static bool legs_close(struct leader *l, struct run *r, const bool *closing)
{
    struct ledger_call calls[RUN_ITEMS_MAX];
    struct ledger_reply replies[RUN_ITEMS_MAX];
    size_t n = 0;

    for (size_t i = 0; i < r->legs_n; i++) {
        if (closing[i])
            calls[n++] = (struct ledger_call){
                .fn = LEDGER_void, .as.leg_close = { .fence = l->fence, .leg = r->legs[i].leg.id }
            };
    }
    if (n > 0 && !leader_call(l, replies, calls, n))
        return false;
    for (size_t i = 0; i < r->legs_n; i++) {
        if (!closing[i])
            continue;
        r->legs[i].state = RUN_LEG_CLOSED;
        if (r->legs[i].venue != VENUE_NONE)
            venue_leg_closed(&l->venues.venues[r->legs[i].venue], r->legs[i].leg.curve, 0);
    }
    return true;
}

/* PREP -> SENT for the stage. false: try the step again later, nothing has left. */
static bool legs_mark_sent(struct leader *l, struct run *r, bool *closing)
{
    struct ledger_leg legs[RUN_ITEMS_MAX];
    struct ledger_reply reply;
    size_t n = 0;

    for (size_t i = 0; i < r->legs_n; i++) {
        if (stage_leg(r, i) && !closing[i])
            legs[n++] = r->legs[i].leg;
    }
    if (n == 0)
        return true;
    const struct ledger_call call = {
        .fn = LEDGER_send,
        .as.send = { .fence = l->fence, .plan = r->plan, .legs = legs, .legs_n = n }
    };
    if (!leader_call(l, &reply, &call, 1))
        return false;
    if (reply.reject == REJECT_NONE)
        return true;
    /* Refused as a whole (sends are paused, say): the stage does not happen. */
    log_event(LOG_EV_PLAN_REFUSED, "auction=%llu stage=%u why=%s", (unsigned long long)r->auction,
              r->stage, reject_name(reply.reject));
    for (size_t i = 0; i < r->legs_n; i++) {
        if (!stage_leg(r, i) || closing[i])
            continue;
        closing[i] = true;
        struct amount *pot = run_pot(r, r->legs[i].leg.in_asset);
        CHECK(amount_add(pot, *pot, r->legs[i].reserved) == ERR_OK);
        r->legs[i].reserved = AMOUNT_ZERO;
    }
    return true;
}

static bool leg_leaves(const struct run *r, size_t i, const bool *left)
{
    return r->legs[i].leg.stage == r->stage && r->legs[i].state == RUN_LEG_SENT && !left[i];
}

static bool joins(const struct run_leg *first, const struct run_leg *g)
{
    return g->venue == first->venue && g->leg.group == first->leg.group;
}

/*
 * One Submit: legs from `first` on that go to the same venue in the same group. They are tried
 * once: when the link refuses them they are asked about, and the rest of a group never goes alone.
 */
static void submit_from(struct leader *l, struct run *r, size_t first, bool *left)
{
    struct wire_leg legs[WIRE_LEGS_MAX];
    size_t which[WIRE_LEGS_MAX];
    size_t n = 0;

    for (size_t i = first; i < r->legs_n && n < WIRE_LEGS_MAX; i++) {
        const struct ledger_leg *g = &r->legs[i].leg;
        if (!leg_leaves(r, i, left) || !joins(&r->legs[first], &r->legs[i]))
            continue;
        left[i] = true;
        which[n] = i;
        legs[n++] = (struct wire_leg){ .id = g->id,
                                       .curve = g->curve,
                                       .curve_seq = g->curve_seq,
                                       .in_asset = g->in_asset,
                                       .out_asset = g->out_asset,
                                       .in = g->in,
                                       .min_out = g->min_out };
    }
    const struct wire_venue_request request = { .verb = WIRE_SUBMIT,
                                                .as.submit = { .fence = l->fence,
                                                               .atomic =
                                                                   r->legs[first].leg.group != 0,
                                                               .legs = legs,
                                                               .legs_n = n } };
    uint64_t tag =
        leader_request(l, r->legs[first].venue, &request, (uint32_t)l->config->leg_timeout_ms);
    uint64_t now = l->clock.now_ns(l->clock.self);
    for (size_t k = 0; k < n; k++) {
        r->legs[which[k]].tag = tag;
        r->legs[which[k]].ask_ns = tag != 0 ? UINT64_MAX : now;
    }
}

/* After a takeover: is a venue of this stage still to say Hello, and is there time? */
static bool hello_awaited(const struct leader *l, const struct run *r)
{
    bool missing = false;

    for (size_t i = 0; i < r->legs_n; i++)
        missing = missing || (stage_leg(r, i) && r->legs[i].venue == VENUE_NONE);
    return missing && l->clock.now_ns(l->clock.self) < r->hello_ns;
}

enum step_result step_send(struct leader *l, struct run *r)
{
    bool closing[RUN_ITEMS_MAX] = { false };
    bool left[RUN_ITEMS_MAX] = { false };

    if (hello_awaited(l, r))
        return STEP_WAIT;
    for (size_t i = 0; i < r->legs_n; i++) {
        if (!stage_leg(r, i) || closing[i] || leg_take(r, i))
            continue;
        r->legs[i].reserved = AMOUNT_ZERO;
        closing[i] = true;
        group_close(r, r->legs[i].leg.group, closing);
    }
    if (!legs_mark_sent(l, r, closing) || !legs_close(l, r, closing)) {
        if (l->role != ROLE_STANDBY)
            leader_step_down(l, "the store is away in the middle of a plan");
        return STEP_WAIT;
    }
    for (size_t i = 0; i < r->legs_n; i++) {
        if (stage_leg(r, i))
            r->legs[i].state = RUN_LEG_SENT;
    }
    for (size_t i = 0; i < r->legs_n; i++) {
        if (leg_leaves(r, i, left))
            submit_from(l, r, i, left);
    }
    return STEP_NEXT;
}
