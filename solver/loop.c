/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/loop.h"

#include <nng/nng.h>

#include "solver/shell/end.h"

#define ARENA_MAX ((size_t)1 << 30)
#define END_CHECK_NS ((uint64_t)50 * 1000000)
#define LETTERS_MAX 256 /* between two ticks */

static void venue_letter(struct leader *l, struct arena *arena, const struct letter *letter)
{
    struct wire_venue_answer answer;
    struct venue_event e = { .venue = letter->venue, .tag = letter->tag, .status = letter->status };

    if (letter->status == LINK_ANSWER) {
        enum err err = wire_venue_answer_unpack(&answer, arena, nng_msg_body(letter->msg),
                                                nng_msg_len(letter->msg));
        if (err == ERR_OK)
            e.answer = &answer;
        else
            e.status = err == ERR_UNSUPPORTED ? LINK_FOREIGN : LINK_GARBAGE;
    }
    leader_venue(l, &e);
}

static void worker_letter(struct leader *l, struct arena *arena, const struct letter *letter)
{
    struct wire_worker_message m;
    struct worker_event e = { .status = WORKER_LOST, .text = "its socket closed" };

    if (letter->kind == LETTER_WORKER) {
        enum err err =
            wire_worker_unpack(&m, arena, nng_msg_body(letter->msg), nng_msg_len(letter->msg));
        if (err == ERR_OK && m.kind == WIRE_WORKER_SOLUTION) {
            e = (struct worker_event){ .status = WORKER_SOLUTION, .solution = &m.as.solution };
        } else if (err == ERR_OK && m.kind == WIRE_WORKER_FAILURE) {
            e = (struct worker_event){ .status = WORKER_FAILURE, .text = m.as.failure.text };
        } else {
            e.text = "sent bytes that are no answer";
            l->worker.replace(l->worker.self);
        }
    }
    leader_worker(l, &e);
}

static void letter_deliver(struct leader *l, struct arena *arena, const struct letter *letter)
{
    arena_reset(arena);
    if (letter->kind == LETTER_VENUE)
        venue_letter(l, arena, letter);
    else
        worker_letter(l, arena, letter);
    if (letter->msg != NULL)
        nng_msg_free(letter->msg);
}

void loop_run(struct leader *l, struct inbox *inbox, struct link_worker *worker)
{
    struct arena arena;
    struct letter letter;

    arena_init(&arena, ARENA_MAX);
    while (!end_asked()) {
        link_worker_tick(worker, l->clock.now_ns(l->clock.self));
        uint64_t until = leader_tick(l);
        uint64_t soon = l->clock.now_ns(l->clock.self) + END_CHECK_NS;
        if (inbox_take(&letter, inbox, until < soon ? until : soon) != ERR_OK)
            continue;
        letter_deliver(l, &arena, &letter);
        for (int n = 0; n < LETTERS_MAX && inbox_take(&letter, inbox, 0) == ERR_OK; n++)
            letter_deliver(l, &arena, &letter);
    }
    arena_fini(&arena);
}
