/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/property/oracle_clp.h"

#include <coin/Clp_C_Interface.h>
#include <math.h>
#include <stdlib.h>

#include "solver/core/check.h"

#define ROUNDS_MAX 60
#define MISS_GOOD 1e-10
#define MISS_FALSE 1e-8 /* out exceeds what its own duals allow: not feasible */
#define MISS_MOST 0.01
#define PRICE_LEAST 1e-9 /* of an asset that the program does not care about */
#define STEPS_N 57       /* first inputs: 1, 4, 16 ... 4^56 atoms */
#define GOLDEN 0.6180339887498949
#define GOLDEN_STEPS 48
#define TOLERANCE 1e-10

/* A trade of a curve one way, in orders. */
struct column {
    uint32_t curve;
    struct way way;
    double in;
    double out;
};

struct program {
    const struct oracle_market *m;
    const struct oracle_order *order;
    double *price; /* [assets_n] the program's own: value of an atom */
    double unit;   /* value that counts as 1 */
    double supply; /* of what is sold */
    struct column *columns;
    size_t columns_n;
    size_t columns_room;
    size_t entries_n;
    /* CLP's form of it */
    CoinBigIndex *start;
    int *row;
    double *value;
    double *zero; /* [most of rows and columns] */
    double *most;
    double *gain;
    double *dual; /* [assets_n + curves_n] */
};

static double number(const struct u256 *v)
{
    double sum = 0;

    for (int i = 3; i >= 0; i--)
        sum = sum * 0x1p64 + (double)v->limb[i];
    return sum;
}

/* floor(v), v in [1, 2^200) */
static struct u256 whole(double v)
{
    struct u256 out = { { 0 } };

    for (int i = 3; i >= 0; i--) {
        double limb = floor(ldexp(v, -64 * i));

        out.limb[i] = (uint64_t)limb;
        v -= ldexp(limb, 64 * i);
    }
    return out;
}

/* What an input brings, in orders; false: nothing. */
static bool trade_at(struct column *t, const struct program *p, uint32_t curve, struct way way,
                     double atoms)
{
    const struct curve *c = &p->m->curves[curve];
    struct u256 offer = whole(atoms);
    struct trade trade;

    if (curve_out(&trade, c, way, &offer) != ERR_OK || u256_is_zero(&trade.out))
        return false;
    *t = (struct column){ curve, way, number(&trade.in) * p->price[c->asset[way.give]] / p->unit,
                          number(&trade.out) * p->price[c->asset[way.get]] / p->unit };
    return true;
}

static void column_add(struct program *p, const struct column *c)
{
    if (p->columns_n == p->columns_room) {
        p->columns_room = p->columns_room == 0 ? 4096 : 2 * p->columns_room;
        p->columns = realloc(p->columns, p->columns_room * sizeof *p->columns);
        CHECK(p->columns != NULL);
    }
    p->columns[p->columns_n++] = *c;
}

/* ---- the way's best trade at prices ---- */

struct search {
    const struct program *p;
    uint32_t curve;
    struct way way;
    double give; /* prices of what is given and got */
    double get;
    struct column best;
    double profit;
};

static double profit_at(struct search *s, double log_atoms)
{
    struct column t;

    if (!trade_at(&t, s->p, s->curve, s->way, exp2(log_atoms)))
        return -1;
    double profit = t.out * s->get - t.in * s->give;

    if (profit > s->profit) {
        s->profit = profit;
        s->best = t;
    }
    return profit;
}

/* The best of the first inputs, then golden sections around it. */
static void search_run(struct search *s)
{
    double most = -1, middle = 0;

    s->profit = 0;
    for (int i = 0; i < STEPS_N; i++) {
        double profit = profit_at(s, 2 * i);

        if (profit > most) {
            most = profit;
            middle = 2 * i;
        }
    }
    double low = fmax(0, middle - 2), high = middle + 2;
    double left = high - GOLDEN * (high - low), right = low + GOLDEN * (high - low);
    double at_left = profit_at(s, left), at_right = profit_at(s, right);

    for (int i = 0; i < GOLDEN_STEPS; i++) {
        if (at_left >= at_right) {
            high = right;
            right = left;
            at_right = at_left;
            left = high - GOLDEN * (high - low);
            at_left = profit_at(s, left);
        } else {
            low = left;
            left = right;
            at_left = at_right;
            right = low + GOLDEN * (high - low);
            at_right = profit_at(s, right);
        }
    }
}

/* ---- the program ---- */

static size_t rows_of(const struct program *p)
{
    return p->m->assets_n + p->m->curves_n;
}

static void entry(struct program *p, size_t row, double value)
{
    p->row[p->entries_n] = (int)row;
    p->value[p->entries_n++] = value;
}

static void *grown(void *old, size_t n, size_t size)
{
    void *new = realloc(old, n * size);

    CHECK(new != NULL);
    return new;
}

/* Column 0 is what is bought; the others are trades over their size. */
static void program_fill(struct program *p)
{
    size_t n = p->columns_n + 1;

    p->start = grown(p->start, n + 1, sizeof *p->start);
    p->row = grown(p->row, 3 * n, sizeof *p->row);
    p->value = grown(p->value, 3 * n, sizeof *p->value);
    p->gain = grown(p->gain, n, sizeof *p->gain);
    p->zero = grown(p->zero, n + rows_of(p), sizeof *p->zero);
    p->most = grown(p->most, n + rows_of(p), sizeof *p->most);
    p->entries_n = 0;
    p->start[0] = 0;
    entry(p, p->order->buy, -1);
    for (size_t k = 0; k < p->columns_n; k++) {
        const struct column *c = &p->columns[k];
        const struct curve *curve = &p->m->curves[c->curve];
        double size = fmax(c->in, c->out);

        p->start[k + 1] = (CoinBigIndex)p->entries_n;
        entry(p, curve->asset[c->way.give], -c->in / size);
        entry(p, curve->asset[c->way.get], c->out / size);
        entry(p, p->m->assets_n + c->curve, 1 / size);
    }
    p->start[n] = (CoinBigIndex)p->entries_n;
    for (size_t k = 0; k < n; k++)
        p->gain[k] = k == 0;
    for (size_t k = 0; k < n + rows_of(p); k++) {
        p->zero[k] = 0;
        p->most[k] = HUGE_VAL;
    }
}

/* Returns what is bought, in orders; NAN: no answer. */
static double program_solve(struct program *p)
{
    Clp_Simplex *clp = Clp_newModel();
    size_t rows = rows_of(p);
    double *least = calloc(rows, sizeof *least), *most = calloc(rows, sizeof *most), out = NAN;

    CHECK(clp != NULL && least != NULL && most != NULL);
    program_fill(p);
    for (size_t i = 0; i < rows; i++) {
        least[i] = i >= p->m->assets_n ? -HUGE_VAL : i == p->order->sell ? -p->supply : 0;
        most[i] = i >= p->m->assets_n ? 1 : HUGE_VAL;
    }
    Clp_setLogLevel(clp, 0);
    Clp_loadProblem(clp, (int)p->columns_n + 1, (int)rows, p->start, p->row, p->value, p->zero,
                    p->most, p->gain, least, most);
    Clp_setOptimizationDirection(clp, -1);
    Clp_setPrimalTolerance(clp, TOLERANCE);
    Clp_setDualTolerance(clp, TOLERANCE);
    (void)Clp_primal(clp, 0);
    if (Clp_isProvenOptimal(clp)) {
        out = Clp_getColSolution(clp)[0];
        for (size_t i = 0; i < rows; i++)
            p->dual[i] = fabs(Clp_getRowPrice(clp)[i]);
    }
    Clp_deleteModel(clp);
    free(least);
    free(most);
    return out;
}

/* Best trade of a curve over all ways at the duals: what it earns; a new column if it is one. */
static double curve_price(struct program *p, uint32_t curve, double least)
{
    const struct curve *c = &p->m->curves[curve];
    double buy = p->dual[p->order->buy], most = 0;

    for (uint32_t i = 0; i < c->assets_n; i++) {
        for (uint32_t j = 0; j < c->assets_n; j++) {
            struct search s = { .p = p, .curve = curve, .way = { i, j } };

            if (i == j)
                continue;
            s.give = fmax(p->dual[c->asset[i]] / buy, PRICE_LEAST);
            s.get = fmax(p->dual[c->asset[j]] / buy, PRICE_LEAST);
            search_run(&s);
            most = fmax(most, s.profit);
            if (s.profit > p->dual[p->m->assets_n + curve] / buy + least)
                column_add(p, &s.best);
        }
    }
    return most;
}

static double duals_bound(struct program *p, double least)
{
    double bound = p->supply * fmax(p->dual[p->order->sell] / p->dual[p->order->buy], PRICE_LEAST);

    for (uint32_t i = 0; i < p->m->curves_n; i++)
        bound += curve_price(p, i, least);
    return bound;
}

/* Every way with inputs in steps of a factor of four. */
static void columns_begin(struct program *p)
{
    for (uint32_t i = 0; i < p->m->curves_n; i++) {
        uint32_t n = p->m->curves[i].assets_n;

        for (uint32_t pair = 0; pair < n * n; pair++) {
            struct way way = { pair / n, pair % n };
            struct column t;

            for (int k = 0; k < STEPS_N && way.give != way.get; k++) {
                if (trade_at(&t, p, i, way, exp2(2 * k)) && fmax(t.in, t.out) > 1e-6 && t.in < 1e6)
                    column_add(p, &t);
            }
        }
    }
}

/* Returns what is bought, in units; NAN: no answer. */
static double program_run(struct program *p, double *bound)
{
    double out = NAN;

    *bound = HUGE_VAL;
    p->supply = number(&p->order->amount) * p->price[p->order->sell] / p->unit;
    p->columns_n = 0;
    columns_begin(p);
    for (int round = 0; round < ROUNDS_MAX; round++) {
        size_t before = p->columns_n;

        out = program_solve(p);
        if (isnan(out) || p->dual[p->order->buy] <= 0)
            break;
        *bound = fmin(*bound, duals_bound(p, MISS_GOOD * out / (double)p->m->curves_n));
        if (*bound <= out * (1 + MISS_GOOD) || p->columns_n == before)
            break;
    }
    return out;
}

/* What was bought becomes the unit and the duals the prices, so that CLP's tolerances, which are
 * absolute, mean something to the order. */
static void program_scale(struct program *p, double out)
{
    double buy = p->dual[p->order->buy];

    for (size_t i = 0; i < p->m->assets_n; i++)
        p->price[i] *= fmax(p->dual[i] / buy, PRICE_LEAST);
    p->unit *= out;
}

static void program_close(struct program *p)
{
    void *const all[] = { p->columns, p->start, p->row,  p->value, p->zero,
                          p->most,    p->gain,  p->dual, p->price };

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        free(all[i]);
}

bool oracle_clp(struct oracle_result *result, const struct oracle_market *m,
                const struct oracle_order *order)
{
    struct program p = { .m = m, .order = order };
    double out, bound;

    p.dual = calloc(m->assets_n + m->curves_n, sizeof *p.dual);
    p.price = calloc(m->assets_n, sizeof *p.price);
    CHECK(p.dual != NULL && p.price != NULL);
    for (size_t i = 0; i < m->assets_n; i++)
        p.price[i] = m->price[i];
    p.unit = number(&order->amount) * m->price[order->sell];
    out = program_run(&p, &bound);
    if (out > 0) {
        program_scale(&p, out);
        out = program_run(&p, &bound);
    }
    *result = (struct oracle_result){ out * p.unit / p.price[order->buy], (bound - out) / out,
                                      p.columns_n };
    program_close(&p);
    return result->out > 0 && result->miss > -MISS_FALSE && result->miss < MISS_MOST;
}
