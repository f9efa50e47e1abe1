/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers that a Redis server gives, or a broken or hostile one. */
#include <string.h>

#include "solver/ledger/codec.h"
#include "tests/support/ledger_fixture.h"

#define WORDS_MAX 64
#define ID "000000000000000000000000000000aa"

struct page {
    struct arena arena;
    struct ledger_call call;
    struct ledger_reply reply;
    struct decoding decoding;
};

static void page_open(struct page *p, enum ledger_fn fn)
{
    *p = (struct page){ .call = { .fn = fn } };
    arena_init(&p->arena, (size_t)1 << 20);
    p->decoding = (struct decoding){ .call = &p->call, .reply = &p->reply, .arena = &p->arena };
    codec_begin(&p->decoding);
}

static void page_close(struct page *p)
{
    codec_end(&p->decoding);
    arena_fini(&p->arena);
}

static enum err page_read(struct page *p, const char *const *texts, size_t n)
{
    struct word words[WORDS_MAX];

    for (size_t i = 0; i < n; i++)
        words[i] = (struct word){ texts[i], strlen(texts[i]) };
    return codec_decode(&p->decoding, words, n);
}

#define READ(page, ...)                                                                            \
    page_read((page), (const char *const[]){ __VA_ARGS__ },                                        \
              sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))

/* A page of a function that must be refused. */
#define assert_nonsense(fn, ...)                                                                   \
    do {                                                                                           \
        struct page page_;                                                                         \
        page_open(&page_, fn);                                                                     \
        assert_err(READ(&page_, __VA_ARGS__), ERR_INVALID);                                        \
        page_close(&page_);                                                                        \
    } while (0)

#define INTENT                                                                                     \
    ID, "alice", "1", "1", "1", "2", "600", "300", "99", "7", "0", "0", "2", "NONE", "0", "", "",  \
        "", "receipt"

static void test_codec_reads_an_intent(void **state)
{
    struct page p;

    (void)state;
    page_open(&p, LEDGER_get);
    assert_ok(READ(&p, "NONE", "5", "", INTENT));
    assert_ok(codec_finish(&p.decoding));
    assert_int_equal(p.reply.now_ms, 5);
    assert_int_equal(p.reply.intent.intent.sell_amount.atoms, 600);
    assert_int_equal(p.reply.intent.state, INTENT_ACCEPTED);
    assert_int_equal(p.reply.intent.receipt_n, 7);
    page_close(&p);
}

static void test_codec_refuses_heads_that_are_none(void **state)
{
    (void)state;
    assert_nonsense(LEDGER_deposit, "NONE");
    assert_nonsense(LEDGER_deposit, "NONE", "5");
    assert_nonsense(LEDGER_deposit, "WHAT", "5", "");
    assert_nonsense(LEDGER_deposit, "NONE", "5x", "");
    assert_nonsense(LEDGER_deposit, "NONE", "99999999999999999999", "");
    assert_nonsense(LEDGER_deposit, "NONE", "5", "", "more");
    assert_nonsense(LEDGER_get, "NONE", "5", "");
}

static void test_codec_refuses_words_of_the_wrong_form(void **state)
{
    (void)state;
    assert_nonsense(LEDGER_balances, "NONE", "5", "", "1", "user:alice", "1", "07", "0");
    assert_nonsense(LEDGER_balances, "NONE", "5", "", "1", "user:", "1", "7", "0");
    assert_nonsense(LEDGER_balances, "NONE", "5", "", "1", "thief:alice", "1", "7", "0");
    assert_nonsense(LEDGER_balances, "NONE", "5", "", "1", "user:alice", "4294967296", "7", "0");
    assert_nonsense(LEDGER_balances, "NONE", "5", "", "2", "user:alice", "1", "7", "0");
    assert_nonsense(LEDGER_balances, "NONE", "5", "", "18446744073709551615", "user:alice");
    assert_nonsense(LEDGER_limits, "NONE", "5", "", "0", "2", "0");
    assert_nonsense(LEDGER_limits, "NONE", "5", "", "0", "0", "1", "5", "any", "1", "0", "1", "0");
    assert_nonsense(LEDGER_events, "NONE", "5", "", "1", "1", "1", "5", "alice", ID, "1", "0", "0");
    assert_nonsense(LEDGER_lead, "NONE", "5", "", "-1");
    assert_nonsense(LEDGER_get, "NONE", "5", "", ID, "alice", "3", "1", "1", "2", "600", "300",
                    "99", "7", "0", "0", "2", "NONE", "0", "", "", "", "");
}

static void test_codec_refuses_a_cursor_that_stands_still(void **state)
{
    struct page p;
    char cursor[CODEC_CURSOR_MAX + 1];

    (void)state;
    page_open(&p, LEDGER_balances);
    assert_ok(READ(&p, "NONE", "5", "user:a", "1", "user:a", "1", "7", "0"));
    assert_string_equal(p.decoding.cursor, "user:a");
    assert_err(READ(&p, "NONE", "6", "user:a", "0"), ERR_INVALID);
    assert_ok(READ(&p, "NONE", "6", "", "1", "user:b", "1", "8", "0"));
    assert_ok(codec_finish(&p.decoding));
    assert_int_equal(p.reply.balances_n, 2); /* of both pages */
    page_close(&p);
    memset(cursor, 'x', sizeof cursor);
    cursor[CODEC_CURSOR_MAX] = '\0';
    assert_nonsense(LEDGER_balances, "NONE", "5", cursor, "0");
}

static void test_codec_sums_the_journal_of_an_audit(void **state)
{
    struct page p;

    (void)state;
    page_open(&p, LEDGER_audit);
    assert_ok(READ(&p, "NONE", "5", "1 x ", "J", "1", "2", "deposit", "outside 1 w -7 user:a 1 a 7",
                   "accept", "user:a 1 a -2 user:a 1 h 2"));
    assert_ok(READ(&p, "NONE", "5", "", "B", "1", "", "", "3", "4", "2", "outside", "1", "-7", "0",
                   "user:a", "1", "5", "2"));
    assert_ok(codec_finish(&p.decoding));
    assert_true(p.reply.sound);
    assert_int_equal(p.reply.journal_entries, 2);
    assert_int_equal(p.reply.open_pots, 3);
    assert_int_equal(p.reply.open_legs, 4);
    page_close(&p);
}

static void test_codec_finds_what_an_audit_must_find(void **state)
{
    static const char *const balances[] = { "6", "5" };

    (void)state;
    for (int whole = 0; whole < 2; whole++) { /* a balance that differs; a broken chain */
        struct page p;

        page_open(&p, LEDGER_audit);
        assert_ok(READ(&p, "NONE", "5", "x", "J", whole == 0 ? "1" : "0", "1", "deposit",
                       "outside 1 w -5 user:a 1 a 5"));
        assert_ok(READ(&p, "NONE", "5", "", "B", "1", "", "", "0", "0", "2", "outside", "1", "-5",
                       "0", "user:a", "1", balances[whole], "0"));
        assert_ok(codec_finish(&p.decoding));
        assert_false(p.reply.sound);
        page_close(&p);
    }
    assert_nonsense(LEDGER_audit, "NONE", "5", "", "X");
    assert_nonsense(LEDGER_audit, "NONE", "5", "", "J", "1", "1", "x", "user:a 1 a");
    assert_nonsense(LEDGER_audit, "NONE", "5", "", "J", "1", "1", "x", "user:a 1 w 5");
    assert_nonsense(LEDGER_audit, "NONE", "5", "", "J", "1", "1", "checkpoint", "-");
    assert_nonsense(LEDGER_audit, "NONE", "5", "", "B", "1", "nobody", "", "0", "0", "0");
}

/* Words cut, repeated, swapped and damaged at random: an answer or a refusal, never a crash. */
static void test_codec_survives_any_words(void **state)
{
    static const char *const parts[] = { "NONE",    "5",
                                         "",        "1",
                                         INTENT,    "user:a",
                                         "-1",      "J",
                                         "B",       "0",
                                         "deposit", "user:a 1 a 5",
                                         "*",       "100000000000000000000000000000000000000000" };
    struct prng rng;

    (void)state;
    prng_init(&rng, 7);
    for (int round = 0; round < 20000; round++) {
        const char *texts[WORDS_MAX];
        size_t n = (size_t)prng_below(&rng, WORDS_MAX);
        struct page p;

        page_open(&p, (enum ledger_fn)prng_below(&rng, LEDGER_FNS_N));
        for (size_t i = 0; i < n; i++)
            texts[i] = parts[i < 3 ? i : prng_below(&rng, sizeof parts / sizeof parts[0])];
        if (page_read(&p, texts, n) == ERR_OK)
            assert_ok(codec_finish(&p.decoding));
        page_close(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codec_reads_an_intent),
        cmocka_unit_test(test_codec_refuses_heads_that_are_none),
        cmocka_unit_test(test_codec_refuses_words_of_the_wrong_form),
        cmocka_unit_test(test_codec_refuses_a_cursor_that_stands_still),
        cmocka_unit_test(test_codec_sums_the_journal_of_an_audit),
        cmocka_unit_test(test_codec_finds_what_an_audit_must_find),
        cmocka_unit_test(test_codec_survives_any_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
