/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "venues/sdk/verbs.h"

#include <string.h>

#include "solver/core/check.h"
#include "solver/core/system.h"

#define ARENA_MAX ((size_t)64 << 20)

/* One request being answered. */
struct work {
    struct wire_venue_answer answer;
    enum reject refused; /* not NONE: the whole message; nothing but the fence has changed */
    const char *text;
    bool submitted; /* the adapter waits for kept() */
};

void verbs_init(struct verbs *v, const struct venue_adapter *adapter, void *self,
                const struct adapter_setup *setup)
{
    memset(v, 0, sizeof *v);
    v->adapter = adapter;
    v->self = self;
    v->store = setup->store;
    v->assets = setup->assets->digest;
    v->build = SLUICE_BUILD;
    v->clock = system_clock();
    arena_init(&v->arena, ARENA_MAX);
    pages_init(&v->pages);
}

void verbs_fini(struct verbs *v)
{
    pages_fini(&v->pages);
    arena_fini(&v->arena);
}

enum err verbs_refuse(struct wire_bytes *out, enum reject code, const char *text)
{
    struct wire_venue_answer answer = { .code = (uint32_t)reject_code(code),
                                        .text = text != NULL ? text : reject_text(code) };

    return wire_venue_answer_pack(out, &answer);
}

static enum err refuse(struct work *w, enum reject code, const char *text)
{
    w->refused = code;
    w->text = text;
    return ERR_OK;
}

/* Remember the fence; false, with the message refused, when a newer leader was here. */
static enum err fence_pass(bool *pass, struct work *w, struct verbs *v, uint64_t fence)
{
    uint64_t highest;

    TRY(leg_store_fence(&highest, v->store));
    *pass = fence >= highest;
    if (!*pass)
        return refuse(w, REJECT_FENCE, NULL);
    return leg_store_raise(v->store, fence);
}

static enum err hello(struct work *w, struct verbs *v, const struct wire_hello_request *r)
{
    struct wire_hello *out = &w->answer.as.hello;
    size_t len = strlen(v->adapter->kind);

    v->adapter->hello(out, v->self);
    TRY(name_parse(&out->kind, v->adapter->kind, len));
    out->assets = v->assets;
    out->build = v->build;
    if (digest_equal(r->assets, v->assets)) {
        TRY(leg_store_raise(v->store, r->fence));
        v->greeted = true;
        v->asked = 0;
        v->ended_ns = v->clock.now_ns(v->clock.self);
        TRY(leg_store_ended(&v->ended, v->store));
    }
    TRY(leg_store_empty(&out->lost_state, v->store));
    return leg_store_fence(&out->highest_fence, v->store);
}

static bool ids_distinct(const struct wire_leg *legs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            if (id_cmp(legs[i].id, legs[j].id) == 0)
                return false;
        }
    }
    return true;
}

/* The legs of a Submit that nobody has seen, and where their answers go. */
struct fresh {
    struct wire_leg legs[WIRE_LEGS_MAX];
    size_t place[WIRE_LEGS_MAX]; /* in the results */
    size_t n;
};

/* Answer what is known and collect the rest. */
static enum err legs_sort(struct fresh *fresh, struct work *w, struct verbs *v,
                          const struct wire_submit_request *r)
{
    static const struct digest tombstone;

    fresh->n = 0;
    for (size_t i = 0; i < r->legs_n; i++) {
        struct digest asked = leg_store_content(&r->legs[i]);
        struct digest known;
        enum err e = leg_store_get(&w->answer.as.submit.results[i], &known, &v->arena, v->store,
                                   r->legs[i].id);
        if (e == ERR_NOT_FOUND) {
            fresh->place[fresh->n] = i;
            fresh->legs[fresh->n++] = r->legs[i];
            continue;
        }
        TRY(e);
        if (!digest_equal(asked, known) && !digest_equal(tombstone, known))
            return refuse(w, REJECT_ID_CONFLICT, NULL);
    }
    return ERR_OK;
}

static enum err fresh_keep(struct work *w, struct verbs *v, const struct fresh *fresh,
                           const struct wire_leg_result *results)
{
    for (size_t i = 0; i < fresh->n; i++) {
        CHECK(results[i].outcome >= WIRE_LEG_FILLED && results[i].outcome <= WIRE_LEG_UNKNOWN);
        TRY(leg_store_put(v->store, &fresh->legs[i], &results[i]));
        w->answer.as.submit.results[fresh->place[i]] = results[i];
    }
    return ERR_OK;
}

static enum err fresh_reject(struct work *w, struct verbs *v, const struct fresh *fresh,
                             const char *reason)
{
    struct wire_leg_result results[WIRE_LEGS_MAX];

    for (size_t i = 0; i < fresh->n; i++)
        results[i] = (struct wire_leg_result){ .leg = fresh->legs[i].id,
                                               .outcome = WIRE_LEG_REJECTED,
                                               .reason = reason };
    return fresh_keep(w, v, fresh, results);
}

static enum err fresh_execute(struct work *w, struct verbs *v, const struct fresh *fresh,
                              const struct wire_submit_request *r)
{
    struct wire_hello about = { 0 };
    struct wire_leg_result results[WIRE_LEGS_MAX];
    struct adapter_order order = { fresh->legs, fresh->n, r->atomic };

    v->adapter->hello(&about, v->self);
    if (r->atomic && r->legs_n > 1 && !about.atomic)
        return fresh_reject(w, v, fresh, "groups of legs are not offered here");
    if (r->atomic && fresh->n < r->legs_n)
        return fresh_reject(w, v, fresh, "another leg of the group is final already");
    w->submitted = true;
    TRY(v->adapter->submit(results, &v->arena, v->self, &order));
    return fresh_keep(w, v, fresh, results);
}

static enum err results_new(struct wire_results *out, struct verbs *v, size_t n)
{
    out->results = ARENA_NEW(&v->arena, n, struct wire_leg_result);
    out->results_n = n;
    return out->results == NULL ? ERR_NOMEM : ERR_OK;
}

/* The leader that sends this is there. What ended long enough ago, by a clock that nobody sets, it
 * has asked about; of that the calendar decides. */
static enum err forget(struct verbs *v)
{
    uint64_t now_ns = v->clock.now_ns(v->clock.self);

    if (now_ns >= v->ended_ns + VERBS_ASK_NS) {
        v->asked = v->ended;
        v->ended_ns = now_ns;
        TRY(leg_store_ended(&v->ended, v->store));
    }
    if (v->asked == 0)
        return ERR_OK;
    return leg_store_prune(v->store, v->asked,
                           v->clock.unix_ms(v->clock.self) / 1000 - VERBS_KEEP_S, VERBS_PRUNE_MAX);
}

static enum err submit(struct work *w, struct verbs *v, const struct wire_submit_request *r)
{
    struct fresh fresh;
    bool pass;

    if (!ids_distinct(r->legs, r->legs_n))
        return refuse(w, REJECT_MALFORMED, "a leg id is there twice");
    TRY(fence_pass(&pass, w, v, r->fence));
    if (!pass)
        return ERR_OK;
    TRY(results_new(&w->answer.as.submit, v, r->legs_n));
    TRY(legs_sort(&fresh, w, v, r));
    if (w->refused != REJECT_NONE || fresh.n == 0)
        return ERR_OK;
    TRY(fresh_execute(w, v, &fresh, r));
    return forget(v);
}

/* Ask the adapter about a leg whose answer may still change, and remember what it says. */
static enum err refresh(struct wire_leg_result *out, struct verbs *v,
                        enum err (*ask)(struct wire_leg_result *, struct arena *, void *,
                                        const struct wire_leg *))
{
    struct wire_leg leg;
    struct wire_leg_result newest = { .leg = out->leg };

    if (out->outcome != WIRE_LEG_OPEN && out->outcome != WIRE_LEG_UNKNOWN)
        return ERR_OK;
    CHECK(ask != NULL);
    TRY(leg_store_leg(&leg, v->store, out->leg));
    enum err e = ask(&newest, &v->arena, v->self, &leg);
    if (e != ERR_OK)
        return ERR_OK; /* what is known so far stays the answer */
    TRY(leg_store_put(v->store, &leg, &newest));
    *out = newest;
    return ERR_OK;
}

static enum err query(struct work *w, struct verbs *v, const struct wire_query_request *r)
{
    struct wire_results *out = &w->answer.as.query;
    struct digest content;

    TRY(results_new(out, v, r->legs_n));
    for (size_t i = 0; i < r->legs_n; i++) {
        struct wire_leg_result *result = &out->results[i];
        enum err e = leg_store_get(result, &content, &v->arena, v->store, r->legs[i]);
        if (e == ERR_NOT_FOUND)
            *result = (struct wire_leg_result){ .leg = r->legs[i], .outcome = WIRE_LEG_UNSEEN };
        else
            TRY(e);
        TRY(refresh(result, v, v->adapter->query));
    }
    return ERR_OK;
}

static enum err void_one(struct wire_leg_result *out, struct verbs *v, struct id leg)
{
    struct digest content;
    enum err e = leg_store_get(out, &content, &v->arena, v->store, leg);

    if (e == ERR_OK)
        return refresh(out, v, v->adapter->void_leg);
    if (e != ERR_NOT_FOUND)
        return e;
    TRY(leg_store_tombstone(v->store, leg));
    *out = (struct wire_leg_result){ .leg = leg, .outcome = WIRE_LEG_VOIDED };
    return ERR_OK;
}

static enum err void_legs(struct work *w, struct verbs *v, const struct wire_void_request *r)
{
    struct wire_results *out = &w->answer.as.void_legs;
    bool pass;

    TRY(fence_pass(&pass, w, v, r->fence));
    if (!pass)
        return ERR_OK;
    TRY(results_new(out, v, r->legs_n));
    for (size_t i = 0; i < r->legs_n; i++)
        TRY(void_one(&out->results[i], v, r->legs[i]));
    return ERR_OK;
}

static enum err change(struct work *w, struct verbs *v, const struct wire_venue_request *r)
{
    switch (r->verb) {
    case WIRE_HELLO: return hello(w, v, &r->as.hello);
    case WIRE_SUBMIT: return submit(w, v, &r->as.submit);
    case WIRE_QUERY: return query(w, v, &r->as.query);
    case WIRE_VOID: return void_legs(w, v, &r->as.void_legs);
    case WIRE_SNAPSHOT:
        return leg_store_snapshot(&w->answer.as.snapshot, &v->arena, v->store,
                                  r->as.snapshot.after_leg);
    case WIRE_QUOTES: break;
    }
    UNREACHABLE("verb");
}

/* One transaction. */
static enum err change_whole(struct work *w, struct verbs *v, const struct wire_venue_request *r)
{
    TRY(leg_store_begin(v->store));
    enum err e = change(w, v, r);
    if (e == ERR_OK)
        e = leg_store_commit(v->store);
    else
        leg_store_rollback(v->store);
    if (w->submitted)
        v->adapter->kept(v->self, e == ERR_OK);
    return e;
}

static enum err quotes(struct wire_bytes *out, struct verbs *v, const struct wire_quotes_request *r,
                       bool wait)
{
    struct wire_quotes quotes = { 0 };
    struct wire_span page;

    if (r->page != 0) {
        if (pages_get(&page, &v->pages, r->page) != ERR_OK)
            return verbs_refuse(out, REJECT_STALE,
                                "this page is not kept any more; ask from page 0");
        TRY(wire_bytes_reserve(out, page.n));
        memcpy(out->data, page.bytes, page.n);
        out->n = page.n;
        return ERR_OK;
    }
    enum err e = ERR_OK;
    if (r->since_seq == 0)
        e = leg_store_found_empty(v->store); /* it heard Hello's lost_state, and goes on */
    if (e == ERR_OK)
        e = v->adapter->curves(&quotes, &v->arena, v->self, r->since_seq);
    if (e == ERR_AGAIN && wait)
        return ERR_AGAIN;
    if (e == ERR_AGAIN) {
        quotes.seq = r->since_seq;
        e = ERR_OK;
    }
    if (e == ERR_OK)
        e = pages_first(out, &v->pages, &quotes);
    return e == ERR_OK ? e : verbs_refuse(out, REJECT_NOT_READY, err_text(e));
}

enum err verbs_answer(struct wire_bytes *out, struct verbs *v,
                      const struct wire_venue_request *request, bool wait)
{
    struct work w = { .answer.verb = request->verb };

    arena_reset(&v->arena);
    if (!v->greeted && request->verb != WIRE_HELLO && request->verb != WIRE_SNAPSHOT)
        return verbs_refuse(out, REJECT_HELLO_FIRST, NULL);
    if (request->verb == WIRE_QUOTES)
        return quotes(out, v, &request->as.quotes, wait);
    enum err e = change_whole(&w, v, request);
    if (e != ERR_OK)
        return verbs_refuse(out, REJECT_RETRY, err_text(e));
    if (w.refused != REJECT_NONE)
        return verbs_refuse(out, w.refused, w.text);
    e = wire_venue_answer_pack(out, &w.answer);
    return e == ERR_OK ? e : verbs_refuse(out, REJECT_RETRY, err_text(e));
}
