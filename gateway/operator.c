/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/operator.h"

#include <string.h>

#include "gateway/admit.h"
#include "gateway/auth.h"
#include "gateway/operator_answer.h"
#include "proto/wire_operator.h"
#include "solver/core/check.h"

/* "user:NAME" or "inv:DOMAIN". */
static enum reject owner_read(struct owner *out, const char *text)
{
    const char *colon = strchr(text, ':');
    size_t n = colon == NULL ? 0 : (size_t)(colon - text);

    if (n == 4 && strncmp(text, "user", n) == 0)
        out->kind = OWNER_USER;
    else if (n == 3 && strncmp(text, "inv", n) == 0)
        out->kind = OWNER_INVENTORY;
    else
        return REJECT_MALFORMED;
    return name_parse(&out->name, colon + 1, strlen(colon + 1)) == ERR_OK ? REJECT_NONE
                                                                          : REJECT_MALFORMED;
}

static bool key_given(const struct sign_key *key)
{
    static const struct sign_key none;

    return memcmp(key, &none, sizeof none) != 0;
}

static enum reject call_money(struct ledger_call *call, enum ledger_fn fn,
                              const struct wire_op_money *m, const struct operator_face *face)
{
    struct ledger_money *out = &call->as.money;
    enum reject why = owner_read(&out->owner, m->owner);

    call->fn = fn;
    out->ref = m->ref;
    out->key = m->key;
    out->has_key = key_given(&m->key);
    out->what = (struct asset_amount){ m->asset, m->amount };
    if (why != REJECT_NONE || id_is_zero(m->ref))
        return REJECT_MALFORMED;
    return admit_money(m->asset, m->amount, face->assets);
}

static enum reject call_transfer(struct ledger_call *call, const struct wire_op_transfer *t,
                                 const struct operator_face *face)
{
    call->fn = LEDGER_transfer;
    call->as.transfer = (struct ledger_transfer){
        .ref = t->ref, .source = t->source, .target = t->target, .what = { t->asset, t->amount }
    };
    if (id_is_zero(t->ref) || name_equal(&t->source, &t->target))
        return REJECT_MALFORMED;
    return admit_money(t->asset, t->amount, face->assets);
}

static enum reject call_limit(struct ledger_call *call, const struct row *limit,
                              const struct operator_face *face)
{
    call->fn = LEDGER_limit_set;
    call->as.limit_set.limit = *limit;
    if (limit->kind != ROW_VALUE && asset_get(face->assets, limit->asset) == NULL)
        return REJECT_UNKNOWN_ASSET;
    return REJECT_NONE;
}

static enum reject call_plain(struct ledger_call *call, enum ledger_fn fn)
{
    call->fn = fn;
    return REJECT_NONE;
}

static enum reject call_balances(struct ledger_call *call, enum owner_kind kind)
{
    call->as.balances.owner.kind = kind; /* of all names */
    return call_plain(call, LEDGER_balances);
}

static enum reject call_mode(struct ledger_call *call, const struct wire_op_mode *mode)
{
    call->as.mode = (struct ledger_mode){ .accept = mode->accept, .send = mode->send };
    return call_plain(call, LEDGER_mode);
}

static enum reject call_make(struct ledger_call *call, const struct wire_op_request *r,
                             const struct operator_face *face)
{
    switch (r->kind) {
    case WIRE_OP_DEPOSIT: return call_money(call, LEDGER_deposit, &r->as.deposit, face);
    case WIRE_OP_WITHDRAW: return call_money(call, LEDGER_withdraw, &r->as.withdraw, face);
    case WIRE_OP_TRANSFER: return call_transfer(call, &r->as.transfer, face);
    case WIRE_OP_LIMIT_SET: return call_limit(call, &r->as.limit_set, face);
    case WIRE_OP_LIMITS: return call_plain(call, LEDGER_limits);
    case WIRE_OP_VENUES:
    case WIRE_OP_BATCHES: return call_plain(call, LEDGER_reports);
    case WIRE_OP_INVENTORY: return call_balances(call, OWNER_INVENTORY);
    case WIRE_OP_BALANCES: return call_balances(call, OWNER_USER);
    case WIRE_OP_MODE: return call_mode(call, &r->as.mode);
    case WIRE_OP_AUDIT:
        call->as.audit.full = r->as.audit.full;
        return call_plain(call, LEDGER_audit);
    case WIRE_OP_CHECKPOINT: return call_plain(call, LEDGER_checkpoint);
    case WIRE_OP_METRICS: return REJECT_NONE;
    }
    UNREACHABLE("the wire lets no other verb through");
}

static enum reject operator_open(struct operator_state *o, struct exchange *x, const void *bytes,
                                 size_t n, const struct operator_face *face)
{
    enum err err = wire_op_request_unpack(&o->request, &x->arena, bytes, n);

    if (err != ERR_OK)
        return auth_reject_of(err);
    x->job.calls = ARENA_NEW(&x->arena, 1, struct ledger_call);
    x->job.replies = ARENA_NEW(&x->arena, 1, struct ledger_reply);
    if (x->job.calls == NULL || x->job.replies == NULL)
        return REJECT_TOO_LARGE;
    return call_make(&x->job.calls[0], &o->request, face);
}

bool operator_begin(struct exchange *x, const void *bytes, size_t n, void *self)
{
    const struct operator_face *face = self;
    struct operator_state *o = ARENA_NEW(&x->arena, 1, struct operator_state);

    metrics_add(face->metrics, METRIC_operator_requests, 1);
    x->state = o;
    if (o == NULL)
        return false;
    o->refused = operator_open(o, x, bytes, n, face);
    if (o->refused != REJECT_NONE || o->request.kind == WIRE_OP_METRICS)
        return false;
    x->job.calls_n = 1;
    return true;
}

void operator_finish(struct exchange *x, void *self)
{
    const struct operator_face *face = self;

    operator_answer(x, face->metrics);
}
