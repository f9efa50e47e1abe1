/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/job.h"

#include <string.h>

/* *at = a copy of its n items of size bytes. */
static enum err keep(const void **at, struct arena *arena, size_t n, size_t size)
{
    void *copy;

    if (n == 0) {
        *at = NULL;
        return ERR_OK;
    }
    copy = arena_alloc(arena, n, size);
    if (copy == NULL)
        return ERR_NOMEM;
    memcpy(copy, *at, n * size);
    *at = copy;
    return ERR_OK;
}

#define KEEP(pointer, arena, n)                                                                    \
    do {                                                                                           \
        const void *keep_at_ = (pointer);                                                          \
        TRY(keep(&keep_at_, (arena), (n), sizeof *(pointer)));                                     \
        (pointer) = keep_at_;                                                                      \
    } while (0)

static enum err keep_reports(struct ledger_reply *r, struct arena *arena)
{
    struct ledger_blob *copies = ARENA_NEW(arena, r->batch_reports_n, struct ledger_blob);

    if (copies == NULL)
        return ERR_NOMEM;
    KEEP(r->venues_report.bytes, arena, r->venues_report.n);
    for (size_t i = 0; i < r->batch_reports_n; i++) {
        copies[i] = r->batch_reports[i];
        KEEP(copies[i].bytes, arena, copies[i].n);
    }
    r->batch_reports = copies;
    return ERR_OK;
}

static enum err keep_one(struct ledger_reply *r, struct arena *arena, enum ledger_fn fn)
{
    if (fn == LEDGER_get || fn == LEDGER_cancel) {
        KEEP(r->intent.receipt, arena, r->intent.receipt_n);
    } else {
        r->intent.receipt = NULL;
        r->intent.receipt_n = 0;
    }
    /* Lists that only a leader asks for do not come this way. */
    r->intents_n = r->plans_n = r->events_n = 0;
    r->intents = NULL;
    r->plans = NULL;
    r->events = NULL;
    KEEP(r->balances, arena, r->balances_n);
    KEEP(r->limits, arena, r->limits_n);
    KEEP(r->audit, arena, r->audit_n);
    KEEP(r->venues, arena, r->venues_n);
    return keep_reports(r, arena);
}

enum err job_keep(struct job *j, const struct ledger_reply *replies)
{
    for (size_t i = 0; i < j->calls_n; i++) {
        j->replies[i] = replies[i];
        TRY(keep_one(&j->replies[i], j->arena, j->calls[i].fn));
    }
    return ERR_OK;
}

const char *job_text(const struct job *j, enum reject why)
{
    if (why == REJECT_OVERLOADED && j->calls_n > 0 && j->outcome == REJECT_NONE)
        return "the ledger is full: its Redis is at maxmemory, and takes nothing new";
    return reject_text(why);
}
