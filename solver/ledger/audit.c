/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/ledger/audit.h"

#include <stdio.h>
#include <string.h>

#include "solver/core/check.h"
#include "solver/ledger/vec.h"

/* What the journal says about one owner and asset. */
struct sum {
    char key[TABLE_KEY];
    struct owner owner;
    uint32_t asset;
    struct holding now;
    struct amount off; /* how far the store's balance is away */
    bool compared;     /* since the last audit_compare_rest */
};

static const char *const owner_kinds[] = {
    [OWNER_USER] = "user:",      [OWNER_INVENTORY] = "inv:", [OWNER_POT] = "pot:",
    [OWNER_DUST] = "dust",       [OWNER_FEES] = "fees",      [OWNER_VENUE] = "venue:",
    [OWNER_OUTSIDE] = "outside",
};

char *owner_text(char buf[TABLE_KEY], const struct owner *o)
{
    CHECK(o->kind >= OWNER_USER && o->kind <= OWNER_OUTSIDE);
    (void)snprintf(buf, TABLE_KEY, "%s%s", owner_kinds[o->kind], o->name.text);
    return buf;
}

char *owner_key(char buf[TABLE_KEY], const struct owner *o, uint32_t asset)
{
    char text[TABLE_KEY];
    /* A space is below every byte of a name, so owners sort by their text first. */
    int n = snprintf(buf, TABLE_KEY, "%.60s %010u", owner_text(text, o), asset);

    CHECK(n > 0 && n < TABLE_KEY);
    return buf;
}

enum err owner_parse(struct owner *out, const char *text, size_t len)
{
    for (enum owner_kind kind = OWNER_USER; kind <= OWNER_OUTSIDE; kind++) {
        size_t prefix = strlen(owner_kinds[kind]);
        bool named = owner_kinds[kind][prefix - 1] == ':';
        struct owner o = { .kind = kind };

        if (len < prefix || memcmp(text, owner_kinds[kind], prefix) != 0)
            continue;
        if (named)
            TRY(name_parse(&o.name, text + prefix, len - prefix));
        else if (len != prefix)
            continue;
        *out = o;
        return ERR_OK;
    }
    return ERR_INVALID;
}

void audit_init(struct audit *a, struct arena *arena)
{
    *a = (struct audit){ .arena = arena };
}

void audit_fini(struct audit *a)
{
    table_fini(&a->rows);
}

/* The row of an owner and asset, made when new; NULL, and the audit broken, without memory. */
static struct sum *sum_of(struct audit *a, const struct owner *o, uint32_t asset)
{
    char key[TABLE_KEY];
    struct sum *s = table_get(&a->rows, owner_key(key, o, asset));

    if (s != NULL)
        return s;
    s = ARENA_NEW(a->arena, 1, struct sum);
    if (s == NULL) {
        a->broken = true;
        return NULL;
    }
    memcpy(s->key, key, sizeof s->key);
    s->owner = *o;
    s->asset = asset;
    table_put(&a->rows, s->key, s);
    return s;
}

void audit_post(struct audit *a, const struct owner *o, uint32_t asset, bool held,
                struct delta change)
{
    struct sum *s = sum_of(a, o, asset);

    if (s == NULL)
        return;
    if (owner_is_world(o->kind)) {
        a->broken |= delta_add(&s->now.net, s->now.net, change) != ERR_OK;
        return;
    }

    struct amount *side = held ? &s->now.held : &s->now.available;
    struct amount by = AMOUNT_OF(change.atoms);
    enum err err = change.negative ? amount_sub(side, *side, by) : amount_add(side, *side, by);

    a->broken |= err != ERR_OK;
}

/* The first row of an owner above text: '!' is above the space and below every byte of a name. */
static size_t row_above(const struct audit *a, const char *text)
{
    char key[TABLE_KEY];

    if (text[0] == '\0')
        return 0;
    (void)snprintf(key, sizeof key, "%.60s!", text);
    return table_lower(&a->rows, key);
}

/* The end of a range whose last owner is last, or all. */
static size_t row_end(const struct audit *a, const char *last)
{
    return last == NULL ? a->rows.n : row_above(a, last);
}

void audit_clear(struct audit *a, const char *after, const char *last)
{
    size_t end = row_end(a, last);

    for (size_t i = row_above(a, after); i < end; i++) {
        struct sum *s = a->rows.rows[i].value;

        s->now = (struct holding){ 0 };
    }
}

void audit_assign(struct audit *a, const struct owner *o, uint32_t asset, const struct holding *h)
{
    struct sum *s = sum_of(a, o, asset);

    if (s != NULL)
        s->now = *h;
}

static struct amount distance(struct amount a, struct amount b)
{
    return amount_cmp(a, b) > 0 ? amount_sub_or_zero(a, b) : amount_sub_or_zero(b, a);
}

static struct amount add_or_max(struct amount a, struct amount b)
{
    struct amount sum;

    return amount_add(&sum, a, b) == ERR_OK ? sum : AMOUNT_MAX;
}

void audit_compare(struct audit *a, const struct owner *o, uint32_t asset, const struct holding *h)
{
    struct sum *s = sum_of(a, o, asset);
    struct delta net;

    if (s == NULL)
        return;
    s->compared = true;
    s->off = add_or_max(distance(s->now.available, h->available), distance(s->now.held, h->held));
    if (delta_add(&net, s->now.net, delta_negate(h->net)) != ERR_OK)
        net = delta_of(AMOUNT_MAX, false);
    s->off = add_or_max(s->off, AMOUNT_OF(net.atoms));
}

void audit_compare_rest(struct audit *a, const char *after, const char *last)
{
    const struct holding nothing = { 0 };
    size_t end = row_end(a, last);

    for (size_t i = row_above(a, after); i < end; i++) {
        struct sum *s = a->rows.rows[i].value;

        if (!s->compared)
            audit_compare(a, &s->owner, s->asset, &nothing);
        s->compared = false;
    }
}

/* The result's row of an asset, in the order of asset numbers. */
struct total {
    char key[TABLE_KEY];
    struct ledger_audit_row row;
    struct amount off;
};

static struct total *total_of(struct table *totals, struct arena *arena, uint32_t asset)
{
    char key[TABLE_KEY];
    struct total *t;

    (void)snprintf(key, sizeof key, "%010u", asset);
    t = table_get(totals, key);
    if (t != NULL)
        return t;
    t = ARENA_NEW(arena, 1, struct total);
    if (t == NULL)
        return NULL;
    memcpy(t->key, key, sizeof t->key);
    t->row.asset = asset;
    table_put(totals, t->key, t);
    return t;
}

static enum err total_add(struct total *t, const struct sum *s)
{
    struct ledger_audit_row *r = &t->row;

    TRY(amount_add(&r->owned, r->owned, s->now.available));
    TRY(amount_add(&r->owned, r->owned, s->now.held));
    TRY(delta_add(&r->world, r->world, s->now.net));
    t->off = add_or_max(t->off, s->off);
    return ERR_OK;
}

/* owned + world; and when that is zero, how far the store's balances are from the journal. */
static enum err total_close(struct total *t)
{
    struct ledger_audit_row *r = &t->row;

    TRY(delta_add(&r->difference, delta_of(r->owned, false), r->world));
    if (delta_is_zero(r->difference))
        r->difference = delta_of(t->off, false);
    return ERR_OK;
}

static bool sum_is_zero(const struct sum *s)
{
    return amount_is_zero(s->now.available) && amount_is_zero(s->now.held) &&
           delta_is_zero(s->now.net) && amount_is_zero(s->off);
}

static enum err totals_make(struct table *totals, struct vec *venues, struct audit *a)
{
    for (size_t i = 0; i < a->rows.n; i++) {
        const struct sum *s = a->rows.rows[i].value;
        struct total *t = total_of(totals, a->arena, s->asset);

        if (t == NULL)
            return ERR_NOMEM;
        a->broken |= total_add(t, s) != ERR_OK;
        if (s->owner.kind != OWNER_VENUE || sum_is_zero(s))
            continue;

        struct ledger_venue_row *v = VEC_ADD(venues, a->arena, struct ledger_venue_row);

        if (v == NULL)
            return ERR_NOMEM;
        *v = (struct ledger_venue_row){ s->owner.name, s->asset, s->now.net };
    }
    return ERR_OK;
}

static enum err rows_make(struct vec *rows, struct audit *a, const struct table *totals)
{
    for (size_t i = 0; i < totals->n; i++) {
        struct total *t = totals->rows[i].value;
        struct ledger_audit_row *row;

        a->broken |= total_close(t) != ERR_OK;
        a->broken |= !delta_is_zero(t->row.difference);
        if (amount_is_zero(t->row.owned) && delta_is_zero(t->row.difference))
            continue; /* then world is zero too */
        row = VEC_ADD(rows, a->arena, struct ledger_audit_row);
        if (row == NULL)
            return ERR_NOMEM;
        *row = t->row;
    }
    return ERR_OK;
}

enum err audit_result(struct ledger_reply *reply, struct audit *a)
{
    struct table totals = { 0 };
    struct vec rows = { 0 }, venues = { 0 };
    enum err err = totals_make(&totals, &venues, a);

    if (err == ERR_OK)
        err = rows_make(&rows, a, &totals);
    if (err == ERR_OK) {
        reply->audit = rows.rows;
        reply->audit_n = rows.n;
        reply->venues = venues.rows;
        reply->venues_n = venues.n;
        reply->journal_entries = a->entries;
        reply->sound = !a->broken;
    }
    table_fini(&totals);
    return err;
}
