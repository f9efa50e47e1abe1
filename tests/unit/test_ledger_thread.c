/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/ledger_thread.h"
#include "solver/core/system.h"
#include "solver/ledger/model.h"
#include "tests/support/test_support.h"

#define QUEUE_MAX 8
#define WATCHERS_MAX 2
#define ETH 5
#define USDC 1
#define FAR_NS (UINT64_C(3600) * 1000000000u)

/* The model behind a gate: closed, calls wait in it; failing, they do not reach the model. */
struct gate {
    struct store model;
    pthread_mutex_t lock;
    pthread_cond_t moved;
    bool closed;
    enum err failing;
    size_t inside;  /* threads that wait at the closed gate */
    size_t largest; /* most calls that came at once */
};

struct world {
    struct gate gate;
    struct store store;
    struct metrics metrics;
    struct ledger_thread *thread;
    struct sign_key key;
    _Atomic uint64_t hint;
};

/* A job with one call, waiting to be done. */
struct ask {
    struct job job;
    struct ledger_call call;
    struct ledger_reply reply;
    struct arena arena;
    sem_t done;
};

static enum err gate_call(void *self, struct ledger_reply *replies, const struct ledger_call *calls,
                          size_t n)
{
    struct gate *g = self;
    enum err err;

    pthread_mutex_lock(&g->lock);
    g->inside++;
    pthread_cond_broadcast(&g->moved);
    while (g->closed)
        pthread_cond_wait(&g->moved, &g->lock);
    g->inside--;
    if (n > g->largest)
        g->largest = n;
    err = g->failing;
    if (err == ERR_OK)
        err = store_call(&g->model, replies, calls, n);
    pthread_mutex_unlock(&g->lock);
    return err;
}

static void gate_close(struct gate *g)
{
    pthread_mutex_lock(&g->lock);
    g->closed = true;
    while (g->inside == 0)
        pthread_cond_wait(&g->moved, &g->lock);
    pthread_mutex_unlock(&g->lock);
}

static void gate_open(struct gate *g, enum err failing)
{
    pthread_mutex_lock(&g->lock);
    g->closed = false;
    g->failing = failing;
    g->largest = 0;
    pthread_cond_broadcast(&g->moved);
    pthread_mutex_unlock(&g->lock);
}

static void done(void *arg)
{
    struct ask *a = arg;

    sem_post(&a->done);
}

static void ask_init(struct ask *a, enum ledger_fn fn)
{
    memset(a, 0, sizeof *a);
    arena_init(&a->arena, 1 << 20);
    sem_init(&a->done, 0, 0);
    a->call.fn = fn;
    a->job = (struct job){ .calls = &a->call,
                           .calls_n = 1,
                           .replies = &a->reply,
                           .arena = &a->arena,
                           .done = done,
                           .arg = a };
}

static void ask_fini(struct ask *a)
{
    arena_fini(&a->arena);
    sem_destroy(&a->done);
}

static struct name name_of(const char *text)
{
    struct name n;

    assert_ok(name_parse(&n, text, strlen(text)));
    return n;
}

static void ask_accept(struct ask *a, const struct world *w, const char *account, uint8_t no)
{
    struct intent i = { .id.bytes = { no },
                        .account = name_of(account),
                        .kind = INTENT_SELL,
                        .sell_asset = ETH,
                        .buy_asset = USDC,
                        .sell_amount = AMOUNT_OF(1),
                        .buy_amount = AMOUNT_OF(1),
                        .deadline_ms = system_clock().unix_ms(NULL) + 3600000 };

    ask_init(a, LEDGER_accept);
    a->call.as.accept = (struct ledger_accept){ .intent = i, .key = w->key };
}

static void ask_watch(struct ask *a, const struct world *w, const char *account, uint64_t after,
                      uint64_t wait_ns)
{
    ask_init(a, LEDGER_balances);
    a->call.as.balances = (struct ledger_balances){ .owner = { OWNER_USER, name_of(account) },
                                                    .has_key = true,
                                                    .key = w->key };
    a->job.watch = (struct job_watch){ .asked = true,
                                       .account = name_of(account),
                                       .after = after,
                                       .max = 3,
                                       .until_ns = system_clock().now_ns(NULL) + wait_ns };
}

#define assert_reject(got, wanted) assert_string_equal(reject_name(got), reject_name(wanted))

static enum reject push(struct world *w, struct ask *a)
{
    return ledger_thread_push(w->thread, &a->job);
}

/* The outcome of a job that is on its way. */
static enum reject outcome(struct ask *a)
{
    struct timespec until;

    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 20;
    assert_int_equal(sem_timedwait(&a->done, &until), 0);
    return a->job.outcome;
}

static void run(struct world *w, struct ask *a)
{
    assert_reject(push(w, a), REJECT_NONE);
    assert_reject(outcome(a), REJECT_NONE);
}

static bool ready(void *arg)
{
    struct world *w = arg;
    struct ask a;
    bool up;

    ask_init(&a, LEDGER_limits);
    up = push(w, &a) == REJECT_NONE && outcome(&a) == REJECT_NONE;
    ask_fini(&a);
    return up;
}

static void deposit(struct world *w, const char *account, uint8_t no)
{
    struct ask a;

    ask_init(&a, LEDGER_deposit);
    a.call.as.money = (struct ledger_money){ .ref.bytes = { no },
                                             .owner = { OWNER_USER, name_of(account) },
                                             .has_key = true,
                                             .key = w->key,
                                             .what = { ETH, AMOUNT_OF(1000) } };
    run(w, &a);
    assert_reject(a.reply.reject, REJECT_NONE);
    ask_fini(&a);
}

static void accept(struct world *w, const char *account, uint8_t no)
{
    struct ask a;

    ask_accept(&a, w, account, no);
    run(w, &a);
    assert_reject(a.reply.reject, REJECT_NONE);
    ask_fini(&a);
}

static void hint_take(void *self, uint64_t seq)
{
    struct world *w = self;

    atomic_store(&w->hint, seq);
}

static int world_setup(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    struct ledger_thread_options options = { .clock = system_clock(),
                                             .hint = hint_take,
                                             .queue_max = QUEUE_MAX,
                                             .watchers_max = WATCHERS_MAX,
                                             .expire_ms = 10 };
    struct model_options model = { .clock = system_clock(), .retain_ms = 1000 };

    assert_non_null(w);
    w->key.bytes[0] = 1;
    assert_ok(model_new(&w->gate.model, &model));
    pthread_mutex_init(&w->gate.lock, NULL);
    pthread_cond_init(&w->gate.moved, NULL);
    w->store = (struct store){ .self = &w->gate, .call = gate_call };
    options.store = &w->store;
    options.metrics = &w->metrics;
    options.hint_self = w;
    assert_ok(ledger_thread_new(&w->thread, &options));
    process_until(ready, w, 20000, "the ledger thread");
    deposit(w, "alice", 1);
    deposit(w, "bob", 2);
    *state = w;
    return 0;
}

static int world_teardown(void **state)
{
    struct world *w = *state;

    ledger_thread_free(w->thread);
    model_free(&w->gate.model);
    pthread_mutex_destroy(&w->gate.lock);
    pthread_cond_destroy(&w->gate.moved);
    free(w);
    return 0;
}

static void test_ledger_thread_sends_all_that_waits_at_once(void **state)
{
    struct world *w = *state;
    struct ask asks[QUEUE_MAX];

    gate_close(&w->gate);
    for (uint8_t i = 0; i < QUEUE_MAX; i++) {
        ask_accept(&asks[i], w, "alice", (uint8_t)(10 + i));
        assert_reject(push(w, &asks[i]), REJECT_NONE);
    }
    gate_open(&w->gate, ERR_OK);
    for (uint8_t i = 0; i < QUEUE_MAX; i++) {
        assert_reject(outcome(&asks[i]), REJECT_NONE);
        assert_reject(asks[i].reply.reject, REJECT_NONE);
        assert_int_equal(asks[i].reply.intent.intent.id.bytes[0], 10 + i);
        ask_fini(&asks[i]);
    }
    gate_close(&w->gate);
    assert_true(w->gate.largest >= QUEUE_MAX);
    gate_open(&w->gate, ERR_OK);
}

static void test_ledger_thread_full_queue_is_overloaded_at_once(void **state)
{
    struct world *w = *state;
    struct ask asks[QUEUE_MAX + 1];

    gate_close(&w->gate);
    for (uint8_t i = 0; i <= QUEUE_MAX; i++) {
        ask_accept(&asks[i], w, "alice", (uint8_t)(10 + i));
        assert_reject(push(w, &asks[i]), i < QUEUE_MAX ? REJECT_NONE : REJECT_OVERLOADED);
    }
    assert_int_equal(metrics_get(&w->metrics, METRIC_overloaded), 1);
    gate_open(&w->gate, ERR_OK);
    for (uint8_t i = 0; i < QUEUE_MAX; i++)
        assert_reject(outcome(&asks[i]), REJECT_NONE);
    run(w, &asks[QUEUE_MAX]); /* the same job again, now that there is room */
    for (uint8_t i = 0; i <= QUEUE_MAX; i++)
        ask_fini(&asks[i]);
}

static void test_ledger_thread_failing_store_is_retry_then_not_ready(void **state)
{
    static const enum err errors[] = { ERR_IO, ERR_TIMEOUT, ERR_UNSUPPORTED };
    struct world *w = *state;

    for (size_t k = 0; k < sizeof errors / sizeof errors[0]; k++) {
        struct ask a;
        struct ask b;
        gate_close(&w->gate);
        ask_accept(&a, w, "alice", (uint8_t)(10 + k));
        ask_accept(&b, w, "alice", (uint8_t)(20 + k));
        assert_reject(push(w, &a), REJECT_NONE);
        gate_open(&w->gate, errors[k]);
        /* The round in the gate when it closed may have been one without this job. */
        enum reject how = outcome(&a);
        assert_true(how == REJECT_RETRY || how == REJECT_NOT_READY);
        assert_reject(push(w, &b), REJECT_NOT_READY);
        gate_open(&w->gate, ERR_OK);
        process_until(ready, w, 20000, "the store's return");
        run(w, &b);
        assert_reject(b.reply.reject, REJECT_NONE);
        ask_fini(&a);
        ask_fini(&b);
    }
    assert_true(metrics_get(&w->metrics, METRIC_store_failures) >= 3);
}

static void test_ledger_thread_refuses_what_no_store_may_see(void **state)
{
    struct world *w = *state;
    struct ask a;

    ask_accept(&a, w, "alice", 10);
    a.call.as.accept.intent.account.text[0] = '!';
    assert_reject(push(w, &a), REJECT_MALFORMED);
    ask_fini(&a);
}

static void test_ledger_thread_watch_wakes_for_its_account_only(void **state)
{
    struct world *w = *state;
    struct ask mine;
    struct ask foreign;
    uint64_t newest;

    accept(w, "alice", 10);
    newest = 1;
    ask_watch(&mine, w, "alice", newest, FAR_NS);
    ask_watch(&foreign, w, "bob", newest, UINT64_C(300000000));
    assert_reject(push(w, &mine), REJECT_NONE);
    assert_reject(push(w, &foreign), REJECT_NONE);
    accept(w, "alice", 11);
    assert_reject(outcome(&mine), REJECT_NONE);
    assert_int_equal(mine.reply.events_n, 1);
    assert_int_equal(mine.reply.events[0].seq, 2);
    assert_int_equal(mine.reply.events[0].intent.bytes[0], 11);
    assert_int_equal(mine.reply.seq, 2);
    assert_reject(outcome(&foreign), REJECT_NONE); /* its time was over */
    assert_int_equal(foreign.reply.events_n, 0);
    assert_int_equal(foreign.reply.seq, 2);
    assert_int_equal(atomic_load(&w->hint), 2);
    ask_fini(&mine);
    ask_fini(&foreign);
}

static void test_ledger_thread_watch_pages_through_old_events(void **state)
{
    struct world *w = *state;
    uint64_t after = 0;
    uint8_t next = 10;

    for (uint8_t i = 0; i < 10; i++)
        accept(w, i % 3 == 2 ? "bob" : "alice", (uint8_t)(10 + i));
    while (next < 19) {
        struct ask a;
        ask_watch(&a, w, "alice", after, FAR_NS);
        run(w, &a);
        assert_in_range(a.reply.events_n, 1, 3);
        for (size_t i = 0; i < a.reply.events_n; i++) {
            next = (uint8_t)(next + (next % 3 == 0)); /* ids 12, 15, 18 are bob's */
            assert_int_equal(a.reply.events[i].intent.bytes[0], next);
            next++;
        }
        assert_true(a.reply.seq > after);
        after = a.reply.seq;
        ask_fini(&a);
    }
    assert_int_equal(next, 20);
}

static void test_ledger_thread_watch_needs_the_key_of_the_account(void **state)
{
    struct world *w = *state;
    struct ask a;

    ask_watch(&a, w, "alice", 0, FAR_NS);
    a.call.as.balances.key.bytes[0] = 99;
    run(w, &a);
    assert_reject(a.reply.reject, REJECT_FOREIGN_ACCOUNT);
    assert_int_equal(a.reply.balances_n, 0);
    ask_fini(&a);
}

struct future {
    struct world *world;
    struct ask *watch;
    uint8_t next;
};

static bool future_came(void *arg)
{
    struct future *f = arg;

    accept(f->world, "alice", f->next++);
    return sem_trywait(&f->watch->done) == 0;
}

/* Events that come before the first look at the store are not there for it, later ones are. */
static void test_ledger_thread_watch_of_the_future_starts_now(void **state)
{
    struct ask a;
    struct future f = { .world = *state, .watch = &a, .next = 10 };

    ask_watch(&a, f.world, "alice", UINT64_MAX, FAR_NS);
    assert_reject(push(f.world, &a), REJECT_NONE);
    process_until(future_came, &f, 20000, "an event");
    assert_reject(a.job.outcome, REJECT_NONE);
    assert_true(a.reply.events_n > 0);
    ask_fini(&a);
}

static void test_ledger_thread_more_watchers_than_places_are_overloaded(void **state)
{
    struct world *w = *state;
    struct ask a[WATCHERS_MAX + 1];

    for (size_t i = 0; i <= WATCHERS_MAX; i++) {
        ask_watch(&a[i], w, "alice", 0, FAR_NS);
        assert_reject(push(w, &a[i]), REJECT_NONE);
    }
    assert_reject(outcome(&a[WATCHERS_MAX]), REJECT_OVERLOADED);
    ledger_thread_wake_watchers(w->thread);
    for (size_t i = 0; i <= WATCHERS_MAX; i++) {
        if (i < WATCHERS_MAX)
            assert_reject(outcome(&a[i]), REJECT_NONE);
        ask_fini(&a[i]);
    }
}

static bool all_expired(void *arg)
{
    struct world *w = arg;

    return metrics_get(&w->metrics, METRIC_expired) == 3;
}

static void test_ledger_thread_sweeps_passed_deadlines(void **state)
{
    struct world *w = *state;

    for (uint8_t i = 0; i < 3; i++) {
        struct ask a;
        ask_accept(&a, w, "alice", (uint8_t)(10 + i));
        a.call.as.accept.intent.deadline_ms = system_clock().unix_ms(NULL) + 100;
        run(w, &a);
        ask_fini(&a);
    }
    process_until(all_expired, w, 20000, "the sweep");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        T(test_ledger_thread_sends_all_that_waits_at_once),
        T(test_ledger_thread_full_queue_is_overloaded_at_once),
        T(test_ledger_thread_failing_store_is_retry_then_not_ready),
        T(test_ledger_thread_refuses_what_no_store_may_see),
        T(test_ledger_thread_watch_wakes_for_its_account_only),
        T(test_ledger_thread_watch_pages_through_old_events),
        T(test_ledger_thread_watch_needs_the_key_of_the_account),
        T(test_ledger_thread_watch_of_the_future_starts_now),
        T(test_ledger_thread_more_watchers_than_places_are_overloaded),
        T(test_ledger_thread_sweeps_passed_deadlines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
