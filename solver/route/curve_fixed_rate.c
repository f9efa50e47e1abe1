/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/curve_kinds.h"
#include "solver/route/real_ladder.h"

/* All that a side pays, and what it asks for that. */
static struct real_trade side_trade(const struct fixed_rate *f, const double *price, unsigned side)
{
    double rate = real_double(side == 0 ? &f->num : &f->den) /
                  real_double(side == 0 ? &f->den : &f->num) *
                  ((double)f->keep_num / (double)f->keep_den);
    double out = real_double(&f->capacity[!side]);

    return (struct real_trade){ out / rate * price[side], out * price[!side] };
}

static enum err init(struct real_curve *r, struct arena *arena, const struct curve *c,
                     const double *price)
{
    struct real_ladder *ladder = ARENA_NEW(arena, 2, struct real_ladder);
    struct real_level *level = ARENA_NEW(arena, 2, struct real_level);

    if (ladder == NULL || level == NULL)
        return ERR_NOMEM;
    for (unsigned side = 0; side < 2; side++) {
        ladder[side].level = &level[side];
        TRY(real_ladder_add(&ladder[side], side_trade(&c->as.fixed_rate, price, side)));
    }
    return real_ladder_set(r, ladder);
}

const struct real_kind curve_fixed_rate_kind = { .init = init,
                                                 .pull = real_ladder_pull,
                                                 .at = real_ladder_at,
                                                 .out = real_ladder_out,
                                                 .rate = real_ladder_rate };
