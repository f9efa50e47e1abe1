/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/operator_answer.h"

#include "solver/core/check.h"
#include "solver/core/text.h"

#define OWNER_TEXT (NAME_TEXT + 8)

static enum err limits_make(struct wire_op_answer *a, struct arena *arena,
                            const struct ledger_reply *r)
{
    a->limits = ARENA_NEW(arena, r->limits_n, struct row);
    if (a->limits == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < r->limits_n; i++)
        a->limits[i] = r->limits[i];
    a->limits_n = r->limits_n;
    return ERR_OK;
}

/* "user:alice", "inv:home" */
static enum err owner_text(const char **out, struct arena *arena, const struct owner *owner)
{
    char *buf = ARENA_NEW(arena, OWNER_TEXT, char);
    struct text t;

    if (buf == NULL)
        return ERR_NOMEM;
    text_init(&t, buf, OWNER_TEXT);
    text_add(&t, "%s:%s", owner->kind == OWNER_USER ? "user" : "inv", owner->name.text);
    *out = buf;
    return ERR_OK;
}

static enum err balances_make(struct wire_op_answer *a, struct arena *arena,
                              const struct ledger_reply *r)
{
    a->balances = ARENA_NEW(arena, r->balances_n, struct wire_op_balance);
    if (a->balances == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < r->balances_n; i++) {
        const struct ledger_balance *b = &r->balances[i];
        a->balances[i] = (struct wire_op_balance){ .asset = b->asset,
                                                   .available = b->available,
                                                   .held = b->held };
        TRY(owner_text(&a->balances[i].owner, arena, &b->owner));
    }
    a->balances_n = r->balances_n;
    return ERR_OK;
}

static enum err audit_make(struct wire_op_answer *a, struct arena *arena,
                           const struct ledger_reply *r)
{
    a->audit = ARENA_NEW(arena, r->audit_n, struct wire_op_audit_row);
    a->books = ARENA_NEW(arena, r->venues_n, struct wire_op_books);
    if (a->audit == NULL || a->books == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < r->venues_n; i++)
        a->books[i] =
            (struct wire_op_books){ r->venues[i].venue, r->venues[i].asset, r->venues[i].net };
    a->books_n = r->venues_n;
    for (size_t i = 0; i < r->audit_n; i++) {
        const struct ledger_audit_row *row = &r->audit[i];
        a->audit[i] =
            (struct wire_op_audit_row){ row->asset, row->owned, row->world, row->difference };
    }
    a->audit_n = r->audit_n;
    a->open_pots = r->open_pots;
    a->open_legs = r->open_legs;
    a->journal_entries = r->journal_entries;
    a->sound = r->sound;
    return ERR_OK;
}

/* The leader's last report; none yet is an empty list. */
static enum err venues_make(struct wire_op_answer *a, struct arena *arena,
                            const struct ledger_reply *r)
{
    struct wire_op_answer report;

    if (r->venues_report.n == 0)
        return ERR_OK;
    TRY(wire_op_answer_unpack(&report, arena, r->venues_report.bytes, r->venues_report.n));
    a->venues = report.venues;
    a->venues_n = report.venues_n;
    return ERR_OK;
}

static enum err batches_make(struct wire_op_answer *a, struct arena *arena,
                             const struct ledger_reply *r)
{
    a->batches = ARENA_NEW(arena, r->batch_reports_n, struct wire_op_batch);
    if (a->batches == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < r->batch_reports_n; i++)
        TRY(wire_op_batch_unpack(&a->batches[i], arena, r->batch_reports[i].bytes,
                                 r->batch_reports[i].n));
    a->batches_n = r->batch_reports_n;
    return ERR_OK;
}

static enum err metrics_make(struct wire_op_answer *a, struct arena *arena, struct metrics *metrics)
{
    a->metrics = ARENA_NEW(arena, METRIC_N, struct wire_op_metric);
    if (a->metrics == NULL)
        return ERR_NOMEM;
    for (enum metric i = 0; i < METRIC_N; i++)
        a->metrics[i] =
            (struct wire_op_metric){ metrics_name(i), metrics_get(metrics, i), metrics_doc(i) };
    a->metrics_n = METRIC_N;
    return ERR_OK;
}

static enum err answer_make(struct wire_op_answer *a, struct exchange *x, struct metrics *metrics)
{
    const struct operator_state *o = x->state;
    const struct ledger_reply *r = x->job.replies;

    switch (o->request.kind) {
    case WIRE_OP_DEPOSIT:
    case WIRE_OP_WITHDRAW:
    case WIRE_OP_TRANSFER:
    case WIRE_OP_LIMIT_SET:
    case WIRE_OP_MODE:
    case WIRE_OP_CHECKPOINT: return ERR_OK;
    case WIRE_OP_LIMITS: return limits_make(a, &x->arena, r);
    case WIRE_OP_INVENTORY:
    case WIRE_OP_BALANCES: return balances_make(a, &x->arena, r);
    case WIRE_OP_AUDIT: return audit_make(a, &x->arena, r);
    case WIRE_OP_VENUES: return venues_make(a, &x->arena, r);
    case WIRE_OP_BATCHES: return batches_make(a, &x->arena, r);
    case WIRE_OP_METRICS: return metrics_make(a, &x->arena, metrics);
    }
    UNREACHABLE("the wire lets no other verb through");
}

static enum reject outcome(const struct exchange *x)
{
    const struct operator_state *o = x->state;

    if (o == NULL)
        return REJECT_OVERLOADED;
    if (o->refused != REJECT_NONE)
        return o->refused;
    if (x->job.outcome != REJECT_NONE || x->job.calls_n == 0)
        return x->job.outcome;
    return x->job.replies[0].reject;
}

static void refuse(struct exchange *x, enum reject why)
{
    struct wire_op_answer a = { .code = (uint32_t)reject_code(why),
                                .text = job_text(&x->job, why) };

    if (wire_op_answer_pack(&x->out, &a) != ERR_OK)
        x->out.n = 0; /* no memory at all: an empty message, which a client asks again about */
}

void operator_answer(struct exchange *x, struct metrics *metrics)
{
    struct wire_op_answer a = { .code = 0 };
    enum reject why = outcome(x);

    if (why != REJECT_NONE)
        refuse(x, why);
    else if (answer_make(&a, x, metrics) != ERR_OK || wire_op_answer_pack(&x->out, &a) != ERR_OK)
        refuse(x, REJECT_TOO_LARGE);
}
