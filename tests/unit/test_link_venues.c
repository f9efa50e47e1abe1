/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include <stdio.h>
#include <string.h>

#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>

#include "solver/core/system.h"
#include "solver/link_venues.h"

#define WAIT_MS 30000 /* for what must come, on any machine */
#define SOON_MS 100   /* for what must time out */
#define ON_THEIR_WAY 128
#define URL_MAX 128

struct fixture {
    struct tmpdir dir;
    char url[URL_MAX]; /* of venue 0 */
    struct inbox *inbox;
    struct link_venues *link;
    struct venue_link port;
    struct arena arena;
};

static const struct wire_venue_request hello = {
    .verb = WIRE_HELLO, .as.hello = { .solver = { "leader" }, .fence = 3 }
};

static enum err ask(struct fixture *f, uint64_t tag, uint32_t timeout_ms)
{
    return f->port.request(f->port.self, 0, tag, &hello, timeout_ms);
}

/* The venue's end: listens, and takes one request at a time. */
static nng_socket venue_open(const char *url)
{
    nng_socket s;

    assert_int_equal(nng_rep0_open(&s), 0);
    assert_int_equal(nng_socket_set_ms(s, NNG_OPT_RECVTIMEO, WAIT_MS), 0);
    assert_int_equal(nng_listen(s, url, NULL, 0), 0);
    return s;
}

static void venue_hear(struct fixture *f, nng_socket s)
{
    struct wire_venue_request got;
    nng_msg *msg;

    assert_int_equal(nng_recvmsg(s, &msg, 0), 0);
    assert_ok(wire_venue_request_unpack(&got, &f->arena, nng_msg_body(msg), nng_msg_len(msg)));
    nng_msg_free(msg);
    assert_int_equal(got.verb, WIRE_HELLO);
    assert_int_equal(got.as.hello.fence, 3);
}

static void venue_say(nng_socket s, const char *text)
{
    assert_int_equal(nng_send(s, (void *)(uintptr_t)text, strlen(text), 0), 0);
}

static struct letter next_letter(struct fixture *f)
{
    struct clock_port clock = system_clock();
    uint64_t until = clock.now_ns(clock.self) + WAIT_MS * (uint64_t)1000000;
    struct letter l;

    assert_ok(inbox_take(&l, f->inbox, until));
    assert_int_equal(l.kind, LETTER_VENUE);
    assert_int_equal(l.venue, 0);
    return l;
}

static void assert_nothing_came(struct fixture *f)
{
    struct letter l;

    assert_err(inbox_take(&l, f->inbox, 0), ERR_AGAIN);
}

/* The next letter answers request tag with text. */
static void assert_answer(struct fixture *f, uint64_t tag, const char *text)
{
    struct letter l = next_letter(f);

    assert_int_equal(l.status, LINK_ANSWER);
    assert_int_equal(l.tag, tag);
    assert_int_equal(nng_msg_len(l.msg), strlen(text));
    assert_memory_equal(nng_msg_body(l.msg), text, strlen(text));
    nng_msg_free(l.msg);
}

/* The next letter says that request tag came to nothing. */
static void assert_status(struct fixture *f, uint64_t tag, enum link_status status)
{
    struct letter l = next_letter(f);

    assert_int_equal(l.status, status);
    assert_int_equal(l.tag, tag);
    assert_null(l.msg);
}

static void test_link_venues_bring_the_answer_of_each_request(void **state)
{
    struct fixture *f = *state;
    nng_socket venue = venue_open(f->url);

    for (uint64_t tag = 1; tag <= 3; tag++) {
        assert_ok(ask(f, tag, WAIT_MS));
        venue_hear(f, venue);
        venue_say(venue, "yes");
        assert_answer(f, tag, "yes");
    }
    assert_nothing_came(f);
    nng_close(venue);
}

/* Every request has a context of its own: a long poll holds up nothing. */
static void test_link_venues_take_answers_in_any_order(void **state)
{
    struct fixture *f = *state;
    nng_socket venue = venue_open(f->url);
    nng_aio *aio;
    nng_ctx ctx[2];

    assert_int_equal(nng_aio_alloc(&aio, NULL, NULL), 0);
    nng_aio_set_timeout(aio, WAIT_MS);
    for (uint64_t i = 0; i < 2; i++) {
        assert_ok(ask(f, 10 + i, WAIT_MS));
        assert_int_equal(nng_ctx_open(&ctx[i], venue), 0);
        nng_ctx_recv(ctx[i], aio);
        nng_aio_wait(aio);
        assert_int_equal(nng_aio_result(aio), 0);
        nng_msg_free(nng_aio_get_msg(aio));
    }
    for (uint64_t i = 2; i-- > 0;) {
        nng_msg *msg;
        assert_int_equal(nng_msg_alloc(&msg, 0), 0);
        nng_aio_set_msg(aio, msg);
        nng_ctx_send(ctx[i], aio);
        nng_aio_wait(aio);
        assert_int_equal(nng_aio_result(aio), 0);
        assert_answer(f, 10 + i, "");
    }
    nng_aio_free(aio);
    nng_close(venue);
}

static void test_link_venues_time_out_at_a_silent_venue(void **state)
{
    struct fixture *f = *state;
    nng_socket venue = venue_open(f->url);

    assert_ok(ask(f, 4, SOON_MS));
    assert_status(f, 4, LINK_TIMEOUT);
    assert_ok(ask(f, 5, WAIT_MS));
    venue_hear(f, venue); /* the one that timed out was sent */
    venue_say(venue, "too late");
    venue_hear(f, venue);
    venue_say(venue, "in time");
    assert_answer(f, 5, "in time");
    nng_close(venue);
}

static void test_link_venues_wait_for_an_absent_venue(void **state)
{
    struct fixture *f = *state;

    assert_ok(ask(f, 4, SOON_MS));
    assert_status(f, 4, LINK_TIMEOUT);
    assert_ok(ask(f, 5, WAIT_MS));
    nng_socket venue = venue_open(f->url); /* is dialled again */
    venue_hear(f, venue);
    venue_say(venue, "here");
    assert_answer(f, 5, "here");
    nng_close(venue);
}

static void test_link_venues_say_when_a_venue_is_lost(void **state)
{
    struct fixture *f = *state;
    nng_socket venue = venue_open(f->url);

    assert_ok(ask(f, 6, WAIT_MS));
    venue_hear(f, venue);
    nng_close(venue);
    assert_status(f, 6, LINK_LOST);
    venue = venue_open(f->url);
    assert_ok(ask(f, 7, WAIT_MS));
    venue_hear(f, venue); /* and the lost one is not sent again */
    venue_say(venue, "back");
    assert_answer(f, 7, "back");
    nng_close(venue);
}

/* The loop judges bytes; the link brings them as they are, empty ones too. */
static void test_link_venues_bring_garbage_unread(void **state)
{
    struct fixture *f = *state;
    nng_socket venue = venue_open(f->url);
    struct wire_venue_answer answer;

    assert_ok(ask(f, 8, WAIT_MS));
    venue_hear(f, venue);
    venue_say(venue, "\xff\xff no message");
    struct letter l = next_letter(f);
    assert_int_equal(l.status, LINK_ANSWER);
    assert_err(
        wire_venue_answer_unpack(&answer, &f->arena, nng_msg_body(l.msg), nng_msg_len(l.msg)),
        ERR_INVALID);
    nng_msg_free(l.msg);
    assert_ok(ask(f, 9, WAIT_MS));
    venue_hear(f, venue);
    venue_say(venue, "");
    assert_answer(f, 9, "");
    nng_close(venue);
}

static void test_link_venues_refuse_an_answer_beyond_the_limit(void **state)
{
    static char bytes[WIRE_VENUE_MAX + 1];
    struct fixture *f = *state;
    nng_socket venue = venue_open(f->url);

    assert_ok(ask(f, 11, WAIT_MS));
    venue_hear(f, venue);
    assert_int_equal(nng_send(venue, bytes, sizeof bytes, 0), 0);
    assert_status(f, 11, LINK_LOST);
    nng_close(venue);
}

static void test_link_venues_send_nothing_that_cannot_be_said(void **state)
{
    struct fixture *f = *state;
    const struct wire_venue_request bad = { .verb = WIRE_SUBMIT }; /* without a leg */

    assert_err(f->port.request(f->port.self, 0, 1, &bad, SOON_MS), ERR_INVALID);
    assert_nothing_came(f);
}

static void test_link_venues_bound_what_is_on_its_way(void **state)
{
    struct fixture *f = *state;

    for (uint64_t tag = 0; tag < ON_THEIR_WAY; tag++)
        assert_ok(ask(f, tag, 1000));
    assert_err(ask(f, 999, 1000), ERR_NOMEM);
    for (uint64_t n = 0; n < ON_THEIR_WAY; n++)
        assert_int_equal(next_letter(f).status, LINK_TIMEOUT);
    assert_ok(ask(f, 1000, SOON_MS));
    assert_status(f, 1000, LINK_TIMEOUT);
}

static void test_link_venues_close_with_requests_on_their_way(void **state)
{
    struct fixture *f = *state;
    nng_socket venue = venue_open(f->url);
    struct letter l;

    assert_ok(ask(f, 1, WAIT_MS));
    venue_hear(f, venue);
    assert_ok(ask(f, 2, WAIT_MS));
    link_venues_close(f->link);
    f->link = NULL;
    while (inbox_take(&l, f->inbox, 0) == ERR_OK) { /* at most a word that it was lost */
        assert_int_equal(l.status, LINK_LOST);
        assert_null(l.msg);
    }
    nng_close(venue);
}

static void test_link_venues_open_every_url(void **state)
{
    struct fixture *f = *state;
    char urls[3 * URL_MAX], why[256] = "";
    struct link_venues *link;
    uint32_t n = 9;

    assert_ok(link_venues_open(&link, &n, "", f->inbox, why, sizeof why));
    assert_int_equal(n, 0);
    link_venues_close(link);
    snprintf(urls, sizeof urls, "%s,,%s2,", f->url, f->url);
    assert_ok(link_venues_open(&link, &n, urls, f->inbox, why, sizeof why));
    assert_int_equal(n, 2);
    link_venues_close(link);
    assert_string_equal(why, "");
    link_venues_close(NULL);
}

static void test_link_venues_name_the_url_that_is_wrong(void **state)
{
    struct fixture *f = *state;
    static const char absent[] = "inproc://none,";
    char urls[65 * sizeof absent] = "", why[256] = "";
    struct link_venues *link = NULL;
    uint32_t n = 9;

    assert_err(link_venues_open(&link, &n, "nowhere://x", f->inbox, why, sizeof why), ERR_IO);
    assert_non_null(strstr(why, "venue nowhere://x: "));
    for (size_t i = 0; i < 65; i++)
        memcpy(urls + i * strlen(absent), absent, sizeof absent);
    assert_err(link_venues_open(&link, &n, urls, f->inbox, why, sizeof why), ERR_INVALID);
    assert_string_equal(why, "more than 64 venues");
    assert_null(link);
    assert_int_equal(n, 9);
}

static int setup(void **state)
{
    static struct fixture f;
    char why[256];
    uint32_t n;

    tmpdir_new(&f.dir);
    snprintf(f.url, sizeof f.url, "ipc://%s/venue.ipc", f.dir.path);
    arena_init(&f.arena, 1 << 20);
    f.inbox = inbox_new();
    assert_non_null(f.inbox);
    assert_ok(link_venues_open(&f.link, &n, f.url, f.inbox, why, sizeof why));
    assert_int_equal(n, 1);
    f.port = link_venues_port(f.link);
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    link_venues_close(f->link);
    inbox_free(f->inbox);
    arena_fini(&f->arena);
    tmpdir_free(&f->dir);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_link_venues_##name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bring_the_answer_of_each_request),
        TEST(take_answers_in_any_order),
        TEST(time_out_at_a_silent_venue),
        TEST(wait_for_an_absent_venue),
        TEST(say_when_a_venue_is_lost),
        TEST(bring_garbage_unread),
        TEST(refuse_an_answer_beyond_the_limit),
        TEST(send_nothing_that_cannot_be_said),
        TEST(bound_what_is_on_its_way),
        TEST(close_with_requests_on_their_way),
        TEST(open_every_url),
        TEST(name_the_url_that_is_wrong),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
