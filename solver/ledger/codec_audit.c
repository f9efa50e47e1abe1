/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/ledger/codec_audit.h"

#include <string.h>

/* Everything in a journal body comes in fours: owner, asset, side, change of a posting; owner,
 * asset, available, held of a checkpoint. */
#define FOUR 4

static bool next_four(struct word four[FOUR], struct word *rest)
{
    for (size_t i = 0; i < FOUR; i++) {
        if (!word_part(&four[i], rest))
            return false;
    }
    return true;
}

static struct owner read_owner(struct reader *r)
{
    struct word w = reader_word(r);
    struct owner o = { .kind = OWNER_DUST };

    r->bad |= owner_parse(&o, w.text, w.n) != ERR_OK;
    return o;
}

static enum err posting_read(struct decoding *d, const struct word four[FOUR])
{
    struct reader r = { .words = four, .n = FOUR };
    struct owner o = read_owner(&r);
    uint32_t asset = reader_u32(&r);
    struct word side = reader_word(&r);
    struct delta change = reader_delta(&r);

    r.bad |= !word_is(side, "w") && !word_is(side, "a") && !word_is(side, "h");
    r.bad |= word_is(side, "w") != owner_is_world(o.kind);
    if (r.bad)
        return ERR_INVALID;
    audit_post(&d->audit, &o, asset, word_is(side, "h"), change);
    return ERR_OK;
}

static struct holding read_holding(struct reader *r, const struct owner *o)
{
    struct holding h = { 0 };

    if (owner_is_world(o->kind)) {
        h.net = reader_delta(r);
        r->bad |= !word_is(reader_word(r), "0");
    } else {
        h.available = reader_amount(r);
        h.held = reader_amount(r);
    }
    return h;
}

static enum err assignment_read(struct decoding *d, const struct word four[FOUR])
{
    struct reader r = { .words = four, .n = FOUR };
    struct owner o = read_owner(&r);
    uint32_t asset = reader_u32(&r);
    struct holding h = read_holding(&r, &o);

    if (r.bad)
        return ERR_INVALID;
    audit_assign(&d->audit, &o, asset, &h);
    return ERR_OK;
}

static enum err fours_read(struct decoding *d, struct word body,
                           enum err (*one)(struct decoding *d, const struct word four[FOUR]))
{
    struct word four[FOUR];

    while (body.n > 0) {
        if (!next_four(four, &body))
            return ERR_INVALID;
        TRY(one(d, four));
    }
    return ERR_OK;
}

/* One end of a range of owners: none for an empty word and for "-". */
static enum err end_read(char out[TABLE_KEY], struct word w)
{
    struct owner o;

    out[0] = '\0';
    if (w.n == 0 || word_is(w, "-"))
        return ERR_OK;
    TRY(owner_parse(&o, w.text, w.n));
    (void)owner_text(out, &o);
    return ERR_OK;
}

/* "after last" and then the balances of that range. */
static enum err checkpoint_read(struct decoding *d, struct word body)
{
    char after[TABLE_KEY], last[TABLE_KEY];
    struct word part = { .text = "", .n = 0 };

    if (!word_part(&part, &body))
        return ERR_INVALID;
    TRY(end_read(after, part));
    if (!word_part(&part, &body))
        return ERR_INVALID;
    TRY(end_read(last, part));
    audit_clear(&d->audit, after, last[0] == '\0' ? NULL : last);
    return fours_read(d, body, assignment_read);
}

#define ENTRY_WORDS 2

static enum err journal_page(struct decoding *d, struct reader *r)
{
    size_t n;

    d->unchained |= !reader_flag(r);
    n = reader_count(r, ENTRY_WORDS);
    for (size_t i = 0; i < n; i++) {
        bool checkpoint = word_is(reader_word(r), "checkpoint");
        struct word body = reader_word(r);

        if (!checkpoint) {
            d->audit.entries++;
            TRY(fours_read(d, body, posting_read));
        } else if (!d->call->as.audit.full) {
            TRY(checkpoint_read(d, body));
        }
    }
    return ERR_OK;
}

#define BALANCE_WORDS 4

static enum err balance_page(struct decoding *d, struct reader *r)
{
    char after[TABLE_KEY], last[TABLE_KEY];
    size_t n;

    d->unchained |= !reader_flag(r);
    TRY(end_read(after, reader_word(r)));
    TRY(end_read(last, reader_word(r)));
    d->reply->open_pots = reader_u64(r);
    d->reply->open_legs = reader_u64(r);
    n = reader_count(r, BALANCE_WORDS);
    for (size_t i = 0; i < n; i++) {
        struct owner o = read_owner(r);
        uint32_t asset = reader_u32(r);
        struct holding h = read_holding(r, &o);

        if (r->bad)
            return ERR_INVALID;
        audit_compare(&d->audit, &o, asset, &h);
    }
    audit_compare_rest(&d->audit, after, last[0] == '\0' ? NULL : last);
    return ERR_OK;
}

enum err codec_audit_page(struct decoding *d, struct reader *r)
{
    struct word page = reader_word(r);

    if (word_is(page, "J"))
        return journal_page(d, r);
    return word_is(page, "B") ? balance_page(d, r) : ERR_INVALID;
}
