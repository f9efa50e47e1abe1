/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/ledger_thread.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/watch.h"
#include "solver/core/check.h"
#include "solver/ledger/call_check.h"
#include "solver/shell/log.h"

/* Calls of jobs in one round; the sweep and the reads of events go with them. */
#define ROUND_CALLS_MAX (LEDGER_CALLS_MAX - 1 - WATCH_READS_MAX)
#define EXPIRE_MAX 256               /* intents closed by one sweep */
#define READ_NS UINT64_C(10000000)   /* between two looks at new events */
#define PROBE_NS UINT64_C(100000000) /* between two looks for a store that is away */
#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S UINT64_C(1000000000)

_Static_assert(ROUND_CALLS_MAX >= JOB_CALLS_MAX, "every job fits a round");

/* What one round sends, and where in it which reply will be. */
struct round {
    struct ledger_call *calls;    /* [LEDGER_CALLS_MAX], owned */
    struct ledger_reply *replies; /* the same */
    struct job *jobs;             /* in order of their calls */
    size_t jobs_calls;
    size_t n;
    bool expires;
    bool reads;
};

struct ledger_thread {
    struct ledger_thread_options options;
    pthread_t thread;
    pthread_mutex_t lock; /* guards the next block */
    pthread_cond_t more;
    struct job *first;
    struct job **last;
    size_t waiting; /* calls in the queue */
    bool stopping;
    atomic_bool ready;
    atomic_bool waking; /* watchers are not parked any more */
    /* The thread's own. */
    struct round round;
    struct watch_table watch;
    uint64_t expire_ns;
    uint64_t read_ns;
    uint64_t probe_ns;
    bool told_down;
};

static uint64_t now(const struct ledger_thread *t)
{
    return t->options.clock.now_ns(t->options.clock.self);
}

static void job_end(struct ledger_thread *t, struct job *j, enum reject outcome)
{
    j->outcome = outcome;
    if (outcome == REJECT_RETRY)
        metrics_add(t->options.metrics, METRIC_retry, 1);
    if (outcome == REJECT_NOT_READY)
        metrics_add(t->options.metrics, METRIC_not_ready, 1);
    if (outcome == REJECT_OVERLOADED)
        metrics_add(t->options.metrics, METRIC_overloaded, 1);
    j->done(j->arg);
}

/* A watch may go on when its access check passed; else it is answered like any other job. */
static void job_answer(struct ledger_thread *t, struct job *j, const struct ledger_reply *replies)
{
    enum err err = job_keep(j, replies);

    if (err != ERR_OK) {
        job_end(t, j, REJECT_TOO_LARGE);
        return;
    }
    if (!j->watch.asked || j->replies[0].reject != REJECT_NONE) {
        job_end(t, j, REJECT_NONE);
        return;
    }
    if (t->watch.n == t->watch.max) {
        job_end(t, j, REJECT_OVERLOADED);
        return;
    }
    j->outcome = REJECT_NONE;
    watch_add(&t->watch, j);
    t->read_ns = 0; /* the next round looks for it */
}

static void jobs_end(struct ledger_thread *t, struct job *jobs, enum reject outcome)
{
    while (jobs != NULL) {
        struct job *next = jobs->next;
        job_end(t, jobs, outcome);
        jobs = next;
    }
}

/* ---- the queue ---- */

/* One call of a wrong shape would fail the whole round, and so the requests of others. */
static bool job_well_formed(const struct job *j)
{
    for (size_t i = 0; i < j->calls_n; i++) {
        if (call_check(&j->calls[i]) != ERR_OK)
            return false;
    }
    return true;
}

enum reject ledger_thread_push(struct ledger_thread *t, struct job *j)
{
    enum reject why = REJECT_NONE;

    CHECK(j->calls_n > 0 && j->calls_n <= JOB_CALLS_MAX);
    if (!job_well_formed(j))
        return REJECT_MALFORMED;
    if (!atomic_load(&t->ready)) {
        metrics_add(t->options.metrics, METRIC_not_ready, 1);
        return REJECT_NOT_READY;
    }
    pthread_mutex_lock(&t->lock);
    if (t->waiting > 0 && t->waiting + j->calls_n > t->options.queue_max) {
        why = REJECT_OVERLOADED;
    } else {
        j->next = NULL;
        *t->last = j;
        t->last = &j->next;
        if (t->waiting == 0)
            pthread_cond_signal(&t->more);
        t->waiting += j->calls_n;
    }
    pthread_mutex_unlock(&t->lock);
    if (why != REJECT_NONE)
        metrics_add(t->options.metrics, METRIC_overloaded, 1);
    return why;
}

/* Take the oldest jobs that fit one round. */
static struct job *queue_take(struct ledger_thread *t)
{
    struct job *jobs = t->first;
    struct job **end = &t->first;
    size_t calls = 0;

    while (*end != NULL && calls + (*end)->calls_n <= ROUND_CALLS_MAX) {
        calls += (*end)->calls_n;
        end = &(*end)->next;
    }
    t->waiting -= calls;
    if (calls == 0)
        return NULL;
    t->first = *end;
    *end = NULL;
    if (t->first == NULL)
        t->last = &t->first;
    return jobs;
}

/* Wait for jobs until a moment. False: there will be none any more. */
static bool queue_wait(struct job **jobs, struct ledger_thread *t, uint64_t until_ns)
{
    const struct timespec until = { .tv_sec = (time_t)(until_ns / NS_PER_S),
                                    .tv_nsec = (long)(until_ns % NS_PER_S) };
    bool open;

    pthread_mutex_lock(&t->lock);
    while (t->first == NULL && !t->stopping) {
        if (pthread_cond_timedwait(&t->more, &t->lock, &until) != 0)
            break;
    }
    open = t->first != NULL || !t->stopping;
    *jobs = queue_take(t);
    pthread_mutex_unlock(&t->lock);
    return open;
}

/* ---- a round ---- */

static void round_make(struct ledger_thread *t, struct job *jobs, uint64_t now_ns)
{
    struct round *r = &t->round;

    r->jobs = jobs;
    r->n = 0;
    for (const struct job *j = jobs; j != NULL; j = j->next) {
        memcpy(&r->calls[r->n], j->calls, j->calls_n * sizeof *j->calls);
        r->n += j->calls_n;
    }
    r->jobs_calls = r->n;
    r->expires = now_ns >= t->expire_ns;
    if (r->expires) {
        r->calls[r->n] = (struct ledger_call){ .fn = LEDGER_expire };
        r->calls[r->n++].as.expire.max = EXPIRE_MAX;
        t->expire_ns = now_ns + t->options.expire_ms * NS_PER_MS;
    }
    r->reads = now_ns >= t->read_ns || watch_behind(&t->watch);
    if (r->reads) {
        r->n += watch_reads(&r->calls[r->n], &t->watch);
        t->read_ns = now_ns + READ_NS;
    }
}

static void round_read(struct ledger_thread *t, const struct ledger_reply *replies)
{
    struct metrics *m = t->options.metrics;
    uint64_t before = t->watch.feed;

    metrics_add(m, METRIC_watches, watch_take(&t->watch, replies));
    metrics_set(m, METRIC_event_newest, t->watch.feed);
    if (t->watch.feed != before && t->options.hint != NULL)
        t->options.hint(t->options.hint_self, t->watch.feed);
}

static void round_answer(struct ledger_thread *t)
{
    struct round *r = &t->round;
    const struct ledger_reply *reply = &r->replies[r->jobs_calls];

    if (r->expires) {
        metrics_add(t->options.metrics, METRIC_expired, reply->intents_n);
        if (reply->intents_n == EXPIRE_MAX)
            t->expire_ns = 0; /* more are due */
        reply++;
    }
    if (r->reads)
        round_read(t, reply);
    reply = r->replies;
    for (struct job *j = r->jobs; j != NULL;) {
        struct job *next = j->next;
        size_t n = j->calls_n;
        job_answer(t, j, reply); /* the job may be gone after this */
        reply += n;
        j = next;
    }
    if (r->jobs_calls > 0) {
        metrics_add(t->options.metrics, METRIC_groups, 1);
        metrics_add(t->options.metrics, METRIC_calls, r->jobs_calls);
    }
}

static const char *store_why(const struct ledger_thread *t, enum err err)
{
    const char *why = t->options.why != NULL ? t->options.why(t->options.why_self) : "";

    return why[0] != '\0' ? why : err_text(err);
}

static void store_lost(struct ledger_thread *t, enum err err, uint64_t now_ns)
{
    metrics_add(t->options.metrics, METRIC_store_failures, 1);
    atomic_store(&t->ready, false);
    t->probe_ns = now_ns + PROBE_NS;
    if (!t->told_down)
        log_event(err == ERR_UNSUPPORTED ? LOG_EV_STORE_REFUSED : LOG_EV_STORE_DOWN, "err=%s %s",
                  err_name(err), store_why(t, err));
    t->told_down = true;
}

static void round_run(struct ledger_thread *t, struct job *jobs)
{
    struct round *r = &t->round;
    enum err err;

    round_make(t, jobs, now(t));
    if (r->n == 0)
        return;
    err = store_call(t->options.store, r->replies, r->calls, r->n);
    if (err == ERR_OK) {
        round_answer(t);
        return;
    }
    store_lost(t, err, now(t));
    jobs_end(t, jobs, REJECT_RETRY);
}

/* Is the store back? Also how a gateway starts. */
static void probe(struct ledger_thread *t)
{
    struct ledger_call call = { .fn = LEDGER_events };
    enum err err;

    if (now(t) < t->probe_ns)
        return;
    call.as.events = (struct ledger_events){ .after = t->watch.feed, .max = 1 };
    err = store_call_one(t->options.store, &t->round.replies[0], &call);
    if (err != ERR_OK) {
        store_lost(t, err, now(t));
        return;
    }
    if (t->watch.n == 0)
        t->watch.feed = t->round.replies[0].seq;
    log_event(LOG_EV_STORE_UP, "events=%llu", (unsigned long long)t->round.replies[0].seq);
    t->told_down = false;
    atomic_store(&t->ready, true);
}

static uint64_t next_ns(const struct ledger_thread *t)
{
    uint64_t next = t->read_ns < t->expire_ns ? t->read_ns : t->expire_ns;

    if (watch_behind(&t->watch))
        next = 0;
    return atomic_load(&t->ready) ? next : t->probe_ns;
}

/* Whose time is over, or all of them when the process is about to end. */
static void watchers_end(struct ledger_thread *t)
{
    size_t n = atomic_load(&t->waking) ? watch_end(&t->watch)
                                       : watch_expire(&t->watch, now(t), !atomic_load(&t->ready));

    metrics_add(t->options.metrics, METRIC_watches, n);
    metrics_set(t->options.metrics, METRIC_watchers, t->watch.n);
}

static void *thread_main(void *arg)
{
    struct ledger_thread *t = arg;
    struct job *jobs;

    while (queue_wait(&jobs, t, next_ns(t))) {
        if (!atomic_load(&t->ready)) {
            jobs_end(t, jobs, REJECT_NOT_READY); /* they came while the store went away */
            probe(t);
        } else {
            round_run(t, jobs);
        }
        watchers_end(t);
    }
    metrics_add(t->options.metrics, METRIC_watches, watch_end(&t->watch));
    return NULL;
}

/* ---- life ---- */

static enum err thread_init(struct ledger_thread *t, const struct ledger_thread_options *options)
{
    t->options = *options;
    t->last = &t->first;
    t->round.calls = calloc(LEDGER_CALLS_MAX, sizeof *t->round.calls);
    t->round.replies = calloc(LEDGER_CALLS_MAX, sizeof *t->round.replies);
    if (t->round.calls == NULL || t->round.replies == NULL)
        return ERR_NOMEM;
    return watch_init(&t->watch, options->watchers_max);
}

static void thread_fini(struct ledger_thread *t)
{
    watch_fini(&t->watch);
    free(t->round.calls);
    free(t->round.replies);
    free(t);
}

enum err ledger_thread_new(struct ledger_thread **out, const struct ledger_thread_options *options)
{
    struct ledger_thread *t = calloc(1, sizeof *t);
    pthread_condattr_t attr;
    enum err err;

    if (t == NULL)
        return ERR_NOMEM;
    err = thread_init(t, options);
    if (err == ERR_OK) {
        pthread_condattr_init(&attr);
        pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
        pthread_mutex_init(&t->lock, NULL);
        pthread_cond_init(&t->more, &attr);
        pthread_condattr_destroy(&attr);
        if (pthread_create(&t->thread, NULL, thread_main, t) == 0) {
            *out = t;
            return ERR_OK;
        }
        err = ERR_IO;
    }
    thread_fini(t);
    return err;
}

void ledger_thread_wake_watchers(struct ledger_thread *t)
{
    atomic_store(&t->waking, true);
}

void ledger_thread_free(struct ledger_thread *t)
{
    if (t == NULL)
        return;
    pthread_mutex_lock(&t->lock);
    t->stopping = true;
    pthread_cond_signal(&t->more);
    pthread_mutex_unlock(&t->lock);
    pthread_join(t->thread, NULL);
    pthread_mutex_destroy(&t->lock);
    pthread_cond_destroy(&t->more);
    thread_fini(t);
}
