/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers of the Functions. Words come from a server that may be another one than we think, so
 * every word is checked, and a wrong one fails the whole answer. */
#include <string.h>

#include "solver/ledger/codec.h"
#include "solver/ledger/codec_audit.h"

#define ROW(d, vec, type) ((type *)vec_add(&(d)->vec, (d)->arena, sizeof(type)))

/* A copy of a word's bytes in the reply's arena; NULL for an empty one or without memory. */
static const uint8_t *bytes_copy(struct decoding *d, struct word w)
{
    return w.n == 0 ? NULL : (const uint8_t *)arena_copy_text(d->arena, w.text, w.n);
}

static enum reject reject_of(struct reader *r, struct word w)
{
    static const enum reject all[] = {
#define X(name, code, transient, text) REJECT_##name,
        REJECT_MAP(X)
#undef X
    };

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (word_is(w, reject_name(all[i])))
            return all[i];
    }
    r->bad = true;
    return REJECT_NONE;
}

static void read_key(struct sign_key *out, struct reader *r)
{
    struct word w = reader_word(r);

    if (w.n > 0)
        r->bad |= hex_parse(out->bytes, sizeof out->bytes, w.text, w.n) != ERR_OK;
}

static void read_signed_part(struct intent *i, struct reader *r)
{
    uint32_t kind;

    i->id = reader_id(r);
    i->account = reader_name(r);
    kind = reader_u32(r);
    r->bad |= kind > INTENT_BUY;
    i->kind = r->bad ? 0 : (enum intent_kind)kind;
    i->partial = reader_flag(r);
    i->sell_asset = reader_u32(r);
    i->buy_asset = reader_u32(r);
    i->sell_amount = reader_amount(r);
    i->buy_amount = reader_amount(r);
    i->deadline_ms = reader_i64(r);
    i->seq = reader_u64(r);
    i->paid = reader_amount(r);
    i->got = reader_amount(r);
}

static enum intent_state read_state(struct reader *r)
{
    uint32_t state = reader_u32(r);

    r->bad |= state < INTENT_ACCEPTED || state > INTENT_REJECTED;
    return r->bad ? INTENT_RECEIVED : (enum intent_state)state;
}

#define INTENT_WORDS 19

static enum err read_intent(struct ledger_intent *out, struct decoding *d, struct reader *r)
{
    struct ledger_intent i = { 0 };
    struct word receipt;

    read_signed_part(&i.intent, r);
    i.state = read_state(r);
    i.refused = reject_of(r, reader_word(r));
    i.cancel_marked = reader_flag(r);
    i.plan = reader_id_or_zero(r);
    i.venue = reader_name_or_empty(r);
    read_key(&i.key, r);
    receipt = reader_word(r);
    i.receipt_n = receipt.n;
    i.receipt = bytes_copy(d, receipt);
    *out = i;
    return i.receipt == NULL && receipt.n > 0 ? ERR_NOMEM : ERR_OK;
}

static enum err read_intents(struct decoding *d, struct reader *r)
{
    size_t n = reader_count(r, INTENT_WORDS);

    for (size_t i = 0; i < n; i++) {
        struct ledger_intent *row = ROW(d, intents, struct ledger_intent);

        if (row == NULL)
            return ERR_NOMEM;
        TRY(read_intent(row, d, r));
    }
    return ERR_OK;
}

static struct owner read_owner(struct reader *r)
{
    struct word w = reader_word(r);
    struct owner o = { 0 };

    r->bad |= owner_parse(&o, w.text, w.n) != ERR_OK;
    return o;
}

#define BALANCE_WORDS 4

static enum err read_balances(struct decoding *d, struct reader *r)
{
    size_t n = reader_count(r, BALANCE_WORDS);

    for (size_t i = 0; i < n; i++) {
        struct ledger_balance *row = ROW(d, balances, struct ledger_balance);

        if (row == NULL)
            return ERR_NOMEM;
        row->owner = read_owner(r);
        row->asset = reader_u32(r);
        row->available = reader_amount(r);
        row->held = reader_amount(r);
    }
    return ERR_OK;
}

#define LIMIT_WORDS 6

static enum err read_limits(struct decoding *d, struct reader *r)
{
    size_t n = reader_count(r, LIMIT_WORDS);

    for (size_t i = 0; i < n; i++) {
        struct row *row = ROW(d, limits, struct row);
        uint32_t kind = reader_u32(r);

        if (row == NULL)
            return ERR_NOMEM;
        r->bad |= kind < ROW_INVENTORY || kind > ROW_VALUE;
        row->kind = r->bad ? ROW_INVENTORY : (enum row_kind)kind;
        row->subject = reader_name(r);
        row->asset = reader_u32(r);
        row->min = reader_amount(r);
        row->max = reader_amount(r);
        row->used = reader_amount(r);
    }
    return ERR_OK;
}

static enum err decode_nothing(struct decoding *d, struct reader *r)
{
    (void)d;
    (void)r;
    return ERR_OK;
}

static enum err decode_accept(struct decoding *d, struct reader *r)
{
    d->reply->seq = reader_u64(r);
    return read_intent(&d->reply->intent, d, r);
}

static enum err decode_intent(struct decoding *d, struct reader *r)
{
    return read_intent(&d->reply->intent, d, r);
}

static enum err decode_modes(struct decoding *d, struct reader *r)
{
    d->reply->paused_accept = reader_flag(r);
    d->reply->paused_send = reader_flag(r);
    return ERR_OK;
}

static enum err decode_limits(struct decoding *d, struct reader *r)
{
    TRY(decode_modes(d, r));
    return read_limits(d, r);
}

static enum err decode_lead(struct decoding *d, struct reader *r)
{
    d->reply->fence = reader_u64(r);
    return ERR_OK;
}

static enum err decode_freeze(struct decoding *d, struct reader *r)
{
    d->reply->auction = reader_u64(r);
    TRY(decode_modes(d, r));
    TRY(read_balances(d, r));
    TRY(read_limits(d, r));
    return read_intents(d, r);
}

static enum leg_state read_leg_state(struct reader *r)
{
    uint32_t state = reader_u32(r);

    r->bad |= state < LEG_PREP || state > LEG_VOID;
    return r->bad ? LEG_PREP : (enum leg_state)state;
}

static void read_leg(struct ledger_leg *l, struct reader *r)
{
    l->id = reader_id(r);
    l->venue = reader_name(r);
    l->domain = reader_name(r);
    l->curve = reader_u64(r);
    l->curve_seq = reader_u64(r);
    l->no = reader_u32(r);
    l->stage = reader_u32(r);
    l->group = reader_u32(r);
    l->in_asset = reader_u32(r);
    l->out_asset = reader_u32(r);
    l->in = reader_amount(r);
    l->min_out = reader_amount(r);
    l->value = reader_amount(r);
    l->state = read_leg_state(r);
    l->filled_in = reader_amount(r);
    l->filled_out = reader_amount(r);
}

static void read_fill(struct ledger_fill *f, struct reader *r)
{
    f->intent = reader_id(r);
    f->sell_asset = reader_u32(r);
    f->buy_asset = reader_u32(r);
    f->settled = reader_flag(r);
    f->paid = reader_amount(r);
    f->got = reader_amount(r);
}

#define LEG_WORDS 16
#define FILL_WORDS 6
#define MOVE_WORDS 2

static enum err read_moves(const struct asset_amount **out, size_t *out_n, struct decoding *d,
                           struct reader *r)
{
    size_t n = reader_count(r, MOVE_WORDS);
    struct asset_amount *moves = ARENA_NEW(d->arena, n, struct asset_amount);

    if (moves == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < n; i++) {
        moves[i].asset = reader_u32(r);
        moves[i].amount = reader_amount(r);
    }
    *out = n == 0 ? NULL : moves;
    *out_n = n;
    return ERR_OK;
}

static enum err read_plan(struct ledger_open_plan *p, struct decoding *d, struct reader *r)
{
    struct ledger_leg *legs;
    struct ledger_fill *fills;

    p->plan = reader_id(r);
    p->auction = reader_u64(r);
    p->legs_n = reader_count(r, LEG_WORDS);
    legs = ARENA_NEW(d->arena, p->legs_n, struct ledger_leg);
    if (legs == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < p->legs_n; i++)
        read_leg(&legs[i], r);
    p->fills_n = reader_count(r, FILL_WORDS);
    fills = ARENA_NEW(d->arena, p->fills_n, struct ledger_fill);
    if (fills == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < p->fills_n; i++)
        read_fill(&fills[i], r);
    p->legs = legs;
    p->fills = fills;
    TRY(read_moves(&p->covers, &p->covers_n, d, r));
    return read_moves(&p->pot, &p->pot_n, d, r);
}

static enum err decode_plans(struct decoding *d, struct reader *r)
{
    size_t n = reader_count(r, 1);

    for (size_t i = 0; i < n; i++) {
        struct ledger_open_plan p = { 0 };
        struct ledger_open_plan *row;

        TRY(read_plan(&p, d, r));
        row = ROW(d, plans, struct ledger_open_plan);
        if (row == NULL)
            return ERR_NOMEM;
        *row = p;
    }
    return ERR_OK;
}

#define EVENT_WORDS 7

static enum err decode_events(struct decoding *d, struct reader *r)
{
    size_t n;

    d->reply->seq = reader_u64(r);
    n = reader_count(r, EVENT_WORDS);
    for (size_t i = 0; i < n; i++) {
        struct ledger_event *e = ROW(d, events, struct ledger_event);

        if (e == NULL)
            return ERR_NOMEM;
        e->seq = reader_u64(r);
        e->unix_ms = reader_i64(r);
        e->account = reader_name(r);
        e->intent = reader_id(r);
        e->state = read_state(r);
        e->paid = reader_amount(r);
        e->got = reader_amount(r);
    }
    return ERR_OK;
}

static enum err decode_reports(struct decoding *d, struct reader *r)
{
    struct word venues = reader_word(r);
    size_t n = reader_count(r, 1);

    d->reply->venues_report = (struct ledger_blob){ bytes_copy(d, venues), venues.n };
    if (d->reply->venues_report.bytes == NULL && venues.n > 0)
        return ERR_NOMEM;
    for (size_t i = 0; i < n; i++) {
        struct ledger_blob *b = ROW(d, blobs, struct ledger_blob);
        struct word w = reader_word(r);

        if (b == NULL)
            return ERR_NOMEM;
        *b = (struct ledger_blob){ bytes_copy(d, w), w.n };
        if (b->bytes == NULL && w.n > 0)
            return ERR_NOMEM;
    }
    return ERR_OK;
}

static enum err (*const decoders[LEDGER_FNS_N])(struct decoding *d, struct reader *r) = {
    [LEDGER_accept] = decode_accept,     [LEDGER_cancel] = decode_intent,
    [LEDGER_get] = decode_intent,        [LEDGER_expire] = read_intents,
    [LEDGER_deposit] = decode_nothing,   [LEDGER_withdraw] = decode_nothing,
    [LEDGER_transfer] = decode_nothing,  [LEDGER_balances] = read_balances,
    [LEDGER_limit_set] = decode_nothing, [LEDGER_limits] = decode_limits,
    [LEDGER_mode] = decode_modes,        [LEDGER_lead] = decode_lead,
    [LEDGER_freeze] = decode_freeze,     [LEDGER_plan] = decode_nothing,
    [LEDGER_extend] = decode_nothing,    [LEDGER_send] = decode_nothing,
    [LEDGER_fill] = decode_nothing,      [LEDGER_unknown] = decode_nothing,
    [LEDGER_void] = decode_nothing,      [LEDGER_settle] = decode_nothing,
    [LEDGER_plans] = decode_plans,       [LEDGER_report] = decode_nothing,
    [LEDGER_reports] = decode_reports,   [LEDGER_events] = decode_events,
    [LEDGER_audit] = codec_audit_page,   [LEDGER_checkpoint] = decode_nothing,
};

void codec_begin(struct decoding *d)
{
    *d->reply = (struct ledger_reply){ 0 };
    audit_init(&d->audit, d->arena);
}

void codec_end(struct decoding *d)
{
    audit_fini(&d->audit);
}

enum err codec_decode(struct decoding *d, const struct word *words, size_t n)
{
    struct reader r = { .words = words, .n = n };
    struct word cursor;

    d->reply->reject = reject_of(&r, reader_word(&r));
    d->reply->now_ms = reader_i64(&r);
    cursor = reader_word(&r);
    if (r.bad || cursor.n >= sizeof d->cursor)
        return ERR_INVALID;
    /* The next call must differ, or a broken server would keep us here for ever. */
    if (cursor.n > 0 && word_is(cursor, d->cursor))
        return ERR_INVALID;
    (void)memset(d->cursor, 0, sizeof d->cursor);
    memcpy(d->cursor, cursor.text, cursor.n);
    if (d->reply->reject == REJECT_NONE || r.at < r.n)
        TRY(decoders[d->call->fn](d, &r));
    return reader_done(&r) ? ERR_OK : ERR_INVALID;
}

enum err codec_finish(struct decoding *d)
{
    struct ledger_reply *reply = d->reply;

    reply->intents = d->intents.rows;
    reply->intents_n = d->intents.n;
    reply->balances = d->balances.rows;
    reply->balances_n = d->balances.n;
    reply->limits = d->limits.rows;
    reply->limits_n = d->limits.n;
    reply->events = d->events.rows;
    reply->events_n = d->events.n;
    reply->plans = d->plans.rows;
    reply->plans_n = d->plans.n;
    reply->batch_reports = d->blobs.rows;
    reply->batch_reports_n = d->blobs.n;
    if (d->call->fn != LEDGER_audit || reply->reject != REJECT_NONE)
        return ERR_OK;
    TRY(audit_result(reply, &d->audit));
    reply->sound = reply->sound && !d->unchained;
    return ERR_OK;
}
