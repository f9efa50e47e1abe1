/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lease, the modes, the numbering of auctions, events and the leader's reports. */
#include <stdlib.h>
#include <string.h>

#include "solver/core/check.h"
#include "solver/ledger/model_state.h"

enum reject model_mode(struct run *r)
{
    struct model *m = r->model;

    m->paused_accept = !r->call->as.mode.accept;
    m->paused_send = !r->call->as.mode.send;
    model_commit(r);
    r->reply->paused_accept = m->paused_accept;
    r->reply->paused_send = m->paused_send;
    return REJECT_NONE;
}

enum reject model_lead(struct run *r)
{
    struct model *m = r->model;
    const struct ledger_lead *l = &r->call->as.lead;
    bool ours = name_equal(&m->leader, &l->holder);

    r->reply->fence = m->fence;
    if (l->fence != 0 && (l->fence != m->fence || !ours))
        return REJECT_FENCE;
    if (l->fence == 0) {
        if (!ours && m->fence != 0 && r->now_ms < m->lease_ms)
            return REJECT_FENCE;
        m->fence++;
        m->leader = l->holder;
    }
    m->lease_ms = r->now_ms + l->ttl_ms;
    r->reply->fence = m->fence;
    return REJECT_NONE;
}

enum reject model_freeze(struct run *r)
{
    struct model *m = r->model;
    const struct ledger_freeze *f = &r->call->as.freeze;

    if (model_fence(r, f->fence) != REJECT_NONE)
        return REJECT_FENCE;
    r->reply->auction = ++m->auction;
    r->reply->paused_accept = m->paused_accept;
    r->reply->paused_send = m->paused_send;
    model_money_list(r, OWNER_INVENTORY, "");
    model_limit_list(r);
    for (size_t i = 0; i < m->open.n && r->intents.n < f->max; i++) {
        const struct model_intent *n = m->open.rows[i].value;

        if (n->record.intent.seq > f->after && n->record.intent.deadline_ms > r->now_ms)
            model_intent_list(r, n);
    }
    return REJECT_NONE;
}

void model_event_add(struct run *r, const struct model_intent *i)
{
    struct model *m = r->model;
    const struct intent *n = &i->record.intent;

    m->events = model_grow(m->events, m->event_seq, &m->events_cap, sizeof *m->events);
    m->events[m->event_seq] = (struct ledger_event){ .seq = m->event_seq + 1,
                                                     .unix_ms = r->now_ms,
                                                     .account = n->account,
                                                     .intent = n->id,
                                                     .state = i->record.state,
                                                     .paid = n->paid,
                                                     .got = n->got };
    m->event_seq++;
}

enum reject model_events(struct run *r)
{
    const struct model *m = r->model;
    const struct ledger_events *e = &r->call->as.events;

    r->reply->seq = m->event_seq;
    for (uint64_t i = e->after; i < m->event_seq && r->events.n < e->max; i++)
        *MODEL_ROW(r, events, struct ledger_event) = m->events[i];
    return REJECT_NONE;
}

static struct blob blob_of(const uint8_t *bytes, size_t n)
{
    struct blob b = { .bytes = model_alloc(n, 1), .n = n };

    if (n > 0)
        memcpy(b.bytes, bytes, n);
    return b;
}

enum reject model_report(struct run *r)
{
    struct model *m = r->model;
    const struct ledger_report *p = &r->call->as.report;

    if (model_fence(r, p->fence) != REJECT_NONE)
        return REJECT_FENCE;
    if (p->venues_n > 0) {
        free(m->venues_report.bytes);
        m->venues_report = blob_of(p->venues, p->venues_n);
    }
    if (p->batch_n == 0)
        return REJECT_NONE;
    if (m->batch_reports_n == LEDGER_BATCH_REPORTS_MAX)
        free(m->batch_reports[--m->batch_reports_n].bytes);
    memmove(&m->batch_reports[1], &m->batch_reports[0],
            m->batch_reports_n * sizeof m->batch_reports[0]);
    m->batch_reports[0] = blob_of(p->batch, p->batch_n);
    m->batch_reports_n++;
    return REJECT_NONE;
}

/* A copy that lives until the next call of the store. */
static struct ledger_blob blob_reply(struct run *r, const struct blob *b)
{
    char *copy = arena_copy_text(&r->model->arena, (const char *)b->bytes, b->n);

    CHECK(copy != NULL);
    return (struct ledger_blob){ .bytes = (const uint8_t *)copy, .n = b->n };
}

enum reject model_reports(struct run *r)
{
    const struct model *m = r->model;

    if (m->venues_report.n > 0)
        r->reply->venues_report = blob_reply(r, &m->venues_report);
    for (size_t i = 0; i < m->batch_reports_n; i++)
        *MODEL_ROW(r, blobs, struct ledger_blob) = blob_reply(r, &m->batch_reports[i]);
    return REJECT_NONE;
}
