/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * engine -- the life of a batch, top to bottom. Each step is one function step_NAME in one file;
 * docs/flow.md follows this table. The first five work on the batch, the others on one run (a plan
 * in execution) at a time.
 */
#ifndef SLUICE_ENGINE_ENGINE_H
#define SLUICE_ENGINE_ENGINE_H

struct leader;
struct run;

/* Columns: name, file, what it does. */
#define ENGINE_STEPS(X)                                                                            \
    X(freeze, "freeze.c", "number the batch and list the open intents")                            \
    X(snapshot, "freeze.c", "curves, inventory, limits and marks, each with age")                  \
    X(solve, "solve.c", "hand the auction to the worker; several incumbents come back")            \
    X(certify, "solve.c", "prove each incumbent in integers, keep the best, until it is time")     \
    X(plan, "plan.c", "reserve pot and inventory, write legs, fenced; one run per plan")           \
    X(send, "send.c", "one stage of legs, marked SENT before bytes leave")                         \
    X(collect, "collect.c", "fills, queries and voids until the stage is known")                   \
    X(allocate, "settle.c", "who gets what from what the legs really did")                         \
    X(settle, "settle.c", "post fills, free holds, write receipts")

enum engine_step {
#define X(name, file, doc) ENGINE_##name,
    ENGINE_STEPS(X)
#undef X
        ENGINE_STEPS_N
};

enum step_result {
    STEP_NEXT,  /* done: go on with the following step */
    STEP_WAIT,  /* something must arrive or a time must pass; called again then */
    STEP_AGAIN, /* a run has a further stage: back to send */
    STEP_END,   /* nothing more to do for this batch or run */
};

const char *engine_step_name(enum engine_step s);

enum step_result step_freeze(struct leader *l);
enum step_result step_snapshot(struct leader *l);
enum step_result step_solve(struct leader *l);
enum step_result step_certify(struct leader *l);
enum step_result step_plan(struct leader *l);
enum step_result step_send(struct leader *l, struct run *r);
enum step_result step_collect(struct leader *l, struct run *r);
enum step_result step_allocate(struct leader *l, struct run *r);
enum step_result step_settle(struct leader *l, struct run *r);

#endif
