/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bad bytes, bad files, bad arguments: a clear answer or a dropped connection, and the venue goes
 * on serving with nothing changed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "solver/core/reject.h"
#include "tests/conformance/venue_fixture.h"

#define FENCE 5
#define RANDOM_MESSAGES 300
#define RAW_CONNECTIONS 30
#define BYTES_MAX ((size_t)2 << 20)

/* The answer to bytes that are no request is an error that names the kind of fault. */
static void assert_refused(struct venue_client *c, const void *bytes, size_t n, enum reject code)
{
    struct wire_venue_answer a;

    venue_client_send(c, bytes, n);
    assert_true(venue_client_answer(&a, c, VENUE_CLIENT_MS));
    assert_int_equal(a.code, reject_code(code));
    assert_true(a.text[0] != '\0');
}

static void assert_unharmed(struct venue_fixture *f, uint64_t seq)
{
    int status;
    struct wire_quotes q = venue_client_quotes(&f->client, 0, 0);

    assert_false(process_ended(&status, &f->process));
    assert_true(q.seq == seq);
    assert_int_equal(venue_client_snapshot(&f->client).legs, 0);
}

/* A well-formed Submit to spoil. */
static void submit_pack(struct wire_bytes *out, struct venue_fixture *f)
{
    struct wire_quotes q = venue_client_quotes(&f->client, 0, 0);
    struct trade t;
    struct wire_leg leg = venue_fixture_leg(&t, f, &q.curves[0], 0);
    struct wire_venue_request r = { .verb = WIRE_SUBMIT, .as.submit = { FENCE, false, &leg, 1 } };

    assert_ok(wire_venue_request_pack(out, &r));
}

static void test_venue_refuses_random_bytes(void **state)
{
    struct venue_fixture *f = *state;
    struct wire_quotes q = venue_client_quotes(&f->client, 0, 0);
    uint8_t bytes[512];
    struct prng rng;

    prng_init(&rng, 3);
    for (int i = 0; i < RANDOM_MESSAGES; i++) {
        struct wire_venue_answer a;
        size_t n = prng_below(&rng, sizeof bytes);
        prng_bytes(&rng, bytes, n);
        venue_client_send(&f->client, bytes, n);
        assert_true(venue_client_answer(&a, &f->client, VENUE_CLIENT_MS));
        assert_int_not_equal(a.code, 0);
    }
    assert_unharmed(f, q.seq);
}

static void test_venue_refuses_truncated_and_spoiled_requests(void **state)
{
    struct venue_fixture *f = *state;
    struct wire_quotes q = venue_client_quotes(&f->client, 0, 0);
    struct wire_bytes good = { 0 };

    submit_pack(&good, f);
    for (size_t n = 0; n < good.n; n++) {
        struct wire_venue_answer a;
        venue_client_send(&f->client, good.data, n);
        assert_true(venue_client_answer(&a, &f->client, VENUE_CLIENT_MS));
        assert_int_not_equal(a.code, 0);
    }
    assert_ok(wire_bytes_reserve(&good, 2 * good.n));
    memcpy(good.data + good.n, good.data, good.n);
    assert_refused(&f->client, good.data, 2 * good.n, REJECT_MALFORMED); /* everything twice */
    wire_bytes_fini(&good);
    assert_unharmed(f, q.seq);
}

static void test_venue_refuses_nesting(void **state)
{
    struct venue_fixture *f = *state;
    struct wire_quotes q = venue_client_quotes(&f->client, 0, 0);
    uint8_t *bytes = calloc(1, BYTES_MAX);
    size_t n = 0;

    assert_non_null(bytes);
    /* field 4, submit, inside field 4, and so on: lengths are written from the inside out */
    for (size_t at = 60000; at > 0 && n < 60000; at -= 4, n += 4)
        memcpy(bytes + at, (const uint8_t[]){ 0x22, 0xff, 0xff, 0x03 }, 4);
    assert_refused(&f->client, bytes + 4, 60000, REJECT_MALFORMED);
    free(bytes);
    assert_unharmed(f, q.seq);
}

static void test_venue_refuses_another_version(void **state)
{
    struct venue_fixture *f = *state;
    const uint8_t future[] = { 0x08, 0x7f, 0x3a, 0x00 }; /* version 127, snapshot {} */

    assert_refused(&f->client, future, sizeof future, REJECT_VERSION);
}

static void test_venue_drops_what_is_too_large(void **state)
{
    struct venue_fixture *f = *state;
    struct wire_quotes q = venue_client_quotes(&f->client, 0, 0);
    uint8_t *bytes = calloc(1, BYTES_MAX);
    struct wire_venue_answer a;
    struct venue_client c;

    assert_non_null(bytes);
    venue_client_open(&c, f->url);
    venue_client_send(&c, bytes, BYTES_MAX);
    assert_false(venue_client_answer(&a, &c, VENUE_CLIENT_MS)); /* dropped, not waited for */
    venue_client_close(&c);
    assert_refused(&f->client, bytes, WIRE_VENUE_MAX / 2, REJECT_MALFORMED);
    free(bytes);
    assert_unharmed(f, q.seq);
}

/* Peers that do not even speak the socket's protocol. */
static void test_venue_survives_raw_connections(void **state)
{
    struct venue_fixture *f = *state;
    struct wire_quotes q = venue_client_quotes(&f->client, 0, 0);
    int fds[RAW_CONNECTIONS];
    uint8_t bytes[64];
    struct prng rng;

    prng_init(&rng, 5);
    for (size_t i = 0; i < RAW_CONNECTIONS; i++) {
        fds[i] = process_connect(f->socket);
        assert_true(fds[i] >= 0);
        size_t n = i % 3 == 0 ? 0 : prng_below(&rng, sizeof bytes);
        prng_bytes(&rng, bytes, n);
        if (i % 3 == 1)
            memcpy(bytes, "\0SP\0\0\x30\0\0\x01\xff\xff\xff\xff\xff\xff\xff\xff", 17);
        if (n > 0 && write(fds[i], bytes, n) < 0)
            print_message("a raw connection is closed already\n");
        if (i % 2 == 0)
            (void)close(fds[i]);
    }
    assert_unharmed(f, q.seq);
    for (size_t i = 1; i < RAW_CONNECTIONS; i += 2)
        (void)close(fds[i]);
}

/* Peers that are gone before the venue can greet them: the next connection is let in. */
static void test_venue_survives_peers_that_hang_up(void **state)
{
    struct venue_fixture *f = *state;
    struct wire_quotes q = venue_client_quotes(&f->client, 0, 0);
    struct venue_client c;

    for (int i = 0; i < RAW_CONNECTIONS; i++)
        process_hang_up(f->socket);
    assert_unharmed(f, q.seq); /* over the connection that was there */
    venue_client_open(&c, f->url);
    assert_int_equal(venue_client_snapshot(&c).legs, 0);
    venue_client_close(&c);
}

struct bad_market {
    const char *text;
    const char *why; /* after the path */
};

static const struct bad_market bad_markets[] = {
    { "", ":1:0: " },
    { "{\"format\": ", ":1:" },
    { "{\"format\": \"sluice-market/1\", \"venue\": \"x\", \"kind\": \"amm\", \"pools\": []}",
      ": no curves" },
    { "{\"format\": \"sluice-market/1\", \"venue\": \"x\", \"kind\": \"book\", \"books\": []}",
      ": $.kind: not an amm market" },
    { "{\"format\": \"sluice-market/1\", \"venue\": \"x\", \"kind\": \"amm\", \"pools\": [{\"id\":"
      " 1, \"kind\": \"constant_product\", \"assets\": [\"ETH\", \"NONE\"], \"reserves\": [\"1\","
      " \"1\"], \"fee\": \"0.003\"}]}",
      ": $.pools[0].assets[1]: unknown asset" },
    { "{\"format\": \"sluice-market/1\", \"venue\": \"x\", \"kind\": \"amm\", \"pools\": [{\"id\":"
      " 1, \"kind\": \"constant_product\", \"assets\": [\"ETH\", \"USDC\"], \"reserves\": [\"1\","
      " \"-1\"], \"fee\": \"0.003\"}]}",
      ": $.pools[0].reserves[1]:" },
};

static void test_venue_refuses_bad_market_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_markets / sizeof *bad_markets; i++) {
        struct venue_fixture f;
        char why[SHARED_PATH_MAX + 128];
        venue_fixture_new(&f, &venue_subjects[0]);
        (void)snprintf(f.market, sizeof f.market, "%s/bad.json", f.dir.path);
        FILE *out = fopen(f.market, "w");
        assert_non_null(out);
        (void)fputs(bad_markets[i].text, out);
        assert_int_equal(fclose(out), 0);
        (void)snprintf(why, sizeof why, "%.200s%s", f.market, bad_markets[i].why);
        venue_fixture_refuses(&f, why);
        venue_fixture_free(&f);
    }
}

static void test_venue_refuses_a_missing_file(void **state)
{
    struct venue_fixture f;

    (void)state;
    venue_fixture_new(&f, &venue_subjects[0]);
    (void)snprintf(f.assets, sizeof f.assets, "%s/none.json", f.dir.path);
    venue_fixture_refuses(&f, f.assets);
    venue_fixture_free(&f);
}

static void test_venue_refuses_a_store_that_is_not_its_own(void **state)
{
    struct venue_fixture *f = *state;
    struct venue_fixture other;

    venue_fixture_new(&other, &venue_subjects[1]);
    shared_source(other.market, "venues/markets/coin.json");
    (void)snprintf(other.state, sizeof other.state, "%s", f->state);
    venue_fixture_refuses(&other, f->state); /* in use */
    process_kill(&f->process);
    venue_fixture_refuses(&other, "belongs to another venue");
    FILE *out = fopen(other.state, "w");
    assert_non_null(out);
    (void)fputs("this is not a database, though it is long enough to be looked at", out);
    assert_int_equal(fclose(out), 0);
    venue_fixture_refuses(&other, "not a database");
    (void)snprintf(other.state, sizeof other.state, "%s/none/state.db", other.dir.path);
    venue_fixture_refuses(&other, "unable to open");
    venue_fixture_free(&other);
}

static void test_venue_refuses_a_socket_it_cannot_open(void **state)
{
    struct venue_fixture *f = *state;
    struct venue_fixture other;

    venue_fixture_new(&other, f->subject);
    (void)snprintf(other.url, sizeof other.url, "%s", f->url);
    venue_fixture_refuses(&other, f->url); /* somebody listens there */
    (void)snprintf(other.url, sizeof other.url, "carrier-pigeon://home");
    venue_fixture_refuses(&other, other.url);
    venue_fixture_free(&other);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_venue_refuses_random_bytes),
        cmocka_unit_test(test_venue_refuses_truncated_and_spoiled_requests),
        cmocka_unit_test(test_venue_refuses_nesting),
        cmocka_unit_test(test_venue_refuses_another_version),
        cmocka_unit_test(test_venue_drops_what_is_too_large),
        cmocka_unit_test(test_venue_survives_raw_connections),
        cmocka_unit_test(test_venue_survives_peers_that_hang_up),
        cmocka_unit_test(test_venue_refuses_a_store_that_is_not_its_own),
        cmocka_unit_test(test_venue_refuses_a_socket_it_cannot_open),
    };
    static const struct CMUnitTest files[] = {
        cmocka_unit_test(test_venue_refuses_bad_market_files),
        cmocka_unit_test(test_venue_refuses_a_missing_file),
    };
    int failed = venue_fixture_run("test_venue_hostile", tests, sizeof tests / sizeof *tests);

    return failed + cmocka_run_group_tests_name("test_venue_hostile files", files, NULL, NULL);
}
