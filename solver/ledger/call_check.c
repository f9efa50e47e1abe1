/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/ledger/call_check.h"

#include <string.h>

static bool name_ok(const struct name *n)
{
    struct name parsed;
    size_t len = strnlen(n->text, NAME_TEXT);

    return name_parse(&parsed, n->text, len) == ERR_OK && name_equal(&parsed, n);
}

static bool name_empty(const struct name *n)
{
    return n->text[0] == '\0';
}

static bool bytes_ok(const void *bytes, size_t n, size_t max)
{
    return n <= max && (bytes != NULL || n == 0);
}

/* A user or a domain. */
static bool owner_ok(const struct owner *o, bool all)
{
    if (o->kind != OWNER_USER && o->kind != OWNER_INVENTORY)
        return false;
    return (all && name_empty(&o->name)) || name_ok(&o->name);
}

static bool accept_ok(const struct ledger_accept *a)
{
    const struct intent *i = &a->intent;

    return name_ok(&i->account) && (i->kind == INTENT_SELL || i->kind == INTENT_BUY) &&
           bytes_ok(a->payload, a->payload_n, LEDGER_PAYLOAD_MAX);
}

static bool money_ok(const struct ledger_money *m)
{
    return owner_ok(&m->owner, false) && (!m->has_key || m->owner.kind == OWNER_USER);
}

static bool balances_ok(const struct ledger_balances *b)
{
    if (!owner_ok(&b->owner, true))
        return false;
    return !b->has_key || (b->owner.kind == OWNER_USER && !name_empty(&b->owner.name));
}

static bool limit_ok(const struct row *r)
{
    return name_ok(&r->subject) && r->kind >= ROW_INVENTORY && r->kind <= ROW_VALUE;
}

static bool lead_ok(const struct ledger_lead *l)
{
    return name_ok(&l->holder) && l->ttl_ms > 0 && l->ttl_ms <= LEDGER_LEASE_MAX_MS;
}

static bool plan_ok(const struct ledger_plan *p)
{
    if (!bytes_ok(p->fills, p->fills_n, LEDGER_PLAN_ITEMS_MAX) ||
        !bytes_ok(p->legs, p->legs_n, LEDGER_PLAN_ITEMS_MAX) ||
        !bytes_ok(p->covers, p->covers_n, LEDGER_PLAN_ITEMS_MAX) ||
        p->fills_n + p->legs_n > LEDGER_PLAN_ITEMS_MAX)
        return false;
    for (size_t i = 0; i < p->legs_n; i++) {
        if (!name_ok(&p->legs[i].venue) || !name_ok(&p->legs[i].domain))
            return false;
    }
    return true;
}

static bool send_ok(const struct ledger_send *s)
{
    return bytes_ok(s->legs, s->legs_n, LEDGER_PLAN_ITEMS_MAX) && s->legs_n > 0;
}

static bool settle_ok(const struct ledger_settle *s)
{
    if (!bytes_ok(s->fills, s->fills_n, LEDGER_PLAN_ITEMS_MAX) ||
        !bytes_ok(s->to_house, s->to_house_n, LEDGER_PLAN_ITEMS_MAX) ||
        !bytes_ok(s->from_house, s->from_house_n, LEDGER_PLAN_ITEMS_MAX) ||
        !bytes_ok(s->fees, s->fees_n, LEDGER_PLAN_ITEMS_MAX) ||
        !bytes_ok(s->dust, s->dust_n, LEDGER_PLAN_ITEMS_MAX))
        return false;
    for (size_t i = 0; i < s->fills_n; i++) {
        if (!bytes_ok(s->fills[i].receipt, s->fills[i].receipt_n, LEDGER_PAYLOAD_MAX))
            return false;
    }
    return true;
}

static bool report_ok(const struct ledger_report *r)
{
    return bytes_ok(r->venues, r->venues_n, LEDGER_REPORT_MAX) &&
           bytes_ok(r->batch, r->batch_n, LEDGER_PAYLOAD_MAX);
}

static bool in_range(uint32_t n, uint32_t max)
{
    return n > 0 && n <= max;
}

static bool call_ok(const struct ledger_call *c)
{
    switch (c->fn) {
    case LEDGER_accept: return accept_ok(&c->as.accept);
    case LEDGER_cancel: return name_ok(&c->as.cancel.account);
    case LEDGER_expire: return in_range(c->as.expire.max, LEDGER_EXPIRE_MAX);
    case LEDGER_deposit:
    case LEDGER_withdraw: return money_ok(&c->as.money);
    case LEDGER_transfer: return name_ok(&c->as.transfer.source) && name_ok(&c->as.transfer.target);
    case LEDGER_balances: return balances_ok(&c->as.balances);
    case LEDGER_limit_set: return limit_ok(&c->as.limit_set.limit);
    case LEDGER_lead: return lead_ok(&c->as.lead);
    case LEDGER_freeze: return in_range(c->as.freeze.max, LEDGER_FREEZE_MAX);
    case LEDGER_plan: return plan_ok(&c->as.plan) && c->as.plan.fills_n + c->as.plan.legs_n > 0;
    case LEDGER_extend: return plan_ok(&c->as.plan) && c->as.plan.fills_n == 0;
    case LEDGER_send: return send_ok(&c->as.send);
    case LEDGER_settle: return settle_ok(&c->as.settle);
    case LEDGER_report: return report_ok(&c->as.report);
    case LEDGER_events: return in_range(c->as.events.max, LEDGER_EVENTS_MAX);
    case LEDGER_get:
    case LEDGER_limits:
    case LEDGER_mode:
    case LEDGER_fill:
    case LEDGER_unknown:
    case LEDGER_void:
    case LEDGER_plans:
    case LEDGER_reports:
    case LEDGER_audit:
    case LEDGER_checkpoint: return true;
    case LEDGER_FNS_N: break;
    }
    return false;
}

enum err call_check(const struct ledger_call *call)
{
    return call_ok(call) ? ERR_OK : ERR_INVALID;
}
