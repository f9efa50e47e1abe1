/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * venue_fixture -- one venue process under test: the real program on its own socket and store, a
 * client, and what the suite needs to make legs for curves that it discovers through Quotes.
 */
#ifndef SLUICE_TESTS_CONFORMANCE_VENUE_FIXTURE_H
#define SLUICE_TESTS_CONFORMANCE_VENUE_FIXTURE_H

#include "tests/conformance/venue_client.h"
#include "tests/support/test_support.h"

#define VENUE_FIXTURE_PATH (TMPDIR_PATH_MAX + 32)

/* What is tested. A new adapter adds one line to venue_subjects. */
struct venue_subject {
    const char *name;
    const char *program; /* in bin/ */
    const char *kind;
    const char *market; /* in the source tree, or NULL */
    bool moves;         /* without --still its curves change by themselves */
};

#define VENUE_SUBJECTS_N 4
extern const struct venue_subject venue_subjects[VENUE_SUBJECTS_N];

struct venue_fixture {
    const struct venue_subject *subject;
    struct tmpdir dir;
    char assets[SHARED_PATH_MAX];
    char market[SHARED_PATH_MAX]; /* "" for none */
    char state[VENUE_FIXTURE_PATH];
    char log[VENUE_FIXTURE_PATH];
    char socket[VENUE_FIXTURE_PATH]; /* path of the unix socket */
    char url[VENUE_FIXTURE_PATH];
    bool still;
    struct process process;
    struct venue_client client;
    uint64_t legs; /* made so far: their ids count */
};

/*
 * Run each test for each subject, under the name "subject: test"; the state of a test is the
 * struct venue_fixture of a running, still venue. Returns the number of failures.
 */
int venue_fixture_run(const char *suite, const struct CMUnitTest *tests, size_t n);

/* Files and client; nothing runs yet. Still is set. */
void venue_fixture_new(struct venue_fixture *f, const struct venue_subject *subject);
void venue_fixture_free(struct venue_fixture *f);

/* Start, and wait until it answers; start says Hello to it as a solver does, boot does not. */
void venue_fixture_boot(struct venue_fixture *f);
void venue_fixture_start(struct venue_fixture *f);

/* kill -9, then the same files again. */
void venue_fixture_crash(struct venue_fixture *f);

/* Start where that must fail: the process ends with status 1 and its log says why. */
void venue_fixture_refuses(struct venue_fixture *f, const char *why);

/* The id of leg number n of this test. */
struct id venue_fixture_id(uint64_t n);

/*
 * A new leg that gives a small part of what the curve can take on a side, with min_out exactly what
 * curve_out says; *trade is that trade.
 */
struct wire_leg venue_fixture_leg(struct trade *trade, struct venue_fixture *f,
                                  const struct curve *c, int side);

/* Borrow a curve of an answer; the test fails without it. */
struct curve *venue_fixture_curve(const struct wire_quotes *q, uint64_t id);

bool venue_fixture_same_curve(const struct curve *a, const struct curve *b);
bool venue_fixture_same_result(const struct wire_leg_result *a, const struct wire_leg_result *b);

/* The venue's snapshot is exactly what these results and legs add up to. */
void venue_fixture_check_sums(struct venue_fixture *f, const struct wire_leg *legs,
                              const struct wire_leg_result *results, size_t n);

#endif
