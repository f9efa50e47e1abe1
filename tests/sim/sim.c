/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/sim_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/core/check.h"
#include "solver/ledger/model.h"

#define STORM_MS 5000 /* faults go on after the last intent */
#define DEADLINE_MS 60000
#define ALARM_MS 30000          /* an operator looks at alarms that long after the last fault */
#define HOUSE_VALUE 1000000000u /* what the house may then lose to a pot */
#define EVENTS_MAX 200000
#define UNIX_BASE_MS 1700000000000

static bool chance(struct sim *s, uint32_t per_mille)
{
    return !s->faults_over && prng_below(&s->rng, 1000) < per_mille;
}

static uint64_t clock_ns(void *self)
{
    return ((struct sim *)self)->now_ns;
}

static int64_t clock_ms(void *self)
{
    return UNIX_BASE_MS + (int64_t)(((struct sim *)self)->now_ns / MS);
}

static uint64_t delay(struct sim *s)
{
    return (1 + prng_below(&s->rng, 20)) * MS + (chance(s, s->faults->late) ? 9000 * MS : 0);
}

/* ---- the leader's ports ---- */

/* A pipelined call may reach the ledger whole, in part or not at all before its answer is lost. */
static enum err ledger_call(void *self, struct ledger_reply *replies,
                            const struct ledger_call *calls, size_t n)
{
    struct sim_leader *sl = self;
    struct sim *s = sl->sim;

    if (!chance(s, s->faults->store_lost))
        return store_call(&s->store, replies, calls, n);
    size_t done = prng_below(&s->rng, n + 1);
    if (done > 0)
        CHECK(store_call(&s->store, replies, calls, done) == ERR_OK);
    return ERR_TIMEOUT;
}

static enum err venue_request(void *self, uint32_t venue, uint64_t tag,
                              const struct wire_venue_request *r, uint32_t timeout_ms)
{
    struct sim_leader *sl = self;
    struct sim *s = sl->sim;
    struct event e = {
        .kind = EVENT_REQUEST, .leader = sl->no, .life = sl->life, .venue = venue, .tag = tag
    };
    int copies = chance(s, s->faults->request_lost) ? 0 : chance(s, s->faults->duplicated) ? 2 : 1;

    for (int i = 0; i < copies; i++) {
        e.bytes = (struct wire_bytes){ 0 };
        TRY(wire_venue_request_pack(&e.bytes, r));
        e.at_ns = s->now_ns + delay(s);
        sim_push(s, e);
    }
    sim_push(s, (struct event){ .kind = EVENT_TIMEOUT,
                                .at_ns = s->now_ns + timeout_ms * MS,
                                .leader = sl->no,
                                .life = sl->life,
                                .venue = venue,
                                .tag = tag });
    return ERR_OK;
}

static void solution_lie(struct sim *s, struct solution *x)
{
    if (x->fills_n > 0)
        x->fills[prng_below(&s->rng, x->fills_n)].got.limb[0] += 1 + prng_below(&s->rng, 1000);
}

static enum err worker_incumbent(void *ctx, const struct solution *x)
{
    struct event *e = ctx;
    struct solution last = *x;

    /* Every incumbent replaces the one before: the simulator delivers the last. */
    return wire_solution_pack(&e->bytes, &last);
}

static enum err worker_solve(void *self, const struct auction *a)
{
    struct sim_leader *sl = self;
    struct sim *s = sl->sim;
    struct event e = { .kind = EVENT_WORKER, .leader = sl->no, .life = sl->life };

    if (!chance(s, s->faults->worker_lost))
        CHECK(clear_solve(s->clear, a, worker_incumbent, &e) == ERR_OK);
    e.at_ns = s->now_ns + delay(s);
    sim_push(s, e);
    return ERR_OK;
}

static void worker_replace(void *self)
{
    (void)self;
}

/* ---- lives of leaders ---- */

static void leader_birth(struct sim *s, uint32_t no)
{
    struct sim_leader *sl = &s->leaders[no];
    const struct clock_port clock = { clock_ns, clock_ms, s };
    const struct leader_ports ports = { .store = { sl, ledger_call },
                                        .clock = clock,
                                        .link = { venue_request, sl },
                                        .worker = { worker_solve, worker_replace, sl } };

    sl->life++;
    sl->answered_n = 0;
    sl->leader = leader_new(&sl->config, &s->table, &ports, VENUES);
    CHECK(sl->leader != NULL);
    sim_push(s, (struct event){
                    .kind = EVENT_TICK, .at_ns = s->now_ns, .leader = no, .life = sl->life });
}

static void leader_death(struct sim *s, uint32_t no)
{
    struct sim_leader *sl = &s->leaders[no];

    leader_free(sl->leader);
    sl->leader = NULL;
    sl->life++;
    s->result->kills++;
    sim_push(s, (struct event){ .kind = EVENT_BIRTH,
                                .at_ns = s->now_ns + prng_below(&s->rng, 3000) * MS,
                                .leader = no,
                                .life = sl->life });
}

static bool tag_done(struct sim_leader *sl, uint64_t tag)
{
    for (size_t i = 0; i < sl->answered_n; i++) {
        if (sl->answered[i] == tag)
            return true;
    }
    if (sl->answered_n == sl->answered_cap) {
        sl->answered_cap = sl->answered_cap > 0 ? 2 * sl->answered_cap : 64;
        sl->answered = realloc(sl->answered, sl->answered_cap * sizeof *sl->answered);
        CHECK(sl->answered != NULL);
    }
    sl->answered[sl->answered_n++] = tag;
    return false;
}

/* ---- what happens ---- */

static void on_request(struct sim *s, struct event *e)
{
    struct wire_venue_request r;
    struct wire_venue_answer a;
    struct event answer = { .kind = EVENT_ANSWER,
                            .at_ns = s->now_ns + delay(s),
                            .leader = e->leader,
                            .life = e->life,
                            .venue = e->venue,
                            .tag = e->tag,
                            .answered = true };

    CHECK(wire_venue_request_unpack(&r, &s->arena, e->bytes.data, e->bytes.n) == ERR_OK);
    sim_venue_answer(&s->venues[e->venue], &a, &s->arena, &r);
    if (r.verb == WIRE_QUOTES)
        answer.at_ns += 30 * MS; /* the long poll */
    if (chance(s, s->faults->answer_lost))
        return;
    CHECK(wire_venue_answer_pack(&answer.bytes, &a) == ERR_OK);
    sim_push(s, answer);
}

static void on_answer(struct sim *s, struct sim_leader *sl, struct event *e)
{
    struct wire_venue_answer a;
    struct venue_event v = { .venue = e->venue, .tag = e->tag, .status = LINK_TIMEOUT };

    if (tag_done(sl, e->tag))
        return;
    if (e->answered) {
        CHECK(wire_venue_answer_unpack(&a, &s->arena, e->bytes.data, e->bytes.n) == ERR_OK);
        v.status = LINK_ANSWER;
        v.answer = &a;
    }
    leader_venue(sl->leader, &v);
}

static void on_worker(struct sim *s, struct sim_leader *sl, struct event *e)
{
    struct solution x;
    struct worker_event w = { .status = WORKER_LOST, .text = "simulated" };

    if (e->bytes.n > 0) {
        CHECK(wire_solution_unpack(&x, &s->arena, e->bytes.data, e->bytes.n) == ERR_OK);
        if (chance(s, s->faults->worker_lies))
            solution_lie(s, &x);
        w = (struct worker_event){ .status = WORKER_SOLUTION, .solution = &x };
    }
    leader_worker(sl->leader, &w);
}

/* A random intent worth 100 to 20,000 units, its limit within 2 % of the marks. */
static void on_intent(struct sim *s)
{
    struct ledger_call c = { .fn = LEDGER_accept };
    struct intent *i = &c.as.accept.intent;
    struct ledger_reply reply;
    uint32_t sell = (uint32_t)prng_below(&s->rng, SIM_ASSETS);
    uint32_t buy = (uint32_t)((sell + 1 + prng_below(&s->rng, SIM_ASSETS - 1)) % SIM_ASSETS);
    uint64_t value = 100000000u + prng_below(&s->rng, 19900000000u);
    uint64_t limit = value / 1000 * (970 + prng_below(&s->rng, 40));

    prng_bytes(&s->rng, i->id.bytes, ID_BYTES);
    i->account = sim_account(prng_below(&s->rng, SIM_USERS));
    i->kind = prng_below(&s->rng, 4) == 0 ? INTENT_BUY : INTENT_SELL;
    i->partial = prng_below(&s->rng, 2) == 0;
    i->sell_asset = sell + 1;
    i->buy_asset = buy + 1;
    i->deadline_ms = clock_ms(s) + 500 + (int64_t)prng_below(&s->rng, 20000);
    const struct asset *x = &s->assets[sell], *y = &s->assets[buy];
    CHECK(amount_muldiv_floor(&i->sell_amount, amount_pow10(x->decimals), AMOUNT_OF(value),
                              x->mark) == ERR_OK);
    CHECK(amount_muldiv_ceil(&i->buy_amount, amount_pow10(y->decimals), AMOUNT_OF(limit),
                             y->mark) == ERR_OK);
    c.as.accept.payload = (const uint8_t *)"sim";
    c.as.accept.payload_n = 3;
    c.as.accept.payload_hash = digest_of("sim", i->id.bytes, ID_BYTES);
    CHECK(store_call_one(&s->store, &reply, &c) == ERR_OK);
    if (reply.reject != REJECT_NONE)
        return;
    s->result->accepted++;
    s->intents[s->intents_n++] = i->id;
    if (chance(s, s->faults->cancelled))
        sim_push(s, (struct event){ .kind = EVENT_CANCEL,
                                    .at_ns = s->now_ns + prng_below(&s->rng, 2000) * MS,
                                    .tag = s->intents_n - 1 });
}

static void on_cancel(struct sim *s, const struct event *e)
{
    struct id id = s->intents[e->tag];
    struct ledger_call c = { .fn = LEDGER_cancel };
    struct ledger_reply reply;

    c.as.cancel = (struct ledger_cancel){ .intent = id,
                                          .account = sim_stored(s, id).intent.account,
                                          .tombstone_until_ms = clock_ms(s) + 1000 };
    CHECK(store_call_one(&s->store, &reply, &c) == ERR_OK);
}

static void tick(struct sim *s, uint32_t no)
{
    struct sim_leader *sl = &s->leaders[no];
    uint64_t next = leader_tick(sl->leader);

    if (next < s->now_ns + MS)
        next = s->now_ns + MS;
    sim_push(s,
             (struct event){ .kind = EVENT_TICK, .at_ns = next, .leader = no, .life = sl->life });
}

static void expire(struct sim *s)
{
    const struct ledger_call c = { .fn = LEDGER_expire, .as.expire = { .max = 64 } };
    struct ledger_reply reply;

    CHECK(store_call_one(&s->store, &reply, &c) == ERR_OK);
}

/* Events for a leader that is dead, reborn or stopped: lost, or kept until it goes on. */
static bool reaches(struct sim *s, struct event *e)
{
    struct sim_leader *sl = &s->leaders[e->leader];

    if (sl->leader == NULL || sl->life != e->life)
        return false;
    if (sl->paused_until_ns <= s->now_ns)
        return true;
    e->at_ns = sl->paused_until_ns;
    sim_push(s, *e);
    e->bytes = (struct wire_bytes){ 0 };
    return false;
}

static void for_leader(struct sim *s, struct event *e)
{
    struct sim_leader *sl = &s->leaders[e->leader];

    if (!reaches(s, e))
        return;
    if (e->kind == EVENT_TICK) {
        tick(s, e->leader);
    } else if (e->kind == EVENT_WORKER) {
        on_worker(s, sl, e);
    } else {
        on_answer(s, sl, e);
    }
    if (chance(s, s->faults->leader_killed)) {
        if (prng_below(&s->rng, 3) == 0)
            sl->paused_until_ns = s->now_ns + (500 + prng_below(&s->rng, 4000)) * MS;
        else
            leader_death(s, e->leader);
    }
}

static void happen(struct sim *s, struct event *e)
{
    arena_reset(&s->arena);
    hash_u64(&s->history, e->at_ns);
    hash_u64(&s->history, e->kind);
    hash_bytes(&s->history, e->bytes.data, e->bytes.n);
    switch (e->kind) {
    case EVENT_REQUEST: on_request(s, e); break;
    case EVENT_TICK:
    case EVENT_ANSWER:
    case EVENT_TIMEOUT:
    case EVENT_WORKER: for_leader(s, e); break;
    case EVENT_INTENT:
        on_intent(s);
        expire(s);
        if (--s->intents_to_come > 0)
            sim_push(s, (struct event){ .kind = EVENT_INTENT,
                                        .at_ns = s->now_ns + prng_below(&s->rng, 100) * MS });
        break;
    case EVENT_CANCEL: on_cancel(s, e); break;
    case EVENT_BIRTH:
        if (s->leaders[e->leader].life == e->life)
            leader_birth(s, e->leader);
        break;
    }
    wire_bytes_fini(&e->bytes);
}

static void world_open(struct sim *s, uint64_t seed, uint32_t intents)
{
    const struct model_options options = { .clock = { clock_ns, clock_ms, s },
                                           .retain_ms = 1000000 };

    s->rng.state = seed * 0x9e3779b97f4a7c15u + 1;
    s->now_ns = MS;
    hash_init(&s->history, "sim/history");
    arena_init(&s->arena, (size_t)1 << 28);
    sim_world_assets(s);
    CHECK(model_new(&s->store, &options) == ERR_OK);
    for (uint64_t u = 0; u < SIM_USERS; u++)
        sim_world_money(s, (struct owner){ .kind = OWNER_USER, .name = sim_account(u) }, u);
    s->house_later = seed % 3 == 0; /* some worlds have no house inventory */
    if (!s->house_later)
        sim_world_money(s, (struct owner){ .kind = OWNER_INVENTORY, .name = { "home" } }, 100);
    for (unsigned v = 0; v < VENUES; v++)
        sim_venue_init(&s->venues[v], v, &s->table, &s->rng, s->faults);
    s->clear = clear_new();
    CHECK(s->clear != NULL);
    for (uint32_t i = 0; i < LEADERS; i++) {
        s->leaders[i].sim = s;
        s->leaders[i].no = i;
        config_init(&s->leaders[i].config);
        s->leaders[i].config.buyback_house_value = HOUSE_VALUE;
        snprintf(s->leaders[i].config.name, sizeof s->leaders[i].config.name, "leader%u", i);
        leader_birth(s, i);
    }
    s->intents_to_come = intents;
    sim_push(s, (struct event){ .kind = EVENT_INTENT, .at_ns = 100 * MS });
}

static void world_close(struct sim *s)
{
    for (uint32_t i = 0; i < LEADERS; i++) {
        leader_free(s->leaders[i].leader);
        free(s->leaders[i].answered);
    }
    while (s->heap_n > 0) {
        struct event e = sim_pop(s);
        wire_bytes_fini(&e.bytes);
    }
    free(s->heap);
    clear_free(s->clear);
    model_free(&s->store);
    arena_fini(&s->arena);
    free(s);
}

/* Where a pot lost too much on its way there is an alarm, and an operator gives the house money. */
static void operator_answers(struct sim *s)
{
    s->house_later = false;
    sim_world_money(s, (struct owner){ .kind = OWNER_INVENTORY, .name = { "home" } }, 100);
}

void sim_run(struct sim_result *out, uint64_t seed, uint32_t intents, const struct sim_faults *f)
{
    struct sim *s = calloc(1, sizeof *s);
    uint64_t calm_ns = 0;

    CHECK(s != NULL && intents <= INTENTS_MAX);
    *out = (struct sim_result){ 0 };
    s->result = out;
    s->faults = f;
    world_open(s, seed, intents);
    while (s->heap_n > 0 && out->events < EVENTS_MAX) {
        if (s->intents_to_come == 0 && calm_ns == 0)
            calm_ns = s->now_ns + STORM_MS * MS;
        /* Every fault ends some day: then all must come to rest. */
        s->faults_over = calm_ns != 0 && s->now_ns >= calm_ns;
        if (calm_ns != 0 && s->now_ns > calm_ns + DEADLINE_MS * MS)
            break;
        if (s->house_later && calm_ns != 0 && s->now_ns > calm_ns + ALARM_MS * MS)
            operator_answers(s);
        struct event e = sim_pop(s);
        s->now_ns = e.at_ns > s->now_ns ? e.at_ns : s->now_ns;
        out->events++;
        happen(s, &e);
    }
    expire(s);
    sim_check(s);
    out->history = hash_digest(&s->history);
    world_close(s);
}
