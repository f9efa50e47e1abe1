/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/curve_kinds.h"
#include "solver/route/real_ladder.h"

/* One level of the book as value given and got. */
static struct real_trade level_trade(const struct book *b, const struct book_level *l,
                                     const double *price, unsigned side)
{
    double base = real_double(&l->size);
    double quote = base * (real_double(&l->price) / real_double(&b->scale));
    double keep = (double)b->keep_num / (double)b->keep_den;

    if (side == 0)
        return (struct real_trade){ base * price[0], quote * price[1] * keep };
    return (struct real_trade){ quote * price[1], base * price[0] * keep };
}

static enum err side_init(struct real_ladder *ladder, struct arena *arena, const struct book *b,
                          const double *price, unsigned side)
{
    const struct book_level *levels = side == 0 ? b->bids : b->asks;
    size_t n = side == 0 ? b->bids_n : b->asks_n;

    ladder->level = ARENA_NEW(arena, n, struct real_level);
    if (ladder->level == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        TRY(real_ladder_add(ladder, level_trade(b, &levels[i], price, side)));
    return ERR_OK;
}

static enum err init(struct real_curve *r, struct arena *arena, const struct curve *c,
                     const double *price)
{
    struct real_ladder *ladder = ARENA_NEW(arena, 2, struct real_ladder);

    if (ladder == NULL)
        return ERR_NOMEM;
    for (unsigned side = 0; side < 2; side++)
        TRY(side_init(&ladder[side], arena, &c->as.book, price, side));
    return real_ladder_set(r, ladder);
}

const struct real_kind curve_book_kind = { .init = init,
                                           .pull = real_ladder_pull,
                                           .at = real_ladder_at,
                                           .out = real_ladder_out,
                                           .rate = real_ladder_rate };
