/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Audit and checkpoint over the model's own journal. */
#include "solver/core/check.h"
#include "solver/ledger/model_state.h"

enum reject model_checkpoint(struct run *r)
{
    struct model *m = r->model;

    for (size_t i = 0; i < m->balances.n; i++) {
        struct balance *b = m->balances.rows[i].value;

        b->base = b->now;
    }
    m->checkpoint = m->journal_n;
    m->checkpoint_entries = m->entries;
    return REJECT_NONE;
}

enum reject model_audit(struct run *r)
{
    struct model *m = r->model;
    bool full = r->call->as.audit.full;
    struct audit a;

    audit_init(&a, &m->arena);
    for (size_t i = 0; i < m->balances.n && !full; i++) {
        const struct balance *b = m->balances.rows[i].value;

        audit_assign(&a, &b->owner, b->asset, &b->base);
    }
    for (size_t i = full ? 0 : m->checkpoint; i < m->journal_n; i++) {
        const struct posting *p = &m->journal[i];

        audit_post(&a, &p->balance->owner, p->balance->asset, p->held, p->change);
    }
    for (size_t i = 0; i < m->balances.n; i++) {
        const struct balance *b = m->balances.rows[i].value;

        audit_compare(&a, &b->owner, b->asset, &b->now);
    }
    audit_compare_rest(&a, "", NULL);
    a.entries = m->entries - (full ? 0 : m->checkpoint_entries);
    CHECK(audit_result(r->reply, &a) == ERR_OK);
    audit_fini(&a);
    r->reply->open_pots = m->open_plans.n;
    r->reply->open_legs = m->open_legs;
    return REJECT_NONE;
}
