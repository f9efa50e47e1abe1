/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/books.h"

#include <string.h>

#include "gateway/cli/fail.h"
#include "gateway/client/snapshot.h"

#define ASK_MS 2000
#define BOOKS_MAX 4096 /* venues times assets */

enum verdict { AGREES, BUSY, SILENT, DIFFERS };

static const char *const texts[] = {
    [AGREES] = "agrees",
    [BUSY] = "has open legs",
    [SILENT] = "does not answer",
    [DIFFERS] = "differs",
};

/* The journal's rows, out of the memory of the answer. */
struct books {
    struct wire_op_books *rows;
    size_t n;
};

static struct delta journal_net(const struct books *b, struct name venue, uint32_t asset)
{
    for (size_t i = 0; i < b->n; i++) {
        if (b->rows[i].asset == asset && name_equal(&b->rows[i].venue, &venue))
            return b->rows[i].net;
    }
    return (struct delta){ .negative = false };
}

static bool delta_equal(struct delta x, struct delta y)
{
    return x.negative == y.negative && x.atoms == y.atoms;
}

static bool in_snapshot(const struct wire_snapshot *s, uint32_t asset)
{
    for (size_t i = 0; i < s->rows_n; i++) {
        if (s->rows[i].asset == asset)
            return true;
    }
    return false;
}

/* The first asset of which both do not say the same; 0 when there is none. */
static uint32_t first_difference(const struct books *b, struct name venue,
                                 const struct wire_snapshot *s)
{
    for (size_t i = 0; i < s->rows_n; i++) {
        if (!delta_equal(s->rows[i].net, journal_net(b, venue, s->rows[i].asset)))
            return s->rows[i].asset;
    }
    for (size_t i = 0; i < b->n; i++) {
        if (name_equal(&b->rows[i].venue, &venue) && !delta_is_zero(b->rows[i].net) &&
            !in_snapshot(s, b->rows[i].asset))
            return b->rows[i].asset;
    }
    return 0;
}

static enum verdict venue_ask(uint32_t *asset, uint64_t *legs, const struct books *b,
                              struct name venue, const char *url)
{
    const struct client_options options = { .url = url, .timeout_ms = ASK_MS };
    struct client *client;
    struct wire_snapshot s;
    enum verdict v = SILENT;

    *asset = 0;
    *legs = 0;
    if (client_open(&client, &options) != ERR_OK)
        return SILENT;
    if (client_snapshot(&s, client) == ERR_OK) {
        *asset = first_difference(b, venue, &s);
        *legs = s.legs;
        v = *asset == 0 ? AGREES : s.open_legs > 0 ? BUSY : DIFFERS;
    }
    client_close(client);
    return v;
}

static const char *symbol(const struct cli *c, uint32_t asset)
{
    const struct asset *known = asset_get(&c->assets, asset);

    return known != NULL ? known->symbol : "";
}

/* Print one line for each venue; the number of those that differ. */
static size_t venues_print(const struct cli *c, const struct books *b,
                           const struct wire_op_answer *venues)
{
    static const struct out_column columns[] = {
        { "venue", "venue" }, { "books", "its books" }, { "asset", "first in" }, { "legs", "legs" }
    };
    struct out o;
    size_t differ = 0;

    out_note(&c->style, "%s", "");
    out_begin(&o, &c->style, "audit_venue", columns, 4, NULL);
    for (size_t i = 0; i < venues->venues_n; i++) {
        const struct wire_op_venue *v = &venues->venues[i];
        uint32_t asset;
        uint64_t legs;
        enum verdict verdict = venue_ask(&asset, &legs, b, v->name, v->url);
        out_text(&o, v->name.text);
        out_text(&o, texts[verdict]);
        out_text(&o, symbol(c, asset));
        out_number(&o, legs);
        differ += verdict == DIFFERS;
    }
    out_end(&o);
    return differ;
}

int books_compare(struct cli *c, const struct wire_op_answer *audit)
{
    const struct wire_op_request request = { .kind = WIRE_OP_VENUES };
    struct wire_op_books rows[BOOKS_MAX];
    struct books b = { rows, audit->books_n < BOOKS_MAX ? audit->books_n : BOOKS_MAX };
    struct wire_op_answer venues;
    size_t differ = 0;

    if (b.n > 0)
        memcpy(rows, audit->books, b.n * sizeof *rows);
    int status = cli_operate(&venues, c, &request);
    if (status != CLI_OK)
        return status;
    if (venues.venues_n > 0)
        differ = venues_print(c, &b, &venues);
    if (differ == 0)
        return CLI_OK;
    return fail(c, FAIL_UNSOUND, "the venues", "%zu say otherwise than the journal", differ);
}
