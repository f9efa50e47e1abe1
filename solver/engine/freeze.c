/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "solver/engine/leader.h"
#include "solver/engine/snapshot.h"
#include "solver/shell/log.h"

/* Copy n items into the batch's arena, because a reply lives only until the next call. */
static void *keep(struct leader *l, const void *items, size_t n, size_t size)
{
    void *copy = arena_alloc(&l->batch.arena, n + 1, size);

    if (copy != NULL && n > 0)
        memcpy(copy, items, n * size);
    return copy;
}

static bool frozen_keep(struct leader *l, const struct ledger_reply *reply)
{
    struct ledger_reply *f = &l->batch.frozen;

    *f = *reply;
    f->intents = keep(l, reply->intents, reply->intents_n, sizeof *reply->intents);
    f->balances = keep(l, reply->balances, reply->balances_n, sizeof *reply->balances);
    f->limits = keep(l, reply->limits, reply->limits_n, sizeof *reply->limits);
    return f->intents != NULL && f->balances != NULL && f->limits != NULL;
}

/*
 * More intents may be open than one batch looks at: where a list was cut short the next batch goes
 * on, so that those which rest cannot keep the others out. A second attempt lists the same again.
 */
static struct ledger_call freeze_call(struct leader *l)
{
    struct batch *b = &l->batch;

    if (b->only == NULL)
        b->after = b->next;
    return (struct ledger_call){ .fn = LEDGER_freeze,
                                 .as.freeze = { .fence = l->fence,
                                                .max = (uint32_t)l->config->batch_intents_max,
                                                .after = b->after } };
}

static uint64_t after_list(const struct ledger_reply *reply, uint32_t max)
{
    return reply->intents_n < max ? 0 : reply->intents[max - 1].intent.seq;
}

enum step_result step_freeze(struct leader *l)
{
    struct batch *b = &l->batch;
    const struct ledger_call call = freeze_call(l);
    struct ledger_reply reply;

    if (b->only == NULL) /* else a second attempt still needs its list */
        arena_reset(&b->arena);
    b->have_best = b->final = b->lost = false;
    if (!leader_call(l, &reply, &call, 1) || reply.reject != REJECT_NONE)
        return STEP_END;
    b->next = after_list(&reply, call.as.freeze.max);
    if (reply.paused_send || (!id_is_zero(b->buyback) && !buyback_freeze(l, &reply)))
        return STEP_END;
    if (reply.intents_n == 0)
        return STEP_END;
    return frozen_keep(l, &reply) ? STEP_NEXT : STEP_END;
}

enum step_result step_snapshot(struct leader *l)
{
    struct batch *b = &l->batch;
    const struct snapshot_input in = {
        .frozen = &b->frozen,
        .venues = &l->venues,
        .assets = l->assets,
        .options = { .tolerance_ppt = l->config->tolerance_ppt,
                     .pivots_max = l->config->pivots_max,
                     .rounds_max = (uint32_t)l->config->rounds_max,
                     .robust = b->robust,
                     .cycles = false,
                     .legs_max = (uint32_t)l->config->plan_items_max },
        .only = b->only,
        .only_n = b->only_n,
        .margin_ms = (int64_t)l->config->batch_ms,
        .now_ns = l->clock.now_ns(l->clock.self),
    };
    const char *what = "";

    if (snapshot_auction(&b->auction, &b->arena, &in, b->attempt) != ERR_OK)
        return STEP_END;
    if (b->auction.intents_n == 0)
        return STEP_END;
    if (auction_check(&what, &b->auction) != ERR_OK) {
        log_event(LOG_EV_INCUMBENT_REFUSED, "auction=%llu rule=AUCTION what=\"%s\"",
                  (unsigned long long)b->auction.number, what);
        return STEP_END;
    }
    return STEP_NEXT;
}
