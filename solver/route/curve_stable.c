/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * In parts of D, with a the amplification times n and b the balances, a trade stays on
 *   a sum(b) - t = const,   t = 1 / (n^n prod(b)),   whose gradient is g = a + t / b.
 * At prices e the best trade has one multiplier l with e = l g for an asset that is got,
 * e / keep = l g for one that is given, and b as it was in between. So b = t / z with
 *   z = e / l - a,
 * and for one l the log of t solves a piecewise linear equation (kinks.h). That leaves one unknown:
 * the z of the cheapest asset, from which all others follow by the ratios of prices,
 *   z_k = z + (e_k / e - 1) (z + a),
 * found by Newton steps in log z inside a bracket. At last the greatest output is put on the surface
 * by a quadratic, which keeps what goes in and what comes out exact however small they are.
 */
#include <math.h>
#include <stdbool.h>

#include "solver/route/curve_kinds.h"
#include "solver/route/kinks.h"
#include "solver/route/real_pool.h"

#define STEPS_MAX 80
#define LEAP 8.0        /* longest step in log z without a bracket */
#define CLOSE 1e-13     /* a step in log z that ends the search */
#define SHIFT_MAX 300.0 /* of log b and log price: far beyond every depth, and finite squared */

struct real_stable {
    struct real_pool pool; /* level: log of value over g, less that of asset 0 */
    double fee;
    double a;
    double part[REAL_ASSETS_MAX]; /* b */
    double log_part[REAL_ASSETS_MAX];
    double log_value[REAL_ASSETS_MAX]; /* of one part, less that of asset 0 */
    double value[REAL_ASSETS_MAX];     /* of one part */
    double t, log_t;
    double held; /* a sum(b) */
};

/* log((a + to) / (a + from)), precise when they are close */
static double slope_ratio(double a, double to, double from)
{
    return fabs(to - from) < (a + from) / 2 ? log1p((to - from) / (a + from))
                                            : log((a + to) / (a + from));
}

/* log(g_i / g_j) */
static double steeper(const struct real_stable *s, unsigned i, unsigned j)
{
    return slope_ratio(s->a, s->t / s->part[i], s->t / s->part[j]);
}

static void parts_init(struct real_stable *s, const struct stable *from, const double *price)
{
    double d = real_double(&from->invariant), n = from->pool.n, sum = 0;

    s->log_t = -n * log(n);
    for (unsigned k = 0; k < from->pool.n; k++) {
        double scaling = real_double(&from->pool.scaling[k]) / 1e18;

        s->part[k] = real_double(&from->pool.balance[k]) * scaling / d;
        s->log_part[k] = log(s->part[k]);
        s->value[k] = price[k] / scaling * d;
        s->log_value[k] = log(s->value[k] / s->value[0]);
        s->log_t -= s->log_part[k];
        sum += s->part[k];
    }
    s->a = (double)from->amplification / STABLE_PRECISION * n;
    s->t = exp(s->log_t);
    s->held = s->a * sum;
}

static enum err init(struct real_curve *r, struct arena *arena, const struct curve *c,
                     const double *price)
{
    const struct stable *from = c->as.stable;
    struct real_stable *s = ARENA_NEW(arena, 1, struct real_stable);

    if (s == NULL)
        return ERR_NOMEM;
    if (u256_is_zero(&from->invariant))
        return ERR_NOT_FOUND;
    real_pool_init(&s->pool, &from->pool);
    s->fee = (double)from->pool.fee / 1e18;
    parts_init(s, from, price);
    for (unsigned k = 0; k < r->n; k++)
        s->pool.level[k] = s->log_value[k] - steeper(s, k, 0);
    r->as.stable = s;
    return real_pool_finish(r, &s->pool);
}

/* A joint trade of m assets, by position among them. */
struct move {
    const struct real_stable *s;
    unsigned m;
    unsigned which[REAL_ASSETS_MAX]; /* the asset */
    double up[REAL_ASSETS_MAX];      /* given: z_k = z + up (z + a) */
    double down[REAL_ASSETS_MAX];    /* got */
    double shift[REAL_ASSETS_MAX];   /* of log b */
    double change[REAL_ASSETS_MAX];  /* of b */
    double shift_t;                  /* of log t */
};

/* log_price by asset, of those whose bit is set in live. */
static void move_init(struct move *m, const struct real_stable *s, const double *log_price,
                      unsigned live)
{
    double least = INFINITY;

    m->s = s;
    m->m = 0;
    for (unsigned k = 0; k < REAL_ASSETS_MAX; k++) {
        if ((live >> k & 1) == 0)
            continue;
        least = fmin(least, log_price[k]);
        m->which[m->m++] = k;
    }
    for (unsigned i = 0; i < m->m; i++) {
        m->up[i] = expm1(fmin(log_price[m->which[i]] - least, SHIFT_MAX));
        m->down[i] = m->up[i] * s->pool.keep - s->fee;
    }
}

/* The kinks at z: one for each asset, one without flat piece for t. */
static struct kinks kinks_of(const struct move *m, double z)
{
    const struct real_stable *s = m->s;
    struct kinks k = { .n = m->m + 1 };

    for (unsigned i = 0; i < m->m; i++) {
        double log_part = s->log_part[m->which[i]], low = z + m->down[i] * (z + s->a);

        k.weight[i] = 1;
        k.high[i] = log_part + log(z + m->up[i] * (z + s->a));
        k.low[i] = low > 0 ? fmin(log_part + log(low), k.high[i]) : -INFINITY;
    }
    k.weight[m->m] = 1;
    k.low[m->m] = k.high[m->m] = s->log_t;
    return k;
}

static double within(double shift)
{
    return fmin(fmax(shift, -SHIFT_MAX), SHIFT_MAX);
}

/* The move of a z: what each asset shifts. */
static void move_to(struct move *m, double z)
{
    struct kinks k = kinks_of(m, z);
    struct kinks_zero zero = kinks_solve(&k);

    for (unsigned i = 0; i < m->m; i++) {
        m->shift[i] = within(kinks_shift(&k, i, &zero));
        m->change[i] = m->s->part[m->which[i]] * expm1(m->shift[i]);
    }
    m->shift_t = within(kinks_shift(&k, m->m, &zero));
}

static bool moves(const struct move *m, unsigned i)
{
    return m->shift[i] < 0 || m->shift[i] > 0;
}

/* How far a move is off the surface, in logs, and how that changes with log z: it falls. */
struct residue {
    double value, slope;
};

static struct residue residue_of(const struct move *m, double z)
{
    const struct real_stable *s = m->s;
    double grows[REAL_ASSETS_MAX], rise = 0, sum = 0, slope = 0;
    double more = s->t * expm1(m->shift_t);
    unsigned active = 1;

    for (unsigned i = 0; i < m->m; i++) {
        double factor = m->shift[i] > 0 ? m->up[i] : m->down[i];

        if (!moves(m, i))
            continue;
        grows[i] = z * (1 + factor) / (z + factor * (z + s->a));
        rise += grows[i];
        sum += m->change[i];
        active++;
    }
    rise /= active; /* of log t */
    for (unsigned i = 0; i < m->m; i++) {
        if (moves(m, i))
            slope += (s->part[m->which[i]] + m->change[i]) * (rise - grows[i]);
    }
    return (struct residue){ log1p(s->a * sum / s->held) - log1p(more / s->held),
                             s->a * slope / (s->held + s->a * sum) -
                                 (s->t + more) * rise / (s->held + more) };
}

/* Where the zero is, and the steps that led here: Newton's must halve in two, else it swings between
 * two kinks. */
struct bracket {
    double low, high;
    double last, before;
};

static double step_of(struct bracket *b, const struct residue *r, double log_z)
{
    double step = -r->value / r->slope, before = b->before;

    if (r->value > 0)
        b->low = log_z;
    else
        b->high = log_z;
    if (fabs(step) < CLOSE)
        return step;
    step = fmin(fmax(step, -LEAP), LEAP);
    if (!(r->slope < 0) || !(log_z + step > b->low) || !(log_z + step < b->high) ||
        fabs(step) > before / 2) {
        step = r->value > 0 ? LEAP : -LEAP;
        if (isfinite(b->low) && isfinite(b->high))
            step = (b->low + b->high) / 2 - log_z;
    }
    b->before = b->last;
    b->last = fabs(step);
    return step;
}

static void move_search(struct move *m)
{
    const struct real_stable *s = m->s;
    struct bracket bracket = { -INFINITY, INFINITY, INFINITY, INFINITY };
    double log_z = INFINITY;

    for (unsigned i = 0; i < m->m; i++) /* the cheapest asset as it is */
        log_z = m->up[i] > 0 ? log_z : s->log_t - s->log_part[m->which[i]];
    for (int i = 0; i < STEPS_MAX; i++) {
        struct residue r;
        double step;

        move_to(m, exp(log_z));
        r = residue_of(m, exp(log_z));
        step = step_of(&bracket, &r, log_z);
        if (r.value == 0 || fabs(step) < CLOSE)
            break;
        log_z = within(log_z + step);
    }
}

/* What can be got of an asset of part b while the others change by sum, and by shift in logs. */
struct rest {
    double got;
    double shift; /* of log b */
};

static struct rest rest_of(const struct real_stable *s, double b, double sum, double shift)
{
    double c = s->t * b * exp(-shift), d = s->a * (sum - b) + s->t,
           root = sqrt(d * d + 4 * s->a * c);
    double num = s->a * sum * b - s->t * b * expm1(-shift);
    double got = 2 * num / (s->a * (sum + b) + s->t + root);
    double left = d > 0 ? 2 * c / (d + root) : (root - d) / (2 * s->a);

    if (!(got > 0))
        return (struct rest){ 0, 0 };
    return (struct rest){ fmin(got, b), got < b / 2 ? log1p(-got / b) : log(left / b) };
}

/* Put the greatest output on the surface; the others stand. Returns its position. */
static unsigned move_finish(struct move *m)
{
    double sum = 0, shift = 0;
    unsigned last = 0;

    for (unsigned i = 1; i < m->m; i++)
        last = m->change[i] < m->change[last] ? i : last;
    for (unsigned i = 0; i < m->m; i++) {
        sum += i == last ? 0 : m->change[i];
        shift += i == last ? 0 : m->shift[i];
    }
    struct rest rest = rest_of(m->s, m->s->part[m->which[last]], sum, shift);
    m->change[last] = -rest.got;
    m->shift[last] = within(rest.shift);
    m->shift_t = within(-shift - rest.shift);
    return last;
}

/*
 * The Hessian over assets whose value at the margin is c = l b g each: with m of them and the sum S,
 *   (E K E - E K 1 1' K E / 1' K 1) / (l t),   E = diag(c), K = 1 - 1 1' / (m + 1)
 */
struct block {
    unsigned m;
    double sum;                    /* S */
    double scale;                  /* S^2 / (l t) */
    double part[REAL_ASSETS_MAX];  /* c / S */
    double pulls[REAL_ASSETS_MAX]; /* E K 1 / S^2 */
    double total;                  /* 1' K 1 of these */
};

static void block_finish(struct block *b)
{
    b->total = 0;
    for (unsigned i = 0; i < b->m; i++) {
        b->pulls[i] = b->part[i] * (b->part[i] - 1.0 / (b->m + 1));
        b->total += b->pulls[i];
    }
}

static double block_weight(const struct block *b, unsigned i, unsigned j)
{
    double weight =
        b->scale * (b->part[i] * b->part[j] / (b->m + 1) + b->pulls[i] * b->pulls[j] / b->total);

    return isnan(weight) ? 0 : weight;
}

static double pair_weight(const struct real_curve *c, const struct real_pool_pair *pair)
{
    const struct real_stable *s = c->as.stable;
    double l = exp(pair->middle) * s->value[0] / (s->a + s->t / s->part[0]);
    double first = l * (s->a * s->part[pair->i] + s->t),
           second = l * (s->a * s->part[pair->j] + s->t);
    struct block b = { .m = 2, .sum = first + second };

    b.scale = b.sum / l * b.sum / s->t;
    b.part[0] = first / b.sum;
    b.part[1] = second / b.sum;
    block_finish(&b);
    return block_weight(&b, 0, 1);
}

/* Of the move whose values at the prices are worth[] a part: weights of the pairs that trade. */
static void weights_of(struct real_pull *p, const struct move *m, const double *worth,
                       unsigned last)
{
    const struct real_stable *s = m->s;
    double t = s->t * exp(m->shift_t), b = s->part[m->which[last]] * exp(m->shift[last]);
    struct block block = { .m = 0 };
    unsigned at[REAL_ASSETS_MAX];

    for (unsigned i = 0; i < m->m; i++) {
        if (!moves(m, i))
            continue;
        at[block.m] = m->which[i];
        block.part[block.m] = worth[i] * (s->part[m->which[i]] + m->change[i]);
        block.sum += block.part[block.m++];
    }
    for (unsigned i = 0; i < block.m; i++)
        block.part[i] /= block.sum;
    block.scale = block.sum / (worth[last] * b) * block.sum * (s->a * b + t) / t;
    block_finish(&block);
    for (unsigned j = 1; j < block.m; j++) {
        for (unsigned i = 0; i < j; i++)
            p->weight[real_pair(at[i], at[j])] = block_weight(&block, i, j);
    }
}

static enum real_state pull(struct real_pull *p, const struct real_curve *c, const double *u,
                            const double *e, const struct real_smooth *smooth)
{
    const struct real_stable *s = c->as.stable;
    enum real_state state = real_pool_state(p, c, &s->pool, u, smooth->tight, pair_weight);
    double log_price[REAL_ASSETS_MAX] = { 0 }, worth[REAL_ASSETS_MAX];
    struct move m;
    unsigned last;

    if (state != REAL_TRADES)
        return state;
    for (unsigned k = 0; k < c->n; k++) {
        if (c->live >> k & 1) /* the others have no node */
            log_price[k] = s->log_value[k] + u[c->node[k]];
    }
    move_init(&m, s, log_price, c->live);
    move_search(&m);
    last = move_finish(&m);
    real_pull_clear(p, c->n);
    for (unsigned i = 0; i < m.m; i++) {
        unsigned k = m.which[i];

        worth[i] = s->value[k] * e[c->node[k]] / (m.shift[i] > 0 ? s->pool.keep : 1);
        if (moves(&m, i))
            p->net[k] = -m.change[i] * worth[i];
        p->profit += p->net[k];
    }
    p->profit = isnan(p->profit) ? INFINITY : fmax(p->profit, 0); /* infinite on both sides */
    weights_of(p, &m, worth, last);
    return REAL_TRADES;
}

static double profit(const struct real_curve *c, const double *u, const double *e)
{
    struct real_smooth none = { 0, 0 };
    struct real_pull p;

    return pull(&p, c, u, e, &none) == REAL_TRADES ? p.profit : 0;
}

static double top(const struct real_curve *c, struct way way)
{
    return real_pool_top(&c->as.stable->pool, way);
}

static struct real_trade at(const struct real_curve *c, struct way way, double y)
{
    const struct real_stable *s = c->as.stable;
    double log_price[REAL_ASSETS_MAX] = { 0 };
    struct real_trade t = { 0, 0 };
    struct move m;

    log_price[way.give] = s->log_value[way.give] + y;
    log_price[way.get] = s->log_value[way.get];
    move_init(&m, s, log_price, 1U << way.give | 1U << way.get);
    move_search(&m);
    (void)move_finish(&m);
    for (unsigned i = 0; i < m.m; i++) {
        if (m.which[i] == way.give)
            t.in = fmax(m.change[i], 0) * s->value[way.give] / s->pool.keep;
        else
            t.out = fmax(-m.change[i], 0) * s->value[way.get];
    }
    return t;
}

/* What an input shifts, and what it gets. */
static struct rest given(const struct real_stable *s, struct way way, double in, double *shift)
{
    double sum = fmin(in * s->pool.keep / s->value[way.give], s->part[way.give] * exp(SHIFT_MAX));

    *shift = log1p(sum / s->part[way.give]);
    return rest_of(s, s->part[way.get], sum, *shift);
}

static double out(const struct real_curve *c, struct way way, double in)
{
    const struct real_stable *s = c->as.stable;
    double shift;

    return given(s, way, in, &shift).got * s->value[way.get];
}

/* Of log g when t / b shifts. */
static double steeper_by(const struct real_stable *s, unsigned k, double shift)
{
    double t = s->t / s->part[k];

    if (fabs(shift) < 0.5)
        return log1p(t * expm1(shift) / (s->a + t));
    return log((s->a + t * exp(shift)) / (s->a + t));
}

static double rate(const struct real_curve *c, struct way way, double in)
{
    const struct real_stable *s = c->as.stable;
    double give;
    struct rest rest = given(s, way, in, &give);
    double get = within(rest.shift);

    return top(c, way) + steeper_by(s, way.give, -2 * give - get) -
           steeper_by(s, way.get, -give - 2 * get);
}

const struct real_kind curve_stable_kind = {
    .init = init, .pull = pull, .profit = profit, .top = top, .at = at, .out = out, .rate = rate
};
