/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * venue_liar -- a venue that trades its market file from memory and tells one lie.
 *
 *   venue_liar LIE --assets FILE --market FILE --listen URL --state IGNORED
 *
 * Lies about a leg are told in the answer to Submit only: what really happened is in memory, and
 * Query and Void answer truthfully.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>

#include "proto/wire_venue.h"
#include "solver/core/check.h"
#include "solver/core/hash.h"
#include "solver/input/assets_file.h"
#include "solver/input/market_file.h"

#define LEGS_MAX 4096
#define MEMORY_MAX ((size_t)64 << 20)
#define SEQ_FIRST 1000

#define LIES(X)                                                                                    \
    X(overfill, "a fill takes more than the leg offered")                                          \
    X(below, "a fill gives less than min_out")                                                     \
    X(twins, "the same fill twice, each with half of the leg")                                     \
    X(double_use, "two different fills with one id")                                               \
    X(wrong_leg, "results of legs that nobody sent")                                               \
    X(no_results, "an answer to Submit without results")                                           \
    X(garbage_submit, "bytes that are no message as answer to Submit")                             \
    X(garbage_quotes, "bytes that are no message as answer to Quotes")                             \
    X(other_verb, "a Hello as answer to Submit")                                                   \
    X(refuse, "every leg is rejected, whatever was quoted")                                        \
    X(silent_submit, "no answer to Submit")                                                        \
    X(backward, "the sequence of Quotes falls")                                                    \
    X(stale, "a curve comes again with an older sequence")                                         \
    X(foreign, "every answer says another version")                                                \
    X(crossed, "a book whose bid is above its ask")                                                \
    X(alien, "a curve of an asset that does not exist")

enum lie {
#define X(name, doc) LIE_##name,
    LIES(X)
#undef X
        LIE_N
};

static const char *const lie_names[] = {
#define X(name, doc) #name,
    LIES(X)
#undef X
};

struct liar {
    enum lie lie;
    struct arena files;
    struct arena scratch;
    struct asset_table assets;
    struct market_file market;
    uint64_t seq;
    uint64_t quotes; /* answered */
    struct wire_leg_result legs[LEGS_MAX];
    struct wire_fill fills[LEGS_MAX];
    size_t legs_n;
};

/* ---- the truth ---- */

static struct curve *curve_get(struct liar *l, uint64_t id)
{
    for (size_t i = 0; i < l->market.curves_n; i++) {
        if (l->market.curves[i].id == id)
            return &l->market.curves[i];
    }
    return NULL;
}

static struct wire_leg_result *leg_get(struct liar *l, struct id leg)
{
    for (size_t i = 0; i < l->legs_n; i++) {
        if (id_cmp(l->legs[i].leg, leg) == 0)
            return &l->legs[i];
    }
    return NULL;
}

static struct id fill_id(struct id leg, uint64_t no)
{
    struct hash h;

    hash_init(&h, "sluice/test-fill");
    hash_bytes(&h, leg.bytes, sizeof leg.bytes);
    hash_u64(&h, no);
    return hash_id(&h);
}

/* Trade the leg whole, or reject it. */
static bool leg_trade(struct wire_fill *f, struct liar *l, const struct wire_leg *leg)
{
    struct curve *c = curve_get(l, leg->curve);
    struct u256 offer = u256_of_amount(leg->in);
    struct trade t;

    if (c == NULL)
        return false;
    int side = c->asset[0] == leg->in_asset ? 0 : 1;
    *f = (struct wire_fill){ .id = fill_id(leg->id, 0) };
    if (curve_out(&t, c, way_of_side(side), &offer) != ERR_OK ||
        u256_to_amount(&f->in, &t.in) != ERR_OK || u256_to_amount(&f->out, &t.out) != ERR_OK ||
        amount_cmp(f->out, leg->min_out) < 0)
        return false;
    if (curve_apply(c, way_of_side(side), &t) != ERR_OK)
        return false;
    c->seq = ++l->seq;
    return true;
}

static struct wire_leg_result *leg_execute(struct liar *l, const struct wire_leg *leg)
{
    struct wire_leg_result *r = leg_get(l, leg->id);

    if (r != NULL)
        return r;
    CHECK(l->legs_n < LEGS_MAX);
    struct wire_fill *f = &l->fills[l->legs_n];
    r = &l->legs[l->legs_n++];
    *r = (struct wire_leg_result){ .leg = leg->id, .outcome = WIRE_LEG_REJECTED };
    if (l->lie != LIE_refuse && leg_trade(f, l, leg)) {
        r->outcome = WIRE_LEG_FILLED;
        r->fills = f;
        r->fills_n = 1;
    }
    r->curve_seq_after = l->seq;
    return r;
}

static struct wire_leg_result leg_known(struct liar *l, struct id leg, bool tombstone)
{
    const struct wire_leg_result *r = leg_get(l, leg);

    if (r != NULL)
        return *r;
    if (!tombstone)
        return (struct wire_leg_result){ .leg = leg, .outcome = WIRE_LEG_UNSEEN };
    CHECK(l->legs_n < LEGS_MAX);
    l->legs[l->legs_n] = (struct wire_leg_result){ .leg = leg, .outcome = WIRE_LEG_VOIDED };
    return l->legs[l->legs_n++];
}

static struct wire_results legs_known(struct liar *l, const struct id *legs, size_t n,
                                      bool tombstone)
{
    struct wire_results out = { ARENA_NEW(&l->scratch, n, struct wire_leg_result), n };

    CHECK(out.results != NULL);
    for (size_t i = 0; i < n; i++)
        out.results[i] = leg_known(l, legs[i], tombstone);
    return out;
}

/* ---- the lies ---- */

static void result_bend(struct liar *l, struct wire_leg_result *r, const struct wire_leg *leg)
{
    struct wire_fill *f = ARENA_NEW(&l->scratch, 2, struct wire_fill);

    CHECK(f != NULL);
    if (l->lie == LIE_wrong_leg)
        r->leg = fill_id(leg->id, 99);
    if (r->fills_n == 0)
        return;
    f[0] = f[1] = r->fills[0];
    r->fills = f;
    if (l->lie == LIE_overfill)
        f[0].in.atoms += 1;
    if (l->lie == LIE_below)
        f[0].out.atoms = leg->min_out.atoms - 1;
    if (l->lie == LIE_twins || l->lie == LIE_double_use) {
        f[0].in.atoms /= 2;
        f[0].out.atoms /= 2;
        f[1] = f[0];
        if (l->lie == LIE_double_use) {
            f[1].in.atoms = leg->in.atoms - f[0].in.atoms;
            f[1].out.atoms = r->fills[0].out.atoms + 1;
        }
        r->fills_n = 2;
    }
}

static struct wire_results submit(struct liar *l, const struct wire_submit_request *s)
{
    struct wire_results out = { ARENA_NEW(&l->scratch, s->legs_n, struct wire_leg_result),
                                s->legs_n };

    CHECK(out.results != NULL);
    for (size_t i = 0; i < s->legs_n; i++) {
        out.results[i] = *leg_execute(l, &s->legs[i]);
        result_bend(l, &out.results[i], &s->legs[i]);
    }
    if (l->lie == LIE_no_results)
        out.results_n = 0;
    return out;
}

/* The first answer is true, so that the venue is up before it lies. */
static struct wire_quotes quotes(struct liar *l, const struct wire_quotes_request *r)
{
    bool changed = r->since_seq != l->seq;
    bool lies = l->quotes++ > 0;
    struct wire_quotes q = { .seq = l->seq, .snapshot = r->since_seq == 0 };
    size_t n = changed || lies ? l->market.curves_n : 0;

    q.curves = ARENA_NEW(&l->scratch, n, struct curve);
    CHECK(q.curves != NULL);
    if (n > 0)
        memcpy(q.curves, l->market.curves, n * sizeof *q.curves);
    q.curves_n = n;
    if (!lies)
        return q;
    if (l->lie == LIE_backward)
        q.seq = l->seq - 500;
    if (l->lie == LIE_stale)
        q.curves[0].seq -= 1;
    if (l->lie == LIE_alien)
        q.curves[0].asset[1] = 77;
    if (l->lie == LIE_crossed && q.curves[0].kind == CURVE_book) {
        struct book *b = &q.curves[0].as.book;
        struct book_level *swap = b->bids;
        b->bids = b->asks;
        b->asks = swap;
    }
    return q;
}

static struct wire_hello hello(const struct liar *l)
{
    return (struct wire_hello){ .name = l->market.venue,
                                .kind = { "liar" },
                                .domain = l->market.domain,
                                .assets = l->assets.digest,
                                .atomic = l->market.atomic,
                                .ttl_ms = l->market.ttl_ms,
                                .build = "liar" };
}

/* ---- the socket ---- */

static struct wire_venue_answer answer(struct liar *l, const struct wire_venue_request *r)
{
    struct wire_venue_answer a = { .verb = r->verb };

    switch (r->verb) {
    case WIRE_HELLO: a.as.hello = hello(l); break;
    case WIRE_QUOTES: a.as.quotes = quotes(l, &r->as.quotes); break;
    case WIRE_SUBMIT: a.as.submit = submit(l, &r->as.submit); break;
    case WIRE_QUERY: a.as.query = legs_known(l, r->as.query.legs, r->as.query.legs_n, false); break;
    case WIRE_VOID:
        a.as.void_legs = legs_known(l, r->as.void_legs.legs, r->as.void_legs.legs_n, true);
        break;
    case WIRE_SNAPSHOT: a.as.snapshot = (struct wire_snapshot){ 0 }; break;
    }
    if (r->verb == WIRE_SUBMIT && l->lie == LIE_other_verb)
        a = (struct wire_venue_answer){ .verb = WIRE_HELLO, .as.hello = hello(l) };
    return a;
}

static bool garbles(const struct liar *l, enum wire_verb verb)
{
    return (verb == WIRE_SUBMIT && l->lie == LIE_garbage_submit) ||
           (verb == WIRE_QUOTES && l->lie == LIE_garbage_quotes && l->quotes > 1);
}

static void serve_one(struct liar *l, nng_socket socket, struct wire_bytes *bytes)
{
    static char garbage[] = "\xff\xff\xff\xff\x08\x01 not a message";
    struct wire_venue_request r;
    nng_msg *msg;

    CHECK(nng_recvmsg(socket, &msg, 0) == 0);
    arena_reset(&l->scratch);
    CHECK(wire_venue_request_unpack(&r, &l->scratch, nng_msg_body(msg), nng_msg_len(msg)) ==
          ERR_OK);
    nng_msg_free(msg);
    struct wire_venue_answer a = answer(l, &r);
    if (r.verb == WIRE_SUBMIT && l->lie == LIE_silent_submit)
        return; /* the next receive forgets this request */
    CHECK(wire_venue_answer_pack(bytes, &a) == ERR_OK);
    if (l->lie == LIE_foreign)
        bytes->data[1]++; /* the version comes first */
    if (garbles(l, r.verb))
        CHECK(nng_send(socket, garbage, sizeof garbage, 0) == 0);
    else
        CHECK(nng_send(socket, bytes->data, bytes->n, 0) == 0);
}

static const char *option(int argc, char **argv, const char *name)
{
    for (int i = 2; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], name) == 0)
            return argv[i + 1];
    }
    fprintf(stderr, "venue_liar: %s is missing\n", name);
    exit(EXIT_FAILURE);
}

static enum lie lie_of(const char *name)
{
    for (int i = 0; i < LIE_N; i++) {
        if (strcmp(lie_names[i], name) == 0)
            return (enum lie)i;
    }
    fprintf(stderr, "venue_liar: no lie \"%s\"\n", name);
    exit(EXIT_FAILURE);
}

static void end(int signal_number)
{
    (void)signal_number;
    _exit(EXIT_SUCCESS);
}

int main(int argc, char **argv)
{
    static struct liar l = { .seq = SEQ_FIRST };
    struct wire_bytes bytes = { 0 };
    struct input_error e = { { 0 } };
    nng_socket socket;

    signal(SIGTERM, end);
    l.lie = lie_of(argc > 1 ? argv[1] : "");
    arena_init(&l.files, MEMORY_MAX);
    arena_init(&l.scratch, MEMORY_MAX);
    CHECK(assets_file_load(&l.assets, &e, option(argc, argv, "--assets"), &l.files) == ERR_OK);
    CHECK(market_file_load(&l.market, &e, option(argc, argv, "--market"), &l.assets, &l.files) ==
          ERR_OK);
    for (size_t i = 0; i < l.market.curves_n; i++)
        l.market.curves[i].seq = SEQ_FIRST;
    CHECK(nng_rep0_open(&socket) == 0);
    CHECK(nng_listen(socket, option(argc, argv, "--listen"), NULL, 0) == 0);
    for (;;)
        serve_one(&l, socket, &bytes);
}
