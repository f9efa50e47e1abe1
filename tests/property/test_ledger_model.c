/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Random calls, valid and hostile, go to real Redis and to the model: the replies agree member by
 * member, and the audit is sound after every sequence. SLUICE_SEQUENCES asks for more sequences.
 */
#include <stdlib.h>

#include "tests/support/ledger_compare.h"
#include "tests/support/ledger_random.h"

#define SEQUENCES 20
#define CALLS 300

struct twins {
    struct ledger_fixture real;
    struct ledger_fixture model;
    struct ledger_random random;
    unsigned done[LEDGER_FNS_N]; /* calls that were not refused */
    unsigned calls;
};

/* The same call to both; the model's clock is what Redis said. */
static void both(struct twins *t, unsigned sequence)
{
    const struct ledger_call *call = &t->random.call;
    enum reject reject = fixture_call(&t->real, *call);
    const char *why;

    t->model.virtual_ms = t->real.reply.now_ms;
    (void)fixture_call(&t->model, *call);
    why = ledger_compare(&t->real.reply, &t->model.reply);
    if (why != NULL)
        fail_msg("sequence %u, call %u, %s: %s differs (Redis %s, model %s)", sequence, t->calls,
                 ledger_fn_name(call->fn), why, reject_name(reject),
                 reject_name(t->model.reply.reject));
    ledger_random_learn(&t->random, &t->real.reply);
    t->done[call->fn] += reject == REJECT_NONE;
    t->calls++;
}

/* Money for everybody and a leader, so that calls have something to work on. */
static void begin(struct twins *t, unsigned sequence)
{
    static const char *const owners[] = {
        "alice", "bob", "carol", "inv:home", "inv:cex", "inv:dex"
    };

    for (size_t i = 0; i < sizeof owners / sizeof owners[0]; i++) {
        for (uint32_t a = 1; a <= LEDGER_RANDOM_ASSETS; a++) {
            t->random.call = call_deposit(500 + 10 * i + a, owners[i], a, 5000000);
            both(t, sequence);
        }
    }
    t->random.call = call_lead("one", 0, 1000);
    both(t, sequence);
    t->random.call = call_freeze(t->random.fence, 1);
    both(t, sequence);
}

static void audit_both(struct twins *t, unsigned sequence)
{
    for (int full = 0; full < 2; full++) {
        t->random.call = call_audit(full == 1);
        both(t, sequence);
        assert_true(t->real.reply.sound);
    }
}

static unsigned sequences(void)
{
    const char *text = getenv("SLUICE_SEQUENCES");

    return text == NULL ? SEQUENCES : (unsigned)strtoul(text, NULL, 10);
}

static void run_sequence(struct twins *t, unsigned sequence)
{
    t->random.serial = 0;
    fixture_open_redis(&t->real);
    fixture_open_model(&t->model);
    begin(t, sequence);
    for (unsigned i = 0; i < CALLS; i++) {
        ledger_random_call(&t->random);
        both(t, sequence);
    }
    audit_both(t, sequence);
    fixture_close(&t->real);
    fixture_close(&t->model);
}

static void test_ledger_model_agrees_with_redis(void **state)
{
    static struct twins t;
    unsigned n = sequences();

    (void)state;
    t.random.model = &t.model;
    prng_init(&t.random.rng, 2024);
    for (unsigned s = 0; s < n; s++)
        run_sequence(&t, s);
    print_message("%u calls; not refused:", t.calls);
    for (enum ledger_fn fn = 0; fn < LEDGER_FNS_N; fn++) {
        print_message(" %s %u", ledger_fn_name(fn), t.done[fn]);
        assert_true(n < SEQUENCES || t.done[fn] > 0);
    }
    print_message("\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ledger_model_agrees_with_redis),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
