/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limits and the counters they are compared with. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/core/check.h"
#include "solver/ledger/model_state.h"

static const char counter_letters[] = {
    [COUNT_IN_FLIGHT] = 'f', [COUNT_VALUE] = 'v', [COUNT_LEAVES] = 'o', [COUNT_COMES] = 'c'
};

static struct counter *counter_get(struct model *m, struct counted what)
{
    char key[TABLE_KEY];

    (void)snprintf(key, sizeof key, "%c:%s:%u", counter_letters[what.kind], what.subject->text,
                   what.kind == COUNT_VALUE ? 0 : what.asset);

    struct counter *c = table_get(&m->counters, key);

    if (c != NULL)
        return c;
    c = model_alloc(1, sizeof *c);
    memcpy(c->key, key, sizeof c->key);
    table_put(&m->counters, c->key, c);
    return c;
}

enum reject model_limit_count(struct run *r, struct counted what, struct amount amount, bool more)
{
    struct model *m = r->model;

    if (amount_is_zero(amount))
        return REJECT_NONE;

    struct counter *c = counter_get(m, what);

    if (!c->touched) {
        m->counted = model_grow(m->counted, m->counted_n, &m->counted_cap, sizeof *m->counted);
        m->counted[m->counted_n++] = c;
        c->touched = true;
        c->staged = c->now;
    }
    if (more)
        return amount_add(&c->staged, c->staged, amount) == ERR_OK ? REJECT_NONE
                                                                   : REJECT_AMOUNT_RANGE;
    return amount_sub(&c->staged, c->staged, amount) == ERR_OK ? REJECT_NONE : REJECT_AMOUNT_RANGE;
}

static char *limit_key(char buf[TABLE_KEY], enum row_kind kind, const char *subject, uint32_t asset)
{
    (void)snprintf(buf, TABLE_KEY, "%d:%s %010u", (int)kind, subject, asset);
    return buf;
}

/* The limit of a subject, or the one of "any"; NULL when there is none. */
static const struct row *limit_of(const struct model *m, enum row_kind kind, const char *subject,
                                  uint32_t asset)
{
    char key[TABLE_KEY];
    const struct model_limit *l = table_get(&m->limits, limit_key(key, kind, subject, asset));

    if (l == NULL)
        l = table_get(&m->limits, limit_key(key, kind, LEDGER_ANY, asset));
    return l == NULL ? NULL : &l->row;
}

enum reject model_limit_held(struct run *r, const struct name *account, uint32_t asset,
                             struct amount held)
{
    const struct row *l = limit_of(r->model, ROW_HELD, account->text, asset);

    return l != NULL && amount_cmp(held, l->max) > 0 ? REJECT_LIMIT : REJECT_NONE;
}

static struct amount add_or_max(struct amount a, struct amount b)
{
    struct amount sum;

    return amount_add(&sum, a, b) == ERR_OK ? sum : AMOUNT_MAX;
}

/* "f:venue:7" -> kind, subject, asset. Our own keys, so their form is known. */
static enum counter_kind counter_split(struct name *subject, uint32_t *asset, const char *key)
{
    enum counter_kind kind = COUNT_IN_FLIGHT;
    const char *colon = strrchr(key, ':');
    unsigned n = 0;

    while (counter_letters[kind] != key[0])
        kind++;
    *subject = (struct name){ { 0 } };
    CHECK(colon > key + 2);
    memcpy(subject->text, key + 2, (size_t)(colon - key - 2));
    CHECK(sscanf(colon + 1, "%u", &n) == 1);
    *asset = n;
    return kind;
}

/* Inventory of a domain with everything that is staged. */
static struct amount inventory_of(struct model *m, const char *domain, uint32_t asset)
{
    const struct balance *b = model_money_get(m, OWNER_INVENTORY, domain, asset);

    return model_money_owned(b->touched ? &b->staged : &b->now);
}

/* Only what grew is judged: closing risk is always allowed. */
static bool counter_breaks(struct model *m, const struct counter *c)
{
    struct name subject;
    uint32_t asset;
    enum counter_kind kind = counter_split(&subject, &asset, c->key);
    bool flight = kind == COUNT_IN_FLIGHT || kind == COUNT_VALUE;
    enum row_kind row = kind == COUNT_IN_FLIGHT ? ROW_IN_FLIGHT : ROW_VALUE;
    const struct row *l = limit_of(m, flight ? row : ROW_INVENTORY, subject.text, asset);

    if (l == NULL || amount_cmp(c->staged, c->now) <= 0)
        return false;
    if (flight)
        return amount_cmp(c->staged, l->max) > 0;

    struct amount owned = inventory_of(m, subject.text, asset);

    if (kind == COUNT_LEAVES)
        return amount_cmp(owned, add_or_max(l->min, c->staged)) < 0;
    return amount_cmp(add_or_max(owned, c->staged), l->max) > 0;
}

enum reject model_limit_check(struct run *r)
{
    struct model *m = r->model;

    for (size_t i = 0; i < m->counted_n; i++) {
        if (counter_breaks(m, m->counted[i]))
            return REJECT_LIMIT;
    }
    return REJECT_NONE;
}

static struct amount limit_used(struct model *m, const struct row *l)
{
    struct counted what = { COUNT_VALUE, &l->subject, l->asset };

    switch (l->kind) {
    case ROW_INVENTORY: return inventory_of(m, l->subject.text, l->asset);
    case ROW_HELD: return model_money_get(m, OWNER_USER, l->subject.text, l->asset)->now.held;
    case ROW_IN_FLIGHT: what.kind = COUNT_IN_FLIGHT; break;
    case ROW_VALUE: break;
    }
    return counter_get(m, what)->now;
}

/* Append every limit with its use, by kind, subject and asset. */
void model_limit_list(struct run *r)
{
    struct model *m = r->model;

    for (size_t i = 0; i < m->limits.n; i++) {
        const struct model_limit *l = m->limits.rows[i].value;
        struct row *row = MODEL_ROW(r, limits, struct row);

        *row = l->row;
        row->used = limit_used(m, &l->row);
    }
}

static void limit_put(struct model *m, struct model_limit *l, const char *key,
                      const struct row *row)
{
    if (l == NULL) {
        l = model_alloc(1, sizeof *l);
        memcpy(l->key, key, sizeof l->key);
        table_put(&m->limits, l->key, l);
    }
    l->row = *row;
}

enum reject model_limit_set(struct run *r)
{
    struct model *m = r->model;
    struct row row = r->call->as.limit_set.limit;
    char key[TABLE_KEY];

    row.used = AMOUNT_ZERO;
    if (row.kind == ROW_VALUE)
        row.asset = 0;
    if (row.kind != ROW_INVENTORY)
        row.min = AMOUNT_ZERO;
    if (amount_cmp(row.min, row.max) > 0)
        return REJECT_AMOUNT_RANGE;

    struct model_limit *l =
        table_get(&m->limits, limit_key(key, row.kind, row.subject.text, row.asset));
    bool none = amount_is_zero(row.min) && amount_cmp(row.max, AMOUNT_MAX) == 0;

    if (l == NULL && !none && m->limits.n >= LEDGER_LIMITS_MAX)
        return REJECT_TOO_LARGE;
    if (none)
        free(table_take(&m->limits, key));
    else
        limit_put(m, l, key, &row);
    model_commit(r);
    return REJECT_NONE;
}

enum reject model_limits(struct run *r)
{
    r->reply->paused_accept = r->model->paused_accept;
    r->reply->paused_send = r->model->paused_send;
    model_limit_list(r);
    return REJECT_NONE;
}
