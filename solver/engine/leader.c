/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/engine/leader.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "solver/core/check.h"
#include "solver/shell/log.h"

#define MS_NS ((uint64_t)1000000)
#define BATCH_ARENA_MAX ((size_t)1 << 30)
#define SCRATCH_ARENA_MAX ((size_t)256 << 20)

struct leader *leader_new(const struct config *config, const struct asset_table *assets,
                          const struct leader_ports *ports, uint32_t venues_n)
{
    CHECK(venues_n <= VENUES_MAX);
    struct leader *l = calloc(1, sizeof *l);
    if (l == NULL)
        return NULL;
    l->config = config;
    l->assets = assets;
    l->store = ports->store;
    l->clock = ports->clock;
    l->link = ports->link;
    l->worker = ports->worker;
    l->recorder = ports->recorder;
    if (name_parse(&l->name, config->name, strlen(config->name)) != ERR_OK) {
        free(l);
        return NULL;
    }
    venue_table_init(&l->venues, assets);
    l->venues.n = venues_n;
    arena_init(&l->batch.arena, BATCH_ARENA_MAX);
    arena_init(&l->scratch, SCRATCH_ARENA_MAX);
    arena_init(&l->outgoing, SCRATCH_ARENA_MAX);
    return l;
}

static void runs_free(struct leader *l)
{
    for (size_t i = 0; i < l->runs_n; i++)
        run_free(l->runs[i]);
    l->runs_n = 0;
}

void leader_free(struct leader *l)
{
    if (l == NULL)
        return;
    runs_free(l);
    venue_table_fini(&l->venues);
    arena_fini(&l->batch.arena);
    arena_fini(&l->scratch);
    arena_fini(&l->outgoing);
    free(l);
}

void leader_step_down(struct leader *l, const char *why)
{
    if (l->role != ROLE_STANDBY)
        log_event(LOG_EV_FENCED, "fence=%" PRIu64 " why=\"%s\"", l->fence, why);
    l->role = ROLE_STANDBY;
    l->fence = 0;
    l->batch.active = false;
    for (uint32_t v = 0; v < l->venues.n; v++) {
        venue_down(&l->venues.venues[v], "standby");
        l->venues.venues[v].open_legs = 0;
        for (size_t i = 0; i < l->venues.venues[v].curves_n; i++)
            l->venues.venues[v].curves[i].open_legs = 0;
    }
}

bool leader_call(struct leader *l, struct ledger_reply *replies, const struct ledger_call *calls,
                 size_t n)
{
    enum err err = store_call(&l->store, replies, calls, n);

    if (err != ERR_OK) {
        if (!l->store_down)
            log_event(LOG_EV_STORE_DOWN, "err=%s", err_name(err));
        l->store_down = true;
        return false;
    }
    if (l->store_down)
        log_event(LOG_EV_STORE_UP, "err=OK");
    l->store_down = false;
    for (size_t i = 0; i < n; i++) {
        if (replies[i].reject == REJECT_FENCE && l->role != ROLE_STANDBY) {
            leader_step_down(l, "the ledger knows a higher fence");
            return false;
        }
    }
    return true;
}

bool leader_commit(struct leader *l, struct ledger_reply *reply, const struct ledger_call *call)
{
    if (leader_call(l, reply, call, 1))
        return true;
    if (l->role != ROLE_STANDBY && leader_call(l, reply, call, 1))
        return true;
    if (l->role != ROLE_STANDBY)
        leader_step_down(l, "a call's outcome is unknown; recovery will find it");
    return false;
}

uint64_t leader_request(struct leader *l, uint32_t venue, const struct wire_venue_request *r,
                        uint32_t timeout_ms)
{
    uint64_t tag = ++l->tag;

    return l->link.request(l->link.self, venue, tag, r, timeout_ms) == ERR_OK ? tag : 0;
}

static void lead_won(struct leader *l, uint64_t fence)
{
    log_event(LOG_EV_LEADER, "fence=%" PRIu64 " name=%s", fence, l->name.text);
    runs_free(l);
    l->fence = fence;
    l->role = ROLE_RECOVERING;
    for (uint32_t v = 0; v < l->venues.n; v++) {
        venue_down(&l->venues.venues[v], "hello under the new fence");
        l->polls[v] = (struct venue_poll){ 0 };
    }
}

/* Take or renew the lease; a lease that could not be renewed in time is not acted on. */
static void lease_tick(struct leader *l, uint64_t now)
{
    const struct ledger_call call = {
        .fn = LEDGER_lead,
        .as.lead = { .holder = l->name, .fence = l->fence, .ttl_ms = (uint32_t)l->config->lease_ms }
    };
    struct ledger_reply reply;

    if (now < l->renew_ns)
        return;
    l->renew_ns = now + l->config->lease_ms * MS_NS / 4;
    if (leader_call(l, &reply, &call, 1) && reply.reject == REJECT_NONE) {
        l->lease_ns = now + l->config->lease_ms * MS_NS;
        if (l->role == ROLE_STANDBY)
            lead_won(l, reply.fence);
    }
}

/* Remove the runs that are done. */
static void runs_sweep(struct leader *l)
{
    size_t kept = 0;

    for (size_t i = 0; i < l->runs_n; i++) {
        if (l->runs[i]->step == ENGINE_STEPS_N)
            run_free(l->runs[i]);
        else
            l->runs[kept++] = l->runs[i];
    }
    l->runs_n = kept;
}

static enum step_result run_step(struct leader *l, struct run *r)
{
    switch (r->step) {
    case ENGINE_send: return step_send(l, r);
    case ENGINE_collect: return step_collect(l, r);
    case ENGINE_allocate: return step_allocate(l, r);
    case ENGINE_settle: return step_settle(l, r);
    case ENGINE_freeze:
    case ENGINE_snapshot:
    case ENGINE_solve:
    case ENGINE_certify:
    case ENGINE_plan:
    case ENGINE_STEPS_N: break;
    }
    return STEP_END;
}

static void run_advance(struct leader *l, struct run *r)
{
    while (r->step != ENGINE_STEPS_N) {
        switch (run_step(l, r)) {
        case STEP_NEXT: r->step++; break;
        case STEP_AGAIN: r->step = ENGINE_send; break;
        case STEP_END: r->step = ENGINE_STEPS_N; break;
        case STEP_WAIT: return;
        }
        if (l->role == ROLE_STANDBY) /* fenced: the run is gone */
            return;
    }
}

static void runs_tick(struct leader *l, uint64_t now)
{
    for (size_t i = 0; i < l->runs_n && l->role != ROLE_STANDBY; i++) {
        collect_tick(l, l->runs[i], now);
        if (l->role != ROLE_STANDBY)
            run_advance(l, l->runs[i]);
    }
    runs_sweep(l);
}

/* A batch holds the next one up until its runs are done, or wait for an unknown leg or for cover. */
static bool runs_busy(const struct leader *l)
{
    for (size_t i = 0; i < l->runs_n; i++) {
        if (!l->runs[i]->parked && !run_any(l->runs[i], UINT32_MAX, RUN_LEG_UNKNOWN))
            return true;
    }
    return l->runs_n >= LEADER_RUNS_MAX / 2;
}

static enum step_result batch_step(struct leader *l)
{
    switch (l->batch.step) {
    case ENGINE_freeze: return step_freeze(l);
    case ENGINE_snapshot: return step_snapshot(l);
    case ENGINE_solve: return step_solve(l);
    case ENGINE_certify: return step_certify(l);
    case ENGINE_plan: return step_plan(l);
    case ENGINE_send:
    case ENGINE_collect:
    case ENGINE_allocate:
    case ENGINE_settle:
    case ENGINE_STEPS_N: break;
    }
    return STEP_END;
}

static void batch_advance(struct leader *l)
{
    while (l->batch.active) {
        switch (batch_step(l)) {
        case STEP_NEXT: l->batch.step++; break;
        case STEP_AGAIN: l->batch.step = ENGINE_freeze; break;
        case STEP_WAIT: return;
        case STEP_END: l->batch.active = false; break;
        }
    }
}

static void batch_tick(struct leader *l, uint64_t now)
{
    if (l->role != ROLE_LEADER)
        return;
    if (!l->batch.active && now >= l->batch_ns && !runs_busy(l)) {
        l->batch.active = true;
        l->batch.step = ENGINE_freeze;
        l->batch.attempt = 0;
        l->batch.only = NULL;
        l->batch.buyback = buyback_due(l, now);
        l->batch.robust = true;
        l->batch.began_ns = now;
        l->batch_ns = now + l->config->batch_ms * MS_NS;
    }
    batch_advance(l);
}

static uint64_t min_u64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

uint64_t leader_tick(struct leader *l)
{
    uint64_t now = l->clock.now_ns(l->clock.self);

    lease_tick(l, now);
    if (l->role == ROLE_STANDBY) {
        runs_free(l);
        return l->renew_ns;
    }
    if (now >= l->lease_ns) {
        leader_step_down(l, "the lease ran out before it was renewed");
        return l->renew_ns;
    }
    if (l->role == ROLE_RECOVERING) {
        if (!recover_runs(l)) /* a venue is asked nothing before its open legs are known */
            return min_u64(l->renew_ns, now + 20 * MS_NS);
        l->role = ROLE_LEADER;
        log_event(LOG_EV_RECOVERED, "fence=%" PRIu64 " plans=%zu", l->fence, l->runs_n);
    }
    poll_tick(l, now);
    runs_tick(l, now);
    batch_tick(l, now);
    runs_tick(l, now);   /* plans just made start at once */
    report_tick(l, now); /* a write to disk that nothing waits for: after the legs have left */
    uint64_t next = min_u64(l->renew_ns, now + 20 * MS_NS);
    return l->batch.active || l->runs_n > 0 ? next : min_u64(next, l->batch_ns);
}

void leader_venue(struct leader *l, const struct venue_event *e)
{
    uint64_t now = l->clock.now_ns(l->clock.self);

    if (l->role == ROLE_STANDBY)
        return; /* asked by an earlier reign; the ledger has what counts */
    if (e->tag == l->polls[e->venue].tag)
        poll_answer(l, e, now);
    else
        collect_answer(l, e, now);
}
