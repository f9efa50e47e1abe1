/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/ledger/model.h"

#include <stdlib.h>
#include <string.h>

#include "solver/core/check.h"
#include "solver/ledger/model_state.h"

#define REPLY_MEMORY_MAX ((size_t)256 << 20)

static enum reject (*const functions[LEDGER_FNS_N])(struct run *r) = {
#define X(name, repairs, doc) [LEDGER_##name] = model_##name,
    LEDGER_FNS(X)
#undef X
};

void *model_alloc(size_t n, size_t size)
{
    void *p = calloc(n == 0 ? 1 : n, size);

    CHECK(p != NULL);
    return p;
}

void *model_grow(void *items, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return items;
    *cap = *cap == 0 ? 16 : 2 * *cap;

    void *grown = reallocarray(items, *cap, size);

    CHECK(grown != NULL);
    return grown;
}

void *model_row(struct run *r, struct vec *v, size_t size)
{
    void *row = vec_add(v, &r->model->arena, size);

    CHECK(row != NULL);
    return row;
}

enum reject model_fence(const struct run *r, uint64_t fence)
{
    const struct model *m = r->model;

    return m->fence != 0 && fence == m->fence ? REJECT_NONE : REJECT_FENCE;
}

/* Forget what is staged; make it real before that when keep. */
static void staged_end(struct model *m, bool keep)
{
    for (size_t i = 0; i < m->touched_n; i++) {
        struct balance *b = m->touched[i];

        if (keep)
            b->now = b->staged;
        b->touched = false;
    }
    for (size_t i = 0; i < m->counted_n; i++) {
        struct counter *c = m->counted[i];

        if (keep)
            c->now = c->staged;
        c->touched = false;
    }
    if (keep)
        m->journal_n += m->staged_n;
    m->touched_n = 0;
    m->counted_n = 0;
    m->staged_n = 0;
}

void model_commit(struct run *r)
{
    staged_end(r->model, true);
    r->model->entries++;
}

static void reply_finish(struct run *r)
{
    struct ledger_reply *reply = r->reply;

    reply->intents = r->intents.rows;
    reply->intents_n = r->intents.n;
    reply->balances = r->balances.rows;
    reply->balances_n = r->balances.n;
    reply->limits = r->limits.rows;
    reply->limits_n = r->limits.n;
    reply->events = r->events.rows;
    reply->events_n = r->events.n;
    reply->plans = r->plans.rows;
    reply->plans_n = r->plans.n;
    reply->batch_reports = r->blobs.rows;
    reply->batch_reports_n = r->blobs.n;
}

static enum err model_call(void *self, struct ledger_reply *replies,
                           const struct ledger_call *calls, size_t n)
{
    struct model *m = self;

    arena_reset(&m->arena);
    for (size_t i = 0; i < n; i++) {
        struct run r = { .model = m, .call = &calls[i], .reply = &replies[i] };

        r.now_ms = m->options.clock.unix_ms(m->options.clock.self);
        replies[i] = (struct ledger_reply){ .now_ms = r.now_ms };
        m->runs++;
        replies[i].reject = functions[calls[i].fn](&r);
        staged_end(m, false);
        reply_finish(&r);
    }
    return ERR_OK;
}

enum err model_new(struct store *out, const struct model_options *options)
{
    struct model *m = calloc(1, sizeof *m);

    if (m == NULL)
        return ERR_NOMEM;
    m->options = *options;
    arena_init(&m->arena, REPLY_MEMORY_MAX);
    *out = (struct store){ .self = m, .call = model_call };
    return ERR_OK;
}

static void values_free(struct table *t)
{
    for (size_t i = 0; i < t->n; i++)
        free(t->rows[i].value);
    table_fini(t);
}

static void intents_free(struct table *t)
{
    for (size_t i = 0; i < t->n; i++)
        model_intent_free(t->rows[i].value);
    table_fini(t);
}

static void plans_free(struct model *m)
{
    for (size_t i = 0; i < m->plans.n; i++)
        model_plan_free(m, m->plans.rows[i].value);
    table_fini(&m->plans);
    table_fini(&m->legs);
}

void model_free(struct store *s)
{
    struct model *m = s->self;

    if (m == NULL)
        return;
    values_free(&m->accounts);
    values_free(&m->balances);
    values_free(&m->counters);
    values_free(&m->limits);
    values_free(&m->refs);
    intents_free(&m->intents);
    plans_free(m);
    table_fini(&m->open);
    table_fini(&m->due);
    table_fini(&m->open_plans);
    for (size_t i = 0; i < m->batch_reports_n; i++)
        free(m->batch_reports[i].bytes);
    free(m->venues_report.bytes);
    free(m->events);
    free(m->journal);
    free(m->touched);
    free(m->counted);
    arena_fini(&m->arena);
    free(m);
    *s = (struct store){ 0 };
}

enum err model_corrupt(struct store *s, const struct owner *owner, uint32_t asset)
{
    struct model *m = s->self;
    char key[TABLE_KEY];
    struct balance *b = table_get(&m->balances, owner_key(key, owner, asset));

    if (b == NULL)
        return ERR_NOT_FOUND;
    b->now.available.atoms++;
    return ERR_OK;
}
