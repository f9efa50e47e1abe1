/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/watch.h"

#include <stdlib.h>
#include <string.h>

#include "solver/core/check.h"

/* FNV-1a; a collision only costs the comparison of two names. */
static uint64_t name_hash(const struct name *name)
{
    uint64_t h = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < NAME_TEXT && name->text[i] != '\0'; i++)
        h = (h ^ (uint8_t)name->text[i]) * UINT64_C(1099511628211);
    return h;
}

enum err watch_init(struct watch_table *t, size_t max)
{
    *t = (struct watch_table){ .max = max };
    t->slots = calloc(max > 0 ? max : 1, sizeof *t->slots);
    return t->slots == NULL ? ERR_NOMEM : ERR_OK;
}

void watch_fini(struct watch_table *t)
{
    CHECK(t->n == 0);
    free(t->slots);
    t->slots = NULL;
}

void watch_add(struct watch_table *t, struct job *j)
{
    CHECK(t->n < t->max);
    j->replies[0].events = NULL;
    j->replies[0].events_n = 0;
    t->slots[t->n++] = (struct watch_slot){ .job = j,
                                            .hash = name_hash(&j->watch.account),
                                            .cursor = j->watch.after };
}

bool watch_behind(const struct watch_table *t)
{
    for (size_t i = 0; i < t->n; i++) {
        if (t->slots[i].cursor < t->feed)
            return true;
    }
    return false;
}

static bool anyone_live(const struct watch_table *t)
{
    for (size_t i = 0; i < t->n; i++) {
        if (t->slots[i].cursor >= t->feed)
            return true;
    }
    return false;
}

static struct ledger_call read_after(uint64_t after, uint32_t max)
{
    struct ledger_call call = { .fn = LEDGER_events };

    call.as.events = (struct ledger_events){ .after = after, .max = max };
    return call;
}

size_t watch_reads(struct ledger_call calls[WATCH_READS_MAX], struct watch_table *t)
{
    size_t n = 1;

    /* With nobody to tell, only the newest sequence matters. */
    t->page = anyone_live(t) ? WATCH_PAGE : 1;
    calls[0] = read_after(t->feed, t->page);
    for (size_t i = 0; i < t->n && n < WATCH_READS_MAX; i++) {
        if (t->slots[i].cursor < t->feed)
            calls[n++] = read_after(t->slots[i].cursor, WATCH_PAGE);
    }
    return n;
}

/* Room for the events of a job, made when the first one comes. */
static struct ledger_event *job_events(struct job *j)
{
    if (j->replies[0].events == NULL)
        j->replies[0].events = ARENA_NEW(j->arena, j->watch.max, struct ledger_event);
    return (struct ledger_event *)(uintptr_t)j->replies[0].events;
}

/* Look at one event; once the answer is full, the cursor stays at its last event. */
static void slot_look(struct watch_slot *s, const struct ledger_event *e, uint64_t hash)
{
    struct job *j = s->job;
    struct ledger_event *events;

    if (s->done || e->seq <= s->cursor)
        return;
    s->cursor = e->seq;
    if (hash != s->hash || !name_equal(&e->account, &j->watch.account))
        return;
    events = job_events(j);
    if (events == NULL) {
        j->outcome = REJECT_TOO_LARGE;
        s->done = true;
        return;
    }
    events[j->replies[0].events_n++] = *e;
    s->done = j->replies[0].events_n == j->watch.max;
}

/*
 * After a read up to seen_to: an answer with events goes out now. newest: there is nothing beyond
 * it in the store, so a cursor that is further (a wrong one, or from before the store went back)
 * would wait for ever and is set back.
 */
static void slot_read(struct watch_slot *s, uint64_t seen_to, uint64_t newest)
{
    s->looked = true;
    if (s->done)
        return;
    if (s->cursor < seen_to || s->cursor > newest)
        s->cursor = seen_to;
    s->done = s->job->replies[0].events_n > 0;
}

/* Everything up to the returned sequence is in this page, or is gone from the store. */
static uint64_t page_end(const struct ledger_reply *r, uint32_t max)
{
    return r->events_n == max ? r->events[r->events_n - 1].seq : r->seq;
}

static void slots_sweep(struct watch_table *t)
{
    size_t kept = 0;

    for (size_t i = 0; i < t->n; i++) {
        struct watch_slot *s = &t->slots[i];
        if (!s->done) {
            t->slots[kept++] = *s;
            continue;
        }
        s->job->replies[0].seq = s->cursor;
        s->job->done(s->job->arg);
    }
    t->n = kept;
}

/* Move the feed on and show its events to those who were live before. */
static void feed_take(struct watch_table *t, const struct ledger_reply *r)
{
    uint64_t before = t->feed;
    bool live = anyone_live(t);

    t->feed = live ? page_end(r, t->page) : r->seq;
    for (size_t k = 0; live && k < r->events_n; k++) {
        uint64_t hash = name_hash(&r->events[k].account);
        for (size_t i = 0; i < t->n; i++) {
            if (t->slots[i].cursor >= before)
                slot_look(&t->slots[i], &r->events[k], hash);
        }
    }
    for (size_t i = 0; i < t->n; i++) {
        if (t->slots[i].cursor >= before)
            slot_read(&t->slots[i], t->feed, r->seq);
    }
}

size_t watch_take(struct watch_table *t, const struct ledger_reply *replies)
{
    uint64_t before = t->feed;
    size_t n = t->n;
    size_t call = 1;

    for (size_t i = 0; i < t->n && call < WATCH_READS_MAX; i++) {
        struct watch_slot *s = &t->slots[i];
        if (s->cursor >= before)
            continue;
        const struct ledger_reply *r = &replies[call++];
        uint64_t end = page_end(r, WATCH_PAGE);
        /* What is newer than the feed was comes from the feed, below. */
        for (size_t k = 0; k < r->events_n && r->events[k].seq <= before; k++)
            slot_look(s, &r->events[k], name_hash(&r->events[k].account));
        slot_read(s, end < before ? end : before, r->seq);
    }
    feed_take(t, &replies[0]);
    slots_sweep(t);
    return n - t->n;
}

size_t watch_expire(struct watch_table *t, uint64_t now_ns, bool blind)
{
    size_t n = t->n;

    for (size_t i = 0; i < t->n; i++) {
        struct watch_slot *s = &t->slots[i];
        s->done = (s->looked || blind) && now_ns >= s->job->watch.until_ns;
    }
    slots_sweep(t);
    return n - t->n;
}

size_t watch_end(struct watch_table *t)
{
    return watch_expire(t, UINT64_MAX, true);
}
