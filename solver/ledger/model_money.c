/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Balances: movements, staged and journalled, and the calls that move money from outside. */
#include <stdio.h>
#include <string.h>

#include "solver/core/check.h"
#include "solver/core/hash.h"
#include "solver/ledger/model_state.h"

struct balance *model_money_get(struct model *m, enum owner_kind kind, const char *name,
                                uint32_t asset)
{
    struct owner owner = { .kind = kind };
    char key[TABLE_KEY];

    (void)snprintf(owner.name.text, sizeof owner.name.text, "%s", name);

    struct balance *b = table_get(&m->balances, owner_key(key, &owner, asset));

    if (b != NULL)
        return b;
    b = model_alloc(1, sizeof *b);
    b->owner = owner;
    b->asset = asset;
    memcpy(b->key, key, sizeof b->key);
    table_put(&m->balances, b->key, b);
    return b;
}

struct amount model_money_owned(const struct holding *h)
{
    struct amount sum;

    return amount_add(&sum, h->available, h->held) == ERR_OK ? sum : AMOUNT_MAX;
}

static struct balance *balance_stage(struct model *m, struct place p, uint32_t asset)
{
    struct balance *b = model_money_get(m, p.kind, p.name, asset);

    if (!b->touched) {
        m->touched = model_grow(m->touched, m->touched_n, &m->touched_cap, sizeof *m->touched);
        m->touched[m->touched_n++] = b;
        b->touched = true;
        b->staged = b->now;
    }
    return b;
}

static void posting_stage(struct model *m, struct balance *b, bool held, struct delta change)
{
    size_t n = m->journal_n + m->staged_n;

    m->journal = model_grow(m->journal, n, &m->journal_cap, sizeof *m->journal);
    m->journal[n] = (struct posting){ .balance = b, .held = held, .change = change };
    m->staged_n++;
}

static enum reject balance_change(struct balance *b, bool held, struct delta change)
{
    struct amount *side = held ? &b->staged.held : &b->staged.available;
    struct amount by = AMOUNT_OF(change.atoms);

    if (owner_is_world(b->owner.kind))
        return delta_add(&b->staged.net, b->staged.net, change) == ERR_OK ? REJECT_NONE
                                                                          : REJECT_AMOUNT_RANGE;
    if (change.negative)
        return amount_sub(side, *side, by) == ERR_OK ? REJECT_NONE : REJECT_BALANCE;
    return amount_add(side, *side, by) == ERR_OK ? REJECT_NONE : REJECT_AMOUNT_RANGE;
}

/* Stage amount from source to target. BALANCE: the source has less. AMOUNT_RANGE: it does not fit
 * into the target. Nothing happens for zero. */
enum reject model_money_move(struct run *r, struct place source, struct place target,
                             uint32_t asset, struct amount amount)
{
    struct model *m = r->model;

    if (amount_is_zero(amount))
        return REJECT_NONE;

    struct balance *from = balance_stage(m, source, asset);
    struct balance *to = balance_stage(m, target, asset);
    enum reject reject = balance_change(from, source.held, delta_of(amount, true));

    if (reject == REJECT_NONE)
        reject = balance_change(to, target.held, delta_of(amount, false));
    posting_stage(m, from, source.held, delta_of(amount, true));
    posting_stage(m, to, target.held, delta_of(amount, false));
    return reject;
}

/* UNKNOWN_ACCOUNT, or FOREIGN_ACCOUNT when the key is not the account's. */
enum reject model_money_key(const struct run *r, const struct name *account,
                            const struct sign_key *key)
{
    const struct account *a = table_get(&r->model->accounts, account->text);

    if (a == NULL)
        return REJECT_UNKNOWN_ACCOUNT;
    return memcmp(&a->key, key, sizeof *key) == 0 ? REJECT_NONE : REJECT_FOREIGN_ACCOUNT;
}

static struct digest money_digest(const struct ledger_call *c)
{
    const struct ledger_money *m = &c->as.money;
    struct hash h;

    hash_init(&h, "model/money");
    hash_u64(&h, c->fn);
    hash_u64(&h, m->owner.kind);
    hash_bytes(&h, m->owner.name.text, sizeof m->owner.name.text);
    hash_bytes(&h, m->key.bytes, m->has_key ? sizeof m->key.bytes : 0);
    hash_u64(&h, m->what.asset);
    hash_amount(&h, m->what.amount);
    return hash_digest(&h);
}

static struct digest transfer_digest(const struct ledger_transfer *t)
{
    struct hash h;

    hash_init(&h, "model/transfer");
    hash_bytes(&h, t->source.text, sizeof t->source.text);
    hash_bytes(&h, t->target.text, sizeof t->target.text);
    hash_u64(&h, t->what.asset);
    hash_amount(&h, t->what.amount);
    return hash_digest(&h);
}

/* Was ref used before? known is then true, and the result says whether for the same thing. */
static enum reject ref_check(bool *known, struct run *r, struct id ref, struct digest digest)
{
    char key[ID_TEXT];
    const struct model_ref *found = table_get(&r->model->refs, id_text(key, ref));

    *known = found != NULL;
    if (found == NULL || digest_equal(found->digest, digest))
        return REJECT_NONE;
    return REJECT_ID_CONFLICT;
}

static void ref_write(struct run *r, struct id ref, struct digest digest)
{
    struct model_ref *n = model_alloc(1, sizeof *n);

    id_text(n->key, ref);
    n->digest = digest;
    table_put(&r->model->refs, n->key, n);
}

static void account_bind(struct run *r, const struct name *name, const struct sign_key *key)
{
    struct account *a;

    if (table_get(&r->model->accounts, name->text) != NULL)
        return;
    a = model_alloc(1, sizeof *a);
    *a = (struct account){ .name = *name, .key = *key };
    table_put(&r->model->accounts, a->name.text, a);
}

/* May this call touch the account? bind: a new account with a key is fine. */
static enum reject account_check(const struct run *r, bool bind)
{
    const struct ledger_money *m = &r->call->as.money;

    if (m->owner.kind != OWNER_USER)
        return REJECT_NONE;
    if (table_get(&r->model->accounts, m->owner.name.text) == NULL)
        return bind && m->has_key ? REJECT_NONE : REJECT_UNKNOWN_ACCOUNT;
    return m->has_key ? model_money_key(r, &m->owner.name, &m->key) : REJECT_NONE;
}

static enum reject money_call(struct run *r, bool in)
{
    const struct ledger_money *m = &r->call->as.money;
    struct place owner = { m->owner.kind, m->owner.name.text, false };
    struct place outside = { OWNER_OUTSIDE, "", false };
    struct digest digest = money_digest(r->call);
    bool known;
    enum reject reject = ref_check(&known, r, m->ref, digest);

    if (reject != REJECT_NONE || known)
        return reject;
    reject = account_check(r, in);
    if (reject != REJECT_NONE)
        return reject;
    if (amount_is_zero(m->what.amount))
        return REJECT_ZERO_AMOUNT;
    reject = model_money_move(r, in ? outside : owner, in ? owner : outside, m->what.asset,
                              m->what.amount);
    if (reject != REJECT_NONE)
        return reject;
    model_commit(r);
    if (owner.kind == OWNER_USER && in)
        account_bind(r, &m->owner.name, &m->key);
    ref_write(r, m->ref, digest);
    return REJECT_NONE;
}

enum reject model_deposit(struct run *r)
{
    return money_call(r, true);
}

enum reject model_withdraw(struct run *r)
{
    return money_call(r, false);
}

enum reject model_transfer(struct run *r)
{
    const struct ledger_transfer *t = &r->call->as.transfer;
    struct digest digest = transfer_digest(t);
    bool known;
    enum reject reject = ref_check(&known, r, t->ref, digest);

    if (reject != REJECT_NONE || known)
        return reject;
    if (name_equal(&t->source, &t->target))
        return REJECT_MALFORMED;
    if (amount_is_zero(t->what.amount))
        return REJECT_ZERO_AMOUNT;
    reject = model_money_move(r, (struct place){ OWNER_INVENTORY, t->source.text, false },
                              (struct place){ OWNER_INVENTORY, t->target.text, false },
                              t->what.asset, t->what.amount);
    if (reject != REJECT_NONE)
        return reject;
    model_commit(r);
    ref_write(r, t->ref, digest);
    return REJECT_NONE;
}

/* Append the balances that are not zero of one owner, or of all of a kind for an empty name. */
void model_money_list(struct run *r, enum owner_kind kind, const char *name)
{
    const struct table *t = &r->model->balances;

    for (size_t i = 0; i < t->n; i++) {
        const struct balance *b = t->rows[i].value;

        if (b->owner.kind != kind || (name[0] != '\0' && strcmp(b->owner.name.text, name) != 0) ||
            (amount_is_zero(b->now.available) && amount_is_zero(b->now.held)))
            continue;

        struct ledger_balance *row = MODEL_ROW(r, balances, struct ledger_balance);

        *row = (struct ledger_balance){
            .owner = b->owner, .asset = b->asset, .available = b->now.available, .held = b->now.held
        };
    }
}

enum reject model_balances(struct run *r)
{
    const struct ledger_balances *b = &r->call->as.balances;
    const char *name = b->owner.name.text;

    if (b->has_key) {
        enum reject reject = model_money_key(r, &b->owner.name, &b->key);

        if (reject != REJECT_NONE)
            return reject;
    } else if (b->owner.kind == OWNER_USER && name[0] != '\0' &&
               table_get(&r->model->accounts, name) == NULL) {
        return REJECT_UNKNOWN_ACCOUNT;
    }
    model_money_list(r, b->owner.kind, name);
    return REJECT_NONE;
}
