/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "solver/clear/certify.h"
#include "solver/clear/score.h"
#include "solver/core/hash.h"
#include "solver/engine/leader.h"
#include "solver/shell/log.h"

#define MS_NS ((uint64_t)1000000)

enum step_result step_solve(struct leader *l)
{
    struct batch *b = &l->batch;
    enum err err = l->worker.solve(l->worker.self, &b->auction);

    if (err != ERR_OK)
        return STEP_END; /* no worker yet: the intents stay open for the next batch */
    b->solve_ns = l->clock.now_ns(l->clock.self);
    b->heard_ns = b->solve_ns;
    return STEP_NEXT;
}

/* Make the event's solution ours: it is packed anyway for its digest. */
static bool best_keep(struct leader *l, const struct solution *s)
{
    struct batch *b = &l->batch;
    struct wire_bytes bytes = { 0 };
    bool kept = wire_solution_pack(&bytes, s) == ERR_OK &&
                wire_solution_unpack(&b->best, &b->arena, bytes.data, bytes.n) == ERR_OK;

    if (kept)
        b->digest = digest_of("sluice/solution", bytes.data, bytes.n);
    wire_bytes_fini(&bytes);
    return kept;
}

static void incumbent(struct leader *l, const struct solution *s, uint64_t now)
{
    struct batch *b = &l->batch;
    struct verdict v;
    struct u256 score;

    if (s->final)
        b->final = true;
    arena_reset(&l->scratch);
    if (!certify(&v, &l->scratch, &b->auction, s)) {
        l->counters.incumbents_refused++;
        log_event(LOG_EV_INCUMBENT_REFUSED, "auction=%" PRIu64 " incumbent=%u rule=%s at=%zu",
                  b->auction.number, s->incumbent_no, certify_rule_name(v.rule), v.at);
        return;
    }
    if (score_solution(&score, &b->auction, s) != ERR_OK)
        return;
    if (b->have_best && u256_cmp(&score, &b->best_score) <= 0)
        return;
    if (best_keep(l, s)) {
        b->have_best = true;
        b->best_score = score;
        b->solved_us = (now - b->solve_ns) / 1000;
    }
}

/* Every auction is worth keeping, most of all one that nothing came of. */
static void batch_record(struct leader *l, const struct solution *s)
{
    if (l->recorder != NULL && recorder_write(l->recorder, &l->batch.auction, s) != ERR_OK)
        log_event(LOG_EV_RECORD_FAILED, "auction=%" PRIu64, l->batch.auction.number);
}

static void worker_lost(struct leader *l, const char *text)
{
    l->counters.workers_lost++;
    log_event(LOG_EV_WORKER_LOST, "auction=%" PRIu64 " why=\"%.200s\"", l->batch.auction.number,
              text);
    l->batch.lost = true;
}

void leader_worker(struct leader *l, const struct worker_event *e)
{
    struct batch *b = &l->batch;
    bool waiting = b->active && b->step == ENGINE_certify;
    uint64_t now = l->clock.now_ns(l->clock.self);

    switch (e->status) {
    case WORKER_SOLUTION:
        /* A late answer to an earlier auction is for nobody. */
        if (waiting && id_cmp(e->solution->auction, b->auction.id) == 0) {
            b->heard_ns = now;
            incumbent(l, e->solution, now);
        }
        break;
    case WORKER_FAILURE:
    case WORKER_LOST:
        if (waiting)
            worker_lost(l, e->text);
        break;
    }
}

enum step_result step_certify(struct leader *l)
{
    struct batch *b = &l->batch;
    uint64_t now = l->clock.now_ns(l->clock.self);

    if (!b->final && !b->lost) {
        if (now - b->heard_ns >= l->config->worker_hang_ms * MS_NS) {
            worker_lost(l, "silent for too long");
            l->worker.replace(l->worker.self);
        } else if (!b->have_best || now - b->solve_ns < l->config->solve_budget_ms * MS_NS) {
            return STEP_WAIT;
        }
    }
    if (!b->have_best)
        b->best = (struct solution){ .auction = b->auction.id };
    batch_record(l, &b->best);
    return b->best.fills_n > 0 ? STEP_NEXT : STEP_END;
}
