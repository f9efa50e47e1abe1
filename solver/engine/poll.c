/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "solver/engine/leader.h"
#include "solver/shell/log.h"

#define MS_NS ((uint64_t)1000000)
#define RETRY_FIRST_MS 50
#define RETRY_LAST_MS 2000

/* The next try after failures in a row, later and later. */
static void poll_later(struct venue_poll *p, uint64_t now)
{
    uint64_t ms = (uint64_t)RETRY_FIRST_MS << (p->failures < 6 ? p->failures : 6);

    p->tag = 0;
    p->failures++;
    p->next_ns = now + (ms < RETRY_LAST_MS ? ms : RETRY_LAST_MS) * MS_NS;
}

/* One of the comma separated URLs; *n its length. */
static const char *venue_url(int *n, const struct leader *l, uint32_t venue)
{
    const char *at = l->config->venues;

    for (uint32_t i = 0; i < venue && *at != '\0'; i++) {
        at += strcspn(at, ",");
        at += *at == ',';
    }
    *n = (int)strcspn(at, ",");
    return at;
}

/* It is tried again and again, and each cause is logged once. */
static void poll_failed(struct leader *l, uint32_t venue, const char *note, uint64_t now)
{
    struct venue_poll *p = &l->polls[venue];
    char cause[sizeof p->cause];
    int url_n;

    (void)snprintf(cause, sizeof cause, "%s", note);
    if (strcmp(p->cause, cause) != 0) {
        const char *url = venue_url(&url_n, l, venue);
        log_event(LOG_EV_VENUE_DOWN, "venue=%s why=\"%s\" url=%.*s",
                  venue_label(&l->venues, venue).text, cause, url_n, url);
        memcpy(p->cause, cause, sizeof cause);
    }
    venue_down(&l->venues.venues[venue], note);
    poll_later(p, now);
}

void leader_judge(struct leader *l, uint32_t venue, bool filled, uint64_t now)
{
    if (venue == VENUE_NONE)
        return;
    struct venue *v = &l->venues.venues[venue];
    if (filled)
        venue_leg_filled(v);
    else if (venue_leg_failed(v, now))
        log_event(LOG_EV_VENUE_RESTS, "venue=%s failures=%u rest_ms=%" PRIu64, v->name.text,
                  v->failures, (v->rest_ns - now) / MS_NS);
}

static void hello_send(struct leader *l, uint32_t venue, uint64_t now)
{
    const struct wire_venue_request request = {
        .verb = WIRE_HELLO,
        .as.hello = { .assets = l->assets->digest, .solver = l->name, .fence = l->fence }
    };
    uint64_t tag = leader_request(l, venue, &request, (uint32_t)l->config->leg_timeout_ms);

    if (tag == 0)
        poll_later(&l->polls[venue], now);
    else
        l->polls[venue].tag = tag;
}

static void quotes_send(struct leader *l, uint32_t venue, uint64_t now)
{
    struct venue_poll *p = &l->polls[venue];
    const struct venue *v = &l->venues.venues[venue];
    /* A third of the time to live, so that a quiet venue stays confirmed. */
    uint64_t wait =
        l->config->quote_wait_ms < v->ttl_ms / 3u ? l->config->quote_wait_ms : v->ttl_ms / 3u;
    const struct wire_venue_request request = {
        .verb = WIRE_QUOTES,
        .as.quotes = { .since_seq = v->seq,
                       .wait_ms = p->page != 0 || v->seq == 0 ? 0 : (uint32_t)wait,
                       .page = p->page }
    };
    uint64_t tag = leader_request(l, venue, &request, (uint32_t)(wait + l->config->leg_timeout_ms));

    if (tag == 0) {
        poll_failed(l, venue, "cannot be asked", now);
        return;
    }
    p->tag = tag;
    if (p->page == 0)
        p->asked_ns = now;
}

void poll_tick(struct leader *l, uint64_t now)
{
    for (uint32_t i = 0; i < l->venues.n; i++) {
        const struct venue *v = &l->venues.venues[i];
        if (l->polls[i].tag != 0 || l->polls[i].next_ns > now)
            continue;
        if (v->state == VENUE_UP || v->state == VENUE_SYNCING)
            quotes_send(l, i, now);
        else
            hello_send(l, i, now); /* a quarantined venue too: its open legs must end */
    }
}

/* The first digits of both digests are enough to tell which file is the old one. */
static void assets_differ(struct leader *l, uint32_t venue, struct digest theirs, uint64_t now)
{
    char note[96], ours_hex[DIGEST_TEXT], theirs_hex[DIGEST_TEXT];

    (void)snprintf(note, sizeof note, "its asset file %.16s differs from ours %.16s",
                   digest_text(theirs_hex, theirs), digest_text(ours_hex, l->assets->digest));
    poll_failed(l, venue, note, now);
}

static void hello_take(struct leader *l, uint32_t venue, const struct wire_hello *h, uint64_t now)
{
    struct venue *v = &l->venues.venues[venue];
    struct venue_poll *p = &l->polls[venue];
    uint32_t other = venue_table_find(&l->venues, &h->name);

    if (!digest_equal(h->assets, l->assets->digest)) {
        assets_differ(l, venue, h->assets, now);
        return;
    }
    if ((other != VENUE_NONE && other != venue) ||
        (v->name.text[0] != '\0' && !name_equal(&v->name, &h->name))) {
        poll_failed(l, venue, "its name belongs to another venue", now);
        return;
    }
    v->name = h->name;
    v->domain = h->domain;
    snprintf(v->kind, sizeof v->kind, "%s", h->kind.text);
    v->atomic = h->atomic;
    v->ttl_ms = h->ttl_ms;
    p->failures = 0;
    p->page = 0;
    p->next_ns = now;
    recover_venue(l, venue);
    v->lost_state = h->lost_state && v->open_legs > 0;
    if (v->state == VENUE_QUARANTINED) {
        poll_later(p, now);
        return;
    }
    if (v->lost_state) {
        venue_quarantine(v, "lost its record of our legs");
        log_event(LOG_EV_VENUE_QUARANTINED, "venue=%s why=\"%s\"", v->name.text, v->note);
        return;
    }
    if (h->lost_state)
        venue_curves_forget(v);
    v->state = VENUE_SYNCING;
    v->seq = 0;
    v->note[0] = '\0';
}

static void curves_take(struct leader *l, struct venue *v, const struct wire_quotes *q)
{
    for (size_t i = 0; i < q->removed_n; i++)
        venue_curve_remove(v, q->removed[i]);
    for (size_t i = 0; i < q->curves_n; i++) {
        enum err err = venue_curve_put(&l->venues, v, &q->curves[i]);
        if (err != ERR_OK)
            log_event(LOG_EV_CURVE_REFUSED, "venue=%s curve=%" PRIu64 " err=%s", v->name.text,
                      q->curves[i].id, err_name(err));
    }
}

static void quotes_take(struct leader *l, uint32_t venue, const struct wire_quotes *q, uint64_t now)
{
    struct venue *v = &l->venues.venues[venue];
    struct venue_poll *p = &l->polls[venue];

    if (q->seq < v->seq) {
        poll_failed(l, venue, "its sequence went backwards", now);
        return;
    }
    if (q->snapshot && p->page == 0)
        venue_curves_clear(v);
    curves_take(l, v, q);
    p->page = q->next_page;
    p->next_ns = now;
    p->failures = 0;
    v->state = VENUE_SYNCING;
    if (q->next_page != 0)
        return; /* half an update is no curve set */
    if (v->seq == 0)
        log_event(LOG_EV_VENUE_UP, "venue=%s kind=%s curves=%zu", v->name.text, v->kind,
                  v->curves_n);
    v->seq = q->seq;
    v->state = VENUE_UP;
    p->cause[0] = '\0';
    v->confirmed_ns = p->asked_ns;
}

static const char *silence(enum link_status s)
{
    if (s == LINK_FOREIGN)
        return "speaks another version of the protocol";
    return s == LINK_GARBAGE ? "sent bytes that are no answer" : "does not answer";
}

void poll_answer(struct leader *l, const struct venue_event *e, uint64_t now)
{
    struct venue_poll *p = &l->polls[e->venue];
    struct venue *v = &l->venues.venues[e->venue];

    p->tag = 0;
    if (e->status == LINK_GARBAGE)
        log_event(LOG_EV_HOSTILE, "venue=%s", venue_label(&l->venues, e->venue).text);
    if (e->status != LINK_ANSWER) {
        poll_failed(l, e->venue, silence(e->status), now);
        return;
    }
    if (e->answer->code == (uint32_t)reject_code(REJECT_FENCE)) {
        leader_step_down(l, "a venue knows a higher fence");
        return;
    }
    if (e->answer->code != 0)
        poll_failed(l, e->venue, e->answer->text != NULL ? e->answer->text : "refuses", now);
    else if (e->answer->verb == WIRE_HELLO)
        hello_take(l, e->venue, &e->answer->as.hello, now);
    else if (e->answer->verb == WIRE_QUOTES && (v->state == VENUE_UP || v->state == VENUE_SYNCING))
        quotes_take(l, e->venue, &e->answer->as.quotes, now);
    else
        poll_failed(l, e->venue, "answered another question", now);
}
